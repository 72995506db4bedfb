#ifndef SPATIAL_MAGLS_H
#define SPATIAL_MAGLS_H
/* Ambisonic channels to two ears by least squares: of the responses where ears compare phases, of
 * their magnitudes above.
 *
 *     const MaglsShape shape = {.order = 3, .tap_count = 512, .cutoff_hz = 1500.0};
 *     TRY(sofa_read(path, arena, &grid, errors));
 *     TRY(magls_responses(&grid, &shape, arena, responses, errors));
 *
 * A limited order cannot follow the phases of high frequencies; who asks it to loses level and
 * colour. Above the cutoff each bin takes the phase that the bin below it has decoded, and fits the
 * magnitudes alone. Schoerkhuber, Zaunschirm and Hoeldrich 2018, Binaural Rendering of Ambisonic
 * Signals via Magnitude Least Squares.
 */
#include "spatial/sofa.h"

typedef struct MaglsShape {
    int order;         /* 0 .. 7, as far as the grid carries it */
    int tap_count;     /* even, at least as long as the measured responses */
    double cutoff_hz;  /* at or above half the rate: plain least squares */
    double covariance; /* 0 .. 1: how much of the diffuse-field covariance of the ears is restored,
                          bin by bin (1 lifts high frequencies of low orders) */
} MaglsShape;

/* responses: [(order + 1)^2][EAR_COUNT][tap_count] at the grid's rate, for SN3D input in ACN order,
 * without any common delay removed. All directions weigh the same. E420: the responses are longer
 * than tap_count; E421: too few directions for the order. Cost: directions x taps^2. */
Status magls_responses(const HrirGrid *grid,
                       const MaglsShape *shape,
                       Arena *arena,
                       double *responses,
                       ErrorList *errors);

#endif
