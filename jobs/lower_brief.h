#ifndef JOBS_LOWER_BRIEF_H
#define JOBS_LOWER_BRIEF_H
/* What INSPECT is told: the policy of each deliverable, and the job's lines, scenes, silences and
 * budgets in samples. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* The deliverables of the mix are there. */
void lower_briefs(const JobSpec *job, Arena *arena, Mix *mix);

#endif
