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
static RenderOrder *order_arguments(const Options *options, Arena *arena) {
    const int count = options->argument_count;
    RenderOrder *orders = arena_array(arena, (size_t)count + 1, sizeof *orders);
    for (int job = 0; job < count; job++) {
        orders[job] = (RenderOrder){.options = options, .job_path = options->arguments[job]};
    }
    return orders;
}

/* ---- the queue ---- */

typedef struct Round { /* jobs that are rendered together */
    JobQueue *queue;
    JobClass urgency_of_others;
    RenderOrder *orders; /* [named_count + entry_count] those of the command line first */
    QueueEntry *entries;
    int named_count, entry_count;
} Round;

/* Machine and time are not the job's fault: it waits for the next command. */
static bool may_be_tried_again(int code) {
    return code == 5 || code == 10 || code == 12 || code == 130 || code == 143;
}

static Status settle(const Round *round, ErrorList *errors) {
    for (int index = 0; index < round->entry_count; index++) {
        const RenderOrder *order = &round->orders[round->named_count + index];
        QueueEntry *entry = &round->entries[index];
        if (order->has_yielded) {
            job_queue_put_back(entry);
        } else if (!may_be_tried_again(order->exit_code)) {
            TRY(job_queue_settle(round->queue, entry, order->exit_code == 0, errors));
        }
    }
    return DONE;
}

/* What else is said on the command line is the same for all. */
static void order_entries(const Options *options, Round *round, Arena *arena) {
    for (int index = 0; index < round->entry_count; index++) {
        const QueueEntry *entry = &round->entries[index];
        Options *classed = arena_alloc(arena, sizeof *classed);
        *classed = *options;
        classed->urgency = (int)entry->urgency;
        round->orders[round->named_count + index] =
            (RenderOrder){.options = classed, .job_path = entry->job_path};
    }
}

/* A job was dropped that is more urgent than one of this round. */
static bool has_more_urgent(void *context) {
    const Round *round = context;
    JobClass least_urgent = JOB_PREVIEW;
    for (int order = 0; order < round->named_count + round->entry_count; order++) {
        const JobClass urgency = (JobClass)round->orders[order].options->urgency;
        least_urgent = urgency > least_urgent ? urgency : least_urgent;
    }
    return job_queue_has_before(round->queue, round->urgency_of_others, least_urgent);
}

/* Jobs of the command line that made room for others are named again. */
static int keep_yielded(RenderOrder *orders, int count) {
    int kept = 0;
    for (int order = 0; order < count; order++) {
        if (orders[order].has_yielded) {
            orders[kept++] =
                (RenderOrder){.options = orders[order].options, .job_path = orders[order].job_path};
        }
    }
    return kept;
}

/* Until nothing waits that this command has not tried. What is dropped meanwhile is taken in the
 * next round, which begins at once for what is more urgent than a job of this one. */
static Status
render_queue(const Options *options, JobQueue *queue, int *code, Arena *arena, ErrorList *errors) {
    RenderOrder *named = order_arguments(options, arena);
    Round round = {.queue = queue,
                   .urgency_of_others = (JobClass)options->urgency,
                   .named_count = options->argument_count};
    for (;;) {
        TRY(job_queue_list(queue, round.urgency_of_others, &round.entries, &round.entry_count,
                           errors));
        const int count = round.named_count + round.entry_count;
        if (count == 0 || signals_count() > 0) {
            return DONE;
        }
        round.orders = arena_array(arena, (size_t)count, sizeof *round.orders);
        memcpy(round.orders, named, (size_t)round.named_count * sizeof *named);
        order_entries(options, &round, arena);
        *code =
            render_jobs_until(round.orders, count, *code, (RenderYield){has_more_urgent, &round});
        TRY(settle(&round, errors));
        round.named_count = keep_yielded(round.orders, round.named_count);
        named = round.orders;
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
            exit_code = render_jobs(order_arguments(options, arena), options->argument_count, 0);
        }
    }
    exit_code = status == DONE ? exit_code : answer_failure(options, errors, NULL);
    arena_destroy(&arena);
    return exit_code;
}
