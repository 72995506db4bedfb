/* Still and moving gains, compiled once per CPU level with the same bits: plain loops that
 * compilers vectorise, no sample depends on another. */
#include "render/dsp/gain_kernels.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

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

static void add_scaled_twice(const double *restrict samples,
                             const double gains[2],
                             int count,
                             double *restrict out) {
    const double first = gains[0];
    const double second = gains[1];
    for (int sample = 0; sample < count; ++sample) {
        out[sample] += second * (first * samples[sample]);
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

/* u: 0 .. 1 from half a step before the middle control point. */
static void weigh(const float *restrict samples,
                  const SplineSpan *span,
                  int count,
                  double *restrict before,
                  double *restrict middle,
                  double *restrict behind) {
    const double step = span->step;
    const double first = span->first;
    for (int sample = 0; sample < count; ++sample) {
        const double u = (first + sample) * step;
        const double value = (double)samples[sample];
        const double begin = 0.5 * (1.0 - u) * (1.0 - u);
        const double end = 0.5 * u * u;
        before[sample] = begin * value;
        middle[sample] = (1.0 - begin - end) * value;
        behind[sample] = end * value;
    }
}

/* The same, scaled; a weighted gain that is as good as nothing beside its control points (opposite
 * ones that cancel out) is not blown up. */
static void weigh_evenly(const float *restrict samples,
                         const SplineSpan *span,
                         int count,
                         double *restrict before,
                         double *restrict middle,
                         double *restrict behind) {
    static const double least_share = 1e-9;
    const double step = span->step;
    const double first = span->first;
    const double power[] = {span->products[0][0], span->products[1][1], span->products[2][2]};
    const double both[] = {2.0 * span->products[0][1], 2.0 * span->products[0][2],
                           2.0 * span->products[1][2]};
    for (int sample = 0; sample < count; ++sample) {
        const double u = (first + sample) * step;
        const double begin = 0.5 * (1.0 - u) * (1.0 - u);
        const double end = 0.5 * u * u;
        const double between = 1.0 - begin - end;
        const double wanted = begin * power[0] + between * power[1] + end * power[2];
        const double found = begin * (begin * power[0] + between * both[0] + end * both[1]) +
                             between * (between * power[1] + end * both[2]) + end * end * power[2];
        const double least = least_share * wanted + DBL_MIN;
        const double value =
            (double)samples[sample] * sqrt(wanted / (found > least ? found : least));
        before[sample] = begin * value;
        middle[sample] = between * value;
        behind[sample] = end * value;
    }
}

static void spline(const float *restrict samples,
                   const SplineSpan *span,
                   int count,
                   double *const weighted[SPLINE_CONTROLS]) {
    if (span->keeps_power) {
        weigh_evenly(samples, span, count, weighted[0], weighted[1], weighted[2]);
    } else {
        weigh(samples, span, count, weighted[0], weighted[1], weighted[2]);
    }
}

static void add_rows(const double *restrict before,
                     const double *restrict middle,
                     const double *restrict behind,
                     const double gains[SPLINE_CONTROLS],
                     int count,
                     double *restrict out) {
    const double first = gains[0];
    const double second = gains[1];
    const double third = gains[2];
    for (int sample = 0; sample < count; ++sample) {
        out[sample] += first * before[sample] + second * middle[sample] + third * behind[sample];
    }
}

static void add_spline(double *const weighted[SPLINE_CONTROLS],
                       const double gains[SPLINE_CONTROLS],
                       int count,
                       double *restrict out) {
    add_rows(weighted[0], weighted[1], weighted[2], gains, count, out);
}

/* Exponents of all ones: Inf, or NaN. By bits, the greatest of all of them. */
static bool
store_scaled(const double *restrict samples, double gain, int count, float *restrict out) {
    static const uint32_t exponent = 0x7f800000;
    uint32_t greatest = 0;
    for (int sample = 0; sample < count; ++sample) {
        uint32_t bits = 0;
        out[sample] = (float)(samples[sample] * gain);
        memcpy(&bits, &out[sample], sizeof bits);
        bits &= exponent;
        greatest = bits > greatest ? bits : greatest;
    }
    return greatest < exponent;
}

const GainKernels KERNEL_TABLE = {ramp,   add_scaled, add_scaled_twice, add_ramped,
                                  spline, add_spline, store_scaled};
