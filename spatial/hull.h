#ifndef SPATIAL_HULL_H
#define SPATIAL_HULL_H
/* The convex hull of directions: the triangles between loudspeakers or measurements.
 *
 * Points on the unit sphere are all corners of their hull, so every direction lies in one triangle
 * as soon as the hull holds the listener. Incremental construction in the order of the points:
 * same points, same triangles. Cost: points x triangles.
 */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/model/direction.h"

typedef struct HullTriangle {
    int corner[3];    /* anticlockwise seen from outside */
    Direction normal; /* unit length, outwards */
    double offset;    /* of the plane from the listener along the normal; > 0: listener inside */
} HullTriangle;

typedef struct Hull {
    const HullTriangle *triangles;
    int triangle_count; /* 0: all points in one plane */
} Hull;

/* points: unit vectors, no two alike. */
Hull hull_of(const Direction *points, int point_count, Arena *arena);
/* Whether the listener lies inside, so that every direction meets a triangle. */
bool hull_encloses_listener(const Hull *hull);

/* rows of the inverse of the matrix of the three corners: weight k of a direction = row[k] . at.
 * All weights are >= 0 inside the triangle's cone. */
void triangle_inverse(const Direction corners[3], Direction rows[3]);

#endif
