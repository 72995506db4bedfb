/* What changed between two runs, planted. */
#include "cluster/run_changes.h"

#include <math.h>

#include "tests/support/qc_delivery.h"

/* behind cmocka */
#include "tests/support/assert_near.h"

static const char three_scenes[] =
    "{\"scenes\": [{\"id\": \"a\", \"in_s\": 0.0, \"out_s\": 2.0}, {\"id\": \"b\", \"in_s\": 2.0,"
    " \"out_s\": 4.0}, {\"id\": \"c\", \"in_s\": 4.0, \"out_s\": 6.0}]}";

typedef struct Runs {
    Delivery before, after;
    RunChanges found;
} Runs;

static void write_past_run(Delivery *made, const char *manifest) {
    const char *path = path_join(made->bench.arena, made->bench.folder, "manifest.json");
    delivery_write(made);
    bench_must(&made->bench,
               file_write_atomically(path, manifest, strlen(manifest), made->bench.errors));
}

static void open_runs(Runs *runs) {
    delivery_open(&runs->before);
    delivery_open(&runs->after);
}

static void compare_runs(Runs *runs, const char *manifest) {
    Bench *bench = &runs->before.bench;
    write_past_run(&runs->before, manifest);
    write_past_run(&runs->after, manifest);
    bench_must(bench, run_changes_find(bench->folder, runs->after.bench.folder, bench->arena,
                                       &runs->found, bench->errors));
    for (int index = 0; index < runs->found.count; index++) {
        const RunChange *of = &runs->found.changes[index];
        print_message("%s %s %s %s\n", of->output, of->part ? of->part : "-", of->what, of->text);
    }
}

static void close_runs(Runs *runs) {
    delivery_close(&runs->before);
    delivery_close(&runs->after);
}

static void a_decibel_in_a_scene_is_found_there_only(void **state) {
    (void)state;
    Runs runs;
    open_runs(&runs);
    delivery_scale(&runs.after, pow(10.0, 1.0 / 20.0), 2 * 48000, 4 * 48000);
    compare_runs(&runs, three_scenes);
    assert_int_equal(runs.found.count, 1);
    const RunChange *change = &runs.found.changes[0];
    assert_string_equal(change->output, "sr full");
    assert_string_equal(change->part, "b");
    assert_string_equal(change->what, "loudness");
    assert_near(change->after - change->before, 1.0, 0.02);
    close_runs(&runs);
}

static void equal_runs_have_no_difference(void **state) {
    (void)state;
    Runs runs;
    open_runs(&runs);
    compare_runs(&runs, three_scenes);
    assert_int_equal(runs.found.count, 0);
    close_runs(&runs);
}

/* 10 ms later, and without scenes: one part. */
static void what_begins_later_is_told_in_samples(void **state) {
    (void)state;
    Runs runs;
    open_runs(&runs);
    for (int channel = 0; channel < 2; channel++) {
        float *plane = runs.after.stereo.planes[channel];
        memmove(plane + 480, plane, (DELIVERY_FRAMES - 480) * sizeof *plane);
        memset(plane, 0, 480 * sizeof *plane);
    }
    compare_runs(&runs, "{}");
    assert_int_equal(runs.found.count, 1);
    const RunChange *change = &runs.found.changes[0];
    assert_string_equal(change->output, "st full");
    assert_null(change->part);
    assert_string_equal(change->what, "begin");
    assert_non_null(strstr(change->text, "+0.010 s (480 samples)"));
    close_runs(&runs);
}

/* The muffled mix is as loud as it was only by chance: its bands are told beside that. */
static void another_colour_is_told_by_its_band(void **state) {
    (void)state;
    Runs runs;
    bool has_band = false;
    open_runs(&runs);
    delivery_muffle(&runs.after);
    compare_runs(&runs, "{}");
    for (int index = 0; index < runs.found.count; index++) {
        assert_string_equal(runs.found.changes[index].output, "sr full");
        has_band = has_band || strcmp(runs.found.changes[index].what, "band") == 0;
    }
    assert_true(has_band);
    close_runs(&runs);
}

static void what_is_missing_and_what_moved_is_told(void **state) {
    (void)state;
    Runs runs;
    open_runs(&runs);
    Bench *bench = &runs.before.bench;
    write_past_run(&runs.before, three_scenes);
    write_past_run(&runs.after, "{\"scenes\": [{\"id\": \"a\", \"in_s\": 0.0, \"out_s\": 2.5},"
                                " {\"id\": \"c\", \"in_s\": 4.0, \"out_s\": 6.0}]}");
    bench_must(bench,
               folder_remove(path_join(bench->arena, runs.after.bench.folder, "deliverables/st"),
                             bench->errors));
    bench_must(bench, run_changes_find(bench->folder, runs.after.bench.folder, bench->arena,
                                       &runs.found, bench->errors));
    const RunChange *changes = runs.found.changes;
    assert_string_equal(changes[0].part, "a");
    assert_string_equal(changes[0].text, "0.000 s … 2.500 s, was 0.000 s … 2.000 s");
    assert_string_equal(changes[1].part, "b");
    assert_string_equal(changes[1].text, "is gone");
    assert_string_equal(changes[runs.found.count - 1].output, "st full");
    assert_string_equal(changes[runs.found.count - 1].text, "is gone");
    assert_int_equal(run_changes_find(bench->folder, "/nowhere/at-all", bench->arena, &runs.found,
                                      bench->errors),
                     E410);
    close_runs(&runs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decibel_in_a_scene_is_found_there_only),
        cmocka_unit_test(equal_runs_have_no_difference),
        cmocka_unit_test(what_begins_later_is_told_in_samples),
        cmocka_unit_test(another_colour_is_told_by_its_band),
        cmocka_unit_test(what_is_missing_and_what_moved_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
