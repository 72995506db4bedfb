/* Weights per degree in two bands that stay in phase. State: sequential stages only, from sample 0.
 */
#include "render/processors/two_band.h"

#include <string.h>

enum { BUTTERWORTH_SLOPE = 12 }; /* dB per octave; twice of it is Linkwitz-Riley of order 4 */

double two_band_crossover_hz(int order, double head_radius_m) {
    const double half_angle_rad = pi / (2.0 * order + 2.0);
    return speed_of_sound_m_per_s * order /
           (4.0 * head_radius_m * (order + 1) * exact_sin(half_angle_rad));
}

static Biquad butterworth(FilterKind kind, int rate_hz, double crossover_hz) {
    const MixFilter filter = {
        .kind = kind, .frequency_hz = crossover_hz, .slope_db_per_octave = BUTTERWORTH_SLOPE};
    BiquadCascade cascade;
    biquad_cascade_design(&filter, rate_hz, &cascade);
    return cascade.sections[0];
}

void two_band_design(
    int order, int rate_hz, double crossover_hz, const double *weights, TwoBand *bands) {
    const Biquad low = butterworth(FILTER_LOWPASS, rate_hz, crossover_hz);
    const Biquad high = butterworth(FILTER_HIGHPASS, rate_hz, crossover_hz);
    *bands = (TwoBand){.order = order};
    memcpy(bands->weights, weights, ((size_t)order + 1) * sizeof *weights);
    for (int acn = 0; acn < (order + 1) * (order + 1); ++acn) {
        for (int section = 0; section < TWO_BAND_SECTIONS; ++section) {
            bands->low[acn][section] = low;
            bands->high[acn][section] = high;
        }
    }
}

void two_band_run(TwoBand *bands, float *const *samples, int64_t sample_count) {
    int degree = 0;
    for (int acn = 0; acn < (bands->order + 1) * (bands->order + 1); ++acn) {
        degree += acn == (degree + 1) * (degree + 1);
        const double weight = bands->weights[degree];
        Biquad *const low = bands->low[acn];
        Biquad *const high = bands->high[acn];
        for (int64_t sample = 0; sample < sample_count; ++sample) {
            const double input = (double)samples[acn][sample];
            const double lower = biquad_step(&low[1], biquad_step(&low[0], input));
            const double upper = biquad_step(&high[1], biquad_step(&high[0], input));
            samples[acn][sample] = (float)(lower + weight * upper);
        }
    }
}
