#ifndef JOBS_JOB_DYNAMICS_H
#define JOBS_JOB_DYNAMICS_H
/* `dynamics`: where the main lines lie, what climaxes have above all else, who leads. */
#include "jobs/job.h"

struct QcScore;

/* Reads the window and looks at selectors and spans. E206, E210, E312, W305. */
void job_dynamics_check(JobSpec *job, Arena *arena, ErrorList *errors);

bool job_dynamics_is_written(const JobSpec *job);
/* What the QC is to hold every deliverable to, but for its headroom. */
void dynamics_lower(const JobSpec *job, const Mix *mix, Arena *arena, struct QcScore *score);
/* In samples of the job; ceiling_dbtp: of the deliverable. NULL: none is asked for. */
const struct QcHeadroom *dynamics_headroom(const JobSpec *job, double ceiling_dbtp, Arena *arena);

#endif
