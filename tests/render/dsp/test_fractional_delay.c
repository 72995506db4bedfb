/* The fractional delay against sines, whole samples and a band-limited pulse. */
#include "render/dsp/fractional_delay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const double circle = 6.28318530717958647692;

static void whole_samples_are_moved_untouched(void **state) {
    (void)state;
    double in[40];
    double out[60];
    for (int n = 0; n < 40; ++n) {
        in[n] = sin(n * 12.9898) * 43.0;
    }
    for (int delay = -20; delay <= 30; ++delay) {
        fractional_delay_apply(in, 40, delay, out, 60);
        for (int n = 0; n < 60; ++n) {
            const int from = n - delay;
            assert_true(out[n] == (from >= 0 && from < 40 ? in[from] : 0.0));
        }
    }
}

/* Away from the ends, a delayed sine is the sine of the later time: -60 dB to 0.8 of half the rate,
 * -30 dB to 0.9. */
static void sines_come_out_later_by_the_delay(void **state) {
    (void)state;
    enum { COUNT = 256 };
    static const double limits[][2] = {
        {0.05, 1e-3},
        {0.4,  1e-3},
        {0.8,  1e-3},
        {0.9,  3e-2}
    };
    for (int test = 0; test < 4; ++test) {
        const double step = circle / 2.0 * limits[test][0];
        double in[COUNT];
        double out[COUNT];
        for (int n = 0; n < COUNT; ++n) {
            in[n] = cos(step * n + 0.3);
        }
        for (double delay = -2.4; delay < 20.0; delay += 0.37) {
            fractional_delay_apply(in, COUNT, delay, out, COUNT);
            for (int n = 48; n < COUNT - 32; ++n) {
                assert_true(fabs(out[n] - cos(step * (n - delay) + 0.3)) < limits[test][1]);
            }
        }
    }
}

static void taps_sum_to_one_and_mirror(void **state) {
    (void)state;
    for (int step = 0; step <= 64; ++step) {
        double taps[FRACTIONAL_DELAY_TAPS];
        double mirrored[FRACTIONAL_DELAY_TAPS];
        double sum = 0.0;
        fractional_delay_taps(step / 64.0, taps);
        fractional_delay_taps(1.0 - step / 64.0, mirrored);
        for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; ++tap) {
            sum += taps[tap];
            assert_true(fabs(taps[tap] - mirrored[FRACTIONAL_DELAY_TAPS - 1 - tap]) < 1e-12);
        }
        assert_true(fabs(sum - 1.0) < 1e-12);
    }
}

static void nothing_beyond_the_ends_is_touched(void **state) {
    (void)state;
    double in[8] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    double out[18];
    for (int n = 0; n < 18; ++n) {
        out[n] = 77.0;
    }
    fractional_delay_apply(in, 8, 3.5, out + 1, 16);
    assert_true(out[0] == 77.0 && out[17] == 77.0);
    fractional_delay_apply(in, 8, 1000.5, out + 1, 16);
    fractional_delay_apply(in, 8, -1000.5, out + 1, 16);
    for (int n = 1; n < 17; ++n) {
        assert_true(out[n] == 0.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_samples_are_moved_untouched),
        cmocka_unit_test(sines_come_out_later_by_the_delay),
        cmocka_unit_test(taps_sum_to_one_and_mirror),
        cmocka_unit_test(nothing_beyond_the_ends_is_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
