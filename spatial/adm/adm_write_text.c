/* Values of axml as text: nothing is lost on the way to a reader. */
#include "spatial/adm/adm_write_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void adm_add_number(Text *text, double value) {
    enum { FEWEST_DIGITS = 15, MOST_DIGITS = 17 };
    const double least_plain = 1e-4; /* %g takes an exponent below it */
    char digits[64];
    if (value == 0.0) {
        text_add(text, "0");
        return;
    }
    if (fabs(value) < least_plain) {
        text_add(text, "%.24f", value);
        return;
    }
    for (int count = FEWEST_DIGITS; count <= MOST_DIGITS; ++count) {
        snprintf(digits, sizeof digits, "%.*g", count, value);
        if (strtod(digits, NULL) == value) {
            break;
        }
    }
    text_add(text, "%s", digits);
}

void adm_add_time(Text *text, Rational seconds) {
    enum { UNITS = 100000, MINUTE_S = 60, HOUR_S = 3600 };
    const int64_t whole = seconds.numerator / seconds.denominator;
    const int64_t rest = seconds.numerator % seconds.denominator;
    text_add(text, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".", whole / HOUR_S,
             whole % HOUR_S / MINUTE_S, whole % MINUTE_S);
    if (UNITS % seconds.denominator == 0) {
        text_add(text, "%05" PRId64, rest * (UNITS / seconds.denominator));
    } else {
        text_add(text, "%" PRId64 "S%" PRId64, rest, seconds.denominator);
    }
}
