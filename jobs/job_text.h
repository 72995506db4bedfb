#ifndef JOBS_JOB_TEXT_H
#define JOBS_JOB_TEXT_H
/* What texts may hold: titles, slugs, language tags, checksums, paths, layouts. */
#include "jobs/job_schema.h"

/* By the type of the row. E204, E202 a planned layout, E213 an unknown one. */
Status job_text_check(const SchemaKey *key, const Node *node, ErrorList *errors);

#endif
