#ifndef RENDER_DSP_FRACTIONAL_DELAY_H
#define RENDER_DSP_FRACTIONAL_DELAY_H
/* Delay of an impulse response by a fraction of a sample: windowed sinc of 32 taps.
 *
 *     fractional_delay_apply(in, 256, 12.25, out, 512);
 *
 * Kaiser window, beta 6: flat within 0.01 dB up to 0.8 of half the rate. Not causal: the pulse
 * rings 15 samples before and 16 behind its place, so leave room in front of it.
 */
#include <stdint.h>

enum { FRACTIONAL_DELAY_TAPS = 32, FRACTIONAL_DELAY_LEAD = FRACTIONAL_DELAY_TAPS / 2 - 1 };

/* Tap k delays by k - FRACTIONAL_DELAY_LEAD samples; together they delay by fraction (0 .. 1).
 * Fraction 0 is exactly one tap of 1. Sum of taps 1. */
void fractional_delay_taps(double fraction, double taps[FRACTIONAL_DELAY_TAPS]);

/* out[n] = in at n - delay_samples (any sign); 0 outside in. in: [in_count], out: [out_count], no
 * overlap. */
void fractional_delay_apply(
    const double *in, int in_count, double delay_samples, double *out, int out_count);

/* The same for a signal that comes in pieces of any size, delayed by LEAD + fraction samples.
 *
 *     FractionalDelayLine line;
 *     fractional_delay_line_design(0.25, &line);
 *     fractional_delay_line_run(&line, samples, count);   // then TAPS - 1 zeros for what rings on
 *
 * State: for stages that walk from the first sample only. */
typedef struct FractionalDelayLine {
    double taps[FRACTIONAL_DELAY_TAPS];
    float past[FRACTIONAL_DELAY_TAPS]; /* ring of the latest samples */
    int next;                          /* in it */
} FractionalDelayLine;

void fractional_delay_line_design(double fraction, FractionalDelayLine *line);
void fractional_delay_line_run(FractionalDelayLine *line, float *samples, int64_t count);

#endif
