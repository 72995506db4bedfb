#ifndef CLUSTER_RANK_H
#define CLUSTER_RANK_H
/* What one MPI rank does, started by the launcher or by `mpirun nocturne render` typed by hand. */
#include "cluster/progress.h"
#include "cluster/run.h"

typedef struct RankZero { /* how rank 0 comes to its run */
    /* Fills run; is_wanted: false when there is nothing to render. */
    Status (*prepare)(void *context, Run *run, bool *is_wanted, ErrorList *errors);
    void *context;
    const Options *options;
    Progress *progress; /* NULL: the launcher speaks */
    int launch;
} RankZero;

/* Whether mpirun or srun started this process, and as one of several ranks. */
bool rank_is_launched(void);
bool rank_is_one_of_many(void);

typedef struct RankOutcome {
    bool is_rank_zero;
    bool has_conducted; /* the journal has its `end` record */
    int exit_code;      /* of the run; 0 on the other ranks: their messages went to rank 0 */
    int worker_count;   /* computing ranks */
} RankOutcome;

/* All ranks call it. run: arena is set. */
void rank_run(const RankZero *zero, Run *run, RankOutcome *outcome, ErrorList *errors);

#endif
