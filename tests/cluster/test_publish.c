/* Publishing: whole sets, gates that hold, and what is kept of the old. */
#include "published_run.h"

#include "cluster/gates.h"

static bool has_message(const PublishedRun *made, Severity severity, Status status) {
    for (const ErrorEntry *entry = errors_first(made->errors); entry; entry = entry->next) {
        if (entry->status == status && entry->severity == severity) {
            return true;
        }
    }
    return false;
}

/* GNU sha256sum is the judge of our lists. */
static int sha256sum_check(const PublishedRun *made, const char *folder) {
    return system(arena_format(made->arena,
                               "cd '%s' && sha256sum --check --strict --quiet SHA256SUMS",
                               in_output(made, folder)));
}

static FileBytes read_whole(const PublishedRun *made, const char *name) {
    FileBytes bytes = {0};
    assert_int_equal(
        file_read(in_output(made, name), 1 << 24, NO_PLACE, made->arena, &bytes, made->errors),
        DONE);
    return bytes;
}

static void deliverable_appears_whole_with_manifest_and_sums(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    assert_false(publish_is_done(&made.run, 0));
    const PublishResult result = publish(&made, false);
    assert_false(result.is_held);
    assert_int_equal(result.file_count, 3);
    assert_string_equal(result.verdict, "ok");
    assert_true(result.has_loudness);
    assert_true(publish_is_done(&made.run, 0));
    assert_int_equal(sha256sum_check(&made, "deliverables/st"), 0);
    assert_true(file_exists(in_output(&made, "deliverables/st/sub/T_mx.wav")));
    assert_false(file_exists(in_output(&made, "deliverables/st/encoded.json")));
    assert_int_equal(errors_count(made.errors), 0);
    close_run(&made);
}

static void manifest_has_relative_paths_sorted_inputs_and_no_clock(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    publish(&made, false);
    const FileBytes first = read_whole(&made, "deliverables/st/manifest.json");
    assert_null(strstr(first.bytes, "/secret"));
    assert_null(strstr(first.bytes, made.run.output_folder));
    assert_true(strstr(first.bytes, "stems/a.wav") < strstr(first.bytes, "stems/b.wav"));
    json_t *manifest = json_loads(first.bytes, 0, NULL);
    json_t *sums = json_object_get(manifest, "sums");
    assert_int_equal(json_array_size(json_object_get(sums, "full")), 2);
    assert_int_equal(json_array_size(json_object_get(sums, "me")), 1); /* without dialogue */
    json_decref(manifest);
    sleep(1); /* another second of the clock */
    stage_files(&made, good_facts, 0);
    publish(&made, false);
    const FileBytes second = read_whole(&made, "deliverables/st/manifest.json");
    assert_int_equal(first.size_bytes, second.size_bytes);
    assert_memory_equal(first.bytes, second.bytes, first.size_bytes);
    close_run(&made);
}

/* One row a case: what was measured, and whether the set is held, with which message. */
typedef struct GateCase {
    Facts facts;
    bool is_report_only, is_held;
    Status status; /* DONE: none */
} GateCase;

static void gates_hold_what_lies_outside_the_target(void **state) {
    (void)state;
    static const GateCase cases[] = {
        {{-23.0, -2.0, true, false, true},    false, false, DONE}, /* both limits are inclusive */
        {{-25.0, -9.0, true, false, true},    false, false, DONE},
        {{-22.9999, -9.0, true, false, true}, false, true,  E801}, /* judged before rounding */
        {{-25.0001, -9.0, true, false, true}, false, true,  E801},
        {{-24.0, -1.9999, true, false, true}, false, true,  E801},
        {{-20.0, -1.0, true, false, true},    true,  false, DONE}, /* report only */
        {{0.0, -9.0, false, false, true},     false, true,  E801}, /* below every gate */
        {{0.0, -9.0, false, true, true},      false, true,  E803},
        {{-24.0, -9.0, true, false, false},   false, true,  E805},
        {{-24.0, -9.0, true, false, false},   true,  true,  E805},
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        PublishedRun made;
        open_run(&made);
        made.deliverable.is_report_only = cases[row].is_report_only;
        stage_files(&made, cases[row].facts, 0);
        const PublishResult result = publish(&made, false);
        assert_int_equal(result.is_held, cases[row].is_held);
        assert_int_equal(errors_exit_code(made.errors), cases[row].is_held ? 8 : 0);
        if (cases[row].status != DONE) {
            assert_true(has_message(&made, SEVERITY_ERROR, cases[row].status));
        }
        const bool is_visible = folder_exists(in_output(&made, "deliverables/st"));
        assert_int_equal(is_visible, !cases[row].is_held);
        assert_int_equal(folder_exists(in_output(&made, "held/st")), cases[row].is_held);
        assert_int_equal(publish_is_done(&made.run, 0), !cases[row].is_held);
        close_run(&made);
    }
}

static void gate_message_names_reading_and_target(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    Facts facts = good_facts;
    facts.integrated_lufs = -22.8;
    stage_files(&made, facts, 0);
    const PublishResult result = publish(&made, false);
    assert_string_equal(result.verdict, "reads -22.80 LKFS, target -24 ±1");
    assert_string_equal(errors_last(made.errors)->message, "st: reads -22.80 LKFS, target -24 ±1");
    close_run(&made);
}

static void a_file_that_is_not_as_asked_holds_its_set(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    json_t *facts = json_loads("{\"rules\": {\"tested\": [\"time_stamp\"], \"broken\":"
                               " [{\"file\": \"a.wav\", \"rule\": \"time_stamp\","
                               " \"text\": \"time stamp 7, not 0\"}]}}",
                               0, NULL);
    PublishResult result = {0};
    gates_judge(made.run.mix, 0, facts, false, &result, made.errors);
    json_decref(facts);
    assert_true(result.is_held);
    assert_true(has_message(&made, SEVERITY_ERROR, E809));
    assert_string_equal(result.verdict, "`a.wav`: time stamp 7, not 0");
    close_run(&made);
}

static void allowed_qc_failure_is_published_with_a_warning(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    Facts facts = good_facts;
    facts.integrated_lufs = -20.0;
    stage_files(&made, facts, 0);
    const PublishResult result = publish(&made, true);
    assert_false(result.is_held);
    assert_true(has_message(&made, SEVERITY_WARNING, E801));
    assert_int_equal(errors_exit_code(made.errors), 0);
    assert_true(publish_is_done(&made.run, 0));
    close_run(&made);
}

/* The facts of INSPECT through the gates alone. */
static bool judge_facts(PublishedRun *made, json_t *facts) {
    PublishResult result = {0};
    assert_non_null(facts);
    gates_judge(made->run.mix, 0, facts, false, &result, made->errors);
    json_decref(facts);
    return result.is_held;
}

static void much_limiting_is_a_finding(void **state) {
    (void)state;
    static const struct {
        double reduction_db, percent, by_others_db;
        bool is_much, is_by_others;
    } cases[] = {
        {3.0, 1.0, 1.0, false, false}, /* all three are inclusive */
        {3.1, 0.5, 0.9, true,  false},
        {2.0, 1.1, 0.9, true,  false},
        {2.0, 0.5, 1.1, false, true },
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        PublishedRun made;
        open_run(&made);
        assert_false(judge_facts(&made, json_pack("{s:{s:f, s:f, s:[{s:s, s:f, s:f}]}}", "limiter",
                                                  "max_reduction_db", cases[row].reduction_db,
                                                  "limited_percent", cases[row].percent, "stems",
                                                  "stem", "mx", "by_others_db",
                                                  cases[row].by_others_db, "time_s", 1.5)));
        assert_int_equal(has_message(&made, SEVERITY_WARNING, E808), cases[row].is_much);
        assert_int_equal(has_message(&made, SEVERITY_WARNING, E807), cases[row].is_by_others);
        close_run(&made);
    }
}

static void the_dialogue_gate_judges_the_dialogue(void **state) {
    (void)state;
    static const struct {
        double dialogue_lufs; /* 0: none */
        const char *message;
    } cases[] = {
        {-24.9, NULL                                                             },
        {-26.5, "st: dialogue (stem-anchored) reads -26.50 LKFS, target -24 ±1" },
        {0.0,   "st: the dialogue stem never speaks: there is nothing to measure"}
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        PublishedRun made;
        open_run(&made);
        made.deliverable.has_dialogue_gate = true;
        const double level_lufs = cases[row].dialogue_lufs;
        json_t *told = level_lufs < 0.0 ? json_real(level_lufs) : json_null();
        const bool is_held =
            judge_facts(&made, json_pack("{s:[{s:s, s:f, s:f, s:{s:o}}]}", "outputs", "name",
                                         "full", "integrated_lufs", -10.0, "true_peak_dbtp", -9.0,
                                         "dialogue", "loudness_lufs", told));
        assert_int_equal(is_held, cases[row].message != NULL);
        if (cases[row].message) {
            assert_string_equal(errors_last(made.errors)->message, cases[row].message);
        }
        close_run(&made);
    }
}

static void music_and_effects_have_their_own_true_peak_gate(void **state) {
    (void)state;
    static const double peaks_dbtp[] = {-2.0, -1.9};
    for (int row = 0; row < 2; row++) {
        PublishedRun made;
        open_run(&made);
        const bool is_held =
            judge_facts(&made, json_pack("{s:[{s:s, s:f, s:f}, {s:s, s:f}]}", "outputs", "name",
                                         "full", "integrated_lufs", -24.0, "true_peak_dbtp", -9.0,
                                         "name", "me", "true_peak_dbtp", peaks_dbtp[row]));
        assert_int_equal(is_held, row == 1);
        assert_int_equal(has_message(&made, SEVERITY_ERROR, E801), row == 1);
        close_run(&made);
    }
}

static void short_programme_warns_and_is_published(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    made.deliverable.length_samples = 19199; /* one sample below 400 ms */
    Facts facts = good_facts;
    facts.is_measured = false;
    stage_files(&made, facts, 0);
    const PublishResult result = publish(&made, false);
    assert_false(result.is_held);
    assert_false(result.has_loudness);
    assert_true(has_message(&made, SEVERITY_WARNING, E804));
    close_run(&made);
}

static void old_set_moves_to_previous_when_a_new_one_is_published(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    for (int version = 0; version < 3; version++) {
        make_plan(&made, arena_format(made.arena, "version %d", version));
        stage_files(&made, good_facts, 0);
        publish(&made, false);
    }
    KeyText key;
    key_format(key_of_text("encode version 1"), key);
    assert_non_null(strstr(read_whole(&made, "previous/st/manifest.json").bytes, key));
    key_format(key_of_text("encode version 2"), key);
    assert_non_null(strstr(read_whole(&made, "deliverables/st/manifest.json").bytes, key));
    assert_int_equal(sha256sum_check(&made, "previous/st"), 0);
    close_run(&made);
}

static void held_set_takes_the_old_one_out_of_sight_and_goes_when_mended(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    publish(&made, false);
    make_plan(&made, "too loud");
    Facts loud = good_facts;
    loud.integrated_lufs = -10.0;
    stage_files(&made, loud, 0);
    assert_true(publish(&made, false).is_held);
    assert_false(folder_exists(in_output(&made, "deliverables/st")));
    assert_true(folder_exists(in_output(&made, "previous/st")));
    make_plan(&made, "mended");
    stage_files(&made, good_facts, 0);
    assert_false(publish(&made, false).is_held);
    assert_false(folder_exists(in_output(&made, "held/st")));
    close_run(&made);
}

static void is_done_asks_for_key_and_every_file_with_its_size(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    publish(&made, false);
    const Plan *plan = made.run.plan;
    make_plan(&made, "other");
    assert_false(publish_is_done(&made.run, 0));
    made.run.plan = (Plan *)plan;
    assert_true(publish_is_done(&made.run, 0));
    assert_int_equal(truncate(in_output(&made, "deliverables/st/T_dx.wav"), 100), 0);
    assert_false(publish_is_done(&made.run, 0));
    assert_int_equal(unlink(in_output(&made, "deliverables/st/T_dx.wav")), 0);
    assert_false(publish_is_done(&made.run, 0));
    close_run(&made);
}

static void nothing_becomes_visible_when_staged_files_are_not_what_was_inspected(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    const char *staged =
        encode_folder(made.run.mix, made.run.plan, 0, &made.run.workplace, made.arena);
    assert_int_equal(truncate(path_join(made.arena, staged, "T_full.wav"), 1000), 0);
    PublishResult result;
    assert_int_equal(publish_deliverable(&made.run, 0, false, made.arena, &result, made.errors),
                     E606);
    assert_false(folder_exists(in_output(&made, "deliverables/st")));
    close_run(&made);
}

static void top_level_lists_cover_every_deliverable_and_manifest(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    publish(&made, false);
    assert_int_equal(publish_manifest(&made.run, made.arena, made.errors), DONE);
    assert_int_equal(sha256sum_check(&made, "."), 0);
    const char *sums = read_whole(&made, "SHA256SUMS").bytes;
    assert_non_null(strstr(sums, "  deliverables/st/T_full.wav\n"));
    assert_non_null(strstr(sums, "  deliverables/st/sub/T_mx.wav\n"));
    assert_non_null(strstr(sums, "  deliverables/st/manifest.json\n"));
    assert_non_null(strstr(sums, "  manifest.json\n"));
    close_run(&made);
}

static void deliverables_that_left_the_job_are_retired_and_foreign_folders_kept(void **state) {
    (void)state;
    PublishedRun made;
    open_run(&made);
    stage_files(&made, good_facts, 0);
    publish(&made, false);
    const char *foreign = in_output(&made, "deliverables/mine/notes.txt");
    folder_make(path_folder(made.arena, foreign), made.errors);
    file_write_atomically(foreign, "x", 1, made.errors);
    made.deliverable.id = "renamed";
    assert_int_equal(publish_manifest(&made.run, made.arena, made.errors), DONE);
    assert_false(folder_exists(in_output(&made, "deliverables/st")));
    assert_true(file_exists(in_output(&made, "previous/st/T_full.wav")));
    assert_true(file_exists(foreign));
    close_run(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deliverable_appears_whole_with_manifest_and_sums),
        cmocka_unit_test(manifest_has_relative_paths_sorted_inputs_and_no_clock),
        cmocka_unit_test(gates_hold_what_lies_outside_the_target),
        cmocka_unit_test(gate_message_names_reading_and_target),
        cmocka_unit_test(a_file_that_is_not_as_asked_holds_its_set),
        cmocka_unit_test(allowed_qc_failure_is_published_with_a_warning),
        cmocka_unit_test(much_limiting_is_a_finding),
        cmocka_unit_test(the_dialogue_gate_judges_the_dialogue),
        cmocka_unit_test(music_and_effects_have_their_own_true_peak_gate),
        cmocka_unit_test(short_programme_warns_and_is_published),
        cmocka_unit_test(old_set_moves_to_previous_when_a_new_one_is_published),
        cmocka_unit_test(held_set_takes_the_old_one_out_of_sight_and_goes_when_mended),
        cmocka_unit_test(is_done_asks_for_key_and_every_file_with_its_size),
        cmocka_unit_test(nothing_becomes_visible_when_staged_files_are_not_what_was_inspected),
        cmocka_unit_test(top_level_lists_cover_every_deliverable_and_manifest),
        cmocka_unit_test(deliverables_that_left_the_job_are_retired_and_foreign_folders_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
