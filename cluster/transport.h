#ifndef CLUSTER_TRANSPORT_H
#define CLUSTER_TRANSPORT_H
/* How a task reaches a worker and its result comes back: inline or by MPI, nothing else differs. */
#include <stdbool.h>

#include "render/base/error.h"

enum { TASK_FILE_BYTES = 200, TASK_MESSAGE_BYTES = 512 }; /* longer texts are cut */

/* Fixed size: sent between ranks as bytes. */
typedef struct TaskResult {
    int worker, task;
    Status status;     /* DONE, or why the task failed */
    Status message_id; /* of `message`: the status, or a warning of a task that is DONE; 0: none */
    int line, column, length; /* Place of the message */
    double seconds, cpu_seconds;
    char file[TASK_FILE_BYTES], message[TASK_MESSAGE_BYTES];
} TaskResult;

/* Runs one task where a worker lives. attempt: 1 for the first try. result: zeroed, task set. */
typedef struct TaskRunner {
    void *context;
    void (*run)(void *context, int task, int attempt, TaskResult *result);
} TaskRunner;

typedef struct Transport Transport;
struct Transport {
    int worker_count;
    /* worker: 0 .. worker_count - 1, and idle. */
    Status (*give)(Transport *transport, int worker, int task, int attempt, ErrorList *errors);
    /* Waits at most wait_s for the next result; is_taken: false when none came. */
    Status (*take)(
        Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors);
    void (*close)(Transport *transport); /* workers go home */
};

#endif
