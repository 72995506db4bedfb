#ifndef CLUSTER_READY_QUEUE_H
#define CLUSTER_READY_QUEUE_H
/* The tasks that could run now, in the order in which they should.
 *
 * Fewest attempts first, then the more urgent class, then the longest way to the end, then the
 * smaller index. Every FAIR_TURN-th task of a class is taken from the job that has been given the
 * least work: a short job is not held up by long ones, and the longest way still decides when it
 * all ends. Light and heavy tasks wait apart, so that a limit on heavy ones
 * holds up no light one. Nothing depends on the clock.
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

typedef struct ReadyQueue ReadyQueue;

ReadyQueue *ready_queue_create(const ReadyJob *jobs, int job_count, Arena *arena);
void ready_queue_clear(ReadyQueue *queue); /* what was served is remembered */
void ready_queue_push(ReadyQueue *queue, const ReadyTask *task);
int ready_queue_count(const ReadyQueue *queue);
/* The next one, NULL: none that may run. It stays where it is. */
const ReadyTask *ready_queue_peek(const ReadyQueue *queue, bool has_heavy);
/* Takes the peeked one, or one beside it that is nearly as urgent and has more of what it reads on
 * the node. places: NULL, all nodes are alike. */
int ready_queue_take(ReadyQueue *queue, bool has_heavy, const TaskPlaces *places, int node);

#endif
