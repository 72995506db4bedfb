/* The quantizer's inner loop, compiled once per CPU level with the same bits.
 *
 * Moments stand in the lanes and never mix. The scalar build is written in the words of noise.h and
 * math.h: it is the reference. */
#include "render/dsp/quantize_kernels.h"

#include <math.h>
#include <string.h>

#include "render/dsp/noise.h"

#ifndef KERNEL_TABLE
#define KERNEL_TABLE quantize_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE double clipped(const Quantizer *quantizer, double step, int64_t *clipped_count) {
    const double high = quantizer->scale - 1.0;
    const double low = -quantizer->scale;
    *clipped_count += step < low || step > high;
    return step < low ? low : step > high ? high : step;
}

INLINE double
quantized(const Quantizer *quantizer, const QuantizerInput *input, int64_t at, int64_t *clips) {
    const double value = (double)input->samples[at] * input->gains[at] * quantizer->scale;
    const double nearest = rint(value);
    if (value == nearest || !quantizer->has_dither) {
        return clipped(quantizer, nearest, clips);
    }
    const double dither = noise_tpdf(input->stream, input->begin + at);
    return clipped(quantizer, rint(value + dither), clips);
}

#if KERNEL_WIDTH == 1

enum { LANES = 1 };

INLINE void quantize_lanes(const Quantizer *quantizer,
                           const QuantizerInput *input,
                           int64_t at,
                           double *steps,
                           int64_t *clips) {
    steps[at] = quantized(quantizer, input, at, clips);
}

#else

enum { LANES = KERNEL_WIDTH / 2 };

typedef float HalfFloats __attribute__((vector_size(2 * KERNEL_WIDTH)));
typedef double Doubles __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef int64_t Longs __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef uint64_t Words __attribute__((vector_size(4 * KERNEL_WIDTH)));

/* 2^52 + 2^51: near it doubles are whole numbers, so a sum rounds half to even. */
static const double whole = 0x1.8p52;

INLINE Doubles chosen(Longs is_x, Doubles x, Doubles y) {
    return (Doubles)((is_x & (Longs)x) | (~is_x & (Longs)y));
}

INLINE Doubles rounded(Doubles x) {
    const Doubles size = (Doubles)((Longs)x & INT64_MAX);
    return chosen(size < 0x1p51, x + whole - whole, x); /* beyond, nothing is left to round */
}

INLINE Words mixed(Words bits) {
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

/* Below 2^32: the low bits of a double of 2^52. */
INLINE Doubles doubles_of_words(Words words) {
    return (Doubles)(words | UINT64_C(0x4330000000000000)) - 0x1p52;
}

/* noise_tpdf of LANES moments. */
INLINE Doubles dithers(uint64_t stream, SampleTime time) {
    Words index = {0};
    for (int lane = 0; lane < LANES; lane++) {
        index[lane] = (uint64_t)(time + lane) * UINT64_C(0x9e3779b97f4a7c15) + stream;
    }
    const Words bits = mixed(mixed(index) ^ stream);
    const Words low = bits & UINT64_C(0xffffffff);
    return (doubles_of_words(bits >> 32) - doubles_of_words(low)) * 0x1p-32;
}

INLINE void quantize_lanes(const Quantizer *quantizer,
                           const QuantizerInput *input,
                           int64_t at,
                           double *steps,
                           int64_t *clips) {
    HalfFloats samples;
    Doubles gains;
    memcpy(&samples, input->samples + at, sizeof samples);
    memcpy(&gains, input->gains + at, sizeof gains);
    const Doubles value = __builtin_convertvector(samples, Doubles) * gains * quantizer->scale;
    Doubles step = rounded(value);
    if (quantizer->has_dither) {
        const Doubles noisy = rounded(value + dithers(input->stream, input->begin + at));
        step = chosen(value == step, step, noisy);
    }
    const Doubles low = (Doubles){0} - quantizer->scale;
    const Doubles high = low * -1.0 - 1.0;
    const Longs is_outside = (step < low) | (step > high);
    step = chosen(step < low, low, chosen(step > high, high, step));
    memcpy(steps + at, &step, sizeof step);
    for (int lane = 0; lane < LANES; lane++) {
        *clips -= is_outside[lane];
    }
}

#endif

static int64_t
run(const Quantizer *quantizer, const QuantizerInput *input, int64_t count, double *steps) {
    int64_t clips = 0;
    int64_t at = 0;
    for (; at + LANES <= count; at += LANES) {
        quantize_lanes(quantizer, input, at, steps, &clips);
    }
    for (; at < count; at++) {
        steps[at] = quantized(quantizer, input, at, &clips);
    }
    return clips;
}

QuantizeKernel *const KERNEL_TABLE = run;
