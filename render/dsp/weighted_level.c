/* Leq(m) and Leq(A) from power spectra (state: sequential stages only).
 *
 * Windows of a sine's half wave, half of each over its neighbours: their squares add up to 1, so no
 * moment counts more than another and the power of all windows is that of the programme. Two
 * channels of the same gains are the real and imaginary part of one lane: over all its bins the
 * lane's power is the sum of theirs. Where few channels leave lanes free, later windows take them,
 * and sums run in the order of windows as if each had come alone. */
#include "render/dsp/weighted_level.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/ear_kernels.h"
#include "render/dsp/fft.h"

enum {
    WINDOW_SAMPLES = 8192,
    HOP_SAMPLES = WINDOW_SAMPLES / 2,
    SUM_POSITIONS = 16,
    NO_CHANNEL = -1
};

/* 10 log10 of the mean square of 2 kHz at a peak of -20 dBFS is -23.01; ISO 21727 calls it 85. */
static const double leq_m_offset_db = 108.01029995663981;

enum { FOURS = FFT_LANES / 4 }; /* registers that every CPU has hold a part of a bin */
typedef float Four __attribute__((vector_size(16)));

typedef struct Pair { /* in a lane; second: NO_CHANNEL where no other channel has its gains */
    int first, second;
} Pair;

struct WeightedLevel {
    int channel_count, pair_count;
    int window_count; /* that are transformed together */
    int held_samples; /* of these windows */
    const WeightedGains *gains;
    Pair *pairs; /* [pair_count] */
    FftLanes *fft;
    const EarKernels *kernels;
    float *shape;               /* [WINDOW_SAMPLES] */
    float **history;            /* [channel_count][held_samples]: what the next windows hold */
    float *silence;             /* [WINDOW_SAMPLES] */
    float *bins;                /* [WINDOW_SAMPLES][re, im][FFT_LANES] */
    float *powers_m, *powers_a; /* [WINDOW_SAMPLES]: squares of the weightings where bins stand */
    int filled_samples;
    int64_t sample_count;
    double sum_m, sum_a;
};

/* ITU-R BS.468-4 in closed form, 18.2 dB up to be 0 dB at 1 kHz, 5.6 dB down to be it at 2 kHz
 * (ISO 21727); at most 0.16 dB off the recommendation's table. */
double weighting_m(double frequency_hz) {
    const double f = frequency_hz;
    const double f2 = f * f;
    const double h1 =
        ((-4.737338981378384e-24 * f2 + 2.043828333606125e-15) * f2 - 1.363894795463638e-7) * f2 +
        1;
    const double h2 =
        ((1.306612257412824e-19 * f2 - 2.118150887518656e-11) * f2 + 5.559488023498642e-4) * f;
    return gain_from_db(18.2 - 5.6) * 1.246332637532143e-4 * f / sqrt(h1 * h1 + h2 * h2);
}

/* IEC 61672-1:2013, annex E: poles twice at 20.6 and 12194 Hz, once at 107.7 and 737.9 Hz. */
double weighting_a(double frequency_hz) {
    const double f2 = frequency_hz * frequency_hz;
    const double low = 20.598997 * 20.598997;
    const double high = 12194.217 * 12194.217;
    const double middle = (f2 + 107.65265 * 107.65265) * (f2 + 737.86223 * 737.86223);
    return gain_from_db(2.0) * high * f2 * f2 / ((f2 + low) * sqrt(middle) * (f2 + high));
}

static void make_pairs(WeightedLevel *level, Arena *arena) {
    const size_t most = (size_t)level->channel_count;
    bool *is_paired = arena_array(arena, most, sizeof *is_paired);
    level->pairs = arena_array(arena, most, sizeof *level->pairs);
    for (int first = 0; first < level->channel_count; first++) {
        if (is_paired[first]) {
            continue;
        }
        Pair pair = {first, NO_CHANNEL};
        const WeightedGains own = level->gains[first];
        for (int other = first + 1; other < level->channel_count; other++) {
            const WeightedGains gains = level->gains[other];
            if (pair.second == NO_CHANNEL && !is_paired[other] && gains.m == own.m &&
                gains.a == own.a) {
                pair.second = other;
                is_paired[other] = true;
            }
        }
        level->pairs[level->pair_count++] = pair;
    }
}

static void choose_windows(WeightedLevel *level) {
    level->window_count = level->pair_count < FFT_LANES ? FFT_LANES / level->pair_count : 1;
    level->held_samples = (level->window_count + 1) * HOP_SAMPLES;
}

static void make_buffers(WeightedLevel *level, Arena *arena) {
    level->history = arena_array(arena, (size_t)level->channel_count, sizeof *level->history);
    for (int channel = 0; channel < level->channel_count; channel++) {
        level->history[channel] = arena_array(arena, (size_t)level->held_samples, sizeof(float));
    }
    level->silence = arena_array(arena, WINDOW_SAMPLES, sizeof *level->silence);
    level->bins = arena_array(arena, WINDOW_SAMPLES, FFT_BIN_FLOATS * sizeof *level->bins);
    level->shape = arena_array(arena, WINDOW_SAMPLES, sizeof *level->shape);
    for (int sample = 0; sample < WINDOW_SAMPLES; sample++) {
        level->shape[sample] = (float)exact_sin(pi * (sample + 0.5) / WINDOW_SAMPLES);
    }
}

/* Bins above the middle are those below it, mirrored. */
static void make_weights(WeightedLevel *level, int rate_hz, Arena *arena) {
    level->powers_m = arena_array(arena, WINDOW_SAMPLES, sizeof *level->powers_m);
    level->powers_a = arena_array(arena, WINDOW_SAMPLES, sizeof *level->powers_a);
    for (int bin = 0; bin < WINDOW_SAMPLES; bin++) {
        const int mirrored = bin <= WINDOW_SAMPLES / 2 ? bin : WINDOW_SAMPLES - bin;
        const double m = weighting_m((double)mirrored * rate_hz / WINDOW_SAMPLES);
        const double a = weighting_a((double)mirrored * rate_hz / WINDOW_SAMPLES);
        const int position = fft_lanes_position(level->fft, bin);
        level->powers_m[position] = (float)(m * m / WINDOW_SAMPLES); /* Parseval */
        level->powers_a[position] = (float)(a * a / WINDOW_SAMPLES);
    }
}

void weighted_gains_of(const Layout *layout, WeightedGains *gains) {
    const double surround = 0.70794578438413791; /* -3 dB */
    const double screen_edge_deg = 60.0;
    const double height_deg = 30.0;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Channel *own = &layout->channels[channel];
        const bool is_lfe = own->role == CHANNEL_LFE;
        const bool is_screen = fabs(own->position.azimuth_deg) < screen_edge_deg &&
                               fabs(own->position.elevation_deg) < height_deg;
        gains[channel] =
            (WeightedGains){.m = is_lfe || is_screen ? 1.0 : surround, .a = is_lfe ? 0.0 : 1.0};
    }
}

Status weighted_level_create(int channel_count,
                             const WeightedGains *gains,
                             int rate_hz,
                             Arena *arena,
                             WeightedLevel **level,
                             ErrorList *errors) {
    WeightedLevel *made = arena_alloc(arena, sizeof *made);
    made->channel_count = channel_count;
    made->gains = gains;
    made->kernels = ear_kernels_at_level(cpu_level_choose());
    made->filled_samples = HOP_SAMPLES; /* the first window begins ahead of sample 0 */
    make_pairs(made, arena);
    choose_windows(made);
    make_buffers(made, arena);
    *level = made;
    TRY(fft_lanes_create(FFT_LANE, WINDOW_SAMPLES, &made->fft, errors));
    make_weights(made, rate_hz, arena);
    return DONE;
}

void weighted_level_destroy(WeightedLevel **level) {
    if (*level && (*level)->fft) {
        fft_lanes_destroy(&(*level)->fft);
    }
    *level = NULL;
}

static const float *history_of(const WeightedLevel *level, int channel, int window) {
    return channel == NO_CHANNEL ? level->silence
                                 : level->history[channel] + (size_t)window * HOP_SAMPLES;
}

static int row_count(const WeightedLevel *level) {
    return level->pair_count * level->window_count;
}

/* Rows are the pairs of the first window, then those of the next: eight at most, from `first` on, a
 * bin of all lanes after the other. */
static void load_rows(WeightedLevel *level, int first) {
    const float *rows[FFT_BIN_FLOATS];
    for (int lane = 0; lane < FFT_LANES; lane++) {
        const int row = first + lane;
        const Pair none = {NO_CHANNEL, NO_CHANNEL};
        const Pair pair = row < row_count(level) ? level->pairs[row % level->pair_count] : none;
        const int window = row / level->pair_count;
        rows[lane] = history_of(level, pair.first, window);
        rows[FFT_LANES + lane] = history_of(level, pair.second, window);
    }
    level->kernels->interleave(rows, WINDOW_SAMPLES, level->bins);
    for (int sample = 0; sample < WINDOW_SAMPLES; sample++) {
        float *bin = level->bins + (size_t)sample * FFT_BIN_FLOATS;
        Four parts[2 * FOURS];
        memcpy(parts, bin, sizeof parts);
        for (int part = 0; part < 2 * FOURS; part++) {
            parts[part] *= level->shape[sample];
        }
        memcpy(bin, parts, sizeof parts);
    }
}

typedef struct LaneSums { /* weighted power of every lane */
    double m[FFT_LANES], a[FFT_LANES];
} LaneSums;

/* A few positions in float, which keeps the registers full. */
static void add_positions(const WeightedLevel *level, int first, LaneSums *sums) {
    Four m[FOURS] = {0};
    Four a[FOURS] = {0};
    for (int position = first; position < first + SUM_POSITIONS; position++) {
        Four parts[2 * FOURS];
        memcpy(parts, level->bins + (size_t)position * FFT_BIN_FLOATS, sizeof parts);
        for (int four = 0; four < FOURS; four++) {
            const Four re = parts[four];
            const Four im = parts[FOURS + four];
            const Four power = re * re + im * im;
            m[four] += power * level->powers_m[position];
            a[four] += power * level->powers_a[position];
        }
    }
    for (int lane = 0; lane < FFT_LANES; lane++) {
        sums->m[lane] += (double)m[lane / 4][lane % 4];
        sums->a[lane] += (double)a[lane / 4][lane % 4];
    }
}

static LaneSums sum_lanes(const WeightedLevel *level) {
    LaneSums sums = {0};
    for (int first = 0; first < WINDOW_SAMPLES; first += SUM_POSITIONS) {
        add_positions(level, first, &sums);
    }
    return sums;
}

static void add_rows(WeightedLevel *level, int first) {
    const int rest = row_count(level) - first;
    const int count = rest < FFT_LANES ? rest : FFT_LANES;
    load_rows(level, first);
    fft_lanes_forward(level->fft, level->bins);
    const LaneSums sums = sum_lanes(level);
    for (int lane = 0; lane < count; lane++) {
        const Pair pair = level->pairs[(first + lane) % level->pair_count];
        const WeightedGains gains = level->gains[pair.first];
        level->sum_m += gains.m * gains.m * sums.m[lane];
        level->sum_a += gains.a * gains.a * sums.a[lane];
    }
}

/* All channels' windows are full. */
static void close_windows(WeightedLevel *level) {
    for (int first = 0; first < row_count(level); first += FFT_LANES) {
        add_rows(level, first);
    }
    for (int channel = 0; channel < level->channel_count; channel++) {
        float *history = level->history[channel];
        memcpy(history, history + level->held_samples - HOP_SAMPLES, HOP_SAMPLES * sizeof *history);
    }
    level->filled_samples = HOP_SAMPLES;
}

static void store_portion(const double *samples, int64_t count, float *to) {
    if (!samples) {
        memset(to, 0, (size_t)count * sizeof *to);
        return;
    }
    for (int64_t sample = 0; sample < count; sample++) {
        to[sample] = (float)samples[sample];
    }
}

/* samples: NULL for silence. */
static void add(WeightedLevel *level, const double *const *samples, int64_t count) {
    for (int64_t done = 0; done < count;) {
        const int64_t rest = count - done;
        const int64_t room = level->held_samples - level->filled_samples;
        const int64_t portion = rest < room ? rest : room;
        for (int channel = 0; channel < level->channel_count; channel++) {
            float *to = level->history[channel] + level->filled_samples;
            store_portion(samples ? samples[channel] + done : NULL, portion, to);
        }
        done += portion;
        level->filled_samples += (int)portion;
        if (level->filled_samples == level->held_samples) {
            close_windows(level);
        }
    }
}

void weighted_level_add(WeightedLevel *level, const double *const *samples, int64_t count) {
    add(level, samples, count);
    level->sample_count += count;
}

void weighted_level_finish(WeightedLevel *level, WeightedResult *result) {
    add(level, NULL, level->held_samples); /* until the last sample has been in two windows */
    *result = (WeightedResult){true, silence_db, silence_db};
    if (level->sum_m > 0 || level->sum_a > 0) {
        const double count = (double)level->sample_count;
        result->is_silent = false;
        result->leq_m_db = leq_m_offset_db + 10 * exact_log10(level->sum_m / count);
        result->leq_a_dbfs = 10 * exact_log10(level->sum_a / count);
    }
}
