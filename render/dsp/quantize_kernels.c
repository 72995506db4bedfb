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

static int64_t
run(const Quantizer *quantizer, const QuantizerInput *input, int64_t count, double *steps) {
    int64_t clips = 0;
    for (int64_t at = 0; at < count; at++) {
        steps[at] = quantized(quantizer, input, at, &clips);
    }
    return clips;
}

#else

enum { LANES = KERNEL_WIDTH / 2 };

typedef float HalfFloats __attribute__((vector_size(2 * KERNEL_WIDTH)));
typedef double Doubles __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef int64_t Longs __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef uint64_t Words __attribute__((vector_size(4 * KERNEL_WIDTH)));

/* 2^52 + 2^51: near it doubles are whole numbers, so a sum rounds half to even. What is too large
 * for that is clipped in any case. */
static const double whole = 0x1.8p52;

INLINE Doubles rounded(Doubles x) {
    return x + whole - whole;
}

INLINE Doubles chosen(Longs is_x, Doubles x, Doubles y) {
    return (Doubles)((is_x & (Longs)x) | (~is_x & (Longs)y));
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

/* noise_tpdf of LANES moments, whose counters these are. */
INLINE Doubles dithers(Words counters, uint64_t stream) {
    const Words bits = mixed(mixed(counters) ^ stream);
    const Words low = bits & UINT64_C(0xffffffff);
    return (doubles_of_words(bits >> 32) - doubles_of_words(low)) * 0x1p-32;
}

INLINE void quantize_lanes(const Quantizer *quantizer,
                           const QuantizerInput *input,
                           int64_t at,
                           Words counters,
                           double *steps,
                           Longs *clips) {
    HalfFloats samples;
    Doubles gains;
    memcpy(&samples, input->samples + at, sizeof samples);
    memcpy(&gains, input->gains + at, sizeof gains);
    const Doubles value = __builtin_convertvector(samples, Doubles) * gains * quantizer->scale;
    Doubles step = rounded(value);
    if (quantizer->has_dither) {
        const Doubles noisy = rounded(value + dithers(counters, input->stream));
        step = chosen(value == step, step, noisy);
    }
    const Doubles low = (Doubles){0} - quantizer->scale;
    const Doubles high = low * -1.0 - 1.0;
    const Longs is_low = step < low;
    const Longs is_high = step > high;
    step = chosen(is_low, low, chosen(is_high, high, step));
    memcpy(steps + at, &step, sizeof step);
    *clips += is_low | is_high; /* -1 where it is true */
}

/* As noise.h counts moments: the products run on by sums. */
static int64_t
run(const Quantizer *quantizer, const QuantizerInput *input, int64_t count, double *steps) {
    static const uint64_t stride = UINT64_C(0x9e3779b97f4a7c15);
    Longs lanes = {0};
    Words counters = {0};
    for (int lane = 0; lane < LANES; lane++) {
        counters[lane] = (uint64_t)(input->begin + lane) * stride + input->stream;
    }
    int64_t at = 0;
    for (; at + LANES <= count; at += LANES) {
        quantize_lanes(quantizer, input, at, counters, steps, &lanes);
        counters += LANES * stride;
    }
    int64_t clips = 0;
    for (; at < count; at++) {
        steps[at] = quantized(quantizer, input, at, &clips);
    }
    for (int lane = 0; lane < LANES; lane++) {
        clips -= lanes[lane];
    }
    return clips;
}

#endif

QuantizeKernel *const KERNEL_TABLE = run;
