#ifndef JOBS_JOB_READER_H
#define JOBS_JOB_READER_H
/* Walks the tree of a job along the key table and fills JobSpec. */
#include "jobs/job_values.h"

/* Every error of shape and type is added; times that name markers stay pending in the reader. */
void job_reader_read(JobReader *reader, const Node *root);

#endif
