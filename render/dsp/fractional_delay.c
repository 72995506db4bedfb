/* Windowed-sinc delay by any number of samples.
 *
 * Law: the taps are a pure function of the delay.
 */
#include "render/dsp/fractional_delay.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"

/* Kaiser 1974: side lobes 63 dB down. */
static const double kaiser_beta = 6.0;

/* Modified Bessel function I0 of x = sqrt(squares[k]) up to 6, for all taps: sum of (x/2)^2k /
 * (k!)^2, 20 terms, error below 1e-16. */
static void bessel_i0(const double squares[FRACTIONAL_DELAY_TAPS],
                      double values[FRACTIONAL_DELAY_TAPS]) {
    static const double inverse_squares[] = {1.0 / 400, 1.0 / 361, 1.0 / 324, 1.0 / 289, 1.0 / 256,
                                             1.0 / 225, 1.0 / 196, 1.0 / 169, 1.0 / 144, 1.0 / 121,
                                             1.0 / 100, 1.0 / 81,  1.0 / 64,  1.0 / 49,  1.0 / 36,
                                             1.0 / 25,  1.0 / 16,  1.0 / 9,   1.0 / 4,   1.0};
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        values[tap] = 1.0;
    }
    for (size_t term = 0; term < sizeof inverse_squares / sizeof *inverse_squares; ++term) {
        for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
            values[tap] = 1.0 + values[tap] * (squares[tap] / 4.0) * inverse_squares[term];
        }
    }
}

void fractional_delay_taps(double fraction, double taps[FRACTIONAL_DELAY_TAPS]) {
    const double half_width = FRACTIONAL_DELAY_TAPS / 2.0;
    const double sine = exact_sin(pi * fraction) / pi;
    double sum = 0.0;
    double squares[FRACTIONAL_DELAY_TAPS];
    double window[FRACTIONAL_DELAY_TAPS];
    memset(taps, 0, sizeof(double) * FRACTIONAL_DELAY_TAPS);
    if (fraction == 0.0 || fraction == 1.0) {
        taps[FRACTIONAL_DELAY_LEAD + (int)fraction] = 1.0;
        return;
    }
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        const double across = (tap - FRACTIONAL_DELAY_LEAD - fraction) / half_width;
        squares[tap] = kaiser_beta * kaiser_beta * fmax(0.0, 1.0 - across * across);
    }
    bessel_i0(squares, window);
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        const int place = tap - FRACTIONAL_DELAY_LEAD; /* sin(pi x) = -+ sin(pi fraction) */
        taps[tap] = (place % 2 == 0 ? -sine : sine) / (place - fraction) * window[tap];
        sum += taps[tap];
    }
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        taps[tap] /= sum;
    }
}

void fractional_delay_apply(
    const double *in, int in_count, double delay_samples, double *out, int out_count) {
    const double whole = floor(delay_samples);
    double taps[FRACTIONAL_DELAY_TAPS];
    fractional_delay_taps(delay_samples - whole, taps);
    memset(out, 0, sizeof(double) * (size_t)out_count);
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        const int shift = (int)whole + tap - FRACTIONAL_DELAY_LEAD; /* out[n] takes in[n - shift] */
        const int begin = shift > 0 ? shift : 0;
        const int end = in_count + shift < out_count ? in_count + shift : out_count;
        const double gain = taps[tap];
        for (int n = begin; n < end; ++n) {
            out[n] += gain * in[n - shift];
        }
    }
}

void fractional_delay_line_design(double fraction, FractionalDelayLine *line) {
    *line = (FractionalDelayLine){.next = 0};
    fractional_delay_taps(fraction, line->taps);
}

void fractional_delay_line_run(FractionalDelayLine *line, float *samples, int64_t count) {
    enum { MASK = FRACTIONAL_DELAY_TAPS - 1 };
    for (int64_t sample = 0; sample < count; ++sample) {
        double sum = 0.0;
        line->past[line->next] = samples[sample];
        for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
            sum += line->taps[tap] * line->past[(line->next - tap) & MASK];
        }
        line->next = (line->next + 1) & MASK;
        samples[sample] = (float)sum;
    }
}
