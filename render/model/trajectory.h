#ifndef RENDER_MODEL_TRAJECTORY_H
#define RENDER_MODEL_TRAJECTORY_H
/* Where a layer is at a time: a pure function of absolute time.
 *
 * Law: trajectory_at depends on the points and the time only.
 */
#include <stdbool.h>

#include "render/base/rational.h"
#include "render/base/units.h"
#include "render/model/direction.h"
#include "render/model/object_state.h"

typedef enum PathCurve { PATH_LINEAR, PATH_SPLINE, PATH_HOLD } PathCurve;

typedef struct PathPoint {
    SampleTime time;     /* the nearest sample */
    double rest_samples; /* exact time minus `time`: frames and cents of seconds lie between */
    ObjectState state;
} PathPoint;

struct Trajectory;

/* The begin of a run that rests before it. */
#define PATH_ALWAYS (INT64_MIN / 2)

typedef struct PathRun { /* from `begin` to the next one: another trajectory, so much later */
    SampleTime begin, later_samples;
    const struct Trajectory *of; /* has no runs of its own */
} PathRun;

typedef struct Trajectory { /* one point: static. Holds the first point before, the last after. */
    const PathPoint *points;
    int point_count; /* >= 1, all of them in the cube, or none; exact times ascending, two of one
                        time are a jump */
    PathCurve curve;
    /* Where a place in the cube lies for buses that know directions only; may be NULL when no point
     * is in the cube. Implemented in spatial/cube_conversion.c. */
    Position (*polar_of)(const double place[3]);
    /* A path that was cut: where it is at a time is said here, the points are those of it that are
     * seen, and where it was cut. */
    const PathRun *runs;
    int run_count;
} Trajectory;

/* The nearest sample of a time in seconds, and what is left of it. */
void path_point_set_time(PathPoint *point, Rational seconds, int rate_hz);

/* linear: great circle between the two directions, distance linear; in the cube a straight line.
 * spline: centripetal Catmull-Rom on the Cartesian points (passes through every point). Distance
 * never below 0.05 m. Azimuth -180 .. 180. */
Position trajectory_at(const Trajectory *trajectory, SampleTime time);
/* All of the object: extent, divergence, diffuseness and gain go in straight lines (gain in dB) in
 * both curves; lock and zones are those of the point before. */
ObjectState trajectory_object_at(const Trajectory *trajectory, SampleTime time);

/* What all places between two points of a linear path have in common, kept from one time to the
 * next; of one trajectory. It changes no bit. */
typedef struct PathLeg {
    bool is_known;
    int point; /* the one before */
    const struct Trajectory *of;
    bool has_arc;
    DirectionArc arc; /* linear: to the next point */
} PathLeg;

/* The same where times follow one another: half the cost. leg: {0} before the first. */
ObjectState trajectory_object_along(const Trajectory *trajectory, SampleTime time, PathLeg *leg);
/* Between two points of a linear path that is not in the cube: the direction itself, for who would
 * only make one of the angles again. state: all of the object but azimuth and elevation. False:
 * elsewhere, take trajectory_object_along. */
bool trajectory_towards_along(
    const Trajectory *trajectory, SampleTime time, PathLeg *leg, ObjectState *state, Direction *at);
/* The object at a point, at its exact time. */
ObjectState trajectory_object_of_point(const Trajectory *trajectory, int point);
/* The last point at or before the time; -1: none. */
int trajectory_point_before(const Trajectory *trajectory, SampleTime time);
/* From the listener; in the cube the length of (x, y, z), 1 to the middle of a wall. */
double trajectory_distance_m(const ObjectState *state);
/* How far the time is behind the exact time of the point. */
double trajectory_samples_since(const Trajectory *trajectory, int point, SampleTime time);
int trajectory_moves(const Trajectory *trajectory); /* 0: one state for ever */
/* The same place, shape and manner. */
bool trajectory_is_same(const ObjectState *a, const ObjectState *b);

#endif
