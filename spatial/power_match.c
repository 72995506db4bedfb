/* Zero-phase equalization of the power of a set of responses. */
#include "spatial/power_match.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "render/base/units.h"

static const double strongest_gain = 4.0; /* 12 dB: beyond it the responses have nothing to lift */
enum { LONGEST_RESPONSE = 1024 };

void power_add(PowerSpectrum *spectrum, const double *response, int count, double weight) {
    double folded[POWER_GRID] = {0}; /* folding in time samples the spectrum exactly */
    double cosines[POWER_GRID];
    double sines[POWER_GRID];
    for (int sample = 0; sample < count; ++sample) {
        folded[sample % POWER_GRID] += response[sample];
    }
    for (int step = 0; step < POWER_GRID; ++step) {
        cosines[step] = exact_cos(2.0 * pi * step / POWER_GRID);
        sines[step] = exact_sin(2.0 * pi * step / POWER_GRID);
    }
    for (int bin = 0; bin < POWER_BINS; ++bin) {
        double real = 0.0;
        double imaginary = 0.0;
        for (int sample = 0; sample < POWER_GRID; ++sample) {
            real += folded[sample] * cosines[bin * sample % POWER_GRID];
            imaginary += folded[sample] * sines[bin * sample % POWER_GRID];
        }
        spectrum->bins[bin] += weight * (real * real + imaginary * imaginary);
    }
}

static double bin_gain(double have, double wanted) {
    if (!(have > 0.0) || !(wanted > 0.0)) {
        return 1.0;
    }
    return fmin(fmax(sqrt(wanted / have), 1.0 / strongest_gain), strongest_gain);
}

void power_match_taps(const PowerSpectrum *have,
                      const PowerSpectrum *wanted,
                      double taps[MATCH_REACH + 1]) {
    for (int tap = 0; tap <= MATCH_REACH; ++tap) {
        double sum = 0.0;
        for (int bin = 0; bin < POWER_BINS; ++bin) {
            const bool is_end = bin == 0 || bin == POWER_BINS - 1;
            sum += (is_end ? 1.0 : 2.0) * bin_gain(have->bins[bin], wanted->bins[bin]) *
                   exact_cos(2.0 * pi * (bin * tap % POWER_GRID) / POWER_GRID);
        }
        const double window = 0.5 + 0.5 * exact_cos(pi * tap / (MATCH_REACH + 1));
        taps[tap] = window * sum / POWER_GRID;
    }
}

void power_match_apply(const double taps[MATCH_REACH + 1], double *response, int count) {
    double copy[LONGEST_RESPONSE];
    assert(count <= LONGEST_RESPONSE);
    memcpy(copy, response, sizeof(double) * (size_t)count);
    for (int sample = 0; sample < count; ++sample) {
        double sum = taps[0] * copy[sample];
        for (int tap = 1; tap <= MATCH_REACH; ++tap) {
            const double before = sample >= tap ? copy[sample - tap] : 0.0;
            const double behind = sample + tap < count ? copy[sample + tap] : 0.0;
            sum += taps[tap] * (before + behind);
        }
        response[sample] = sum;
    }
}
