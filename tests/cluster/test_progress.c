/* Progress: the block, the plain lines and the JSON lines, in virtual time. */
#include "cluster/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TASKS = 20 };

typedef struct Fixture {
    Arena *arena;
    Mix mix;
    Task tasks[TASKS];
    Plan plan;
    BatchJob job;
    Batch *batch;
    char *talk, *answer; /* what was written so far, after fflush */
    size_t talk_bytes, answer_bytes;
    FILE *talk_stream, *answer_stream;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create();
    for (int task = 0; task < TASKS; task++) {
        fixture->tasks[task] = (Task){.cost = 1.0, .name = "spatialize music 0.000 s"};
    }
    fixture->mix =
        (Mix){.rate_hz = 48000, .length_samples = INT64_C(48000) * 60, .deliverable_count = 2};
    fixture->plan = (Plan){.tasks = fixture->tasks, .task_count = TASKS, .code = "TLN_v1"};
    static const Options options = {.urgency = JOB_DEADLINE};
    fixture->job = (BatchJob){
        .run = {.arena = fixture->arena, .mix = &fixture->mix, .plan = &fixture->plan},
        .options = &options
    };
    fixture->batch = batch_create(fixture->arena);
    batch_add(fixture->batch, &fixture->job);
    batch_close(fixture->batch);
    fixture->talk_stream = open_memstream(&fixture->talk, &fixture->talk_bytes);
    fixture->answer_stream = open_memstream(&fixture->answer, &fixture->answer_bytes);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    fclose(fixture->talk_stream);
    fclose(fixture->answer_stream);
    free(fixture->talk);
    free(fixture->answer);
    arena_destroy(&fixture->arena);
    free(fixture);
    return 0;
}

static Progress *begin(Fixture *fixture, ProgressMode mode, bool is_json, int columns) {
    const ProgressTarget target = {fixture->talk_stream, fixture->answer_stream, mode, is_json,
                                   columns};
    Progress *progress = progress_create(fixture->batch, target);
    json_t *fields = json_pack("{s:s, s:i, s:i, s:i, s:f, s:f}", "schema", "inner", "ranks", 2,
                               "tasks", TASKS, "done", 0, "cost", (double)TASKS, "cost_done", 0.0);
    progress_take(progress, 0, "start", fields, 100.0);
    json_decref(fields);
    return progress;
}

static void take_task(Progress *progress, const char *event, int task, double now_s) {
    json_t *fields = json_pack("{s:i, s:i, s:f}", "task", task, "worker", task % 2, "cost", 1.0);
    progress_take(progress, 0, event, fields, now_s);
    json_decref(fields);
}

static int count_lines(const char *text) {
    int lines = 0;
    for (; *text; text++) {
        lines += *text == '\n';
    }
    return lines;
}

/* One task a second, drawn every 10 ms. */
static void run_all(Progress *progress) {
    for (int task = 0; task < TASKS; task++) {
        take_task(progress, "task_start", task, 100.0 + task);
        for (int tick = 0; tick < 100; tick++) {
            progress_draw(progress, 100.0 + task + 0.01 * tick);
        }
        take_task(progress, "task_done", task, 101.0 + task);
    }
}

static void the_block_fits_and_is_drawn_at_most_ten_times_a_second(void **state) {
    static const int widths[] = {20, 40, 80, 200};
    Fixture *fixture = *state;
    for (size_t width = 0; width < sizeof widths / sizeof *widths; width++) {
        rewind(fixture->talk_stream);
        run_all(begin(fixture, PROGRESS_BAR, false, widths[width]));
        fflush(fixture->talk_stream);
        int blocks = 0;
        int columns = 0;
        for (const char *at = fixture->talk; *at; at++) {
            if (strncmp(at, "\x1b[4A\r\x1b[J", 8) == 0) { /* the block before, four lines */
                blocks++;
                at += 7;
                continue;
            }
            assert_int_not_equal(*at, '\x1b');
            columns = *at == '\n' ? 0 : columns + 1;
            assert_true(columns < widths[width]);
        }
        assert_true(blocks > 150 && blocks <= 200); /* 20 s */
        assert_int_equal(count_lines(fixture->talk), 4 * (blocks + 1));
    }
}

static void plain_lines_come_with_every_5_percent_and_hold_no_escapes(void **state) {
    Fixture *fixture = *state;
    run_all(begin(fixture, PROGRESS_LINES, false, 80));
    fflush(fixture->talk_stream);
    assert_null(strchr(fixture->talk, '\x1b'));
    assert_int_equal(count_lines(fixture->talk), 1 + TASKS - 1); /* the start, 5 % .. 95 % */
    assert_non_null(strstr(fixture->talk, "start TLN_v1  20 tasks (0 done)  2 ranks"));
    /* 10 of 20 equal tasks in 10 s: 10 s to go, and 30 s of programme in 10 s */
    assert_non_null(strstr(fixture->talk, "50 %  10/20  3.0x  eta 00:10"));
}

static void a_slow_run_speaks_every_30_seconds(void **state) {
    Fixture *fixture = *state;
    Progress *progress = begin(fixture, PROGRESS_LINES, false, 80);
    for (int second = 0; second < 100; second++) {
        progress_draw(progress, 100.0 + second);
    }
    fflush(fixture->talk_stream);
    assert_int_equal(count_lines(fixture->talk), 1 + 3);
    assert_null(strstr(fixture->talk, "eta")); /* nothing is done: nobody can tell */
}

static void an_end_is_not_foretold_too_early(void **state) {
    Fixture *fixture = *state;
    fixture->tasks[0].cost = 0.01;
    Progress *progress = begin(fixture, PROGRESS_BAR, false, 80);
    json_t *fields = json_pack("{s:i, s:i, s:f}", "task", 0, "worker", 0, "cost", 0.01);
    progress_take(progress, 0, "task_done", fields, 101.0);
    json_decref(fields);
    progress_draw(progress, 101.0);
    fflush(fixture->talk_stream);
    assert_null(strstr(fixture->talk, "ETA"));
    progress_draw(progress, 106.0); /* 5 s have passed */
    fflush(fixture->talk_stream);
    assert_non_null(strstr(fixture->talk, "ETA"));
}

static void a_published_deliverable_is_one_line(void **state) {
    Fixture *fixture = *state;
    Progress *progress = begin(fixture, PROGRESS_LINES, false, 80);
    json_t *fields = json_pack("{s:s, s:i, s:f, s:f, s:s, s:b}", "deliverable", "st20", "files", 2,
                               "lufs", -24.01, "dbtp", -2.34, "verdict", "ok", "held", 0);
    progress_take(progress, 0, "published", fields, 103.0);
    json_decref(fields);
    fflush(fixture->talk_stream);
    assert_non_null(strstr(fixture->talk, "done st20  2 files  full -24.0 LUFS  -2.3 dBTP  ok\n"));
}

/* As the ranks write it to the journal, and a launcher reads it. */
static void a_hold_for_want_of_room_is_said(void **state) {
    Fixture *fixture = *state;
    Progress *progress = begin(fixture, PROGRESS_LINES, false, 80);
    json_t *fields = json_pack("{s:s}", "notice", "no room on the disk");
    json_t *nothing = json_object();
    progress_take(progress, 0, "held", fields, 103.0);
    progress_take(progress, 1, "held", nothing, 103.0); /* another job of the run */
    json_decref(fields);
    json_decref(nothing);
    fflush(fixture->talk_stream);
    assert_non_null(strstr(fixture->talk, "no room on the disk\n"));
    assert_int_equal(count_lines(fixture->talk), 2); /* after the start */
}

static void json_lines_begin_with_the_schema_and_hide_inner_events(void **state) {
    Fixture *fixture = *state;
    Progress *progress = begin(fixture, PROGRESS_NONE, true, 80);
    json_t *nothing = json_object();
    progress_take(progress, 0, "heartbeat", nothing, 101.0);
    progress_take(progress, 0, "end", nothing, 101.0);
    take_task(progress, "task_start", 3, 101.0);
    progress_tell_json(progress, "exit", nothing);
    json_decref(nothing);
    fflush(fixture->answer_stream);
    fflush(fixture->talk_stream);
    assert_int_equal(fixture->talk_bytes, 0);
    assert_int_equal(count_lines(fixture->answer), 3);
    char *rest = NULL;
    int number = 0;
    static const char *const expected[] = {"start", "task_start", "exit"};
    for (char *line = strtok_r(fixture->answer, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        json_t *event = json_loads(line, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(event, "ev")), expected[number]);
        assert_non_null(json_object_get(event, "t"));
        assert_int_equal(json_object_get(event, "schema") != NULL, number == 0);
        json_decref(event);
        number++;
    }
}

static void another_launch_goes_on_where_the_first_was(void **state) {
    Fixture *fixture = *state;
    Progress *progress = begin(fixture, PROGRESS_LINES, false, 80);
    run_all(progress);
    json_t *fields = json_pack("{s:i, s:i, s:i, s:f, s:f}", "ranks", 2, "tasks", TASKS, "done", 18,
                               "cost", (double)TASKS, "cost_done", 18.0);
    progress_take(progress, 0, "start", fields, 121.0);
    json_decref(fields);
    assert_int_equal(progress_count_running(progress), 0);
    take_task(progress, "task_start", 1, 122.0);
    assert_int_equal(progress_count_running(progress), 1);
    progress_draw(progress, 160.0);
    fflush(fixture->talk_stream);
    assert_non_null(strstr(fixture->talk, "90 %  18/20"));
    char *first_start = strstr(fixture->talk, "start TLN_v1");
    assert_null(strstr(first_start + 1, "start TLN_v1"));
}

static void seconds_read_as_people_write_them(void **state) {
    Fixture *fixture = *state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0.04,   "0:00.0" },
        {4.84,   "0:04.8" },
        {59.98,  "0:59.9" },
        {60.0,   "1:00"   },
        {3599.0, "59:59"  },
        {3723.0, "1:02:03"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        assert_string_equal(progress_format_seconds(cases[index].seconds, fixture->arena),
                            cases[index].text);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_block_fits_and_is_drawn_at_most_ten_times_a_second),
        TEST(plain_lines_come_with_every_5_percent_and_hold_no_escapes),
        TEST(a_slow_run_speaks_every_30_seconds),
        TEST(an_end_is_not_foretold_too_early),
        TEST(a_published_deliverable_is_one_line),
        TEST(a_hold_for_want_of_room_is_said),
        TEST(json_lines_begin_with_the_schema_and_hide_inner_events),
        TEST(another_launch_goes_on_where_the_first_was),
        TEST(seconds_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
