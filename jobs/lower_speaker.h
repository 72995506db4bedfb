#ifndef JOBS_LOWER_SPEAKER_H
#define JOBS_LOWER_SPEAKER_H
/* A layer that is one channel of a layout: a file of a multi-mono set. It goes to its loudspeaker
 * by name, as the channel of a bed would, and stands at that place in every other bus. */
#include "jobs/job.h"

/* The layout of that one channel, NULL when the layer is none: `layout` says of which set it is,
 * else any that has the label. E301 no such loudspeaker, E415 a file of more than one channel. */
Status lower_speaker_layout(const JobSpec *job,
                            const JobLayer *written,
                            int channel_count,
                            Arena *arena,
                            const Layout **layout,
                            ErrorList *errors);

/* Puts the path there, behind lower_path. E208 beside a pan or path. */
Status
lower_speaker_place(const JobLayer *written, Arena *arena, MixLayer *layer, ErrorList *errors);

#endif
