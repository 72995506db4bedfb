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

static const ObjectState *state_of(const Trajectory *trajectory, int point) {
    return &trajectory->points[point].state;
}

static bool is_in_cube(const Trajectory *trajectory) {
    return state_of(trajectory, 0)->is_cartesian;
}

static Direction point_direction(const Trajectory *trajectory, int point) {
    const Position *const at = &state_of(trajectory, point)->position;
    return direction_of(at->azimuth_deg, at->elevation_deg);
}

static Direction point_place(const Trajectory *trajectory, int point) {
    const ObjectState *const state = state_of(trajectory, point);
    if (state->is_cartesian) {
        return (Direction){state->x, state->y, state->z};
    }
    return direction_scale(point_direction(trajectory, point), tidy(state->position).distance_m);
}

static double mix(double from, double to, double u) {
    return from + u * (to - from);
}

/* In a straight line of dB; from and to silence one of amplitude. */
static double mix_gain_db(double from_db, double to_db, double u) {
    if (from_db <= silence_db || to_db <= silence_db) {
        return db_from_gain(mix(gain_from_db(from_db), gain_from_db(to_db), u));
    }
    return mix(from_db, to_db, u);
}

/* Spread is linear in both curves. */
static Position position_at(Direction at, double distance_m, double spread_deg) {
    return tidy(
        (Position){direction_azimuth_deg(at), direction_elevation_deg(at), distance_m, spread_deg});
}

static void find_arc(const Trajectory *trajectory, int point, PathLeg *leg) {
    if (!leg->has_arc) {
        leg->has_arc = true;
        leg->arc = direction_arc(point_direction(trajectory, point),
                                 point_direction(trajectory, point + 1));
    }
}

/* Distance and spread alone. */
static Position linear_reach(const Trajectory *trajectory, int point, double u) {
    const Position *const from = &state_of(trajectory, point)->position;
    const Position *const to = &state_of(trajectory, point + 1)->position;
    return (Position){.distance_m = mix(tidy(*from).distance_m, tidy(*to).distance_m, u),
                      .spread_deg = mix(from->spread_deg, to->spread_deg, u)};
}

static Position linear_at(const Trajectory *trajectory, int point, double u, PathLeg *leg) {
    const Position reach = linear_reach(trajectory, point, u);
    find_arc(trajectory, point, leg);
    return position_at(direction_along(&leg->arc, u), reach.distance_m, reach.spread_deg);
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

static Direction spline_through(const Trajectory *trajectory, int point, double u) {
    Direction places[4];
    for (int place = 0; place < 4; ++place) {
        places[place] = spline_place(trajectory, point - 1 + place);
    }
    return spline_blend(places, u);
}

static Position spline_at(const Trajectory *trajectory, int point, double u) {
    const Direction at = spline_through(trajectory, point, u);
    const double distance_m = direction_length(at);
    const double spread_deg = mix(state_of(trajectory, point)->position.spread_deg,
                                  state_of(trajectory, point + 1)->position.spread_deg, u);
    if (distance_m < nearest_distance_m) { /* through the listener: around, not across */
        return position_at(direction_slerp(point_direction(trajectory, point),
                                           point_direction(trajectory, point + 1), u),
                           distance_m, spread_deg);
    }
    return position_at(at, distance_m, spread_deg);
}

double trajectory_distance_m(const ObjectState *state) {
    if (!state->is_cartesian) {
        return state->position.distance_m;
    }
    const double in_cube_m = direction_length((Direction){state->x, state->y, state->z});
    return in_cube_m > nearest_distance_m ? in_cube_m : nearest_distance_m;
}

double trajectory_samples_since(const Trajectory *trajectory, int point, SampleTime time) {
    const PathPoint *const of = &trajectory->points[point];
    return (double)(time - of->time) - of->rest_samples;
}

int trajectory_point_before(const Trajectory *trajectory, SampleTime time) {
    if (trajectory_samples_since(trajectory, 0, time) < 0.0) {
        return -1;
    }
    int low = 0;
    int high = trajectory->point_count;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (trajectory_samples_since(trajectory, middle, time) >= 0.0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_on_leg(const Trajectory *trajectory, SampleTime time, const PathLeg *leg) {
    return leg->is_known && leg->of == trajectory &&
           trajectory_samples_since(trajectory, leg->point, time) >= 0.0 &&
           (leg->point == trajectory->point_count - 1 ||
            trajectory_samples_since(trajectory, leg->point + 1, time) < 0.0);
}

/* The last point at or before the time, the first one before it. */
static int find_leg(const Trajectory *trajectory, SampleTime time, PathLeg *leg) {
    if (!is_on_leg(trajectory, time, leg)) {
        const int before = trajectory_point_before(trajectory, time);
        *leg =
            (PathLeg){.is_known = before >= 0, .point = before < 0 ? 0 : before, .of = trajectory};
    }
    return leg->point;
}

/* Everything but the place. */
static ObjectState mix_shapes(const ObjectState *from, const ObjectState *to, double u) {
    ObjectState state = *from;
    state.width = mix(from->width, to->width, u);
    state.height = mix(from->height, to->height, u);
    state.depth = mix(from->depth, to->depth, u);
    state.divergence = mix(from->divergence, to->divergence, u);
    state.divergence_range = mix(from->divergence_range, to->divergence_range, u);
    state.diffuse = mix(from->diffuse, to->diffuse, u);
    state.gain_db = mix_gain_db(from->gain_db, to->gain_db, u);
    return state;
}

static void set_cube_place(const Trajectory *trajectory, Direction at, ObjectState *state) {
    const double place[3] = {at.x, at.y, at.z};
    state->x = at.x;
    state->y = at.y;
    state->z = at.z;
    if (trajectory->polar_of) {
        const double spread_deg = state->position.spread_deg;
        state->position = tidy(trajectory->polar_of(place));
        state->position.spread_deg = spread_deg;
    }
}

ObjectState trajectory_object_of_point(const Trajectory *trajectory, int point) {
    ObjectState state = *state_of(trajectory, point);
    if (state.is_cartesian) {
        set_cube_place(trajectory, point_place(trajectory, point), &state);
    } else {
        state.position = tidy(state.position);
    }
    return state;
}

static ObjectState object_between(const Trajectory *trajectory, int point, double u, PathLeg *leg) {
    const bool is_linear = trajectory->curve == PATH_LINEAR;
    ObjectState state = mix_shapes(state_of(trajectory, point), state_of(trajectory, point + 1), u);
    if (is_in_cube(trajectory)) {
        const Direction at =
            is_linear ? blend(point_place(trajectory, point), point_place(trajectory, point + 1), u)
                      : spline_through(trajectory, point, u);
        set_cube_place(trajectory, at, &state);
    } else {
        state.position =
            is_linear ? linear_at(trajectory, point, u, leg) : spline_at(trajectory, point, u);
    }
    return state;
}

/* From the exact time of a point to that of the next. */
static double leg_samples(const Trajectory *trajectory, int point) {
    const PathPoint *const from = &trajectory->points[point];
    const PathPoint *const to = from + 1;
    return (double)(to->time - from->time) + (to->rest_samples - from->rest_samples);
}

/* The trajectory that says where a cut one is, and the time in it. */
static const Trajectory *find_run(const Trajectory *trajectory, SampleTime *time) {
    int low = 0;
    int high = trajectory->run_count;
    if (high == 0) {
        return trajectory;
    }
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (trajectory->runs[middle].begin <= *time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const PathRun *run = &trajectory->runs[low];
    *time = (*time > run->begin ? *time : run->begin) - run->later_samples;
    return run->of;
}

ObjectState trajectory_object_along(const Trajectory *trajectory, SampleTime time, PathLeg *leg) {
    trajectory = find_run(trajectory, &time);
    const int last = trajectory->point_count - 1;
    const int point = find_leg(trajectory, time, leg);
    const double since = trajectory_samples_since(trajectory, point, time);
    if (since <= 0.0 || point == last || trajectory->curve == PATH_HOLD) {
        return trajectory_object_of_point(trajectory, point);
    }
    return object_between(trajectory, point, since / leg_samples(trajectory, point), leg);
}

bool trajectory_towards_along(const Trajectory *trajectory,
                              SampleTime time,
                              PathLeg *leg,
                              ObjectState *state,
                              Direction *at) {
    trajectory = find_run(trajectory, &time);
    const int point = find_leg(trajectory, time, leg);
    const double since = trajectory_samples_since(trajectory, point, time);
    if (since <= 0.0 || point == trajectory->point_count - 1 || trajectory->curve != PATH_LINEAR ||
        is_in_cube(trajectory)) {
        return false;
    }
    const double u = since / leg_samples(trajectory, point);
    find_arc(trajectory, point, leg);
    *at = direction_along(&leg->arc, u);
    *state = mix_shapes(state_of(trajectory, point), state_of(trajectory, point + 1), u);
    state->position = linear_reach(trajectory, point, u);
    return true;
}

ObjectState trajectory_object_at(const Trajectory *trajectory, SampleTime time) {
    PathLeg leg = {.is_known = false};
    return trajectory_object_along(trajectory, time, &leg);
}

void path_point_set_time(PathPoint *point, Rational seconds, int rate_hz) {
    Rational samples;
    point->time = rational_to_samples(seconds, rate_hz);
    if (rational_multiply(seconds, (Rational){rate_hz, 1}, &samples)) {
        const int64_t rest = samples.numerator - point->time * samples.denominator;
        point->rest_samples = (double)rest / (double)samples.denominator;
    }
}

Position trajectory_at(const Trajectory *trajectory, SampleTime time) {
    return trajectory_object_at(trajectory, time).position;
}

static bool is_same_place(const ObjectState *a, const ObjectState *b) {
    const Position *const at = &a->position;
    const Position *const other = &b->position;
    return at->azimuth_deg == other->azimuth_deg && at->elevation_deg == other->elevation_deg &&
           at->distance_m == other->distance_m && at->spread_deg == other->spread_deg &&
           a->x == b->x && a->y == b->y && a->z == b->z;
}

static bool is_same_shape(const ObjectState *a, const ObjectState *b) {
    return a->width == b->width && a->height == b->height && a->depth == b->depth &&
           a->divergence == b->divergence && a->divergence_range == b->divergence_range &&
           a->diffuse == b->diffuse && a->gain_db == b->gain_db;
}

/* Zones of one origin are one array. */
static bool is_same_manner(const ObjectState *a, const ObjectState *b) {
    return a->is_locked == b->is_locked && a->lock_distance == b->lock_distance &&
           a->zones == b->zones && a->zone_count == b->zone_count;
}

bool trajectory_is_same(const ObjectState *a, const ObjectState *b) {
    return is_same_place(a, b) && is_same_shape(a, b) && is_same_manner(a, b);
}

int trajectory_moves(const Trajectory *trajectory) {
    for (int point = 1; point < trajectory->point_count; ++point) {
        if (!trajectory_is_same(state_of(trajectory, 0), state_of(trajectory, point))) {
            return 1;
        }
    }
    return 0;
}
