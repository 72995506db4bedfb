/* Singular values by one-sided Jacobi rotations, and Cholesky factors. */
#include "spatial/small_matrix.h"

#include <math.h>

/* Columns are perpendicular to rounding when their product is this small against their lengths. */
static const double perpendicular = 1e-15;
/* Quadratic convergence: 8 sweeps are usual at 64 columns. */
enum { SWEEPS_MAX = 60 };
static const double least_pivot = 1e-12; /* of the largest diagonal */

typedef struct Pair { /* two columns and their products */
    int first, second;
    double first_squared, second_squared, product;
} Pair;

static Pair pair_of(int rows, int columns, const double *a, int first, int second) {
    Pair pair = {.first = first, .second = second};
    for (int row = 0; row < rows; ++row) {
        const double x = a[row * columns + first];
        const double y = a[row * columns + second];
        pair.first_squared += x * x;
        pair.second_squared += y * y;
        pair.product += x * y;
    }
    return pair;
}

/* The smaller of the two angles that make the columns perpendicular. */
static void angle_of(const Pair *pair, double *cosine, double *sine) {
    const double zeta = (pair->second_squared - pair->first_squared) / (2.0 * pair->product);
    const double tangent = (zeta < 0.0 ? -1.0 : 1.0) / (fabs(zeta) + sqrt(1.0 + zeta * zeta));
    *cosine = 1.0 / sqrt(1.0 + tangent * tangent);
    *sine = *cosine * tangent;
}

static void turn_columns(int rows, int columns, double *a, const Pair *pair, const double turn[2]) {
    for (int row = 0; row < rows; ++row) {
        double *const x = &a[row * columns + pair->first];
        double *const y = &a[row * columns + pair->second];
        const double kept = *x;
        *x = turn[0] * kept - turn[1] * *y;
        *y = turn[1] * kept + turn[0] * *y;
    }
}

/* Every pair of columns once; false when all of them were perpendicular. */
static bool sweep(int rows, int columns, double *a, double *v) {
    bool has_turned = false;
    for (int first = 0; first < columns - 1; ++first) {
        for (int second = first + 1; second < columns; ++second) {
            const Pair pair = pair_of(rows, columns, a, first, second);
            const double lengths = sqrt(pair.first_squared * pair.second_squared);
            double turn[2];
            if (fabs(pair.product) <= perpendicular * lengths || lengths == 0.0) {
                continue;
            }
            angle_of(&pair, &turn[0], &turn[1]);
            turn_columns(rows, columns, a, &pair, turn);
            turn_columns(columns, columns, v, &pair, turn);
            has_turned = true;
        }
    }
    return has_turned;
}

void matrix_singular_values(int rows, int columns, double *a, double *s, double *v) {
    for (int cell = 0; cell < columns * columns; ++cell) {
        v[cell] = cell % (columns + 1) == 0 ? 1.0 : 0.0;
    }
    for (int count = 0; count < SWEEPS_MAX && sweep(rows, columns, a, v); ++count) {
    }
    for (int column = 0; column < columns; ++column) {
        double squared = 0.0;
        for (int row = 0; row < rows; ++row) {
            squared += a[row * columns + column] * a[row * columns + column];
        }
        s[column] = sqrt(squared);
        for (int row = 0; row < rows && s[column] > 0.0; ++row) {
            a[row * columns + column] /= s[column];
        }
    }
}

bool matrix_factor_positive(int size, double *a) {
    double largest = 0.0;
    for (int row = 0; row < size; ++row) {
        largest = fmax(largest, a[row * size + row]);
    }
    for (int column = 0; column < size; ++column) {
        for (int row = column; row < size; ++row) {
            double sum = a[row * size + column];
            for (int inner = 0; inner < column; ++inner) {
                sum -= a[row * size + inner] * a[column * size + inner];
            }
            if (row > column) {
                a[row * size + column] = sum / a[column * size + column];
            } else if (sum > least_pivot * largest) {
                a[row * size + row] = sqrt(sum);
            } else {
                return false;
            }
        }
    }
    return true;
}

void matrix_solve_factored(int size, const double *factor, double *b) {
    for (int row = 0; row < size; ++row) {
        for (int inner = 0; inner < row; ++inner) {
            b[row] -= factor[row * size + inner] * b[inner];
        }
        b[row] /= factor[row * size + row];
    }
    for (int row = size - 1; row >= 0; --row) {
        for (int inner = row + 1; inner < size; ++inner) {
            b[row] -= factor[inner * size + row] * b[inner];
        }
        b[row] /= factor[row * size + row];
    }
}
