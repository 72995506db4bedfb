/* Rotation matrices of spherical harmonics, degree by degree from the rotation of directions. */
#include "spatial/rotate_ambisonics.h"

#include <stdlib.h>
#include <string.h>

#include "spatial/harmonics.h"

enum { SIDE = 2 * HARMONIC_MAX_ORDER + 1 };

/* One degree: cells[m + n][m' + n]. */
typedef struct Degree {
    int n;
    double cells[SIDE][SIDE];
} Degree;

Rotation rotation_of_head(double yaw_deg, double pitch_deg, double roll_deg) {
    const Direction yaw = direction_of(yaw_deg, 0.0); /* x: cosine, y: sine */
    const Direction pitch = direction_of(pitch_deg, 0.0);
    const Direction roll = direction_of(roll_deg, 0.0);
    const double tilt = roll.y * pitch.y; /* x of the third axis before the yaw */
    const double lean = roll.x * pitch.y;
    return (Rotation){
        {{pitch.x * yaw.x, pitch.x * yaw.y, -pitch.y},
         {tilt * yaw.x - roll.x * yaw.y, tilt * yaw.y + roll.x * yaw.x, roll.y * pitch.x},
         {lean * yaw.x + roll.y * yaw.y, lean * yaw.y - roll.y * yaw.x, roll.x * pitch.x}}
    };
}

Rotation rotation_of_scene(double azimuth_deg) {
    return rotation_of_head(-azimuth_deg, 0.0, 0.0);
}

Direction rotation_apply(const Rotation *rotation, Direction at) {
    const double(*const r)[3] = rotation->rows;
    return (Direction){r[0][0] * at.x + r[0][1] * at.y + r[0][2] * at.z,
                       r[1][0] * at.x + r[1][1] * at.y + r[1][2] * at.z,
                       r[2][0] * at.x + r[2][1] * at.y + r[2][2] * at.z};
}

/* The harmonics of degree 1 are y, z, x. */
static Degree first_degree(const Rotation *rotation) {
    static const int axis_of[3] = {1, 2, 0};
    Degree first = {.n = 1};
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column) {
            first.cells[row][column] = rotation->rows[axis_of[row]][axis_of[column]];
        }
    }
    return first;
}

static double cell(const Degree *degree, int row, int column) {
    return degree->cells[row + degree->n][column + degree->n];
}

/* P of Ivanic and Ruedenberg: row i of degree 1 with row a of the degree below, for column b. */
static double product(const Degree *first, const Degree *below, int i, int a, int b) {
    const int n = below->n + 1;
    if (b == -n) {
        return cell(first, i, 1) * cell(below, a, 1 - n) +
               cell(first, i, -1) * cell(below, a, n - 1);
    }
    if (b == n) {
        return cell(first, i, 1) * cell(below, a, n - 1) -
               cell(first, i, -1) * cell(below, a, 1 - n);
    }
    return cell(first, i, 0) * cell(below, a, b);
}

static double term_v(const Degree *first, const Degree *below, int m, int column) {
    const double root_two = sqrt(2.0);
    if (m == 0) {
        return product(first, below, 1, 1, column) + product(first, below, -1, -1, column);
    }
    if (m == 1) {
        return root_two * product(first, below, 1, 0, column);
    }
    if (m == -1) {
        return root_two * product(first, below, -1, 0, column);
    }
    if (m > 0) {
        return product(first, below, 1, m - 1, column) - product(first, below, -1, 1 - m, column);
    }
    return product(first, below, 1, m + 1, column) + product(first, below, -1, -m - 1, column);
}

static double term_w(const Degree *first, const Degree *below, int m, int column) {
    if (m > 0) {
        return product(first, below, 1, m + 1, column) + product(first, below, -1, -m - 1, column);
    }
    return product(first, below, 1, m - 1, column) - product(first, below, -1, 1 - m, column);
}

/* A term whose factor is 0 would read outside of the degree below and is left out. */
static double next_cell(const Degree *first, const Degree *below, int m, int column) {
    const int n = below->n + 1;
    const int size = abs(m);
    const double divisor = abs(column) == n ? 2 * n * (2 * n - 1) : (n + column) * (n - column);
    const double u = sqrt((n + m) * (n - m) / divisor);
    const double v = m == 0 ? -sqrt(2.0 * (n - 1) * n / divisor) / 2.0
                            : sqrt((n + size - 1) * (n + size) / divisor) / 2.0;
    const double w = m == 0 ? 0.0 : -sqrt((n - size - 1) * (n - size) / divisor) / 2.0;
    double sum = 0.0;
    if (size < n) {
        sum += u * product(first, below, 0, m, column);
    }
    sum += v * term_v(first, below, m, column);
    if (m != 0 && size < n - 1) {
        sum += w * term_w(first, below, m, column);
    }
    return sum;
}

static Degree next_degree(const Degree *first, const Degree *below) {
    Degree next = {.n = below->n + 1};
    for (int m = -next.n; m <= next.n; ++m) {
        for (int column = -next.n; column <= next.n; ++column) {
            next.cells[m + next.n][column + next.n] = next_cell(first, below, m, column);
        }
    }
    return next;
}

static void place(const Degree *degree, int harmonic_count, double *matrix) {
    const int start = degree->n * degree->n;
    for (int row = 0; row <= 2 * degree->n; ++row) {
        for (int column = 0; column <= 2 * degree->n; ++column) {
            matrix[(start + row) * harmonic_count + start + column] = degree->cells[row][column];
        }
    }
}

void rotate_ambisonics_matrix(const Rotation *rotation, int order, double *matrix) {
    const int harmonic_count = (order + 1) * (order + 1);
    const Degree first = first_degree(rotation);
    Degree degree = first;
    memset(matrix, 0, sizeof(double) * (size_t)harmonic_count * (size_t)harmonic_count);
    matrix[0] = 1.0;
    for (int n = 1; n <= order; ++n) {
        place(&degree, harmonic_count, matrix);
        degree = n < order ? next_degree(&first, &degree) : degree;
    }
}
