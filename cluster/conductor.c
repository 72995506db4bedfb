/* What rank 0 or the inline run does between the plan and the last published file. */
#include "cluster/conductor.h"

#include <string.h>
#include <time.h>

#include "cluster/clock.h"
#include "cluster/cost_model.h"
#include "cluster/desk.h"
#include "cluster/fingerprint.h"
#include "cluster/journal.h"
#include "cluster/lenders.h"
#include "cluster/lost_workers.h"
#include "cluster/scheduler.h"
#include "cluster/signals.h"
#include "cluster/space_wait.h"
#include "cluster/space_watch.h"
#include "cluster/task_watch.h"
#include "cluster/twins.h"
#include "render/base/files.h"

static const double heartbeat_s = 1.0;

typedef struct Conductor {
    const Conducting *order;
    Batch *batch;
    Desk **desks;   /* [batch->count] NULL: its journal could not be opened */
    bool *is_ended; /* [batch->count] its desk is closed */
    Scheduler *scheduler;
    Transport *transport; /* order's, or one that survives its workers */
    Twins *twins;
    CostModel costs;
    ErrorList *errors;          /* of no job: the transport */
    const ErrorEntry *obstacle; /* the first fault of the environment: nothing new is started */
    bool is_short;              /* of space in a store or an output folder */
    double short_since_s;       /* that low, by statvfs; 0: not */
    SpaceWait space;            /* for a write that failed */
    double beaten_s;
    int told_stops;      /* requests to stop that were announced */
    TaskWatch *watch;    /* NULL: nobody could end a task that is late */
    bool *is_lost;       /* [worker_count] */
    const char *stopped; /* why the ranks must be started anew, NULL: they need not */
} Conductor;

/* ---- jobs and their tasks ---- */

static Desk *desk_of(const Conductor *conductor, int task) {
    return conductor->desks[conductor->batch->job_of[task]];
}

static int own_index(const Conductor *conductor, int task) {
    return task - conductor->batch->first_tasks[conductor->batch->job_of[task]];
}

static TaskResult own_result(const Conductor *conductor, const TaskResult *result) {
    TaskResult own = *result;
    own.task = own_index(conductor, result->task);
    return own;
}

/* ---- hooks of the scheduler ---- */

static bool hook_is_done(void *context, int task) {
    const Conductor *conductor = context;
    const BatchJob *job = conductor->batch->jobs[conductor->batch->job_of[task]];
    return run_task_is_done(&job->run, own_index(conductor, task));
}

static bool hook_is_goal(void *context, int task) {
    const Conductor *conductor = context;
    const Desk *desk = desk_of(conductor, task);
    return desk && desk_is_goal(desk, own_index(conductor, task));
}

static void hook_on_start(void *context, int task, int worker, int attempt) {
    const Conductor *conductor = context;
    if (conductor->watch) {
        task_watch_start(conductor->watch, task, worker);
    }
    desk_start_task(desk_of(conductor, task), own_index(conductor, task), worker, attempt);
}

static void stop_watching(const Conductor *conductor, int worker) {
    if (conductor->watch) {
        task_watch_end(conductor->watch, worker);
    }
}

static void hook_on_done(void *context, const TaskResult *result) {
    Conductor *conductor = context;
    const Task *task = &conductor->batch->plan->tasks[result->task];
    const TaskResult own = own_result(conductor, result);
    if (result->worker >= 0) {
        space_wait_note_room(&conductor->space);
        cost_model_add(&conductor->costs, task->kind, task->units, result->cpu_seconds);
    }
    stop_watching(conductor, result->worker);
    twins_let_go(conductor->twins, result->task, true);
    desk_finish_task(desk_of(conductor, result->task), &own);
}

static void hook_on_failed(void *context, const TaskResult *result, TaskFailure failure) {
    Conductor *conductor = context;
    const int job = conductor->batch->job_of[result->task];
    const TaskResult own = own_result(conductor, result);
    const StatusInfo *info = status_info(result->status);
    stop_watching(conductor, result->worker);
    twins_let_go(conductor->twins, result->task, false);
    desk_fail_task(conductor->desks[job], &own, failure);
    if (!conductor->obstacle && failure == FAILURE_FINAL && info && info->exit_code == 5) {
        conductor->obstacle = errors_last(conductor->batch->jobs[job]->errors);
    }
}

static int hook_find_lenders(void *context, int task, int worker, bool *nodes) {
    const Conductor *conductor = context;
    const Transport *transport = conductor->transport;
    const Lenders lenders = {transport->worker_count, transport->nodes, conductor->order->hosts,
                             conductor->is_lost};
    const BatchJob *job = conductor->batch->jobs[conductor->batch->job_of[task]];
    return lenders.hosts && lenders.nodes
               ? lenders_find(&lenders, &job->run, own_index(conductor, task), worker, nodes)
               : 0;
}

static bool is_open_desk(const Conductor *conductor, int job) {
    return conductor->desks[job] && !conductor->is_ended[job];
}

/* Of the job whose task was cut off, else of any that goes on. */
static Desk *desk_that_lost(const Conductor *conductor, const LostWorker *lost) {
    if (lost->task_count > 0) {
        return desk_of(conductor, lost->tasks[0]);
    }
    for (int job = 0; job < conductor->batch->count; job++) {
        if (is_open_desk(conductor, job)) {
            return conductor->desks[job];
        }
    }
    return NULL;
}

/* Where fewer than half are left, a new start of all is soon worth its second. */
static void hook_on_lost(void *context, const LostWorker *lost) {
    Conductor *conductor = context;
    const Conducting *order = conductor->order;
    const char *who = order->name_worker(order->context, lost->worker);
    const int cut_off = lost->task_count > 0 ? own_index(conductor, lost->tasks[0]) : -1;
    Desk *desk = desk_that_lost(conductor, lost);
    conductor->is_lost[lost->worker] = true;
    stop_watching(conductor, lost->worker);
    if (desk) {
        desk_lose_worker(desk, lost->worker, who, cut_off);
    }
    for (int slot = 0; slot < lost->task_count; slot++) {
        const int task = lost->tasks[slot];
        twins_let_go(conductor->twins, task, false);
        desk_drop_task(desk_of(conductor, task), own_index(conductor, task));
    }
    if (2 * lost->left_count < conductor->transport->worker_count) {
        conductor->stopped = "more than half of the ranks died";
    }
}

static SchedulerStart hook_may_start(void *context, int task) {
    const Conductor *conductor = context;
    const SchedulerStart start = twins_ask(conductor->twins, task);
    if (start != START_HERE) {
        return start;
    }
    const SchedulerStart claimed =
        desk_may_start(desk_of(conductor, task), own_index(conductor, task), clock_now_s());
    if (claimed == START_ELSEWHERE) {
        twins_let_go(conductor->twins, task, false);
    }
    return claimed;
}

/* ---- now and then ---- */

/* Results and staged files need room: a store and an output folder of each job. */
static bool any_place_is(const Conductor *conductor, bool (*is_so)(const char *folder)) {
    const char *before = "";
    for (int job = 0; job < conductor->batch->count; job++) {
        const Run *run = &conductor->batch->jobs[job]->run;
        const char *store = store_path(run->store);
        const bool is_new = strcmp(store, before) != 0;
        if ((is_new && is_so(store)) || is_so(run->output_folder)) {
            return true;
        }
        before = store;
    }
    return false;
}

static bool is_full_at(const char *folder) {
    return !space_has_room_at(folder);
}

static bool places_have_room(void *context) {
    return !any_place_is(context, is_full_at);
}

/* Below the reserve: it is used up when that has been waited for long enough. */
static bool is_low(Conductor *conductor, double now_s) {
    if (!any_place_is(conductor, space_is_short_at)) {
        conductor->short_since_s = 0.0;
        return false;
    }
    if (conductor->short_since_s <= 0.0) {
        conductor->short_since_s = now_s;
    }
    return now_s - conductor->short_since_s < conductor->space.limit_s;
}

static void look_at_space(Conductor *conductor) {
    const SpacePlaces places = {places_have_room, conductor};
    const double now_s = clock_now_s();
    const bool is_short =
        is_low(conductor, now_s) || space_wait_is_on(&conductor->space, now_s, places);
    if (is_short == conductor->is_short) {
        return;
    }
    conductor->is_short = is_short;
    const char *notice = /* said once, and read by a launcher in the journal */
        is_short ? "no room on the disk or in the quota: nothing new is started until there is"
        : conductor->short_since_s > 0.0 ? "what is left on the disk is used"
                                         : "there is room again";
    for (int job = 0; job < conductor->batch->count; job++) {
        if (is_open_desk(conductor, job)) {
            desk_tell(conductor->desks[job], is_short ? "held" : "released",
                      json_pack("{s:s*}", "notice", notice));
            notice = NULL;
        }
    }
}

/* A small file system is used up on purpose: nobody waits for that. */
static bool hook_may_wait(void *context, const Run *run, Status status) {
    Conductor *conductor = context;
    const bool is_quota = status == E505;
    const bool is_disk = status == E501 && !space_is_small_at(store_path(run->store)) &&
                         !space_is_small_at(run->output_folder);
    const bool is_waited_for =
        (is_quota || is_disk) && space_wait_note_full(&conductor->space, clock_now_s());
    if (is_waited_for) {
        look_at_space(conductor); /* nothing else is started, not even before the next beat */
    }
    return is_waited_for;
}

static bool hook_may_pass(void *context, const TaskResult *result) {
    const Conductor *conductor = context;
    const BatchJob *job = conductor->batch->jobs[conductor->batch->job_of[result->task]];
    return hook_may_wait(context, &job->run, result->status);
}

/* One of several jobs is done: it need not wait for the others. */
static void close_complete(Conductor *conductor) {
    for (int job = 0; conductor->batch->count > 1 && job < conductor->batch->count; job++) {
        if (is_open_desk(conductor, job) && desk_is_complete(conductor->desks[job]) &&
            desk_finish(conductor->desks[job])) {
            desk_close(conductor->desks[job], 0, NULL);
            conductor->is_ended[job] = true;
        }
    }
}

/* A worker that is stopped, or whose task will not end: the ranks are started anew. */
static void look_at_workers(Conductor *conductor) {
    const Conducting *order = conductor->order;
    Arena *arena = conductor->batch->arena;
    const char *stopped = order->find_stopped ? order->find_stopped(order->context) : NULL;
    const int late = conductor->watch ? task_watch_beat(conductor->watch) : -1;
    if (stopped) {
        conductor->stopped = arena_format(arena, "%s is stopped and does not go on", stopped);
    } else if (late >= 0) {
        const Task *task = &conductor->batch->plan->tasks[late];
        conductor->stopped = arena_format(arena, "task `%s` still runs after %.0f s", task->name,
                                          task_watch_limit_s(task->cost));
    }
}

static void beat(Conductor *conductor) {
    const double now_s = clock_now_s();
    if (now_s - conductor->beaten_s < heartbeat_s) {
        return;
    }
    conductor->beaten_s = now_s;
    for (int job = 0; job < conductor->batch->count; job++) {
        if (is_open_desk(conductor, job)) {
            desk_beat(conductor->desks[job], now_s);
        }
    }
    close_complete(conductor);
    batch_look_for_urgent(conductor->batch);
    look_at_space(conductor);
    look_at_workers(conductor);
}

static SchedulerWish answer_stop_request(Conductor *conductor, int running_count) {
    const int requests = signals_count();
    if (requests == 0) {
        return SCHEDULER_GO_ON;
    }
    const bool is_news = requests > conductor->told_stops && requests == 1;
    if (is_news && running_count > 0 && conductor->order->progress) {
        progress_say(conductor->order->progress, "finishing %d task%s, %s", running_count,
                     running_count == 1 ? "" : "s",
                     signals_is_yielding() ? "a more urgent job waits" : "press again to stop now");
    }
    conductor->told_stops = requests;
    return requests > 1 ? SCHEDULER_STOP : SCHEDULER_DRAIN;
}

static void publish_waiting(Conductor *conductor) {
    for (int job = 0; job < conductor->batch->count; job++) {
        if (!conductor->space.is_on && is_open_desk(conductor, job) &&
            desk_publish_waiting(conductor->desks[job]) > 0) {
            space_wait_note_room(&conductor->space);
        }
    }
}

static SchedulerWish hook_on_idle(void *context, int running_count) {
    Conductor *conductor = context;
    const Conducting *order = conductor->order;
    beat(conductor);
    publish_waiting(conductor);
    if (conductor->stopped) {
        return SCHEDULER_STOP;
    }
    if (order->progress) {
        progress_draw(order->progress, clock_now_s());
    }
    const SchedulerWish wish = answer_stop_request(conductor, running_count);
    const bool is_held = conductor->is_short || conductor->space.is_on;
    return wish == SCHEDULER_GO_ON && is_held ? SCHEDULER_HOLD : wish;
}

/* ---- what tasks cost ---- */

static void learn_cost(void *context, const json_t *event) {
    cost_model_learn(context, event);
}

/* From earlier runs with this store; when there was none, from earlier runs in these folders. */
static void estimate_costs(Conductor *conductor) {
    Batch *batch = conductor->batch;
    CostModel *costs = &conductor->costs;
    ErrorList *ignored = errors_create(batch->arena);
    cost_model_read(store_path(batch->jobs[0]->run.store), batch->arena, costs);
    if (costs->kinds[TASK_SPATIALIZE].seconds <= 0.0) {
        for (int job = 0; job < batch->count; job++) {
            long offset = 0;
            const char *journal =
                path_join(batch->arena, batch->jobs[job]->run.state_folder, "journal");
            journal_read(journal, &offset, learn_cost, costs, ignored);
        }
    }
    for (int job = 0; job < batch->count; job++) {
        cost_model_apply(costs, batch->jobs[job]->run.plan);
    }
    batch_close(batch);
}

static void keep_costs(const Conductor *conductor) {
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch); /* a full store has no room for estimates */
    const char *before = "";
    for (int job = 0; job < conductor->batch->count; job++) {
        const char *path = store_path(conductor->batch->jobs[job]->run.store);
        if (strcmp(path, before) != 0) {
            cost_model_write(&conductor->costs, path, scratch, ignored);
        }
        before = path;
    }
    arena_destroy(&scratch);
}

/* ---- the run ---- */

/* A farm's file system serves only so many that stream at a time; what is given early must be
 * short, see SchedulerLimits. */
static SchedulerLimits limits_for(int worker_count) {
    enum { HEAVY_AT_LEAST = 8, WORKERS_PER_HEAVY = 4 };
    static const double early_s = 2.0;
    const int share = worker_count / WORKERS_PER_HEAVY;
    return (SchedulerLimits){share > HEAVY_AT_LEAST ? share : HEAVY_AT_LEAST, early_s};
}

static void open_desks(Conductor *conductor) {
    Batch *batch = conductor->batch;
    DeskOrder *orders = arena_array(batch->arena, (size_t)batch->count, sizeof *orders);
    for (int job = 0; job < batch->count; job++) {
        orders[job] = (DeskOrder){.job = batch->jobs[job],
                                  .index = job,
                                  .progress = conductor->order->progress,
                                  .launch = conductor->order->launch,
                                  .worker_count = conductor->transport->worker_count,
                                  .may_wait = hook_may_wait,
                                  .context = conductor};
        if (desk_open(&orders[job], &conductor->desks[job]) != DONE) {
            conductor->desks[job] = NULL;
            batch->jobs[job]->exit_code = errors_exit_code(batch->jobs[job]->errors);
        }
    }
}

/* For who joins a run. Without it nobody can: no reason to end the run. */
static void leave_fingerprints(const Conductor *conductor) {
    Fingerprint own;
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch);
    if (fingerprint_make(&own, ignored) == DONE) {
        for (int job = 0; job < conductor->batch->count; job++) {
            const Run *run = &conductor->batch->jobs[job]->run;
            fingerprint_write(&own, run->state_folder, scratch, ignored);
        }
    }
    arena_destroy(&scratch);
}

static const int *join_cut_offs(const Conductor *conductor) {
    const Batch *batch = conductor->batch;
    int *cut_offs = arena_array(batch->arena, (size_t)batch->plan->task_count + 1, sizeof(int));
    for (int task = 0; task < batch->plan->task_count; task++) {
        const Desk *desk = desk_of(conductor, task);
        cut_offs[task] = desk ? desk_cut_offs(desk)[own_index(conductor, task)] : 0;
    }
    return cut_offs;
}

static void begin_desk(Conductor *conductor, int job) {
    const Batch *batch = conductor->batch;
    const Plan *own = batch->jobs[job]->run.plan;
    int open_count = 0;
    double open_cost = 0.0;
    for (int task = 0; task < own->task_count; task++) {
        if (scheduler_is_open(conductor->scheduler, batch->first_tasks[job] + task)) {
            open_count++;
            open_cost += own->tasks[task].cost;
        }
    }
    if (conductor->desks[job]) {
        desk_begin(conductor->desks[job], open_count, open_cost);
    }
}

static void schedule(Conductor *conductor) {
    const SchedulerHooks hooks = {.context = conductor,
                                  .is_done = hook_is_done,
                                  .is_goal = hook_is_goal,
                                  .on_start = hook_on_start,
                                  .on_done = hook_on_done,
                                  .on_failed = hook_on_failed,
                                  .on_idle = hook_on_idle,
                                  .may_start = hook_may_start,
                                  .may_pass = hook_may_pass,
                                  .find_lenders = hook_find_lenders};
    Batch *batch = conductor->batch;
    estimate_costs(conductor);
    const SchedulerJobs jobs = {batch->job_of, batch->urgencies, batch->count};
    conductor->twins = twins_find(batch);
    conductor->scheduler =
        scheduler_create(batch->plan, hooks, join_cut_offs(conductor), batch->arena);
    scheduler_set_jobs(conductor->scheduler, &jobs);
    if (conductor->order->find_stopped) {
        conductor->watch =
            task_watch_create(batch->plan, conductor->transport->worker_count, batch->arena);
    }
    scheduler_set_limits(conductor->scheduler, limits_for(conductor->transport->worker_count));
    for (int job = 0; job < batch->count; job++) {
        begin_desk(conductor, job);
    }
    look_at_space(conductor);
    scheduler_run(conductor->scheduler, conductor->transport, conductor->errors);
    if (scheduler_counts(conductor->scheduler)->done_count > 0) {
        keep_costs(conductor);
    }
}

static bool is_all_finished(Conductor *conductor) {
    bool is_all = true;
    for (int job = 0; job < conductor->batch->count; job++) {
        if (is_open_desk(conductor, job) && !desk_finish(conductor->desks[job])) {
            is_all = false;
        }
    }
    return is_all;
}

/* No task is left, but publishing may have found no room. */
static void finish_desks(Conductor *conductor) {
    static const struct timespec pause = {.tv_nsec = 50000000};
    while (!conductor->stopped && signals_count() == 0 &&
           (conductor->space.is_on || !is_all_finished(conductor))) {
        nanosleep(&pause, NULL);
        beat(conductor);
        if (conductor->order->progress) {
            progress_draw(conductor->order->progress, clock_now_s());
        }
    }
}

static int count_left(const Conductor *conductor, int job) {
    const Batch *batch = conductor->batch;
    const int task_count = batch->jobs[job]->run.plan->task_count;
    int left_count = 0;
    for (int task = 0; task < task_count; task++) {
        left_count += scheduler_is_left(conductor->scheduler, batch->first_tasks[job] + task);
    }
    return left_count;
}

static void close_desks(Conductor *conductor) {
    const ErrorEntry *fault = errors_first(conductor->errors);
    for (int job = 0; job < conductor->batch->count; job++) {
        if (!is_open_desk(conductor, job)) {
            continue;
        }
        if (conductor->stopped) {
            desk_leave(conductor->desks[job], conductor->stopped);
        } else {
            desk_close(conductor->desks[job], count_left(conductor, job),
                       conductor->obstacle ? conductor->obstacle : fault);
        }
    }
}

/* Jobs of one command have it from one command line. */
static double space_limit_s(const Batch *batch) {
    return batch->count > 0 ? batch->jobs[0]->options->space_wait_s : 0.0;
}

bool conduct(const Conducting *order) {
    const size_t count = (size_t)order->batch->count;
    Arena *arena = order->batch->arena;
    Conductor conductor = {.order = order,
                           .batch = order->batch,
                           .errors = errors_create(arena),
                           .space = space_wait_for(space_limit_s(order->batch)),
                           .beaten_s = clock_now_s()};
    conductor.desks = arena_array(arena, count, sizeof(Desk *));
    conductor.is_ended = arena_array(arena, count, sizeof(bool));
    conductor.is_lost =
        arena_array(arena, (size_t)order->transport->worker_count + 1, sizeof(bool));
    conductor.transport = order->transport;
    if (order->roll_path) {
        conductor.transport = lost_workers_watch(order->transport, order->roll_path,
                                                 (LossHook){&conductor, hook_on_lost}, arena);
    }
    leave_fingerprints(&conductor);
    open_desks(&conductor);
    schedule(&conductor);
    if (!conductor.stopped) {
        conductor.transport->close(conductor.transport);
    }
    finish_desks(&conductor);
    close_desks(&conductor);
    return conductor.stopped || signals_count() > 1;
}
