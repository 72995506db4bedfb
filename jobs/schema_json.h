#ifndef JOBS_SCHEMA_JSON_H
#define JOBS_SCHEMA_JSON_H
/* The job format as a JSON Schema (draft-07), for completion and hover text in editors. */
#include <stdio.h>

/* Every served key of the table; unknown keys are refused, `x-` ones at the top are free. Strings
 * and numbers are both taken where an author may write a bare number, because editors type scalars
 * themselves. */
void job_schema_print_json_schema(FILE *out);

#endif
