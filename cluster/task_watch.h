#ifndef CLUSTER_TASK_WATCH_H
#define CLUSTER_TASK_WATCH_H
/* Tasks that run for so long that they will not end: a deadlocked library, a dead mount.
 *
 * A task may take two minutes and ten times what the cost model expects. Time is counted in
 * heartbeats of rank 0, not by the clock: while rank 0 itself was held, or the whole machine, no
 * task was late.
 */
#include "render/base/arena.h"
#include "render/model/task.h"

typedef struct TaskWatch TaskWatch;

/* worker_count: tasks that run at a time, at most. plan and arena must outlive it. */
TaskWatch *task_watch_create(const Plan *plan, int worker_count, Arena *arena);
void task_watch_start(TaskWatch *watch, int task, int worker);
void task_watch_end(TaskWatch *watch, int worker);
/* Once a heartbeat of a second. Returns a task that is late, -1: none. */
int task_watch_beat(TaskWatch *watch);
/* cost_s: as the cost model expects it. */
double task_watch_limit_s(double cost_s);

#endif
