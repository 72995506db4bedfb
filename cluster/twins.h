#ifndef CLUSTER_TWINS_H
#define CLUSTER_TWINS_H
/* Tasks of several jobs that make the same results: one of them runs, the others wait for it.
 *
 * Two tasks are twins when all their output keys and their stores are the same. What makes files of
 * its own output folder (ENCODE) has none.
 */
#include "cluster/batch.h"
#include "cluster/scheduler.h"

typedef struct Twins Twins;

Twins *twins_find(const Batch *batch); /* lives in the batch's arena */
/* Asked before a task is given; START_HERE holds its twins back until it is let go. */
SchedulerStart twins_ask(Twins *twins, int task);
/* The task runs no more; is_made: its results exist. */
void twins_let_go(Twins *twins, int task, bool is_made);

#endif
