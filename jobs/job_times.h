#ifndef JOBS_JOB_TIMES_H
#define JOBS_JOB_TIMES_H
/* Times that name others or count bars become seconds; then every time is held to its order and the
 * programme. */
#include "jobs/job_reader.h"

/* E206, E211, E301, E308, E309, E319: those of jobs/anchor.h, and E301 for a layer's cue. */
void job_times_resolve(JobReader *reader);
/* E206, E310, E312, E316; after job_times_resolve. */
void job_times_check(const JobReader *reader);

/* -1, 0, 1: which of two times is the earlier one, in the cut before when both are of that. */
int job_time_compare(const JobTime *one, const JobTime *other);

#endif
