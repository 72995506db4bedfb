/* One worker: this process. No MPI call at all. */
#include "cluster/transport_inline.h"

#include <time.h>

typedef struct InlineTransport {
    Transport transport; /* first: a Transport * is an InlineTransport * */
    TaskRunner runner;
    bool has_task;
    int task, attempt;
} InlineTransport;

static Status
inline_give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    (void)worker;
    (void)errors;
    InlineTransport *self = (InlineTransport *)transport;
    self->has_task = true;
    self->task = task;
    self->attempt = attempt;
    return DONE;
}

static Status inline_take(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    (void)errors;
    InlineTransport *self = (InlineTransport *)transport;
    *is_taken = self->has_task;
    if (!self->has_task) { /* somebody else is waited for */
        nanosleep(&(struct timespec){.tv_nsec = (long)(1e9 * wait_s)}, NULL);
    } else {
        *result = (TaskResult){.task = self->task};
        self->has_task = false;
        self->runner.run(self->runner.context, self->task, self->attempt, result);
        result->worker = 0;
    }
    return DONE;
}

static void inline_close(Transport *transport) {
    (void)transport;
}

Transport *transport_inline(TaskRunner runner, Arena *arena) {
    InlineTransport *self = arena_alloc(arena, sizeof *self);
    self->transport = (Transport){.worker_count = 1,
                                  .give = inline_give,
                                  .take = inline_take,
                                  .close = inline_close,
                                  .hold_limit = 1};
    self->runner = runner;
    return &self->transport;
}
