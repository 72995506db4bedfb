#ifndef SPATIAL_HRTF_IMAGE_H
#define SPATIAL_HRTF_IMAGE_H
/* A set of head-related responses as one block of memory, which can be kept and read again.
 * For hrtf*.c only.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/base/arena.h"
#include "render/dsp/ear_kernels.h"
#include "spatial/hrtf.h"

enum {
    SEED_CELLS_A_SIDE = 8, /* of the cube around the sphere */
    SEED_CELLS = SEED_CELLS_A_SIDE * SEED_CELLS_A_SIDE * SEED_CELLS_A_SIDE
};

typedef struct HrtfHead {
    int32_t point_count; /* with synthetic poles */
    int32_t triangle_count;
    int32_t aligned_samples; /* of a response without its delay */
    int32_t tap_count;
    double level_offset_db;
    int64_t unused[5]; /* fills 64 bytes */
} HrtfHead;

typedef struct HrtfTriangle {
    int32_t points[3];
    int32_t neighbours[3]; /* triangle beyond the side opposite to each point */
    Direction rows[3];     /* weight k of a direction = rows[k] . direction */
} HrtfTriangle;

struct HrtfSet {
    HrtfHead *head;
    HrtfTriangle *triangles; /* [triangle_count] */
    double *onsets_samples;  /* [point_count][EAR_COUNT] after the earliest */
    int32_t *seeds;          /* [SEED_CELLS] a triangle near each cell */
    float *aligned;          /* [point_count][EAR_COUNT][aligned_samples] */
    void *image;             /* all of the above, one behind the other */
    size_t image_bytes;
    const EarKernels *kernels;
};

/* A set with room for what the head counts. */
HrtfSet *hrtf_image_create(const HrtfHead *head, Arena *arena);
/* A set from the bytes of another one's image, which are copied. NULL: they are none. */
HrtfSet *hrtf_image_read(const void *bytes, size_t size_bytes, Arena *arena);

#endif
