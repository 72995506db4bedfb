/* Speech found in a stem, and the mix measured where it is: tones of known level and written
 * energies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/dialogue.h"
#include "render/dsp/meter.h"

#include <cmocka.h>

enum { RATE_HZ = 48000, SLOT_SAMPLES = RATE_HZ / 100 };

typedef struct Part { /* seconds of a tone; -1000 dB: silence */
    double seconds, level_db;
} Part;

/* A sine of 1 kHz in phase on two channels at -23 dBFS reads -23 LUFS (Tech 3341, case 1). */
static SlotEnergies measure(const Part *parts, int part_count, Arena *arena) {
    static const double weights[] = {1, 1};
    Meter *meter = meter_create(2, weights, RATE_HZ, arena);
    int64_t at = 0;
    for (int part = 0; part < part_count; part++) {
        const int64_t count = llrint(parts[part].seconds * RATE_HZ);
        double *samples = arena_array(arena, (size_t)count, sizeof *samples);
        for (int64_t sample = 0; sample < count; sample++, at++) {
            samples[sample] =
                gain_from_db(parts[part].level_db) * sin(2 * pi * 1000 * (double)at / RATE_HZ);
        }
        meter_add(meter, (const double *const[]){samples, samples}, count);
    }
    return meter_energies(meter, arena);
}

/* Energies of so many slots at a loudness. */
static void fill(double *energies, int first, int last, double level_lufs) {
    for (int slot = first; slot < last; slot++) {
        energies[slot] = power_of_loudness(level_lufs) * SLOT_SAMPLES;
    }
}

static Speech find_in(double *energies, int count, Arena *arena) {
    const SlotEnergies stem = {.values = energies, .count = count, .rate_hz = RATE_HZ};
    return dialogue_find_speech(&stem, arena);
}

static void the_mix_is_measured_where_the_stem_speaks(void **state) {
    (void)state;
    static const Part stem_parts[] = {
        {10, -1000},
        {20, -26  },
        {10, -1000}
    };
    static const Part mix_parts[] = {
        {8,  -12},
        {24, -20},
        {8,  -12}
    };
    Arena *arena = arena_create();
    const SlotEnergies stem = measure(stem_parts, 3, arena);
    const SlotEnergies mix = measure(mix_parts, 3, arena);
    const Speech speech = dialogue_find_speech(&stem, arena);
    double level_lufs = 0.0;
    assert_true(dialogue_measure(&speech, &mix, arena, &level_lufs));
    assert_true(fabs(level_lufs + 20.0) < 0.01);
    assert_true(dialogue_measure(&speech, &stem, arena, &level_lufs));
    assert_true(fabs(level_lufs + 26.0) < 0.1); /* the blocks at both ends hold less of it */
    /* blocks that hold a hundredth of the tone's power and more: 10 s - 300 ms .. 30 s - 100 ms */
    assert_int_equal(speech.block_count, 397);
    assert_int_equal(speech.speech_count, 203);
    arena_destroy(&arena);
}

static void short_gaps_are_closed_and_long_ones_kept(void **state) {
    (void)state;
    static const struct {
        int gap_slots, expected; /* blocks that lie in the gap: (slots - 40) / 10 + 1 */
    } cases[] = {
        {60,  0},
        {70,  4},
        {80,  5},
        {100, 7}
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        Arena *arena = arena_create();
        double energies[1000] = {0};
        fill(energies, 0, 1000, -25);
        memset(energies + 400, 0, (size_t)cases[row].gap_slots * sizeof *energies);
        const Speech speech = find_in(energies, 1000, arena);
        assert_int_equal(speech.block_count - speech.speech_count, cases[row].expected);
        arena_destroy(&arena);
    }
}

static void what_is_too_soft_is_no_speech(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double energies[2000] = {0};
    fill(energies, 0, 2000, -60.5); /* below the floor */
    assert_int_equal(find_in(energies, 2000, arena).speech_count, 0);
    fill(energies, 0, 2000, -59.5);
    assert_int_equal(find_in(energies, 2000, arena).speech_count, 197);
    fill(energies, 0, 1000, -20); /* breath 21 LU below the mean of the stem */
    fill(energies, 1000, 2000, -44.1);
    assert_int_equal(find_in(energies, 2000, arena).speech_count, 100);
    fill(energies, 1000, 2000, -42.9); /* 3.01 for the half of the time, 20 LU below */
    assert_int_equal(find_in(energies, 2000, arena).speech_count, 197);
    arena_destroy(&arena);
}

/* Three blocks are kept, two are not: a slot so loud that the second or third window alone passes.
 */
static void short_runs_are_dropped(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double energies[600] = {0};
    fill(energies, 0, 100, -20);
    fill(energies, 300, 330, -33.9); /* 300 ms: only the one window around it holds it all */
    fill(energies, 330, 340, -33.9);
    const Speech speech = find_in(energies, 600, arena);
    for (int block = 12; block < 50; block++) {
        const bool is_near = block >= 27 && block <= 33;
        assert_true(!speech.is_speech[block] || is_near);
    }
    assert_true(speech.is_speech[30]);
    memset(energies, 0, sizeof energies);
    fill(energies, 0, 100, -20);
    fill(energies, 300, 310, -36.2); /* a hundredth of the mean needs 58 slots of it */
    assert_false(find_in(energies, 600, arena).is_speech[28]);
    arena_destroy(&arena);
}

/* Tech 3342, case 1: 20 s at -20, 20 s at -30 are 10 LU apart; pauses do not count. */
static void the_range_of_the_dialogue_leaves_the_pauses_out(void **state) {
    (void)state;
    static const Part parts[] = {
        {15, -1000},
        {20, -20  },
        {12, -1000},
        {20, -30  },
        {15, -1000}
    };
    Arena *arena = arena_create();
    const SlotEnergies stem = measure(parts, 5, arena);
    const Speech speech = dialogue_find_speech(&stem, arena);
    double range_lu = 0.0;
    assert_true(dialogue_measure_range(&speech, &stem, arena, &range_lu));
    assert_true(fabs(range_lu - 10.0) < 0.5);
    arena_destroy(&arena);
}

static void silence_has_no_dialogue(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double energies[100] = {0};
    double level_lufs = 0.0;
    Speech speech = find_in(energies, 100, arena);
    const SlotEnergies mix = {.values = energies, .count = 100, .rate_hz = RATE_HZ};
    assert_false(dialogue_measure(&speech, &mix, arena, &level_lufs));
    assert_true(level_lufs == silence_db);
    speech = find_in(energies, 39, arena); /* shorter than a block */
    assert_int_equal(speech.block_count, 0);
    arena_destroy(&arena);
}

static void dialnorm_is_a_whole_number_from_1_to_31(void **state) {
    (void)state;
    assert_int_equal(dialogue_dialnorm(-27.0), 27);
    assert_int_equal(dialogue_dialnorm(-26.6), 27);
    assert_int_equal(dialogue_dialnorm(-24.4), 24);
    assert_int_equal(dialogue_dialnorm(-0.2), 1);
    assert_int_equal(dialogue_dialnorm(-40.0), 31);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mix_is_measured_where_the_stem_speaks),
        cmocka_unit_test(short_gaps_are_closed_and_long_ones_kept),
        cmocka_unit_test(what_is_too_soft_is_no_speech),
        cmocka_unit_test(short_runs_are_dropped),
        cmocka_unit_test(the_range_of_the_dialogue_leaves_the_pauses_out),
        cmocka_unit_test(silence_has_no_dialogue),
        cmocka_unit_test(dialnorm_is_a_whole_number_from_1_to_31),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
