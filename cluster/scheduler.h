#ifndef CLUSTER_SCHEDULER_H
#define CLUSTER_SCHEDULER_H
/* Which task next, on which worker, and what a failure means.
 *
 *     Scheduler *scheduler = scheduler_create(plan, hooks, NULL, arena);
 *     TRY(scheduler_run(scheduler, transport, errors));
 *     if (scheduler_counts(scheduler)->failed_count > 0) ...
 *
 * Only what the goals need and what is not done yet is run. Among the tasks whose needs are done:
 * fewest attempts first (a task that kills its rank must not be the first again), then the more
 * urgent job, then the longest way to the end (upward rank: own cost + the greatest rank of those
 * who need it; Topcuoglu 2002, HEFT), then the smaller index; see ready_queue.h. Nothing depends on
 * the clock: with the same order of results the order of tasks is the same.
 *
 * A worker that can hold more than it runs gets its next task while a short one runs, as long as
 * there are more tasks than workers: then it does not wait for an answer.
 */
#include <stdbool.h>

#include "cluster/ready_queue.h"
#include "cluster/transport.h"
#include "render/model/task.h"

/* A task that failed, or was cut off by the death of its rank, this often is set aside. */
enum { TASK_ATTEMPTS = 3 };

typedef enum SchedulerWish {
    SCHEDULER_GO_ON,
    SCHEDULER_HOLD,  /* give nothing new for now, and ask again */
    SCHEDULER_DRAIN, /* give nothing new, wait for what runs */
    SCHEDULER_STOP   /* return at once */
} SchedulerWish;

typedef enum TaskFailure {
    FAILURE_RETRIED,     /* tried again later */
    FAILURE_HEALED,      /* a needed result was lost (E606): that is made again, then this */
    FAILURE_AWAY,        /* a needed result lies on another host: tried when that has shared it */
    FAILURE_WAITS,       /* no room to write: kept until on_idle says that there is */
    FAILURE_FINAL,       /* exit class 4 or 5: the same at every try */
    FAILURE_QUARANTINED, /* TASK_ATTEMPTS failures */
    FAILURE_CUT_OFF      /* it was running at TASK_ATTEMPTS deaths of ranks, alone at the last */
} TaskFailure;

typedef enum SchedulerStart {
    START_HERE,
    START_ELSEWHERE, /* another run has it: asked again until it is done there or free */
    START_NOT        /* another run has made it */
} SchedulerStart;

typedef struct SchedulerHooks {
    void *context;
    bool (*is_done)(void *context, int task); /* the results exist */
    bool (*is_goal)(void *context, int task); /* NULL: every task that no other needs */
    void (*on_start)(void *context, int task, int worker, int attempt);
    void (*on_done)(void *context, const TaskResult *result);
    void (*on_failed)(void *context, const TaskResult *result, TaskFailure failure);
    SchedulerWish (*on_idle)(void *context, int running_count); /* after every step */
    /* Asked before a task is given; NULL: all start here. What another run has made is told by
     * on_done, worker -1. */
    SchedulerStart (*may_start)(void *context, int task);
    /* Whether a fault of the environment (exit class 5) may pass; then on_idle holds the others
     * back. NULL: none does. */
    bool (*may_pass)(void *context, const TaskResult *result);
    /* Asked when a result that a task needs was missing (E606) where the worker is: marks the nodes
     * (Transport.nodes) that alone have some of what it needs, and returns how many. What nobody
     * has any more is forgotten by it. NULL: all results are where all can read them. */
    int (*find_lenders)(void *context, int task, int worker, bool *nodes);
} SchedulerHooks;

typedef struct SchedulerLimits {
    /* Tasks that mostly read and write (PREPARE, MASTER, ENCODE, INSPECT) and are out at a time;
     * 0: any number. */
    int heavy_count;
    /* A worker gets its next task early when what it runs costs no more than this: behind a long
     * task it would wait while others have nothing to do. */
    double early_cost;
} SchedulerLimits;

typedef struct SchedulerJobs { /* several jobs in one plan */
    const int *job_of;         /* [task_count] */
    const JobClass *classes;   /* [count] */
    int count;
} SchedulerJobs;

typedef struct SchedulerCounts {
    int open_count; /* to be run, as known at the start */
    double open_cost;
    int done_count, failed_count; /* run and done; set aside or refused */
    int retried_count, healed_count;
    int left_count;    /* needed but not run: blocked by a failure, or stopped */
    bool has_no_place; /* an environment fault (exit class 5) stopped the hand-out */
} SchedulerCounts;

typedef struct Scheduler Scheduler;

/* Asks is_done for every task that the goals need. cut_offs: [task_count] how often each task was
 * running when its rank died, NULL: none. plan must outlive the scheduler; lives in the arena. */
Scheduler *
scheduler_create(const Plan *plan, SchedulerHooks hooks, const int *cut_offs, Arena *arena);
/* Before the run; without it there is one job. jobs must outlive the scheduler. */
void scheduler_set_jobs(Scheduler *scheduler, const SchedulerJobs *jobs);
/* Before the run; without it nothing is limited and nothing given early. */
void scheduler_set_limits(Scheduler *scheduler, SchedulerLimits limits);
const SchedulerCounts *scheduler_counts(const Scheduler *scheduler);
bool scheduler_is_open(const Scheduler *scheduler, int task); /* it is still to be run */
/* After the run: it is needed, but neither done nor given up. */
bool scheduler_is_left(const Scheduler *scheduler, int task);
/* Until nothing more can be run. Fails only when the transport fails. */
Status scheduler_run(Scheduler *scheduler, Transport *transport, ErrorList *errors);

#endif
