#ifndef CLUSTER_REFUSED_H
#define CLUSTER_REFUSED_H
/* Deliverables that a job asks for and that cannot be made: what does not depend on them still
 * comes out. */
#include <jansson.h>

#include "jobs/job.h"

typedef struct Refused {
    const char *id;
    Status status;
    const char *reason; /* of the first message about it, with its place */
} Refused;

typedef struct RefusedList {
    const Refused *entries; /* [count] */
    int count;
} RefusedList;

/* `fl (E217), st (E208)`. */
const char *refused_names(const RefusedList *list, Arena *arena);
/* [{"id", "code": "E217", "reason"}] */
json_t *refused_describe(const RefusedList *list);
/* The worst exit code of them; 0: there are none. */
int refused_exit_code(const RefusedList *list);
/* The settings of a job source, and those that take the refused deliverables out of the job. */
void refused_add_sets(const RefusedList *list, JobSource *source, Arena *arena);

#endif
