/* max-rE weights against a table, and by what they are made for. */
#include "spatial/max_re.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"

static void both_roots_equal_the_table_to_1e_9(void **state) {
    (void)state;
    Oracle oracle;
    int rows = 0;
    oracle_open(&oracle, "maxre_weights.csv");
    for (; oracle_next(&oracle); ++rows) {
        const int order = (int)oracle_number(&oracle, 0);
        const MaxReRoot root = oracle.cells[1][0] == 'e' ? MAX_RE_EXACT : MAX_RE_APPROX;
        double weights[8];
        max_re_weights(order, root, MAX_RE_PLAIN, weights);
        for (int n = 0; n <= order; ++n) {
            assert_true(fabs(weights[n] - oracle_number(&oracle, 3 + n)) < 1e-9);
        }
    }
    assert_int_equal(rows, 14);
}

/* |r_E| of an even decoder: sum n a_n a_n-1 2 / sum (2n + 1) a_n^2 (Daniel 2000). */
static double energy_vector(int order, const double *weights) {
    double cross = 0.0;
    double power = weights[0] * weights[0];
    for (int n = 1; n <= order; ++n) {
        cross += 2.0 * n * weights[n] * weights[n - 1];
        power += (2 * n + 1) * weights[n] * weights[n];
    }
    return cross / power;
}

/* No small change of any weight makes the energy vector longer. */
static void the_exact_root_makes_the_longest_energy_vector(void **state) {
    (void)state;
    for (int order = 1; order <= 7; ++order) {
        double weights[8];
        max_re_weights(order, MAX_RE_EXACT, MAX_RE_PLAIN, weights);
        const double longest = energy_vector(order, weights);
        for (int n = 0; n <= order; ++n) {
            for (int side = -1; side <= 1; side += 2) {
                double other[8];
                max_re_weights(order, MAX_RE_EXACT, MAX_RE_PLAIN, other);
                other[n] += 1e-3 * side;
                assert_true(energy_vector(order, other) < longest);
            }
        }
    }
}

static void levels_keep_the_front_or_the_power(void **state) {
    (void)state;
    for (int order = 1; order <= 7; ++order) {
        double front[8];
        double even[8];
        double sum = 0.0;
        double power = 0.0;
        max_re_weights(order, MAX_RE_EXACT, MAX_RE_KEEPS_FRONT, front);
        max_re_weights(order, MAX_RE_EXACT, MAX_RE_KEEPS_POWER, even);
        for (int n = 0; n <= order; ++n) {
            sum += (2 * n + 1) * front[n];
            power += (2 * n + 1) * even[n] * even[n];
        }
        assert_true(fabs(sum - (order + 1) * (order + 1)) < 1e-9);
        assert_true(fabs(power - (order + 1) * (order + 1)) < 1e-9);
    }
}

static void weights_go_to_their_degrees_in_every_row(void **state) {
    (void)state;
    double matrix[2 * 9];
    double weights[3];
    for (int cell = 0; cell < 18; ++cell) {
        matrix[cell] = cell + 1.0;
    }
    max_re_weights(2, MAX_RE_APPROX, MAX_RE_KEEPS_POWER, weights);
    max_re_apply(2, MAX_RE_APPROX, MAX_RE_KEEPS_POWER, 2, matrix);
    for (int cell = 0; cell < 18; ++cell) {
        const int acn = cell % 9;
        const double weight = weights[acn == 0 ? 0 : acn < 4 ? 1 : 2];
        assert_true(matrix[cell] == (cell + 1.0) * weight);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_roots_equal_the_table_to_1e_9),
        cmocka_unit_test(the_exact_root_makes_the_longest_energy_vector),
        cmocka_unit_test(levels_keep_the_front_or_the_power),
        cmocka_unit_test(weights_go_to_their_degrees_in_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
