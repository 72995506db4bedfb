/* Tasks that run for so long that they will not end. */
#include "cluster/task_watch.h"

static const double patience_s = 120.0;
static const double patience_factor = 10.0;

typedef struct Watched {
    bool is_running;
    int task, beat_count;
} Watched;

struct TaskWatch {
    const Plan *plan;
    Watched *workers; /* [worker_count] */
    int worker_count;
};

TaskWatch *task_watch_create(const Plan *plan, int worker_count, Arena *arena) {
    TaskWatch *watch = arena_alloc(arena, sizeof *watch);
    watch->plan = plan;
    watch->workers = arena_array(arena, (size_t)worker_count + 1, sizeof *watch->workers);
    watch->worker_count = worker_count;
    return watch;
}

void task_watch_start(TaskWatch *watch, int task, int worker) {
    for (int other = 0; other < watch->worker_count; other++) {
        if (watch->workers[other].task == task) { /* it was lost there */
            watch->workers[other].is_running = false;
        }
    }
    if (worker >= 0 && worker < watch->worker_count) {
        watch->workers[worker] = (Watched){.is_running = true, .task = task};
    }
}

void task_watch_end(TaskWatch *watch, int worker) {
    if (worker >= 0 && worker < watch->worker_count) {
        watch->workers[worker].is_running = false;
    }
}

double task_watch_limit_s(double cost_s) {
    return patience_s + patience_factor * cost_s;
}

int task_watch_beat(TaskWatch *watch) {
    int late = -1;
    for (int worker = 0; worker < watch->worker_count; worker++) {
        Watched *watched = &watch->workers[worker];
        watched->beat_count += watched->is_running;
        if (watched->is_running &&
            watched->beat_count > task_watch_limit_s(watch->plan->tasks[watched->task].cost)) {
            late = watched->task;
        }
    }
    return late;
}
