/* The scheduler against simulated workers in virtual time: order, needs, failures, healing. */
#include "cluster/scheduler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cluster/transport_inline.h"

enum { TASK_LIMIT = 64, WORKER_LIMIT = 64 };

/* ---- a farm that computes nothing: every task takes its cost in virtual seconds ---- */

typedef struct Farm {
    Transport transport; /* first */
    const Plan *plan;
    double now_s, busy_until_s[WORKER_LIMIT], busy_s;
    int task_of[WORKER_LIMIT]; /* -1: idle */
    int attempt_of[WORKER_LIMIT];
    bool *is_made; /* [task_count] the store */
    int *run_counts, *order;
    int order_count, max_running, stop_after;
    bool saw_missing_need;
    Status (*judge)(struct Farm *farm, int task, int attempt); /* NULL: DONE */
    int lost_need;                                             /* for the judge */
    int failures[8];                                           /* by TaskFailure */
} Farm;

static Status
farm_give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    (void)errors;
    Farm *farm = (Farm *)transport;
    assert_int_equal(farm->task_of[worker], -1);
    farm->task_of[worker] = task;
    farm->attempt_of[worker] = attempt;
    farm->busy_until_s[worker] = farm->now_s + farm->plan->tasks[task].cost;
    farm->order[farm->order_count++] = task;
    int running = 0;
    for (int other = 0; other < transport->worker_count; other++) {
        running += farm->task_of[other] >= 0;
    }
    farm->max_running = running > farm->max_running ? running : farm->max_running;
    for (int need = 0; need < farm->plan->tasks[task].need_count; need++) {
        farm->saw_missing_need |= !farm->is_made[farm->plan->tasks[task].needs[need]];
    }
    return DONE;
}

static Status farm_take(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    (void)wait_s;
    (void)errors;
    Farm *farm = (Farm *)transport;
    int first = -1;
    for (int worker = 0; worker < transport->worker_count; worker++) {
        if (farm->task_of[worker] >= 0 &&
            (first < 0 || farm->busy_until_s[worker] < farm->busy_until_s[first])) {
            first = worker;
        }
    }
    assert_true(first >= 0);
    const int task = farm->task_of[first];
    *result = (TaskResult){.worker = first, .task = task};
    farm->now_s = farm->busy_until_s[first];
    farm->busy_s += farm->plan->tasks[task].cost;
    farm->task_of[first] = -1;
    farm->run_counts[task]++;
    result->status = farm->judge ? farm->judge(farm, task, farm->attempt_of[first]) : DONE;
    farm->is_made[task] = farm->is_made[task] || result->status == DONE;
    *is_taken = true;
    return DONE;
}

static void farm_close(Transport *transport) {
    (void)transport;
}

static bool farm_is_done(void *context, int task) {
    const Farm *farm = context;
    return farm->is_made[task];
}

static void farm_on_start(void *context, int task, int worker, int attempt) {
    (void)context;
    (void)task;
    (void)worker;
    (void)attempt;
}

static void farm_on_done(void *context, const TaskResult *result) {
    (void)context;
    (void)result;
}

static void farm_on_failed(void *context, const TaskResult *result, TaskFailure failure) {
    (void)result;
    Farm *farm = context;
    farm->failures[failure]++;
}

static SchedulerWish farm_on_idle(void *context, int running_count) {
    (void)running_count;
    const Farm *farm = context;
    return farm->stop_after > 0 && farm->order_count >= farm->stop_after ? SCHEDULER_DRAIN
                                                                         : SCHEDULER_GO_ON;
}

static Farm *farm_make(const Plan *plan, int worker_count, Arena *arena) {
    Farm *farm = arena_alloc(arena, sizeof *farm);
    const size_t count = (size_t)plan->task_count;
    farm->transport = (Transport){
        .worker_count = worker_count, .give = farm_give, .take = farm_take, .close = farm_close};
    farm->plan = plan;
    farm->is_made = arena_array(arena, count, sizeof(bool));
    farm->run_counts = arena_array(arena, count, sizeof(int));
    farm->order = arena_array(arena, count * 4, sizeof(int));
    for (int worker = 0; worker < WORKER_LIMIT; worker++) {
        farm->task_of[worker] = -1;
    }
    return farm;
}

static SchedulerHooks farm_hooks(Farm *farm) {
    return (SchedulerHooks){.context = farm,
                            .is_done = farm_is_done,
                            .on_start = farm_on_start,
                            .on_done = farm_on_done,
                            .on_failed = farm_on_failed,
                            .on_idle = farm_on_idle};
}

static SchedulerCounts farm_run(Farm *farm, const int *cut_offs, Arena *arena) {
    Scheduler *scheduler = scheduler_create(farm->plan, farm_hooks(farm), cut_offs, arena);
    ErrorList *errors = errors_create(arena);
    assert_int_equal(scheduler_run(scheduler, &farm->transport, errors), DONE);
    return *scheduler_counts(scheduler);
}

/* ---- plans ---- */

static Plan *plan_of(const Task *tasks, int count, Arena *arena) {
    Plan *plan = arena_alloc(arena, sizeof *plan);
    plan->tasks = arena_array(arena, (size_t)count, sizeof *plan->tasks);
    memcpy(plan->tasks, tasks, (size_t)count * sizeof *tasks);
    plan->task_count = count;
    return plan;
}

static Task task_of(double cost, const int *needs, int need_count) {
    return (Task){.cost = cost, .needs = needs, .need_count = need_count, .name = "task"};
}

static uint32_t next_random(uint32_t *state) { /* xorshift32, Marsaglia 2003 */
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static Plan *random_plan(int count, uint32_t seed, Arena *arena) {
    uint32_t random = seed * 2654435761u + 1u;
    Task *tasks = arena_array(arena, (size_t)count, sizeof *tasks);
    for (int task = 0; task < count; task++) {
        const int need_count = task == 0 ? 0 : (int)(next_random(&random) % 4);
        int *needs = arena_array(arena, 4, sizeof *needs);
        for (int need = 0; need < need_count; need++) {
            needs[need] = (int)(next_random(&random) % (uint32_t)task);
        }
        tasks[task] = task_of(1.0 + (double)(next_random(&random) % 16), needs, need_count);
    }
    return plan_of(tasks, count, arena);
}

/* Length of the longest chain: no number of workers can be faster. */
static double critical_path_s(const Plan *plan) {
    double longest = 0.0;
    double until[TASK_LIMIT * 4] = {0};
    for (int task = 0; task < plan->task_count; task++) {
        double begin = 0.0;
        for (int need = 0; need < plan->tasks[task].need_count; need++) {
            const double end = until[plan->tasks[task].needs[need]];
            begin = end > begin ? end : begin;
        }
        until[task] = begin + plan->tasks[task].cost;
        longest = until[task] > longest ? until[task] : longest;
    }
    return longest;
}

/* ---- tests ---- */

static void every_task_runs_once_after_its_needs_on_1_to_64_workers(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        for (int workers = 1; workers <= 64; workers = workers * 2 + (seed & 1u ? 1 : 0)) {
            Arena *arena = arena_create();
            Plan *plan = random_plan(200, seed, arena);
            Farm *farm = farm_make(plan, workers < 64 ? workers : 64, arena);
            const SchedulerCounts counts = farm_run(farm, NULL, arena);
            assert_int_equal(counts.done_count, 200);
            assert_int_equal(counts.left_count, 0);
            assert_false(farm->saw_missing_need);
            for (int task = 0; task < 200; task++) {
                assert_int_equal(farm->run_counts[task], 1);
            }
            /* Graham 1966: a list schedule is at most critical path + work / workers */
            const double bound = critical_path_s(plan) + farm->busy_s / (double)workers;
            assert_true(farm->now_s <= bound + 1e-9);
            arena_destroy(&arena);
        }
    }
}

static void the_same_results_give_the_same_order(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Plan *plan = random_plan(200, 7, arena);
    Farm *first = farm_make(plan, 5, arena);
    Farm *second = farm_make(plan, 5, arena);
    farm_run(first, NULL, arena);
    farm_run(second, NULL, arena);
    assert_int_equal(first->order_count, second->order_count);
    assert_memory_equal(first->order, second->order,
                        (size_t)first->order_count * sizeof *first->order);
    arena_destroy(&arena);
}

static void the_critical_path_goes_first(void **state) {
    (void)state;
    Arena *arena = arena_create();
    /* four loose tasks of 3, and a chain 1-1-1-9: the chain decides when it all ends */
    static const int chain[][1] = {{4}, {5}, {6}};
    const Task tasks[] = {task_of(3, NULL, 0),     task_of(3, NULL, 0),    task_of(3, NULL, 0),
                          task_of(3, NULL, 0),     task_of(1, NULL, 0),    task_of(1, chain[0], 1),
                          task_of(1, chain[1], 1), task_of(9, chain[2], 1)};
    Farm *farm = farm_make(plan_of(tasks, 8, arena), 2, arena);
    farm_run(farm, NULL, arena);
    assert_int_equal(farm->order[0], 4);
    assert_true(farm->now_s <= 12.0); /* the chain alone is 12; in file order it would be 18 */
    arena_destroy(&arena);
}

static void equal_tasks_go_by_their_index(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[20];
    for (int task = 0; task < 20; task++) {
        tasks[task] = task_of(1.0, NULL, 0);
    }
    Farm *farm = farm_make(plan_of(tasks, 20, arena), 3, arena);
    farm_run(farm, NULL, arena);
    for (int step = 0; step < 20; step++) {
        assert_int_equal(farm->order[step], step);
    }
    arena_destroy(&arena);
}

static void what_is_done_is_not_run_and_its_needs_are_not_asked_for(void **state) {
    (void)state;
    Arena *arena = arena_create();
    static const int needs[][1] = {{0}, {1}};
    const Task tasks[] = {task_of(1, NULL, 0), task_of(1, needs[0], 1), task_of(1, needs[1], 1)};
    Farm *farm = farm_make(plan_of(tasks, 3, arena), 2, arena);
    farm->is_made[1] = true; /* the prepared layer was trimmed from the store: nobody needs it */
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(counts.open_count, 1);
    assert_int_equal(farm->order_count, 1);
    assert_int_equal(farm->order[0], 2);
    arena_destroy(&arena);
}

/* Task 2 finds that the result of task 0 is damaged, once. */
static Status judge_lost_need(Farm *farm, int task, int attempt) {
    (void)attempt;
    if (task == 2 && farm->lost_need >= 0) {
        farm->is_made[farm->lost_need] = false;
        farm->lost_need = -1;
        return E606;
    }
    return DONE;
}

static void a_lost_result_is_made_again_and_its_user_runs_after_it(void **state) {
    (void)state;
    Arena *arena = arena_create();
    static const int needs[] = {0, 1};
    static const int last[] = {2};
    const Task tasks[] = {task_of(1, NULL, 0), task_of(1, NULL, 0), task_of(1, needs, 2),
                          task_of(1, last, 1)};
    Farm *farm = farm_make(plan_of(tasks, 4, arena), 2, arena);
    farm->is_made[0] = farm->is_made[1] = true;
    farm->judge = judge_lost_need;
    farm->lost_need = 0;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(counts.healed_count, 1);
    assert_int_equal(counts.failed_count, 0);
    assert_int_equal(counts.left_count, 0);
    assert_int_equal(farm->run_counts[0], 1);
    assert_int_equal(farm->run_counts[1], 0);
    assert_int_equal(farm->run_counts[2], 2);
    assert_int_equal(farm->run_counts[3], 1);
    arena_destroy(&arena);
}

static Status judge_always_lost(Farm *farm, int task, int attempt) {
    (void)attempt;
    if (task == 1) {
        farm->is_made[0] = false;
        return E606;
    }
    return DONE;
}

static void healing_ends_when_the_result_is_lost_every_time(void **state) {
    (void)state;
    Arena *arena = arena_create();
    static const int needs[] = {0};
    const Task tasks[] = {task_of(1, NULL, 0), task_of(1, needs, 1)};
    Farm *farm = farm_make(plan_of(tasks, 2, arena), 1, arena);
    farm->judge = judge_always_lost;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(counts.failed_count, 1);
    assert_true(farm->run_counts[1] <= 8);
    arena_destroy(&arena);
}

static Status judge_task_3(Farm *farm, int task, int attempt) {
    return task == 3 && attempt <= farm->lost_need ? E607 : DONE;
}

static const int needs_3[] = {3};

static void fill_fan(Task tasks[10]) { /* nine free tasks; task 9 needs task 3 */
    for (int task = 0; task < 10; task++) {
        tasks[task] = task_of(1.0, NULL, 0);
    }
    tasks[9].needs = needs_3;
    tasks[9].need_count = 1;
}

static void a_task_that_fails_twice_is_tried_a_third_time(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 2, arena);
    farm->judge = judge_task_3;
    farm->lost_need = 2;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(farm->failures[FAILURE_RETRIED], 2);
    assert_int_equal(counts.retried_count, 2);
    assert_int_equal(counts.done_count, 10);
    assert_int_equal(farm->run_counts[3], 3);
    arena_destroy(&arena);
}

static void a_task_that_always_fails_costs_only_what_needs_it(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 2, arena);
    farm->judge = judge_task_3;
    farm->lost_need = 1000;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(farm->failures[FAILURE_QUARANTINED], 1);
    assert_int_equal(farm->run_counts[3], TASK_ATTEMPTS);
    assert_int_equal(counts.done_count, 8);
    assert_int_equal(counts.failed_count, 1);
    assert_int_equal(counts.left_count, 1);
    /* failed tries go to the back of the queue */
    assert_int_equal(farm->order[farm->order_count - 1], 3);
    arena_destroy(&arena);
}

static Status judge_bad_input(Farm *farm, int task, int attempt) {
    (void)attempt;
    return task == 3 ? (Status)farm->lost_need : DONE;
}

static void a_bad_input_is_not_retried_and_the_others_are_finished(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 1, arena);
    farm->judge = judge_bad_input;
    farm->lost_need = E417;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(farm->failures[FAILURE_FINAL], 1);
    assert_int_equal(farm->run_counts[3], 1);
    assert_int_equal(counts.done_count, 8);
    assert_false(counts.has_no_place);
    arena_destroy(&arena);
}

static void a_full_disk_ends_the_hand_out(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 1, arena);
    farm->judge = judge_bad_input;
    farm->lost_need = E501;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_true(counts.has_no_place);
    assert_int_equal(farm->order[0], 3); /* the longest way: it goes first, with task 9 behind it */
    assert_int_equal(counts.done_count, 0);
    assert_int_equal(counts.left_count, 9);
    arena_destroy(&arena);
}

static void a_request_to_stop_lets_running_tasks_finish(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 4, arena);
    farm->stop_after = 4;
    const SchedulerCounts counts = farm_run(farm, NULL, arena);
    assert_int_equal(counts.done_count, 4);
    assert_int_equal(counts.left_count, 6);
    arena_destroy(&arena);
}

static void tasks_with_fewest_attempts_go_first_and_suspects_run_alone(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    const int cut_offs[10] = {2, 1, 0, 0, 2, 0, 0, 0, 0, 0};
    for (int task = 0; task < 10; task++) {
        tasks[task] = task_of(task == 0 ? 50.0 : 1.0, NULL, 0);
    }
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 4, arena);
    const SchedulerCounts counts = farm_run(farm, cut_offs, arena);
    assert_int_equal(counts.done_count, 10);
    assert_int_equal(farm->order[7], 1);
    assert_int_equal(farm->order[8], 0);
    assert_int_equal(farm->order[9], 4);
    assert_int_equal(farm->max_running, 4);
    /* 0 began when all others had ended (8 tasks of 1 s on 4 workers), 4 after it */
    assert_true(farm->now_s >= 2.0 + 50.0 + 1.0 - 1e-9);
    arena_destroy(&arena);
}

static void a_task_cut_off_three_times_is_set_aside(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    const int cut_offs[10] = {0, 0, 0, 3, 0, 0, 0, 0, 0, 0};
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 4, arena);
    const SchedulerCounts counts = farm_run(farm, cut_offs, arena);
    assert_int_equal(farm->failures[FAILURE_CUT_OFF], 1);
    assert_int_equal(farm->run_counts[3], 0);
    assert_int_equal(counts.done_count, 8);
    assert_int_equal(counts.left_count, 1);
    arena_destroy(&arena);
}

/* Another run has task 3 and ends it when two of ours are done; it gives task 5 up. */
static SchedulerStart farm_may_start(void *context, int task) {
    const Farm *farm = context;
    const bool is_early = farm->order_count < 4;
    if (task == 3) {
        return is_early ? START_ELSEWHERE : START_NOT;
    }
    return task == 5 && is_early ? START_ELSEWHERE : START_HERE;
}

static void what_another_run_has_is_awaited_and_not_run_twice(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 1, arena);
    SchedulerHooks hooks = farm_hooks(farm);
    hooks.may_start = farm_may_start;
    Scheduler *scheduler = scheduler_create(farm->plan, hooks, NULL, arena);
    farm->is_made[3] = true; /* in the end, by the other one */
    assert_int_equal(scheduler_run(scheduler, &farm->transport, errors_create(arena)), DONE);
    assert_int_equal(farm->run_counts[3], 0);
    assert_int_equal(farm->run_counts[5], 1);
    assert_int_equal(farm->run_counts[9], 1); /* needs task 3 */
    assert_int_equal(scheduler_counts(scheduler)->done_count, 10);
    assert_int_equal(scheduler_counts(scheduler)->left_count, 0);
    arena_destroy(&arena);
}

/* No room on the disk between the second and the third task, and again later. */
static SchedulerWish farm_holds(void *context, int running_count) {
    Farm *farm = context;
    farm->max_running = running_count > farm->max_running ? running_count : farm->max_running;
    if (farm->order_count == 2 && farm->lost_need < 5) {
        farm->lost_need++;
        return SCHEDULER_HOLD;
    }
    return SCHEDULER_GO_ON;
}

static Status farm_waits(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    Farm *farm = (Farm *)transport;
    *is_taken = false;
    return farm->task_of[0] < 0 ? DONE : farm_take(transport, wait_s, result, is_taken, errors);
}

static void a_hold_gives_nothing_and_goes_on_by_itself(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Task tasks[10];
    fill_fan(tasks);
    Farm *farm = farm_make(plan_of(tasks, 10, arena), 1, arena);
    SchedulerHooks hooks = farm_hooks(farm);
    hooks.on_idle = farm_holds;
    farm->transport.take = farm_waits;
    Scheduler *scheduler = scheduler_create(farm->plan, hooks, NULL, arena);
    assert_int_equal(scheduler_run(scheduler, &farm->transport, errors_create(arena)), DONE);
    assert_int_equal(farm->lost_need, 5); /* it was asked again until there was room */
    assert_int_equal(scheduler_counts(scheduler)->done_count, 10);
    arena_destroy(&arena);
}

static void run_nothing(void *context, int task, int attempt, TaskResult *result) {
    (void)task;
    (void)attempt;
    int *count = context;
    (*count)++;
    result->status = DONE;
}

static void twenty_thousand_tasks_a_second_inline(void **state) {
    (void)state;
    enum { COUNT = 40000 };
    Arena *arena = arena_create();
    Plan *plan = random_plan(COUNT, 3, arena);
    Farm *farm = farm_make(plan, 1, arena);
    int count = 0;
    Scheduler *scheduler = scheduler_create(plan, farm_hooks(farm), NULL, arena);
    struct timespec begin;
    struct timespec end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    assert_int_equal(scheduler_run(scheduler,
                                   transport_inline((TaskRunner){&count, run_nothing}, arena),
                                   errors_create(arena)),
                     DONE);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    const double seconds =
        (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    assert_int_equal(count, COUNT);
    assert_true(seconds < COUNT / 20000.0);
    print_message("%.0f tasks/s\n", COUNT / seconds);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once_after_its_needs_on_1_to_64_workers),
        cmocka_unit_test(the_same_results_give_the_same_order),
        cmocka_unit_test(the_critical_path_goes_first),
        cmocka_unit_test(equal_tasks_go_by_their_index),
        cmocka_unit_test(what_is_done_is_not_run_and_its_needs_are_not_asked_for),
        cmocka_unit_test(a_lost_result_is_made_again_and_its_user_runs_after_it),
        cmocka_unit_test(healing_ends_when_the_result_is_lost_every_time),
        cmocka_unit_test(a_task_that_fails_twice_is_tried_a_third_time),
        cmocka_unit_test(a_task_that_always_fails_costs_only_what_needs_it),
        cmocka_unit_test(a_bad_input_is_not_retried_and_the_others_are_finished),
        cmocka_unit_test(a_full_disk_ends_the_hand_out),
        cmocka_unit_test(a_request_to_stop_lets_running_tasks_finish),
        cmocka_unit_test(tasks_with_fewest_attempts_go_first_and_suspects_run_alone),
        cmocka_unit_test(a_task_cut_off_three_times_is_set_aside),
        cmocka_unit_test(what_another_run_has_is_awaited_and_not_run_twice),
        cmocka_unit_test(a_hold_gives_nothing_and_goes_on_by_itself),
        cmocka_unit_test(twenty_thousand_tasks_a_second_inline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
