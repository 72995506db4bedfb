/* Loudness of the dialogue, where the dialogue stem speaks. */
#include "render/dsp/dialogue.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"

static const double speech_floor_lufs = -60.0;
static const double mean_floor_lufs = -70.0;
static const double below_mean_lu = 20.0;
enum { CLOSED_GAP_BLOCKS = 4, SHORTEST_RUN_BLOCKS = 3 }; /* in hops of 100 ms */

static int64_t count_blocks(const SlotEnergies *energies) {
    return energies->count < MOMENTARY_SLOTS ? 0
                                             : (energies->count - MOMENTARY_SLOTS) / HOP_SLOTS + 1;
}

/* What a block of the stem has to exceed. */
static double speech_gate(const Windows *windows, int64_t block_count) {
    const double floor_power = power_of_loudness(mean_floor_lufs);
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t block = 0; block < block_count; block++) {
        const double power = window_power(windows, block * HOP_SLOTS, MOMENTARY_SLOTS);
        sum += power > floor_power ? power : 0.0;
        count += power > floor_power;
    }
    const double below_mean = exact_pow(10, -below_mean_lu / 10);
    const double relative = count ? below_mean * sum / (double)count : 0.0;
    return fmax(relative, power_of_loudness(speech_floor_lufs));
}

/* Runs of `value` shorter than `least` blocks become the other value; at the ends of the programme
 * only runs of speech do. */
static void drop_runs(uint8_t *blocks, int64_t block_count, uint8_t value, int64_t least) {
    int64_t begin = 0;
    for (int64_t block = 1; block <= block_count; block++) {
        if (block < block_count && blocks[block] == blocks[begin]) {
            continue;
        }
        const bool is_inside = begin > 0 && block < block_count;
        if (blocks[begin] == value && block - begin < least && (value || is_inside)) {
            memset(blocks + begin, !value, (size_t)(block - begin));
        }
        begin = block;
    }
}

Speech dialogue_find_speech(const SlotEnergies *stem, Arena *arena) {
    Arena *scratch = arena_create();
    const Windows windows = windows_of(stem, scratch);
    const int64_t block_count = count_blocks(stem);
    uint8_t *blocks = arena_array(arena, (size_t)block_count + 8, 1);
    const double gate = speech_gate(&windows, block_count);
    for (int64_t block = 0; block < block_count; block++) {
        blocks[block] = window_power(&windows, block * HOP_SLOTS, MOMENTARY_SLOTS) > gate;
    }
    arena_destroy(&scratch);
    drop_runs(blocks, block_count, 0, CLOSED_GAP_BLOCKS);
    drop_runs(blocks, block_count, 1, SHORTEST_RUN_BLOCKS);
    Speech speech = {.is_speech = blocks, .block_count = block_count};
    for (int64_t block = 0; block < block_count; block++) {
        speech.speech_count += blocks[block];
    }
    return speech;
}

bool dialogue_measure(const Speech *speech,
                      const SlotEnergies *programme,
                      Arena *arena,
                      double *loudness_lufs) {
    const Windows windows = windows_of(programme, arena);
    const int64_t own_count = count_blocks(programme);
    const int64_t block_count = own_count < speech->block_count ? own_count : speech->block_count;
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t block = 0; block < block_count; block++) {
        if (speech->is_speech[block]) {
            sum += window_power(&windows, block * HOP_SLOTS, MOMENTARY_SLOTS);
            count++;
        }
    }
    *loudness_lufs = sum > 0.0 ? loudness_of_power(sum / (double)count) : silence_db;
    return sum > 0.0;
}

/* Whether some block that holds the slot is speech. */
static bool is_slot_speech(const Speech *speech, int64_t slot) {
    const int64_t last = slot / HOP_SLOTS;
    for (int64_t block = last - MOMENTARY_SLOTS / HOP_SLOTS + 1; block <= last; block++) {
        if (block >= 0 && block < speech->block_count && speech->is_speech[block]) {
            return true;
        }
    }
    return false;
}

bool dialogue_measure_range(const Speech *speech,
                            const SlotEnergies *stem,
                            Arena *arena,
                            double *range_lu) {
    double *spoken = arena_array(arena, (size_t)stem->count + 1, sizeof *spoken);
    int64_t count = 0;
    for (int64_t slot = 0; slot < stem->count; slot++) {
        if (is_slot_speech(speech, slot)) {
            spoken[count++] = stem->values[slot];
        }
    }
    const SlotEnergies only = {.values = spoken, .count = count, .rate_hz = stem->rate_hz};
    return loudness_range(&only, arena, range_lu);
}

int dialogue_dialnorm(double dialogue_lufs) {
    const double level = floor(0.5 - dialogue_lufs);
    return level < 1.0 ? 1 : level > 31.0 ? 31 : (int)level;
}
