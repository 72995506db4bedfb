/* Exact times: seconds as a fraction, so that no rounding happens before a sample is named. */
#include "render/base/rational.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 Wide; /* products of two int64_t never overflow it */

/* Divisions of 64 bits are several times as fast, and nearly all times fit into them. */
static Wide small_common_divisor(uint64_t a, uint64_t b) {
    while (b) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static Wide greatest_common_divisor(Wide a, Wide b) {
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    if (a <= INT64_MAX && b <= INT64_MAX) {
        return small_common_divisor((uint64_t)a, (uint64_t)b);
    }
    while (b) {
        const Wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool reduce(Wide numerator, Wide denominator, Rational *result) {
    *result = (Rational){0, 1};
    if (denominator == 0) {
        return false;
    }
    const Wide divisor = greatest_common_divisor(numerator, denominator);
    numerator /= denominator < 0 ? -divisor : divisor;
    denominator /= denominator < 0 ? -divisor : divisor;
    if (numerator > INT64_MAX || numerator < -INT64_MAX || denominator > INT64_MAX) {
        return false;
    }
    *result = (Rational){(int64_t)numerator, (int64_t)denominator};
    return true;
}

bool rational_make(int64_t numerator, int64_t denominator, Rational *result) {
    return reduce(numerator, denominator, result);
}

bool rational_add(Rational a, Rational b, Rational *sum) {
    /* over the least common multiple, so that sums of 1/90000 s stay inside 128 bits */
    const Wide divisor = greatest_common_divisor(a.denominator, b.denominator);
    const Wide a_factor = b.denominator / divisor;
    const Wide b_factor = a.denominator / divisor;
    return reduce(a.numerator * a_factor + b.numerator * b_factor, a.denominator * a_factor, sum);
}

bool rational_subtract(Rational a, Rational b, Rational *difference) {
    return rational_add(a, (Rational){-b.numerator, b.denominator}, difference);
}

bool rational_multiply(Rational a, Rational b, Rational *product) {
    return reduce((Wide)a.numerator * b.numerator, (Wide)a.denominator * b.denominator, product);
}

int rational_compare(Rational a, Rational b) {
    const Wide left = (Wide)a.numerator * b.denominator;
    const Wide right = (Wide)b.numerator * a.denominator;
    return (left > right) - (left < right);
}

double rational_value(Rational a) {
    return (double)a.numerator / (double)a.denominator;
}

/* Reads digits of one side of the point; false when they do not fit. */
static bool read_digits(const char **text, int64_t *value, int *digit_count) {
    while (**text >= '0' && **text <= '9') {
        if (*value > (INT64_MAX - 9) / 10) {
            return false;
        }
        *value = *value * 10 + (**text - '0');
        ++*digit_count;
        ++*text;
    }
    return true;
}

static bool power_of_ten(int exponent, int64_t *power) {
    *power = 1;
    for (int step = 0; step < exponent; step++) {
        if (*power > INT64_MAX / 10) {
            return false;
        }
        *power *= 10;
    }
    return true;
}

/* `e-3` and the like: no more than 18, no spaces. */
static bool read_exponent(const char **text, int *exponent) {
    ++*text;
    const int sign = **text == '-' ? -1 : 1;
    *text += **text == '-' || **text == '+';
    int64_t value = 0;
    int digit_count = 0;
    if (!read_digits(text, &value, &digit_count) || digit_count == 0 || value > 18) {
        return false;
    }
    *exponent = sign * (int)value;
    return true;
}

bool rational_parse(const char *text, Rational *result) {
    *result = (Rational){0, 1};
    const bool is_negative = *text == '-';
    text += *text == '-' || *text == '+';
    int64_t value = 0;
    int digit_count = 0;
    int fraction_count = 0;
    if (!read_digits(&text, &value, &digit_count)) {
        return false;
    }
    if (*text == '.') {
        text++;
        if (!read_digits(&text, &value, &fraction_count)) {
            return false;
        }
    }
    if (digit_count + fraction_count == 0) {
        return false;
    }
    int exponent = 0;
    if (*text == 'e' || *text == 'E') {
        if (!read_exponent(&text, &exponent)) {
            return false;
        }
    }
    int64_t scale = 1;
    const int shift = exponent - fraction_count;
    if (*text != '\0' || !power_of_ten(abs(shift), &scale)) {
        return false;
    }
    value = is_negative ? -value : value;
    return shift < 0 ? reduce(value, scale, result) : reduce((Wide)value * scale, 1, result);
}

int64_t rational_to_samples_up(Rational seconds, int rate_hz) {
    const Wide product = (Wide)seconds.numerator * rate_hz;
    const Wide quotient = product / seconds.denominator; /* towards 0 */
    return (int64_t)(quotient + (product > quotient * seconds.denominator ? 1 : 0));
}

int64_t rational_to_samples(Rational seconds, int rate_hz) {
    const Wide product = (Wide)seconds.numerator * rate_hz;
    const Wide denominator = seconds.denominator;
    Wide quotient = product / denominator;
    Wide rest = product % denominator;
    if (rest < 0) { /* floor */
        rest += denominator;
        quotient -= 1;
    }
    const bool rounds_up = 2 * rest > denominator || (2 * rest == denominator && quotient % 2 != 0);
    return (int64_t)(quotient + (rounds_up ? 1 : 0));
}
