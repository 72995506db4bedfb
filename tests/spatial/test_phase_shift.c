/* The 90 degree shift by its own Fourier sum. */
#include "spatial/phase_shift.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "render/base/arena.h"
#include "render/base/units.h"

/* Frequency response against an input that waits for the filter's delay. */
static void response_at(const double *taps, int tap_count, double angle_rad, double out[2]) {
    const int delay = phase_shift_delay_samples(tap_count);
    out[0] = 0.0;
    out[1] = 0.0;
    for (int tap = 0; tap < tap_count; ++tap) {
        out[0] += taps[tap] * cos(angle_rad * (tap - delay));
        out[1] -= taps[tap] * sin(angle_rad * (tap - delay));
    }
}

static void the_phase_is_90_degrees_and_the_level_kept_above_60_hz(void **state) {
    (void)state;
    static const int rates_hz[] = {44100, 48000, 96000};
    for (int rate = 0; rate < 3; ++rate) {
        Arena *arena = arena_create();
        const int rate_hz = rates_hz[rate];
        const int tap_count = phase_shift_tap_count(rate_hz);
        double *const taps = arena_array(arena, (size_t)tap_count, sizeof *taps);
        phase_shift_taps(tap_count, taps);
        double largest_db = 0.0;
        for (double frequency_hz = 60.0; frequency_hz <= rate_hz / 2.0 - 60.0;
             frequency_hz *= 1.03) {
            double response[2];
            response_at(taps, tap_count, 2.0 * pi * frequency_hz / rate_hz, response);
            assert_true(fabs(atan2(response[1], response[0]) * 180.0 / pi - 90.0) < 1.0);
            largest_db = fmax(largest_db, fabs(20.0 * log10(hypot(response[0], response[1]))));
        }
        printf("phase shift at %d Hz: %d taps, %.4f dB\n", rate_hz, tap_count, largest_db);
        assert_true(largest_db < 0.05);
        arena_destroy(&arena);
    }
}

static void a_cosine_becomes_minus_a_sine(void **state) {
    (void)state;
    double taps[1287];
    const int tap_count = phase_shift_tap_count(48000);
    assert_int_equal(tap_count, 1287);
    assert_int_equal(phase_shift_delay_samples(tap_count), 643);
    phase_shift_taps(tap_count, taps);
    const double step_rad = 2.0 * pi * 440.0 / 48000.0;
    for (int at = 2000; at < 2100; ++at) { /* far from both ends */
        double sum = 0.0;
        for (int tap = 0; tap < tap_count; ++tap) {
            sum += taps[tap] * cos(step_rad * (at - tap));
        }
        assert_true(fabs(sum + sin(step_rad * (at - 643))) < 0.005);
    }
}

static void taps_are_odd_around_a_silent_middle(void **state) {
    (void)state;
    for (int tap_count = 3; tap_count < 60; tap_count += 4) {
        double taps[64];
        const int middle = phase_shift_delay_samples(tap_count);
        phase_shift_taps(tap_count, taps);
        assert_true(taps[middle] == 0.0);
        assert_true(taps[0] > 0.0);
        for (int distance = 1; distance <= middle; ++distance) {
            assert_true(taps[middle - distance] == -taps[middle + distance]);
            assert_true(distance % 2 == 1 || taps[middle + distance] == 0.0);
        }
    }
    for (int rate_hz = 8000; rate_hz <= 192000; rate_hz += 1000) {
        assert_int_equal(phase_shift_tap_count(rate_hz) % 4, 3); /* no zeros at the ends */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_phase_is_90_degrees_and_the_level_kept_above_60_hz),
        cmocka_unit_test(a_cosine_becomes_minus_a_sine),
        cmocka_unit_test(taps_are_odd_around_a_silent_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
