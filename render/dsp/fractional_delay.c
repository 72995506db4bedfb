/* Windowed-sinc delay by any number of samples.
 *
 * Law: the taps are a pure function of the delay.
 */
#include "render/dsp/fractional_delay.h"

#include <math.h>
#include <string.h>

#include "render/dsp/delay_taps.h"

void fractional_delay_taps(double fraction, double taps[FRACTIONAL_DELAY_TAPS]) {
    delay_taps_fill(fraction, taps);
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
