/* What is to be run: who needs whom, what is done already, what is ready. */
#include "cluster/scheduler_state.h"

void scheduler_make_ready(Scheduler *scheduler, int task) {
    TaskEntry *entry = &scheduler->entries[task];
    const ReadyTask ready = {.task = task,
                             .job = scheduler_job_of(scheduler, task),
                             .attempt_count = entry->cut_off_count + entry->failure_count,
                             .upward_rank = entry->upward_rank,
                             .cost = scheduler->plan->tasks[task].cost,
                             .is_heavy = scheduler_is_heavy(scheduler, task)};
    ready_queue_push(scheduler->ready, &ready);
    entry->state = TASK_READY;
}

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

void scheduler_ask_what_is_done(Scheduler *scheduler) {
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

void scheduler_find_ready(Scheduler *scheduler) {
    const Plan *plan = scheduler->plan;
    ready_queue_clear(scheduler->ready);
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
            scheduler_make_ready(scheduler, task);
        }
    }
}

static void count_open(Scheduler *scheduler) {
    for (int task = 0; task < scheduler->plan->task_count; task++) {
        if (scheduler_is_open(scheduler, task)) {
            scheduler->counts.open_count++;
            scheduler->counts.open_cost += scheduler->plan->tasks[task].cost;
        }
    }
}

void scheduler_survey(Scheduler *scheduler) {
    list_followers(scheduler);
    rank_tasks(scheduler);
    scheduler_ask_what_is_done(scheduler);
    count_open(scheduler);
    scheduler->left_cost = scheduler->counts.open_cost;
}
