/* Rotation matrices against a table, against harmonics of turned directions, and as a group. */
#include "spatial/rotate_ambisonics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"
#include "spatial/harmonics.h"

enum { HARMONICS = 64 };

static void matrices_equal_the_table_to_1e_9(void **state) {
    (void)state;
    Oracle oracle;
    int rows = 0;
    oracle_open(&oracle, "sh_rotation_o3.csv");
    for (; oracle_next(&oracle); ++rows) {
        double matrix[16 * 16];
        const int row = (int)oracle_number(&oracle, 4);
        const Rotation rotation = rotation_of_head(
            oracle_number(&oracle, 1), oracle_number(&oracle, 2), oracle_number(&oracle, 3));
        rotate_ambisonics_matrix(&rotation, 3, matrix);
        for (int column = 0; column < 16; ++column) {
            assert_true(fabs(matrix[row * 16 + column] - oracle_number(&oracle, 5 + column)) <
                        1e-9);
        }
    }
    assert_true(rows >= 32);
}

static void assert_direction(Direction at, double x, double y, double z) {
    assert_true(fabs(at.x - x) < 1e-15 && fabs(at.y - y) < 1e-15 && fabs(at.z - z) < 1e-15);
}

static void heads_turn_left_bow_and_lean_right(void **state) {
    (void)state;
    const Direction front = {1.0, 0.0, 0.0};
    const Direction left = {0.0, 1.0, 0.0};
    const Rotation turned = rotation_of_head(90.0, 0.0, 0.0);
    const Rotation bowed = rotation_of_head(0.0, 90.0, 0.0);
    const Rotation leaning = rotation_of_head(0.0, 0.0, 90.0);
    const Rotation scene = rotation_of_scene(90.0);
    assert_direction(rotation_apply(&turned, front), 0.0, -1.0, 0.0); /* now at the right ear */
    assert_direction(rotation_apply(&bowed, front), 0.0, 0.0, 1.0);   /* now above */
    assert_direction(rotation_apply(&leaning, left), 0.0, 0.0, -1.0); /* now below */
    assert_direction(rotation_apply(&scene, front), 0.0, 1.0, 0.0);
}

static void harmonics_of_a_turned_direction_are_the_turned_harmonics(void **state) {
    (void)state;
    for (int trial = 0; trial < 40; ++trial) {
        const Rotation rotation = rotation_of_head(trial * 77.7, trial * 31.3 - 90.0, trial * 53.1);
        const Direction at = direction_of(trial * 101.0, trial * 4.4 - 88.0);
        double matrix[HARMONICS * HARMONICS];
        double before[HARMONICS];
        double after[HARMONICS];
        rotate_ambisonics_matrix(&rotation, 7, matrix);
        harmonics_at(at, 7, before);
        harmonics_at(rotation_apply(&rotation, at), 7, after);
        for (int row = 0; row < HARMONICS; ++row) {
            double sum = 0.0;
            for (int column = 0; column < HARMONICS; ++column) {
                sum += matrix[row * HARMONICS + column] * before[column];
            }
            assert_true(fabs(sum - after[row]) < 1e-12);
        }
    }
}

static void matrices_are_perpendicular_and_compose(void **state) {
    (void)state;
    double first[HARMONICS * HARMONICS];
    double second[HARMONICS * HARMONICS];
    double both[HARMONICS * HARMONICS];
    const Rotation one = rotation_of_head(35.0, -20.0, 110.0);
    const Rotation two = rotation_of_head(-140.0, 66.0, 5.0);
    Rotation product = {{{0}}};
    for (int index = 0; index < 27; ++index) {
        product.rows[index / 9][index / 3 % 3] +=
            two.rows[index / 9][index % 3] * one.rows[index % 3][index / 3 % 3];
    }
    rotate_ambisonics_matrix(&one, 7, first);
    rotate_ambisonics_matrix(&two, 7, second);
    rotate_ambisonics_matrix(&product, 7, both);
    for (int row = 0; row < HARMONICS; ++row) {
        for (int column = 0; column < HARMONICS; ++column) {
            double composed = 0.0;
            double square = 0.0;
            for (int inner = 0; inner < HARMONICS; ++inner) {
                composed += second[row * HARMONICS + inner] * first[inner * HARMONICS + column];
                square += first[row * HARMONICS + inner] * first[column * HARMONICS + inner];
            }
            assert_true(fabs(composed - both[row * HARMONICS + column]) < 1e-12);
            assert_true(fabs(square - (row == column ? 1.0 : 0.0)) < 1e-12);
        }
    }
}

static void lower_orders_are_the_corner_of_higher_ones(void **state) {
    (void)state;
    const Rotation rotation = rotation_of_head(12.0, 34.0, 56.0);
    double all[HARMONICS * HARMONICS];
    rotate_ambisonics_matrix(&rotation, 7, all);
    for (int order = 0; order < 7; ++order) {
        const int count = (order + 1) * (order + 1);
        double matrix[HARMONICS * HARMONICS];
        rotate_ambisonics_matrix(&rotation, order, matrix);
        for (int cell = 0; cell < count * count; ++cell) {
            assert_true(matrix[cell] == all[cell / count * HARMONICS + cell % count]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_equal_the_table_to_1e_9),
        cmocka_unit_test(heads_turn_left_bow_and_lean_right),
        cmocka_unit_test(harmonics_of_a_turned_direction_are_the_turned_harmonics),
        cmocka_unit_test(matrices_are_perpendicular_and_compose),
        cmocka_unit_test(lower_orders_are_the_corner_of_higher_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
