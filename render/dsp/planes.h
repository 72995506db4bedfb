#ifndef RENDER_DSP_PLANES_H
#define RENDER_DSP_PLANES_H
/* Whole channels added, compared and laid beside each other, at the level of this CPU.
 *
 * Every sample is computed by itself, and a maximum has no order: the level changes no bit.
 * restrict: no two arguments of a call overlap. [count] where nothing else is said.
 */
#include <stdbool.h>
#include <stdint.h>

/* sum += samples. */
void planes_add(const double *restrict samples, int64_t count, double *restrict sum);
/* sum += gain samples; to the bit without the gain where it is 1. */
void planes_add_floats(const float *restrict samples,
                       double gain,
                       int64_t count,
                       double *restrict sum);
/* difference -= samples. */
void planes_subtract_floats(const float *restrict samples,
                            int64_t count,
                            double *restrict difference);
/* samples *= gain, in double and rounded. */
void planes_scale_floats(double gain, int64_t count, float *samples);
void planes_widen(const float *restrict samples, int64_t count, double *restrict wide);
/* Neither NaN nor Inf. */
bool planes_are_finite(const float *samples, int64_t count);
/* Greatest |x|, 0 of none; no NaN may be among them. */
double planes_greatest(const double *samples, int64_t count);

/* What a reader hears of steps that an integer file of `scale` steps holds (levels: full scale 1,
 * as a float has them): those outside of it are clipped. */
void planes_heard(const double *restrict steps,
                  int64_t count,
                  double scale,
                  double *restrict levels);
/* The same of the values of a float file. */
void planes_heard_floats(const double *restrict values, int64_t count, double *restrict levels);
/* Whole steps to integers within -scale .. scale - 1; returns how many were outside. */
int64_t planes_to_integers(const double *restrict steps,
                           int64_t count,
                           double scale,
                           int32_t *restrict integers);

/* Little-endian steps of 16 bits to levels. bytes: [2 count]. */
void planes_from_16(const unsigned char *restrict bytes, int64_t count, float *restrict samples);

/* One channel of so many: from: [count][width], to its place. */
void planes_take(const float *restrict from, int64_t count, int width, float *restrict plane);
void planes_place(const int32_t *restrict plane, int64_t count, int width, int32_t *restrict to);

#endif
