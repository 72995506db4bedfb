#ifndef JOBS_JOB_REFERENCES_H
#define JOBS_JOB_REFERENCES_H
/* Names of a job become indices: stems, rooms, outputs, roots. */
#include "jobs/job.h"

/* E301, E402. Built-in stems that are used and not defined are added behind those of the file. */
void job_references_resolve(JobSpec *job, Arena *arena, ErrorList *errors);

#endif
