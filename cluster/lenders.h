#ifndef CLUSTER_LENDERS_H
#define CLUSTER_LENDERS_H
/* Which hosts of a launch have what a task needs on their own disks alone (store_place.h). */
#include "cluster/run.h"

typedef struct Lenders {
    int worker_count;
    const int *nodes;         /* [worker_count] which workers share a host */
    const char *const *hosts; /* [worker_count] their names */
    const bool *is_lost;      /* [worker_count] workers that died */
} Lenders;

/* Marks their nodes and returns how many there are. worker: the one that missed something. What
 * lies on no living host is forgotten; when nothing lies elsewhere, also what the worker's own host
 * seems to have: it could not be read there. */
int lenders_find(const Lenders *lenders, const Run *run, int task, int worker, bool *nodes);

#endif
