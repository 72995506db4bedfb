#ifndef CLUSTER_TASK_RUNNER_H
#define CLUSTER_TASK_RUNNER_H
/* Runs one task of a run in an arena of its own and puts what happened into a TaskResult.
 *
 * For tests only, the environment may ask for a fault: NOCTURNE_FAULT="what:name:n" makes every
 * task whose name begins with `name` fail at its first n attempts. what: kill (SIGKILL to the own
 * process), segv, exit0, exit1 (leave without a word), stop (SIGSTOP), hang (for
 * ever), fail (E607).
 */
#include "cluster/run.h"
#include "cluster/task_log.h"
#include "cluster/transport.h"

/* Runs a task of the run's own plan here and now, and logs it (task_log.h). */
void task_run(const Run *run, TaskPlace place, int task, int attempt, TaskResult *result);
/* Shares what this host alone has of what the task needs (store_place.h). */
void task_share(const Run *run, int task, TaskResult *result);
/* The same for a process that joined. Ranks of the run: batch_runner. */
TaskRunner task_helper(const Run *run);
/* The first error of the list (else its first warning) into the result. */
void task_result_describe(const ErrorList *errors, TaskResult *result);

#endif
