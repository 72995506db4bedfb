#ifndef JOBS_JOB_PROCESSING_H
#define JOBS_JOB_PROCESSING_H
/* What a layer does to its sound: defaults that depend on other keys, and conflicts. */
#include "jobs/job.h"

/* E208: a notch with a gain; E203, E302, E303: takes; E303, E312: clips. */
void job_processing_complete(JobLayer *layer, Arena *arena, ErrorList *errors);

#endif
