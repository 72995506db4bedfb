/* Spectra of magnitude 1 and random phase, brought into time. */
#include "spatial/decorrelator.h"

#include <stdint.h>
#include <string.h>

#include "render/base/units.h"
#include "spatial/layout_table.h"
#include "spatial/mersenne_twister.h"

enum { BINS = DECORRELATOR_TAPS / 2 }; /* between 0 and the Nyquist frequency, which are 1 */

/* A place without a label of BS.2051 goes by its own name. */
static const char *name_of(const Layout *layout, int channel) {
    const char *const label = layout_bs2051_label(layout, channel);
    return *label ? label : layout->channels[channel].label;
}

int decorrelator_seed(const Layout *layout, int channel) {
    int seed = 0;
    for (int other = 0; other < layout->channel_count; ++other) {
        const int order = strcmp(name_of(layout, other), name_of(layout, channel));
        seed += order < 0 || (order == 0 && other < channel);
    }
    return seed;
}

void decorrelator_taps(const Layout *layout, int channel, double *taps) {
    double cosine[DECORRELATOR_TAPS];
    double real[BINS] = {0.0};
    double imaginary[BINS] = {0.0};
    MersenneTwister twister;
    mersenne_twister_seed(&twister, (uint32_t)decorrelator_seed(layout, channel));
    for (int bin = 1; bin < BINS; ++bin) {
        const double phase_rad = 2.0 * pi * mersenne_twister_next(&twister) * 0x1p-32;
        real[bin] = exact_cos(phase_rad);
        imaginary[bin] = exact_sin(phase_rad);
    }
    for (int step = 0; step < DECORRELATOR_TAPS; ++step) {
        cosine[step] = exact_cos(2.0 * pi * step / DECORRELATOR_TAPS);
    }
    for (int tap = 0; tap < DECORRELATOR_TAPS; ++tap) {
        double sum = tap % 2 == 0 ? 2.0 : 0.0; /* the bins of 0 and the Nyquist frequency */
        for (int bin = 1; bin < BINS; ++bin) {
            const int step = bin * tap % DECORRELATOR_TAPS;
            const int sine_step = (step + 3 * DECORRELATOR_TAPS / 4) % DECORRELATOR_TAPS;
            sum += 2.0 * (real[bin] * cosine[step] - imaginary[bin] * cosine[sine_step]);
        }
        taps[tap] = sum / DECORRELATOR_TAPS;
    }
}
