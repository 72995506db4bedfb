#ifndef SPATIAL_HRTF_FIND_H
#define SPATIAL_HRTF_FIND_H
/* Which triangle of measured directions a direction lies in. For hrtf*.c only. */
#include "spatial/hrtf_image.h"

typedef struct Mixture { /* three points and their weights, sum 1 */
    const int32_t *points;
    double weights[3];
} Mixture;

/* A triangle near each cell of the cube, from which searches start. Triangles are linked already.
 */
void hrtf_find_seeds(HrtfSet *set);
/* at: unit length. */
Mixture hrtf_find_mixture(const HrtfSet *set, Direction at);

#endif
