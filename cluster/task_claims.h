#ifndef CLUSTER_TASK_CLAIMS_H
#define CLUSTER_TASK_CLAIMS_H
/* Which of several processes on a shared folder runs a task, without any message between them.
 *
 * A helper that joins a run leaves a mark in .nocturne/join; from then on whoever starts a task,
 * the run itself too, first takes its claim, a lock in .nocturne/claims that appears whole and
 * belongs to one process (lock.h). The claim of a process that is provably dead is taken over at
 * once; that of one on another host when the task should long be done. Two that run the same task
 * after all only waste work: the same key, the same bytes.
 */
#include "cluster/run.h"
#include "cluster/scheduler.h"

typedef struct TaskClaims TaskClaims;

/* run and its arena must outlive it. Touches nothing yet. */
TaskClaims *task_claims_create(const Run *run);
/* Looks whether anybody has joined; call it now and then. While nobody has, every task starts
 * here. true: somebody has since the last call. */
bool task_claims_look(TaskClaims *claims);
/* Takes the claim if the task is to start here. now_s: of one clock of this process. */
SchedulerStart task_claims_ask(TaskClaims *claims, int task, double now_s);
void task_claims_release(TaskClaims *claims, int task);
/* At the end of the run: all claims and marks go. */
void task_claims_remove(TaskClaims *claims);

/* A helper comes and goes. E701 when this process has joined before. */
Status task_claims_join(TaskClaims *claims, ErrorList *errors);
void task_claims_leave(TaskClaims *claims);

#endif
