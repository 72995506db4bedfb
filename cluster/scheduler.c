/* Which task next, on which worker, and what a failure means. */
#include "cluster/scheduler_state.h"

static const double take_wait_s = 0.05; /* how late on_idle may see a signal */

enum { SUSPECT_CUT_OFFS = 2 }; /* from here on a task runs alone: its next death is its own */
/* While the work left lasts so many times as long as the longest way, any way may be begun. */
static const double slack_factor = 4.0;
enum { EXTRA_HEALS = 3 }; /* a task may find every need lost once, and some again */

/* ---- results ---- */

static bool has_heavy_token(const Scheduler *scheduler) {
    return scheduler->limits.heavy_count == 0 ||
           scheduler->heavy_count < scheduler->limits.heavy_count;
}

/* It was running at TASK_ATTEMPTS deaths. */
static void set_aside(Scheduler *scheduler, int task) {
    const TaskResult result = {.task = task, .worker = -1, .status = E602};
    scheduler->entries[task].state = TASK_FAILED;
    scheduler->counts.failed_count++;
    scheduler->hooks.on_failed(scheduler->hooks.context, &result, FAILURE_CUT_OFF);
}

static void settle_done(Scheduler *scheduler, const TaskResult *result) {
    TaskEntry *entry = &scheduler->entries[result->task];
    entry->state = TASK_MADE;
    scheduler->left_cost -= scheduler->plan->tasks[result->task].cost;
    scheduler->counts.done_count++;
    for (int follower = 0; follower < entry->follower_count; follower++) {
        const int task = scheduler->followers[entry->first_follower + follower];
        TaskEntry *waiting = &scheduler->entries[task];
        if (waiting->state == TASK_WAITING && --waiting->open_need_count == 0) {
            scheduler_make_ready(scheduler, task);
        }
    }
    scheduler->hooks.on_done(scheduler->hooks.context, result);
}

/* Results that were there and are not any more: they are asked for again. */
static void forget_lost_needs(Scheduler *scheduler, int task) {
    for (int need = 0; need < scheduler->plan->tasks[task].need_count; need++) {
        const int index = scheduler->plan->tasks[task].needs[need];
        TaskEntry *entry = &scheduler->entries[index];
        if (entry->state == TASK_MADE &&
            !scheduler->hooks.is_done(scheduler->hooks.context, index)) {
            entry->state = TASK_UNSEEN;
        }
    }
}

static TaskFailure judge_failure(Scheduler *scheduler, const TaskResult *result) {
    TaskEntry *entry = &scheduler->entries[result->task];
    if (result->status == E606 && scheduler_ask_to_share(scheduler, result)) {
        return FAILURE_AWAY;
    }
    const int heal_limit = scheduler->plan->tasks[result->task].need_count + EXTRA_HEALS;
    if (result->status == E606 && entry->heal_count < heal_limit) {
        forget_lost_needs(scheduler, result->task); /* none: it was made again meanwhile */
        entry->heal_count++;
        return FAILURE_HEALED;
    }
    const StatusInfo *info = status_info(result->status);
    const int exit_code = info ? info->exit_code : 1;
    const SchedulerHooks *hooks = &scheduler->hooks;
    if (exit_code == 5 && hooks->may_pass && hooks->may_pass(hooks->context, result)) {
        return FAILURE_WAITS;
    }
    if (exit_code == 4 || exit_code == 5) {
        scheduler->counts.has_no_place = scheduler->counts.has_no_place || exit_code == 5;
        scheduler->is_draining = scheduler->is_draining || exit_code == 5;
        return FAILURE_FINAL;
    }
    entry->failure_count++;
    const bool is_last = entry->failure_count + entry->cut_off_count >= TASK_ATTEMPTS;
    return is_last ? FAILURE_QUARANTINED : FAILURE_RETRIED;
}

static void settle_failed(Scheduler *scheduler, const TaskResult *result) {
    TaskEntry *entry = &scheduler->entries[result->task];
    const TaskFailure failure = judge_failure(scheduler, result);
    if (failure == FAILURE_HEALED) {
        scheduler->counts.healed_count++;
        entry->state = TASK_WAITING;
        scheduler_ask_what_is_done(scheduler);
        scheduler_find_ready(scheduler);
    } else if (failure == FAILURE_RETRIED || failure == FAILURE_WAITS) {
        scheduler->counts.retried_count += failure == FAILURE_RETRIED;
        scheduler_make_ready(scheduler, result->task);
    } else if (failure != FAILURE_AWAY) {
        scheduler->counts.failed_count++;
        entry->state = TASK_FAILED;
    }
    scheduler->hooks.on_failed(scheduler->hooks.context, result, failure);
}

/* The worker's next task begins to run. */
static void start_front(Scheduler *scheduler, int worker) {
    const int task = scheduler->workers[worker].tasks[0];
    if (scheduler->workers[worker].is_sharing[0]) {
        return;
    }
    const TaskEntry *entry = &scheduler->entries[task];
    const int attempt = entry->cut_off_count + entry->failure_count + 1;
    scheduler->hooks.on_start(scheduler->hooks.context, task, worker, attempt);
}

/* What is in a slot of a worker is not there any more. */
static void release(Scheduler *scheduler, const Worker *holder, int slot) {
    const int task = holder->tasks[slot];
    scheduler->running_count--;
    if (holder->is_sharing[slot]) {
        return;
    }
    scheduler->heavy_count -= scheduler_is_heavy(scheduler, task);
    if (scheduler->suspect == task) {
        scheduler->suspect = -1;
    }
}

/* Takes the first task off the worker. */
static void free_slot(Scheduler *scheduler, int worker) {
    Worker *holder = &scheduler->workers[worker];
    release(scheduler, holder, 0);
    holder->count--;
    for (int slot = 0; slot < holder->count; slot++) {
        holder->tasks[slot] = holder->tasks[slot + 1];
        holder->is_sharing[slot] = holder->is_sharing[slot + 1];
    }
    if (holder->count == 0) {
        scheduler->idle.workers[scheduler->idle.count++] = worker;
    }
    scheduler->newest = worker;
}

/* What the worker ran counts as cut off, what it only held does not. */
static void settle_lost_task(Scheduler *scheduler, int task, bool was_running) {
    TaskEntry *entry = &scheduler->entries[task];
    entry->cut_off_count += was_running;
    if (entry->cut_off_count >= TASK_ATTEMPTS) {
        set_aside(scheduler, task);
    } else {
        scheduler->counts.retried_count += was_running;
        scheduler_make_ready(scheduler, task);
    }
}

static void settle_lost(Scheduler *scheduler, int worker) {
    Worker *lost = &scheduler->workers[worker];
    lost->is_lost = true;
    for (int slot = 0; slot < lost->count; slot++) {
        release(scheduler, lost, slot);
        if (lost->is_sharing[slot]) {
            scheduler_settle_order(scheduler, lost->tasks[slot]); /* missing still: asked anew */
        } else {
            settle_lost_task(scheduler, lost->tasks[slot], slot == 0);
        }
    }
    lost->count = 0;
    scheduler_drop_orders(scheduler);
}

/* What could not be shared is missed again: only the reason to wait is of interest here. */
static void settle_shared(Scheduler *scheduler, const TaskResult *result) {
    const SchedulerHooks *hooks = &scheduler->hooks;
    const StatusInfo *info = status_info(result->status);
    if (result->status != DONE && info && info->exit_code == 5 && hooks->may_pass) {
        (void)hooks->may_pass(hooks->context, result);
    }
    scheduler_settle_order(scheduler, result->task);
}

static void settle(Scheduler *scheduler, const TaskResult *result) {
    if (result->worker < 0 || result->worker >= scheduler->worker_count ||
        scheduler->workers[result->worker].is_lost) {
        return;
    }
    if (result->is_worker_lost) {
        settle_lost(scheduler, result->worker);
        return;
    }
    const Worker *worker = &scheduler->workers[result->worker];
    if (worker->count == 0 || worker->tasks[0] != result->task) {
        return; /* not what this worker was asked for */
    }
    const bool was_sharing = worker->is_sharing[0];
    free_slot(scheduler, result->worker);
    if (was_sharing) {
        settle_shared(scheduler, result);
    } else if (result->status == DONE) {
        if (scheduler->places) {
            task_places_note(scheduler->places, scheduler->nodes[result->worker], result->task);
        }
        settle_done(scheduler, result);
    } else {
        settle_failed(scheduler, result);
    }
    if (worker->count > 0) {
        start_front(scheduler, result->worker);
    }
}

/* ---- tasks that another run has ---- */

/* true: the task is not to be given. */
static bool is_started_elsewhere(Scheduler *scheduler, int task) {
    if (!scheduler->hooks.may_start) {
        return false;
    }
    const SchedulerStart start = scheduler->hooks.may_start(scheduler->hooks.context, task);
    if (start == START_ELSEWHERE) {
        scheduler->entries[task].state = TASK_ELSEWHERE;
        scheduler->elsewhere[scheduler->elsewhere_count++] = task;
    } else if (start == START_NOT) {
        settle_done(scheduler, &(const TaskResult){.task = task, .worker = -1});
    }
    return start != START_HERE;
}

/* Which of them are done by now, or free again? */
static void look_elsewhere(Scheduler *scheduler) {
    const int count = scheduler->elsewhere_count;
    scheduler->elsewhere_count = 0;
    for (int index = 0; index < count; index++) {
        const int task = scheduler->elsewhere[index];
        if (!is_started_elsewhere(scheduler, task)) {
            scheduler_make_ready(scheduler, task);
        }
    }
}

/* ---- giving ---- */

static Status
give(Scheduler *scheduler, int task, int worker, Transport *transport, ErrorList *errors) {
    Worker *holder = &scheduler->workers[worker];
    TaskEntry *entry = &scheduler->entries[task];
    const int attempt = entry->cut_off_count + entry->failure_count + 1;
    entry->state = TASK_RUNNING;
    holder->is_sharing[holder->count] = false;
    holder->tasks[holder->count++] = task;
    scheduler->running_count++;
    scheduler->heavy_count += scheduler_is_heavy(scheduler, task);
    if (scheduler->places) {
        task_places_give(scheduler->places, scheduler->nodes[worker],
                         scheduler_job_of(scheduler, task), scheduler->plan->tasks[task].cost);
    }
    if (entry->cut_off_count >= SUSPECT_CUT_OFFS) {
        scheduler->suspect = task;
    }
    if (holder->count == 1) {
        start_front(scheduler, worker);
    }
    return transport->give(transport, worker, task, attempt, errors);
}

/* true: the worker has got an order to share. */
static Status give_order(
    Scheduler *scheduler, int worker, Transport *transport, bool *is_given, ErrorList *errors) {
    Worker *holder = &scheduler->workers[worker];
    ShareOrder *order = scheduler->orders && !holder->is_lost
                            ? scheduler_take_order(scheduler, scheduler->nodes[worker])
                            : NULL;
    *is_given = order != NULL;
    if (!order) {
        return DONE;
    }
    holder->is_sharing[holder->count] = true;
    holder->tasks[holder->count++] = order->task;
    scheduler->running_count++;
    return transport->give(transport, worker, order->task, TASK_SHARING_ATTEMPT, errors);
}

/* Others wait for it: before anything new is computed. */
static Status give_orders(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    Slots *idle = &scheduler->idle;
    for (int slot = idle->count - 1; slot >= 0 && scheduler->orders; slot--) {
        bool is_given = false;
        TRY(give_order(scheduler, idle->workers[slot], transport, &is_given, errors));
        if (is_given) {
            idle->workers[slot] = idle->workers[--idle->count];
        }
    }
    return DONE;
}

/* -1: nothing may be given now. */
static int choose_task(Scheduler *scheduler, int worker) {
    const bool has_heavy = has_heavy_token(scheduler);
    const ReadyTask *next = ready_queue_peek(scheduler->ready, has_heavy);
    if (!next || scheduler->suspect >= 0) {
        return -1;
    }
    const bool is_suspect = scheduler->entries[next->task].cut_off_count >= SUSPECT_CUT_OFFS;
    if (is_suspect && scheduler->running_count > 0) {
        return -1;
    }
    const ReadyWish wish = {.has_heavy = has_heavy,
                            .places = scheduler->places,
                            .node = scheduler->places ? scheduler->nodes[worker] : 0,
                            .slack_rank =
                                scheduler->left_cost / (slack_factor * scheduler->worker_count)};
    return ready_queue_take(scheduler->ready, &wish);
}

/* Gives to idle workers until there is none or nothing may be given. */
static Status give_idle(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    Slots *idle = &scheduler->idle;
    while (idle->count > 0) {
        const int worker = idle->workers[idle->count - 1];
        const bool is_lost = scheduler->workers[worker].is_lost;
        const int task = is_lost ? -1 : choose_task(scheduler, worker);
        if (task < 0 && !is_lost) {
            break;
        }
        idle->count -= is_lost;
        if (task >= 0 && !is_started_elsewhere(scheduler, task)) {
            idle->count--;
            TRY(give(scheduler, task, worker, transport, errors));
        }
    }
    return DONE;
}

/* Near the end a task must not wait behind another while a worker is about to be idle. */
static bool may_hold_more(const Scheduler *scheduler, const Worker *worker) {
    return !worker->is_lost && worker->count > 0 && worker->count < scheduler->hold_limit &&
           ready_queue_count(scheduler->ready) > 2 * scheduler->worker_count &&
           scheduler->plan->tasks[worker->tasks[worker->count - 1]].cost <=
               scheduler->limits.early_cost;
}

static Status
give_early(Scheduler *scheduler, int worker, Transport *transport, ErrorList *errors) {
    const Worker *holder = &scheduler->workers[worker];
    for (bool is_given = true;
         is_given && holder->count > 0 && holder->count < scheduler->hold_limit;) {
        TRY(give_order(scheduler, worker, transport, &is_given, errors));
    }
    while (scheduler->idle.count == 0 && may_hold_more(scheduler, &scheduler->workers[worker])) {
        const int task = choose_task(scheduler, worker);
        if (task < 0) {
            break;
        }
        if (!is_started_elsewhere(scheduler, task)) {
            TRY(give(scheduler, task, worker, transport, errors));
        }
    }
    return DONE;
}

/* Idle workers first, then the one whose result came last and that runs something again. */
static Status give_all(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    TRY(give_orders(scheduler, transport, errors));
    TRY(give_idle(scheduler, transport, errors));
    return scheduler->worker_count > 0 ? give_early(scheduler, scheduler->newest, transport, errors)
                                       : DONE;
}

bool scheduler_is_left(const Scheduler *scheduler, int task) {
    const TaskState state = scheduler->entries[task].state;
    return scheduler_is_open(scheduler, task) || state == TASK_RUNNING || state == TASK_ELSEWHERE ||
           state == TASK_SHARING;
}

static void count_left(Scheduler *scheduler) {
    scheduler->counts.left_count = 0;
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        scheduler->counts.left_count += scheduler_is_left(scheduler, task);
    }
}

static void set_aside_cut_off(Scheduler *scheduler) {
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        if (scheduler_is_open(scheduler, task) &&
            scheduler->entries[task].cut_off_count >= TASK_ATTEMPTS) {
            set_aside(scheduler, task);
        }
    }
    scheduler_find_ready(scheduler);
}

Scheduler *
scheduler_create(const Plan *plan, SchedulerHooks hooks, const int *cut_offs, Arena *arena) {
    const size_t task_count = (size_t)plan->task_count;
    Scheduler *scheduler = arena_alloc(arena, sizeof *scheduler);
    scheduler->plan = plan;
    scheduler->hooks = hooks;
    scheduler->arena = arena;
    scheduler->suspect = -1;
    scheduler->entries = arena_array(arena, task_count + 1, sizeof *scheduler->entries);
    scheduler->is_wanted = arena_array(arena, task_count + 1, sizeof *scheduler->is_wanted);
    scheduler->elsewhere = arena_array(arena, task_count + 1, sizeof *scheduler->elsewhere);
    for (size_t task = 0; cut_offs && task < task_count; task++) {
        scheduler->entries[task].cut_off_count = cut_offs[task];
    }
    scheduler_survey(scheduler);
    return scheduler;
}

bool scheduler_is_open(const Scheduler *scheduler, int task) {
    const TaskState state = scheduler->entries[task].state;
    return state == TASK_WAITING || state == TASK_READY;
}

const SchedulerCounts *scheduler_counts(const Scheduler *scheduler) {
    return &scheduler->counts;
}

void scheduler_set_jobs(Scheduler *scheduler, const SchedulerJobs *jobs) {
    scheduler->jobs = *jobs;
}

void scheduler_set_limits(Scheduler *scheduler, SchedulerLimits limits) {
    scheduler->limits = limits;
}

static void make_queue(Scheduler *scheduler) {
    static const JobClass bulk = JOB_BULK;
    if (!scheduler->jobs.job_of) {
        scheduler->jobs = (SchedulerJobs){.classes = &bulk, .count = 1};
    }
    const int count = scheduler->jobs.count;
    ReadyJob *jobs = arena_array(scheduler->arena, (size_t)count, sizeof *jobs);
    for (int job = 0; job < count; job++) {
        jobs[job].urgency = scheduler->jobs.classes[job];
    }
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        ReadyJob *job = &jobs[scheduler_job_of(scheduler, task)];
        job->heavy_count += scheduler_is_heavy(scheduler, task);
        job->light_count += !scheduler_is_heavy(scheduler, task);
    }
    scheduler->ready = ready_queue_create(jobs, count, scheduler->arena);
}

/* Which workers share a node matters only when there are several. */
static void make_places(Scheduler *scheduler, const Transport *transport) {
    int node_count = 1;
    for (int worker = 0; transport->nodes && worker < transport->worker_count; worker++) {
        const int node = transport->nodes[worker];
        node_count = node >= node_count ? node + 1 : node_count;
    }
    if (node_count > 1) {
        scheduler->nodes = transport->nodes;
        scheduler->places = task_places_create(scheduler->plan, node_count, scheduler->jobs.count,
                                               scheduler->arena);
        scheduler->node_count = node_count;
        scheduler->is_lender = arena_array(scheduler->arena, (size_t)node_count, sizeof(bool));
    }
}

static void hire_workers(Scheduler *scheduler, const Transport *transport) {
    const size_t count = (size_t)transport->worker_count;
    scheduler->worker_count = transport->worker_count;
    scheduler->hold_limit = transport->hold_limit < HOLD_LIMIT ? transport->hold_limit : HOLD_LIMIT;
    scheduler->workers = arena_array(scheduler->arena, count + 1, sizeof *scheduler->workers);
    scheduler->idle.workers = arena_array(scheduler->arena, count + 1, sizeof(int));
    for (int worker = transport->worker_count - 1; worker >= 0; worker--) {
        scheduler->idle.workers[scheduler->idle.count++] = worker;
    }
}

/* Gives what can be given and takes one result. has_more: false at the end. */
static Status step(Scheduler *scheduler, Transport *transport, bool *has_more, ErrorList *errors) {
    TaskResult result;
    bool is_taken = false;
    const SchedulerWish wish =
        scheduler->hooks.on_idle(scheduler->hooks.context, scheduler->running_count);
    const bool is_open = wish == SCHEDULER_GO_ON && !scheduler->is_draining;
    if (is_open) {
        look_elsewhere(scheduler);
        TRY(give_all(scheduler, transport, errors));
    }
    const bool is_held =
        wish == SCHEDULER_HOLD && (ready_queue_count(scheduler->ready) > 0 || scheduler->orders);
    *has_more = wish != SCHEDULER_STOP && (scheduler->running_count > 0 || is_held ||
                                           (is_open && scheduler->elsewhere_count > 0));
    if (*has_more) {
        TRY(transport->take(transport, take_wait_s, &result, &is_taken, errors));
    }
    if (is_taken) {
        settle(scheduler, &result);
    }
    return DONE;
}

Status scheduler_run(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    Status status = DONE;
    hire_workers(scheduler, transport);
    make_queue(scheduler);
    make_places(scheduler, transport);
    set_aside_cut_off(scheduler);
    for (bool has_more = true; has_more && status == DONE;) {
        status = step(scheduler, transport, &has_more, errors);
    }
    count_left(scheduler);
    return status;
}
