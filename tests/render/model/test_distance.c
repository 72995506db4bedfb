/* Laws of distance against their formulas, the air against the table of ISO 9613-2. */
#include "render/model/distance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_gain(const DistanceLaw *law, double distance_m, double expected) {
    assert_true(fabs(distance_gain(law, distance_m) - expected) < 1e-14);
}

static void every_law_is_its_formula(void **state) {
    (void)state;
    const DistanceLaw none = {.kind = DISTANCE_NONE, .reference_m = 1.0, .rolloff = 1.0};
    assert_gain(&none, 500.0, 1.0);
    const DistanceLaw inverse = {.kind = DISTANCE_INVERSE, .reference_m = 2.0, .rolloff = 0.5};
    assert_gain(&inverse, 6.0, 2.0 / (2.0 + 0.5 * 4.0));
    assert_gain(&inverse, 1.0, 1.0);
    const DistanceLaw clamped = {
        .kind = DISTANCE_INVERSE_CLAMPED, .reference_m = 1.0, .least_m = 0.25};
    assert_gain(&clamped, 4.0, 0.25);
    assert_gain(&clamped, 0.5, 2.0);
    assert_gain(&clamped, 0.1, 4.0);
    assert_gain(&clamped, 0.0, 4.0);
    const DistanceLaw linear = {
        .kind = DISTANCE_LINEAR, .reference_m = 1.0, .rolloff = 1.0, .most_m = 11.0};
    assert_gain(&linear, 0.0, 1.0);
    assert_gain(&linear, 6.0, 0.5);
    assert_gain(&linear, 11.0, 0.0);
    assert_gain(&linear, 50.0, 0.0);
    const DistanceLaw steep = {
        .kind = DISTANCE_LINEAR, .reference_m = 1.0, .rolloff = 3.0, .most_m = 11.0};
    assert_gain(&steep, 6.0, 0.0); /* never negative */
    const DistanceLaw exponential = {
        .kind = DISTANCE_EXPONENTIAL, .reference_m = 1.0, .rolloff = 2.0};
    assert_gain(&exponential, 3.0, 1.0 / 9.0);
    assert_gain(&exponential, 0.3, 1.0);
    const DistanceLaw logarithmic = {.kind = DISTANCE_LOG, .reference_m = 1.0, .rolloff = 1.0};
    assert_gain(&logarithmic, 8.0, pow(10.0, -3.0 * 6.02 / 20.0));
    assert_gain(&logarithmic, 0.5, 1.0);
}

static void levels_fall_steadily_with_distance(void **state) {
    (void)state;
    for (int kind = DISTANCE_NONE; kind <= DISTANCE_LOG; ++kind) {
        const DistanceLaw law = {(DistanceKind)kind, 1.0, 0.8, 0.2, 40.0, false};
        double before = INFINITY;
        for (double distance_m = 0.0; distance_m < 60.0; distance_m += 0.37) {
            const double gain = distance_gain(&law, distance_m);
            assert_true(gain >= 0.0 && gain <= before);
            assert_true(gain <= 1.0 || kind == DISTANCE_INVERSE_CLAMPED);
            before = gain;
        }
        const DistanceLaw flat = {(DistanceKind)kind, 1.0, 0.0, 0.2, 40.0, false};
        assert_true(distance_gain(&flat, 30.0) == 1.0 || kind == DISTANCE_INVERSE_CLAMPED);
    }
}

static void laws_have_the_words_of_a_job(void **state) {
    (void)state;
    assert_string_equal(distance_kind_name(DISTANCE_NONE), "none");
    assert_string_equal(distance_kind_name(DISTANCE_INVERSE_CLAMPED), "inverse-clamped");
    assert_string_equal(distance_kind_name(DISTANCE_LOG), "log");
    assert_null(distance_kind_name(DISTANCE_LOG + 1));
    assert_null(distance_kind_name(-1));
}

/* ISO 9613-2:1996, table 2: dB/km at the exact midband frequencies 1000 * 10^(3k/10) Hz, rounded
 * twice: to three digits in ISO 9613-1, table 1, then to these. */
static void air_absorbs_what_the_standard_prints(void **state) {
    (void)state;
    static const struct {
        Air air;
        double db_per_km[8];
    } rows[] = {
        {{10.0, 70.0, 101.325}, {0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117.0} },
        {{20.0, 70.0, 101.325}, {0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6}  },
        {{30.0, 70.0, 101.325}, {0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3} },
        {{15.0, 20.0, 101.325}, {0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202.0}},
        {{15.0, 50.0, 101.325}, {0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129.0}},
        {{15.0, 80.0, 101.325}, {0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8}  },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; ++row) {
        for (int band = 0; band < 8; ++band) {
            const double frequency_hz = 1000.0 * pow(10.0, 0.3 * (band - 4));
            const double found = 1000.0 * air_absorption_db_per_m(frequency_hz, &rows[row].air);
            const double printed = rows[row].db_per_km[band];
            const double half_digit = printed >= 100.0 ? 0.5 : 0.055;
            assert_true(fabs(found - printed) <= half_digit + 1e-9);
        }
    }
}

static void a_room_of_20_degrees_loses_what_is_well_known(void **state) {
    (void)state;
    assert_true(fabs(1000.0 * air_absorption_db_per_m(1000.0, &standard_air) - 4.7) < 0.05);
    const double at_4_khz = 1000.0 * air_absorption_db_per_m(4000.0, &standard_air);
    assert_true(at_4_khz > 23.0 && at_4_khz < 30.0);
    assert_true(air_absorption_db_per_m(0.0, &standard_air) == 0.0);
}

/* The relaxation frequencies and the frequency scale alike with pressure while the molar
 * concentration of water stays: annex C. */
static void air_scales_with_pressure(void **state) {
    (void)state;
    const Air low = {20.0, 25.0, 101.325 / 2.0}; /* the same molar concentration of water */
    const double dense = air_absorption_db_per_m(2000.0, &standard_air) / 1.0;
    const double thin = air_absorption_db_per_m(1000.0, &low);
    assert_true(fabs(thin / dense - 0.5) < 1e-12);
}

static void air_absorbs_more_at_every_higher_frequency(void **state) {
    (void)state;
    for (double humidity_percent = 10.0; humidity_percent <= 100.0; humidity_percent += 15.0) {
        const Air air = {20.0, humidity_percent, 101.325};
        double before = 0.0;
        for (double frequency_hz = 20.0; frequency_hz < 24000.0; frequency_hz *= 1.2) {
            const double now = air_absorption_db_per_m(frequency_hz, &air);
            assert_true(now > before);
            before = now;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_law_is_its_formula),
        cmocka_unit_test(levels_fall_steadily_with_distance),
        cmocka_unit_test(laws_have_the_words_of_a_job),
        cmocka_unit_test(air_absorbs_what_the_standard_prints),
        cmocka_unit_test(a_room_of_20_degrees_loses_what_is_well_known),
        cmocka_unit_test(air_scales_with_pressure),
        cmocka_unit_test(air_absorbs_more_at_every_higher_frequency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
