/* Spherical harmonics against a table in double precision and their own orthogonality. */
#include "spatial/harmonics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"

static void harmonics_equal_the_oracle_to_1e_9(void **state) {
    (void)state;
    Oracle oracle;
    int rows = 0;
    oracle_open(&oracle, "sh_acn_sn3d_o7.csv");
    while (oracle_next(&oracle)) {
        double values[64];
        harmonics_at(direction_of(oracle_number(&oracle, 0), oracle_number(&oracle, 1)), 7, values);
        for (int acn = 0; acn < 64; ++acn) {
            assert_true(fabs(values[acn] - oracle_number(&oracle, 2 + acn)) < 1e-9);
        }
        ++rows;
    }
    assert_true(rows >= 40);
}

static void lower_orders_are_the_first_channels_of_higher_ones(void **state) {
    (void)state;
    const Direction at = direction_of(33.0, -21.0);
    double all[64];
    harmonics_at(at, 7, all);
    for (int order = 0; order < 7; ++order) {
        double values[64];
        harmonics_at(at, order, values);
        assert_memory_equal(values, all, sizeof(double) * (size_t)((order + 1) * (order + 1)));
    }
}

/* Unsoeld: the squares of one degree sum to 1 in SN3D, wherever the direction points. */
static void squares_of_one_degree_sum_to_one(void **state) {
    (void)state;
    for (int step = 0; step < 200; ++step) {
        double values[64];
        double sums[8] = {0};
        harmonics_at(direction_of(step * 47.3, -90.0 + step * 0.9), 7, values);
        for (int acn = 0; acn < 64; ++acn) {
            sums[harmonic_degree(acn)] += values[acn] * values[acn];
        }
        for (int degree = 0; degree < 8; ++degree) {
            assert_true(fabs(sums[degree] - 1.0) < 1e-12);
        }
    }
}

static void degrees_follow_the_acn_formula(void **state) {
    (void)state;
    for (int degree = 0; degree < 8; ++degree) {
        for (int index = -degree; index <= degree; ++index) {
            assert_int_equal(harmonic_degree(degree * (degree + 1) + index), degree);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmonics_equal_the_oracle_to_1e_9),
        cmocka_unit_test(lower_orders_are_the_first_channels_of_higher_ones),
        cmocka_unit_test(squares_of_one_degree_sum_to_one),
        cmocka_unit_test(degrees_follow_the_acn_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
