/* Resampling of measured responses, and their separation into magnitude and onset. */
#include "spatial/hrir_prepare.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fractional_delay.h"
#include "render/dsp/resample.h"

/* Length of a delayed response: 13.3 ms, past the torso and pinna of any head. */
static const double longest_response_s = 640.0 / 48000.0;
/* A response rises where it first crosses -20 dB re its peak; what lies more than 64 samples before
 * is silence. */
static const double onset_level = 0.1;
enum { RISE_LEAD_SAMPLES = 64, FADE_SAMPLES = 32, TAP_MULTIPLE = 16 };
/* The band in which arrival times are compared: above, ears have no phase; below, the excess phase
 * of a head is not a delay. */
static const double agreement_from_hz = 1000.0;
static const double agreement_to_hz = 6000.0;
/* The minimum phase rises where the response does. Where an ear hears as much from around either
 * side of the head, both agree as well a period or more later. */
static const double agreement_reach_s = 250e-6;
/* The band in which ears follow the phase (Wightman and Kistler 1992), and where the delay of the
 * lows fades to that of the onset. */
static const double low_from_hz = 300.0;
static const double low_to_hz = 1500.0;
static const double fade_from_hz = 1000.0;
static const double fade_to_hz = 4000.0;
/* No head is that large; a fit beyond is noise. */
static const double longest_low_s = 150e-6;
/* Silence around a response while it is resampled: longer than the resampler rings audibly. */
enum { RESAMPLE_GAP_SAMPLES = 64, RESAMPLE_LONGEST_STEP = 4096 };

typedef struct Resampled {
    const float *samples; /* [response_count] responses, period_samples apart */
    int64_t first_samples, period_samples;
    int length_samples;
} Resampled;

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

/* First sample that crosses the onset level; 0 for silence. */
static int find_rise(const double *response, int count) {
    double peak = 0.0;
    for (int sample = 0; sample < count; ++sample) {
        peak = fmax(peak, fabs(response[sample]));
    }
    int sample = 0;
    while (sample < count && fabs(response[sample]) < onset_level * peak) {
        ++sample;
    }
    return sample;
}

static void fade_end(double *response, int count) {
    for (int step = 0; step < FADE_SAMPLES; ++step) {
        const double gain = 0.5 - 0.5 * exact_cos(pi * (step + 0.5) / FADE_SAMPLES);
        response[count - 1 - step] *= gain;
    }
}

/* All sets are as long as allowed: a short file gets the room its equalization needs. */
static int longest_taps(int rate_hz) {
    const int taps = (int)round_up((int64_t)ceil(longest_response_s * rate_hz), TAP_MULTIPLE);
    return taps < HRIR_MAX_TAPS ? taps : HRIR_MAX_TAPS;
}

static void choose_lengths(int latest_samples, int rate_hz, HrirSpectra *spectra) {
    const int reserve = latest_samples + FRACTIONAL_DELAY_TAPS;
    const int shortest = (int)round_up(reserve + 2 * FADE_SAMPLES, TAP_MULTIPLE);
    const int longest = longest_taps(rate_hz);
    spectra->tap_count = longest > shortest ? longest : shortest;
    spectra->length_samples = spectra->tap_count - reserve;
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

/* Bins from .. to - 1. */
typedef struct LowBand {
    int from, to;
} LowBand;

static LowBand low_band(int rate_hz) {
    const LowBand band = {(int)ceil(low_from_hz / rate_hz * PHASE_SIZE),
                          (int)floor(low_to_hz / rate_hz * PHASE_SIZE)};
    assert(band.to < PHASE_BINS);
    return band;
}

/* What is heard of a response, from a little before its rise, into logs; returns its onset. Phases
 * of the lows beyond that: [PHASE_BINS]. */
static double measure_response(
    MinimumPhase *phase, double *response, int count, int rate_hz, float *logs, double *lows) {
    const int rise = find_rise(response, count);
    const int begin = rise > RISE_LEAD_SAMPLES ? rise - RISE_LEAD_SAMPLES : 0;
    const int wanted = RISE_LEAD_SAMPLES + longest_taps(rate_hz);
    const int kept = count - begin < wanted ? count - begin : wanted;
    fade_end(response + begin, kept);
    minimum_phase_read(phase, response + begin, kept, logs);
    const double band[2] = {agreement_from_hz / rate_hz, agreement_to_hz / rate_hz};
    const int reach = (int)ceil(agreement_reach_s * rate_hz);
    const int range[2] = {rise - begin - reach, rise - begin + reach};
    const double lag = minimum_phase_lag(phase, logs, band, range);
    minimum_phase_excess(phase, lag, lows, low_band(rate_hz).to);
    return begin + lag;
}

/* The delay of the right ear's lows that agrees best with the phases of both ears, every frequency
 * of the same weight: steps of Gauss and Newton towards the maximum of the sum of cosines. */
static double fit_lows(double lows[EAR_COUNT][PHASE_BINS], int rate_hz) {
    enum { STEPS = 8 };
    const LowBand band = low_band(rate_hz);
    const double longest = longest_low_s * rate_hz;
    double delay_samples = 0.0;
    for (int step = 0; step < STEPS; ++step) {
        double gradient = 0.0;
        double curvature = 0.0;
        for (int bin = band.from; bin < band.to; ++bin) {
            const double turn = 2.0 * pi * bin / PHASE_SIZE;
            gradient += turn * exact_sin(lows[0][bin] - lows[1][bin] - turn * delay_samples);
            curvature += turn * turn;
        }
        delay_samples = fmin(fmax(delay_samples + gradient / curvature, -longest), longest);
    }
    return delay_samples;
}

static void measure_points(const HrirGrid *grid,
                           const Resampled *resampled,
                           MinimumPhase *phase,
                           Arena *arena,
                           HrirSpectra *spectra) {
    const int count = (int)resampled->first_samples + resampled->length_samples;
    double *const response = arena_array(arena, (size_t)count, sizeof *response);
    double lows[EAR_COUNT][PHASE_BINS];
    for (int point = 0; point < grid->count; ++point) {
        for (int ear = 0; ear < EAR_COUNT; ++ear) {
            const size_t index = EAR_COUNT * (size_t)point + (size_t)ear;
            copy_response(resampled, (int)index, response);
            spectra->onsets_samples[index] =
                measure_response(phase, response, count, spectra->rate_hz,
                                 &spectra->logs[index * PHASE_BINS], lows[ear]);
        }
        spectra->low_itds_samples[point] = fit_lows(lows, spectra->rate_hz);
    }
}

static Status measure_resampled(const HrirGrid *grid,
                                const Resampled *resampled,
                                int rate_hz,
                                Arena *arena,
                                HrirSpectra *spectra,
                                ErrorList *errors) {
    const size_t points = (size_t)grid->count + HRIR_POLES;
    MinimumPhase *phase = NULL;
    TRY(minimum_phase_create(arena, &phase, errors));
    spectra->rate_hz = rate_hz;
    spectra->onsets_samples = arena_array(arena, points * EAR_COUNT, sizeof(double));
    spectra->low_itds_samples = arena_array(arena, points, sizeof(double));
    spectra->logs = arena_array(arena, points * EAR_COUNT * PHASE_BINS, sizeof(float));
    measure_points(grid, resampled, phase, arena, spectra);
    minimum_phase_destroy(&phase);
    const double latest =
        relate_onsets(grid, (double)rate_hz / (double)grid->rate_hz, spectra->onsets_samples);
    if (latest > HRIR_MAX_TAPS / 2.0) {
        return fail(errors, E420, NO_PLACE,
                    "the responses of the SOFA file begin up to %.0f samples apart", latest);
    }
    choose_lengths((int)ceil(latest), rate_hz, spectra);
    return DONE;
}

Status hrirs_measure(
    const HrirGrid *grid, int rate_hz, Arena *arena, HrirSpectra *spectra, ErrorList *errors) {
    Arena *scratch = arena_create();
    Resampled resampled = {0};
    Status status = resample_all(grid, rate_hz, scratch, &resampled, errors);
    if (status == DONE) {
        status = measure_resampled(grid, &resampled, rate_hz, arena, spectra, errors);
    }
    arena_destroy(&scratch);
    return status;
}

/* The whole delay up to the low band's end, none from low_end_hz on. */
static void
turn_lows(MinimumPhase *phase, double delay_samples, int rate_hz, double *response, int count) {
    double angles[PHASE_BINS];
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        const double frequency_hz = (double)bin * rate_hz / PHASE_SIZE;
        const double across = (frequency_hz - fade_from_hz) / (fade_to_hz - fade_from_hz);
        const double share = 0.5 + 0.5 * exact_cos(pi * fmin(fmax(across, 0.0), 1.0));
        angles[bin] = -2.0 * pi * bin / PHASE_SIZE * delay_samples * share;
    }
    minimum_phase_turn(phase, angles, response, count, HRIR_LEAD_SAMPLES);
}

void hrir_write(const HrirSpectra *spectra, MinimumPhase *phase, int point, int ear, double *out) {
    const size_t index = EAR_COUNT * (size_t)point + (size_t)ear;
    const double low_itd_samples = spectra->low_itds_samples[point];
    double *const response = out + HRIR_LEAD_SAMPLES;
    const int count = spectra->length_samples - HRIR_LEAD_SAMPLES;
    minimum_phase_write(phase, &spectra->logs[index * PHASE_BINS], response, count);
    turn_lows(phase, (ear == 0 ? -0.5 : 0.5) * low_itd_samples, spectra->rate_hz, response, count);
    fade_end(out, spectra->length_samples);
}
