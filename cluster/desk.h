#ifndef CLUSTER_DESK_H
#define CLUSTER_DESK_H
/* One job of a render as rank 0 keeps it: its journal, what is published, its messages.
 *
 *     TRY(desk_open(&order, &desk));
 *     desk_begin(desk, open_count, open_cost);
 *     desk_start_task, desk_finish_task, desk_fail_task     as the scheduler says; tasks are those
 *                                                            of the job's own plan
 *     desk_close(desk, left_count, NULL);                    its exit code is in order.job
 */
#include "cluster/batch.h"
#include "cluster/progress.h"
#include "cluster/scheduler.h"

typedef struct Desk Desk;

typedef struct DeskOrder {
    BatchJob *job;
    int index;          /* of the job, for the progress */
    Progress *progress; /* NULL: shown by the launcher, from the journal */
    int launch, worker_count;
    /* Whether a write that found no room is tried again later; NULL: none is. */
    bool (*may_wait)(void *context, const Run *run, Status status);
    void *context;
} DeskOrder;

/* order must outlive it. Damaged results that publishing would read are dropped. */
Status desk_open(const DeskOrder *order, Desk **desk);
/* [task_count] how often each task was running when an earlier launch of this command died. */
const int *desk_cut_offs(const Desk *desk);
/* Tells the start, and publishes what an earlier run has left ready. */
void desk_begin(Desk *desk, int open_count, double open_cost);

bool desk_is_goal(const Desk *desk, int task);
SchedulerStart desk_may_start(Desk *desk, int task, double now_s);
void desk_start_task(Desk *desk, int task, int worker, int attempt);
void desk_finish_task(Desk *desk, const TaskResult *result);
void desk_fail_task(Desk *desk, const TaskResult *result, TaskFailure failure);
/* A worker died, and the others go on. task: the one that it ran, -1: none. */
void desk_lose_worker(Desk *desk, int worker, const char *who, int task);
/* A task that a dead worker held is nobody's any more. */
void desk_drop_task(Desk *desk, int task);
/* Once a second. */
void desk_beat(Desk *desk, double now_s);
/* An event for the journal and the progress; the reference to fields is taken. */
void desk_tell(Desk *desk, const char *event, json_t *fields);

/* Publishes what found no room before; returns how many do now. */
int desk_publish_waiting(Desk *desk);
bool desk_is_complete(const Desk *desk); /* everything is published */
/* Publishes what waits, and writes what lies above the deliverables. false: something waits for
 * room. */
bool desk_finish(Desk *desk);
/* The same without waiting, and the last record of the journal. left_count: tasks that are needed
 * and were not run; cause: why, when the job itself has no error; NULL: none. */
void desk_close(Desk *desk, int left_count, const ErrorEntry *cause);
/* No last record: the launcher starts again, and says why. */
void desk_leave(Desk *desk, const char *why);

/* A job that ends before it began, for the launcher to read: messages (is_telling) and `end`. */
void desk_end_unopened(const char *state_folder, Arena *arena, ErrorList *errors, bool is_telling);

#endif
