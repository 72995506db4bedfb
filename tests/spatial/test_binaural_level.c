/* Loudness of a pair of responses beside two loudspeakers. */
#include "spatial/binaural_level.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { TAPS = 64 };

static double level_of(float left, float right, int rate_hz) {
    float pair[2][TAPS] = {{0}};
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    double level_lu = 100.0;
    pair[0][20] = left;
    pair[1][33] = right; /* delays are not heard by a meter */
    assert_int_equal(binaural_level_lu(&pair[0][0], TAPS, rate_hz, &level_lu, errors), DONE);
    arena_destroy(&arena);
    return level_lu;
}

static void a_pair_of_equal_pulses_is_two_loudspeakers(void **state) {
    (void)state;
    static const int rates_hz[] = {44100, 48000, 96000};
    for (int index = 0; index < 3; ++index) {
        assert_true(fabs(level_of(0.70710678F, 0.70710678F, rates_hz[index])) < 0.01);
    }
}

static void power_counts_and_not_which_ear_hears_it(void **state) {
    (void)state;
    assert_true(fabs(level_of(1.0F, 0.0F, 48000)) < 0.01);
    assert_true(fabs(level_of(0.0F, 0.5F, 48000) + 6.0206) < 0.01);
    assert_true(fabs(level_of(0.6F, 0.8F, 48000)) < 0.01);
}

/* A mean of two samples halves the treble, which K weighting lifts: softer than its power alone. */
static void treble_weighs_as_in_bs_1770(void **state) {
    (void)state;
    float pair[2][TAPS] = {
        {0.5F, 0.5F},
        {0   }
    };
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    double soft_lu = 0.0;
    double bright_lu = 0.0;
    assert_int_equal(binaural_level_lu(&pair[0][0], TAPS, 48000, &soft_lu, errors), DONE);
    pair[0][1] = -0.5F;
    assert_int_equal(binaural_level_lu(&pair[0][0], TAPS, 48000, &bright_lu, errors), DONE);
    /* both responses together pass everything: cos^2 + sin^2 */
    const double sum = pow(10.0, soft_lu / 10.0) + pow(10.0, bright_lu / 10.0);
    assert_true(fabs(10.0 * log10(sum)) < 0.01);
    assert_true(bright_lu < soft_lu);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_of_equal_pulses_is_two_loudspeakers),
        cmocka_unit_test(power_counts_and_not_which_ear_hears_it),
        cmocka_unit_test(treble_weighs_as_in_bs_1770),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
