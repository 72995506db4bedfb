#ifndef CLUSTER_RERENDER_H
#define CLUSTER_RERENDER_H
/* `verify --rerender N%`: renders a sample of the tasks of a run once more, from the results that
 * the store holds, and compares every bit. */
#include "render/base/error.h"

typedef struct RerenderResult {
    int checked_count;
    int absent_count; /* chosen, but their results or what they need left the store */
} RerenderResult;

/* Which tasks: that share with the lowest keys, at least one, so that the same run is asked the
 * same. Only tasks whose results are in the store are asked: files are verified by their checksums.
 * A difference is E709. share: 0 .. 1. */
Status rerender_sample(
    const char *folder, double share, Arena *arena, RerenderResult *result, ErrorList *errors);

#endif
