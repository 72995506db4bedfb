#ifndef JOBS_JOB_SCORE_H
#define JOBS_JOB_SCORE_H
/* The score of a job: names in it become indices, arcs get their missing edges, and what moves is
 * checked. */
#include "jobs/job.h"

/* E203, E208 and E301: arcs and rooms that are named. */
void job_score_resolve(JobSpec *job, Arena *arena, ErrorList *errors);
/* E203, E303, E311, E312, E316: after all times are known. */
void job_score_complete(JobSpec *job, Arena *arena, ErrorList *errors);
/* E208, E317, E318, W305. */
void job_score_check(const JobSpec *job, Arena *arena, ErrorList *errors);

#endif
