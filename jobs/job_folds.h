#ifndef JOBS_JOB_FOLDS_H
#define JOBS_JOB_FOLDS_H
/* `from` and `fold` of deliverables: which one is made of which, by which matrix. */
#include "jobs/job.h"

/* Fills from_index and fold_table. E301 no such deliverable or fold, E303 a fold without `from` or
 * deliverables in a circle, E208 a fold that does not fit, or none that does. */
void job_folds_resolve(JobSpec *job, Arena *arena, ErrorList *errors);

#endif
