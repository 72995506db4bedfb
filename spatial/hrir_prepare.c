/* Resampling, onset detection and alignment of measured responses. */
#include "spatial/hrir_prepare.h"

#include <stdint.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fractional_delay.h"
#include "render/dsp/resample.h"

/* Length of a delayed response: 10.7 ms, past the torso and pinna of any head. */
static const double longest_response_s = 512.0 / 48000.0;
/* The onset is where a response first crosses -20 dB re its peak, on a grid of 1/8 sample
 * (spatial-audio practice; finer than 3 us at 48 kHz, and a line is drawn between the points). */
static const double onset_level = 0.1;
enum { ONSET_PHASES = 8, FADE_SAMPLES = 32, TAP_MULTIPLE = 16 };
/* Silence around a response while it is resampled: longer than the resampler rings audibly. */
enum { RESAMPLE_GAP_SAMPLES = 64, RESAMPLE_LONGEST_STEP = 4096 };

typedef struct Resampled {
    const float *samples; /* [response_count] responses, period_samples apart */
    int64_t first_samples, period_samples;
    int length_samples;
} Resampled;

/* Interpolation at 1/8 samples. */
typedef struct OnsetTaps {
    double phase[ONSET_PHASES][FRACTIONAL_DELAY_TAPS];
} OnsetTaps;

static int greatest_divisor(int a, int b) {
    while (b != 0) {
        const int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int64_t round_up(int64_t value, int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

static Status resample_whole(
    const float *in, int64_t in_count, int from_hz, int to_hz, float *out, ErrorList *errors) {
    Resampler *resampler = NULL;
    int64_t pushed = 0;
    int64_t flushed = 0;
    TRY(resampler_create(from_hz, to_hz, 1, &resampler, errors));
    Status status = resampler_push(resampler, in, in_count, out, &pushed, errors);
    if (status == DONE) {
        status = resampler_flush(resampler, out + pushed, &flushed, errors);
    }
    resampler_destroy(&resampler);
    return status;
}

/* All responses in one pass: end to end with silence between, each beginning at a sample that has
 * a whole number in both rates. */
static Status resample_all(
    const HrirGrid *grid, int rate_hz, Arena *arena, Resampled *resampled, ErrorList *errors) {
    const int divisor = greatest_divisor(grid->rate_hz, rate_hz);
    const int64_t step = grid->rate_hz / divisor;
    const int64_t out_step = rate_hz / divisor;
    if (step > RESAMPLE_LONGEST_STEP) {
        return fail(errors, E420, NO_PLACE,
                    "the SOFA file has %d Hz, which cannot be brought to %d Hz", grid->rate_hz,
                    rate_hz);
    }
    const int64_t lead = round_up(RESAMPLE_GAP_SAMPLES, step);
    const int64_t period = round_up(lead + grid->length_samples + RESAMPLE_GAP_SAMPLES, step);
    const int response_count = grid->count * EAR_COUNT;
    const int64_t in_count = period * response_count;
    float *const in = arena_array(arena, (size_t)in_count, sizeof *in);
    for (int response = 0; response < response_count; ++response) {
        memcpy(&in[period * response + lead],
               &grid->samples[(size_t)response * (size_t)grid->length_samples],
               (size_t)grid->length_samples * sizeof *in);
    }
    const int64_t room = resampled_frames(in_count, grid->rate_hz, rate_hz);
    float *const out = arena_array(arena, (size_t)room, sizeof *out);
    TRY(resample_whole(in, in_count, grid->rate_hz, rate_hz, out, errors));
    resampled->samples = out;
    resampled->first_samples = lead / step * out_step;
    resampled->period_samples = period / step * out_step;
    resampled->length_samples =
        (int)resampled_frames(grid->length_samples + RESAMPLE_GAP_SAMPLES, grid->rate_hz, rate_hz);
    return DONE;
}

/* The response with the gap before it: what rings ahead of its first sample belongs to it. */
static void copy_response(const Resampled *resampled, int response, double *out) {
    const float *const from = &resampled->samples[resampled->period_samples * response];
    const int count = (int)resampled->first_samples + resampled->length_samples;
    for (int sample = 0; sample < count; ++sample) {
        out[sample] = sample < resampled->period_samples ? (double)from[sample] : 0.0;
    }
}

static void make_onset_taps(OnsetTaps *taps) {
    for (int phase = 0; phase < ONSET_PHASES; ++phase) {
        fractional_delay_taps((double)phase / ONSET_PHASES, taps->phase[phase]);
    }
}

/* |response| at sample + phase / 8. The taps delay, so they are read backwards to look ahead. */
static double magnitude_at(const double *response, int count, int eighth, const OnsetTaps *taps) {
    const int sample = eighth / ONSET_PHASES;
    const double *const phase_taps = taps->phase[eighth % ONSET_PHASES];
    double sum = 0.0;
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
        const int from = sample + tap - FRACTIONAL_DELAY_LEAD;
        sum += from >= 0 && from < count ? phase_taps[tap] * response[from] : 0.0;
    }
    return fabs(sum);
}

static double peak_magnitude(const double *response, int count, const OnsetTaps *taps) {
    int loudest = 0;
    double peak = 0.0;
    for (int sample = 1; sample < count; ++sample) {
        loudest = fabs(response[sample]) > fabs(response[loudest]) ? sample : loudest;
    }
    for (int near = -ONSET_PHASES; near <= ONSET_PHASES; ++near) {
        const int eighth = loudest * ONSET_PHASES + near;
        peak = eighth < 0 ? peak : fmax(peak, magnitude_at(response, count, eighth, taps));
    }
    return peak;
}

/* Samples from the begin of the response; 0 for silence. */
static double find_onset(const double *response, int count, const OnsetTaps *taps) {
    const double level = onset_level * peak_magnitude(response, count, taps);
    int sample = 0;
    while (sample < count && fabs(response[sample]) < level) {
        ++sample;
    }
    const int first = sample > 2 ? (sample - 2) * ONSET_PHASES : 0;
    double before = 0.0;
    for (int eighth = first; eighth <= sample * ONSET_PHASES && level > 0.0; ++eighth) {
        const double now = magnitude_at(response, count, eighth, taps);
        if (now >= level) {
            const double back = now > before ? (now - level) / (now - before) : 0.0;
            return (eighth - fmin(back, 1.0)) / ONSET_PHASES;
        }
        before = now;
    }
    return 0.0;
}

static void fade_end(double *response, int count) {
    for (int step = 0; step < FADE_SAMPLES; ++step) {
        const double gain = 0.5 - 0.5 * exact_cos(pi * (step + 0.5) / FADE_SAMPLES);
        response[count - 1 - step] *= gain;
    }
}

/* tap_count and length from what the file holds and what the ears' delays need. */
static void choose_lengths(int available, int latest_samples, int rate_hz, AlignedHrirs *aligned) {
    const int reserve = latest_samples + FRACTIONAL_DELAY_TAPS;
    const int longest = (int)round_up((int64_t)ceil(longest_response_s * rate_hz), TAP_MULTIPLE);
    const int wanted = (int)round_up(HRIR_LEAD_SAMPLES + available + reserve, TAP_MULTIPLE);
    const int shortest = (int)round_up(reserve + 2 * FADE_SAMPLES, TAP_MULTIPLE);
    int count = wanted < longest ? wanted : longest;
    count = count > shortest ? count : shortest;
    aligned->tap_count = count < HRIR_MAX_TAPS ? count : HRIR_MAX_TAPS;
    aligned->length_samples = aligned->tap_count - reserve;
}

/* Puts Data.Delay into the onsets, makes them count from the earliest; returns the latest. */
static double relate_onsets(const HrirGrid *grid, double rate_ratio, double *onsets) {
    double earliest = INFINITY;
    double latest = 0.0;
    for (int response = 0; response < grid->count * EAR_COUNT; ++response) {
        onsets[response] += grid->delays_samples[response] * rate_ratio;
        earliest = fmin(earliest, onsets[response]);
    }
    for (int response = 0; response < grid->count * EAR_COUNT; ++response) {
        onsets[response] -= earliest;
        latest = fmax(latest, onsets[response]);
    }
    return latest;
}

/* Writes the response with its onset at HRIR_LEAD_SAMPLES. */
static void
align_response(const double *response, int count, double onset, double *out, int out_count) {
    fractional_delay_apply(response, count, HRIR_LEAD_SAMPLES - onset, out, out_count);
    fade_end(out, out_count);
}

static Status align_resampled(const HrirGrid *grid,
                              const Resampled *resampled,
                              int rate_hz,
                              Arena *arena,
                              AlignedHrirs *aligned,
                              ErrorList *errors) {
    const size_t room = (size_t)(grid->count + HRIR_POLES) * EAR_COUNT;
    const int response_count = grid->count * EAR_COUNT;
    const int count = (int)resampled->first_samples + resampled->length_samples;
    double *const response = arena_array(arena, (size_t)count, sizeof *response);
    double *const found = arena_array(arena, (size_t)response_count, sizeof *found);
    OnsetTaps taps = {0};
    make_onset_taps(&taps);
    aligned->onsets_samples = arena_array(arena, room, sizeof(double));
    for (int index = 0; index < response_count; ++index) {
        copy_response(resampled, index, response);
        found[index] = find_onset(response, count, &taps);
        aligned->onsets_samples[index] = found[index];
    }
    const double latest =
        relate_onsets(grid, (double)rate_hz / (double)grid->rate_hz, aligned->onsets_samples);
    if (latest > HRIR_MAX_TAPS / 2.0) {
        return fail(errors, E420, NO_PLACE,
                    "the responses of the SOFA file begin up to %.0f samples apart", latest);
    }
    choose_lengths(resampled->length_samples, (int)ceil(latest), rate_hz, aligned);
    const size_t length = (size_t)aligned->length_samples;
    aligned->samples = arena_array(arena, room * length, sizeof(double));
    for (int index = 0; index < response_count; ++index) {
        copy_response(resampled, index, response);
        align_response(response, count, found[index], &aligned->samples[(size_t)index * length],
                       aligned->length_samples);
    }
    return DONE;
}

Status hrirs_align(
    const HrirGrid *grid, int rate_hz, Arena *arena, AlignedHrirs *aligned, ErrorList *errors) {
    Arena *scratch = arena_create();
    Resampled resampled = {0};
    Status status = resample_all(grid, rate_hz, scratch, &resampled, errors);
    if (status == DONE) {
        status = align_resampled(grid, &resampled, rate_hz, arena, aligned, errors);
    }
    arena_destroy(&scratch);
    return status;
}
