/* Tasks and results as MPI messages between rank 0 and the others. The only file that sees MPI. */
#include "cluster/transport_mpi.h"

#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TAG_HELLO = 1, TAG_TASK, TAG_RESULT };
enum { HELD_ORDERS = 2 }; /* one runs, one waits in the mailbox of the rank */

static const long poll_ns = 500000; /* 0.5 ms: a few % of a core, small against any task */

typedef struct TaskOrder { /* TAG_TASK; task -1: go home */
    int task, attempt;
} TaskOrder;

struct Ranks {
    int own, count;
    bool is_transport_open;
};

typedef struct MpiTransport {
    Transport transport; /* first: a Transport * is an MpiTransport * */
    Ranks *ranks;
    bool *is_lost; /* [worker_count] */
    Arena *arena;
} MpiTransport;

static Status check_mpi(int code, const char *call, ErrorList *errors) {
    if (code == MPI_SUCCESS) {
        return DONE;
    }
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    return fail(errors, E517, NO_PLACE, "MPI: %s: %s", call, text);
}

#define TRY_MPI(call) TRY(check_mpi((call), #call, errors))

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Waits for a message with this tag; found false when wait_s is over. wait_s < 0: for ever, but not
 * longer than our parent lives (an orphan must not stay). */
static Status
wait_message(int tag, double wait_s, MPI_Status *status, int *found, ErrorList *errors) {
    const double end_s = now_s() + wait_s;
    const pid_t parent = getppid();
    for (;;) {
        TRY_MPI(MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, found, status));
        if (*found || (wait_s >= 0.0 && now_s() >= end_s)) {
            return DONE;
        }
        if (getppid() != parent) {
            return fail(errors, E517, NO_PLACE, "mpirun is gone");
        }
        nanosleep(&(struct timespec){.tv_nsec = poll_ns}, NULL);
    }
}

bool ranks_are_built_in(void) {
    return true;
}

Status ranks_open(Arena *arena, Ranks **ranks, ErrorList *errors) {
    int provided = 0;
    Ranks *opened = arena_alloc(arena, sizeof *opened);
    TRY_MPI(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided));
    TRY_MPI(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
    TRY_MPI(MPI_Comm_rank(MPI_COMM_WORLD, &opened->own));
    TRY_MPI(MPI_Comm_size(MPI_COMM_WORLD, &opened->count));
    *ranks = opened;
    return DONE;
}

int ranks_own_index(const Ranks *ranks) {
    return ranks->own;
}

int ranks_count(const Ranks *ranks) {
    return ranks->count;
}

Status ranks_broadcast(
    Ranks *ranks, Arena *arena, const char **bytes, size_t *size_bytes, ErrorList *errors) {
    int size = ranks->own == 0 ? (int)*size_bytes : 0;
    TRY_MPI(MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD));
    char *buffer = arena_alloc(arena, (size_t)size + 1);
    if (ranks->own == 0 && size > 0) {
        memcpy(buffer, *bytes, (size_t)size);
    }
    if (size > 0) {
        TRY_MPI(MPI_Bcast(buffer, size, MPI_BYTE, 0, MPI_COMM_WORLD));
    }
    *bytes = buffer;
    *size_bytes = (size_t)size;
    return DONE;
}

Status ranks_say_hello(Ranks *ranks, const RankHello *hello, ErrorList *errors) {
    (void)ranks;
    TRY_MPI(MPI_Send(hello, (int)sizeof *hello, MPI_BYTE, 0, TAG_HELLO, MPI_COMM_WORLD));
    return DONE;
}

Status ranks_hear_hello(
    Ranks *ranks, double wait_s, RankHello *hello, int *rank, bool *is_heard, ErrorList *errors) {
    (void)ranks;
    MPI_Status status;
    int found = 0;
    *is_heard = false;
    TRY(wait_message(TAG_HELLO, wait_s, &status, &found, errors));
    if (found) {
        *rank = status.MPI_SOURCE;
        TRY_MPI(MPI_Recv(hello, (int)sizeof *hello, MPI_BYTE, *rank, TAG_HELLO, MPI_COMM_WORLD,
                         MPI_STATUS_IGNORE));
        *is_heard = true;
    }
    return DONE;
}

/* Not waited for: a send to a rank that just died would never end. The order stays where it is. */
static Status send_order(const MpiTransport *self, int worker, TaskOrder order, ErrorList *errors) {
    MPI_Request request = MPI_REQUEST_NULL;
    TaskOrder *kept = arena_alloc(self->arena, sizeof *kept);
    *kept = order;
    // NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker): nobody waits, see above
    TRY_MPI(MPI_Isend(kept, (int)sizeof *kept, MPI_BYTE, worker + 1, TAG_TASK, MPI_COMM_WORLD,
                      &request));
    TRY_MPI(MPI_Request_free(&request));
    // NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker)
    return DONE;
}

static Status mpi_give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    return send_order((const MpiTransport *)transport, worker, (TaskOrder){task, attempt}, errors);
}

static void mpi_lose(Transport *transport, int worker) {
    ((MpiTransport *)transport)->is_lost[worker] = true;
}

static Status mpi_take(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    (void)transport;
    MPI_Status status;
    int found = 0;
    *is_taken = false;
    TRY(wait_message(TAG_RESULT, wait_s, &status, &found, errors));
    if (found) {
        const int rank = status.MPI_SOURCE;
        TRY_MPI(MPI_Recv(result, (int)sizeof *result, MPI_BYTE, rank, TAG_RESULT, MPI_COMM_WORLD,
                         MPI_STATUS_IGNORE));
        result->worker = rank - 1;
        *is_taken = true;
    }
    return DONE;
}

/* Small messages are sent without waiting for the receiver, so a busy rank holds nobody up. */
static void send_home(const MpiTransport *self) {
    ErrorList *unsaid = errors_create(self->arena);
    for (int worker = 0; worker < self->transport.worker_count; worker++) {
        if (!self->is_lost[worker]) {
            send_order(self, worker, (TaskOrder){.task = -1}, unsaid);
        }
    }
}

static void mpi_close(Transport *transport) {
    MpiTransport *self = (MpiTransport *)transport;
    if (self->ranks->is_transport_open) {
        self->ranks->is_transport_open = false;
        send_home(self);
    }
}

Transport *ranks_transport(Ranks *ranks, Arena *arena) {
    MpiTransport *self = arena_alloc(arena, sizeof *self);
    self->transport = (Transport){.worker_count = ranks->count - 1,
                                  .give = mpi_give,
                                  .take = mpi_take,
                                  .close = mpi_close,
                                  .lose = mpi_lose,
                                  .hold_limit = HELD_ORDERS};
    self->ranks = ranks;
    self->arena = arena;
    self->is_lost = arena_array(arena, (size_t)ranks->count, sizeof *self->is_lost);
    ranks->is_transport_open = true;
    return &self->transport;
}

static Status receive_order(TaskOrder *order, ErrorList *errors) {
    MPI_Status status;
    int found = 0;
    TRY(wait_message(TAG_TASK, -1.0, &status, &found, errors));
    TRY_MPI(MPI_Recv(order, (int)sizeof *order, MPI_BYTE, 0, TAG_TASK, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE));
    return DONE;
}

static Status send_result(const TaskResult *result, ErrorList *errors) {
    TRY_MPI(MPI_Send(result, (int)sizeof *result, MPI_BYTE, 0, TAG_RESULT, MPI_COMM_WORLD));
    return DONE;
}

Status ranks_serve(Ranks *ranks, TaskRunner runner, ErrorList *errors) {
    Status status = DONE;
    while (status == DONE) {
        TaskOrder order = {.task = -1};
        status = receive_order(&order, errors);
        if (status != DONE || order.task < 0) {
            break;
        }
        TaskResult result = {.task = order.task};
        runner.run(runner.context, order.task, order.attempt, &result);
        result.worker = ranks->own - 1;
        status = send_result(&result, errors);
    }
    return status;
}

void ranks_close(Ranks **ranks) {
    if (*ranks) {
        MPI_Finalize();
        *ranks = NULL;
    }
}

void ranks_abort(Ranks *ranks) {
    (void)ranks;
    MPI_Abort(MPI_COMM_WORLD, 1);
}
