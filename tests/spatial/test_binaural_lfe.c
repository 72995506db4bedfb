/* The LFE in headphones: a Linkwitz-Riley low-pass, 10 dB louder, shared by both ears. */
#include "spatial/binaural_lfe.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spatial/binaural.h"

enum { TAPS = 640, LEAD = 16, RATE_HZ = 48000 };

static double level_db(const float *taps, int count, int rate_hz, double frequency_hz) {
    double complex sum = 0.0;
    for (int tap = 0; tap < count; ++tap) {
        sum += (double)taps[tap] *
               cexp(-2.0 * I * 3.14159265358979323846 * frequency_hz * tap / rate_hz);
    }
    return 20.0 * log10(cabs(sum) + 1e-12);
}

static void make(int count, int rate_hz, float *taps) {
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    assert_int_equal(binaural_lfe(count, LEAD, rate_hz, taps, errors), DONE);
    arena_destroy(&arena);
}

/* Two Butterworth low-passes of second order in a row: 24 dB per octave, -6 dB at 120 Hz. */
static double linkwitz_riley_db(double frequency_hz) {
    return -20.0 * log10(1.0 + pow(frequency_hz / 120.0, 4.0));
}

static void each_ear_has_a_linkwitz_riley_low_pass_at_120_hz(void **state) {
    (void)state;
    static const struct {
        int count, rate_hz;
    } sets[] = {
        {TAPS, RATE_HZ},
        {592,  44100  },
        {1024, 96000  }
    };
    for (size_t index = 0; index < sizeof sets / sizeof *sets; ++index) {
        const int rate_hz = sets[index].rate_hz;
        float taps[1024];
        make(sets[index].count, rate_hz, taps);
        for (double frequency_hz = 10.0; frequency_hz < 500.0; frequency_hz *= 1.1) {
            const double wanted_db = 10.0 - 3.0103 + linkwitz_riley_db(frequency_hz);
            const double found_db = level_db(taps, sets[index].count, rate_hz, frequency_hz);
            /* 11 ms end before the filter has rung out: ripples on its slope */
            assert_true(fabs(found_db - wanted_db) < (frequency_hz < 180.0 ? 1.1 : 3.5));
        }
        for (double frequency_hz = 1000.0; frequency_hz < 20000.0; frequency_hz *= 1.5) {
            assert_true(level_db(taps, sets[index].count, rate_hz, frequency_hz) < -20.0);
        }
    }
}

static void the_power_of_both_ears_in_the_band_is_ten_decibels(void **state) {
    (void)state;
    float taps[TAPS];
    make(TAPS, RATE_HZ, taps);
    const double ear_db = level_db(taps, TAPS, RATE_HZ, 0.0);
    assert_true(fabs(ear_db + 10.0 * log10(2.0) - 10.0) < 1e-4);
}

static void nothing_is_heard_before_the_lead(void **state) {
    (void)state;
    float taps[TAPS];
    make(TAPS, RATE_HZ, taps);
    for (int tap = 0; tap < LEAD; ++tap) {
        assert_true(taps[tap] == 0.0F);
    }
    assert_true(fabsf(taps[TAPS - 1]) < 1e-6F);
}

static void only_two_ears_have_an_lfe_of_their_own(void **state) {
    (void)state;
    assert_non_null(binaural.respond_lfe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ear_has_a_linkwitz_riley_low_pass_at_120_hz),
        cmocka_unit_test(the_power_of_both_ears_in_the_band_is_ten_decibels),
        cmocka_unit_test(nothing_is_heard_before_the_lead),
        cmocka_unit_test(only_two_ears_have_an_lfe_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
