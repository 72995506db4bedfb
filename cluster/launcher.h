#ifndef CLUSTER_LAUNCHER_H
#define CLUSTER_LAUNCHER_H
/* Starts mpirun on `nocturne worker`, watches it, and starts it again when a rank or a host is
 * lost.
 *
 * The ranks' true exit code comes from the journal's `end` record, never from mpirun. Losing a rank
 * costs the tasks that were running: what is in the store is not made again. The ranks die with the
 * launcher (PR_SET_PDEATHSIG), mpirun's own talk goes to <output>/logs/mpirun.txt, its files lie in
 * a launch folder that is removed.
 */
#include "cluster/progress.h"
#include "cluster/run.h"

enum { IDLE_LAUNCHES = 3 }; /* launches without progress before the run is given up */

typedef struct LaunchOutcome {
    int exit_code;
    int launch_count;
    int rank_count; /* computing ranks of the last launch */
} LaunchOutcome;

/* Until the run has ended or cannot be kept alive. Messages of rank 0 end in errors. rank_count: -j
 * N; 0 with --hosts: as many as they take. */
Status launcher_run(Run *run,
                    const Options *options,
                    int rank_count,
                    Progress *progress,
                    LaunchOutcome *outcome,
                    ErrorList *errors);

#endif
