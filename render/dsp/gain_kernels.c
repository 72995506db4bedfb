/* Still and moving gains, compiled once per CPU level with the same bits: plain loops that
 * compilers vectorise, no sample depends on another. */
#include "render/dsp/gain_kernels.h"

#ifndef KERNEL_TABLE
#define KERNEL_TABLE gain_kernels_scalar
#endif

static void
ramp(const double *restrict samples, const double line[3], int count, double *restrict rising) {
    const double at = line[0];
    const double step = line[1];
    const double first = line[2];
    for (int sample = 0; sample < count; ++sample) {
        rising[sample] = samples[sample] * (at + step * (first + sample));
    }
}

static void
add_scaled(const double *restrict samples, double gain, int count, double *restrict out) {
    for (int sample = 0; sample < count; ++sample) {
        out[sample] += gain * samples[sample];
    }
}

static void add_ramped(const double *restrict samples,
                       const double *restrict rising,
                       const double from_and_change[2],
                       int count,
                       double *restrict out) {
    const double from = from_and_change[0];
    const double change = from_and_change[1];
    for (int sample = 0; sample < count; ++sample) {
        out[sample] += from * samples[sample] + change * rising[sample];
    }
}

const GainKernels KERNEL_TABLE = {ramp, add_scaled, add_ramped};
