#ifndef JOBS_DELIVER_JOB_H
#define JOBS_DELIVER_JOB_H
/* The job that `nocturne deliver` stands for: finished stems as beds, a deliverable a profile. */
#include "jobs/stem_files.h"

typedef struct DeliverOrder {
    const StemFiles *stems;
    const char *const *profiles; /* as written: names, versions, paths */
    int profile_count;
} DeliverOrder;

/* The text of a job, its inputs below an absolute root `stems`. E216 a profile that is asked for
 * twice. */
Status
deliver_job_write(const DeliverOrder *order, Arena *arena, const char **text, ErrorList *errors);

#endif
