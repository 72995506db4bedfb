#ifndef RENDER_PROCESSORS_TWO_BAND_H
#define RENDER_PROCESSORS_TWO_BAND_H
/* Plain decoding where the ears compare phases, max-rE above: weights per degree and band, in front
 * of one decoder matrix.
 *
 *     TwoBand bands;
 *     two_band_design(3, 48000, two_band_crossover_hz(3, 0.09), weights, &bands);
 *     two_band_run(&bands, harmonics, sample_count);   // then decode as ever
 *
 * Fourth-order Linkwitz-Riley filters: both bands have the phase of one all-pass, so that degrees
 * of unlike weights stay in phase at every frequency. State: for stages that walk from sample 0
 * only; the size of the pieces does not matter.
 */
#include "render/dsp/biquad.h"

enum {
    TWO_BAND_DEGREES = 8, /* orders up to 7 */
    TWO_BAND_CHANNELS = TWO_BAND_DEGREES * TWO_BAND_DEGREES,
    TWO_BAND_SECTIONS = 2
};

typedef struct TwoBand {
    int order;
    double weights[TWO_BAND_DEGREES]; /* of the upper band */
    Biquad low[TWO_BAND_CHANNELS][TWO_BAND_SECTIONS];
    Biquad high[TWO_BAND_CHANNELS][TWO_BAND_SECTIONS];
} TwoBand;

/* Up to where an order is right at the ears of a head of this radius:
 * c N / (4 r (N + 1) sin(pi / (2 N + 2))), c = 343 m/s. Bertet et al. 2013. order 1 .. 7. */
double two_band_crossover_hz(int order, double head_radius_m);
/* weights: [order + 1] of the upper band. Clears the state. */
void two_band_design(
    int order, int rate_hz, double crossover_hz, const double *weights, TwoBand *bands);
/* In place. samples: [(order + 1)^2][sample_count]. */
void two_band_run(TwoBand *bands, float *const *samples, int64_t sample_count);

#endif
