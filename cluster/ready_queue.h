#ifndef CLUSTER_READY_QUEUE_H
#define CLUSTER_READY_QUEUE_H
/* The tasks that could run now, in the order in which they should.
 *
 * Fewest attempts first, then the more urgent class, then the longest way to the end, then the
 * smaller index. Every FAIR_TURN-th task of a class is taken from the job that has been given the
 * least work: a short job is not held up by long ones, and the longest way still decides when it
 * all ends. Light and heavy tasks wait apart, so that a limit on heavy ones
 * holds up no light one. Nothing depends on the clock.
 *
 * Where there are several nodes, one takes what it holds much of: of jobs that are equally urgent
 * the one that it has most of, of that job's tasks the one whose needs it has. Only among tasks
 * tried for the first time, and those whose way is nearly the longest; any way will do as long as
 * there is much more work than the longest way takes. Fair turns are kept for a job that has had
 * less than half of what the node's own has.
 */
#include <stdbool.h>

#include "cluster/task_places.h"
#include "render/base/arena.h"

enum { FAIR_TURN = 4 };

typedef enum JobClass {
    JOB_PREVIEW, /* somebody waits for it */
    JOB_DEADLINE,
    JOB_BULK
} JobClass;

typedef struct ReadyTask { /* as it is pushed */
    int task, job, attempt_count;
    double upward_rank, cost;
    bool is_heavy;
} ReadyTask;

typedef struct ReadyJob {
    JobClass urgency;
    int light_count, heavy_count; /* how many of its tasks can be ready at most */
} ReadyJob;

typedef struct ReadyWish {
    bool has_heavy;           /* a heavy task may be taken */
    const TaskPlaces *places; /* NULL: all nodes are alike */
    int node;                 /* that takes it */
    double slack_rank;        /* a way that is no longer than this may be begun at any time */
} ReadyWish;

typedef struct ReadyQueue ReadyQueue;

ReadyQueue *ready_queue_create(const ReadyJob *jobs, int job_count, Arena *arena);
void ready_queue_clear(ReadyQueue *queue); /* what was served is remembered */
void ready_queue_push(ReadyQueue *queue, const ReadyTask *task);
int ready_queue_count(const ReadyQueue *queue);
/* The next one, NULL: none that may run. It stays where it is. */
const ReadyTask *ready_queue_peek(const ReadyQueue *queue, bool has_heavy);
/* Takes the peeked one, or another beside it that has more of what it reads on the node. -1: none.
 */
int ready_queue_take(ReadyQueue *queue, const ReadyWish *wish);

#endif
