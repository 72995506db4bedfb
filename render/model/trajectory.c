/* Where a layer is at a time: hold, great circle or Catmull-Rom through the points of its path.
 *
 * Law: a position is computed from the points around the time alone, never from the one before.
 */
#include "render/model/trajectory.h"

#include <stdbool.h>

#include "render/model/direction.h"

/* Nearer than this a source would sit inside the head and have no direction. */
static const double nearest_distance_m = 0.05;
/* Two points closer than this count as one: the knots of the spline must stay apart. */
static const double shortest_chord_m = 1e-6;

static double wrap_azimuth_deg(double azimuth_deg) {
    if (azimuth_deg >= -180.0 && azimuth_deg <= 180.0) {
        return azimuth_deg;
    }
    return azimuth_deg - 360.0 * floor((azimuth_deg + 180.0) / 360.0);
}

static Position tidy(Position at) {
    at.azimuth_deg = wrap_azimuth_deg(at.azimuth_deg);
    at.distance_m = at.distance_m > nearest_distance_m ? at.distance_m : nearest_distance_m;
    return at;
}

static Direction point_direction(const Trajectory *trajectory, int point) {
    const Position *const at = &trajectory->points[point].position;
    return direction_of(at->azimuth_deg, at->elevation_deg);
}

static Direction point_place(const Trajectory *trajectory, int point) {
    const double distance_m = tidy(trajectory->points[point].position).distance_m;
    return direction_scale(point_direction(trajectory, point), distance_m);
}

static double mix(double from, double to, double u) {
    return from + u * (to - from);
}

/* Spread is linear in both curves. */
static Position position_at(Direction at, double distance_m, double spread_deg) {
    return tidy(
        (Position){direction_azimuth_deg(at), direction_elevation_deg(at), distance_m, spread_deg});
}

static Position linear_at(const Trajectory *trajectory, int point, double u) {
    const Position *const from = &trajectory->points[point].position;
    const Position *const to = &trajectory->points[point + 1].position;
    const Direction at = direction_slerp(point_direction(trajectory, point),
                                         point_direction(trajectory, point + 1), u);
    return position_at(at, mix(tidy(*from).distance_m, tidy(*to).distance_m, u),
                       mix(from->spread_deg, to->spread_deg, u));
}

/* Beyond the ends: the neighbour mirrored at the end point. */
static Direction spline_place(const Trajectory *trajectory, int point) {
    const int last = trajectory->point_count - 1;
    if (point >= 0 && point <= last) {
        return point_place(trajectory, point);
    }
    const int end = point < 0 ? 0 : last;
    const int inner = point < 0 ? 1 : last - 1;
    return direction_subtract(direction_scale(point_place(trajectory, end), 2.0),
                              point_place(trajectory, inner));
}

/* Centripetal: the knots are the square root of the chord apart (Barry and Goldman 1988; Yuksel et
 * al. 2011). */
static double knot_step(Direction from, Direction to) {
    const double chord_m = direction_length(direction_subtract(to, from));
    return sqrt(chord_m > shortest_chord_m ? chord_m : shortest_chord_m);
}

static Direction blend(Direction from, Direction to, double u) {
    return direction_add(direction_scale(from, 1.0 - u), direction_scale(to, u));
}

static Direction spline_blend(const Direction places[4], double u) {
    const double before = knot_step(places[0], places[1]);
    const double step = knot_step(places[1], places[2]);
    const double behind = knot_step(places[2], places[3]);
    const double t = u * step; /* knots at -before, 0, step, step + behind */
    const Direction a = blend(places[0], places[1], (t + before) / before);
    const Direction b = blend(places[1], places[2], u);
    const Direction c = blend(places[2], places[3], (t - step) / behind);
    const Direction ab = blend(a, b, (t + before) / (before + step));
    const Direction bc = blend(b, c, t / (step + behind));
    return blend(ab, bc, u);
}

static Position spline_at(const Trajectory *trajectory, int point, double u) {
    Direction places[4];
    for (int place = 0; place < 4; ++place) {
        places[place] = spline_place(trajectory, point - 1 + place);
    }
    const Direction at = spline_blend(places, u);
    const double distance_m = direction_length(at);
    const double spread_deg = mix(trajectory->points[point].position.spread_deg,
                                  trajectory->points[point + 1].position.spread_deg, u);
    if (distance_m < nearest_distance_m) { /* through the listener: around, not across */
        return position_at(direction_slerp(point_direction(trajectory, point),
                                           point_direction(trajectory, point + 1), u),
                           distance_m, spread_deg);
    }
    return position_at(at, distance_m, spread_deg);
}

/* The last point at or before the time; the caller has excluded what lies outside. */
static int point_before(const Trajectory *trajectory, SampleTime time) {
    int low = 0;
    int high = trajectory->point_count - 1;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (trajectory->points[middle].time <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

Position trajectory_at(const Trajectory *trajectory, SampleTime time) {
    const int last = trajectory->point_count - 1;
    if (time <= trajectory->points[0].time) {
        return tidy(trajectory->points[0].position);
    }
    if (time >= trajectory->points[last].time) {
        return tidy(trajectory->points[last].position);
    }
    const int point = point_before(trajectory, time);
    const PathPoint *const from = &trajectory->points[point];
    if (trajectory->curve == PATH_HOLD || time == from->time) {
        return tidy(from->position);
    }
    const double u =
        (double)(time - from->time) / (double)(trajectory->points[point + 1].time - from->time);
    return trajectory->curve == PATH_LINEAR ? linear_at(trajectory, point, u)
                                            : spline_at(trajectory, point, u);
}

int trajectory_moves(const Trajectory *trajectory) {
    const Position *const first = &trajectory->points[0].position;
    for (int point = 1; point < trajectory->point_count; ++point) {
        const Position *const at = &trajectory->points[point].position;
        const bool is_same =
            at->azimuth_deg == first->azimuth_deg && at->elevation_deg == first->elevation_deg &&
            at->distance_m == first->distance_m && at->spread_deg == first->spread_deg;
        if (!is_same) {
            return 1;
        }
    }
    return 0;
}
