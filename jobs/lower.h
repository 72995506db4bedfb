#ifndef JOBS_LOWER_H
#define JOBS_LOWER_H
/* JobSpec -> Mix: names become indices, files become facts, times become samples. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* Opens every input's header and hashes it (through the index below index_folder, NULL: none).
 * Errors E410 .. E426 with the place in the job; all inputs are looked at before it returns. */
Status
lower_job(const JobSpec *job, const char *index_folder, Arena *arena, Mix **mix, ErrorList *errors);

#endif
