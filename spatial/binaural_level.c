/* Loudness of a pair of responses, read by the meter itself.
 *
 * One period of 400 ms is repeated: each gating block of the meter holds exactly one, so that all
 * of them agree and the phases of the noise do not matter.
 */
#include "spatial/binaural_level.h"

#include <math.h>

#include "render/dsp/fft.h"
#include "render/dsp/meter.h"

enum { EARS = 2, PERIODS = 4 };
static const double lowest_hz = 20.0;
static const double highest_hz = 20000.0;
/* Any level far from the meter's gates serves; differences count. */
static const double noise_gain = 0.1;

typedef struct PinkPeriod {
    Fft *fft;
    int size, rate_hz;
    float *samples, *spectrum; /* [size], [size + 2] */
    double *channels[EARS];    /* [size] */
} PinkPeriod;

/* Gives the spectrum of what the samples hold the power of pink noise; result in a channel. */
static void colour(PinkPeriod *period, int channel) {
    fft_forward(period->fft, period->samples, period->spectrum);
    for (int bin = 0; bin <= period->size / 2; ++bin) {
        const double frequency_hz = (double)bin * period->rate_hz / period->size;
        const bool is_inside = frequency_hz >= lowest_hz && frequency_hz <= highest_hz;
        const double gain = is_inside ? noise_gain / sqrt(bin) : 0.0;
        period->spectrum[2 * (size_t)bin] *= (float)gain;
        period->spectrum[2 * (size_t)bin + 1] *= (float)gain;
    }
    fft_inverse(period->fft, period->spectrum, period->samples);
    for (int sample = 0; sample < period->size; ++sample) {
        period->channels[channel][sample] = (double)period->samples[sample];
    }
}

/* The response lies in the middle of the period, so that the meter starts in its silence. taps:
 * [tap_count] */
static void send(PinkPeriod *period, int channel, const float *taps, int tap_count) {
    const int begin = period->size / 2;
    for (int sample = 0; sample < period->size; ++sample) {
        const bool is_inside = sample >= begin && sample < begin + tap_count;
        period->samples[sample] = is_inside ? taps[sample - begin] : 0.0F;
    }
    colour(period, channel);
}

static double read_lufs(const PinkPeriod *period, Arena *arena) {
    static const double weights[EARS] = {1.0, 1.0};
    Meter *const meter = meter_create(EARS, weights, period->rate_hz, arena);
    MeterResult result;
    for (int repeat = 0; repeat < PERIODS; ++repeat) {
        meter_add(meter, (const double *const *)period->channels, period->size);
    }
    meter_finish(meter, &result);
    return result.integrated_lufs;
}

Status binaural_level_lu(
    const float *pair, int tap_count, int rate_hz, double *level_lu, ErrorList *errors) {
    static const float half_power = 0.70710678F;
    Arena *arena = arena_create();
    PinkPeriod period = {.size = rate_hz / 5 * 2, .rate_hz = rate_hz};
    const size_t size = (size_t)period.size;
    period.samples = arena_array(arena, size, sizeof(float));
    period.spectrum = arena_array(arena, size + 2, sizeof(float));
    Status status = fft_create(period.size, &period.fft, errors);
    for (int ear = 0; status == DONE && ear < EARS; ++ear) {
        period.channels[ear] = arena_array(arena, size, sizeof(double));
        send(&period, ear, pair + (size_t)ear * (size_t)tap_count, tap_count);
    }
    if (status == DONE) {
        const double pair_lufs = read_lufs(&period, arena);
        send(&period, 0, &half_power, 1);
        send(&period, 1, &half_power, 1);
        *level_lu = pair_lufs - read_lufs(&period, arena);
    }
    fft_destroy(&period.fft);
    arena_destroy(&arena);
    return status;
}
