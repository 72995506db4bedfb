#ifndef JOBS_JOB_DECISIONS_H
#define JOBS_JOB_DECISIONS_H
/* `decisions`: what was decided, bound to keys of the job. */
#include "jobs/job.h"

/* E204 a day that no calendar has, E320 a key that the job does not have. */
void job_decisions_check(const JobSpec *job, Arena *arena, ErrorList *errors);

#endif
