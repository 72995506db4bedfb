#ifndef SPATIAL_SMALL_MATRIX_H
#define SPATIAL_SMALL_MATRIX_H
/* Linear algebra of matrices of a few dozen rows, with the same bits everywhere.
 *
 * Only + - * / and sqrt, in a fixed order: a decoder may reach a sample, and libraries choose code
 * by CPU. Matrices are rows one after another.
 */
#include <stdbool.h>

/* a = u diag(s) v^T with rows >= columns. a: [rows][columns], becomes u (columns of length 1, or 0
 * where s is 0); s: [columns], not sorted; v: [columns][columns]. One-sided Jacobi, Hestenes 1958;
 * errors of 1e-15 s_max. */
void matrix_singular_values(int rows, int columns, double *a, double *s, double *v);

/* The Cholesky factor of a symmetric matrix in place: lower triangle. a: [size][size]. False: a is
 * not positive, to 1e-12 of its largest diagonal. */
bool matrix_factor_positive(int size, double *a);
/* Solves factor factor^T x = b in place. b: [size]. */
void matrix_solve_factored(int size, const double *factor, double *b);

#endif
