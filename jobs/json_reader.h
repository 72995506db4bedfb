#ifndef JOBS_JSON_READER_H
#define JOBS_JSON_READER_H
/* A JSON file as a tree of values, each with its place.
 *
 * Strings are quoted scalars, numbers, true, false and null plain ones as they were written. A key
 * that stands twice in one object is refused.
 */
#include "jobs/job_files.h"

/* E101, E427 with the place where the text stops being JSON. */
Status json_read(const JobFile *file, Arena *arena, Node **root, ErrorList *errors);

#endif
