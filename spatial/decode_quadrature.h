#ifndef SPATIAL_DECODE_QUADRATURE_H
#define SPATIAL_DECODE_QUADRATURE_H
/* Ambisonic decoders made from a panner: virtual loudspeakers on 2 x 5200 even points, each through
 * the panner; decoder_matrix.h is what others call. */
#include "render/base/arena.h"
#include "render/model/direction.h"

/* gains: [channel_count] of a source at a direction. */
typedef struct PointPanner {
    void (*gains)(void *context, Direction at, double *gains);
    void *context;
} PointPanner;

/* matrix: [channel_count][(order + 1)^2] for N3D input: G Y^T / 10400, not yet scaled to a level.
 * BS.2127-1, 9.2 (its points are another set: 2e-4 apart); Zotter and Frank 2012. */
void decode_by_quadrature(
    const PointPanner *panner, int order, int channel_count, Arena *arena, double *matrix);

#endif
