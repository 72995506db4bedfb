#ifndef JOBS_JOB_TEMPO_H
#define JOBS_JOB_TEMPO_H
/* Written tempo points become tempo maps: of the job, and of each cue. */
#include "jobs/job.h"

/* Fills in the maps. E203 no points, E208 a member in the wrong place, E211, E313, E314. */
void job_tempo_build(JobSpec *job, Arena *arena, ErrorList *errors);

#endif
