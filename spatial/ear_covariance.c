/* Covariance matching of two ears: Cholesky factors and the nearest unitary matrix, all 2 x 2. */
#include "spatial/ear_covariance.h"

#include <math.h>

/* Ears whose determinant is this small against their powers hear one signal. */
static const double least_determinant = 1e-12;

static EarMatrix multiply(const EarMatrix *a, const EarMatrix *b) {
    EarMatrix product;
    for (int cell = 0; cell < 4; ++cell) {
        const int row = cell / 2;
        const int column = cell % 2;
        product.cells[row][column] =
            complex_add(complex_multiply(a->cells[row][0], b->cells[0][column]),
                        complex_multiply(a->cells[row][1], b->cells[1][column]));
    }
    return product;
}

static EarMatrix adjoint(const EarMatrix *a) { /* conjugate transpose */
    return (EarMatrix){
        {{complex_conjugate(a->cells[0][0]), complex_conjugate(a->cells[1][0])},
         {complex_conjugate(a->cells[0][1]), complex_conjugate(a->cells[1][1])}}
    };
}

static Complex determinant(const EarMatrix *a) {
    return complex_add(complex_multiply(a->cells[0][0], a->cells[1][1]),
                       complex_scale(complex_multiply(a->cells[0][1], a->cells[1][0]), -1.0));
}

/* inverse times determinant */
static EarMatrix adjugate(const EarMatrix *a) {
    return (EarMatrix){
        {{a->cells[1][1], complex_scale(a->cells[0][1], -1.0)},
         {complex_scale(a->cells[1][0], -1.0), a->cells[0][0]}}
    };
}

/* x with x^H x = r, upper triangular. */
static bool factor(const EarCovariance *r, EarMatrix *x) {
    const double squared = r->cross.real * r->cross.real + r->cross.imaginary * r->cross.imaginary;
    const double rest = r->left * r->right - squared;
    if (!(rest > least_determinant * r->left * r->right)) {
        return false;
    }
    const double first = sqrt(r->left);
    *x = (EarMatrix){
        {{{first, 0.0}, complex_scale(r->cross, 1.0 / first)},
         {{0.0, 0.0}, {sqrt(rest / r->left), 0.0}}}
    };
    return true;
}

/* V U^H of b = V S U^H: (b + |det b| b^-H) / (s1 + s2). */
static EarMatrix nearest_unitary(const EarMatrix *b) {
    const Complex turned = determinant(b);
    const double size = sqrt(turned.real * turned.real + turned.imaginary * turned.imaginary);
    const Complex phase = complex_scale(turned, 1.0 / size);
    const EarMatrix adjugated = adjugate(b);
    const EarMatrix other = adjoint(&adjugated);
    EarMatrix sum;
    double squares = 0.0;
    for (int cell = 0; cell < 4; ++cell) {
        const int row = cell / 2;
        const int column = cell % 2;
        const Complex value = b->cells[row][column];
        squares += value.real * value.real + value.imaginary * value.imaginary;
        sum.cells[row][column] =
            complex_add(value, complex_multiply(phase, other.cells[row][column]));
    }
    const double singular_sum = sqrt(squares + 2.0 * size);
    for (int cell = 0; cell < 4; ++cell) {
        sum.cells[cell / 2][cell % 2] =
            complex_scale(sum.cells[cell / 2][cell % 2], 1.0 / singular_sum);
    }
    return sum;
}

bool ear_covariance_match(const EarCovariance *have, const EarCovariance *wanted, EarMatrix *mix) {
    EarMatrix wanted_factor;
    EarMatrix have_factor;
    if (!factor(wanted, &wanted_factor) || !factor(have, &have_factor)) {
        return false;
    }
    /* A^H with A = have^H wanted */
    const EarMatrix wanted_adjoint = adjoint(&wanted_factor);
    const EarMatrix product = multiply(&wanted_adjoint, &have_factor);
    const EarMatrix unitary = nearest_unitary(&product);
    const EarMatrix turned = multiply(&unitary, &wanted_factor);
    const EarMatrix inverse = adjugate(&have_factor);
    EarMatrix whole = multiply(&inverse, &turned);
    const double scale = 1.0 / determinant(&have_factor).real;
    for (int cell = 0; cell < 4; ++cell) {
        whole.cells[cell / 2][cell % 2] = complex_scale(whole.cells[cell / 2][cell % 2], scale);
    }
    *mix = adjoint(&whole);
    return true;
}
