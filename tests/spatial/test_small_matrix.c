/* Singular values and Cholesky factors by what they promise. */
#include "spatial/small_matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LARGEST = 24 };

/* Even numbers in [-1, 1). */
static double number_at(int index) {
    const uint32_t mixed = (uint32_t)index * 2654435761U ^ (uint32_t)index << 13;
    return (double)(mixed * 2246822519U) / 2147483648.0 - 1.0;
}

static double column_product(const double *m, int rows, int columns, int first, int second) {
    double sum = 0.0;
    for (int row = 0; row < rows; ++row) {
        sum += m[row * columns + first] * m[row * columns + second];
    }
    return sum;
}

static void assert_perpendicular(const double *m, int rows, int columns) {
    for (int pair = 0; pair < columns * columns; ++pair) {
        const double expected = pair / columns == pair % columns ? 1.0 : 0.0;
        const double found = column_product(m, rows, columns, pair / columns, pair % columns);
        assert_true(fabs(found - expected) < 1e-13);
    }
}

static void factors_multiply_to_the_matrix_and_are_perpendicular(void **state) {
    (void)state;
    for (int columns = 1; columns <= LARGEST; columns += columns < 5 ? 1 : 6) {
        for (int rows = columns; rows <= LARGEST; rows += 5) {
            double u[LARGEST * LARGEST];
            double s[LARGEST];
            double v[LARGEST * LARGEST];
            for (int cell = 0; cell < rows * columns; ++cell) {
                u[cell] = number_at(cell + 1000 * rows);
            }
            matrix_singular_values(rows, columns, u, s, v);
            assert_perpendicular(u, rows, columns);
            assert_perpendicular(v, columns, columns);
            for (int cell = 0; cell < rows * columns; ++cell) {
                double sum = 0.0;
                for (int inner = 0; inner < columns; ++inner) {
                    sum += u[cell / columns * columns + inner] * s[inner] *
                           v[cell % columns * columns + inner];
                }
                assert_true(fabs(sum - number_at(cell + 1000 * rows)) < 1e-13);
            }
        }
    }
}

static void a_repeated_column_has_a_singular_value_of_zero(void **state) {
    (void)state;
    double a[6] = {1.0, 1.0, 2.0, 2.0, -3.0, -3.0};
    double s[2];
    double v[4];
    matrix_singular_values(3, 2, a, s, v);
    assert_true(fabs(fmax(s[0], s[1]) - sqrt(28.0)) < 1e-14);
    assert_true(fmin(s[0], s[1]) < 1e-14);
}

static void positive_systems_are_solved(void **state) {
    (void)state;
    enum { SIZE = 16 };
    double a[SIZE * SIZE];
    double kept[SIZE * SIZE];
    double b[SIZE];
    for (int cell = 0; cell < SIZE * SIZE; ++cell) { /* G G^T + I */
        const int row = cell / SIZE;
        const int column = cell % SIZE;
        a[cell] = row == column ? 1.0 : 0.0;
        for (int inner = 0; inner < SIZE; ++inner) {
            a[cell] += number_at(row * SIZE + inner) * number_at(column * SIZE + inner);
        }
        kept[cell] = a[cell];
    }
    for (int row = 0; row < SIZE; ++row) {
        b[row] = number_at(7000 + row);
    }
    assert_true(matrix_factor_positive(SIZE, a));
    matrix_solve_factored(SIZE, a, b);
    for (int row = 0; row < SIZE; ++row) {
        double sum = 0.0;
        for (int column = 0; column < SIZE; ++column) {
            sum += kept[row * SIZE + column] * b[column];
        }
        assert_true(fabs(sum - number_at(7000 + row)) < 1e-12);
    }
}

static void singular_systems_are_refused(void **state) {
    (void)state;
    double a[4] = {1.0, 2.0, 2.0, 4.0};
    assert_false(matrix_factor_positive(2, a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_multiply_to_the_matrix_and_are_perpendicular),
        cmocka_unit_test(a_repeated_column_has_a_singular_value_of_zero),
        cmocka_unit_test(positive_systems_are_solved),
        cmocka_unit_test(singular_systems_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
