/* A transport whose workers may die while the others go on. */
#include "cluster/lost_workers.h"

#include "cluster/clock.h"
#include "cluster/rank_sentry.h"

static const double look_interval_s = 0.1; /* one open of a small file */

typedef struct LossTransport {
    Transport transport; /* first: a Transport * is a LossTransport * */
    Transport *inner;
    const char *roll_path;
    LossHook hook;
    LostWorker *workers; /* [worker_count] what each holds */
    bool *is_dead;       /* [worker_count + 1] of the ranks */
    bool *is_told;       /* [worker_count] */
    int left_count;
    double looked_s;
} LossTransport;

static Status give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    LossTransport *self = (LossTransport *)transport;
    LostWorker *holder = &self->workers[worker];
    if (holder->task_count < HELD_TASKS) {
        holder->tasks[holder->task_count++] = task;
    }
    return self->inner->give(self->inner, worker, task, attempt, errors);
}

static void forget_task(LostWorker *holder, int task) {
    int kept = 0;
    for (int slot = 0; slot < holder->task_count; slot++) {
        if (holder->tasks[slot] != task) {
            holder->tasks[kept++] = holder->tasks[slot];
        }
    }
    holder->task_count = kept;
}

static bool tell_dead(LossTransport *self, TaskResult *result) {
    for (int worker = 0; worker < self->transport.worker_count; worker++) {
        if (self->is_dead[worker + 1] && !self->is_told[worker]) {
            self->is_told[worker] = true;
            self->workers[worker].left_count = --self->left_count;
            self->inner->lose(self->inner, worker);
            self->hook.on_lost(self->hook.context, &self->workers[worker]);
            *result = (TaskResult){.worker = worker, .task = -1, .is_worker_lost = true};
            return true;
        }
    }
    return false;
}

static Status
take(Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    LossTransport *self = (LossTransport *)transport;
    const double now_s = clock_now_s();
    if (now_s - self->looked_s >= look_interval_s) {
        self->looked_s = now_s;
        rank_roll_read(self->roll_path, self->is_dead, transport->worker_count + 1);
    }
    *is_taken = tell_dead(self, result);
    if (*is_taken) {
        return DONE;
    }
    const Status status = self->inner->take(self->inner, wait_s, result, is_taken, errors);
    if (status == DONE && *is_taken) {
        forget_task(&self->workers[result->worker], result->task);
    }
    return status;
}

static void close_inner(Transport *transport) {
    LossTransport *self = (LossTransport *)transport;
    self->inner->close(self->inner);
}

Transport *
lost_workers_watch(Transport *inner, const char *roll_path, LossHook hook, Arena *arena) {
    const size_t count = (size_t)inner->worker_count;
    LossTransport *self = arena_alloc(arena, sizeof *self);
    self->transport = *inner;
    self->transport.give = give;
    self->transport.take = take;
    self->transport.close = close_inner;
    self->inner = inner;
    self->roll_path = roll_path;
    self->hook = hook;
    self->workers = arena_array(arena, count + 1, sizeof *self->workers);
    self->is_dead = arena_array(arena, count + 1, sizeof *self->is_dead);
    self->is_told = arena_array(arena, count + 1, sizeof *self->is_told);
    self->left_count = inner->worker_count;
    for (int worker = 0; worker < inner->worker_count; worker++) {
        self->workers[worker].worker = worker;
    }
    return &self->transport;
}
