#ifndef JOBS_JOB_COMPLETE_H
#define JOBS_JOB_COMPLETE_H
/* What one key of an entry means for another: defaults that depend on them, and conflicts. */
#include "jobs/job.h"

/* E202, E203, E206, E208, E217, E303, E312 of values that exclude each other; nothing is looked up
 * by name. Runs also on a job with errors, whose members may be zero. */
void job_complete(JobSpec *job, Arena *arena, ErrorList *errors);

#endif
