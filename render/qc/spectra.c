/* Windows of all channels and of the folds transformed together, and their powers told apart. */
#include "render/qc/spectra.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fft.h"

enum { ROWS_AT_ONCE = FFT_BIN_FLOATS, FOLD_ROWS = 3 }; /* L, R and mono */
static const double side_deg = 10.0;                   /* nearer to the middle is the centre */
static const double fold_gain = 0.70710678118654752;   /* BS.775-3, annex 4: centre, surrounds */

struct Spectra {
    const QcSubject *subject;
    FftLanes *fft;
    float *shape, *bins;
    float **rows; /* [row_count][SPECTRUM_SAMPLES]: channels, then the folds */
    int row_count;
    int *positions;
    int filled_samples;
    int64_t sample_count;
    Spectrum last;
};

Status
spectra_create(const QcSubject *subject, Arena *arena, Spectra **spectra, ErrorList *errors) {
    Spectra *const made = arena_alloc(arena, sizeof *made);
    made->subject = subject;
    made->row_count = subject->channel_count + FOLD_ROWS;
    made->bins = arena_array(arena, SPECTRUM_SAMPLES, FFT_BIN_FLOATS * sizeof *made->bins);
    made->shape = arena_array(arena, SPECTRUM_SAMPLES, sizeof *made->shape);
    made->positions = arena_array(arena, SPECTRUM_SAMPLES, sizeof *made->positions);
    made->rows = arena_array(arena, (size_t)made->row_count, sizeof *made->rows);
    for (int row = 0; row < made->row_count; row++) {
        made->rows[row] = arena_array(arena, SPECTRUM_SAMPLES, sizeof(float));
    }
    for (int sample = 0; sample < SPECTRUM_SAMPLES; sample++) {
        const double half = exact_sin(pi * (sample + 0.5) / SPECTRUM_SAMPLES);
        made->shape[sample] = (float)(half * half);
    }
    *spectra = made;
    TRY(fft_lanes_create_in(FFT_LANE, SPECTRUM_SAMPLES, arena, &made->fft, errors));
    fft_lanes_positions(made->fft, made->positions);
    return DONE;
}

void spectra_destroy(Spectra **spectra) {
    if (*spectra && (*spectra)->fft) {
        fft_lanes_destroy(&(*spectra)->fft);
    }
    *spectra = NULL;
}

/* Gains into L and R of BS.775-3: fronts stay, the centre goes to both, all others at -3 dB to
 * their side. */
static void find_gains(const QcSubject *subject, int channel, float gains[2]) {
    static const Position middle = {0.0, 0.0, 1.0, 0.0};
    const Layout *const layout = subject->layout;
    const Position at = layout ? layout->channels[channel].position : middle;
    const double azimuth_deg = at.azimuth_deg;
    const bool is_front = layout && fabs(azimuth_deg) < 60.0 && fabs(at.elevation_deg) < 10.0;
    const bool is_middle = fabs(azimuth_deg) <= side_deg || fabs(azimuth_deg) >= 180.0 - side_deg;
    const double gain = is_front && !is_middle ? 1.0 : fold_gain;
    const bool is_heard = !qc_is_lfe(subject, channel);
    gains[0] = is_heard && (is_middle || azimuth_deg > 0.0) ? (float)gain : 0.0F;
    gains[1] = is_heard && (is_middle || azimuth_deg < 0.0) ? (float)gain : 0.0F;
}

static void fold(Spectra *spectra) {
    float *const left = spectra->rows[spectra->row_count - FOLD_ROWS];
    float *const right = spectra->rows[spectra->row_count - FOLD_ROWS + 1];
    float *const mono = spectra->rows[spectra->row_count - FOLD_ROWS + 2];
    memset(left, 0, SPECTRUM_SAMPLES * sizeof *left);
    memset(right, 0, SPECTRUM_SAMPLES * sizeof *right);
    for (int channel = 0; channel < spectra->subject->channel_count; channel++) {
        const float *const samples = spectra->rows[channel];
        float gains[2];
        find_gains(spectra->subject, channel, gains);
        for (int sample = 0; sample < SPECTRUM_SAMPLES; sample++) {
            left[sample] += gains[0] * samples[sample];
            right[sample] += gains[1] * samples[sample];
        }
    }
    for (int sample = 0; sample < SPECTRUM_SAMPLES; sample++) {
        mono[sample] = (float)fold_gain * (left[sample] + right[sample]);
    }
}

static void load(Spectra *spectra, int first) {
    memset(spectra->bins, 0, sizeof(float) * SPECTRUM_SAMPLES * FFT_BIN_FLOATS);
    for (int part = 0; part < ROWS_AT_ONCE && first + part < spectra->row_count; part++) {
        const float *const row = spectra->rows[first + part];
        for (int sample = 0; sample < SPECTRUM_SAMPLES; sample++) {
            spectra->bins[(size_t)sample * FFT_BIN_FLOATS + (size_t)part] =
                row[sample] * spectra->shape[sample];
        }
    }
}

static void add_power(Spectra *spectra, int row, int bin, double power) {
    const QcSubject *const subject = spectra->subject;
    Spectrum *const last = &spectra->last;
    if (row >= subject->channel_count) {
        const bool is_mono = row == spectra->row_count - 1;
        *(is_mono ? &last->mono[bin] : &last->stereo[bin]) += power;
    } else if (qc_is_lfe(subject, row)) {
        last->lfe[bin] += power;
    } else {
        const double weight =
            subject->layout ? subject->layout->channels[row].loudness_weight : 1.0;
        last->all[bin] += power;
        last->heard[bin] += weight * power;
    }
}

/* Two real rows in a lane: the even part of its spectrum is the first, the odd one the second. */
static void separate(Spectra *spectra, int first) {
    /* a window of Hann squared has 3/8 of the power; Parseval; bins of both signs */
    const double scale = 2.0 / (0.375 * SPECTRUM_SAMPLES * SPECTRUM_SAMPLES);
    for (int bin = 0; bin < SPECTRUM_BINS; bin++) {
        const int mirror = bin ? SPECTRUM_SAMPLES - bin : 0;
        const float *const at = spectra->bins + (size_t)spectra->positions[bin] * FFT_BIN_FLOATS;
        const float *const to = spectra->bins + (size_t)spectra->positions[mirror] * FFT_BIN_FLOATS;
        for (int lane = 0; lane < FFT_LANES; lane++) {
            const double re = (double)at[lane];
            const double im = (double)at[lane + FFT_LANES];
            const double mirror_re = (double)to[lane];
            const double mirror_im = (double)to[lane + FFT_LANES];
            const double even =
                (re + mirror_re) * (re + mirror_re) + (im - mirror_im) * (im - mirror_im);
            const double odd =
                (re - mirror_re) * (re - mirror_re) + (im + mirror_im) * (im + mirror_im);
            if (first + lane < spectra->row_count) {
                add_power(spectra, first + lane, bin, 0.25 * scale * even);
            }
            if (first + lane + FFT_LANES < spectra->row_count) {
                add_power(spectra, first + lane + FFT_LANES, bin, 0.25 * scale * odd);
            }
        }
    }
}

static void make_spectrum(Spectra *spectra) {
    spectra->last = (Spectrum){.begin = spectra->sample_count - SPECTRUM_SAMPLES,
                               .bin_hz = (double)spectra->subject->rate_hz / SPECTRUM_SAMPLES};
    fold(spectra);
    for (int first = 0; first < spectra->row_count; first += ROWS_AT_ONCE) {
        load(spectra, first);
        fft_lanes_forward(spectra->fft, spectra->bins);
        separate(spectra, first);
    }
    spectra->filled_samples = 0;
}

bool spectra_take(Spectra *spectra, const QcChunk *chunk, int64_t *done) {
    const int64_t rest = chunk->count - *done;
    const int64_t room = SPECTRUM_SAMPLES - spectra->filled_samples;
    const int64_t portion = rest < room ? rest : room;
    for (int channel = 0; channel < spectra->subject->channel_count; channel++) {
        memcpy(spectra->rows[channel] + spectra->filled_samples, chunk->planes[channel] + *done,
               (size_t)portion * sizeof(float));
    }
    *done += portion;
    spectra->filled_samples += (int)portion;
    spectra->sample_count += portion;
    if (spectra->filled_samples < SPECTRUM_SAMPLES) {
        return false;
    }
    make_spectrum(spectra);
    return true;
}

const Spectrum *spectra_last(const Spectra *spectra) {
    return &spectra->last;
}
