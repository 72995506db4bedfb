#ifndef JOBS_JOB_GRADE_H
#define JOBS_JOB_GRADE_H
/* What a final job may not contain. */
#include "jobs/job.h"

/* E431: a layer with `status: temp` is heard in a deliverable of a job with grade final. */
void job_grade_check(const JobSpec *job, Arena *arena, ErrorList *errors);

#endif
