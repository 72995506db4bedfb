#ifndef JOBS_JOB_FAMILIES_H
#define JOBS_JOB_FAMILIES_H
/* Stems that are delivered by family of instruments: `stems: [mx, mx.brass, mx.rest]`.
 *
 * Such a stem becomes a set of stems of its own: one for every family that is asked for and one for
 * what is left. Each is rendered, quantized and written as any stem, and `mx` is their sum, so that
 * all of them null against it.
 */
#include "jobs/job.h"

/* Splits the stems whose families the deliverables name. After the layers know their stems and
 * before outputs are resolved. E208 a stem with a budget, or whose parts (mx.dry) are asked for,
 * too; E301 a family that no layer of the stem has. */
void job_families_split(JobSpec *job, Arena *arena, ErrorList *errors);

/* Whether the stem is `id`, or one of the stems that it was split into. */
bool job_stem_is_of(const JobStem *stem, const char *id);

#endif
