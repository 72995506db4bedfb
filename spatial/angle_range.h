#ifndef SPATIAL_ANGLE_RANGE_H
#define SPATIAL_ANGLE_RANGE_H
/* Ranges of azimuth as BS.2127 counts them. */
#include <math.h>
#include <stdbool.h>

/* The smallest angle not below `least_deg` that points where angle_deg points. */
static inline double angle_not_below(double angle_deg, double least_deg) {
    return angle_deg - 360.0 * floor((angle_deg - least_deg) / 360.0);
}

/* Whether the angle lies on the way from from_deg anticlockwise to to_deg, widened by
 * tolerance_deg at both ends. -180 .. 180 is the whole circle, 180 .. 180 one direction.
 * BS.2127-1, 6.2 (inside_angle_range). */
static inline bool
angle_is_within(double angle_deg, double from_deg, double to_deg, double tolerance_deg) {
    const double least_deg = angle_not_below(to_deg, from_deg);
    const double end_deg =
        least_deg == from_deg && to_deg > from_deg ? least_deg + 360.0 : least_deg;
    return angle_not_below(angle_deg, from_deg - tolerance_deg) <= end_deg + tolerance_deg;
}

#endif
