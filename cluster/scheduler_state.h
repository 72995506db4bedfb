#ifndef CLUSTER_SCHEDULER_STATE_H
#define CLUSTER_SCHEDULER_STATE_H
/* What scheduler.c and scheduler_survey.c share: what is known of every task and worker. */
#include "cluster/scheduler.h"

enum { HOLD_LIMIT = 4 }; /* tasks that a worker may hold at most */

typedef enum TaskState {
    TASK_UNSEEN, /* not needed, or not asked for yet */
    TASK_MADE,   /* results exist */
    TASK_WAITING,
    TASK_READY,
    TASK_RUNNING,
    TASK_ELSEWHERE, /* another run has it */
    TASK_SHARING,   /* other hosts share what it needs */
    TASK_FAILED
} TaskState;

typedef struct TaskEntry {
    TaskState state;
    int open_need_count;
    int cut_off_count, failure_count, heal_count;
    int away_count;  /* how often what it needs was on other hosts */
    int order_count; /* to share it, that are not answered */
    double upward_rank;
    int first_follower, follower_count; /* in Scheduler.followers */
} TaskEntry;

typedef struct Worker {
    int tasks[HOLD_LIMIT];       /* the running one first */
    bool is_sharing[HOLD_LIMIT]; /* it does not run it, but shares what it needs */
    int count;
    bool is_lost;
} Worker;

typedef struct ShareOrder { /* for any worker of the node */
    int task, node;
    struct ShareOrder *next;
} ShareOrder;

typedef struct Slots { /* workers: a stack */
    int *workers;
    int count;
} Slots;

struct Scheduler {
    const Plan *plan;
    SchedulerHooks hooks;
    SchedulerJobs jobs;
    TaskEntry *entries; /* [task_count] */
    int *followers;     /* who needs a task, for all tasks */
    bool *is_wanted;    /* [task_count] scratch of the survey */
    ReadyQueue *ready;
    TaskPlaces *places; /* NULL: all workers share a node */
    const int *nodes;   /* of the workers; NULL with places */
    Worker *workers;    /* [worker_count] */
    int worker_count;
    int hold_limit;    /* tasks of a worker */
    Slots idle;        /* workers that run nothing */
    int newest;        /* the worker whose result came last */
    int running_count; /* given */
    int *elsewhere;    /* [elsewhere_count] tasks that another run has */
    int elsewhere_count;
    ShareOrder *orders; /* not given yet */
    bool *is_lender;    /* [node_count] scratch; NULL with places */
    int node_count;
    SchedulerLimits limits;
    int heavy_count; /* given */
    int suspect;     /* the task that runs alone, -1: none */
    bool is_draining;
    double left_cost; /* of what is not done yet */
    SchedulerCounts counts;
    Arena *arena;
};

/* Of several jobs, the one it belongs to. */
static inline int scheduler_job_of(const Scheduler *scheduler, int task) {
    return scheduler->jobs.job_of ? scheduler->jobs.job_of[task] : 0;
}

/* It mostly reads and writes, and such tasks are limited. */
static inline bool scheduler_is_heavy(const Scheduler *scheduler, int task) {
    const TaskKind kind = scheduler->plan->tasks[task].kind;
    return scheduler->limits.heavy_count > 0 && kind != TASK_SPATIALIZE && kind != TASK_ROOM;
}

void scheduler_make_ready(Scheduler *scheduler, int task);
/* Who needs whom, how long the way to the end is, what is done: once, at the start. */
void scheduler_survey(Scheduler *scheduler);
/* From the goals downwards, of tasks that nobody has asked for yet: who is needed, and of those,
 * who is done? */
void scheduler_ask_what_is_done(Scheduler *scheduler);
/* Counts open needs anew: all tasks that wait or are ready. */
void scheduler_find_ready(Scheduler *scheduler);

/* What the task needs lies on other nodes: they are asked to share it. false: it does not. */
bool scheduler_ask_to_share(Scheduler *scheduler, const TaskResult *result);
/* The order that a worker of the node should have next, taken off; NULL: none. */
ShareOrder *scheduler_take_order(Scheduler *scheduler, int node);
/* One of the nodes has answered for the task, or will not any more. */
void scheduler_settle_order(Scheduler *scheduler, int task);
/* Those of nodes where no worker is left. */
void scheduler_drop_orders(Scheduler *scheduler);

#endif
