#ifndef RENDER_BASE_RATIONAL_H
#define RENDER_BASE_RATIONAL_H
/* Exact times: seconds as a fraction, so that no rounding happens before a sample is named. */
#include <stdbool.h>
#include <stdint.h>

typedef struct Rational {
    int64_t numerator, denominator; /* lowest terms, denominator > 0 */
} Rational;

/* false when the result does not fit (then result is 0/1). */
bool rational_make(int64_t numerator, int64_t denominator, Rational *result);
bool rational_add(Rational a, Rational b, Rational *sum);
bool rational_subtract(Rational a, Rational b, Rational *difference);
bool rational_multiply(Rational a, Rational b, Rational *product);
int rational_compare(Rational a, Rational b); /* -1, 0, 1 */
double rational_value(Rational a);
/* Decimal text such as "12", "-3.25", "1e3"; at most 18 significant digits. */
bool rational_parse(const char *text, Rational *result);
/* round-half-even(seconds * rate_hz); DECISIONS 13: once per named time. */
int64_t rational_to_samples(Rational seconds, int rate_hz);
/* ceil(seconds * rate_hz): the first sample that is not before the time. */
int64_t rational_to_samples_up(Rational seconds, int rate_hz);

#endif
