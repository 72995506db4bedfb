#ifndef RENDER_DSP_BIQUAD_H
#define RENDER_DSP_BIQUAD_H
/* Recursive filters in double: second-order sections and cascades of them.
 *
 *     BiquadCascade cascade;
 *     biquad_cascade_design(&layer->filters[0], mix->rate_hz, &cascade);
 *     biquad_cascade_run(&cascade, samples, sample_count);
 *
 * State: for stages that walk from sample 0 only. The size of the pieces does not matter.
 */
#include <stdint.h>

#include "render/model/mix.h"

enum { BIQUAD_SECTIONS_MAX = 4 }; /* 48 dB per octave */

/* y = b0 x + b1 x[-1] + b2 x[-2] - a1 y[-1] - a2 y[-2], transposed direct form II. */
typedef struct Biquad {
    double b0, b1, b2, a1, a2;
    double state1, state2;
} Biquad;

typedef struct BiquadCascade {
    Biquad sections[BIQUAD_SECTIONS_MAX];
    int section_count;
} BiquadCascade;

/* State below this (-600 dB) is set to 0: no denormals, and silence becomes exact zeros. */
#define BIQUAD_TINY 1e-30

static inline double biquad_flush(double state) {
    return state > BIQUAD_TINY || state < -BIQUAD_TINY ? state : 0.0;
}

static inline double biquad_step(Biquad *section, double input) {
    const double output = section->b0 * input + section->state1;
    section->state1 = biquad_flush(section->b1 * input - section->a1 * output + section->state2);
    section->state2 = biquad_flush(section->b2 * input - section->a2 * output);
    return output;
}

/* Clears the state. frequency_hz is held below 0.499 * rate_hz.
 * High- and low-pass: Butterworth, -3.01 dB at frequency_hz, bilinear transform with prewarping
 * (order = slope / 6; Oppenheim and Schafer, Discrete-Time Signal Processing, 7.1). Bell, shelves
 * and notch: R. Bristow-Johnson, Audio EQ Cookbook, with its Q. Tilt: one first-order section, 0 dB
 * at frequency_hz, +gain/2 at the top, -gain/2 at the bottom. */
void biquad_cascade_design(const MixFilter *filter, int rate_hz, BiquadCascade *cascade);
/* In place; rounded to float once, behind the last section. */
void biquad_cascade_run(BiquadCascade *cascade, float *samples, int64_t count);

typedef struct BiquadGlide { /* from one filter to another of the same kind and order */
    const BiquadCascade *from, *to;
    int64_t length_samples; /* of the whole way */
    int64_t offset_samples; /* of the first sample on it */
} BiquadGlide;

/* The same with coefficients that go in a straight line: between two stable filters of second order
 * every one on the way is stable (the region of stability is a triangle, so convex). */
void biquad_cascade_glide(BiquadCascade *cascade,
                          const BiquadGlide *glide,
                          float *samples,
                          int64_t count);

#endif
