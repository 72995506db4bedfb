/* What tasks cost, learnt from journals: rates that are put in come out, and nothing else. */
#include "cluster/cost_model.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"

#include "tests/support/temp_folder.h"

static json_t *done_event(const char *kind, double units, double seconds) {
    return json_pack("{s:s, s:s, s:f, s:f}", "ev", "task_done", "kind", kind, "units", units, "cpu",
                     seconds);
}

static void learn(CostModel *model, const char *kind, double units, double seconds) {
    json_t *event = done_event(kind, units, seconds);
    cost_model_learn(model, event);
    json_decref(event);
}

static void the_rate_of_a_kind_is_found_and_other_kinds_keep_theirs(void **state) {
    (void)state;
    CostModel model = {0};
    Task tasks[] = {
        {.kind = TASK_SPATIALIZE, .units = 5e9, .cost = 1.0},
        {.kind = TASK_MASTER,     .units = 5e9, .cost = 7.0}
    };
    Plan plan = {.tasks = tasks, .task_count = 2};
    for (int task = 1; task <= 20; task++) {
        learn(&model, "spatialize", 1e8 * task, 0.25 * task); /* 2.5e-9 seconds a unit */
    }
    cost_model_apply(&model, &plan);
    assert_float_equal(tasks[0].cost, 12.5, 1e-9);
    assert_float_equal(tasks[1].cost, 7.0, 0.0);
}

static void the_order_of_the_journal_does_not_matter(void **state) {
    (void)state;
    CostModel forwards = {0};
    CostModel backwards = {0};
    for (int task = 0; task < 64; task++) { /* sums of eighths are exact */
        learn(&forwards, "prepare", 1000.0 * task, 0.125 * task);
        learn(&backwards, "prepare", 1000.0 * (63 - task), 0.125 * (63 - task));
    }
    assert_memory_equal(&forwards, &backwards, sizeof forwards);
}

static void records_that_say_nothing_change_nothing(void **state) {
    (void)state;
    CostModel model = {0};
    const CostModel empty = {0};
    learn(&model, "no such kind", 1e9, 3.0);
    learn(&model, "prepare", 0.0, 3.0);
    learn(&model, "prepare", -1.0, 3.0);
    learn(&model, "prepare", 1e9, -3.0);
    json_t *bare = json_object();
    cost_model_learn(&model, bare);
    json_decref(bare);
    assert_memory_equal(&model, &empty, sizeof model);
}

static void a_blink_of_an_eye_is_no_measurement(void **state) {
    (void)state;
    CostModel model = {0};
    Task task = {.kind = TASK_ROOM, .units = 1e9, .cost = 1.5};
    Plan plan = {.tasks = &task, .task_count = 1};
    learn(&model, "room", 1e3, 0.01);
    cost_model_apply(&model, &plan);
    assert_float_equal(task.cost, 1.5, 0.0);
}

static void what_was_learnt_is_found_again_and_damage_is_forgotten(void **state) {
    (void)state;
    Arena *arena = NULL;
    ErrorList *errors = NULL;
    const char *folder = NULL;
    temp_folder_open(&arena, &errors, &folder);
    const char *unfinished = path_join(arena, folder, "tmp"); /* every store has one */
    assert_int_equal(mkdir(unfinished, 0700), 0);
    CostModel written = {0};
    CostModel read;
    cost_model_read(folder, arena, &read);
    assert_memory_equal(&read, &written, sizeof read); /* nothing there: empty */
    cost_model_add(&written, TASK_ENCODE, 4e9, 20.0);
    cost_model_add(&written, TASK_SPATIALIZE, 4e12, 7200.0); /* kept as an hour at the same rate */
    assert_int_equal(cost_model_write(&written, folder, arena, errors), DONE);
    cost_model_read(folder, arena, &read);
    assert_float_equal(read.kinds[TASK_ENCODE].seconds, 20.0, 1e-9);
    assert_float_equal(read.kinds[TASK_SPATIALIZE].seconds, 3600.0, 1e-6);
    assert_float_equal(read.kinds[TASK_SPATIALIZE].units, 2e12, 1e3);
    const char *path = path_join(arena, folder, "costs.json");
    assert_int_equal(file_write_atomically(path, "{\"encode\": {\"units\": -1, \"seco", 28, errors),
                     DONE);
    cost_model_read(folder, arena, &read);
    assert_float_equal(read.kinds[TASK_ENCODE].seconds, 0.0, 0.0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(unfinished), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left behind */
    temp_folder_close(&arena, folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_of_a_kind_is_found_and_other_kinds_keep_theirs),
        cmocka_unit_test(the_order_of_the_journal_does_not_matter),
        cmocka_unit_test(records_that_say_nothing_change_nothing),
        cmocka_unit_test(a_blink_of_an_eye_is_no_measurement),
        cmocka_unit_test(what_was_learnt_is_found_again_and_damage_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
