/* The output folder: what is refused, what is ours, and that nothing foreign is touched. */
#include "cluster/claim.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/run_file.h"
#include "render/base/files.h"

#include "tests/support/temp_folder.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    const char *folder, *output;
    Options options;
    JobSpec job;
    Mix mix;
    MixFile input;
    Plan plan;
    Run run;
} Fixture;

/* A run without tasks whose job lies in <folder>/show and reads <folder>/media/a.wav. */
static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    Arena *arena = fixture->arena;
    const char *folder = fixture->folder;
    fixture->output = path_join(arena, folder, "out/TEST_v1");
    assert_int_equal(folder_make(path_join(arena, folder, "media"), fixture->errors), DONE);
    assert_int_equal(folder_make(path_join(arena, folder, "show"), fixture->errors), DONE);
    fixture->options =
        (Options){.grade = -1, .rank_count = 3, .fft = FFT_FFTW, .sets = {"a.b=c"}, .set_count = 1};
    fixture->options.roots[0] = (JobRootOption){"lib", "/srv/lib"};
    fixture->options.root_count = 1;
    static const Node tree = {.kind = NODE_MAP};
    fixture->job = (JobSpec){.tree = &tree,
                             .path = path_join(arena, folder, "show/job.yaml"),
                             .folder = path_join(arena, folder, "show"),
                             .bytes = "nocturne: 1 # \"quoted\" \xc3\xa9\n"};
    fixture->input =
        (MixFile){.path = "../media/a.wav", .real_path = path_join(arena, folder, "media/a.wav")};
    fixture->mix = (Mix){.files = &fixture->input, .file_count = 1};
    fixture->plan = (Plan){
        .code = "TEST_v1", .key = {1, 2}
    };
    fixture->run =
        (Run){.arena = arena, .job = &fixture->job, .mix = &fixture->mix, .plan = &fixture->plan};
    assert_int_equal(
        store_open(path_join(arena, folder, "store"), arena, &fixture->run.store, fixture->errors),
        DONE);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

static Status claim(Fixture *fixture, const char *output) {
    Run *run = &fixture->run;
    run->output_folder = output;
    run->state_folder = path_join(run->arena, output, ".nocturne");
    run->workplace.stage_folder = path_join(run->arena, run->state_folder, "stage");
    return run_claim(run, &fixture->options, fixture->errors);
}

static const char *in_output(Fixture *fixture, const char *name) {
    return path_join(fixture->arena, fixture->output, name);
}

static void put_file(Fixture *fixture, const char *path) {
    assert_int_equal(folder_make(path_folder(fixture->arena, path), fixture->errors), DONE);
    assert_int_equal(file_write_atomically(path, "x", 1, fixture->errors), DONE);
}

static void a_new_folder_becomes_ours_and_again(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(claim(fixture, fixture->output), DONE);
    assert_true(file_exists(in_output(fixture, ".nocturne/run.json")));
    assert_true(file_exists(in_output(fixture, ".nocturne/lock")));
    assert_true(file_exists(in_output(fixture, "job/job.yaml")));
    run_release(&fixture->run);
    assert_false(file_exists(in_output(fixture, ".nocturne/lock")));
    assert_int_equal(claim(fixture, fixture->output), DONE);
    run_release(&fixture->run);
    assert_int_equal(warnings_count(fixture->errors), 0);
}

static void a_run_file_gives_back_job_and_options(void **state) {
    Fixture *fixture = *state;
    RunFile file;
    char here[4096];
    assert_int_equal(claim(fixture, fixture->output), DONE);
    assert_int_equal(
        run_file_read(fixture->run.state_folder, fixture->arena, &file, fixture->errors), DONE);
    assert_string_equal(file.job_text, fixture->job.bytes);
    assert_string_equal(file.job_path, fixture->job.path);
    assert_string_equal(file.working_folder, getcwd(here, sizeof here));
    assert_string_equal(file.code, "TEST_v1");
    assert_string_equal(file.options.output, fixture->output);
    assert_string_equal(file.options.store, store_path(fixture->run.store));
    assert_int_equal(file.options.rank_count, 3);
    assert_int_equal(file.options.grade, -1);
    assert_int_equal(file.options.fft, FFT_FFTW);
    assert_int_equal(file.options.set_count, 1);
    assert_string_equal(file.options.sets[0], "a.b=c");
    assert_int_equal(file.options.root_count, 1);
    assert_string_equal(file.options.roots[0].name, "lib");
    assert_string_equal(file.options.roots[0].path, "/srv/lib");
    run_release(&fixture->run);
    assert_int_equal(run_file_parse("{}", 2, "x", fixture->arena, &file, fixture->errors), E709);
    assert_int_equal(run_file_parse("", 0, "x", fixture->arena, &file, fixture->errors), E709);
}

static void a_file_in_the_place_of_the_folder_is_e510(void **state) {
    Fixture *fixture = *state;
    put_file(fixture, fixture->output);
    assert_int_equal(claim(fixture, fixture->output), E510);
}

static void a_folder_with_foreign_files_is_e511_and_stays_as_it_was(void **state) {
    Fixture *fixture = *state;
    const char **names = NULL;
    int count = 0;
    put_file(fixture, in_output(fixture, "holiday.jpg"));
    assert_int_equal(claim(fixture, fixture->output), E511);
    assert_int_equal(folder_list(fixture->output, fixture->arena, &names, &count, fixture->errors),
                     DONE);
    assert_int_equal(count, 1);
    assert_non_null(strstr(errors_first(fixture->errors)->message, "holiday.jpg"));
}

static void a_folder_whose_first_claim_was_killed_is_still_ours(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(folder_make(in_output(fixture, ".nocturne"), fixture->errors), DONE);
    assert_int_equal(claim(fixture, fixture->output), DONE);
    run_release(&fixture->run);
}

static void a_link_inside_the_folder_is_e512(void **state) {
    static const char *const parts[] = {"deliverables", "held", "previous", ".nocturne/stage"};
    Fixture *fixture = *state;
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        const char *link_path = in_output(fixture, parts[part]);
        assert_int_equal(claim(fixture, fixture->output), DONE);
        run_release(&fixture->run);
        rmdir(link_path);
        assert_int_equal(symlink(fixture->folder, link_path), 0);
        assert_int_equal(claim(fixture, fixture->output), E512);
        unlink(link_path);
    }
}

static void where_inputs_are_read_nothing_is_written(void **state) {
    Fixture *fixture = *state;
    Arena *arena = fixture->arena;
    assert_int_equal(claim(fixture, path_join(arena, fixture->folder, "media")), E405);
    assert_int_equal(claim(fixture, path_join(arena, fixture->folder, "media/out/a")), E405);
    assert_false(folder_exists(path_join(arena, fixture->folder, "media/out")));
    assert_int_equal(claim(fixture, path_join(arena, fixture->folder, "show/../media/x")), E405);
    assert_int_equal(claim(fixture, path_join(arena, fixture->folder, "media2")), DONE);
    run_release(&fixture->run);
}

static void beside_a_job_that_reads_its_own_folder_out_is_fine(void **state) {
    Fixture *fixture = *state;
    Arena *arena = fixture->arena;
    fixture->input.real_path = path_join(arena, fixture->folder, "show/a.wav");
    assert_int_equal(claim(fixture, path_join(arena, fixture->folder, "show")), E405);
    assert_int_equal(claim(fixture, path_join(arena, fixture->folder, "show/out/A_v1")), DONE);
    run_release(&fixture->run);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_folder_becomes_ours_and_again),
        TEST(a_run_file_gives_back_job_and_options),
        TEST(a_file_in_the_place_of_the_folder_is_e510),
        TEST(a_folder_with_foreign_files_is_e511_and_stays_as_it_was),
        TEST(a_folder_whose_first_claim_was_killed_is_still_ours),
        TEST(a_link_inside_the_folder_is_e512),
        TEST(where_inputs_are_read_nothing_is_written),
        TEST(beside_a_job_that_reads_its_own_folder_out_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
