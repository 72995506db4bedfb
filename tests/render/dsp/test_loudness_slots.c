/* Loudness over time: what BS.1770-5 says of a tone, and what the meter says of noise. */
#include "render/dsp/loudness_slots.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "render/base/units.h"
#include "render/dsp/meter.h"

#include <cmocka.h>

enum { RATE_HZ = 48000, FRAMES = RATE_HZ * 10 + 1234 };

static double noise(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return (double)(int32_t)*state / 2147483648.0;
}

/* Stereo: noise that is 20 dB softer in its second half, so that both gates act. */
static double **make_noise(Arena *arena) {
    double **const planes = arena_array(arena, 2, sizeof *planes);
    uint32_t seed = 7;
    for (int channel = 0; channel < 2; channel++) {
        planes[channel] = arena_array(arena, FRAMES, sizeof(double));
        for (int64_t at = 0; at < FRAMES; at++) {
            planes[channel][at] = noise(&seed) * (at < FRAMES / 2 ? 0.1 : 0.01);
        }
    }
    return planes;
}

static const double *run(double **planes, int64_t piece, int *slot_count, Arena *arena) {
    static const double weights[] = {1.0, 1.0};
    LoudnessSlots *const slots = loudness_slots_create(2, weights, RATE_HZ, FRAMES, arena);
    for (int64_t at = 0; at < FRAMES; at += piece) {
        const double *const rows[] = {planes[0] + at, planes[1] + at};
        loudness_slots_add(slots, rows, FRAMES - at < piece ? FRAMES - at : piece);
    }
    return loudness_slots_finish(slots, slot_count);
}

/* BS.1770-5 annex 1: a 997 Hz sine at full scale in one channel reads -3.01 LUFS. */
static void a_sine_reads_what_the_standard_says(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double *planes[] = {arena_array(arena, FRAMES, sizeof(double)),
                        arena_array(arena, FRAMES, sizeof(double))};
    for (int64_t at = 0; at < FRAMES; at++) {
        planes[0][at] = sin(2.0 * acos(-1.0) * 997.0 * (double)at / RATE_HZ);
    }
    int slot_count = 0;
    double integrated_lufs = 0.0;
    const double *const power = run(planes, 1000, &slot_count, arena);
    assert_int_equal(slot_count, 101);
    assert_true(loudness_slots_integrate(power, slot_count, &integrated_lufs));
    assert_true(fabs(integrated_lufs + 3.01) < 0.02);
    assert_true(fabs(slot_loudness_lufs(power[50]) + 3.01) < 0.02);
    arena_destroy(&arena);
}

static void the_gated_sum_is_that_of_the_meter(void **state) {
    (void)state;
    Arena *arena = arena_create();
    static const double weights[] = {1.0, 1.0};
    double **const planes = make_noise(arena);
    Meter *const meter = meter_create(2, weights, RATE_HZ, arena);
    MeterResult result;
    int slot_count = 0;
    double integrated_lufs = 0.0;
    meter_add(meter, (const double *const *)planes, FRAMES);
    meter_finish(meter, &result);
    const double *const power = run(planes, FRAMES, &slot_count, arena);
    assert_true(loudness_slots_integrate(power, slot_count, &integrated_lufs));
    assert_true(fabs(integrated_lufs - result.integrated_lufs) < 1e-6);
    arena_destroy(&arena);
}

static void pieces_of_any_size_change_no_slot(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double **const planes = make_noise(arena);
    int whole_count = 0;
    int pieces_count = 0;
    const double *const whole = run(planes, FRAMES, &whole_count, arena);
    const double *const pieces = run(planes, 777, &pieces_count, arena);
    assert_int_equal(whole_count, pieces_count);
    assert_memory_equal(whole, pieces, (size_t)whole_count * sizeof *whole);
    arena_destroy(&arena);
}

static void silence_has_no_loudness(void **state) {
    (void)state;
    const double power[8] = {0};
    double integrated_lufs = 0.0;
    assert_false(loudness_slots_integrate(power, 8, &integrated_lufs));
    assert_true(slot_loudness_lufs(0.0) == silence_db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_reads_what_the_standard_says),
        cmocka_unit_test(the_gated_sum_is_that_of_the_meter),
        cmocka_unit_test(pieces_of_any_size_change_no_slot),
        cmocka_unit_test(silence_has_no_loudness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
