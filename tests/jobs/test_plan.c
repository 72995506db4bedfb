/* Keys of the plan: what is audible changes them, what is not does not. */
#include "tests/support/render_job.h"

static const char job_form[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 40 s, tail: 1 s}\n"
    "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 0.7 s}}}\n"
    "layers:\n"
    "  dx: {file: d.wav, at: 0 s, purpose: \"%s\", gain: %s, send: {hall: -9 dB}}\n"
    "  mx: {file: m.wav, at: 25 s%s}\n"
    "deliverables:\n"
    "  a: {layout: 5.1, stems: [full, dx, mx]}\n"
    "  b: {layout: 2.0, bits: %s}\n";

static void plan_job(Bench *bench,
                     const char *purpose,
                     const char *gain,
                     const char *more,
                     const char *bits,
                     int span_blocks) {
    bench_open(bench);
    double *silence = calloc(48000, sizeof *silence);
    bench_write_wav(bench, "d.wav", PCM_24, 1, silence, 48000);
    bench_write_wav(bench, "m.wav", PCM_24, 2, silence, 24000);
    free(silence);
    bench_plan(bench, arena_format(bench->arena, job_form, purpose, gain, more, bits), span_blocks);
}

static Key output_of(const Bench *bench, int task) {
    return bench->plan->tasks[task].outputs[0];
}

static void words_of_people_change_no_key(void **state) {
    (void)state;
    Bench first;
    Bench second;
    plan_job(&first, "the ground", "-3 dB", "", "24", 16);
    plan_job(&second, "something else", "-3 dB", "", "24", 16);
    assert_true(key_equal(first.plan->key, second.plan->key));
    bench_close(&first);
    bench_close(&second);
}

static void a_gain_changes_its_layer_and_the_spans_where_it_sounds(void **state) {
    (void)state;
    Bench first;
    Bench second;
    plan_job(&first, "x", "-3 dB", "", "24", 16);
    plan_job(&second, "x", "-4 dB", "", "24", 16);
    const Plan *plan = first.plan;
    assert_false(key_equal(first.plan->key, second.plan->key));
    assert_false(key_equal(output_of(&first, plan->prepare_tasks[0]),
                           output_of(&second, plan->prepare_tasks[0])));
    assert_true(key_equal(output_of(&first, plan->prepare_tasks[1]),
                          output_of(&second, plan->prepare_tasks[1])));
    for (int span = 0; span < plan->span_count; span++) {
        const int dx = plan->spatialize_tasks[span];
        const int mx = plan->spatialize_tasks[plan->span_count + span];
        assert_true(key_equal(output_of(&first, mx), output_of(&second, mx)));
        if (span == 0) {
            assert_false(key_equal(output_of(&first, dx), output_of(&second, dx)));
        } else if (span > 1) { /* long after the line and its room: nothing to make */
            assert_true(key_is_zero(output_of(&first, dx)));
        }
    }
    bench_close(&first);
    bench_close(&second);
}

static void a_moved_layer_is_not_prepared_again(void **state) {
    (void)state;
    Bench first;
    Bench second;
    plan_job(&first, "x", "0", ", pan: {az: 10 deg}", "24", 16);
    plan_job(&second, "x", "0", ", pan: {az: 11 deg}", "24", 16);
    const Plan *plan = first.plan;
    assert_true(key_equal(output_of(&first, plan->prepare_tasks[1]),
                          output_of(&second, plan->prepare_tasks[1])));
    assert_false(key_equal(output_of(&first, plan->master_tasks[0]),
                           output_of(&second, plan->master_tasks[0])));
    bench_close(&first);
    bench_close(&second);
}

/* What one engine made is never served as the other's. */
static void the_transform_changes_what_is_convolved_and_nothing_before(void **state) {
    (void)state;
    Bench bench;
    Plan *other = NULL;
    plan_job(&bench, "x", "0", "", "24", 16);
    const Plan *plan = bench.plan;
    const PlanOptions options = {.span_samples = (int64_t)16 * 32768};
    bench.mix->fft = FFT_FFTW;
    assert_int_equal(plan_make(bench.mix, "TEST", options, bench.arena, &other, bench.errors),
                     DONE);
    assert_int_equal(other->task_count, plan->task_count);
    for (int task = 0; task < plan->task_count; task++) {
        for (int output = 0; output < plan->tasks[task].output_count; output++) {
            const Key key = plan->tasks[task].outputs[output];
            const bool is_same = key_equal(key, other->tasks[task].outputs[output]);
            assert_int_equal(is_same, plan->tasks[task].kind == TASK_PREPARE || key_is_zero(key));
        }
    }
    bench_close(&bench);
}

static void bits_of_one_deliverable_change_its_encoding_only(void **state) {
    (void)state;
    Bench first;
    Bench second;
    plan_job(&first, "x", "0", "", "24", 16);
    plan_job(&second, "x", "0", "", "16", 16);
    const Plan *plan = first.plan;
    assert_true(key_equal(output_of(&first, plan->encode_tasks[0]),
                          output_of(&second, plan->encode_tasks[0])));
    assert_true(key_equal(output_of(&first, plan->master_tasks[1]),
                          output_of(&second, plan->master_tasks[1])));
    assert_false(key_equal(output_of(&first, plan->encode_tasks[1]),
                           output_of(&second, plan->encode_tasks[1])));
    bench_close(&first);
    bench_close(&second);
}

static void the_cut_of_the_timeline_is_not_in_the_key_of_a_deliverable(void **state) {
    (void)state;
    Bench first;
    Bench second;
    plan_job(&first, "x", "0", "", "24", 16);
    plan_job(&second, "x", "0", "", "24", 3);
    assert_true(first.plan->span_count < second.plan->span_count);
    for (int deliverable = 0; deliverable < 2; deliverable++) {
        assert_true(key_equal(output_of(&first, first.plan->inspect_tasks[deliverable]),
                              output_of(&second, second.plan->inspect_tasks[deliverable])));
    }
    bench_close(&first);
    bench_close(&second);
}

static void an_edited_gate_asks_for_a_new_verdict_on_the_same_files(void **state) {
    (void)state;
    Bench first;
    Bench second;
    plan_job(&first, "x", "0", "", "24, loudness: {target: -24 LKFS, tolerance: 1 LU}", 16);
    plan_job(&second, "x", "0", "", "24, loudness: {target: -24 LKFS, tolerance: 2 LU}", 16);
    const Plan *plan = first.plan;
    assert_true(key_equal(output_of(&first, plan->encode_tasks[1]),
                          output_of(&second, plan->encode_tasks[1])));
    assert_false(key_equal(output_of(&first, plan->inspect_tasks[1]),
                           output_of(&second, plan->inspect_tasks[1])));
    bench_close(&first);
    bench_close(&second);
}

static void every_need_stands_before_its_task(void **state) {
    (void)state;
    Bench bench;
    plan_job(&bench, "x", "0", "", "24", 2);
    for (int task = 0; task < bench.plan->task_count; task++) {
        for (int need = 0; need < bench.plan->tasks[task].need_count; need++) {
            assert_in_range(bench.plan->tasks[task].needs[need], 0, task - 1);
        }
        assert_true(bench.plan->tasks[task].cost >= 0.0);
    }
    assert_int_equal(bench.plan->spans[bench.plan->span_count - 1].end, 41 * 48000);
    bench_close(&bench);
}

/* The text of a BWF names the cut even where the file names do not. */
static void the_cut_is_in_the_key_of_what_is_encoded(void **state) {
    (void)state;
    static const char form[] = "nocturne: 1\n"
                               "project: {title: T, code: T, cut: %s, length: 1 s}\n"
                               "layers: {dx: {file: d.wav}}\n"
                               "deliverables: {a: {layout: 2.0, name: same_$stem}}\n";
    static const char *const cuts[] = {"v1", "v2"};
    Key keys[2][2];
    for (int cut = 0; cut < 2; cut++) {
        Bench bench;
        double silence[100] = {0};
        bench_open(&bench);
        bench_write_wav(&bench, "d.wav", PCM_24, 1, silence, 100);
        bench_plan(&bench, arena_format(bench.arena, form, cuts[cut]), 16);
        keys[cut][0] = output_of(&bench, bench.plan->master_tasks[0]);
        keys[cut][1] = output_of(&bench, bench.plan->encode_tasks[0]);
        bench_close(&bench);
    }
    assert_true(key_equal(keys[0][0], keys[1][0]));
    assert_false(key_equal(keys[0][1], keys[1][1]));
}

static void what_the_gain_is_found_by_is_in_the_key_of_master(void **state) {
    (void)state;
    static const char form[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 1 s}\n"
                               "stems: {v: {role: %s}}\n"
                               "layers: {dx: {file: d.wav}, v: {file: d.wav, stem: v}}\n"
                               "deliverables: {a: {layout: 2.0, stems: [dx], "
                               "loudness: {target: -24 LKFS, gate: %s, link: %s}}}\n";
    static const char *const words[][3] = {
        {"music",    "program",  "full"},
        {"music",    "dialogue", "full"},
        {"music",    "program",  "set" },
        {"dialogue", "program",  "full"}
    };
    Key keys[4];
    for (int row = 0; row < 4; row++) {
        Bench bench;
        double silence[100] = {0};
        bench_open(&bench);
        bench_write_wav(&bench, "d.wav", PCM_24, 1, silence, 100);
        const char *const *used = words[row];
        bench_plan(&bench, arena_format(bench.arena, form, used[0], used[1], used[2]), 16);
        keys[row] = output_of(&bench, bench.plan->master_tasks[0]);
        bench_close(&bench);
        for (int other = 0; other < row; other++) {
            assert_false(key_equal(keys[row], keys[other]));
        }
    }
}

/* W331: it has no effect. */
static void the_width_of_a_mono_layer_is_in_no_key(void **state) {
    (void)state;
    static const char form[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 1 s}\n"
                               "layers: {dx: {file: d.wav, width: %s}}\n"
                               "deliverables: {a: {layout: 2.0}}\n";
    static const char *const widths[] = {"100 %", "40 %"};
    for (int channels = 1; channels <= 2; channels++) {
        Key keys[2];
        for (int width = 0; width < 2; width++) {
            Bench bench;
            double silence[200] = {0};
            bench_open(&bench);
            bench_write_wav(&bench, "d.wav", PCM_24, channels, silence, 100);
            bench_plan(&bench, arena_format(bench.arena, form, widths[width]), 16);
            keys[width] = output_of(&bench, bench.plan->master_tasks[0]);
            bench_close(&bench);
        }
        assert_int_equal(key_equal(keys[0], keys[1]), channels == 1);
    }
}

/* 47 frames of 29.97 are 75275.2 samples and 4 frames 6406.4: 81681.6 together, though the first
 * rounded alone would give one sample less. */
static void the_end_and_the_tail_are_rounded_together(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, frame_rate: 29.97, tail: 4 fr}\n"
                              "layers: {dx: {file: d.wav}}\n"
                              "deliverables: {a: {layout: 2.0}}\n";
    Bench bench;
    bench_open(&bench);
    double *silence = calloc(75000, sizeof *silence);
    bench_write_wav(&bench, "d.wav", PCM_24, 1, silence, 75000);
    free(silence);
    bench_plan(&bench, job, 16);
    assert_int_equal(bench.mix->programme_samples, 75275);
    assert_int_equal(bench.mix->length_samples, 81682);
    bench_close(&bench);
}

/* A layer that starts in time may still end too late: its file decides, so `plan` tells it. */
static void a_programme_longer_than_twelve_hours_is_refused(void **state) {
    (void)state;
    static const char job_text[] = "nocturne: 1\n"
                                   "project: {title: T, code: T}\n"
                                   "layers: {dx: {file: d.wav, at: 43199.999 s}}\n"
                                   "deliverables: {a: {layout: 2.0}}\n";
    Bench bench;
    bench_open(&bench);
    double silence[100] = {0};
    bench_write_wav(&bench, "d.wav", PCM_24, 1, silence, 100);
    const JobSource source = bench_source(&bench, job_text);
    JobSpec *job = NULL;
    bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
    assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors), E206);
    bench_close(&bench);
}

/* In two ears sources are transformed in pairs and lanes: their place among all sources of the stem
 * is in their last bits. */
static void a_silent_layer_in_front_changes_the_keys_of_two_ears_only(void **state) {
    (void)state;
    static const char form[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 40 s}\n"
                               "layers:\n"
                               "%s"
                               "  late: {file: d.wav, stem: mx, at: 36 s}\n"
                               "deliverables: {a: {layout: 5.1}, b: {layout: binaural}}\n";
    static const char moving[] = "  early: {file: d.wav, stem: mx,"
                                 " path: {points: [[0 s, {az: 0 deg}], [1 s, {az: 9 deg}]]}}\n";
    const char *const fronts[] = {"", "  early: {file: d.wav, stem: mx, mute: yes}\n",
                                  "  early: {file: d.wav, stem: mx}\n", moving};
    Bench benches[4];
    Key last[4][2];
    for (int row = 0; row < 4; row++) {
        Bench *bench = &benches[row];
        bench_open(bench);
        double *silence = calloc(48000, sizeof *silence);
        bench_write_wav(bench, "d.wav", PCM_24, 1, silence, 48000);
        free(silence);
        bench_plan(bench, arena_format(bench->arena, form, fronts[row]), 16);
        const Plan *plan = bench->plan;
        const int task = plan->spatialize_tasks[plan->span_count - 1];
        last[row][0] = plan->tasks[task].outputs[0];
        last[row][1] = plan->tasks[task].outputs[1];
    }
    assert_true(key_equal(last[0][0], last[2][0]) && key_equal(last[2][0], last[3][0]));
    assert_true(key_equal(last[0][1], last[1][1])); /* a muted one is not in the mix */
    assert_false(key_equal(last[0][1], last[2][1]));
    assert_false(key_equal(last[2][1], last[3][1]));
    for (int row = 0; row < 4; row++) {
        bench_close(&benches[row]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_layer_in_front_changes_the_keys_of_two_ears_only),
        cmocka_unit_test(words_of_people_change_no_key),
        cmocka_unit_test(a_gain_changes_its_layer_and_the_spans_where_it_sounds),
        cmocka_unit_test(a_moved_layer_is_not_prepared_again),
        cmocka_unit_test(the_transform_changes_what_is_convolved_and_nothing_before),
        cmocka_unit_test(bits_of_one_deliverable_change_its_encoding_only),
        cmocka_unit_test(the_cut_of_the_timeline_is_not_in_the_key_of_a_deliverable),
        cmocka_unit_test(an_edited_gate_asks_for_a_new_verdict_on_the_same_files),
        cmocka_unit_test(every_need_stands_before_its_task),
        cmocka_unit_test(the_cut_is_in_the_key_of_what_is_encoded),
        cmocka_unit_test(what_the_gain_is_found_by_is_in_the_key_of_master),
        cmocka_unit_test(the_width_of_a_mono_layer_is_in_no_key),
        cmocka_unit_test(the_end_and_the_tail_are_rounded_together),
        cmocka_unit_test(a_programme_longer_than_twelve_hours_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
