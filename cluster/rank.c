/* What one MPI rank does: agree on the plan, then schedule (rank 0) or compute (the others). */
#include "cluster/rank.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cluster/conductor.h"
#include "cluster/process.h"
#include "cluster/signals.h"
#include "cluster/task_runner.h"
#include "cluster/transport_mpi.h"

static const double hello_wait_s = 120.0; /* a rank may have to hash all inputs by itself */

enum { STOPPED_BEATS = 3 }; /* heartbeats, not time: when rank 0 itself was stopped, none passed */

typedef struct RankProcess {
    long pid;
    bool is_here; /* on rank 0's host */
    const char *host;
    int stopped_beats;
} RankProcess;

typedef struct RankWatch {
    Arena *arena;
    RankProcess *processes; /* [count] */
    int count;
} RankWatch;

static int count_from_environment(const char *name) {
    const char *text = getenv(name);
    return text ? (int)strtol(text, NULL, 10) : 0;
}

bool rank_is_launched(void) {
    return count_from_environment("OMPI_COMM_WORLD_SIZE") > 0 ||
           (getenv("PMIX_RANK") && count_from_environment("SLURM_STEP_NUM_TASKS") > 0);
}

bool rank_is_one_of_many(void) {
    return count_from_environment("OMPI_COMM_WORLD_SIZE") > 1 ||
           (getenv("PMIX_RANK") && count_from_environment("SLURM_STEP_NUM_TASKS") > 1);
}

int rank_index(void) {
    return count_from_environment("OMPI_COMM_WORLD_RANK");
}

static Status describe_rank(RankHello *hello, ErrorList *errors) {
    gethostname(hello->host, sizeof hello->host - 1);
    hello->pid = (long)getpid();
    return fingerprint_make(&hello->fingerprint, errors);
}

/* ---- ranks > 0 ---- */

static void serve(Ranks *ranks, const char *brief, size_t brief_bytes, Arena *arena) {
    RankHello hello = {0};
    Batch *batch = batch_create(arena);
    ErrorList *errors = errors_create(arena);
    Status status = describe_rank(&hello, errors);
    if (status == DONE) {
        status = batch_parse(batch, brief, brief_bytes, errors);
    }
    hello.problem.status = status;
    if (status == DONE) {
        hello.plan_key = batch->plan->key;
    } else {
        task_result_describe(errors, &hello.problem);
    }
    if (ranks_say_hello(ranks, &hello, errors) == DONE && status == DONE) {
        ranks_serve(ranks, batch_runner(batch), errors);
    }
}

/* ---- rank 0 ---- */

static Status
judge_hello(const Batch *batch, const RankHello *own, const RankHello *hello, ErrorList *errors) {
    const char *who = arena_format(batch->arena, "pid %ld on host %s", hello->pid, hello->host);
    TRY(fingerprint_judge(&own->fingerprint, &hello->fingerprint, who, errors));
    if (hello->problem.status != DONE) {
        return fail(errors, hello->problem.status, NO_PLACE, "%s: %s", who, hello->problem.message);
    }
    if (!key_equal(hello->plan_key, batch->plan->key)) {
        return fail(errors, E620, NO_PLACE, "%s does not see the same job or inputs", who);
    }
    return DONE;
}

static Status hear_all(Ranks *ranks, const Batch *batch, RankWatch *watch, ErrorList *errors) {
    RankHello own = {0};
    TRY(describe_rank(&own, errors));
    for (int heard = 1; heard < ranks_count(ranks); heard++) {
        RankHello hello;
        int rank = 0;
        bool is_heard = false;
        TRY(ranks_hear_hello(ranks, hello_wait_s, &hello, &rank, &is_heard, errors));
        if (!is_heard) {
            return fail(errors, E517, NO_PLACE, "a rank is silent since the start");
        }
        TRY(judge_hello(batch, &own, &hello, errors));
        watch->processes[rank - 1] =
            (RankProcess){.pid = hello.pid,
                          .is_here = strcmp(hello.host, own.host) == 0,
                          .host = arena_copy_text(watch->arena, hello.host)};
    }
    return DONE;
}

/* Names the rank whose process is stopped (SIGSTOP, a debugger) for a while, NULL: none. Only
 * processes of this host can be seen. */
static const char *find_stopped(void *context) {
    RankWatch *watch = context;
    for (int worker = 0; worker < watch->count; worker++) {
        RankProcess *process = &watch->processes[worker];
        const bool is_stopped = process->is_here && process_is_stopped(process->pid);
        process->stopped_beats = is_stopped ? process->stopped_beats + 1 : 0;
        if (process->stopped_beats >= STOPPED_BEATS) {
            return arena_format(watch->arena, "rank %d (pid %ld)", worker + 1, process->pid);
        }
    }
    return NULL;
}

static const char *name_worker(void *context, int worker) {
    const RankWatch *watch = context;
    const RankProcess *process = &watch->processes[worker];
    return arena_format(watch->arena, "rank %d (pid %ld on %s)", worker + 1, process->pid,
                        process->host);
}

/* [count] which ranks share a host: 0, 1, ... in the order of the ranks. */
static const int *number_hosts(const RankWatch *watch) {
    int *nodes = arena_array(watch->arena, (size_t)watch->count + 1, sizeof *nodes);
    int node_count = 0;
    for (int worker = 0; worker < watch->count; worker++) {
        nodes[worker] = -1;
        for (int other = 0; other < worker && nodes[worker] < 0; other++) {
            if (strcmp(watch->processes[other].host, watch->processes[worker].host) == 0) {
                nodes[worker] = nodes[other];
            }
        }
        nodes[worker] = nodes[worker] < 0 ? node_count++ : nodes[worker];
    }
    return nodes;
}

static const char *const *list_hosts(const RankWatch *watch) {
    const char **hosts = arena_array(watch->arena, (size_t)watch->count + 1, sizeof *hosts);
    for (int worker = 0; worker < watch->count; worker++) {
        hosts[worker] = watch->processes[worker].host;
    }
    return hosts;
}

static void conduct_ranks(
    const RankZero *zero, Ranks *ranks, Batch *batch, RankOutcome *outcome, ErrorList *errors) {
    Transport *transport = ranks_transport(ranks, batch->arena);
    RankWatch watch = {.arena = batch->arena, .count = ranks_count(ranks) - 1};
    watch.processes = arena_array(batch->arena, (size_t)watch.count, sizeof *watch.processes);
    if (hear_all(ranks, batch, &watch, errors) != DONE) {
        transport->close(transport);
        return;
    }
    transport->nodes = number_hosts(&watch);
    const Conducting order = {.batch = batch,
                              .transport = transport,
                              .progress = zero->progress,
                              .launch = zero->launch,
                              .find_stopped = find_stopped,
                              .roll_path = zero->roll_path,
                              .name_worker = name_worker,
                              .hosts = list_hosts(&watch),
                              .context = &watch};
    outcome->has_conducted = true;
    if (conduct(&order)) {
        ranks_abort(ranks); /* running tasks are not waited for */
    }
}

static void
lead(const RankZero *zero, Ranks *ranks, Batch *batch, RankOutcome *outcome, ErrorList *errors) {
    const char *brief = "";
    size_t brief_bytes = 0;
    if (zero->prepare(zero->context, batch, errors) == DONE && batch->count > 0) {
        brief = batch_format(batch, &brief_bytes);
    }
    if (ranks_broadcast(ranks, batch->arena, &brief, &brief_bytes, errors) == DONE &&
        brief_bytes > 0) {
        conduct_ranks(zero, ranks, batch, outcome, batch->jobs[0]->errors);
    }
}

static void follow(Ranks *ranks, Arena *arena, ErrorList *errors) {
    const char *brief = NULL;
    size_t brief_bytes = 0;
    signals_open(SIGNALS_WORKER);
    if (ranks_broadcast(ranks, arena, &brief, &brief_bytes, errors) == DONE && brief_bytes > 0) {
        serve(ranks, brief, brief_bytes, arena);
    }
}

void rank_run(const RankZero *zero, Batch *batch, RankOutcome *outcome, ErrorList *errors) {
    Ranks *ranks = NULL;
    *outcome = (RankOutcome){.is_rank_zero = true};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no orphan outlives its mpirun */
    signals_open(SIGNALS_RANK_ZERO);
    if (ranks_open(batch->arena, &ranks, errors) != DONE) {
        return;
    }
    outcome->is_rank_zero = ranks_own_index(ranks) == 0;
    if (outcome->is_rank_zero) {
        outcome->worker_count = ranks_count(ranks) - 1;
        lead(zero, ranks, batch, outcome, errors);
    } else {
        follow(ranks, batch->arena, errors);
    }
    ranks_close(&ranks);
}
