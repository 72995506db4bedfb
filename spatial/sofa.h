#ifndef SPATIAL_SOFA_H
#define SPATIAL_SOFA_H
/* Measured head-related impulse responses, as a SOFA file holds them (AES69 SimpleFreeFieldHRIR).
 */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/model/direction.h"

enum { EAR_COUNT = 2 }; /* left, right */

typedef struct HrirGrid {
    const Direction *directions;  /* [count], no two alike: the farthest measurement of each */
    const float *samples;         /* [count][EAR_COUNT][length_samples] at rate_hz */
    const double *delays_samples; /* [count][EAR_COUNT] Data.Delay, at rate_hz */
    int count, length_samples, rate_hz;
} HrirGrid;

/* Everything lives in the arena. Errors name the file: E420 other convention, receivers or sizes,
 * E421 no direction, E423 NaN, infinity or values beyond 10000, E426 not readable as SOFA. */
Status sofa_read(const char *path, Arena *arena, HrirGrid *grid, ErrorList *errors);

#endif
