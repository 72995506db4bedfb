/* One worker: this process. No MPI call at all. */
#include "cluster/transport_inline.h"

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
    (void)wait_s;
    (void)errors;
    InlineTransport *self = (InlineTransport *)transport;
    *is_taken = self->has_task;
    if (self->has_task) {
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
    self->transport = (Transport){1, inline_give, inline_take, inline_close};
    self->runner = runner;
    return &self->transport;
}
