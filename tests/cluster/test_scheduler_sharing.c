/* The scheduler where results lie on the host that made them until that host shares them. */
#include "cluster/scheduler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TASKS = 120, NODES = 3, WORKERS = 7, HELD = 2, EVERYWHERE = NODES };

/* Worker w lives on node w % NODES and takes the time of one result for each task. */
typedef struct Hosts {
    Transport transport; /* first */
    const Plan *plan;
    int nodes[WORKERS];
    int given[WORKERS][HELD], attempts[WORKERS][HELD], counts[WORKERS];
    int turn, answer_count;
    int dead_node, death_at; /* after so many answers; -1: none */
    bool is_told[WORKERS];
    bool is_on[TASKS][NODES + 1]; /* nodes, and where all can read it */
    int run_counts[TASKS], away_count, healed_count, share_count;
    int lender_counts[TASKS]; /* asked to share, and not heard of since */
} Hosts;

static bool is_dead(const Hosts *hosts, int worker) {
    return hosts->dead_node == hosts->nodes[worker] && hosts->answer_count >= hosts->death_at;
}

static Status
hosts_give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    (void)errors;
    Hosts *hosts = (Hosts *)transport;
    assert_true(hosts->counts[worker] < HELD);
    if (attempt != TASK_SHARING_ATTEMPT && hosts->dead_node < 0) {
        assert_int_equal(hosts->lender_counts[task], 0); /* it waits for all of them */
    }
    hosts->attempts[worker][hosts->counts[worker]] = attempt;
    hosts->given[worker][hosts->counts[worker]++] = task;
    return DONE;
}

static Status run(Hosts *hosts, int task, int node) {
    const Task *ran = &hosts->plan->tasks[task];
    for (int need = 0; need < ran->need_count; need++) {
        const bool *is_on = hosts->is_on[ran->needs[need]];
        if (!is_on[node] && !is_on[EVERYWHERE]) {
            return E606;
        }
    }
    hosts->is_on[task][node] = true;
    hosts->run_counts[task]++;
    return DONE;
}

static void share(Hosts *hosts, int task, int node) {
    const Task *asked = &hosts->plan->tasks[task];
    for (int need = 0; need < asked->need_count; need++) {
        bool *is_on = hosts->is_on[asked->needs[need]];
        is_on[EVERYWHERE] = is_on[EVERYWHERE] || is_on[node];
    }
    hosts->share_count++;
    hosts->lender_counts[task]--;
}

static bool tell_dead(Hosts *hosts, TaskResult *result) {
    for (int worker = 0; worker < WORKERS; worker++) {
        if (is_dead(hosts, worker) && !hosts->is_told[worker]) {
            hosts->is_told[worker] = true;
            hosts->counts[worker] = 0;
            for (int task = 0; task < TASKS; task++) {
                hosts->is_on[task][hosts->dead_node] = false;
            }
            *result = (TaskResult){.worker = worker, .task = -1, .is_worker_lost = true};
            return true;
        }
    }
    return false;
}

static Status hosts_take(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    (void)wait_s;
    (void)errors;
    Hosts *hosts = (Hosts *)transport;
    *is_taken = true;
    if (tell_dead(hosts, result)) {
        return DONE;
    }
    int worker = hosts->turn++ % WORKERS;
    for (int tried = 0; hosts->counts[worker] == 0; tried++) {
        assert_true(tried < WORKERS); /* waits for nobody */
        worker = (worker + 1) % WORKERS;
    }
    const int task = hosts->given[worker][0];
    const int node = hosts->nodes[worker];
    *result = (TaskResult){.worker = worker, .task = task};
    if (hosts->attempts[worker][0] == TASK_SHARING_ATTEMPT) {
        share(hosts, task, node);
    } else {
        result->status = run(hosts, task, node);
    }
    hosts->given[worker][0] = hosts->given[worker][1];
    hosts->attempts[worker][0] = hosts->attempts[worker][1];
    hosts->counts[worker]--;
    hosts->answer_count++;
    return DONE;
}

static void hosts_close(Transport *transport) {
    (void)transport;
}

static bool hook_is_done(void *context, int task) {
    const Hosts *hosts = context;
    bool is_done = false;
    for (int node = 0; node <= NODES; node++) {
        is_done = is_done || hosts->is_on[task][node];
    }
    return is_done;
}

static void hook_on_start(void *context, int task, int worker, int attempt) {
    (void)context;
    (void)task;
    (void)worker;
    assert_true(attempt > 0); /* sharing is no attempt */
}

static void hook_on_done(void *context, const TaskResult *result) {
    (void)context;
    (void)result;
}

static void hook_on_failed(void *context, const TaskResult *result, TaskFailure failure) {
    Hosts *hosts = context;
    (void)result;
    hosts->away_count += failure == FAILURE_AWAY;
    hosts->healed_count += failure == FAILURE_HEALED;
}

static SchedulerWish hook_on_idle(void *context, int running_count) {
    (void)context;
    (void)running_count;
    return SCHEDULER_GO_ON;
}

static int hook_find_lenders(void *context, int task, int worker, bool *nodes) {
    Hosts *hosts = context;
    const Task *asked = &hosts->plan->tasks[task];
    int count = 0;
    for (int need = 0; need < asked->need_count; need++) {
        const bool *is_on = hosts->is_on[asked->needs[need]];
        for (int node = 0; node < NODES && !is_on[EVERYWHERE]; node++) {
            const bool is_new = is_on[node] && node != hosts->nodes[worker] && !nodes[node];
            nodes[node] = nodes[node] || is_new;
            count += is_new;
        }
    }
    hosts->lender_counts[task] = count;
    return count;
}

static Plan *make_plan(uint32_t seed, Arena *arena) {
    Plan *plan = arena_alloc(arena, sizeof *plan);
    plan->tasks = arena_array(arena, TASKS, sizeof *plan->tasks);
    plan->task_count = TASKS;
    for (int task = 0; task < TASKS; task++) {
        int *needs = arena_array(arena, 4, sizeof *needs);
        const int need_count = task < 4 ? 0 : 1 + (int)(seed >> 8) % 4;
        for (int need = 0; need < need_count; need++) {
            seed = seed * 1664525u + 1013904223u;
            needs[need] = (int)((seed >> 8) % (uint32_t)task);
        }
        plan->tasks[task] = (Task){.kind = TASK_SPATIALIZE,
                                   .cost = 1.0,
                                   .needs = needs,
                                   .need_count = need_count,
                                   .name = "task"};
    }
    return plan;
}

static SchedulerCounts run_hosts(Hosts *hosts, uint32_t seed, int dead_node, Arena *arena) {
    *hosts = (Hosts){.plan = make_plan(seed, arena), .dead_node = dead_node, .death_at = 40};
    hosts->transport = (Transport){.worker_count = WORKERS,
                                   .give = hosts_give,
                                   .take = hosts_take,
                                   .close = hosts_close,
                                   .hold_limit = HELD,
                                   .nodes = hosts->nodes};
    for (int worker = 0; worker < WORKERS; worker++) {
        hosts->nodes[worker] = worker % NODES;
    }
    const SchedulerHooks hooks = {.context = hosts,
                                  .is_done = hook_is_done,
                                  .on_start = hook_on_start,
                                  .on_done = hook_on_done,
                                  .on_failed = hook_on_failed,
                                  .on_idle = hook_on_idle,
                                  .find_lenders = hook_find_lenders};
    Scheduler *scheduler = scheduler_create(hosts->plan, hooks, NULL, arena);
    scheduler_set_limits(scheduler, (SchedulerLimits){.early_cost = 2.0});
    assert_int_equal(scheduler_run(scheduler, &hosts->transport, errors_create(arena)), DONE);
    return *scheduler_counts(scheduler);
}

static void what_lies_on_another_host_is_shared_and_not_made_again(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        Hosts hosts;
        Arena *arena = arena_create();
        const SchedulerCounts counts = run_hosts(&hosts, seed, -1, arena);
        assert_int_equal(counts.left_count + counts.failed_count, 0);
        assert_true(hosts.away_count > 0 && hosts.share_count >= hosts.away_count);
        assert_int_equal(hosts.healed_count, 0);
        for (int task = 0; task < TASKS; task++) {
            assert_int_equal(hosts.run_counts[task], 1);
        }
        arena_destroy(&arena);
    }
}

/* Its workers die one after the other, with what they were asked to share. */
static void what_a_dead_host_alone_had_is_made_again(void **state) {
    (void)state;
    int made_again = 0;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        Hosts hosts;
        Arena *arena = arena_create();
        const SchedulerCounts counts = run_hosts(&hosts, seed, (int)seed % NODES, arena);
        assert_int_equal(counts.left_count + counts.failed_count, 0);
        for (int task = 0; task < TASKS; task++) {
            assert_in_range(hosts.run_counts[task], 1, 2);
            made_again += hosts.run_counts[task] == 2;
        }
        arena_destroy(&arena);
    }
    assert_true(made_again > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_on_another_host_is_shared_and_not_made_again),
        cmocka_unit_test(what_a_dead_host_alone_had_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
