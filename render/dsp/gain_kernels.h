#ifndef RENDER_DSP_GAIN_KERNELS_H
#define RENDER_DSP_GAIN_KERNELS_H
/* A track into the channels of a bus: still gains and gains that move in a straight line.
 *
 *     const GainKernels *kernels = gain_kernels_at_level(cpu_level_choose());
 *     kernels->add_scaled(samples, 0.7, count, bus);
 *
 * Every sample is computed by itself in one order of operations: the level changes no bit.
 * restrict: no two arguments of a call overlap.
 */
#include "render/dsp/cpu_level.h"

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
    /* out += from * samples + change * rising; [count]. rising: samples times a ramp. */
    void (*add_ramped)(const double *restrict samples,
                       const double *restrict rising,
                       const double from_and_change[2],
                       int count,
                       double *restrict out);
} GainKernels;

/* level: one that runs. */
const GainKernels *gain_kernels_at_level(CpuLevel level);

/* One object each, all from gain_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern const GainKernels gain_kernels_scalar;
extern const GainKernels gain_kernels_baseline;
extern const GainKernels gain_kernels_v3;
extern const GainKernels gain_kernels_v4;

#endif
