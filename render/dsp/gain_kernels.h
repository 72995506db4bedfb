#ifndef RENDER_DSP_GAIN_KERNELS_H
#define RENDER_DSP_GAIN_KERNELS_H
/* A track into the channels of a bus: still gains, gains that move in a straight line, and gains
 * that move along a spline.
 *
 *     const GainKernels *kernels = gain_kernels_at_level(cpu_level_choose());
 *     kernels->add_scaled(samples, 0.7, count, bus);
 *
 * Every sample is computed by itself in one order of operations: the level changes no bit.
 * restrict: no two arguments of a call overlap.
 */
#include <stdbool.h>

#include "render/dsp/cpu_level.h"

enum { SPLINE_CONTROLS = 3 };

/* A quadratic B-spline around its middle control point, and how its power is kept even. */
typedef struct SplineSpan {
    double step;  /* 1 / samples between control points */
    double first; /* samples since half a step before the middle control point */
    /* Of the control points' gains, one with the other: what a sample is scaled with brings the
     * power of the weighted gains to the weighted power of the gains. */
    double products[SPLINE_CONTROLS][SPLINE_CONTROLS];
    bool keeps_power;
} SplineSpan;

typedef struct GainKernels {
    /* rising[k] = samples[k] (line[0] + line[1] (line[2] + k)); [count]. */
    void (*ramp)(const double *restrict samples,
                 const double line[3],
                 int count,
                 double *restrict rising);
    /* out += gain * samples; [count]. */
    void (*add_scaled)(const double *restrict samples,
                       double gain,
                       int count,
                       double *restrict out);
    /* out += gains[1] * (gains[0] * samples); [count]. */
    void (*add_scaled_twice)(const double *restrict samples,
                             const double gains[2],
                             int count,
                             double *restrict out);
    /* out += from * samples + change * rising; [count]. rising: samples times a ramp. */
    void (*add_ramped)(const double *restrict samples,
                       const double *restrict rising,
                       const double from_and_change[2],
                       int count,
                       double *restrict out);
    /* weighted[row][k] = samples[k] times the weight of a control point there. */
    void (*spline)(const float *restrict samples,
                   const SplineSpan *span,
                   int count,
                   double *const weighted[SPLINE_CONTROLS]);
    /* out += gains[0] weighted[0] + gains[1] weighted[1] + gains[2] weighted[2]; [count]. */
    void (*add_spline)(double *const weighted[SPLINE_CONTROLS],
                       const double gains[SPLINE_CONTROLS],
                       int count,
                       double *restrict out);
    /* out = gain * samples, rounded; [count]. false: NaN or Inf is among them. */
    bool (*store_scaled)(const double *restrict samples,
                         double gain,
                         int count,
                         float *restrict out);
} GainKernels;

/* level: one that runs. */
const GainKernels *gain_kernels_at_level(CpuLevel level);

/* One object each, all from gain_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern const GainKernels gain_kernels_scalar;
extern const GainKernels gain_kernels_baseline;
extern const GainKernels gain_kernels_v3;
extern const GainKernels gain_kernels_v4;

#endif
