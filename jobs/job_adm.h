#ifndef JOBS_JOB_ADM_H
#define JOBS_JOB_ADM_H
/* What only ADM deliverables (`layout: adm`) have: a bed and objects. */
#include "jobs/job.h"

/* Finds the layout of the bed. E208: what does not go together with ADM, or only with it; E217: a
 * container that cannot hold the metadata. */
void job_adm_complete(JobDeliverable *deliverable, ErrorList *errors);

/* Which layers are objects. W305: none. */
void job_adm_resolve(const JobSpec *job,
                     JobDeliverable *deliverable,
                     Arena *arena,
                     ErrorList *errors);

#endif
