#ifndef CLUSTER_LAUNCHER_H
#define CLUSTER_LAUNCHER_H
/* Starts mpirun on `nocturne worker`, watches it, and starts it again when a rank or a host is
 * lost.
 *
 * The true exit code of a job comes from the `end` record of its journal, never from mpirun. Losing
 * a rank costs the tasks that were running: what is in the store is not made again. The ranks die
 * with the launcher (PR_SET_PDEATHSIG), mpirun's own talk goes to <output>/logs/mpirun.txt, its
 * files lie in a launch folder that is removed.
 */
#include "cluster/batch.h"
#include "cluster/progress.h"

enum { IDLE_LAUNCHES = 3 }; /* launches without progress before the run is given up */

typedef struct LaunchOutcome {
    int launch_count;
    int rank_count; /* computing ranks of the last launch */
} LaunchOutcome;

/* Until all jobs have ended or cannot be kept alive. Exit codes and messages of rank 0 end in the
 * jobs. rank_count: -j N; 0 with --hosts: as many as they take. The first job's folder is that of
 * the launch: what mpirun says, the copy of the program. */
void launcher_run(Batch *batch, int rank_count, Progress *progress, LaunchOutcome *outcome);

#endif
