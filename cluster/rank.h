#ifndef CLUSTER_RANK_H
#define CLUSTER_RANK_H
/* What one MPI rank does, started by the launcher or by `mpirun nocturne render` typed by hand. */
#include "cluster/batch.h"
#include "cluster/progress.h"

typedef struct RankZero { /* how rank 0 comes to its jobs */
    /* Fills and closes the batch; no job in it: there is nothing to render. */
    Status (*prepare)(void *context, Batch *batch, ErrorList *errors);
    void *context;
    Progress *progress; /* NULL: the launcher speaks */
    int launch;
    const char *roll_path; /* of dead ranks, without which the others go on; NULL: none does */
} RankZero;

/* Whether mpirun or srun started this process, and as one of several ranks. */
bool rank_is_launched(void);
bool rank_is_one_of_many(void);
int rank_index(void); /* of this process, as mpirun says */

typedef struct RankOutcome {
    bool is_rank_zero;
    bool has_conducted; /* the journals have their `end` records, the jobs their exit codes */
    int worker_count;   /* computing ranks */
} RankOutcome;

/* All ranks call it. batch: empty. errors: of rank 0, when has_conducted is false. */
void rank_run(const RankZero *zero, Batch *batch, RankOutcome *outcome, ErrorList *errors);

#endif
