/* Encoder gains against the harmonics, integrals over caps, and what a decoder makes of them. */
#include "spatial/encode_ambisonics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"

static void assert_equals_oracle(const char *name, HarmonicNorm norm) {
    Oracle oracle;
    int rows = 0;
    oracle_open(&oracle, name);
    while (oracle_next(&oracle)) {
        double gains[64];
        const Position at = {oracle_number(&oracle, 0), oracle_number(&oracle, 1), 1.0, 0.0};
        encode_ambisonics(at, 7, norm, gains);
        for (int acn = 0; acn < 64; ++acn) {
            assert_true(fabs(gains[acn] - oracle_number(&oracle, 2 + acn)) < 1e-9);
        }
        ++rows;
    }
    assert_true(rows >= 40);
}

static void points_equal_the_oracles_of_both_norms(void **state) {
    (void)state;
    assert_equals_oracle("sh_acn_sn3d_o7.csv", HARMONIC_SN3D);
    assert_equals_oracle("sh_acn_n3d_o7.csv", HARMONIC_N3D);
}

/* Harmonics of a cap around the zenith, averaged over rings of equal area (midpoint rule). */
static void cap_means(double half_angle_deg, double *means) {
    enum { RINGS = 20000 };
    const double lowest = cos(half_angle_deg * 3.14159265358979323846 / 180.0);
    for (int n = 0; n <= 7; ++n) {
        means[n] = 0.0;
    }
    for (int ring = 0; ring < RINGS; ++ring) {
        const double z = lowest + (1.0 - lowest) * (ring + 0.5) / RINGS;
        double values[64];
        harmonics_at((Direction){sqrt(1.0 - z * z), 0.0, z}, 7, values);
        for (int n = 0; n <= 7; ++n) {
            means[n] += values[n * (n + 1)] / RINGS;
        }
    }
}

static void a_spread_is_the_mean_over_its_cap(void **state) {
    (void)state;
    static const double spreads_deg[] = {5.0, 30.0, 90.0, 180.0, 300.0};
    for (size_t index = 0; index < sizeof spreads_deg / sizeof *spreads_deg; ++index) {
        double means[8];
        double gains[64];
        cap_means(spreads_deg[index] / 2.0, means);
        encode_ambisonics((Position){0.0, 90.0, 1.0, spreads_deg[index]}, 7, HARMONIC_SN3D, gains);
        for (int n = 0; n <= 7; ++n) {
            assert_true(fabs(gains[n * (n + 1)] / gains[0] - means[n]) < 1e-6);
        }
    }
}

/* In N3D the mean power over the sphere is the sum of squares. */
static void every_spread_keeps_the_power_of_a_point(void **state) {
    (void)state;
    for (int order = 1; order <= 7; ++order) {
        for (double spread_deg = 0.0; spread_deg <= 360.0; spread_deg += 22.5) {
            double gains[64];
            double power = 0.0;
            encode_ambisonics((Position){40.0, -25.0, 1.0, spread_deg}, order, HARMONIC_N3D, gains);
            for (int acn = 0; acn < (order + 1) * (order + 1); ++acn) {
                power += gains[acn] * gains[acn];
            }
            assert_true(fabs(power - (order + 1) * (order + 1)) < 1e-9);
        }
    }
}

static void a_spread_of_everything_leaves_only_w(void **state) {
    (void)state;
    double gains[16];
    encode_ambisonics((Position){77.0, 13.0, 1.0, 360.0}, 3, HARMONIC_SN3D, gains);
    assert_true(fabs(gains[0] - 4.0) < 1e-12);
    for (int acn = 1; acn < 16; ++acn) {
        assert_true(fabs(gains[acn]) < 1e-12);
    }
}

static void the_spatializer_gives_every_ambisonic_layout_its_harmonics(void **state) {
    (void)state;
    static const char *const names[] = {"foa",  "hoa1", "hoa2", "hoa3",
                                        "hoa4", "hoa5", "hoa6", "hoa7"};
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    for (size_t index = 0; index < sizeof names / sizeof *names; ++index) {
        const Layout *const layout = layout_find(names[index]);
        double values[64];
        float gains[65] = {[64] = -7.0F};
        void *self = NULL;
        assert_int_equal(ambisonic.create(layout, 48000, NULL, arena, &self, errors), DONE);
        assert_int_equal(ambisonic.tap_count(self), 0);
        gains[layout->channel_count] = -7.0F;
        ambisonic.respond(self, (Position){-100.0, 35.0, 4.0, 0.0}, gains);
        harmonics_at(direction_of(-100.0, 35.0), 7, values);
        for (int acn = 0; acn < layout->channel_count; ++acn) {
            assert_true(gains[acn] == (float)values[acn]);
        }
        assert_true(gains[layout->channel_count] == -7.0F); /* nothing behind the last channel */
    }
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_equal_the_oracles_of_both_norms),
        cmocka_unit_test(a_spread_is_the_mean_over_its_cap),
        cmocka_unit_test(every_spread_keeps_the_power_of_a_point),
        cmocka_unit_test(a_spread_of_everything_leaves_only_w),
        cmocka_unit_test(the_spatializer_gives_every_ambisonic_layout_its_harmonics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
