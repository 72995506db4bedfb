#ifndef JOBS_JOB_TIMES_H
#define JOBS_JOB_TIMES_H
/* Times that name markers become seconds; then every time is held to its order and the programme.
 */
#include "jobs/job_reader.h"

/* E301 unknown marker, E308 markers in a circle. */
void job_times_resolve(JobReader *reader);
/* E206, E310, E312, E316; after job_times_resolve. */
void job_times_check(const JobReader *reader);

#endif
