#ifndef JOBS_RECUT_PATH_H
#define JOBS_RECUT_PATH_H
/* A path of the cut before in the new one: at each sample that both show it is in the same place.
 */
#include "jobs/recut_lane.h"
#include "render/model/trajectory.h"

/* Where a change leaves a step, the short way of the length of a splice; through new picture the
 * way from the place before it to the one behind it. A path of held points jumps. */
Trajectory recut_path(const Recut *recut, const Trajectory *old, Arena *arena);

#endif
