#ifndef JOBS_LOWER_SNAP_H
#define JOBS_LOWER_SNAP_H
/* The measured onset of a sound goes to the nearest place of a grid. */
#include "jobs/job.h"
#include "render/base/arena.h"
#include "render/model/mix.h"

/* Of a layer of one clip that is placed and not yet nudged: moves its start by whole samples and
 * notes the way in snap_shift_samples. The onset is the first sample that reaches snap.detect below
 * the peak of what is played; silence stays where it is. Reads the file. E301: no marker; E319: no
 * tempo map; else as sound_read. */
Status lower_snap(const JobSpec *job,
                  const JobLayer *written,
                  const MixFile *file,
                  MixLayer *layer,
                  ErrorList *errors);

#endif
