/* `render`: makes the deliverables of jobs, named one by one or waiting in a queue. */
#include <string.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/job_queue.h"
#include "cluster/rank.h"
#include "cluster/render_job.h"
#include "cluster/signals.h"

static Status check_no_twins(const Options *options, ErrorList *errors) {
    for (int job = 1; job < options->argument_count; job++) {
        for (int before = 0; before < job; before++) {
            if (strcmp(options->arguments[job], options->arguments[before]) == 0) {
                return fail(errors, E002, NO_PLACE, "`%s` is named twice", options->arguments[job]);
            }
        }
    }
    return DONE;
}

static Status check_arguments(const Options *options, ErrorList *errors) {
    TRY(answer_check_count(options, options->queue ? 0 : 1, -1, "JOB ...", errors));
    TRY(check_no_twins(options, errors));
    if ((options->argument_count > 1 || options->queue) && options->output) {
        fail(errors, E002, NO_PLACE, "`--output` names the folder of one job, not of several");
        error_help(errors, "without it every job has its own: out/CODE_CUT");
        return E002;
    }
    if (options->queue && rank_is_one_of_many()) {
        fail(errors, E002, NO_PLACE, "`--queue` starts its ranks itself");
        error_help(errors, "nocturne render --queue DIR -j N, --hosts or --slurm, without mpirun");
        return E002;
    }
    return DONE;
}

/* The jobs of the command line. */
static RenderOrder *order_arguments(const Options *options, int room_count, Arena *arena) {
    const int count = options->argument_count;
    RenderOrder *orders = arena_array(arena, (size_t)(count + room_count) + 1, sizeof *orders);
    for (int job = 0; job < count; job++) {
        orders[job] = (RenderOrder){.options = options, .job_path = options->arguments[job]};
    }
    return orders;
}

/* ---- the queue ---- */

/* Machine and time are not the job's fault: it waits for the next command. */
static bool may_be_tried_again(int code) {
    return code == 5 || code == 10 || code == 12 || code == 130 || code == 143;
}

static Status settle(const JobQueue *queue,
                     const QueueEntry *entries,
                     const RenderOrder *orders,
                     int count,
                     ErrorList *errors) {
    for (int entry = 0; entry < count; entry++) {
        if (!may_be_tried_again(orders[entry].exit_code)) {
            TRY(job_queue_settle(queue, &entries[entry], orders[entry].exit_code == 0, errors));
        }
    }
    return DONE;
}

/* What else is said on the command line is the same for all. */
static void order_entries(const Options *options,
                          const QueueEntry *entries,
                          int count,
                          RenderOrder *orders,
                          Arena *arena) {
    for (int entry = 0; entry < count; entry++) {
        Options *classed = arena_alloc(arena, sizeof *classed);
        *classed = *options;
        classed->urgency = (int)entries[entry].urgency;
        orders[entry] = (RenderOrder){.options = classed, .job_path = entries[entry].job_path};
    }
}

/* Until nothing waits that this command has not tried: what is dropped meanwhile is taken in the
 * next round. */
static Status
render_queue(const Options *options, JobQueue *queue, int *code, Arena *arena, ErrorList *errors) {
    int named_count = options->argument_count; /* of the command line: in the first round */
    for (;;) {
        QueueEntry *entries = NULL;
        int count = 0;
        TRY(job_queue_list(queue, (JobClass)options->urgency, &entries, &count, errors));
        if (named_count + count == 0 || signals_count() > 0) {
            return DONE;
        }
        RenderOrder *orders = order_arguments(options, count, arena);
        RenderOrder *queued = orders + named_count;
        order_entries(options, entries, count, queued, arena);
        *code = render_jobs(orders, named_count + count, *code);
        TRY(settle(queue, entries, queued, count, errors));
        named_count = 0;
    }
}

static Status serve_queue(const Options *options, int *code, Arena *arena, ErrorList *errors) {
    JobQueue *queue = NULL;
    TRY(check_arguments(options, errors));
    TRY(job_queue_open(options->queue, arena, &queue, errors));
    const Status status = render_queue(options, queue, code, arena, errors);
    job_queue_close(queue);
    return status;
}

int command_render(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    int exit_code = 0;
    Status status = DONE;
    if (options->queue) {
        status = serve_queue(options, &exit_code, arena, errors);
    } else {
        status = check_arguments(options, errors);
        if (status == DONE) {
            exit_code = render_jobs(order_arguments(options, 0, arena), options->argument_count, 0);
        }
    }
    exit_code = status == DONE ? exit_code : answer_failure(options, errors, NULL);
    arena_destroy(&arena);
    return exit_code;
}
