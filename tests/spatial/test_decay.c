/* Decay times and ratios of responses whose decay is a formula. */
#include "spatial/decay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { RATE_HZ = 48000 };

/* Amplitude e^(-ln(1000) t / T60) behind some silence, over a floor. */
static void make(float *samples, int64_t count, int64_t silence, double t60_s, double floor) {
    for (int64_t sample = 0; sample < count; ++sample) {
        const double time_s = (double)(sample - silence) / RATE_HZ;
        const double decay = sample < silence ? 0.0 : exp(-log(1000.0) * time_s / t60_s);
        samples[sample] = (float)(decay + (sample % 2 == 0 ? floor : -floor));
    }
}

static void measure_block(const AudioBlock *block, Arena *arena, DecayFacts *facts) {
    double *energy = arena_array(arena, (size_t)block->sample_count, sizeof *energy);
    decay_add_energy(block, energy);
    decay_measure(energy, block->sample_count, RATE_HZ, arena, facts);
}

static void measure(double t60_s, double floor, double length_s, DecayFacts *facts) {
    enum { SILENCE = 2400 };
    Arena *arena = arena_create();
    const int64_t count = (int64_t)(length_s * RATE_HZ);
    float *row = malloc((size_t)count * sizeof *row);
    make(row, count, SILENCE, t60_s, floor);
    float *const rows[] = {row, row};
    const AudioBlock block = {rows, 2, count};
    measure_block(&block, arena, facts);
    assert_true(fabs(facts->arrival_s - 0.05) < 1e-9);
    assert_true(fabs(facts->length_s - length_s) < 1e-9);
    free(row);
    arena_destroy(&arena);
}

static double ratio_db(double border_s, double t60_s) {
    return 10.0 * log10(exp(2.0 * log(1000.0) * border_s / t60_s) - 1.0);
}

static void an_exponential_has_one_decay_time(void **state) {
    (void)state;
    static const double times_s[] = {0.3, 1.0, 2.7};
    for (int index = 0; index < 3; ++index) {
        const double t60_s = times_s[index];
        DecayFacts facts;
        measure(t60_s, 0.0, 0.05 + 1.6 * t60_s, &facts);
        assert_true(facts.edt.is_known && fabs(facts.edt.seconds / t60_s - 1.0) < 2e-3);
        assert_true(facts.t20.is_known && fabs(facts.t20.seconds / t60_s - 1.0) < 2e-3);
        assert_true(facts.t30.is_known && fabs(facts.t30.seconds / t60_s - 1.0) < 2e-3);
        assert_true(fabs(facts.c50.level_db - ratio_db(0.050, t60_s)) < 0.01);
        assert_true(fabs(facts.c80.level_db - ratio_db(0.080, t60_s)) < 0.01);
        assert_true(fabs(facts.direct_to_reverberant.level_db - ratio_db(0.0025, t60_s)) < 0.05);
        for (int level = 0; level < DECAY_LEVELS; ++level) {
            assert_true(facts.below[level].is_known);
            assert_true(fabs(facts.below[level].seconds / (t60_s * (level + 1) / 6.0) - 1.0) <
                        3e-3);
        }
        assert_true(facts.curve_db[0] == 0.0);
        assert_true(fabs(facts.curve_db[30] + 48.0) < 0.1); /* half of 1.6 T60 */
    }
}

/* Noise 30 dB below the pulse bends the decay: what it reaches into is not claimed. */
static void times_that_noise_reaches_are_not_known(void **state) {
    (void)state;
    DecayFacts facts;
    measure(1.0, 1e-5, 2.0, &facts);
    assert_true(facts.edt.is_known && facts.t20.is_known && facts.t30.is_known);
    measure(1.0, 3e-3, 2.0, &facts);
    assert_false(facts.t30.is_known);
    measure(1.0, 3e-2, 2.0, &facts);
    assert_false(facts.t20.is_known);
    measure(1.0, 0.0, 0.25, &facts); /* cut off: it never falls far enough in time */
    assert_false(facts.t30.is_known);
}

static void one_pulse_has_neither_decay_nor_ratio(void **state) {
    (void)state;
    Arena *arena = arena_create();
    float pulse[100] = {[7] = -0.5F};
    float *const rows[] = {pulse};
    const AudioBlock block = {rows, 1, 100};
    DecayFacts facts;
    measure_block(&block, arena, &facts);
    assert_false(facts.edt.is_known || facts.t20.is_known || facts.t30.is_known);
    assert_false(facts.c50.is_known || facts.c80.is_known || facts.direct_to_reverberant.is_known);
    assert_true(facts.below[0].is_known && facts.below[0].seconds == 1.0 / RATE_HZ);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exponential_has_one_decay_time),
        cmocka_unit_test(times_that_noise_reaches_are_not_known),
        cmocka_unit_test(one_pulse_has_neither_decay_nor_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
