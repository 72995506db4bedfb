/* Which task next, on which worker, and what a failure means. */
#include "cluster/scheduler.h"

static const double take_wait_s = 0.05; /* how late on_idle may see a signal */

enum { SUSPECT_CUT_OFFS = 2 }; /* from here on a task runs alone: its next death is its own */
enum { EXTRA_HEALS = 3 };      /* a task may find every need lost once, and some again */

typedef enum TaskState {
    TASK_UNSEEN, /* not needed, or not asked for yet */
    TASK_MADE,   /* results exist */
    TASK_WAITING,
    TASK_READY,
    TASK_RUNNING,
    TASK_FAILED
} TaskState;

typedef struct TaskEntry {
    TaskState state;
    int open_need_count;
    int cut_off_count, failure_count, heal_count;
    double upward_rank;
    int first_follower, follower_count; /* in Scheduler.followers */
} TaskEntry;

struct Scheduler {
    const Plan *plan;
    SchedulerHooks hooks;
    TaskEntry *entries; /* [task_count] */
    int *followers;     /* who needs a task, for all tasks */
    bool *is_wanted;    /* [task_count] scratch of the survey */
    int *heap;          /* READY tasks, the next one at 0 */
    int heap_count;
    int *idle_workers; /* stack */
    int idle_count, running_count;
    int *given;  /* [worker_count] task, -1: idle */
    int suspect; /* the task that runs alone, -1: none */
    bool is_draining;
    SchedulerCounts counts;
    Arena *arena;
};

/* ---- the heap of ready tasks ---- */

static bool goes_before(const Scheduler *scheduler, int task, int other) {
    const TaskEntry *a = &scheduler->entries[task];
    const TaskEntry *b = &scheduler->entries[other];
    const int attempts_a = a->cut_off_count + a->failure_count;
    const int attempts_b = b->cut_off_count + b->failure_count;
    if (attempts_a != attempts_b) {
        return attempts_a < attempts_b;
    }
    if (a->upward_rank > b->upward_rank || a->upward_rank < b->upward_rank) {
        return a->upward_rank > b->upward_rank;
    }
    return task < other;
}

static void heap_push(Scheduler *scheduler, int task) {
    int *heap = scheduler->heap;
    int slot = scheduler->heap_count++;
    while (slot > 0 && goes_before(scheduler, task, heap[(slot - 1) / 2])) {
        heap[slot] = heap[(slot - 1) / 2];
        slot = (slot - 1) / 2;
    }
    heap[slot] = task;
    scheduler->entries[task].state = TASK_READY;
}

static int heap_pop(Scheduler *scheduler) {
    int *heap = scheduler->heap;
    const int top = heap[0];
    const int count = --scheduler->heap_count;
    const int last = heap[count];
    int slot = 0;
    for (int child = 1; child < count; child = 2 * slot + 1) {
        if (child + 1 < count && goes_before(scheduler, heap[child + 1], heap[child])) {
            child++;
        }
        if (!goes_before(scheduler, heap[child], last)) {
            break;
        }
        heap[slot] = heap[child];
        slot = child;
    }
    heap[slot] = last;
    return top;
}

/* ---- the survey: what is needed, what is done, what is ready ---- */

static void list_followers(Scheduler *scheduler) {
    const Plan *plan = scheduler->plan;
    int need_total = 0;
    for (int task = 0; task < plan->task_count; task++) {
        need_total += plan->tasks[task].need_count;
        for (int need = 0; need < plan->tasks[task].need_count; need++) {
            scheduler->entries[plan->tasks[task].needs[need]].follower_count++;
        }
    }
    scheduler->followers = arena_array(scheduler->arena, (size_t)need_total + 1, sizeof(int));
    int first = 0;
    for (int task = 0; task < plan->task_count; task++) {
        TaskEntry *entry = &scheduler->entries[task];
        entry->first_follower = first;
        first += entry->follower_count;
        entry->follower_count = 0;
    }
    for (int task = 0; task < plan->task_count; task++) {
        for (int need = 0; need < plan->tasks[task].need_count; need++) {
            TaskEntry *entry = &scheduler->entries[plan->tasks[task].needs[need]];
            scheduler->followers[entry->first_follower + entry->follower_count++] = task;
        }
    }
}

/* Needs have smaller indices, so one pass from the end sees every follower first. */
static void rank_tasks(Scheduler *scheduler) {
    for (int task = scheduler->plan->task_count - 1; task >= 0; task--) {
        TaskEntry *entry = &scheduler->entries[task];
        double longest = 0.0;
        for (int follower = 0; follower < entry->follower_count; follower++) {
            const int index = scheduler->followers[entry->first_follower + follower];
            const double rank = scheduler->entries[index].upward_rank;
            longest = rank > longest ? rank : longest;
        }
        entry->upward_rank = scheduler->plan->tasks[task].cost + longest;
    }
}

static bool is_goal(const Scheduler *scheduler, int task) {
    if (scheduler->hooks.is_goal) {
        return scheduler->hooks.is_goal(scheduler->hooks.context, task);
    }
    return scheduler->entries[task].follower_count == 0;
}

/* From the goals downwards: who is needed, and of those, who is done? */
static void ask_what_is_done(Scheduler *scheduler) {
    const Plan *plan = scheduler->plan;
    for (int task = 0; task < plan->task_count; task++) {
        scheduler->is_wanted[task] = is_goal(scheduler, task);
    }
    for (int task = plan->task_count - 1; task >= 0; task--) {
        TaskEntry *entry = &scheduler->entries[task];
        if (!scheduler->is_wanted[task] || entry->state == TASK_MADE ||
            entry->state == TASK_FAILED) {
            continue;
        }
        if (entry->state == TASK_UNSEEN) {
            const bool is_made = scheduler->hooks.is_done(scheduler->hooks.context, task);
            entry->state = is_made ? TASK_MADE : TASK_WAITING;
        }
        for (int need = 0; entry->state != TASK_MADE && need < plan->tasks[task].need_count;
             need++) {
            scheduler->is_wanted[plan->tasks[task].needs[need]] = true;
        }
    }
}

static void find_ready(Scheduler *scheduler) {
    const Plan *plan = scheduler->plan;
    scheduler->heap_count = 0;
    for (int task = 0; task < plan->task_count; task++) {
        TaskEntry *entry = &scheduler->entries[task];
        if (entry->state != TASK_WAITING && entry->state != TASK_READY) {
            continue;
        }
        entry->state = TASK_WAITING;
        entry->open_need_count = 0;
        for (int need = 0; need < plan->tasks[task].need_count; need++) {
            const int index = plan->tasks[task].needs[need];
            entry->open_need_count += scheduler->entries[index].state != TASK_MADE;
        }
        if (entry->open_need_count == 0) {
            heap_push(scheduler, task);
        }
    }
}

static void survey(Scheduler *scheduler) {
    ask_what_is_done(scheduler);
    find_ready(scheduler);
}

static void count_open(Scheduler *scheduler) {
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        const TaskState state = scheduler->entries[task].state;
        if (state == TASK_WAITING || state == TASK_READY) {
            scheduler->counts.open_count++;
            scheduler->counts.open_cost += scheduler->plan->tasks[task].cost;
        }
    }
}

/* ---- results ---- */

static void settle_done(Scheduler *scheduler, const TaskResult *result) {
    TaskEntry *entry = &scheduler->entries[result->task];
    entry->state = TASK_MADE;
    scheduler->counts.done_count++;
    for (int follower = 0; follower < entry->follower_count; follower++) {
        const int task = scheduler->followers[entry->first_follower + follower];
        TaskEntry *waiting = &scheduler->entries[task];
        if (waiting->state == TASK_WAITING && --waiting->open_need_count == 0) {
            heap_push(scheduler, task);
        }
    }
    scheduler->hooks.on_done(scheduler->hooks.context, result);
}

/* Results that were there and are not any more: they are asked for again. */
static bool forget_lost_needs(Scheduler *scheduler, int task) {
    bool is_any_lost = false;
    for (int need = 0; need < scheduler->plan->tasks[task].need_count; need++) {
        const int index = scheduler->plan->tasks[task].needs[need];
        TaskEntry *entry = &scheduler->entries[index];
        if (entry->state != TASK_MADE) {
            is_any_lost = true; /* another task noticed first */
        } else if (!scheduler->hooks.is_done(scheduler->hooks.context, index)) {
            entry->state = TASK_UNSEEN;
            is_any_lost = true;
        }
    }
    return is_any_lost;
}

static TaskFailure judge_failure(Scheduler *scheduler, const TaskResult *result) {
    TaskEntry *entry = &scheduler->entries[result->task];
    const int heal_limit = scheduler->plan->tasks[result->task].need_count + EXTRA_HEALS;
    if (result->status == E606 && entry->heal_count < heal_limit &&
        forget_lost_needs(scheduler, result->task)) {
        entry->heal_count++;
        return FAILURE_HEALED;
    }
    const StatusInfo *info = status_info(result->status);
    const int exit_code = info ? info->exit_code : 1;
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
        survey(scheduler);
    } else if (failure == FAILURE_RETRIED) {
        scheduler->counts.retried_count++;
        heap_push(scheduler, result->task);
    } else {
        scheduler->counts.failed_count++;
        entry->state = TASK_FAILED;
    }
    scheduler->hooks.on_failed(scheduler->hooks.context, result, failure);
}

static void settle(Scheduler *scheduler, const Transport *transport, const TaskResult *result) {
    if (result->worker < 0 || result->worker >= transport->worker_count ||
        scheduler->given[result->worker] != result->task) {
        return; /* not what this worker was asked for */
    }
    scheduler->given[result->worker] = -1;
    scheduler->idle_workers[scheduler->idle_count++] = result->worker;
    scheduler->running_count--;
    if (scheduler->suspect == result->task) {
        scheduler->suspect = -1;
    }
    if (result->status == DONE) {
        settle_done(scheduler, result);
    } else {
        settle_failed(scheduler, result);
    }
}

/* ---- giving ---- */

static Status give_next(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    const int task = heap_pop(scheduler);
    const int worker = scheduler->idle_workers[--scheduler->idle_count];
    TaskEntry *entry = &scheduler->entries[task];
    const int attempt = entry->cut_off_count + entry->failure_count + 1;
    entry->state = TASK_RUNNING;
    scheduler->given[worker] = task;
    scheduler->running_count++;
    if (entry->cut_off_count >= SUSPECT_CUT_OFFS) {
        scheduler->suspect = task;
    }
    scheduler->hooks.on_start(scheduler->hooks.context, task, worker, attempt);
    return transport->give(transport, worker, task, attempt, errors);
}

static Status give_all(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    while (scheduler->idle_count > 0 && scheduler->heap_count > 0 && scheduler->suspect < 0) {
        const TaskEntry *next = &scheduler->entries[scheduler->heap[0]];
        if (next->cut_off_count >= SUSPECT_CUT_OFFS && scheduler->running_count > 0) {
            break;
        }
        TRY(give_next(scheduler, transport, errors));
    }
    return DONE;
}

static void count_left(Scheduler *scheduler) {
    scheduler->counts.left_count = 0;
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        const TaskState state = scheduler->entries[task].state;
        scheduler->counts.left_count +=
            state == TASK_WAITING || state == TASK_READY || state == TASK_RUNNING;
    }
}

static void set_aside_cut_off(Scheduler *scheduler) {
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        TaskEntry *entry = &scheduler->entries[task];
        const bool is_open = entry->state == TASK_WAITING || entry->state == TASK_READY;
        if (is_open && entry->cut_off_count >= TASK_ATTEMPTS) {
            const TaskResult result = {.task = task, .worker = -1, .status = E602};
            entry->state = TASK_FAILED;
            scheduler->counts.failed_count++;
            scheduler->hooks.on_failed(scheduler->hooks.context, &result, FAILURE_CUT_OFF);
        }
    }
    find_ready(scheduler);
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
    scheduler->heap = arena_array(arena, task_count + 1, sizeof *scheduler->heap);
    for (size_t task = 0; cut_offs && task < task_count; task++) {
        scheduler->entries[task].cut_off_count = cut_offs[task];
    }
    list_followers(scheduler);
    rank_tasks(scheduler);
    survey(scheduler);
    count_open(scheduler);
    return scheduler;
}

const SchedulerCounts *scheduler_counts(const Scheduler *scheduler) {
    return &scheduler->counts;
}

static void hire_workers(Scheduler *scheduler, int worker_count) {
    const size_t count = (size_t)worker_count + 1;
    scheduler->given = arena_array(scheduler->arena, count, sizeof *scheduler->given);
    scheduler->idle_workers = arena_array(scheduler->arena, count, sizeof(int));
    for (int worker = worker_count - 1; worker >= 0; worker--) {
        scheduler->given[worker] = -1;
        scheduler->idle_workers[scheduler->idle_count++] = worker;
    }
}

/* Gives what can be given and takes one result. has_more: false at the end. */
static Status step(Scheduler *scheduler, Transport *transport, bool *has_more, ErrorList *errors) {
    TaskResult result;
    bool is_taken = false;
    const SchedulerWish wish =
        scheduler->hooks.on_idle(scheduler->hooks.context, scheduler->running_count);
    if (wish == SCHEDULER_GO_ON && !scheduler->is_draining) {
        TRY(give_all(scheduler, transport, errors));
    }
    *has_more = scheduler->running_count > 0 && wish != SCHEDULER_STOP;
    if (*has_more) {
        TRY(transport->take(transport, take_wait_s, &result, &is_taken, errors));
    }
    if (is_taken) {
        settle(scheduler, transport, &result);
    }
    return DONE;
}

Status scheduler_run(Scheduler *scheduler, Transport *transport, ErrorList *errors) {
    Status status = DONE;
    hire_workers(scheduler, transport->worker_count);
    set_aside_cut_off(scheduler);
    for (bool has_more = true; has_more && status == DONE;) {
        status = step(scheduler, transport, &has_more, errors);
    }
    count_left(scheduler);
    return status;
}
