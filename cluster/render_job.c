/* Renders jobs into their output folders: inline, with ranks of our own, or as one of many ranks.
 */
#include "cluster/render_job.h"

#include <string.h>

#include "cluster/clock.h"
#include "cluster/conductor.h"
#include "cluster/job_input.h"
#include "cluster/launcher.h"
#include "cluster/publish.h"
#include "cluster/rank.h"
#include "cluster/rendering.h"
#include "cluster/score_files.h"
#include "cluster/set_aside.h"
#include "cluster/signals.h"
#include "cluster/survey.h"
#include "cluster/transport_inline.h"

/* ---- before ---- */

static bool is_complete(const Run *run) {
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        if (!publish_is_done(run, deliverable)) {
            return false;
        }
    }
    return true;
}

static void say_change(const Rendering *rendering, RenderJob *render) {
    if (render->order->has_changed) {
        progress_say(rendering->progress, "the job changed since: %d of %d tasks must run again",
                     survey_count_open(&render->job.run), render->job.run.plan->task_count);
    }
}

/* Two jobs in one folder would take turns in replacing each other's files. */
static Status check_folders(const Rendering *rendering, const RenderJob *render) {
    for (const RenderJob *other = rendering->jobs; other < render; other++) {
        if (other->is_made &&
            strcmp(other->job.run.output_folder, render->job.run.output_folder) == 0) {
            fail(render->job.errors, E405, NO_PLACE, "`%s` writes to `%s` too",
                 other->order->job_path, other->job.run.output_folder);
            error_help(render->job.errors, "give it another project.cut, or render it by itself");
            return E405;
        }
    }
    return DONE;
}

static Status make_job(Rendering *rendering, RenderJob *render) {
    RenderOrder *order = render->order;
    BatchJob *job = &render->job;
    if (!order->job_text && strcmp(order->job_path, "-") == 0) { /* it can be read once */
        TRY(job_input_read_standard(rendering->arena, &order->job_text, job->errors));
    }
    TRY(set_aside_make_run(order, rendering->arena, &job->run, render->refusals, job->errors));
    TRY(check_folders(rendering, render));
    render->is_made = true;
    return DONE;
}

/* Claims the folder, and adds the job to the batch if anything is left to do. */
static Status claim_job(Rendering *rendering, RenderJob *render) {
    Run *run = &render->job.run;
    TRY(run_claim(run, render->order->options, render->job.errors));
    render->is_claimed = true;
    render->is_complete_before = is_complete(run);
    if (render->is_complete_before) {
        /* after a crash the stage may be full, the lists above still those of an older job */
        publish_sweep_stage(run);
        TRY(publish_manifest(run, run->arena, render->job.errors));
        return score_files_write(run, run->arena, render->job.errors);
    }
    say_change(rendering, render);
    batch_add(rendering->batch, &render->job);
    return DONE;
}

/* Plans, claims, and what is left to do. The RankZero of `mpirun nocturne render`. */
static Status prepare(void *context, Batch *batch, ErrorList *errors) {
    (void)errors;
    Rendering *rendering = context;
    bool is_any_made = false;
    for (int index = 0; index < rendering->job_count; index++) {
        RenderJob *render = &rendering->jobs[index];
        if (make_job(rendering, render) == DONE && !is_any_made) {
            is_any_made = true;
            rendering->errors = render->job.errors;
        }
        render->job.exit_code = errors_exit_code(render->job.errors);
    }
    if (is_any_made && !rendering->has_choice) {
        TRY(rendering_choose_ranks(rendering));
    }
    for (int index = 0; index < rendering->job_count; index++) {
        RenderJob *render = &rendering->jobs[index];
        if (render->is_made && claim_job(rendering, render) != DONE) {
            render->job.exit_code = errors_exit_code(render->job.errors);
        }
    }
    batch_close(batch);
    return DONE;
}

/* ---- the three ways ---- */

static void render_inline(Rendering *rendering) {
    signals_open(SIGNALS_INLINE);
    const Conducting order = {
        .batch = rendering->batch,
        .transport = transport_inline(batch_runner(rendering->batch), rendering->arena),
        .progress = rendering->progress,
        .launch = 1};
    conduct(&order);
    progress_clear(rendering->progress);
}

static void render_launched(Rendering *rendering) {
    LaunchOutcome outcome = {0};
    launcher_run(rendering->batch, rendering->rank_count, rendering->progress, &outcome);
    rendering->rank_count = outcome.rank_count;
}

/* The run as a whole came to nothing: so did every job that has no code of its own. */
static void end_all(Rendering *rendering) {
    const Batch *batch = rendering->batch;
    const int code =
        errors_exit_code(batch->count > 0 ? batch->jobs[0]->errors : rendering->errors);
    for (int index = 0; index < rendering->job_count; index++) {
        RenderJob *render = &rendering->jobs[index];
        if (render->job.exit_code == 0 && !render->is_complete_before) {
            render->job.exit_code = code;
        }
    }
}

static void render_alone(Rendering *rendering) {
    if (prepare(rendering, rendering->batch, rendering->errors) != DONE) {
        end_all(rendering);
    } else if (rendering->batch->count == 0) {
        return;
    } else if (rendering->rank_count > 1 || rendering_is_on_hosts(rendering->options)) {
        render_launched(rendering);
    } else {
        render_inline(rendering);
    }
}

/* false: another rank speaks. */
static bool render_as_rank(Rendering *rendering) {
    const RankZero zero = {
        .prepare = prepare, .context = rendering, .progress = rendering->progress, .launch = 1};
    RankOutcome outcome;
    rendering->rank_count = -1; /* chosen by mpirun */
    rendering->has_choice = true;
    rank_run(&zero, rendering->batch, &outcome, rendering->errors);
    rendering->rank_count = outcome.worker_count;
    if (!outcome.has_conducted) {
        end_all(rendering);
    }
    return outcome.is_rank_zero;
}

static void open_jobs(Rendering *rendering, RenderOrder *orders) {
    rendering->jobs =
        arena_array(rendering->arena, (size_t)rendering->job_count, sizeof *rendering->jobs);
    for (int index = 0; index < rendering->job_count; index++) {
        RenderJob *render = &rendering->jobs[index];
        render->order = &orders[index];
        render->job.options = orders[index].options;
        render->job.errors = errors_create(rendering->arena);
        render->refusals = errors_create(rendering->arena);
    }
    rendering->errors = rendering->jobs[0].job.errors;
}

static void release_jobs(Rendering *rendering) {
    for (int index = 0; index < rendering->job_count; index++) {
        if (rendering->jobs[index].is_claimed) {
            run_release(&rendering->jobs[index].job.run);
        }
    }
}

/* Stopped by nobody but ourselves. */
static void note_yielded(Rendering *rendering) {
    for (int index = 0; signals_is_yielding() && index < rendering->job_count; index++) {
        RenderJob *render = &rendering->jobs[index];
        render->order->has_yielded = render->job.exit_code == signals_exit_code();
        if (render->order->has_yielded) {
            progress_say(rendering->progress, "%s goes on behind the more urgent job",
                         render->order->job_path);
        }
    }
    signals_end_yielding();
}

int render_jobs_until(RenderOrder *orders, int count, int code_before, RenderYield yield) {
    Arena *arena = arena_create();
    Rendering rendering = {.arena = arena,
                           .options = orders[0].options,
                           .job_count = count,
                           .code_before = code_before,
                           .batch = batch_create(arena),
                           .begin_s = clock_now_s()};
    rendering.batch->must_yield = yield.must_yield;
    rendering.batch->yield_context = yield.context;
    open_jobs(&rendering, orders);
    rendering.progress = progress_create(rendering.batch, progress_target(rendering.options));
    bool is_speaker = true;
    if (rank_is_one_of_many()) {
        is_speaker = render_as_rank(&rendering);
    } else {
        render_alone(&rendering);
    }
    note_yielded(&rendering);
    const int exit_code = is_speaker ? rendering_report(&rendering) : 0;
    release_jobs(&rendering);
    arena_destroy(&arena);
    return exit_code;
}

int render_jobs(RenderOrder *orders, int count, int code_before) {
    return render_jobs_until(orders, count, code_before, (RenderYield){0});
}
