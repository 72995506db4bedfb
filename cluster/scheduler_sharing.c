/* Tasks whose needs lie on other hosts: those share them, then the task is tried again. */
#include "cluster/scheduler_state.h"

/* A host that shares and is not heard by the file system of another. */
enum { AWAY_LIMIT = 32 };

bool scheduler_ask_to_share(Scheduler *scheduler, const TaskResult *result) {
    TaskEntry *entry = &scheduler->entries[result->task];
    const SchedulerHooks *hooks = &scheduler->hooks;
    if (!hooks->find_lenders || !scheduler->is_lender || entry->away_count >= AWAY_LIMIT) {
        return false;
    }
    for (int node = 0; node < scheduler->node_count; node++) {
        scheduler->is_lender[node] = false;
    }
    if (hooks->find_lenders(hooks->context, result->task, result->worker, scheduler->is_lender) ==
        0) {
        return false;
    }
    for (int node = 0; node < scheduler->node_count; node++) {
        if (scheduler->is_lender[node]) {
            ShareOrder *order = arena_alloc(scheduler->arena, sizeof *order);
            *order = (ShareOrder){result->task, node, scheduler->orders};
            scheduler->orders = order;
            entry->order_count++;
        }
    }
    entry->away_count++;
    entry->state = TASK_SHARING;
    return true;
}

ShareOrder *scheduler_take_order(Scheduler *scheduler, int node) {
    for (ShareOrder **link = &scheduler->orders; *link; link = &(*link)->next) {
        ShareOrder *order = *link;
        if (order->node == node) {
            *link = order->next;
            return order;
        }
    }
    return NULL;
}

void scheduler_settle_order(Scheduler *scheduler, int task) {
    TaskEntry *entry = &scheduler->entries[task];
    if (entry->state == TASK_SHARING && --entry->order_count == 0) {
        scheduler_make_ready(scheduler, task);
    }
}

static bool has_worker(const Scheduler *scheduler, int node) {
    for (int worker = 0; worker < scheduler->worker_count; worker++) {
        if (scheduler->nodes[worker] == node && !scheduler->workers[worker].is_lost) {
            return true;
        }
    }
    return false;
}

void scheduler_drop_orders(Scheduler *scheduler) {
    for (int node = 0; node < scheduler->node_count && scheduler->nodes; node++) {
        ShareOrder *order = NULL;
        while (!has_worker(scheduler, node) && (order = scheduler_take_order(scheduler, node))) {
            scheduler_settle_order(scheduler, order->task);
        }
    }
}
