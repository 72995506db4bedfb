#ifndef RENDER_MODEL_TRAJECTORY_H
#define RENDER_MODEL_TRAJECTORY_H
/* Where a layer is at a time: a pure function of absolute time.
 *
 * Law: trajectory_at depends on the points and the time only.
 */
#include "render/base/units.h"
#include "render/model/layout.h"

typedef enum PathCurve { PATH_LINEAR, PATH_SPLINE, PATH_HOLD } PathCurve;

typedef struct PathPoint {
    SampleTime time;
    Position position;
} PathPoint;

typedef struct Trajectory { /* one point: static. Holds the first point before, the last after. */
    const PathPoint *points;
    int point_count; /* >= 1, times ascending */
    PathCurve curve;
} Trajectory;

/* linear: great circle between the two directions, distance linear. spline: centripetal Catmull-Rom
 * on the Cartesian points (passes through every point). Distance never below 0.05 m. Azimuth -180
 * .. 180. */
Position trajectory_at(const Trajectory *trajectory, SampleTime time);
int trajectory_moves(const Trajectory *trajectory); /* 0: one place for ever */

#endif
