#ifndef CLUSTER_ACCOUNTING_H
#define CLUSTER_ACCOUNTING_H
/* What a run cost, for those who pay: logs/accounting.csv gets a row per deliverable and stage,
 * logs/metrics.prom (Prometheus' text format, for a textfile collector) the sums of this run.
 *
 * Counted are the tasks that a launch finished; what a lost launch computed is not in it.
 */
#include "cluster/run.h"
#include "cluster/transport.h"

typedef struct Accounting Accounting;

/* Lives in the run's arena. */
Accounting *accounting_create(const Run *run);
/* A task that is done. */
void accounting_add(Accounting *accounting, const TaskResult *result);
/* Adds the rows, under the user and account of this process (SLURM_JOB_ACCOUNT); nothing when no
 * task was done. */
Status accounting_write(const Accounting *accounting, int exit_code, ErrorList *errors);

#endif
