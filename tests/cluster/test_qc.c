/* `qc` on published folders and on files made elsewhere: programmes, layouts, sums, exit codes. */
#include "published_run.h"

#include "cluster/command.h"
#include "cluster/qc_relations.h"
#include "cluster/qc_set.h"
#include "spatial/layout_table.h"

static void make_output(PublishedRun *made, int32_t error_lsb) {
    open_run(made);
    stage_files(made, good_facts, error_lsb);
    publish(made, false);
    assert_int_equal(publish_manifest(&made->run, made->arena, made->errors), DONE);
}

static int run_qc(const char *path, const char *policy) {
    const char *const arguments[] = {path};
    const Options options = {.verb = "qc",
                             .arguments = arguments,
                             .argument_count = 1,
                             .policy = policy,
                             .is_quiet = true,
                             .progress = PROGRESS_NONE,
                             .format = FORMAT_SHORT};
    return command_qc(&options);
}

static const char *write_policy(PublishedRun *made, const char *text) {
    const char *const path = arena_format(made->arena, "%s.yaml", made->run.output_folder);
    assert_int_equal(file_write_atomically(path, text, strlen(text), made->errors), DONE);
    return path;
}

/* Everything but the sums is somebody else's test. */
static const char only_sums[] =
    "policy: 1\nchecks:\n  stem_null: fail\n  dropouts: off\n  true_peak: off\n  clipping: off\n"
    "  clicks: off\n";

static void a_published_folder_is_its_outputs_with_their_layout(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 0);
    QcSet *set = qc_set_create(made.arena);
    assert_int_equal(qc_set_add(set, made.run.output_folder, NULL, made.errors), DONE);
    assert_int_equal(set->count, OUTPUT_COUNT);
    assert_string_equal(set->first->output, "full");
    assert_false(set->first->is_part);
    assert_true(set->last->is_part);
    assert_ptr_equal(set->first->programme.layout, layout_find("2.0"));
    assert_int_equal(set->first->expected_frames, FRAME_COUNT);
    qc_set_destroy(&set);
    close_run(&made);
}

static void stems_that_do_not_null_fail_at_their_sample(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 1);
    const char *const policy = write_policy(&made, only_sums);
    assert_int_equal(run_qc(made.run.output_folder, policy), 8);
    QcSet *set = qc_set_create(made.arena);
    const QcPolicy defaults = qc_policy_default();
    assert_int_equal(qc_set_add(set, made.run.output_folder, NULL, made.errors), DONE);
    for (QcItem *item = set->first; item; item = item->next) {
        item->findings = qc_findings_create(&defaults, made.arena);
        item->is_measured = true;
        item->programme.channel_count = 2;
        item->programme.info.rate_hz = 48000;
        item->programme.info.frame_count = FRAME_COUNT;
    }
    qc_relations_judge(set, &defaults);
    const QcFinding *const found = set->first->findings->first;
    assert_non_null(found);
    assert_int_equal(found->check, QC_STEM_NULL);
    assert_int_equal(found->channel, 4711 % 2);
    assert_true(found->at_s * 48000.0 > 4711 / 2 - 0.5 && found->at_s * 48000.0 < 4711 / 2 + 0.5);
    qc_set_destroy(&set);
    unlink(policy);
    close_run(&made);
}

static void stems_that_null_pass(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 0);
    const char *const policy = write_policy(&made, only_sums);
    assert_int_equal(run_qc(made.run.output_folder, policy), 0);
    unlink(policy);
    close_run(&made);
}

static void a_file_shorter_than_its_manifest_fails(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 0);
    const char *const policy = write_policy(&made, only_sums);
    const char *const path = in_output(&made, "deliverables/st/T_full.wav");
    assert_int_equal(truncate(path, 20000), 0);
    assert_int_equal(run_qc(made.run.output_folder, policy), 4);
    unlink(policy);
    close_run(&made);
}

static void a_damaged_manifest_is_refused(void **state) {
    (void)state;
    PublishedRun made;
    make_output(&made, 0);
    const char *const path = in_output(&made, "deliverables/st/manifest.json");
    assert_int_equal(file_write_atomically(path, "{", 1, made.errors), DONE);
    assert_int_equal(run_qc(made.run.output_folder, NULL), 9);
    close_run(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_published_folder_is_its_outputs_with_their_layout),
        cmocka_unit_test(stems_that_do_not_null_fail_at_their_sample),
        cmocka_unit_test(stems_that_null_pass),
        cmocka_unit_test(a_file_shorter_than_its_manifest_fails),
        cmocka_unit_test(a_damaged_manifest_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
