/* Tasks that will not end, in virtual heartbeats. */
#include "cluster/task_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double short_s = 0.1, long_s = 60.0;

static TaskWatch *make_watch(Arena *arena) {
    Task *tasks = arena_array(arena, 2, sizeof *tasks);
    Plan *plan = arena_alloc(arena, sizeof *plan);
    tasks[0] = (Task){.cost = short_s};
    tasks[1] = (Task){.cost = long_s};
    *plan = (Plan){.tasks = tasks, .task_count = 2};
    return task_watch_create(plan, 3, arena);
}

static int beats_until_late(TaskWatch *watch, int most, int *late) {
    int beats = 0;
    for (*late = -1; *late < 0 && beats < most; beats++) {
        *late = task_watch_beat(watch);
    }
    return beats;
}

static void a_task_is_late_after_two_minutes_and_ten_times_its_cost(void **state) {
    (void)state;
    Arena *arena = arena_create();
    TaskWatch *watch = make_watch(arena);
    int late = -1;
    task_watch_start(watch, 0, 2);
    assert_int_equal(beats_until_late(watch, 1000, &late), 122); /* the first above 121 s */
    assert_int_equal(late, 0);
    task_watch_end(watch, 2);
    task_watch_start(watch, 1, 0);
    assert_int_equal(beats_until_late(watch, 1000, &late), 721);
    assert_int_equal(late, 1);
    arena_destroy(&arena);
}

static void a_worker_that_gets_task_after_task_is_never_late(void **state) {
    (void)state;
    Arena *arena = arena_create();
    TaskWatch *watch = make_watch(arena);
    for (int round = 0; round < 50; round++) {
        int late = -1;
        task_watch_start(watch, 0, 1);
        assert_int_equal(beats_until_late(watch, 100, &late), 100);
        assert_int_equal(late, -1);
        task_watch_end(watch, 1);
    }
    arena_destroy(&arena);
}

static void what_another_run_has_is_not_watched(void **state) {
    (void)state;
    Arena *arena = arena_create();
    TaskWatch *watch = make_watch(arena);
    int late = -1;
    task_watch_start(watch, 0, -1);
    task_watch_end(watch, -1);
    assert_int_equal(beats_until_late(watch, 1000, &late), 1000);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_is_late_after_two_minutes_and_ten_times_its_cost),
        cmocka_unit_test(a_worker_that_gets_task_after_task_is_never_late),
        cmocka_unit_test(what_another_run_has_is_not_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
