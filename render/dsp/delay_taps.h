#ifndef RENDER_DSP_DELAY_TAPS_H
#define RENDER_DSP_DELAY_TAPS_H
/* The taps of fractional_delay.h, for files that are compiled once per CPU level and for that one:
 * the same bits wherever it is compiled. Inside render/dsp only. */
#include <stddef.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fractional_delay.h"

/* Modified Bessel function I0 of x = sqrt(squares[k]) up to 6: sum of (x/2)^2k / (k!)^2, 20 terms,
 * error below 1e-16. Eight taps at a time, which stay in registers. */
static inline __attribute__((always_inline)) void
delay_taps_bessel(const double squares[FRACTIONAL_DELAY_TAPS],
                  double values[FRACTIONAL_DELAY_TAPS]) {
    enum { AT_ONCE = 8 };
    static const double inverse_squares[] = {1.0 / 400, 1.0 / 361, 1.0 / 324, 1.0 / 289, 1.0 / 256,
                                             1.0 / 225, 1.0 / 196, 1.0 / 169, 1.0 / 144, 1.0 / 121,
                                             1.0 / 100, 1.0 / 81,  1.0 / 64,  1.0 / 49,  1.0 / 36,
                                             1.0 / 25,  1.0 / 16,  1.0 / 9,   1.0 / 4,   1.0};
    for (int first = 0; first < FRACTIONAL_DELAY_TAPS; first += AT_ONCE) {
        double some[AT_ONCE];
        double quarters[AT_ONCE];
        for (int tap = 0; tap < AT_ONCE; ++tap) {
            some[tap] = 1.0;
            quarters[tap] = squares[first + tap] / 4.0;
        }
        for (size_t term = 0; term < sizeof inverse_squares / sizeof *inverse_squares; ++term) {
            for (int tap = 0; tap < AT_ONCE; ++tap) {
                some[tap] = 1.0 + some[tap] * quarters[tap] * inverse_squares[term];
            }
        }
        memcpy(values + first, some, sizeof some);
    }
}

/* fraction: 0 .. 1 */
static inline __attribute__((always_inline)) void
delay_taps_fill(double fraction, double taps[FRACTIONAL_DELAY_TAPS]) {
    static const double kaiser_beta = 6.0; /* Kaiser 1974: side lobes 63 dB down */
    const double half_width = FRACTIONAL_DELAY_TAPS / 2.0;
    const double sine = exact_sin(pi * fraction) / pi;
    double sum = 0.0;
    double squares[FRACTIONAL_DELAY_TAPS];
    double window[FRACTIONAL_DELAY_TAPS];
    if (fraction == 0.0 || fraction == 1.0) {
        memset(taps, 0, sizeof(double) * FRACTIONAL_DELAY_TAPS);
        taps[FRACTIONAL_DELAY_LEAD + (int)fraction] = 1.0;
        return;
    }
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        const double across = (tap - FRACTIONAL_DELAY_LEAD - fraction) / half_width;
        const double inside = 1.0 - across * across;
        squares[tap] = kaiser_beta * kaiser_beta * (inside > 0.0 ? inside : 0.0);
    }
    delay_taps_bessel(squares, window);
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        const int place = tap - FRACTIONAL_DELAY_LEAD; /* sin(pi x) = -+ sin(pi fraction) */
        taps[tap] = (place % 2 == 0 ? -sine : sine) / (place - fraction) * window[tap];
    }
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        sum += taps[tap];
    }
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        taps[tap] /= sum;
    }
}

#endif
