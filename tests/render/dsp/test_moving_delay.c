/* Reading between samples against sines, which are known everywhere. */
#include "render/dsp/moving_delay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LENGTH = 4096 };

static void make_sine(double turns_per_sample, float *samples) {
    for (int sample = 0; sample < LENGTH; sample++) {
        samples[sample] = (float)sin(2.0 * acos(-1.0) * turns_per_sample * sample);
    }
}

static void sines_are_right_between_their_samples(void **state) {
    (void)state;
    static const double turns[] = {0.001, 0.02, 0.1, 0.25, 0.35, 0.42};
    Arena *arena = arena_create();
    const SincTable *table = sinc_table_create(arena);
    float samples[LENGTH];
    for (size_t row = 0; row < sizeof turns / sizeof *turns; row++) {
        make_sine(turns[row], samples);
        for (double at = 1000.0; at < 1100.0; at += 0.37) {
            const double expected = sin(2.0 * acos(-1.0) * turns[row] * at);
            const double found = sinc_table_read(table, samples, LENGTH, at, 1.0);
            assert_true(fabs(found - expected) < 1.2e-3); /* 0.01 dB */
        }
    }
    arena_destroy(&arena);
}

static void whole_places_are_the_samples_themselves(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const SincTable *table = sinc_table_create(arena);
    float samples[LENGTH];
    make_sine(0.31, samples);
    for (int sample = 0; sample < LENGTH; sample += 5) {
        assert_true(sinc_table_read(table, samples, LENGTH, sample, 1.0) ==
                    (double)samples[sample]);
    }
    arena_destroy(&arena);
}

/* At twice the speed everything above a quarter of the rate would fold back. */
static void fast_reading_folds_nothing_back(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const SincTable *table = sinc_table_create(arena);
    float samples[LENGTH];
    make_sine(0.4, samples);
    for (double at = 1000.0; at < 1100.0; at += 2.0) {
        assert_true(fabs(sinc_table_read(table, samples, LENGTH, at, 2.0)) < 3e-4);
    }
    make_sine(0.15, samples);
    for (double at = 1000.0; at < 1100.0; at += 2.0) {
        const double expected = sin(2.0 * acos(-1.0) * 0.15 * at);
        assert_true(fabs(sinc_table_read(table, samples, LENGTH, at, 2.0) - expected) < 1.2e-3);
    }
    arena_destroy(&arena);
}

static void outside_is_silence(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const SincTable *table = sinc_table_create(arena);
    const float one = 1.0F;
    assert_true(sinc_table_read(table, &one, 1, -100.0, 1.0) == 0.0);
    assert_true(sinc_table_read(table, &one, 1, 100.0, 1.0) == 0.0);
    assert_true(sinc_table_read(table, &one, 1, 0.0, 1.0) == 1.0);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_are_right_between_their_samples),
        cmocka_unit_test(whole_places_are_the_samples_themselves),
        cmocka_unit_test(fast_reading_folds_nothing_back),
        cmocka_unit_test(outside_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
