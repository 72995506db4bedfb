#ifndef CLUSTER_CONDUCTOR_H
#define CLUSTER_CONDUCTOR_H
/* What rank 0 or the inline run does between the plan and the last published file: schedule the
 * tasks of all jobs, and keep a desk (desk.h) for each. */
#include "cluster/batch.h"
#include "cluster/progress.h"
#include "cluster/transport.h"

typedef struct Conducting {
    Batch *batch;
    Transport *transport;
    Progress *progress; /* NULL: shown by the launcher, from the journals */
    int launch; /* 1: the first of this command; later ones read attempts from the journals */
    /* NULL, or: which worker cannot go on (a stopped process), for people; NULL: none. Asked at
     * every heartbeat. */
    const char *(*find_stopped)(void *context);
    /* Of workers that may die while the others go on (lost_workers.h); NULL: none may. */
    const char *roll_path;
    const char *(*name_worker)(void *context, int worker); /* for people; asked with a roll_path */
    const char *const *hosts; /* [worker_count] of the workers, with transport->nodes; NULL: here */
    void *context;
} Conducting;

/* Every job's exit code is in the batch and is the last record of its journal (unless a worker was
 * lost: then none is written and the launcher starts again). Errors and warnings are in the list of
 * the job and, one record each, in its journal. true: tasks may still run that nobody waits for. */
bool conduct(const Conducting *order);

#endif
