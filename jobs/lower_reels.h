#ifndef JOBS_LOWER_REELS_H
#define JOBS_LOWER_REELS_H
/* The timeline as a deliverable cuts and stamps it, and the names of places in it. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* Markers inside the timeline, scenes and cues. */
void lower_notes(const JobSpec *job, Arena *arena, Mix *mix);

/* Rate, length and reels of a deliverable. E310: a reel ends after the programme. */
Status lower_reels(const JobSpec *job,
                   const JobDeliverable *written,
                   const Mix *mix,
                   Arena *arena,
                   MixDeliverable *deliverable,
                   ErrorList *errors);

#endif
