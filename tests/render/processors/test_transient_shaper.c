/* Transient shaper: what it does to a hit and what it leaves alone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/processors/transient_shaper.h"

#include <cmocka.h>

enum { RATE_HZ = 48000, LENGTH = RATE_HZ, ONSET = RATE_HZ / 4 };

/* A tone that begins at ONSET and, with a time constant, decays. */
static void make_hit(float *samples, double gain, double decay_s) {
    for (int sample = 0; sample < LENGTH; sample++) {
        const double time_s = (double)(sample - ONSET) / RATE_HZ;
        const double level = decay_s > 0.0 ? exp(-time_s / decay_s) : 1.0;
        samples[sample] =
            time_s < 0.0 ? 0.0F : (float)(gain * level * sin(2.0 * acos(-1.0) * 500.0 * time_s));
    }
}

static void run(double attack_db, double sustain_db, float *samples, int piece) {
    Arena *arena = arena_create();
    TransientShaper *shaper = transient_shaper_create(attack_db, sustain_db, RATE_HZ, arena);
    for (int begin = 0; begin < LENGTH; begin += piece) {
        float *plane = samples + begin;
        transient_shaper_run(shaper, &plane, 1, begin + piece < LENGTH ? piece : LENGTH - begin);
    }
    arena_destroy(&arena);
}

static double energy_db(const float *samples, double from_s, double to_s) {
    double energy = 0.0;
    for (int sample = ONSET + (int)(from_s * RATE_HZ); sample < ONSET + (int)(to_s * RATE_HZ);
         sample++) {
        energy += (double)samples[sample] * samples[sample];
    }
    return 10.0 * log10(energy);
}

/* F116: beginnings and endings by what was asked for, at any level. */
static void a_hit_is_shaped_by_what_was_asked_for(void **state) {
    (void)state;
    static const double cases[][2] = {
        {3.0,  -2.0 },
        {-6.0, 0.0  },
        {0.0,  6.0  },
        {12.0, -12.0}
    };
    static const double gains[] = {1.0, 0.5, 0.05};
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        for (size_t level = 0; level < sizeof gains / sizeof *gains; level++) {
            float plain[LENGTH];
            float shaped[LENGTH];
            make_hit(plain, gains[level], 0.1);
            memcpy(shaped, plain, sizeof plain);
            run(cases[row][0], cases[row][1], shaped, 1000);
            const double attack_db = energy_db(shaped, 0.0, 0.02) - energy_db(plain, 0.0, 0.02);
            const double sustain_db = energy_db(shaped, 0.06, 0.3) - energy_db(plain, 0.06, 0.3);
            if (fabs(attack_db - cases[row][0]) > 0.3 || fabs(sustain_db - cases[row][1]) > 0.3) {
                print_error("%g %g: %g %g\n", cases[row][0], cases[row][1], attack_db, sustain_db);
            }
            assert_true(fabs(attack_db - cases[row][0]) <= 0.3);
            assert_true(fabs(sustain_db - cases[row][1]) <= 0.3);
        }
    }
}

static void a_steady_tone_comes_back_bit_for_bit(void **state) {
    (void)state;
    float plain[LENGTH];
    float shaped[LENGTH];
    make_hit(plain, 0.3, 0.0);
    memcpy(shaped, plain, sizeof plain);
    run(12.0, -12.0, shaped, 4096);
    const int settled = ONSET + RATE_HZ / 10;
    assert_memory_equal(shaped + settled, plain + settled,
                        (size_t)(LENGTH - settled) * sizeof *plain);
    assert_memory_equal(shaped, plain, ONSET * sizeof *plain); /* silence before it */
    assert_true(energy_db(shaped, 0.0, 0.02) > energy_db(plain, 0.0, 0.02) + 11.0);
}

static void pieces_of_any_size_give_the_same_bits(void **state) {
    (void)state;
    static const int pieces[] = {1, 7, 480, 4096, LENGTH};
    float expected[LENGTH];
    make_hit(expected, 0.8, 0.05);
    run(6.0, -4.0, expected, 333);
    for (size_t row = 0; row < sizeof pieces / sizeof *pieces; row++) {
        float shaped[LENGTH];
        make_hit(shaped, 0.8, 0.05);
        run(6.0, -4.0, shaped, pieces[row]);
        assert_memory_equal(shaped, expected, sizeof expected);
    }
}

/* The image stays where it is: a quiet channel gets the gain that the loud one calls for. */
static void channels_share_one_gain(void **state) {
    (void)state;
    float loud[LENGTH];
    float quiet[LENGTH];
    make_hit(loud, 0.5, 0.1);
    make_hit(quiet, 0.0625, 0.1);
    float *planes[] = {loud, quiet};
    Arena *arena = arena_create();
    transient_shaper_run(transient_shaper_create(6.0, -6.0, RATE_HZ, arena), planes, 2, LENGTH);
    for (int sample = 0; sample < LENGTH; sample++) {
        assert_true(fabs(quiet[sample] * 8.0 - loud[sample]) <= 1e-6 * fabs(loud[sample]));
    }
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hit_is_shaped_by_what_was_asked_for),
        cmocka_unit_test(a_steady_tone_comes_back_bit_for_bit),
        cmocka_unit_test(pieces_of_any_size_give_the_same_bits),
        cmocka_unit_test(channels_share_one_gain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
