/* `verify` on a published folder: what it accepts, and every way in which a folder can lie. */
#include "published_run.h"

#include "cluster/checksums.h"
#include "cluster/command.h"
#include "cluster/null_test.h"

/* A published deliverable and the top-level lists; error_lsb: how far full is from its stems. */
static void make_output(PublishedRun *made, int32_t error_lsb) {
    open_run(made);
    stage_files(made, good_facts, error_lsb);
    publish(made, false);
    assert_int_equal(publish_manifest(&made->run, made->arena, made->errors), DONE);
}

static int verify(const char *folder) {
    const char *const arguments[] = {folder};
    const Options options = {.verb = "verify",
                             .arguments = arguments,
                             .argument_count = 1,
                             .is_quiet = true,
                             .format = FORMAT_SHORT};
    return command_verify(&options);
}

static void flip_byte(const char *path, long offset) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    const int byte = fgetc(file);
    fseek(file, offset, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void untouched_folder_is_accepted_wherever_it_lies(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 0);
    assert_int_equal(verify(made.run.output_folder), 0);
    const char *moved = arena_format(made.arena, "%s-moved", made.run.output_folder);
    assert_int_equal(rename(made.run.output_folder, moved), 0);
    assert_int_equal(verify(moved), 0);
    made.run.output_folder = moved;
    close_run(&made);
}

static void flipped_bit_anywhere_is_found(void **state) {
    (void)state;
    static const char *const names[] = {"deliverables/st/T_full.wav",
                                        "deliverables/st/sub/T_mx.wav",
                                        "deliverables/st/manifest.json",
                                        "deliverables/st/SHA256SUMS",
                                        "manifest.json",
                                        "SHA256SUMS"};
    for (size_t row = 0; row < sizeof names / sizeof *names; row++) {
        PublishedRun made;
        make_output(&made, 0);
        flip_byte(in_output(&made, names[row]), 20);
        assert_int_equal(verify(made.run.output_folder), 9);
        close_run(&made);
    }
}

static void missing_file_is_found(void **state) {
    (void)state;
    static const char *const names[] = {"deliverables/st/T_dx.wav", "deliverables/st/manifest.json",
                                        "manifest.json", "SHA256SUMS"};
    for (size_t row = 0; row < sizeof names / sizeof *names; row++) {
        PublishedRun made;
        make_output(&made, 0);
        assert_int_equal(unlink(in_output(&made, names[row])), 0);
        assert_int_equal(verify(made.run.output_folder), 9);
        close_run(&made);
    }
}

static void foreign_file_is_found_also_in_a_subfolder(void **state) {
    (void)state;
    static const char *const names[] = {
        "deliverables/st/extra.wav",
        "deliverables/st/sub/extra",
        "deliverables/stray",
    };
    for (size_t row = 0; row < sizeof names / sizeof *names; row++) {
        PublishedRun made;
        make_output(&made, 0);
        file_write_atomically(in_output(&made, names[row]), "x", 1, made.errors);
        assert_int_equal(verify(made.run.output_folder), 9);
        close_run(&made);
    }
}

/* Lists and files agree, only the sound is wrong: sums were made after the fact. */
static void full_that_is_not_the_sum_of_its_stems_is_found(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 1);
    assert_int_equal(verify(made.run.output_folder), 9);
    close_run(&made);
}

static void null_test_is_exact_differs_or_is_not_made(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 0);
    const char *folder = in_output(&made, "deliverables/st");
    json_t *manifest = NULL;
    NullResult result;
    assert_int_equal(manifest_read(path_join(made.arena, folder, MANIFEST_NAME), made.arena,
                                   &manifest, made.errors),
                     DONE);
    assert_int_equal(null_test(folder, manifest, "full", made.arena, &result, made.errors), DONE);
    assert_int_equal(result.verdict, NULL_EXACT);
    assert_int_equal(null_test(folder, manifest, "me", made.arena, &result, made.errors), DONE);
    assert_int_equal(result.verdict, NULL_NOT_TESTED); /* me was not delivered */
    json_array_remove(json_object_get(manifest, "files"), 2);
    assert_int_equal(null_test(folder, manifest, "full", made.arena, &result, made.errors), DONE);
    assert_int_equal(result.verdict, NULL_NOT_TESTED); /* a stem is not there */
    json_decref(manifest);
    close_run(&made);
}

static void lists_that_lead_outside_are_refused(void **state) {
    (void)state;
    static const char sha256[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static const char *const names[] = {"../secret", "/etc/passwd", "a/../../b", "a//b", ""};
    PublishedRun made;
    open_run(&made);
    const char *path = in_output(&made, "SUMS");
    Checksums *sums = NULL;
    for (size_t row = 0; row < sizeof names / sizeof *names; row++) {
        const char *text = arena_format(made.arena, "%s  %s\n", sha256, names[row]);
        file_write_atomically(path, text, strlen(text), made.errors);
        assert_int_equal(checksums_read(path, made.arena, &sums, made.errors), E709);
    }
    const char *text = arena_format(made.arena, "%s  a/b..c\n", sha256);
    file_write_atomically(path, text, strlen(text), made.errors);
    assert_int_equal(checksums_read(path, made.arena, &sums, made.errors), DONE);
    assert_non_null(checksums_find(sums, "a/b..c"));
    close_run(&made);
}

static void a_folder_that_is_not_there_is_a_missing_input(void **state) {
    (void)state;
    assert_int_equal(verify("/nowhere/at/all"), 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(untouched_folder_is_accepted_wherever_it_lies),
        cmocka_unit_test(flipped_bit_anywhere_is_found),
        cmocka_unit_test(missing_file_is_found),
        cmocka_unit_test(foreign_file_is_found_also_in_a_subfolder),
        cmocka_unit_test(full_that_is_not_the_sum_of_its_stems_is_found),
        cmocka_unit_test(null_test_is_exact_differs_or_is_not_made),
        cmocka_unit_test(lists_that_lead_outside_are_refused),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_missing_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
