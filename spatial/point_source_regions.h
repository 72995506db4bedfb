#ifndef SPATIAL_POINT_SOURCE_REGIONS_H
#define SPATIAL_POINT_SOURCE_REGIONS_H
/* The regions of the point source panner: how the sphere is cut for a layout. */
#include "render/base/error.h"
#include "render/model/direction.h"
#include "render/model/layout.h"

/* One bit a point: loudspeakers, extra ones above and below, the two poles. */
enum { REGION_POINTS = 64, REGION_CORNERS = 32 };

typedef enum RegionKind { REGION_RING, REGION_TRIANGLE, REGION_QUAD } RegionKind;

typedef struct Triangle { /* gain k = rows[k] . direction */
    Direction rows[3];
} Triangle;

typedef struct Region {
    RegionKind kind;
    int corner_count;
    int corners[REGION_CORNERS]; /* points, in order around the region */
    /* Triangle: itself. Ring: corner k, corner k + 1, virtual centre; [corner_count]. */
    const Triangle *triangles;
    double share; /* ring: of the centre's gain to each corner, 1/sqrt(n) */
    /* Quad: its corners, and the terms a, b, c of the polynomials (6.1.2.2). */
    Direction quad[4], across[3], along[3];
} Region;

typedef struct RegionSet {
    const Region *regions; /* rings first */
    int region_count;
    int channel[REGION_POINTS]; /* in which a point sounds */
} RegionSet;

/* layout: of three loudspeakers or more. E213: too many, or all in one plane. */
Status regions_create(const Layout *layout, Arena *arena, RegionSet *set, ErrorList *errors);

#endif
