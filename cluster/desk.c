/* What is kept of one job of a render: its journal, its deliverables, its messages. */
#include "cluster/desk.h"

#include <string.h>
#include <unistd.h>

#include "cluster/accounting.h"
#include "cluster/clock.h"
#include "cluster/journal.h"
#include "cluster/message.h"
#include "cluster/publish.h"
#include "cluster/score_files.h"
#include "cluster/signals.h"
#include "cluster/task_claims.h"
#include "cluster/versions.h"
#include "render/base/files.h"

struct Desk {
    const DeskOrder *order;
    Run *run;
    Journal *journal;
    TaskClaims *claims;
    bool *is_running; /* [task_count] */
    Accounting *accounting;
    ErrorList *errors;
    bool *is_published, *is_encoded, *is_inspected; /* [deliverable_count] */
    bool *is_waiting;                               /* [deliverable_count] for room to publish */
    int *cut_offs;                                  /* [task_count] */
    bool *has_healed;                               /* [task_count] said once a task */
    int failed_count;
    bool is_journal_lost, is_finished; /* what lies above the deliverables is written */
};

/* ---- telling ---- */

/* fields: the reference is taken. */
void desk_tell(Desk *desk, const char *event, json_t *fields) {
    if (desk->journal && !desk->is_journal_lost &&
        journal_add(desk->journal, event, fields, desk->errors) != DONE) {
        desk->is_journal_lost = true; /* said once; a full disk stops the tasks by itself */
    }
    if (desk->order->progress) {
        progress_take(desk->order->progress, desk->order->index, event, fields, clock_now_s());
    }
    json_decref(fields);
}

static json_t *list_deliverables(const Desk *desk) {
    json_t *list = json_array();
    for (int deliverable = 0; deliverable < desk->run->mix->deliverable_count; deliverable++) {
        json_array_append_new(list, json_pack("{s:s, s:b}", "id",
                                              desk->run->mix->deliverables[deliverable].id,
                                              "published", (int)desk->is_published[deliverable]));
    }
    return list;
}

static void tell_start(Desk *desk, int open_count, double open_cost) {
    const Plan *plan = desk->run->plan;
    double cost = 0.0;
    for (int task = 0; task < plan->task_count; task++) {
        cost += plan->tasks[task].cost;
    }
    desk_tell(desk, "start",
              json_pack("{s:s, s:s, s:s, s:i, s:I, s:i, s:i, s:i, s:f, s:f, s:o}", "schema",
                        "nocturne-journal/1", "version", program_version(), "code", plan->code,
                        "launch", desk->order->launch, "pid", (json_int_t)getpid(), "ranks",
                        desk->order->worker_count, "tasks", plan->task_count, "done",
                        plan->task_count - open_count, "cost", cost, "cost_done", cost - open_cost,
                        "deliverables", list_deliverables(desk)));
}

static void tell_messages(Desk *desk) {
    for (const ErrorEntry *entry = errors_first(desk->errors); entry; entry = entry->next) {
        desk_tell(desk, "message", message_to_json(entry));
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

/* Every step of publishing can be done again: what found no room leaves no word. */
static bool is_waited_for(Desk *desk, Status status, const ErrorList *found) {
    const DeskOrder *order = desk->order;
    const bool waits =
        status != DONE && order->may_wait && order->may_wait(order->context, desk->run, status);
    for (const ErrorEntry *entry = errors_first(found); entry && !waits; entry = entry->next) {
        errors_add(desk->errors, entry);
    }
    return waits;
}

static void publish_when_ready(Desk *desk, int deliverable) {
    if (desk->is_published[deliverable] || !desk->is_encoded[deliverable] ||
        !desk->is_inspected[deliverable]) {
        return;
    }
    PublishResult result = {0};
    Arena *scratch = arena_create();
    ErrorList *found = errors_create(desk->run->arena);
    const Status status = publish_deliverable(
        desk->run, deliverable, desk->order->job->options->allow_qc_fail, scratch, &result, found);
    desk->is_waiting[deliverable] = is_waited_for(desk, status, found);
    if (status == DONE || (result.is_held && !desk->is_waiting[deliverable])) {
        desk->is_published[deliverable] = true;
        desk_tell(desk, "published",
                  describe_published(&desk->run->mix->deliverables[deliverable], &result));
    }
    arena_destroy(&scratch);
}

/* Deliverables that were encoded and inspected when an earlier run ended, but not published. */
static void publish_left_over(Desk *desk) {
    const Run *run = desk->run;
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        if (!desk->is_published[deliverable]) {
            desk->is_encoded[deliverable] =
                run_task_is_done(run, run->plan->encode_tasks[deliverable]);
            desk->is_inspected[deliverable] =
                run_task_is_done(run, run->plan->inspect_tasks[deliverable]);
            publish_when_ready(desk, deliverable);
        }
    }
}

static int count_waiting(const Desk *desk) {
    int count = 0;
    for (int deliverable = 0; deliverable < desk->run->mix->deliverable_count; deliverable++) {
        count += desk->is_waiting[deliverable];
    }
    return count;
}

int desk_publish_waiting(Desk *desk) {
    const int before = count_waiting(desk);
    for (int deliverable = 0; deliverable < desk->run->mix->deliverable_count; deliverable++) {
        if (desk->is_waiting[deliverable]) {
            publish_when_ready(desk, deliverable);
        }
    }
    return before - count_waiting(desk);
}

/* ---- tasks ---- */

bool desk_is_goal(const Desk *desk, int task) {
    const Task *asked = &desk->run->plan->tasks[task];
    return (asked->kind == TASK_ENCODE || asked->kind == TASK_INSPECT) &&
           !desk->is_published[asked->subject];
}

SchedulerStart desk_may_start(Desk *desk, int task, double now_s) {
    return task_claims_ask(desk->claims, task, now_s);
}

void desk_start_task(Desk *desk, int task, int worker, int attempt) {
    desk->is_running[task] = true;
    desk_tell(desk, "task_start",
              json_pack("{s:i, s:s, s:i, s:i}", "task", task, "name",
                        desk->run->plan->tasks[task].name, "worker", worker, "attempt", attempt));
}

static Place place_of(const Desk *desk, const TaskResult *result) {
    const char *file = result->file;
    if (result->line == 0 && file[0] == '\0') {
        return NO_PLACE;
    }
    if (strcmp(file, desk->run->job->path) == 0) {
        file = desk->run->job->path;
    } else {
        file = arena_copy_text(desk->run->arena, file);
    }
    return (Place){file, result->line, result->column, result->length};
}

/* The task runs here no more. */
static void let_go(Desk *desk, int task) {
    desk->is_running[task] = false;
    task_claims_release(desk->claims, task);
}

void desk_finish_task(Desk *desk, const TaskResult *result) {
    const Task *task = &desk->run->plan->tasks[result->task];
    if (result->message_id != DONE) {
        warn(desk->errors, result->message_id, place_of(desk, result), "%s", result->message);
        error_note(desk->errors, "while running task `%s`", task->name);
    }
    if (result->worker >= 0) {
        accounting_add(desk->accounting, result);
    }
    let_go(desk, result->task);
    desk_tell(desk, "task_done",
              json_pack("{s:i, s:i, s:s, s:f, s:f, s:f, s:f}", "task", result->task, "worker",
                        result->worker, "kind", task_kind_name(task->kind), "seconds",
                        result->seconds, "cpu", result->cpu_seconds, "cost", task->cost, "units",
                        task->units));
    if (task->kind == TASK_ENCODE || task->kind == TASK_INSPECT) {
        bool *is_done = task->kind == TASK_ENCODE ? desk->is_encoded : desk->is_inspected;
        is_done[task->subject] = true;
        publish_when_ready(desk, task->subject);
    }
}

static void report_failure(Desk *desk, const TaskResult *result, TaskFailure failure) {
    const char *name = desk->run->plan->tasks[result->task].name;
    const Place place = place_of(desk, result);
    ErrorList *errors = desk->errors;
    switch (failure) {
    case FAILURE_RETRIED:
        warn(errors, E601, place, "task `%s` failed and was retried: %s", name, result->message);
        break;
    case FAILURE_HEALED:
        if (!desk->has_healed[result->task]) {
            desk->has_healed[result->task] = true;
            warn(errors, E701, place, "re-rendering what task `%s` needs", name);
            error_note(errors, "%s", result->message);
        }
        break;
    case FAILURE_AWAY:  /* no fault */
    case FAILURE_WAITS: /* said once for all, and counted when it is not over in time */
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

void desk_fail_task(Desk *desk, const TaskResult *result, TaskFailure failure) {
    const bool is_final =
        failure == FAILURE_FINAL || failure == FAILURE_QUARANTINED || failure == FAILURE_CUT_OFF;
    report_failure(desk, result, failure);
    desk->failed_count += is_final;
    let_go(desk, result->task);
    desk_tell(desk, "task_failed",
              json_pack("{s:i, s:s, s:i, s:i, s:b, s:s}", "task", result->task, "name",
                        desk->run->plan->tasks[result->task].name, "worker", result->worker, "id",
                        (int)result->status, "final", (int)is_final, "message", result->message));
}

void desk_lose_worker(Desk *desk, int worker, const char *who, int task) {
    const char *what = task >= 0 ? desk->run->plan->tasks[task].name : NULL;
    const char *after =
        what ? arena_format(desk->run->arena, "`%s` starts again", what) : "it had nothing to do";
    warn(desk->errors, E601, NO_PLACE, "%s died: %s, the other ranks go on", who, after);
    desk_tell(desk, "lost",
              json_pack("{s:i, s:s, s:i}", "worker", worker, "who", who, "task", task));
}

void desk_drop_task(Desk *desk, int task) {
    let_go(desk, task);
}

/* The first helper has come: what runs already is ours. */
static void look_for_helpers(Desk *desk, double now_s) {
    if (!task_claims_look(desk->claims)) {
        return;
    }
    for (int task = 0; task < desk->run->plan->task_count; task++) {
        if (desk->is_running[task]) {
            (void)task_claims_ask(desk->claims, task, now_s);
        }
    }
}

void desk_beat(Desk *desk, double now_s) {
    desk_tell(desk, "heartbeat", json_object());
    look_for_helpers(desk, now_s);
}

/* ---- the begin ---- */

/* Tasks that were running when an earlier launch of this command died. */
static void count_cut_off(void *context, const json_t *event) {
    Desk *desk = context;
    const char *name = json_string_value(json_object_get(event, "ev"));
    const int task = (int)json_integer_value(json_object_get(event, "task"));
    const int task_count = desk->run->plan->task_count;
    const bool is_about_task = name && strncmp(name, "task_", 5) == 0;
    if (name && strcmp(name, "start") == 0 &&
        json_integer_value(json_object_get(event, "launch")) == 1) {
        memset(desk->cut_offs, 0, (size_t)task_count * sizeof *desk->cut_offs);
    }
    if (!is_about_task || task < 0 || task >= task_count) {
        return;
    }
    if (strcmp(name, "task_start") == 0) {
        desk->cut_offs[task]++;
    } else if (strcmp(name, "task_done") == 0) {
        desk->cut_offs[task] = 0;
    } else if (!json_is_true(json_object_get(event, "final"))) {
        desk->cut_offs[task]--; /* it failed by itself, its rank lived on */
    }
}

static Status open_journal(Desk *desk) {
    Run *run = desk->run;
    const char *path = path_join(run->arena, run->state_folder, "journal");
    const size_t task_count = (size_t)run->plan->task_count;
    desk->cut_offs = arena_array(run->arena, task_count + 1, sizeof *desk->cut_offs);
    desk->has_healed = arena_array(run->arena, task_count + 1, sizeof(bool));
    desk->is_running = arena_array(run->arena, task_count + 1, sizeof(bool));
    desk->claims = task_claims_create(run);
    if (desk->order->launch > 1) {
        long offset = 0;
        TRY(journal_read(path, &offset, count_cut_off, desk, desk->errors));
    }
    return journal_open(path, run->arena, &desk->journal, desk->errors);
}

static void find_published(Desk *desk) {
    const Run *run = desk->run;
    const size_t count = (size_t)run->mix->deliverable_count + 1;
    desk->is_published = arena_array(run->arena, count, sizeof(bool));
    desk->is_encoded = arena_array(run->arena, count, sizeof(bool));
    desk->is_inspected = arena_array(run->arena, count, sizeof(bool));
    desk->is_waiting = arena_array(run->arena, count, sizeof(bool));
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        desk->is_published[deliverable] = publish_is_done(run, deliverable);
    }
}

/* The facts that publishing reads are checked before the scheduler counts them as done: a damaged
 * object is removed by that, and its task runs again. */
static void drop_damaged_facts(Desk *desk) {
    const Run *run = desk->run;
    Arena *scratch = arena_create();
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        const Task *inspect = &run->plan->tasks[run->plan->inspect_tasks[deliverable]];
        StoreObject facts = {0};
        ErrorList *unsaid = errors_create(scratch); /* E606: it is made again */
        if (desk->is_published[deliverable] || !store_has(run->store, inspect->outputs[0])) {
            continue;
        }
        if (store_map(run->store, inspect->outputs[0], &facts, unsaid) == DONE) {
            store_unmap(&facts);
        } else {
            warn(desk->errors, E701, NO_PLACE, "damaged cache object removed: the result of `%s`",
                 inspect->name);
        }
    }
    arena_destroy(&scratch);
}

Status desk_open(const DeskOrder *order, Desk **desk) {
    Run *run = &order->job->run;
    Desk *opened = arena_alloc(run->arena, sizeof *opened);
    *opened = (Desk){.order = order, .run = run, .errors = order->job->errors};
    TRY(open_journal(opened));
    find_published(opened);
    drop_damaged_facts(opened);
    opened->accounting = accounting_create(run);
    *desk = opened;
    return DONE;
}

const int *desk_cut_offs(const Desk *desk) {
    return desk->cut_offs;
}

void desk_begin(Desk *desk, int open_count, double open_cost) {
    tell_start(desk, open_count, open_cost);
    publish_left_over(desk);
}

/* ---- the end ---- */

static Status write_above(Desk *desk, ErrorList *errors) {
    Arena *scratch = arena_create();
    Status status = publish_manifest(desk->run, scratch, errors);
    if (status == DONE) {
        status = score_files_write(desk->run, scratch, errors);
    }
    arena_destroy(&scratch);
    return status;
}

static void finish_folder(Desk *desk) {
    const int count = desk->run->mix->deliverable_count;
    ErrorList *found = errors_create(desk->run->arena);
    int published = 0;
    for (int deliverable = 0; deliverable < count; deliverable++) {
        published += desk->is_published[deliverable];
    }
    const Status status = published > 0 ? write_above(desk, found) : DONE;
    desk->is_finished = !is_waited_for(desk, status, found);
    if (desk->is_finished && published == count) {
        publish_sweep_stage(desk->run);
    }
}

static void say_stopped(Desk *desk, int left_count) {
    fail(desk->errors, E604, NO_PLACE, "stopped: %d task%s left", left_count,
         left_count == 1 ? " is" : "s are");
    error_help(desk->errors, "to go on: nocturne resume %s", desk->run->output_folder);
}

static int judge(Desk *desk, int left_count, const ErrorEntry *cause) {
    if (signals_count() > 0 && left_count > 0) {
        say_stopped(desk, left_count);
        return signals_exit_code();
    }
    if (errors_count(desk->errors) == 0 && left_count > 0 && cause) { /* another job met it */
        fail(desk->errors, cause->status, NO_PLACE, "not finished: %s", cause->message);
        error_help(desk->errors, "to go on: nocturne resume %s", desk->run->output_folder);
    }
    if (errors_count(desk->errors) > 0 && desk->failed_count > 0) {
        error_help(desk->errors,
                   "the other %d tasks are finished and kept; to go on: nocturne resume %s",
                   desk->run->plan->task_count - desk->failed_count - left_count,
                   desk->run->output_folder);
    }
    enum { HELD_CODE = 8 };
    const int code = errors_exit_code(desk->errors);
    const int refused_code = refused_exit_code(&desk->run->refused);
    return refused_code > 0 && (code == 0 || code == HELD_CODE) ? refused_code : code;
}

bool desk_is_complete(const Desk *desk) {
    for (int deliverable = 0; deliverable < desk->run->mix->deliverable_count; deliverable++) {
        if (!desk->is_published[deliverable]) {
            return false;
        }
    }
    return true;
}

bool desk_finish(Desk *desk) {
    desk_publish_waiting(desk);
    if (count_waiting(desk) == 0 && !desk->is_finished) {
        finish_folder(desk);
    }
    return desk->is_finished;
}

void desk_close(Desk *desk, int left_count, const ErrorEntry *cause) {
    task_claims_remove(desk->claims);
    if (!desk->is_finished) {
        finish_folder(desk);
    }
    const int code = judge(desk, left_count + count_waiting(desk), cause);
    accounting_write(desk->accounting, code, errors_create(desk->run->arena)); /* a help */
    tell_messages(desk);
    desk_tell(desk, "end", json_pack("{s:i}", "code", code));
    journal_close(&desk->journal);
    desk->order->job->exit_code = code;
}

void desk_leave(Desk *desk, const char *why) {
    fail(desk->errors, E601, NO_PLACE, "%s", why);
    desk_tell(desk, "left", json_pack("{s:s}", "why", why));
    journal_close(&desk->journal);
    desk->order->job->exit_code = errors_exit_code(desk->errors);
}

void desk_end_unopened(const char *state_folder, Arena *arena, ErrorList *errors, bool is_telling) {
    Desk desk = {.order = &(const DeskOrder){0}, .errors = errors};
    const char *path = path_join(arena, state_folder, "journal");
    if (journal_open(path, arena, &desk.journal, errors) == DONE) {
        if (is_telling) {
            tell_messages(&desk);
        }
        desk_tell(&desk, "end", json_pack("{s:i}", "code", errors_exit_code(errors)));
        journal_close(&desk.journal);
    }
}
