/* K-weighted power in slots of 100 ms, and what gates make of it. */
#include "render/dsp/loudness_slots.h"

#include "render/base/units.h"
#include "render/dsp/k_weighting.h"
#include "render/dsp/loudness_blocks.h"

enum { SLOTS_PER_BLOCK = 4 }; /* 400 ms, a new one every 100 ms */
static const double absolute_gate_lufs = -70.0, relative_gate_lu = -10.0;

struct LoudnessSlots {
    int rate_hz, lane_count, slot_count, slot_room;
    int *lane_channels;
    double *lane_weights;
    KWeighting weighting;
    KLanes lanes;
    const double **rows;
    double *silence; /* of lanes that fill a register up */
    const MeterKernels *kernels;
    double *power;
    int64_t sample_count, slot_begin;
};

/* Slot k begins there: whole samples at every rate. */
static int64_t slot_place(const LoudnessSlots *slots, int64_t slot) {
    return slot * slots->rate_hz / LOUDNESS_SLOTS_PER_SECOND;
}

LoudnessSlots *loudness_slots_create(
    int channel_count, const double *weights, int rate_hz, int64_t length_samples, Arena *arena) {
    LoudnessSlots *const slots = arena_alloc(arena, sizeof *slots);
    const size_t most = (size_t)channel_count;
    slots->rate_hz = rate_hz;
    slots->kernels = meter_kernels_at_level(cpu_level_choose());
    slots->weighting = k_weighting_design(rate_hz);
    slots->lane_channels = arena_array(arena, most, sizeof(int));
    slots->lane_weights = arena_array(arena, most, sizeof(double));
    for (int channel = 0; channel < channel_count; channel++) {
        if (weights[channel] > 0.0) {
            slots->lane_channels[slots->lane_count] = channel;
            slots->lane_weights[slots->lane_count++] = weights[channel];
        }
    }
    k_lanes_create(&slots->lanes, slots->lane_count, arena);
    slots->rows = arena_array(arena, (size_t)slots->lanes.lane_room, sizeof *slots->rows);
    slots->silence = arena_array(arena, (size_t)(slot_place(slots, 1) + 1), sizeof(double));
    slots->slot_room = (int)(length_samples * LOUDNESS_SLOTS_PER_SECOND / rate_hz + 1);
    slots->power = arena_array(arena, (size_t)slots->slot_room, sizeof *slots->power);
    return slots;
}

static void close_slot(LoudnessSlots *slots) {
    const int64_t length = slots->sample_count - slots->slot_begin;
    double energy = 0.0;
    for (int lane = 0; lane < slots->lane_count; lane++) {
        energy += slots->lane_weights[lane] * slots->lanes.squares[lane];
        slots->lanes.squares[lane] = 0.0;
    }
    k_lanes_flush(&slots->lanes);
    slots->slot_begin = slots->sample_count;
    if (length > 0 && slots->slot_count < slots->slot_room) {
        slots->power[slots->slot_count++] = energy / (double)length;
    }
}

void loudness_slots_add(LoudnessSlots *slots, const double *const *samples, int64_t count) {
    for (int64_t at = 0; at < count;) {
        const int64_t slot = slots->sample_count * LOUDNESS_SLOTS_PER_SECOND / slots->rate_hz;
        int64_t end = slot_place(slots, slot + 1);
        end = end > slots->sample_count ? end : slot_place(slots, slot + 2);
        const int64_t left = end - slots->sample_count;
        const int64_t piece = left < count - at ? left : count - at;
        for (int lane = 0; lane < slots->lanes.lane_room; lane++) {
            slots->rows[lane] = lane < slots->lane_count ? samples[slots->lane_channels[lane]] + at
                                                         : slots->silence;
        }
        slots->kernels->weigh(&slots->weighting, &slots->lanes, slots->rows, (int)piece);
        slots->sample_count += piece;
        at += piece;
        if (slots->sample_count == end) {
            close_slot(slots);
        }
    }
}

const double *loudness_slots_finish(LoudnessSlots *slots, int *slot_count) {
    close_slot(slots);
    *slot_count = slots->slot_count;
    return slots->power;
}

/* |1 + c1 z^-1 + c2 z^-2|^2 on the unit circle. */
static double quadratic_power(double c0, double c1, double c2, double angle_rad) {
    const double re = c0 + c1 * exact_cos(angle_rad) + c2 * exact_cos(2.0 * angle_rad);
    const double im = c1 * exact_sin(angle_rad) + c2 * exact_sin(2.0 * angle_rad);
    return re * re + im * im;
}

double loudness_weight_at(int rate_hz, double frequency_hz) {
    const KWeighting filter = k_weighting_design(rate_hz);
    const double angle_rad = 2.0 * pi * frequency_hz / rate_hz;
    const double above = quadratic_power(filter.b[0], filter.b[1], filter.b[2], angle_rad) *
                         quadratic_power(1.0, -2.0, 1.0, angle_rad);
    const double below = quadratic_power(1.0, filter.shelf_a[0], filter.shelf_a[1], angle_rad) *
                         quadratic_power(1.0, filter.pass_a[0], filter.pass_a[1], angle_rad);
    return above / below;
}

double slot_loudness_lufs(double power) {
    return power > 0.0 ? loudness_of_power(power) : silence_db;
}

/* Mean power of the blocks above a gate; 0: none. */
static double mean_above(const double *power, int slot_count, double gate_lufs) {
    double sum = 0.0;
    int64_t count = 0;
    for (int slot = 0; slot + SLOTS_PER_BLOCK <= slot_count; slot++) {
        double block = 0.0;
        for (int part = 0; part < SLOTS_PER_BLOCK; part++) {
            block += power[slot + part] / SLOTS_PER_BLOCK;
        }
        if (slot_loudness_lufs(block) > gate_lufs) {
            sum += block;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : 0.0;
}

bool loudness_slots_integrate(const double *power, int slot_count, double *integrated_lufs) {
    const double first = mean_above(power, slot_count, absolute_gate_lufs);
    const double gate_lufs = slot_loudness_lufs(first) + relative_gate_lu;
    const double gated = first > 0.0 ? mean_above(power, slot_count, gate_lufs) : 0.0;
    *integrated_lufs = slot_loudness_lufs(gated);
    return gated > 0.0;
}
