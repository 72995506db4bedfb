#ifndef JOBS_LOWER_ORDER_H
#define JOBS_LOWER_ORDER_H
/* What each channel of a delivered file holds. */
#include "jobs/job.h"

/* The order, mask and slots of the deliverable. */
void lower_order(const JobSpec *job,
                 const JobDeliverable *written,
                 Arena *arena,
                 MixDeliverable *deliverable);

#endif
