#ifndef JOBS_JOB_STRUCTURES_H
#define JOBS_JOB_STRUCTURES_H
/* Values that are more than one text: positions, paths, filters, lists, maps of members. */
#include "jobs/job_values.h"

/* For the types that are neither scalars nor tables. E202 wrong shape, and those of the members. */
Status job_structure_read(JobReader *reader, const ValueSite *site);

#endif
