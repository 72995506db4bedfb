/* `qc.conform`: planted slips are found with their frames, and nothing else is. */
#include "tests/support/job_bundle.h"

enum { CUTS = 20 };

/* One cut every three seconds from 01:00:00:00, some of them planted some frames beside that. */
static const char *make_edl(Desk *desk, const int *slips) {
    const char *text = "TITLE: planted\nFCM: NON-DROP FRAME\n";
    for (int cut = 0; cut < CUTS; cut++) {
        const int in = 3600 * 24 + 72 * cut + slips[cut];
        const int out = in + 48;
        text = arena_format(desk->arena,
                            "%s%03d AX V C 00:00:00:00 00:00:02:00 01:%02d:%02d:%02d "
                            "01:%02d:%02d:%02d\n",
                            text, cut + 1, in / 24 / 60 % 60, in / 24 % 60, in % 24,
                            out / 24 / 60 % 60, out / 24 % 60, out % 24);
    }
    return text;
}

static Status load_with(Desk *desk, const char *body, const char *edl) {
    const char *job =
        arena_format(desk->arena,
                     "nocturne: 1\nproject: {title: T, code: T, start: 01:00:00:00, length: 70 s}\n"
                     "import: {cut7: {file: cut7.edl, format: cmx3600}}\n%s",
                     body);
    const Text texts[] = {
        {"job.yaml", job},
        {"cut7.edl", edl}
    };
    const JobSource source = bundle(desk, texts, 2);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

static const char gate[] = "qc: {conform: {edl: cut7, tolerance: 2 fr, action: warn}}\n";

/* A marker at each cut but two, which are the edges of a cue and a scene. */
static const char *make_hits(Desk *desk) {
    const char *text = arena_format(
        desk->arena,
        "%scues: {1m1: {in: 9 s, out: 31 s}}\nscenes: {sc1: {in: 27 s, out: 1m1.out}}\n"
        "markers:\n",
        gate);
    for (int cut = 0; cut < CUTS; cut++) {
        if (cut != 3 && cut != 9) {
            text = arena_format(desk->arena, "%s  m%d: %d s\n", text, cut, 3 * cut);
        }
    }
    return text;
}

static const JobSlip *find_slip(const Desk *desk, const char *owner) {
    for (int slip = 0; slip < desk->job->slip_count; slip++) {
        if (strcmp(desk->job->slips[slip].owner, owner) == 0) {
            return &desk->job->slips[slip];
        }
    }
    return NULL;
}

static void three_planted_slips_are_three_findings(void **state) {
    Desk *desk = *state;
    const int slips[CUTS] = {[3] = 5, [9] = -5, [15] = 5, [17] = 2, [18] = -2};
    assert_int_equal(load_with(desk, make_hits(desk), make_edl(desk, slips)), DONE);
    assert_int_equal(desk->job->slip_count, 3);
    assert_int_equal(find_slip(desk, "cues.1m1.in")->frames, -5);
    assert_int_equal(find_slip(desk, "scenes.sc1.in")->frames, 5);
    const JobSlip *marker = find_slip(desk, "markers.m15");
    assert_int_equal(marker->frames, -5);
    assert_string_equal(marker->cut, "01:00:45:05");
    assert_string_equal(marker->cut_place.file, "cut7.edl");
    assert_int_equal(marker->cut_place.line, 18);
    assert_int_equal(errors_count(desk->errors) + warnings_count(desk->errors), 0);
    job_lint(desk->job, desk->errors);
    assert_int_equal(warnings_count(desk->errors), 3);
    assert_int_equal(errors_first(desk->errors)->status, E344);
}

static void a_list_that_fits_has_no_findings(void **state) {
    Desk *desk = *state;
    const int slips[CUTS] = {0};
    assert_int_equal(load_with(desk, make_hits(desk), make_edl(desk, slips)), DONE);
    assert_int_equal(desk->job->slip_count, 0);
}

/* Who follows a name is judged with it; what lies far from every cut is not meant for one. */
static void anchored_far_and_equal_times_are_not_told(void **state) {
    Desk *desk = *state;
    const int slips[CUTS] = {0};
    const char *body = "markers: {a: 3 s + 5 fr, b: a, c: a - 8 fr, d: 4.5 s, e: 3 s + 5 fr}\n"
                       "scenes: {sc1: {in: 3 s + 5 fr, out: 12 s}}\n";
    const char *whole = arena_format(desk->arena, "%s%s", gate, body);
    assert_int_equal(load_with(desk, whole, make_edl(desk, slips)), DONE);
    assert_int_equal(desk->job->slip_count, 1);
    assert_string_equal(desk->job->slips[0].owner, "markers.a");
    assert_int_equal(desk->job->slips[0].frames, 5);
    const char *wide = arena_format(
        desk->arena, "qc: {conform: {edl: cut7, tolerance: 6 fr, reach: 2 s, action: fail}}\n%s",
        body);
    assert_int_equal(load_with(desk, wide, make_edl(desk, slips)), E344);
    assert_int_equal(errors_count(desk->errors), 1);
    assert_string_equal(desk->job->slips[0].owner, "markers.d");
    assert_int_equal(desk->job->slips[0].frames, 36);
}

static void the_list_has_to_be_one_with_cuts(void **state) {
    Desk *desk = *state;
    const int slips[CUTS] = {0};
    const char *edl = make_edl(desk, slips);
    assert_int_equal(load_with(desk, "qc: {conform: {edl: cut8}}\n", edl), E301);
    assert_string_equal(errors_first(desk->errors)->caret, "did you mean `cut7`?");
    assert_int_equal(load_with(desk, "qc: {conform: {action: warn}}\n", edl), E203);
    assert_int_equal(load_with(desk, "qc: {conform: {edl: cut7, action: halt}}\n", edl), E205);
    assert_int_equal(load_with(desk,
                               "qc: {conform: {edl: cut7}}\n"
                               "x-a: 1\nvars: {a: b}\n",
                               edl),
                     DONE);
    const Text texts[] = {
        {"job.yaml", HEAD "import: {c: {file: c.csv, format: csv, as: [markers]}}\n"
                          "qc: {conform: {edl: c}}\n"},
        {"c.csv",    "id,time\nm1,1 s\n"                                 }
    };
    const JobSource source = bundle(desk, texts, 2);
    desk->errors = errors_create(desk->arena);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), E303);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(three_planted_slips_are_three_findings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_that_fits_has_no_findings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anchored_far_and_equal_times_are_not_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_list_has_to_be_one_with_cuts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
