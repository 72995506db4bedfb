/* Harshness: how much of the middle and high range lies where the ear is most sensitive.
 *
 * Power spectra of Hann windows side by side on an absolute grid, eight pairs of channels in a
 * transform; over all bins of a lane the power is that of both its channels. */
#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fft.h"
#include "render/qc/qc_chunk.h"

enum { SPECTRUM_SAMPLES = 4096, CHANNELS_AT_ONCE = FFT_BIN_FLOATS };
static const double window_s = 3.0;
static const double gate_dbfs = -50.0;
static const double harsh_low_hz = 2000.0, harsh_high_hz = 5000.0;
static const double range_low_hz = 200.0, range_high_hz = 10000.0;

struct TimbreScan {
    const QcSubject *subject;
    double limit_db, gate;
    FftLanes *fft;
    float *shape, *bins;
    float **windows; /* [channel_count][SPECTRUM_SAMPLES] */
    int *positions;  /* [SPECTRUM_SAMPLES] */
    int filled_samples, spectra_per_window, spectrum_count;
    int64_t sample_count;
    double harsh_power, range_power;
};

static void make_buffers(TimbreScan *scan, Arena *arena) {
    const size_t channels = (size_t)scan->subject->channel_count;
    scan->bins = arena_array(arena, SPECTRUM_SAMPLES, FFT_BIN_FLOATS * sizeof *scan->bins);
    scan->shape = arena_array(arena, SPECTRUM_SAMPLES, sizeof *scan->shape);
    scan->positions = arena_array(arena, SPECTRUM_SAMPLES, sizeof *scan->positions);
    scan->windows = arena_array(arena, channels, sizeof *scan->windows);
    for (size_t channel = 0; channel < channels; channel++) {
        scan->windows[channel] = arena_array(arena, SPECTRUM_SAMPLES, sizeof(float));
    }
    for (int sample = 0; sample < SPECTRUM_SAMPLES; sample++) {
        const double half = exact_sin(pi * (sample + 0.5) / SPECTRUM_SAMPLES);
        scan->shape[sample] = (float)(half * half);
    }
}

Status timbre_scan_create(const QcSubject *subject,
                          const QcPolicy *policy,
                          Arena *arena,
                          TimbreScan **scan,
                          ErrorList *errors) {
    TimbreScan *const made = arena_alloc(arena, sizeof *made);
    made->subject = subject;
    made->limit_db = qc_limit(policy, QC_HARSHNESS, "max");
    made->spectra_per_window = (int)(window_s * subject->rate_hz / SPECTRUM_SAMPLES);
    /* A window of Hann squared has 3/8 of the power; Parseval. */
    const double gate = gain_from_db(gate_dbfs);
    made->gate = gate * gate * 0.375 * SPECTRUM_SAMPLES * SPECTRUM_SAMPLES / 2.0;
    make_buffers(made, arena);
    *scan = made;
    TRY(fft_lanes_create_in(FFT_LANE, SPECTRUM_SAMPLES, arena, &made->fft, errors));
    fft_lanes_positions(made->fft, made->positions);
    return DONE;
}

void timbre_scan_destroy(TimbreScan **scan) {
    if (*scan && (*scan)->fft) {
        fft_lanes_destroy(&(*scan)->fft);
    }
    *scan = NULL;
}

static void load(TimbreScan *scan, int first) {
    static const float silence[SPECTRUM_SAMPLES];
    const float *rows[FFT_BIN_FLOATS];
    for (int part = 0; part < FFT_BIN_FLOATS; part++) {
        const int channel = first + part;
        const bool is_heard =
            channel < scan->subject->channel_count && !qc_is_lfe(scan->subject, channel);
        rows[part] = is_heard ? scan->windows[channel] : silence;
    }
    for (int sample = 0; sample < SPECTRUM_SAMPLES; sample++) {
        float *const bin = scan->bins + (size_t)sample * FFT_BIN_FLOATS;
        for (int part = 0; part < FFT_BIN_FLOATS; part++) {
            bin[part] = rows[part][sample] * scan->shape[sample];
        }
    }
}

static double bin_power(const TimbreScan *scan, int bin) {
    const float *const parts = scan->bins + (size_t)scan->positions[bin] * FFT_BIN_FLOATS;
    double power = 0.0;
    for (int part = 0; part < FFT_BIN_FLOATS; part++) {
        power += (double)parts[part] * (double)parts[part];
    }
    return power;
}

/* Two channels share a lane: their powers add up over a bin and its mirror. */
static void sum_bands(TimbreScan *scan) {
    const double bin_hz = (double)scan->subject->rate_hz / SPECTRUM_SAMPLES;
    const int end = (int)fmin(range_high_hz / bin_hz, SPECTRUM_SAMPLES / 2.0 - 1.0);
    for (int bin = (int)ceil(range_low_hz / bin_hz); bin <= end; bin++) {
        const double power = 0.5 * (bin_power(scan, bin) + bin_power(scan, SPECTRUM_SAMPLES - bin));
        const double frequency_hz = bin * bin_hz;
        scan->range_power += power;
        if (frequency_hz >= harsh_low_hz && frequency_hz <= harsh_high_hz) {
            scan->harsh_power += power;
        }
    }
}

static void judge(TimbreScan *scan, QcFindings *findings) {
    const double share_db =
        10.0 * exact_log10(fmax(scan->harsh_power / fmax(scan->range_power, 1e-300), 1e-30));
    const double length_s =
        (double)scan->spectrum_count * SPECTRUM_SAMPLES / scan->subject->rate_hz;
    const double end_s = (double)scan->sample_count / scan->subject->rate_hz;
    if (scan->range_power > scan->gate * scan->spectrum_count && share_db > scan->limit_db &&
        !scan->subject->is_part) {
        qc_findings_add(findings, (QcFinding){.check = QC_HARSHNESS,
                                              .channel = -1,
                                              .at_s = fmax(end_s - length_s, 0.0),
                                              .length_s = length_s,
                                              .has_value = true,
                                              .value = share_db,
                                              .limit = scan->limit_db,
                                              .unit = "dB"});
    }
    scan->harsh_power = scan->range_power = 0.0;
    scan->spectrum_count = 0;
}

static void close_spectrum(TimbreScan *scan, QcFindings *findings) {
    for (int first = 0; first < scan->subject->channel_count; first += CHANNELS_AT_ONCE) {
        load(scan, first);
        fft_lanes_forward(scan->fft, scan->bins);
        sum_bands(scan);
    }
    scan->filled_samples = 0;
    if (++scan->spectrum_count >= scan->spectra_per_window) {
        judge(scan, findings);
    }
}

void timbre_scan_add(TimbreScan *scan, const QcChunk *chunk) {
    for (int64_t done = 0; done < chunk->count && !scan->subject->is_part;) {
        const int64_t rest = chunk->count - done;
        const int64_t room = SPECTRUM_SAMPLES - scan->filled_samples;
        const int64_t portion = rest < room ? rest : room;
        for (int channel = 0; channel < scan->subject->channel_count; channel++) {
            memcpy(scan->windows[channel] + scan->filled_samples, chunk->planes[channel] + done,
                   (size_t)portion * sizeof(float));
        }
        done += portion;
        scan->filled_samples += (int)portion;
        scan->sample_count += portion;
        if (scan->filled_samples == SPECTRUM_SAMPLES) {
            close_spectrum(scan, chunk->findings);
        }
    }
}
