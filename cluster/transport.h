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
    double moved_bytes, peak_bytes; /* read and written; most memory of the rank so far */
    bool is_worker_lost;            /* the worker is gone, with all that it was given; task is -1 */
    char file[TASK_FILE_BYTES], message[TASK_MESSAGE_BYTES];
} TaskResult;

/* Instead of an attempt: the worker's host shares what the task needs and it alone has. */
enum { TASK_SHARING_ATTEMPT = -1 };

/* Runs one task where a worker lives. attempt: 1 for the first try. result: zeroed, task set. */
typedef struct TaskRunner {
    void *context;
    void (*run)(void *context, int task, int attempt, TaskResult *result);
} TaskRunner;

typedef struct Transport Transport;
struct Transport {
    int worker_count;
    /* worker: 0 .. worker_count - 1, and with fewer than hold_limit tasks. */
    Status (*give)(Transport *transport, int worker, int task, int attempt, ErrorList *errors);
    /* Waits at most wait_s for the next result; is_taken: false when none came. */
    Status (*take)(
        Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors);
    void (*close)(Transport *transport); /* workers go home */
    /* The worker is dead: nothing is sent to it any more. NULL: none dies alone. */
    void (*lose)(Transport *transport, int worker);
    /* How many tasks a worker may hold, the one that it runs included; it runs them in the order in
     * which they were given. 0: one. */
    int hold_limit;
    const int *nodes; /* [worker_count] 0, 1, ...: which workers share a host; NULL: not known */
};

#endif
