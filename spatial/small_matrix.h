#ifndef SPATIAL_SMALL_MATRIX_H
#define SPATIAL_SMALL_MATRIX_H
/* Linear algebra of matrices of a few dozen rows, with the same bits everywhere.
 *
 * Only + - * / and sqrt, in a fixed order: a decoder may reach a sample, and libraries choose code
 * by CPU. Matrices are rows one after another.
 */
#include "render/base/error.h"

/* a = u diag(s) v^T with rows >= columns. a: [rows][columns], becomes u (columns of length 1, or 0
 * where s is 0); s: [columns], not sorted; v: [columns][columns]. One-sided Jacobi, Hestenes 1958;
 * errors of 1e-15 s_max. */
void matrix_singular_values(int rows, int columns, double *a, double *s, double *v);

/* Solves a x = b for every row of b in place. a: [size][size], symmetric and positive, becomes its
 * Cholesky factor; b: [count][size]. E420 when a is not positive. */
Status matrix_solve_positive(int size, double *a, int count, double *b, ErrorList *errors);

#endif
