/* Windows, gates and percentiles over energies of 10 ms. */
#include "render/dsp/loudness_blocks.h"

#include <math.h>
#include <stdlib.h>

#include "render/base/units.h"

static const double loudness_offset = -0.691; /* BS.1770-5 annex 1, eq. 2 */
static const double absolute_gate_lufs = -70.0;
static const double relative_gate_factor = 0.1; /* -10 LU */
static const double range_gate_factor = 0.01;   /* -20 LU, Tech 3342 */
static const double range_low = 0.10;           /* percentiles of LRA */
static const double range_high = 0.95;

int64_t slot_begin(int rate_hz, int64_t slot) {
    return slot * rate_hz / SLOTS_PER_SECOND;
}

int64_t slots_in(int rate_hz, int64_t sample_count) {
    return ((sample_count + 1) * SLOTS_PER_SECOND - 1) / rate_hz;
}

double loudness_of_power(double power) {
    return loudness_offset + 10 * exact_log10(power);
}

double power_of_loudness(double level_lufs) {
    return exact_pow(10, (level_lufs - loudness_offset) / 10);
}

Windows windows_of(const SlotEnergies *energies, Arena *arena) {
    double *hops = arena_array(arena, (size_t)energies->count + 1, sizeof *hops);
    for (int64_t slot = 0; slot + HOP_SLOTS <= energies->count; slot++) {
        double sum = 0;
        for (int step = 0; step < HOP_SLOTS; step++) {
            sum += energies->values[slot + step];
        }
        hops[slot] = sum;
    }
    return (Windows){.hops = hops, .slot_count = energies->count, .rate_hz = energies->rate_hz};
}

double window_power(const Windows *windows, int64_t slot, int slots) {
    double sum = 0;
    for (int step = 0; step < slots; step += HOP_SLOTS) {
        sum += windows->hops[slot + step];
    }
    return sum / (double)(slot_begin(windows->rate_hz, slot + slots) -
                          slot_begin(windows->rate_hz, slot));
}

bool windows_maximum(const Windows *windows, int slots, double *loudness_lufs) {
    double greatest = 0;
    for (int64_t slot = 0; slot + slots <= windows->slot_count; slot++) {
        greatest = fmax(greatest, window_power(windows, slot, slots));
    }
    *loudness_lufs = greatest > 0 ? loudness_of_power(greatest) : silence_db;
    return greatest > 0;
}

typedef struct Powers { /* of windows at a 100 ms hop that pass the gates */
    double *values;
    int64_t count;
} Powers;

static Powers make_powers(const SlotEnergies *parts, int part_count, Arena *arena) {
    int64_t most = 0;
    for (int part = 0; part < part_count; part++) {
        most += parts[part].count / HOP_SLOTS + 1;
    }
    return (Powers){.values = arena_array(arena, (size_t)most, sizeof(double))};
}

static void add_windows(Powers *powers, const Windows *windows, int slots, double gain) {
    for (int64_t slot = 0; slot + slots <= windows->slot_count; slot += HOP_SLOTS) {
        powers->values[powers->count++] = gain * gain * window_power(windows, slot, slots);
    }
}

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
static void gate_powers(Powers *powers, double relative_factor) {
    keep_above(powers, power_of_loudness(absolute_gate_lufs));
    if (powers->count) {
        keep_above(powers, relative_factor * mean_of(powers));
    }
}

bool loudness_integrated(const SlotEnergies *parts,
                         const double *gains,
                         int part_count,
                         Arena *arena,
                         double *integrated_lufs) {
    Powers powers = make_powers(parts, part_count, arena);
    for (int part = 0; part < part_count; part++) {
        const Windows windows = windows_of(&parts[part], arena);
        add_windows(&powers, &windows, MOMENTARY_SLOTS, gains[part]);
    }
    gate_powers(&powers, relative_gate_factor);
    *integrated_lufs = powers.count ? loudness_of_power(mean_of(&powers)) : silence_db;
    return powers.count > 0;
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

bool loudness_range(const SlotEnergies *energies, Arena *arena, double *range_lu) {
    Powers powers = make_powers(energies, 1, arena);
    const Windows windows = windows_of(energies, arena);
    add_windows(&powers, &windows, SHORT_TERM_SLOTS, 1.0);
    gate_powers(&powers, range_gate_factor);
    *range_lu = silence_db;
    if (powers.count) {
        qsort(powers.values, (size_t)powers.count, sizeof(double), compare_powers);
        *range_lu = percentile_lufs(&powers, range_high) - percentile_lufs(&powers, range_low);
    }
    return powers.count > 0;
}
