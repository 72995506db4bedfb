/* Gates in constant memory against the lists of loudness_blocks.h and closed forms. */
#include "render/dsp/loudness_gates.h"

#include <math.h>

#include "render/base/units.h"
#include "tests/support/assert_near.h"

enum { RATE_HZ = 48000, SLOT_SAMPLES = RATE_HZ / SLOTS_PER_SECOND };

static double next_random(uint32_t *state) { /* 0 .. 1 */
    *state = *state * 1664525U + 1013904223U;
    return (double)*state * 0x1p-32;
}

static double slot_energy(double level_lufs) {
    return power_of_loudness(level_lufs) * SLOT_SAMPLES;
}

/* Phrases of half a second to eight, between -80 LUFS and `loudest`, with a ripple on them. */
static SlotEnergies
make_programme(double loudest_lufs, int64_t count, uint32_t seed, Arena *arena) {
    double *const values = arena_array(arena, (size_t)count, sizeof *values);
    double level_lufs = 0;
    int64_t left = 0;
    for (int64_t slot = 0; slot < count; slot++) {
        if (left-- == 0) {
            level_lufs = loudest_lufs - (loudest_lufs + 80) * pow(next_random(&seed), 2);
            left = (int64_t)(50 + 750 * next_random(&seed));
        }
        values[slot] = slot_energy(level_lufs - 3 * next_random(&seed));
    }
    return (SlotEnergies){.values = values, .count = count, .rate_hz = RATE_HZ};
}

static MeterResult gate(const SlotEnergies *energies, Arena *arena) {
    LoudnessGates *const gates = loudness_gates_create(energies->rate_hz, arena);
    MeterResult result = {0};
    for (int64_t slot = 0; slot < energies->count; slot++) {
        loudness_gates_add(gates, energies->values[slot]);
    }
    loudness_gates_finish(gates, &result);
    return result;
}

static void check_against_lists(const SlotEnergies *energies, double tolerance_lu, Arena *arena) {
    const MeterResult found = gate(energies, arena);
    const Windows windows = windows_of(energies, arena);
    const double unity = 1.0;
    double value = 0;
    assert_true(found.has_momentary == windows_maximum(&windows, MOMENTARY_SLOTS, &value));
    assert_true(found.max_momentary_lufs == value);
    assert_true(found.has_short_term == windows_maximum(&windows, SHORT_TERM_SLOTS, &value));
    assert_true(found.max_short_term_lufs == value);
    assert_true(found.has_loudness == loudness_integrated(energies, &unity, 1, arena, &value));
    assert_near(found.integrated_lufs, value, tolerance_lu);
    assert_true(found.has_loudness_range == loudness_range(energies, arena, &value));
    assert_near(found.loudness_range_lu, value, tolerance_lu);
}

static void random_programmes_read_as_their_lists_do(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        Arena *arena = arena_create();
        const double loudest_lufs = seed % 3 == 0 ? 15 : seed % 3 == 1 ? -20 : -45;
        SlotEnergies energies = make_programme(loudest_lufs, 30000, seed, arena);
        check_against_lists(&energies, 0.01, arena);
        energies.rate_hz = 44077; /* slots of two lengths */
        check_against_lists(&energies, 0.01, arena);
        arena_destroy(&arena);
    }
}

static void short_and_silent_programmes_have_the_flags_of_their_lists(void **state) {
    (void)state;
    static const int64_t counts[] = {0, 1, 9, 10, 39, 40, 41, 299, 300, 301, 330};
    for (size_t row = 0; row < sizeof counts / sizeof *counts; row++) {
        Arena *arena = arena_create();
        SlotEnergies energies = make_programme(-20, counts[row], 5, arena);
        check_against_lists(&energies, 0.01, arena);
        energies.values = arena_array(arena, (size_t)counts[row] + 1, sizeof(double));
        check_against_lists(&energies, 0, arena);
        arena_destroy(&arena);
    }
}

/* Tones have no blocks but those of their steps: nothing is lost in a bin. */
static double two_tones(double low_lufs, double high_lufs, Arena *arena) {
    enum { EACH = 6000 };
    double *const values = arena_array(arena, (size_t)2 * EACH, sizeof *values);
    for (int slot = 0; slot < 2 * EACH; slot++) {
        values[slot] = slot_energy(slot < EACH ? low_lufs : high_lufs);
    }
    const SlotEnergies energies = {
        .values = values, .count = (int64_t)2 * EACH, .rate_hz = RATE_HZ};
    check_against_lists(&energies, 1e-9, arena);
    return gate(&energies, arena).integrated_lufs;
}

/* Half of the blocks at L1, half at L2: the gate lies 10 LU below the mean of the powers. */
static void tones_just_around_the_gate_are_gated_exactly(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const double edge_lu = 0.02; /* three blocks of 1200 lie across the step */
    const double mean_lufs = -23 + 10 * log10((1 + 0.05264) / 2); /* close to the gate's low tone */
    const double gate_lufs = mean_lufs - 10;
    assert_near(two_tones(gate_lufs - 0.05, -23, arena), -23, edge_lu);
    const double kept = two_tones(gate_lufs + 0.05, -23, arena);
    assert_near(kept, -23 + 10 * log10((1 + pow(10, (gate_lufs + 0.05 + 23) / 10)) / 2), edge_lu);
    assert_near(two_tones(-23, 35, arena), 35, edge_lu); /* above the last bin */
    assert_near(two_tones(-70.001, -60, arena), -60, edge_lu);
    arena_destroy(&arena);
}

static void ten_hours_take_the_memory_of_one_second(void **state) {
    (void)state;
    Arena *arena = arena_create();
    LoudnessGates *const gates = loudness_gates_create(RATE_HZ, arena);
    const size_t before_bytes = arena_size_bytes(arena);
    for (int64_t slot = 0; slot < 10 * 3600 * SLOTS_PER_SECOND; slot += 8) { /* sped up */
        loudness_gates_add(gates, slot_energy(-30));
    }
    assert_int_equal(arena_size_bytes(arena), before_bytes);
    assert_true(before_bytes < 1000000);
    const double weights[] = {1};
    Meter *const meter = meter_create_endless(1, weights, 8000, arena);
    const size_t with_meter_bytes = arena_size_bytes(arena);
    double *const second = arena_array(arena, 8000, sizeof *second);
    const size_t room_bytes = arena_size_bytes(arena) - with_meter_bytes;
    for (int at_s = 0; at_s < 200; at_s++) {
        meter_add(meter, (const double *const[]){second}, 8000);
    }
    assert_int_equal(arena_size_bytes(arena), with_meter_bytes + room_bytes);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programmes_read_as_their_lists_do),
        cmocka_unit_test(short_and_silent_programmes_have_the_flags_of_their_lists),
        cmocka_unit_test(tones_just_around_the_gate_are_gated_exactly),
        cmocka_unit_test(ten_hours_take_the_memory_of_one_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
