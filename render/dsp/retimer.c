/* A polyphase windowed sinc on the absolute grid of an exact ratio.
 *
 * Law: the filter of an output sample is chosen by its place, its sum has one order.
 */
#include "render/dsp/retimer.h"

#include <math.h>

enum {
    TAPS = 224, /* Kaiser 1974: 140 dB over a transition of 0.09 of Nyquist needs 204 */
    LANES = 8   /* sums that do not wait for each other */
};

static const double kaiser_beta = 14.47; /* 0.1102 (140 - 8.7) */
static const double edge_share = 0.955;  /* the middle of the transition, of the lower Nyquist */

struct Retimer {
    RetimeRatio ratio;
    int tap_count;
    const double *taps; /* [ratio.output][tap_count] */
};

/* The modified Bessel function of order 0 by its series. */
static double bessel_0(double x) {
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; term > sum * 1e-18; k++) {
        const double factor = x / (2.0 * k);
        term *= factor * factor;
        sum += term;
    }
    return sum;
}

/* distance: in input samples from the place of the output sample. */
static double tap_at(double distance, double edge, double half) {
    const double share = distance / half;
    if (fabs(share) >= 1.0) {
        return 0.0;
    }
    const double angle = pi * edge * distance;
    const double sinc = distance == 0.0 ? 1.0 : exact_sin(angle) / angle;
    return sinc * bessel_0(kaiser_beta * sqrt(1.0 - share * share));
}

/* A constant keeps its level in every phase. */
static void fill_phase(double *taps, int count, double fraction, double edge) {
    const int middle = count / 2 - 1;
    double sum = 0.0;
    for (int tap = 0; tap < count; tap++) {
        const double distance = tap - middle - fraction;
        taps[tap] = tap_at(distance, edge, count / 2.0);
        sum += taps[tap];
    }
    for (int tap = 0; tap < count; tap++) {
        taps[tap] /= sum;
    }
}

static double fall_of(RetimeRatio ratio) {
    return ratio.input > ratio.output ? (double)ratio.input / (double)ratio.output : 1.0;
}

static int tap_count_of(RetimeRatio ratio) {
    return (int)ceil(TAPS * fall_of(ratio) / (2 * LANES)) * 2 * LANES;
}

Retimer *retimer_create(RetimeRatio ratio, Arena *arena) {
    Retimer *retimer = arena_alloc(arena, sizeof *retimer);
    const double fall = fall_of(ratio);
    const int count = tap_count_of(ratio);
    double *taps = arena_array(arena, (size_t)ratio.output * (size_t)count, sizeof *taps);
    for (int64_t phase = 0; phase < ratio.output; phase++) {
        fill_phase(taps + phase * count, count, (double)phase / (double)ratio.output,
                   edge_share / fall);
    }
    *retimer = (Retimer){.ratio = ratio, .tap_count = count, .taps = taps};
    return retimer;
}

/* Where the first tap of output sample `at` lies; phase: which filter. */
static SampleTime first_tap(RetimeRatio ratio, int tap_count, SampleTime at, int64_t *phase) {
    const int64_t scaled = at % ratio.output * ratio.input; /* at >= 0 */
    *phase = scaled % ratio.output;
    return at / ratio.output * ratio.input + scaled / ratio.output - (tap_count / 2 - 1);
}

Span retime_reach(RetimeRatio ratio, Span out) {
    const int tap_count = tap_count_of(ratio);
    int64_t phase = 0;
    const SampleTime begin = first_tap(ratio, tap_count, out.begin, &phase);
    return (Span){begin, first_tap(ratio, tap_count, out.end - 1, &phase) + tap_count};
}

Span retimer_reach(const Retimer *retimer, Span out) {
    return retime_reach(retimer->ratio, out);
}

int64_t retimer_reach_samples(const Retimer *retimer, int64_t count) {
    return count * retimer->ratio.input / retimer->ratio.output + 2 + retimer->tap_count;
}

static double dot(const double *samples, const double *taps, int count) {
    double lanes[LANES] = {0};
    for (int tap = 0; tap < count; tap += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane] += samples[tap + lane] * taps[tap + lane];
        }
    }
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

void retimer_run(
    const Retimer *retimer, const double *input, SampleTime input_begin, Span out, double *result) {
    for (SampleTime at = out.begin; at < out.end; at++) {
        int64_t phase = 0;
        const SampleTime first = first_tap(retimer->ratio, retimer->tap_count, at, &phase);
        result[at - out.begin] =
            dot(input + (first - input_begin), retimer->taps + phase * retimer->tap_count,
                retimer->tap_count);
    }
}
