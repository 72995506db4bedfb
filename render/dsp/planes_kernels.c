/* Whole channels added, compared and laid beside each other, compiled once per CPU level with the
 * same bits: plain loops that compilers vectorise, no sample depends on another.
 */
#include "render/dsp/planes_kernels.h"

#include <math.h>
#include <string.h>

#ifndef KERNEL_TABLE
#define KERNEL_TABLE planes_kernels_scalar
#endif

static void add(const double *restrict samples, int64_t count, double *restrict sum) {
    for (int64_t sample = 0; sample < count; sample++) {
        sum[sample] += samples[sample];
    }
}

static void
add_floats(const float *restrict samples, double gain, int64_t count, double *restrict sum) {
    for (int64_t sample = 0; sample < count; sample++) {
        sum[sample] += gain * (double)samples[sample];
    }
}

static void
subtract_floats(const float *restrict samples, int64_t count, double *restrict difference) {
    for (int64_t sample = 0; sample < count; sample++) {
        difference[sample] -= (double)samples[sample];
    }
}

static void widen(const float *restrict samples, int64_t count, double *restrict wide) {
    for (int64_t sample = 0; sample < count; sample++) {
        wide[sample] = (double)samples[sample];
    }
}

static bool are_finite(const float *samples, int64_t count) {
    enum { PORTION = 1024 };
    static const uint32_t exponent = 0x7F800000;
    uint32_t found = 0;
    for (int64_t at = 0; at < count; at += PORTION) {
        uint32_t words[PORTION];
        const int64_t rest = count - at;
        const int64_t portion = rest < PORTION ? rest : PORTION;
        memcpy(words, samples + at, (size_t)portion * sizeof *words);
        for (int64_t word = 0; word < portion; word++) {
            found |= (words[word] & exponent) == exponent;
        }
    }
    return found == 0;
}

static double greatest(const double *samples, int64_t count) {
    enum { LANES = 8 };
    double most[LANES] = {0};
    int64_t at = 0;
    for (; at + LANES <= count; at += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            const double size = fabs(samples[at + lane]);
            most[lane] = size > most[lane] ? size : most[lane];
        }
    }
    for (; at < count; at++) {
        const double size = fabs(samples[at]);
        most[0] = size > most[0] ? size : most[0];
    }
    for (int lane = 1; lane < LANES; lane++) {
        most[0] = most[lane] > most[0] ? most[lane] : most[0];
    }
    return most[0];
}

static void
heard(const double *restrict steps, int64_t count, double scale, double *restrict levels) {
    const double high = scale - 1.0;
    const double low = -scale;
    const double gain = 1.0 / scale;
    for (int64_t sample = 0; sample < count; sample++) {
        const double step = steps[sample] < high ? steps[sample] : high;
        levels[sample] = (double)(float)((step > low ? step : low) * gain);
    }
}

static void heard_floats(const double *restrict values, int64_t count, double *restrict levels) {
    for (int64_t sample = 0; sample < count; sample++) {
        levels[sample] = (double)(float)values[sample];
    }
}

static int64_t
to_integers(const double *restrict steps, int64_t count, double scale, int32_t *restrict integers) {
    const double high = scale - 1.0;
    const double low = -scale;
    int64_t outside = 0;
    if (greatest(steps, count) <= high) { /* the usual case, without a choice a sample */
        for (int64_t sample = 0; sample < count; sample++) {
            integers[sample] = (int32_t)steps[sample];
        }
        return 0;
    }
    for (int64_t sample = 0; sample < count; sample++) {
        const double step = steps[sample];
        outside += step < low || step > high;
        integers[sample] = (int32_t)(step < low ? low : step > high ? high : step);
    }
    return outside;
}

static void take(const float *restrict from, int64_t count, int width, float *restrict plane) {
    if (width == 1) {
        for (int64_t frame = 0; frame < count; frame++) {
            plane[frame] = from[frame];
        }
        return;
    }
    for (int64_t frame = 0; frame < count; frame++) {
        plane[frame] = from[frame * width];
    }
}

static void place(const int32_t *restrict plane, int64_t count, int width, int32_t *restrict to) {
    for (int64_t frame = 0; frame < count; frame++) {
        to[frame * width] = plane[frame];
    }
}

static void scale_floats(double gain, int64_t count, float *samples) {
    for (int64_t sample = 0; sample < count; sample++) {
        samples[sample] = (float)((double)samples[sample] * gain);
    }
}

static void from_16(const unsigned char *restrict bytes, int64_t count, float *restrict samples) {
    for (int64_t sample = 0; sample < count; sample++) {
        int16_t value = 0;
        memcpy(&value, bytes + 2 * sample, sizeof value);
        samples[sample] = (float)value * 0x1p-15F;
    }
}

const PlanesKernels KERNEL_TABLE = {
    .add = add,
    .add_floats = add_floats,
    .subtract_floats = subtract_floats,
    .scale_floats = scale_floats,
    .widen = widen,
    .are_finite = are_finite,
    .greatest = greatest,
    .heard = heard,
    .heard_floats = heard_floats,
    .to_integers = to_integers,
    .from_16 = from_16,
    .take = take,
    .place = place,
};
