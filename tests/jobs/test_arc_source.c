/* Arcs that follow cuts or dialogue: held to what is counted by hand. */
#include "jobs/curve.h"
#include "tests/support/job_bundle.h"

/* Cuts at 0, 10, 20, 21, 22 and 23 s. */
static const char edl[] = "TITLE: T\nFCM: NON-DROP FRAME\n"
                          "001 A V C 00:00:00:00 00:00:10:00 00:00:00:00 00:00:10:00\n"
                          "002 A V C 00:00:00:00 00:00:10:00 00:00:10:00 00:00:20:00\n"
                          "003 A V C 00:00:00:00 00:00:01:00 00:00:20:00 00:00:21:00\n"
                          "004 A V C 00:00:00:00 00:00:01:00 00:00:21:00 00:00:22:00\n"
                          "005 A V C 00:00:00:00 00:00:01:00 00:00:22:00 00:00:23:00\n"
                          "006 A V C 00:00:00:00 00:00:07:00 00:00:23:00 00:00:30:00\n";

static Status load_arc(Desk *desk, const char *rest) {
    const char *job = arena_format(
        desk->arena, "nocturne: 1\nproject: {title: T, code: T, length: 30 s}\n%s", rest);
    const Text texts[] = {
        {"job.yaml", job},
        {"a.edl",    edl}
    };
    const JobSource source = bundle(desk, texts, 2);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

static double value_at(Desk *desk, int second) {
    const JobCurve *curve = &desk->job->arcs[0].curve;
    assert_in_range(second, 0, curve->point_count - 1);
    assert_true(rational_value(curve->points[second].time.seconds) == second);
    return curve->points[second].value;
}

static void an_arc_follows_the_cuts(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_arc(desk,
                              "import: {c: {file: a.edl, format: cmx3600}}\n"
                              "arcs: {a: {over: [0 s, 30 s], source: cut_rate, window: 4 s}}\n"),
                     DONE);
    assert_int_equal(desk->job->arcs[0].curve.point_count, 31);
    const struct {
        int second;
        double expected;
    } rows[] = {
        {0,  0.25},
        {2,  0.25},
        {3,  0.0 },
        {10, 0.25},
        {18, 0.0 },
        {19, 0.25},
        {20, 0.5 },
        {22, 1.0 },
        {30, 0.0 },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        assert_true(value_at(desk, rows[row].second) == rows[row].expected);
    }
}

static void an_arc_follows_the_dialogue(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_arc(desk, "lines: {l1: {in: 4 s, out: 6 s}, l2: {in: 5 s, out: 20 s}}\n"
                                    "arcs: {a: {over: [0 s, 25 s], source: dialogue_density, "
                                    "window: 2 s}}\n"),
                     DONE);
    assert_true(value_at(desk, 3) == 0.0 && value_at(desk, 4) == 0.5);
    assert_true(value_at(desk, 5) == 1.0 && value_at(desk, 12) == 1.0);
    assert_true(value_at(desk, 20) == 0.5 && value_at(desk, 25) == 0.0);
}

static void a_source_needs_a_span_and_something_to_follow(void **state) {
    static const struct {
        const char *text;
        Status status;
    } rows[] = {
        {"arcs: {a: {over: [0 s, 9 s], source: cut_rate}}",                        E303},
        {"arcs: {a: {over: [0 s, 9 s], source: dialogue_density}}",                E303},
        {"lines: {l: {in: 1 s, out: 2 s}}\narcs: {a: {source: dialogue_density}}", E203},
        {"lines: {l: {in: 1 s, out: 2 s}}\narcs: {a: {over: l, source: dialogue_density, points: "
         "[[0 s, 0 %], [1 s, 5 %]]}}",                                    E303},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        assert_int_equal(load_arc(desk, rows[row].text), rows[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_arc_follows_the_cuts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_arc_follows_the_dialogue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_source_needs_a_span_and_something_to_follow, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
