#ifndef JOBS_JOB_NAMES_H
#define JOBS_JOB_NAMES_H
/* The names of all files that a deliverable writes. */
#include "jobs/job.h"
#include "jobs/name_template.h"

/* Fills outputs[].files. E215 not portable, E216 two outputs with one name (or with names that
 * differ only in case), E402 a name that leaves the folder. */
void job_names_expand(JobSpec *job, Arena *arena, ErrorList *errors);

/* What the wildcards are in this job, for one deliverable (NULL: those of the job alone), one
 * output and one channel (NULL: none). */
NameValues job_name_values(const JobSpec *job,
                           const JobDeliverable *deliverable,
                           const char *output,
                           const char *channel,
                           Arena *arena);

#endif
