/* `policy` of a job: from a map or a file, one over the other, in the key of INSPECT, and what is
 * wrong with it told at its place. */
#include <jansson.h>
#include <math.h>

#include "render/qc/qc_brief.h"
#include "tests/support/render_job.h"

#define HEAD                                                                                       \
    "nocturne: 1\nproject: {title: T, code: T, length: 1 s}\n"                                     \
    "layers: {a: {file: a.wav, stem: mx}}\n"
#define PLAIN "deliverables: {st: {layout: 2.0}}\n"

static void open_bench(Bench *bench) {
    static const double samples[48] = {0.5};
    bench_open(bench);
    bench_write_wav(bench, "a.wav", PCM_24, 1, samples, 48);
}

static void write_text(Bench *bench, const char *name, const char *text) {
    const char *const path = path_join(bench->arena, bench->folder, name);
    bench_must(bench, file_write_atomically(path, text, strlen(text), bench->errors));
}

static const QcBrief *brief_of(Bench *bench, const char *job, int deliverable) {
    bench_plan(bench, job, 1);
    return bench->mix->deliverables[deliverable].qc;
}

static Key inspect_key(Bench *bench, const char *job) {
    bench_plan(bench, job, 1);
    return bench->plan->tasks[bench->plan->inspect_tasks[0]].outputs[0];
}

static bool keys_are_equal(Key a, Key b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

static void without_a_policy_nothing_is_asked_for(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    assert_null(brief_of(&bench, HEAD PLAIN, 0));
    bench_close(&bench);
}

static void an_empty_policy_has_the_checks_by_default(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    const QcPolicy defaults = qc_policy_default();
    const QcBrief *const brief = brief_of(&bench, HEAD PLAIN "policy: {}\n", 0);
    assert_non_null(brief);
    assert_memory_equal(brief->policy.levels, defaults.levels, sizeof defaults.levels);
    bench_close(&bench);
}

static void a_deliverable_lies_over_the_file_of_the_job(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_text(&bench, "house.yaml", "policy: 1\nchecks: {clicks: off, phase: {min: -0.2}}\n");
    static const char job[] = HEAD "policy: house.yaml\n"
                                   "deliverables:\n"
                                   "  st: {layout: 2.0}\n"
                                   "  sr: {layout: 5.1, policy: {checks: {phase: {min: 0}}}}\n";
    const QcBrief *brief = brief_of(&bench, job, 0);
    assert_int_equal(brief->policy.levels[QC_CLICKS], QC_OFF);
    assert_true(qc_limit(&brief->policy, QC_PHASE, "min") == -0.2);
    brief = brief_of(&bench, job, 1);
    assert_int_equal(brief->policy.levels[QC_CLICKS], QC_OFF);
    assert_true(qc_limit(&brief->policy, QC_PHASE, "min") == 0.0);
    bench_close(&bench);
}

static void times_of_the_job_are_samples(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    const QcBrief *const brief =
        brief_of(&bench,
                 HEAD PLAIN "policy: {}\n"
                            "stems: {mx: {role: music, budget: -30 LKFS}, vo: {role: dialogue}}\n"
                            "lines: {l2: {in: 0.5 s, out: 0.75 s}, l1: {in: 0.25 s, out: 0.5 s}}\n"
                            "scenes: {sc: {in: 0 s, out: 1 s}}\n"
                            "rules: {q: {over: [0.5 s, 1 s], select: stem=mx, gain: -inf}}\n",
                 0);
    const QcScore *const score = brief->score;
    assert_int_equal(score->line_count, 2);
    assert_string_equal(score->lines[0].id, "l1");
    assert_int_equal(score->lines[0].begin, 12000);
    assert_int_equal(score->lines[1].end, 36000);
    assert_int_equal(score->scenes[0].end, 48000);
    assert_int_equal(score->quiet_count, 1);
    assert_int_equal(score->quiet[0].begin, 24000);
    assert_true(score->stems[0].has_budget && score->stems[0].budget_lufs == -30.0);
    assert_true(score->stems[1].is_dialogue && !score->stems[1].has_budget);
    bench_close(&bench);
}

/* At 96 kHz a line lies at twice its samples; a film at 24 is shorter by 1 in 1001. */
static void lines_move_with_the_speed_of_a_deliverable(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\nproject: {title: T, code: T, length: 2002 fr, frame_rate: 23.976}\n"
        "layers: {a: {file: a.wav, stem: mx}}\nlines: {l: {in: 1001 smp, out: 96096 smp}}\n"
        "policy: {}\ndeliverables:\n"
        "  a: {layout: 2.0, rate: 96 kHz}\n  b: {layout: 2.0, frame_rate: 24}\n";
    Bench bench;
    open_bench(&bench);
    const QcScore *score = brief_of(&bench, job, 0)->score;
    assert_int_equal(score->lines[0].begin, 2002);
    assert_int_equal(score->lines[0].end, 192192);
    score = brief_of(&bench, job, 1)->score;
    assert_int_equal(score->lines[0].begin, 1000);
    assert_int_equal(score->lines[0].end, 96000);
    bench_close(&bench);
}

/* Speech from 1 s to 3 s alone: heard in its line at any rate, and nothing is missing before. */
static void files_at_another_rate_are_reviewed_whole(void **state) {
    (void)state;
    enum { FRAMES = 4 * 48000 };
    static const char job[] =
        "nocturne: 1\nproject: {title: T, code: T, length: 4 s}\n"
        "layers: {v: {file: v.wav, stem: dx}}\nlines: {l: {in: 1 s, out: 3 s}}\n"
        "policy: {checks: {silence_head: {max: 1.5 s}, silence_tail: {max: 1.5 s}}}\n"
        "deliverables: {a: {layout: 1.0, rate: 96 kHz}}\n";
    Bench bench;
    bench_open(&bench);
    double *samples = arena_array(bench.arena, FRAMES, sizeof *samples);
    for (int sample = 48000; sample < 3 * 48000; sample++) {
        samples[sample] = 0.1 * sin(0.1 * sample) + 0.05 * sin(0.0137 * sample);
    }
    bench_write_wav(&bench, "v.wav", PCM_24, 1, samples, FRAMES);
    bench_plan(&bench, job, 1);
    bench_run(&bench, "a");
    const Task *task = &bench.plan->tasks[bench.plan->inspect_tasks[0]];
    StoreObject object;
    bench_must(&bench, store_map(bench.workplace.store, task->outputs[0], &object, bench.errors));
    json_t *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    store_unmap(&object);
    const json_t *findings = json_object_get(facts, "findings");
    assert_true(json_is_array(findings));
    size_t index = 0;
    const json_t *finding = NULL;
    json_array_foreach(findings, index, finding) {
        const char *check = json_string_value(json_object_get(finding, "check"));
        assert_int_equal(strncmp(check, "silence", 7) == 0 || !strcmp(check, "dialogue_ratio"), 0);
    }
    json_decref(facts);
    bench_close(&bench);
}

/* What moves a finding moves the key; what does not, does not. */
static void the_key_of_inspect_holds_the_policy(void **state) {
    (void)state;
    static const char *const others[] = {
        HEAD PLAIN,
        HEAD PLAIN "policy: {checks: {phase: {min: -0.2}}}\n",
        HEAD PLAIN "policy: {checks: {phase: fail}}\n",
        HEAD PLAIN "policy: {}\nlines: {l: {in: 0 s, out: 1 s}}\n",
        HEAD PLAIN "policy: {}\nscenes: {l: {in: 0 s, out: 1 s}}\n",
        HEAD PLAIN "policy: {}\nstems: {mx: {role: music, budget: -30 LKFS}}\n",
    };
    Bench bench;
    open_bench(&bench);
    const Key key = inspect_key(&bench, HEAD PLAIN "policy: {}\n");
    for (size_t other = 0; other < sizeof others / sizeof *others; other++) {
        assert_false(keys_are_equal(key, inspect_key(&bench, others[other])));
    }
    assert_true(
        keys_are_equal(key, inspect_key(&bench, HEAD PLAIN "policy: {name: another name}\n")));
    bench_close(&bench);
}

static void what_is_wrong_is_told_at_its_place(void **state) {
    (void)state;
    static const struct {
        const char *tail;
        Status status;
        int line;
        const char *file;
    } cases[] = {
        {"policy: [clicks]\n",                                       E202, 5, "job.yaml"},
        {"policy: nowhere.yaml\n",                                   E410, 5, "job.yaml"},
        {"policy: ../house.yaml\n",                                  E402, 5, "job.yaml"},
        {"policy:\n  checks:\n    clicsk: off\n",                    E202, 7, "job.yaml"},
        {"policy:\n  checks:\n    loudness: fail\n",                 E203, 7, "job.yaml"},
        {"policy: bad.yaml\n",                                       E206, 3, "bad.yaml"},
        {"policy: old.yaml\n",                                       E201, 1, "old.yaml"},
        {"stems: {mx: {role: music, budget: 3 LKFS}}\npolicy: {}\n", E206, 5, "job.yaml"},
        {"qc: {inaudible: {below: -40 dB}}\n",                       E202, 5, "job.yaml"},
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        Bench bench;
        JobSpec *job = NULL;
        open_bench(&bench);
        write_text(&bench, "bad.yaml", "policy: 1\nchecks:\n  phase: {min: -3}\n");
        write_text(&bench, "old.yaml", "policy: 7\n");
        const char *const text = arena_format(bench.arena, "%s%s", HEAD PLAIN, cases[row].tail);
        const JobSource source = bench_source(&bench, text);
        assert_int_equal(job_load(&source, bench.arena, &job, bench.errors), cases[row].status);
        const ErrorEntry *const entry = errors_first(bench.errors);
        const char *const slash = strrchr(entry->place.file, '/');
        assert_string_equal(slash ? slash + 1 : entry->place.file, cases[row].file);
        assert_int_equal(entry->place.line, cases[row].line);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_policy_nothing_is_asked_for),
        cmocka_unit_test(an_empty_policy_has_the_checks_by_default),
        cmocka_unit_test(a_deliverable_lies_over_the_file_of_the_job),
        cmocka_unit_test(times_of_the_job_are_samples),
        cmocka_unit_test(lines_move_with_the_speed_of_a_deliverable),
        cmocka_unit_test(files_at_another_rate_are_reviewed_whole),
        cmocka_unit_test(the_key_of_inspect_holds_the_policy),
        cmocka_unit_test(what_is_wrong_is_told_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
