/* What rank 0 or the inline run does between the plan and the last published file. */
#include "cluster/conductor.h"

#include <string.h>
#include <unistd.h>

#include "cluster/accounting.h"
#include "cluster/clock.h"
#include "cluster/cost_model.h"
#include "cluster/journal.h"
#include "cluster/message.h"
#include "cluster/publish.h"
#include "cluster/scheduler.h"
#include "cluster/score_files.h"
#include "cluster/signals.h"
#include "cluster/space_watch.h"
#include "cluster/task_claims.h"
#include "cluster/versions.h"
#include "render/base/files.h"

static const double heartbeat_s = 1.0;

typedef struct Conductor {
    const Conducting *order;
    Run *run;
    Journal *journal;
    Scheduler *scheduler;
    CostModel costs;
    TaskClaims *claims;
    bool *is_running; /* [task_count] */
    bool is_short;    /* of space in the store */
    Accounting *accounting;
    ErrorList *errors;
    bool *is_published, *is_encoded, *is_inspected; /* [deliverable_count] */
    int *cut_offs;                                  /* [task_count] */
    bool *has_healed;                               /* [task_count] said once a task */
    double beaten_s;
    int told_stops; /* requests to stop that were announced */
    bool is_journal_lost;
    const char *stopped; /* which worker, NULL: none */
} Conductor;

/* ---- telling ---- */

/* fields: the reference is taken. */
static void tell(Conductor *conductor, const char *event, json_t *fields) {
    if (conductor->journal && !conductor->is_journal_lost &&
        journal_add(conductor->journal, event, fields, conductor->errors) != DONE) {
        conductor->is_journal_lost = true; /* said once; a full disk stops the tasks by itself */
    }
    if (conductor->order->progress) {
        progress_take(conductor->order->progress, event, fields, clock_now_s());
    }
    json_decref(fields);
}

static json_t *list_deliverables(const Conductor *conductor) {
    json_t *list = json_array();
    for (int deliverable = 0; deliverable < conductor->run->mix->deliverable_count; deliverable++) {
        json_array_append_new(
            list, json_pack("{s:s, s:b}", "id", conductor->run->mix->deliverables[deliverable].id,
                            "published", (int)conductor->is_published[deliverable]));
    }
    return list;
}

static void tell_start(Conductor *conductor) {
    const Plan *plan = conductor->run->plan;
    const SchedulerCounts *counts = scheduler_counts(conductor->scheduler);
    double cost = 0.0;
    for (int task = 0; task < plan->task_count; task++) {
        cost += plan->tasks[task].cost;
    }
    tell(conductor, "start",
         json_pack("{s:s, s:s, s:s, s:i, s:I, s:i, s:i, s:i, s:f, s:f, s:o}", "schema",
                   "nocturne-journal/1", "version", program_version(), "code", plan->code, "launch",
                   conductor->order->launch, "pid", (json_int_t)getpid(), "ranks",
                   conductor->order->transport->worker_count, "tasks", plan->task_count, "done",
                   plan->task_count - counts->open_count, "cost", cost, "cost_done",
                   cost - counts->open_cost, "deliverables", list_deliverables(conductor)));
}

static void tell_messages(Conductor *conductor) {
    for (const ErrorEntry *entry = errors_first(conductor->errors); entry; entry = entry->next) {
        tell(conductor, "message", message_to_json(entry));
    }
}

/* ---- publishing ---- */

static json_t *describe_published(const MixDeliverable *subject, const PublishResult *result) {
    json_t *fields =
        json_pack("{s:s, s:b, s:i, s:s}", "deliverable", subject->id, "held", (int)result->is_held,
                  "files", result->file_count, "verdict", result->verdict ? result->verdict : "ok");
    if (result->has_loudness) {
        json_object_set_new(fields, "lufs", json_real(result->integrated_lufs));
        json_object_set_new(fields, "dbtp", json_real(result->true_peak_dbtp));
    }
    return fields;
}

static void publish_when_ready(Conductor *conductor, int deliverable) {
    const Conducting *order = conductor->order;
    if (conductor->is_published[deliverable] || !conductor->is_encoded[deliverable] ||
        !conductor->is_inspected[deliverable]) {
        return;
    }
    PublishResult result = {0};
    Arena *scratch = arena_create();
    const Status status =
        publish_deliverable(conductor->run, deliverable, order->options->allow_qc_fail, scratch,
                            &result, conductor->errors);
    if (status == DONE || result.is_held) {
        conductor->is_published[deliverable] = true;
        tell(conductor, "published",
             describe_published(&conductor->run->mix->deliverables[deliverable], &result));
    }
    arena_destroy(&scratch);
}

/* Deliverables that were encoded and inspected when an earlier run ended, but not published. */
static void publish_left_over(Conductor *conductor) {
    const Run *run = conductor->run;
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        if (!conductor->is_published[deliverable]) {
            conductor->is_encoded[deliverable] =
                run_task_is_done(run, run->plan->encode_tasks[deliverable]);
            conductor->is_inspected[deliverable] =
                run_task_is_done(run, run->plan->inspect_tasks[deliverable]);
            publish_when_ready(conductor, deliverable);
        }
    }
}

/* ---- hooks of the scheduler ---- */

static bool hook_is_done(void *context, int task) {
    const Conductor *conductor = context;
    return run_task_is_done(conductor->run, task);
}

static bool hook_is_goal(void *context, int task) {
    const Conductor *conductor = context;
    const Task *asked = &conductor->run->plan->tasks[task];
    return (asked->kind == TASK_ENCODE || asked->kind == TASK_INSPECT) &&
           !conductor->is_published[asked->subject];
}

static void hook_on_start(void *context, int task, int worker, int attempt) {
    Conductor *conductor = context;
    conductor->is_running[task] = true;
    tell(conductor, "task_start",
         json_pack("{s:i, s:s, s:i, s:i}", "task", task, "name",
                   conductor->run->plan->tasks[task].name, "worker", worker, "attempt", attempt));
}

static Place place_of(const Conductor *conductor, const TaskResult *result) {
    const char *file = result->file;
    if (result->line == 0 && file[0] == '\0') {
        return NO_PLACE;
    }
    if (strcmp(file, conductor->run->job->path) == 0) {
        file = conductor->run->job->path;
    } else {
        file = arena_copy_text(conductor->run->arena, file);
    }
    return (Place){file, result->line, result->column, result->length};
}

/* The task runs here no more. */
static void let_go(Conductor *conductor, int task) {
    conductor->is_running[task] = false;
    task_claims_release(conductor->claims, task);
}

static void hook_on_done(void *context, const TaskResult *result) {
    Conductor *conductor = context;
    const Task *task = &conductor->run->plan->tasks[result->task];
    if (result->message_id != DONE) {
        warn(conductor->errors, result->message_id, place_of(conductor, result), "%s",
             result->message);
        error_note(conductor->errors, "while running task `%s`", task->name);
    }
    if (result->worker >= 0) {
        cost_model_add(&conductor->costs, task->kind, task->units, result->cpu_seconds);
        accounting_add(conductor->accounting, result);
    }
    let_go(conductor, result->task);
    tell(conductor, "task_done",
         json_pack("{s:i, s:i, s:s, s:f, s:f, s:f, s:f}", "task", result->task, "worker",
                   result->worker, "kind", task_kind_name(task->kind), "seconds", result->seconds,
                   "cpu", result->cpu_seconds, "cost", task->cost, "units", task->units));
    if (task->kind == TASK_ENCODE || task->kind == TASK_INSPECT) {
        bool *is_done = task->kind == TASK_ENCODE ? conductor->is_encoded : conductor->is_inspected;
        is_done[task->subject] = true;
        publish_when_ready(conductor, task->subject);
    }
}

static void report_failure(Conductor *conductor, const TaskResult *result, TaskFailure failure) {
    const char *name = conductor->run->plan->tasks[result->task].name;
    const Place place = place_of(conductor, result);
    ErrorList *errors = conductor->errors;
    switch (failure) {
    case FAILURE_RETRIED:
        warn(errors, E601, place, "task `%s` failed and was retried: %s", name, result->message);
        break;
    case FAILURE_HEALED:
        if (!conductor->has_healed[result->task]) {
            conductor->has_healed[result->task] = true;
            warn(errors, E701, place, "re-rendering what task `%s` needs", name);
            error_note(errors, "%s", result->message);
        }
        break;
    case FAILURE_FINAL:
        fail(errors, result->status, place, "%s", result->message);
        error_note(errors, "while running task `%s`", name);
        break;
    case FAILURE_QUARANTINED:
        fail(errors, E601, place, "task `%s` failed %d times: E%03d %s", name, TASK_ATTEMPTS,
             (int)result->status, result->message);
        break;
    case FAILURE_CUT_OFF:
        fail(errors, E602, place, "task `%s` is quarantined: its rank died at all of %d attempts",
             name, TASK_ATTEMPTS);
        break;
    }
}

static void hook_on_failed(void *context, const TaskResult *result, TaskFailure failure) {
    Conductor *conductor = context;
    const bool is_final = failure != FAILURE_RETRIED && failure != FAILURE_HEALED;
    report_failure(conductor, result, failure);
    let_go(conductor, result->task);
    tell(conductor, "task_failed",
         json_pack("{s:i, s:s, s:i, s:i, s:b, s:s}", "task", result->task, "name",
                   conductor->run->plan->tasks[result->task].name, "worker", result->worker, "id",
                   (int)result->status, "final", (int)is_final, "message", result->message));
}

/* The first helper has come: what runs already is ours. */
static void look_for_helpers(Conductor *conductor, double now_s) {
    if (!task_claims_look(conductor->claims)) {
        return;
    }
    for (int task = 0; task < conductor->run->plan->task_count; task++) {
        if (conductor->is_running[task]) {
            (void)task_claims_ask(conductor->claims, task, now_s);
        }
    }
}

static void look_at_space(Conductor *conductor) {
    const bool is_short = space_is_short_at(store_path(conductor->run->store));
    if (is_short != conductor->is_short) {
        conductor->is_short = is_short;
        tell(conductor, is_short ? "held" : "released", json_object());
        if (conductor->order->progress) {
            progress_say(conductor->order->progress,
                         is_short ? "no room in the store: nothing new is started until there is"
                                  : "there is room again");
        }
    }
}

static void beat(Conductor *conductor) {
    const double now_s = clock_now_s();
    if (now_s - conductor->beaten_s >= heartbeat_s) {
        conductor->beaten_s = now_s;
        tell(conductor, "heartbeat", json_object());
        look_for_helpers(conductor, now_s);
        look_at_space(conductor);
        if (conductor->order->find_stopped && !conductor->stopped) {
            conductor->stopped = conductor->order->find_stopped(conductor->order->context);
        }
    }
}

static SchedulerWish answer_stop_request(Conductor *conductor, int running_count) {
    const int requests = signals_count();
    if (requests == 0) {
        return SCHEDULER_GO_ON;
    }
    const bool is_news = requests > conductor->told_stops && requests == 1;
    if (is_news && running_count > 0 && conductor->order->progress) {
        progress_say(conductor->order->progress, "finishing %d task%s, press again to stop now",
                     running_count, running_count == 1 ? "" : "s");
    }
    conductor->told_stops = requests;
    return requests > 1 ? SCHEDULER_STOP : SCHEDULER_DRAIN;
}

static SchedulerWish hook_on_idle(void *context, int running_count) {
    Conductor *conductor = context;
    const Conducting *order = conductor->order;
    beat(conductor);
    if (conductor->stopped) {
        return SCHEDULER_STOP;
    }
    if (order->progress) {
        progress_draw(order->progress, clock_now_s());
    }
    const SchedulerWish wish = answer_stop_request(conductor, running_count);
    return wish == SCHEDULER_GO_ON && conductor->is_short ? SCHEDULER_HOLD : wish;
}

static SchedulerStart hook_may_start(void *context, int task) {
    Conductor *conductor = context;
    return task_claims_ask(conductor->claims, task, clock_now_s());
}

/* ---- the run ---- */

/* Tasks that were running when an earlier launch of this command died. */
static void count_cut_off(void *context, const json_t *event) {
    Conductor *conductor = context;
    const char *name = json_string_value(json_object_get(event, "ev"));
    const int task = (int)json_integer_value(json_object_get(event, "task"));
    const int task_count = conductor->run->plan->task_count;
    const bool is_about_task = name && strncmp(name, "task_", 5) == 0;
    if (name && strcmp(name, "start") == 0 &&
        json_integer_value(json_object_get(event, "launch")) == 1) {
        memset(conductor->cut_offs, 0, (size_t)task_count * sizeof *conductor->cut_offs);
    }
    if (!is_about_task || task < 0 || task >= task_count) {
        return;
    }
    if (strcmp(name, "task_start") == 0) {
        conductor->cut_offs[task]++;
    } else if (strcmp(name, "task_done") == 0) {
        conductor->cut_offs[task] = 0;
    } else if (!json_is_true(json_object_get(event, "final"))) {
        conductor->cut_offs[task]--; /* it failed by itself, its rank lived on */
    }
}

static Status open_journal(Conductor *conductor) {
    Run *run = conductor->run;
    const char *path = path_join(run->arena, run->state_folder, "journal");
    const size_t task_count = (size_t)run->plan->task_count;
    conductor->cut_offs = arena_array(run->arena, task_count + 1, sizeof *conductor->cut_offs);
    conductor->has_healed = arena_array(run->arena, task_count + 1, sizeof(bool));
    conductor->is_running = arena_array(run->arena, task_count + 1, sizeof(bool));
    conductor->claims = task_claims_create(run);
    if (conductor->order->launch > 1) {
        long offset = 0;
        TRY(journal_read(path, &offset, count_cut_off, conductor, conductor->errors));
    }
    return journal_open(path, run->arena, &conductor->journal, conductor->errors);
}

static void find_published(Conductor *conductor) {
    const Run *run = conductor->run;
    const size_t count = (size_t)run->mix->deliverable_count + 1;
    conductor->is_published = arena_array(run->arena, count, sizeof(bool));
    conductor->is_encoded = arena_array(run->arena, count, sizeof(bool));
    conductor->is_inspected = arena_array(run->arena, count, sizeof(bool));
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        conductor->is_published[deliverable] = publish_is_done(run, deliverable);
    }
}

/* The facts that publishing reads are checked before the scheduler counts them as done: a damaged
 * object is removed by that, and its task runs again. */
static void drop_damaged_facts(Conductor *conductor) {
    const Run *run = conductor->run;
    Arena *scratch = arena_create();
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        const Task *inspect = &run->plan->tasks[run->plan->inspect_tasks[deliverable]];
        StoreObject facts = {0};
        ErrorList *unsaid = errors_create(scratch); /* E606: it is made again */
        if (conductor->is_published[deliverable] || !store_has(run->store, inspect->outputs[0])) {
            continue;
        }
        if (store_map(run->store, inspect->outputs[0], &facts, unsaid) == DONE) {
            store_unmap(&facts);
        } else {
            warn(conductor->errors, E701, NO_PLACE,
                 "damaged cache object removed: the result of `%s`", inspect->name);
        }
    }
    arena_destroy(&scratch);
}

/* ---- what tasks cost ---- */

static void learn_cost(void *context, const json_t *event) {
    cost_model_learn(context, event);
}

/* From earlier runs with this store; when there was none, from earlier runs in this folder. */
static void estimate_costs(Conductor *conductor) {
    const Run *run = conductor->run;
    ErrorList *ignored = errors_create(run->arena);
    CostModel *costs = &conductor->costs;
    long offset = 0;
    cost_model_read(store_path(run->store), run->arena, costs);
    if (costs->kinds[TASK_SPATIALIZE].seconds <= 0.0) {
        journal_read(path_join(run->arena, run->state_folder, "journal"), &offset, learn_cost,
                     costs, ignored);
    }
    cost_model_apply(costs, run->plan);
}

static void keep_costs(const Conductor *conductor) {
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch); /* a full store has no room for estimates */
    cost_model_write(&conductor->costs, store_path(conductor->run->store), scratch, ignored);
    arena_destroy(&scratch);
}

/* A farm's file system serves only so many that stream at a time; what is given early must be
 * short, see SchedulerLimits. */
static SchedulerLimits limits_for(int worker_count) {
    enum { HEAVY_AT_LEAST = 8, WORKERS_PER_HEAVY = 4 };
    static const double early_s = 2.0;
    const int share = worker_count / WORKERS_PER_HEAVY;
    return (SchedulerLimits){share > HEAVY_AT_LEAST ? share : HEAVY_AT_LEAST, early_s};
}

static void schedule(Conductor *conductor) {
    const SchedulerHooks hooks = {.context = conductor,
                                  .is_done = hook_is_done,
                                  .is_goal = hook_is_goal,
                                  .on_start = hook_on_start,
                                  .on_done = hook_on_done,
                                  .on_failed = hook_on_failed,
                                  .on_idle = hook_on_idle,
                                  .may_start = hook_may_start};
    Run *run = conductor->run;
    drop_damaged_facts(conductor);
    estimate_costs(conductor);
    conductor->scheduler = scheduler_create(run->plan, hooks, conductor->cut_offs, run->arena);
    scheduler_set_limits(conductor->scheduler,
                         limits_for(conductor->order->transport->worker_count));
    tell_start(conductor);
    publish_left_over(conductor);
    scheduler_run(conductor->scheduler, conductor->order->transport, conductor->errors);
    if (scheduler_counts(conductor->scheduler)->done_count > 0) {
        keep_costs(conductor);
    }
}

static void finish_folder(Conductor *conductor) {
    const int count = conductor->run->mix->deliverable_count;
    int published = 0;
    for (int deliverable = 0; deliverable < count; deliverable++) {
        published += conductor->is_published[deliverable];
    }
    if (published > 0) {
        Arena *scratch = arena_create();
        publish_manifest(conductor->run, scratch, conductor->errors);
        score_files_write(conductor->run, scratch, conductor->errors);
        arena_destroy(&scratch);
    }
    if (published == count) {
        publish_sweep_stage(conductor->run);
    }
}

static int judge_run(Conductor *conductor) {
    const SchedulerCounts *counts = scheduler_counts(conductor->scheduler);
    if (signals_count() > 0 && counts->left_count > 0) {
        fail(conductor->errors, E604, NO_PLACE, "stopped: %d task%s left", counts->left_count,
             counts->left_count == 1 ? " is" : "s are");
        error_help(conductor->errors, "to go on: nocturne resume %s",
                   conductor->run->output_folder);
        return signals_exit_code();
    }
    if (errors_count(conductor->errors) > 0 && counts->failed_count > 0) {
        error_help(conductor->errors,
                   "the other %d tasks are finished and kept; to go on: nocturne resume %s",
                   conductor->run->plan->task_count - counts->failed_count - counts->left_count,
                   conductor->run->output_folder);
    }
    return errors_exit_code(conductor->errors);
}

ConductOutcome conduct(const Conducting *order, ErrorList *errors) {
    Conductor conductor = {.order = order, .run = order->run, .errors = errors};
    conductor.beaten_s = clock_now_s();
    if (open_journal(&conductor) != DONE) {
        order->transport->close(order->transport);
        return (ConductOutcome){.exit_code = errors_exit_code(errors)};
    }
    find_published(&conductor);
    conductor.accounting = accounting_create(order->run);
    schedule(&conductor);
    if (conductor.stopped) {
        fail(errors, E601, NO_PLACE, "%s is stopped and does not go on", conductor.stopped);
        journal_close(&conductor.journal);
        return (ConductOutcome){.exit_code = errors_exit_code(errors), .must_abort = true};
    }
    order->transport->close(order->transport);
    task_claims_remove(conductor.claims);
    finish_folder(&conductor);
    const int code = judge_run(&conductor);
    accounting_write(conductor.accounting, code, errors_create(order->run->arena)); /* a help */
    tell_messages(&conductor);
    tell(&conductor, "end", json_pack("{s:i}", "code", code));
    journal_close(&conductor.journal);
    return (ConductOutcome){.exit_code = code, .must_abort = signals_count() > 1};
}

void conduct_nothing(const char *state_folder, Arena *arena, ErrorList *errors) {
    Conductor conductor = {.order = &(const Conducting){0}, .errors = errors};
    const char *path = path_join(arena, state_folder, "journal");
    if (journal_open(path, arena, &conductor.journal, errors) == DONE) {
        tell_messages(&conductor);
        tell(&conductor, "end", json_pack("{s:i}", "code", errors_exit_code(errors)));
        journal_close(&conductor.journal);
    }
}

/* Nothing is given: only the survey is wanted. */
static Scheduler *survey_run(Run *run) {
    Conductor conductor = {.run = run};
    const SchedulerHooks hooks = {
        .context = &conductor, .is_done = hook_is_done, .is_goal = hook_is_goal};
    find_published(&conductor);
    return scheduler_create(run->plan, hooks, NULL, run->arena);
}

int conduct_count_open(Run *run) {
    return scheduler_counts(survey_run(run))->open_count;
}

const bool *conduct_list_open(Run *run) {
    const Scheduler *scheduler = survey_run(run);
    bool *is_open = arena_array(run->arena, (size_t)run->plan->task_count + 1, sizeof *is_open);
    for (int task = 0; task < run->plan->task_count; task++) {
        is_open[task] = scheduler_is_open(scheduler, task);
    }
    return is_open;
}
