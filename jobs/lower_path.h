#ifndef JOBS_LOWER_PATH_H
#define JOBS_LOWER_PATH_H
/* Where a layer is and what it is there: pan and path as points of a trajectory. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* Whether all of a moving path is written in times of the cut before (`conform`). */
bool lower_path_is_old(const JobSpec *job, const JobLayer *written);

/* One of the cut before stays in its own times, for recut_path. Sets path and is_object of a layer
 * whose layout is known. E208: what its layout, its panner or the other points do not allow. */
Status lower_path(
    const JobSpec *job, const JobLayer *written, Arena *arena, MixLayer *layer, ErrorList *errors);

#endif
