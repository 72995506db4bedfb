/* A windowed Hilbert transformer. */
#include "spatial/phase_shift.h"

#include <math.h>

#include "render/base/units.h"

/* Kaiser window for a ripple of 0.035 dB: -48 dB, and 6 dB less as the step at 0 Hz goes from -1 to
 * 1. beta = 0.1102 (A - 8.7). Kaiser 1974. */
static const double attenuation_db = 54.0;
static const double beta = 4.992;
/* From the edge of the band to its mirror image below 0 Hz. */
static const double lowest_hz = 60.0;

/* Modified Bessel function of order 0, by its power series. */
static double bessel_i0(double x) {
    const double quarter = x * x / 4.0;
    double term = 1.0;
    double sum = 1.0;
    for (int order = 1; term > sum * 1e-17; ++order) {
        term *= quarter / ((double)order * order);
        sum += term;
    }
    return sum;
}

/* Kaiser's estimate: N - 1 = (A - 7.95) / (2.285 width). The ends of the filter are not 0. */
int phase_shift_tap_count(int rate_hz) {
    const double width_rad = 2.0 * pi * 2.0 * lowest_hz / rate_hz;
    const int half = (int)ceil((attenuation_db - 7.95) / (2.285 * width_rad) / 2.0);
    return 2 * (half | 1) + 1;
}

int phase_shift_delay_samples(int tap_count) {
    return (tap_count - 1) / 2;
}

void phase_shift_taps(int tap_count, double *taps) {
    const int middle = phase_shift_delay_samples(tap_count);
    const double whole = bessel_i0(beta);
    taps[middle] = 0.0;
    for (int distance = 1; distance <= middle; ++distance) {
        const double ratio = (double)distance / (middle + 1);
        const double window = bessel_i0(beta * sqrt(1.0 - ratio * ratio)) / whole;
        const double tap = distance % 2 != 0 ? 2.0 / (pi * distance) * window : 0.0;
        taps[middle - distance] = tap; /* ahead of the middle: a phase of +90 degrees */
        taps[middle + distance] = -tap;
    }
}
