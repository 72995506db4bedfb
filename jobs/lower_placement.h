#ifndef JOBS_LOWER_PLACEMENT_H
#define JOBS_LOWER_PLACEMENT_H
/* Where a layer lies in its file and on the timeline. */
#include "jobs/job.h"
#include "render/base/arena.h"
#include "render/model/mix.h"

/* Clips, speed, snap and nudge become samples. E414: behind the end of the file; else as
 * lower_snap. */
Status lower_placement(const JobSpec *job,
                       const JobLayer *written,
                       const MixFile *file,
                       Arena *arena,
                       MixLayer *layer,
                       ErrorList *errors);

/* DECISIONS 11: layers end at the end of the programme, faded there if they fade. */
void lower_placement_cut(MixLayer *layer, SampleTime programme_end);

#endif
