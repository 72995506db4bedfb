#ifndef CLUSTER_LOST_WORKERS_H
#define CLUSTER_LOST_WORKERS_H
/* A transport whose workers may die while the others go on.
 *
 * It stands before another one, knows which tasks each worker holds, and reads the roll of the dead
 * (rank_sentry.h) a few times a second: the scheduler hears of each dead worker once, as a result.
 */
#include "cluster/transport.h"
#include "render/base/arena.h"

enum { HELD_TASKS = 4 }; /* at most, of one worker */

typedef struct LostWorker {
    int worker;
    int tasks[HELD_TASKS]; /* the one that ran first */
    int task_count;
    int left_count; /* workers that live */
} LostWorker;

typedef struct LossHook {
    void *context;
    void (*on_lost)(void *context, const LostWorker *lost); /* before the scheduler hears of it */
} LossHook;

/* Worker w is rank w + 1 of the roll. inner can lose workers, and outlives it. */
Transport *lost_workers_watch(Transport *inner, const char *roll_path, LossHook hook, Arena *arena);

#endif
