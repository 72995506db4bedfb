#ifndef JOBS_JOB_CONTAINER_H
#define JOBS_JOB_CONTAINER_H
/* What the file type of a deliverable can carry. */
#include "jobs/job.h"

/* Reports E206 (bit rate), E208 (keys that this file type has no use for) and E217 (channels,
 * samples or rate that it cannot carry). layout_table is found already. */
void job_container_check(const JobSpec *job, const JobDeliverable *deliverable, ErrorList *errors);

#endif
