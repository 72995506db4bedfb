#ifndef RENDER_MODEL_DIRECTION_H
#define RENDER_MODEL_DIRECTION_H
/* Unit vectors on the sphere around the listener: x to the front, y to the left, z up (SOFA frame).
 *
 *     Direction front = direction_of(0.0, 0.0);          // (1, 0, 0)
 *     Direction between = direction_slerp(front, direction_of(90.0, 0.0), 0.5);
 *     double azimuth_deg = direction_azimuth_deg(between);   // 45
 */
#include <math.h>

typedef struct Direction {
    double x, y, z;
} Direction;

static inline double direction_dot(Direction a, Direction b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline Direction direction_cross(Direction a, Direction b) {
    return (Direction){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static inline Direction direction_scale(Direction a, double factor) {
    return (Direction){a.x * factor, a.y * factor, a.z * factor};
}

static inline Direction direction_add(Direction a, Direction b) {
    return (Direction){a.x + b.x, a.y + b.y, a.z + b.z};
}

static inline Direction direction_subtract(Direction a, Direction b) {
    return (Direction){a.x - b.x, a.y - b.y, a.z - b.z};
}

static inline double direction_length(Direction a) {
    return sqrt(direction_dot(a, a));
}

/* Exact 0 and +-1 at multiples of 90 degrees. Any azimuth; elevation -90 .. 90. */
Direction direction_of(double azimuth_deg, double elevation_deg);
/* Any length > 0. -180 .. 180, 0 at the poles. */
double direction_azimuth_deg(Direction at);
double direction_elevation_deg(Direction at); /* -90 .. 90 */
/* Unit length; the front for a vector without length. */
Direction direction_normalise(Direction at);

/* The great circle between two unit vectors: what all of its directions have in common. */
typedef struct DirectionArc {
    Direction from, side; /* at right angles */
    double angle_rad;     /* 0: both ends are one */
} DirectionArc;

/* Opposite ends: clockwise seen from above. */
DirectionArc direction_arc(Direction from, Direction to);
Direction direction_along(const DirectionArc *arc, double u); /* u 0 .. 1 */
Direction direction_slerp(Direction from, Direction to, double u);

#endif
