/* Loudness and peaks of a programme, one pass from sample 0 (state: sequential stages only).
 *
 * Energies of 10 ms are kept, because every window of the standards is a whole number of them. */
#include "render/dsp/meter.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/k_weighting.h"
#include "render/dsp/loudness_gates.h"
#include "render/dsp/true_peak.h"

enum { SLOTS_PER_CHUNK = 6000 }; /* one minute */

typedef struct EnergyChunk {
    struct EnergyChunk *next;
    double energies[SLOTS_PER_CHUNK];
    float peaks[SLOTS_PER_CHUNK];
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
    const double **rows;                   /* [lane_room], of the piece that is being added */
    double *silence;                       /* [TRUE_PEAK_PIECE_SAMPLES] */
    EnergyChunk *first_chunk, *last_chunk; /* none with `gates` */
    LoudnessGates *gates;                  /* of a programme without end, or NULL */
    int64_t first_slot, slot_count, sample_count; /* counted from sample 0 of the programme */
    /* peaks */
    TruePeak *filter;
    TruePeakTrack *tracks;
    double true_peak, sample_peak;
    double slot_peak; /* samples of the slot that is being filled */
    double energy;    /* of all slots */
};

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

Meter *meter_create_endless(int channel_count, const double *weights, int rate_hz, Arena *arena) {
    Meter *meter = meter_create(channel_count, weights, rate_hz, arena);
    meter->gates = loudness_gates_create(rate_hz, arena);
    return meter;
}

static EnergyChunk *next_chunk(Meter *meter) {
    EnergyChunk **place = meter->last_chunk ? &meter->last_chunk->next : &meter->first_chunk;
    if (!*place) {
        *place = arena_alloc(meter->arena, sizeof **place);
    }
    return *place;
}

static void store_energy(Meter *meter, double energy) {
    const int64_t place = (meter->slot_count - meter->first_slot) % SLOTS_PER_CHUNK;
    if (place == 0) {
        meter->last_chunk = next_chunk(meter);
    }
    meter->last_chunk->energies[place] = energy;
    meter->last_chunk->peaks[place] = (float)meter->slot_peak;
}

static void close_slot(Meter *meter) {
    double energy = 0;
    for (int lane = 0; lane < meter->lanes.lane_count; lane++) {
        energy += meter->lane_weights[lane] * meter->lanes.squares[lane];
        meter->lanes.squares[lane] = 0;
    }
    k_lanes_flush(&meter->lanes);
    meter->energy += energy;
    if (meter->gates) {
        loudness_gates_add(meter->gates, energy);
    } else {
        store_energy(meter, energy);
    }
    meter->slot_peak = 0;
    meter->slot_count++;
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
        meter->slot_peak = fmax(meter->slot_peak, meter->kernels->greatest(piece, count));
        add_true_peak(meter, channel, piece, count);
    }
    meter->sample_peak = fmax(meter->sample_peak, meter->slot_peak);
}

void meter_begin(Meter *meter, int64_t first_slot) {
    k_lanes_clear(&meter->lanes);
    memset(meter->tracks, 0, (size_t)meter->channel_count * sizeof *meter->tracks);
    meter->last_chunk = NULL; /* those that are there are filled again */
    meter->first_slot = first_slot;
    meter->slot_count = first_slot;
    meter->sample_count = slot_begin(meter->rate_hz, first_slot);
    meter->true_peak = 0;
    meter->sample_peak = 0;
    meter->slot_peak = 0;
    meter->energy = 0;
}

void meter_pre_roll(Meter *meter, const double *const *samples, int64_t count) {
    for (int64_t offset = 0; offset < count; offset += TRUE_PEAK_PIECE_SAMPLES) {
        const int64_t left = count - offset;
        const int piece = left < TRUE_PEAK_PIECE_SAMPLES ? (int)left : TRUE_PEAK_PIECE_SAMPLES;
        add_energies(meter, samples, offset, piece);
        for (int channel = 0; channel < meter->channel_count; channel++) {
            true_peak_append(meter->filter, &meter->tracks[channel], samples[channel] + offset,
                             piece, 1.0);
        }
    }
    memset(meter->lanes.squares, 0, (size_t)meter->lanes.lane_room * sizeof *meter->lanes.squares);
}

void meter_add(Meter *meter, const double *const *samples, int64_t count) {
    for (int64_t offset = 0; offset < count;) {
        const int64_t slot_end = slot_begin(meter->rate_hz, meter->slot_count + 1);
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

static int64_t kept_slots(const Meter *meter) {
    return meter->gates ? 0 : meter->slot_count - meter->first_slot;
}

void meter_read_slots(const Meter *meter, double *energies, float *peaks) {
    int64_t slot = 0;
    for (const EnergyChunk *chunk = meter->first_chunk; chunk && slot < kept_slots(meter);
         chunk = chunk->next) {
        int64_t count = kept_slots(meter) - slot;
        count = count < SLOTS_PER_CHUNK ? count : SLOTS_PER_CHUNK;
        memcpy(energies + slot, chunk->energies, (size_t)count * sizeof *energies);
        if (peaks) {
            memcpy(peaks + slot, chunk->peaks, (size_t)count * sizeof *peaks);
        }
        slot += count;
    }
}

SlotEnergies meter_energies(const Meter *meter, Arena *arena) {
    double *energies = arena_array(arena, (size_t)kept_slots(meter) + 1, sizeof *energies);
    meter_read_slots(meter, energies, NULL);
    return (SlotEnergies){
        .values = energies, .count = kept_slots(meter), .rate_hz = meter->rate_hz};
}

void meter_judge_energies(const SlotEnergies *energies, MeterResult *result) {
    Arena *arena = arena_create(); /* long programmes are measured many times */
    const Windows windows = windows_of(energies, arena);
    const double unity = 1.0;
    result->has_momentary = windows_maximum(&windows, MOMENTARY_SLOTS, &result->max_momentary_lufs);
    result->has_short_term =
        windows_maximum(&windows, SHORT_TERM_SLOTS, &result->max_short_term_lufs);
    result->has_loudness =
        loudness_integrated(energies, &unity, 1, arena, &result->integrated_lufs);
    result->has_loudness_range = loudness_range(energies, arena, &result->loudness_range_lu);
    arena_destroy(&arena);
}

static void find_loudness(const Meter *meter, MeterResult *result) {
    if (meter->gates) {
        loudness_gates_finish(meter->gates, result);
    } else {
        Arena *arena = arena_create();
        const SlotEnergies energies = meter_energies(meter, arena);
        meter_judge_energies(&energies, result);
        arena_destroy(&arena);
    }
    result->ungated_lufs = silence_db;
    if (result->has_momentary) {
        const double sample_count = (double)slot_begin(meter->rate_hz, meter->slot_count);
        result->ungated_lufs = loudness_of_power(meter->energy / sample_count);
    }
}

MeterPeaks meter_peaks(Meter *meter, bool is_end) {
    for (int channel = 0; is_end && channel < meter->channel_count; channel++) {
        /* what lies in the filter */
        add_true_peak(meter, channel, meter->silence, TRUE_PEAK_DELAY_SAMPLES);
    }
    return (MeterPeaks){.true_peak = meter->true_peak,
                        .sample_peak = meter->sample_peak,
                        .rest_peak = (float)meter->slot_peak};
}

void meter_finish(Meter *meter, MeterResult *result) {
    *result = (MeterResult){.sample_count = meter->sample_count};
    const MeterPeaks peaks = meter_peaks(meter, true);
    result->is_silent = peaks.sample_peak == 0;
    result->sample_peak_dbfs = db_from_gain(peaks.sample_peak);
    result->true_peak_dbtp = db_from_gain(peaks.true_peak);
    find_loudness(meter, result);
}
