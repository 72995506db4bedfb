#ifndef JOBS_FLICK_H
#define JOBS_FLICK_H
/* The grid of times that are no fraction of 64 bits: 1/705 600 000 s, the "flick".
 *
 * Times stay exact fractions wherever they can. Where they cannot - a tempo ramp makes them
 * irrational, a sum of many odd tempos has too large a denominator - they are rounded to the
 * nearest flick, half to even, once, by the job alone. A flick divides a sample of every rate of
 * the format (14 700 to a sample at 48 kHz) and a frame of every whole frame rate (H. Welch,
 * "Flicks", 2018: github.com/OculusVR/Flicks), so that sums with frames and samples stay on small
 * denominators.
 */
#include "render/base/rational.h"

enum { FLICKS_PER_SECOND = 705600000 };

/* |seconds| below 1e9. */
Rational flick_round(double seconds);

/* a + b, exact when it fits, else of both rounded to flicks. false: beyond 1e9 s. */
bool flick_add(Rational a, Rational b, Rational *sum);

#endif
