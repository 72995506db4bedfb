/* Angles to unit vectors and back, and the great circle between two directions. */
#include "render/model/direction.h"

#include <stdbool.h>

#include "render/base/units.h"

/* Shorter than this, the perpendicular part of an end is rounding and gives no plane. */
static const double shortest_perpendicular = 1e-9;

/* Reduced to +-45 degrees in degrees, where the reduction is exact. */
static void turn(double angle_deg, double *cosine, double *sine) {
    const double quarters = rint(angle_deg / 90.0);
    const double rest_rad = rad_from_deg(angle_deg - 90.0 * quarters);
    double rest_cosine = 1.0;
    double rest_sine = 0.0;
    exact_sin_cos(rest_rad, &rest_sine, &rest_cosine);
    const int quarter = (int)(quarters - 4.0 * floor(quarters / 4.0));
    const double cosines[] = {rest_cosine, -rest_sine, -rest_cosine, rest_sine};
    const double sines[] = {rest_sine, rest_cosine, -rest_sine, -rest_cosine};
    *cosine = cosines[quarter];
    *sine = sines[quarter];
}

/* A unit vector at right angles to `from`, on the clockwise side of it. */
static Direction clockwise_of(Direction from) {
    const Direction across = {from.y, -from.x, 0.0};
    return direction_normalise(across);
}

Direction direction_of(double azimuth_deg, double elevation_deg) {
    double azimuth_cosine;
    double azimuth_sine;
    double elevation_cosine;
    double elevation_sine;
    turn(azimuth_deg, &azimuth_cosine, &azimuth_sine);
    turn(elevation_deg, &elevation_cosine, &elevation_sine);
    return (Direction){elevation_cosine * azimuth_cosine, elevation_cosine * azimuth_sine,
                       elevation_sine};
}

double direction_azimuth_deg(Direction at) {
    const bool is_pole = at.x == 0.0 && at.y == 0.0;
    return is_pole ? 0.0 : deg_from_rad(exact_atan2(at.y, at.x));
}

double direction_elevation_deg(Direction at) {
    return deg_from_rad(exact_atan2(at.z, sqrt(at.x * at.x + at.y * at.y)));
}

Direction direction_normalise(Direction at) {
    const double length = direction_length(at);
    return length > 0.0 ? direction_scale(at, 1.0 / length) : (Direction){1.0, 0.0, 0.0};
}

DirectionArc direction_arc(Direction from, Direction to) {
    const double cosine = direction_dot(from, to);
    const Direction rest = direction_subtract(to, direction_scale(from, cosine));
    const double sine = direction_length(rest);
    if (sine < shortest_perpendicular && cosine > 0.0) {
        return (DirectionArc){.from = from};
    }
    return (DirectionArc){.from = from,
                          .side = sine < shortest_perpendicular ? clockwise_of(from)
                                                                : direction_scale(rest, 1.0 / sine),
                          .angle_rad = exact_atan2(sine, cosine)};
}

Direction direction_along(const DirectionArc *arc, double u) {
    double sine = 0.0;
    double cosine = 1.0;
    if (arc->angle_rad == 0.0) {
        return arc->from;
    }
    exact_sin_cos(u * arc->angle_rad, &sine, &cosine);
    return direction_normalise(
        direction_add(direction_scale(arc->from, cosine), direction_scale(arc->side, sine)));
}

Direction direction_slerp(Direction from, Direction to, double u) {
    const DirectionArc arc = direction_arc(from, to);
    return direction_along(&arc, u);
}
