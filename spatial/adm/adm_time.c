/* Times of ADM, exact: BS.2076-2, 6.12. */
#include "spatial/adm/adm_time.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 18 };

/* At least one digit, moves behind them. */
static bool read_number(const char **text, int64_t *value) {
    int count = 0;
    *value = 0;
    for (; isdigit((unsigned char)**text); ++*text) {
        if (++count > MAX_DIGITS) {
            return false;
        }
        *value = 10 * *value + (**text - '0');
    }
    return count > 0;
}

static bool read_colon(const char **text) {
    return *(*text)++ == ':';
}

/* What stands behind the point; the end of the text. */
static bool read_fraction(const char *text, Rational *fraction) {
    const char *const begin = text;
    int64_t numerator = 0;
    int64_t denominator = 1;
    if (!read_number(&text, &numerator)) {
        return false;
    }
    if (*text == 'S') {
        ++text;
        return read_number(&text, &denominator) && *text == '\0' && numerator < denominator &&
               rational_make(numerator, denominator, fraction);
    }
    for (const char *digit = begin; digit < text; ++digit) {
        denominator *= 10;
    }
    return *text == '\0' && rational_make(numerator, denominator, fraction);
}

bool adm_time_parse(const char *text, Rational *seconds) {
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    Rational fraction = {0, 1};
    if (!read_number(&text, &hour) || !read_colon(&text) || !read_number(&text, &minute) ||
        !read_colon(&text) || !read_number(&text, &second)) {
        return false;
    }
    if (*text == '.' && !read_fraction(text + 1, &fraction)) {
        return false;
    }
    if ((*text != '.' && *text != '\0') || hour > 1000000 || minute > 59 || second > 59) {
        return false;
    }
    return rational_add((Rational){3600 * hour + 60 * minute + second, 1}, fraction, seconds);
}
