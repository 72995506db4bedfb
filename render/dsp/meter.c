/* Loudness and peaks of a programme, one pass from sample 0 (state: sequential stages only).
 *
 * Energies of 10 ms are kept, because every window of the standards is a whole number of them. */
#include "render/dsp/meter.h"

#include <math.h>
#include <stdlib.h>

#include "render/base/units.h"
#include "render/dsp/k_weighting.h"
#include "render/dsp/true_peak.h"

enum {
    SLOTS_PER_SECOND = 100,
    HOP_SLOTS = 10,         /* 100 ms: gating blocks and LRA */
    MOMENTARY_SLOTS = 40,   /* 400 ms */
    SHORT_TERM_SLOTS = 300, /* 3 s */
    SLOTS_PER_CHUNK = 6000  /* one minute */
};

static const double loudness_offset = -0.691; /* BS.1770-5 annex 1, eq. 2 */
static const double absolute_gate_lufs = -70.0;
static const double relative_gate_factor = 0.1; /* -10 LU */
static const double range_gate_factor = 0.01;   /* -20 LU, Tech 3342 */
static const double range_low = 0.10;           /* percentiles of LRA */
static const double range_high = 0.95;

typedef struct EnergyChunk {
    struct EnergyChunk *next;
    double energies[SLOTS_PER_CHUNK];
} EnergyChunk;

struct Meter {
    Arena *arena;
    const MeterKernels *kernels;
    int channel_count, rate_hz;
    /* loudness: channels of weight 0 are left out, lanes without a channel hear `silence` */
    KWeighting weighting;
    KLanes lanes; /* squares: of the slot that is being filled */
    int *lane_channels;
    double *lane_weights;
    const double **rows; /* [lane_room], of the piece that is being added */
    double *silence;     /* [TRUE_PEAK_PIECE_SAMPLES] */
    EnergyChunk *first_chunk, *last_chunk;
    int64_t slot_count, sample_count;
    /* peaks */
    TruePeak *filter;
    TruePeakTrack *tracks;
    double true_peak, sample_peak;
    double energy; /* of all slots */
};

/* First sample of a slot: rates that are no multiple of 100 have slots of two lengths. */
static int64_t slot_begin(const Meter *meter, int64_t slot) {
    return slot * meter->rate_hz / SLOTS_PER_SECOND;
}

static void create_lanes(Meter *meter, const double *weights) {
    const size_t most = (size_t)meter->channel_count;
    int lane_count = 0;
    meter->lane_channels = arena_array(meter->arena, most, sizeof(int));
    meter->lane_weights = arena_array(meter->arena, most, sizeof(double));
    for (int channel = 0; channel < meter->channel_count; channel++) {
        if (weights[channel] > 0) {
            meter->lane_channels[lane_count] = channel;
            meter->lane_weights[lane_count++] = weights[channel];
        }
    }
    k_lanes_create(&meter->lanes, lane_count, meter->arena);
    meter->rows = arena_array(meter->arena, (size_t)meter->lanes.lane_room, sizeof *meter->rows);
    meter->silence = arena_array(meter->arena, TRUE_PEAK_PIECE_SAMPLES, sizeof(double));
}

Meter *meter_create_at_level(
    int channel_count, const double *weights, int rate_hz, CpuLevel level, Arena *arena) {
    Meter *meter = arena_alloc(arena, sizeof *meter);
    meter->arena = arena;
    meter->kernels = meter_kernels_at_level(level);
    meter->channel_count = channel_count;
    meter->rate_hz = rate_hz;
    meter->weighting = k_weighting_design(rate_hz);
    create_lanes(meter, weights);
    meter->filter = true_peak_create_at_level(level, arena);
    meter->tracks = arena_array(arena, (size_t)channel_count, sizeof *meter->tracks);
    return meter;
}

Meter *meter_create(int channel_count, const double *weights, int rate_hz, Arena *arena) {
    return meter_create_at_level(channel_count, weights, rate_hz, cpu_level_choose(), arena);
}

static void store_energy(Meter *meter, double energy) {
    const int64_t place = meter->slot_count % SLOTS_PER_CHUNK;
    if (place == 0) {
        EnergyChunk *chunk = arena_alloc(meter->arena, sizeof *chunk);
        if (meter->last_chunk) {
            meter->last_chunk->next = chunk;
        } else {
            meter->first_chunk = chunk;
        }
        meter->last_chunk = chunk;
    }
    meter->last_chunk->energies[place] = energy;
    meter->slot_count++;
}

static void close_slot(Meter *meter) {
    double energy = 0;
    for (int lane = 0; lane < meter->lanes.lane_count; lane++) {
        energy += meter->lane_weights[lane] * meter->lanes.squares[lane];
        meter->lanes.squares[lane] = 0;
    }
    k_lanes_flush(&meter->lanes);
    meter->energy += energy;
    store_energy(meter, energy);
}

/* A piece that does not cross the end of a slot. */
static void add_energies(Meter *meter, const double *const *samples, int64_t offset, int count) {
    for (int lane = 0; lane < meter->lanes.lane_room; lane++) {
        meter->rows[lane] = lane < meter->lanes.lane_count
                                ? samples[meter->lane_channels[lane]] + offset
                                : meter->silence;
    }
    meter->kernels->weigh(&meter->weighting, &meter->lanes, meter->rows, count);
}

static void add_true_peak(Meter *meter, int channel, const double *samples, int count) {
    float peaks[TRUE_PEAK_PIECE_SAMPLES];
    TruePeakTrack *track = &meter->tracks[channel];
    true_peak_append(meter->filter, track, samples, count, 1.0);
    const float greatest = true_peak_intervals(meter->filter, track, meter->true_peak, peaks);
    meter->true_peak = fmax(meter->true_peak, (double)greatest);
}

static void add_peaks(Meter *meter, const double *const *samples, int64_t offset, int count) {
    for (int channel = 0; channel < meter->channel_count; channel++) {
        const double *piece = samples[channel] + offset;
        meter->sample_peak = fmax(meter->sample_peak, meter->kernels->greatest(piece, count));
        add_true_peak(meter, channel, piece, count);
    }
}

void meter_add(Meter *meter, const double *const *samples, int64_t count) {
    for (int64_t offset = 0; offset < count;) {
        const int64_t slot_end = slot_begin(meter, meter->slot_count + 1);
        int64_t piece = slot_end - meter->sample_count;
        piece = piece < TRUE_PEAK_PIECE_SAMPLES ? piece : TRUE_PEAK_PIECE_SAMPLES;
        piece = piece < count - offset ? piece : count - offset;
        add_energies(meter, samples, offset, (int)piece);
        add_peaks(meter, samples, offset, (int)piece);
        offset += piece;
        meter->sample_count += piece;
        if (meter->sample_count == slot_end) {
            close_slot(meter);
        }
    }
}

/* Sums of ten slots from each slot on: the part that all windows share. */
static double *sum_hops(const Meter *meter) {
    const size_t slot_count = (size_t)meter->slot_count;
    double *energies = arena_array(meter->arena, slot_count + 1, sizeof(double));
    int64_t slot = 0;
    for (const EnergyChunk *chunk = meter->first_chunk; chunk; chunk = chunk->next) {
        for (int place = 0; place < SLOTS_PER_CHUNK && slot < meter->slot_count; place++) {
            energies[slot++] = chunk->energies[place];
        }
    }
    for (slot = 0; slot + HOP_SLOTS <= meter->slot_count; slot++) { /* in place: reads ahead */
        double sum = 0;
        for (int step = 0; step < HOP_SLOTS; step++) {
            sum += energies[slot + step];
        }
        energies[slot] = sum;
    }
    return energies;
}

/* Mean power of the window that begins at a slot. */
static double window_power(const Meter *meter, const double *hops, int64_t slot, int slots) {
    double sum = 0;
    for (int step = 0; step < slots; step += HOP_SLOTS) {
        sum += hops[slot + step];
    }
    return sum / (double)(slot_begin(meter, slot + slots) - slot_begin(meter, slot));
}

static double loudness_of_power(double power) {
    return loudness_offset + 10 * exact_log10(power);
}

static double power_of_loudness(double level_lufs) {
    return exact_pow(10, (level_lufs - loudness_offset) / 10);
}

/* Greatest loudness of all windows at a 10 ms hop (Tech 3341; 100 ms would miss its case 13). */
static bool find_maximum(const Meter *meter, const double *hops, int slots, double *loudness_lufs) {
    double greatest = 0;
    for (int64_t slot = 0; slot + slots <= meter->slot_count; slot++) {
        greatest = fmax(greatest, window_power(meter, hops, slot, slots));
    }
    *loudness_lufs = greatest > 0 ? loudness_of_power(greatest) : silence_db;
    return greatest > 0;
}

typedef struct Powers { /* of windows at a 100 ms hop that pass the gates */
    double *values;
    int64_t count;
} Powers;

static void keep_above(Powers *powers, double gate) {
    int64_t kept = 0;
    for (int64_t window = 0; window < powers->count; window++) {
        if (powers->values[window] > gate) {
            powers->values[kept++] = powers->values[window];
        }
    }
    powers->count = kept;
}

static double mean_of(const Powers *powers) {
    double sum = 0;
    for (int64_t window = 0; window < powers->count; window++) {
        sum += powers->values[window];
    }
    return sum / (double)powers->count;
}

/* Both gates: absolute, then relative to the mean of what is left. */
static Powers
gated_powers(const Meter *meter, const double *hops, int slots, double relative_factor) {
    Powers powers = {0};
    const size_t most = (size_t)(meter->slot_count / HOP_SLOTS) + 1;
    powers.values = arena_array(meter->arena, most, sizeof(double));
    for (int64_t slot = 0; slot + slots <= meter->slot_count; slot += HOP_SLOTS) {
        powers.values[powers.count++] = window_power(meter, hops, slot, slots);
    }
    keep_above(&powers, power_of_loudness(absolute_gate_lufs));
    if (powers.count) {
        keep_above(&powers, relative_factor * mean_of(&powers));
    }
    return powers;
}

static int compare_powers(const void *left, const void *right) {
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Tech 3342: the percentile with index round((n - 1) p + 1), counted from 1. */
static double percentile_lufs(const Powers *sorted, double share) {
    const int64_t index = (int64_t)floor((double)(sorted->count - 1) * share + 0.5);
    return loudness_of_power(sorted->values[index]);
}

static void find_loudness(const Meter *meter, const double *hops, MeterResult *result) {
    result->has_momentary = find_maximum(meter, hops, MOMENTARY_SLOTS, &result->max_momentary_lufs);
    result->has_short_term =
        find_maximum(meter, hops, SHORT_TERM_SLOTS, &result->max_short_term_lufs);
    result->ungated_lufs = silence_db;
    if (result->has_momentary) {
        const double mean = meter->energy / (double)slot_begin(meter, meter->slot_count);
        result->ungated_lufs = loudness_of_power(mean);
    }
    const Powers blocks = gated_powers(meter, hops, MOMENTARY_SLOTS, relative_gate_factor);
    result->has_loudness = blocks.count > 0;
    result->integrated_lufs = blocks.count ? loudness_of_power(mean_of(&blocks)) : silence_db;
    const Powers range = gated_powers(meter, hops, SHORT_TERM_SLOTS, range_gate_factor);
    result->has_loudness_range = range.count > 0;
    result->loudness_range_lu = silence_db;
    if (range.count) {
        qsort(range.values, (size_t)range.count, sizeof(double), compare_powers);
        result->loudness_range_lu =
            percentile_lufs(&range, range_high) - percentile_lufs(&range, range_low);
    }
}

void meter_finish(Meter *meter, MeterResult *result) {
    *result = (MeterResult){.sample_count = meter->sample_count};
    for (int channel = 0; channel < meter->channel_count; channel++) { /* what lies in the filter */
        add_true_peak(meter, channel, meter->silence, TRUE_PEAK_DELAY_SAMPLES);
    }
    result->is_silent = meter->sample_peak == 0;
    result->sample_peak_dbfs = db_from_gain(meter->sample_peak);
    result->true_peak_dbtp = db_from_gain(meter->true_peak);
    find_loudness(meter, sum_hops(meter), result);
}
