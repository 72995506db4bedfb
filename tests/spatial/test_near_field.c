/* A source that comes near: what a rigid sphere says. */
#include "spatial/near_field.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The series itself, term by term, with Legendre's recursion. */
static double series_gain(double cosine, double distance_m) {
    const double t = 0.0875 / distance_m;
    double sum = 0.0;
    double power = 1.0;
    double before = 0.0;
    double legendre = 1.0;
    for (int n = 0; n < 400; ++n) {
        sum += (2.0 * n + 1.0) / (n + 1.0) * power * legendre;
        const double next = ((2.0 * n + 1.0) * cosine * legendre - n * before) / (n + 1.0);
        before = legendre;
        legendre = next;
        power *= t;
    }
    return sum;
}

static void low_frequencies_follow_the_static_field_of_a_sphere(void **state) {
    (void)state;
    for (int step = -10; step <= 10; ++step) {
        const double cosine = step / 10.0;
        for (double distance_m = 0.15; distance_m < 1.0; distance_m *= 1.3) {
            const double wanted = series_gain(cosine, distance_m) / series_gain(cosine, 1.0);
            const NearField found = near_field_at(cosine, distance_m);
            assert_true(fabs(found.low_gain / wanted - 1.0) < 1e-9);
        }
    }
}

static void nothing_changes_from_one_metre_on(void **state) {
    (void)state;
    for (double distance_m = 1.0; distance_m < 100.0; distance_m *= 2.0) {
        const NearField far = near_field_at(0.7, distance_m);
        float response[3] = {0.0F, 1.0F, 0.5F};
        near_field_apply(&far, 48000, response, 3);
        assert_true(response[0] == 0.0F && response[1] == 1.0F && response[2] == 0.5F);
    }
    const NearField close = near_field_at(0.7, 0.999);
    assert_true(fabs(close.low_gain - 1.0) < 0.01 && fabs(close.high_gain - 1.0) < 0.01);
}

static void the_near_ear_gains_and_the_far_ear_loses_bass(void **state) {
    (void)state;
    double last_difference_db = 0.0;
    for (double distance_m = 0.9; distance_m > 0.16; distance_m -= 0.1) {
        const NearField to_ear = near_field_at(1.0, distance_m);
        const NearField away = near_field_at(-1.0, distance_m);
        const double difference_db = 20.0 * log10(to_ear.low_gain / away.low_gain);
        assert_true(to_ear.low_gain > 1.0 && away.low_gain < 1.0);
        assert_true(to_ear.high_gain > 1.0 && away.high_gain < 1.0);
        assert_true(difference_db > last_difference_db);
        last_difference_db = difference_db;
    }
    assert_true(last_difference_db > 8.0);
}

static void it_is_steady_around_the_head_and_below_the_nearest_distance(void **state) {
    (void)state;
    NearField before = near_field_at(-1.0, 0.2);
    for (double cosine = -1.0; cosine <= 1.0; cosine += 0.001) {
        const NearField now = near_field_at(cosine, 0.2);
        assert_true(fabs(now.low_gain - before.low_gain) < 0.01);
        assert_true(fabs(now.high_gain - before.high_gain) < 0.01);
        before = now;
    }
    const NearField touching = near_field_at(0.3, 0.0);
    const NearField nearest = near_field_at(0.3, 0.15);
    assert_memory_equal(&touching, &nearest, sizeof touching);
}

static double level_at(const float *response, int count, double frequency_hz) {
    double complex sum = 0.0;
    for (int sample = 0; sample < count; ++sample) {
        sum += (double)response[sample] *
               cexp(-2.0 * I * 3.14159265358979323846 * frequency_hz * sample / 48000.0);
    }
    return cabs(sum);
}

static void the_filter_is_a_shelf_of_first_order_at_one_kilohertz(void **state) {
    (void)state;
    enum { COUNT = 640 };
    const NearField shelf = {2.0, 0.5};
    float response[COUNT] = {1.0F};
    near_field_apply(&shelf, 48000, response, COUNT);
    assert_true(fabs(level_at(response, COUNT, 0.0) - 2.0) < 1e-5);
    assert_true(fabs(level_at(response, COUNT, 24000.0) - 0.5) < 1e-5);
    assert_true(fabs(level_at(response, COUNT, 1000.0) - sqrt(2.0 * 2.0 + 0.25) / sqrt(2.0)) <
                1e-5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(low_frequencies_follow_the_static_field_of_a_sphere),
        cmocka_unit_test(nothing_changes_from_one_metre_on),
        cmocka_unit_test(the_near_ear_gains_and_the_far_ear_loses_bass),
        cmocka_unit_test(it_is_steady_around_the_head_and_below_the_nearest_distance),
        cmocka_unit_test(the_filter_is_a_shelf_of_first_order_at_one_kilohertz),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
