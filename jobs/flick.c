/* The grid of times that are no fraction of 64 bits: 1/705 600 000 s. */
#include "jobs/flick.h"

#include <math.h>

static const double max_seconds = 1e9; /* in flicks still below 2^63 */

static Rational from_flicks(int64_t flicks) {
    Rational seconds;
    rational_make(flicks, FLICKS_PER_SECOND, &seconds); /* the divisor only shrinks it */
    return seconds;
}

Rational flick_round(double seconds) {
    const double whole = floor(seconds); /* apart: the product keeps its last bits */
    const int64_t rest = (int64_t)rint((seconds - whole) * FLICKS_PER_SECOND);
    return from_flicks((int64_t)whole * FLICKS_PER_SECOND + rest);
}

bool flick_add(Rational a, Rational b, Rational *sum) {
    if (rational_add(a, b, sum)) {
        return true;
    }
    if (!(fabs(rational_value(a)) < max_seconds / 2) ||
        !(fabs(rational_value(b)) < max_seconds / 2)) {
        return false;
    }
    return rational_add(from_flicks(rational_to_samples(a, FLICKS_PER_SECOND)),
                        from_flicks(rational_to_samples(b, FLICKS_PER_SECOND)), sum);
}
