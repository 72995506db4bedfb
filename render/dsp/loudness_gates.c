/* Gated loudness and its range of a programme of any length in constant memory. */
#include "render/dsp/loudness_gates.h"

#include <math.h>

#include "render/base/units.h"

/* Blocks above the absolute gate, by loudness. Above +20 LUFS all share the last bin: 90 LU hold
 * 128 channels of integer samples; what is louder is above every gate. */
enum { BINS_PER_LU = 200, BINS = 90 * BINS_PER_LU };

static const double absolute_gate_lufs = -70.0;
static const double relative_gate_factor = 0.1; /* BS.1770-5: -10 LU */
static const double range_gate_factor = 0.01;   /* Tech 3342: -20 LU */
static const double range_low = 0.10, range_high = 0.95;

typedef struct Bin {
    double power; /* sum of its blocks, in time order */
    int64_t count;
} Bin;

typedef struct GateBins {
    int slots;       /* of a window */
    double greatest; /* mean power of all windows at a hop of 10 ms */
    double power;    /* of all blocks in bins, in time order */
    int64_t count;
    Bin bins[BINS];
} GateBins;

struct LoudnessGates {
    int rate_hz;
    double gate_power; /* absolute */
    int64_t slot_count;
    double slots[HOP_SLOTS];       /* the last energies */
    double hops[SHORT_TERM_SLOTS]; /* sums of ten slots, by the first of them */
    GateBins momentary, short_term;
};

LoudnessGates *loudness_gates_create(int rate_hz, Arena *arena) {
    LoudnessGates *const gates = arena_alloc(arena, sizeof *gates);
    gates->rate_hz = rate_hz;
    gates->gate_power = power_of_loudness(absolute_gate_lufs);
    gates->momentary.slots = MOMENTARY_SLOTS;
    gates->short_term.slots = SHORT_TERM_SLOTS;
    return gates;
}

static void add_block(GateBins *bins, double power) {
    const double place = (loudness_of_power(power) - absolute_gate_lufs) * BINS_PER_LU;
    Bin *const bin = &bins->bins[(int)fmin(fmax(place, 0.0), BINS - 1)];
    bin->power += power;
    bin->count++;
    bins->power += power;
    bins->count++;
}

/* The window that the last slot ends; the same additions as window_power. */
static void add_window(const LoudnessGates *gates, GateBins *bins) {
    const int64_t begin = gates->slot_count - bins->slots;
    if (begin < 0) {
        return;
    }
    double sum = 0;
    for (int step = 0; step < bins->slots; step += HOP_SLOTS) {
        sum += gates->hops[(begin + step) % SHORT_TERM_SLOTS];
    }
    const int64_t length_samples =
        slot_begin(gates->rate_hz, gates->slot_count) - slot_begin(gates->rate_hz, begin);
    const double power = sum / (double)length_samples;
    bins->greatest = fmax(bins->greatest, power);
    if (begin % HOP_SLOTS == 0 && power > gates->gate_power) {
        add_block(bins, power);
    }
}

void loudness_gates_add(LoudnessGates *gates, double energy) {
    gates->slots[gates->slot_count++ % HOP_SLOTS] = energy;
    const int64_t first = gates->slot_count - HOP_SLOTS;
    if (first < 0) {
        return;
    }
    double sum = 0;
    for (int step = 0; step < HOP_SLOTS; step++) {
        sum += gates->slots[(first + step) % HOP_SLOTS];
    }
    gates->hops[first % SHORT_TERM_SLOTS] = sum;
    add_window(gates, &gates->momentary);
    add_window(gates, &gates->short_term);
}

static double bin_mean(const Bin *bin) {
    return bin->power / (double)bin->count;
}

/* First bin above the relative gate. */
static int first_above(const GateBins *bins, double relative_factor) {
    const double gate = relative_factor * bins->power / (double)bins->count;
    int first = 0;
    while (bins->bins[first].count == 0 || !(bin_mean(&bins->bins[first]) > gate)) {
        first++;
    }
    return first;
}

static double integrated_of(const GateBins *bins) {
    Bin above = {0};
    for (int bin = first_above(bins, relative_gate_factor); bin < BINS; bin++) {
        above.power += bins->bins[bin].power;
        above.count += bins->bins[bin].count;
    }
    return loudness_of_power(bin_mean(&above));
}

/* Of the blocks from a bin on: the one with index round((n - 1) p + 1), counted from 1. */
static double percentile_lufs(const GateBins *bins, int first, int64_t count, double share) {
    int64_t left = (int64_t)floor((double)(count - 1) * share + 0.5);
    int bin = first;
    while (left >= bins->bins[bin].count) {
        left -= bins->bins[bin++].count;
    }
    return loudness_of_power(bin_mean(&bins->bins[bin]));
}

static double range_of(const GateBins *bins) {
    const int first = first_above(bins, range_gate_factor);
    int64_t count = 0;
    for (int bin = first; bin < BINS; bin++) {
        count += bins->bins[bin].count;
    }
    return percentile_lufs(bins, first, count, range_high) -
           percentile_lufs(bins, first, count, range_low);
}

static double level_of(double power) {
    return power > 0 ? loudness_of_power(power) : silence_db;
}

void loudness_gates_finish(const LoudnessGates *gates, MeterResult *result) {
    const GateBins *const momentary = &gates->momentary;
    const GateBins *const short_term = &gates->short_term;
    result->has_momentary = momentary->greatest > 0;
    result->max_momentary_lufs = level_of(momentary->greatest);
    result->has_short_term = short_term->greatest > 0;
    result->max_short_term_lufs = level_of(short_term->greatest);
    result->has_loudness = momentary->count > 0;
    result->integrated_lufs = result->has_loudness ? integrated_of(momentary) : silence_db;
    result->has_loudness_range = short_term->count > 0;
    result->loudness_range_lu = result->has_loudness_range ? range_of(short_term) : silence_db;
}
