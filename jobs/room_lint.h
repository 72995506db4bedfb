#ifndef JOBS_ROOM_LINT_H
#define JOBS_ROOM_LINT_H
/* Scenes that sound as if they were in several places at once. */
#include "jobs/job.h"

/* W343: more than two rooms are mixed in a scene, as far as it shows without any audio: by the cues
 * of layers, and where the others begin. */
void lint_scene_rooms(const JobSpec *job, ErrorList *errors);

#endif
