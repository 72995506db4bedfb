/* Reels that are jobs of their own and share one gain through the store. */
#include <ebur128.h>
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, FRAMES = 8 * RATE_HZ, REELS = 3 };

static const char form[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, reel: R%d, length: 8 s}\n"
    "layers: {mx: {file: r%d.wav}}\n"
    "deliverables:\n"
    "  st: {layout: 2.0, bits: 32f, loudness: {target: %d LKFS, peak: 0 dBTP, scope: programme,\n"
    "       reels: [%s]}}\n";

static const double levels_db[REELS] = {-30.0, -16.0, -45.0};

/* Tones that lie 14 and 29 dB apart: the softest one falls under the gate of the programme. */
static void write_reels(Bench *bench, int last_target_lufs) {
    static const char *const others[REELS] = {"r1.yaml, r2.yaml", "r0.yaml, r2.yaml",
                                              "r1.yaml, r0.yaml"};
    double *samples = calloc(FRAMES * 2, sizeof *samples);
    for (int reel = 0; reel < REELS; reel++) {
        const double level = pow(10.0, levels_db[reel] / 20.0);
        for (int64_t value = 0; value < (int64_t)FRAMES * 2; value++) {
            samples[value] = level * sin(0.13 * (double)(value / 2));
        }
        const char *sound = arena_format(bench->arena, "r%d.wav", reel);
        bench_write_wav(bench, sound, FLOAT_32, 2, samples, FRAMES);
        const int target_lufs = reel == REELS - 1 ? last_target_lufs : -23;
        const char *text = arena_format(bench->arena, form, reel, reel, target_lufs, others[reel]);
        const char *path =
            path_join(bench->arena, bench->folder, arena_format(bench->arena, "r%d.yaml", reel));
        bench_must(bench, file_write_atomically(path, text, strlen(text), bench->errors));
    }
    free(samples);
}

/* Lowers and plans a reel; returns the status of finding the others. */
static Status plan_reel(Bench *bench, int reel) {
    const JobSource source = {.path = path_join(bench->arena, bench->folder,
                                                arena_format(bench->arena, "r%d.yaml", reel)),
                              .grade = -1};
    JobSpec *job = NULL;
    bench->errors = errors_create(bench->arena); /* those of the reel before were looked at */
    bench_must(bench, job_load(&source, bench->arena, &job, bench->errors));
    bench_must(bench, lower_job(job, NULL, bench->arena, &bench->mix, bench->errors));
    TRY(programme_find_reels(job, NULL, bench->arena, bench->mix, bench->errors));
    const PlanOptions options = {.span_samples = 3 * 32768};
    bench_must(bench,
               plan_make(bench->mix, "TEST", options, bench->arena, &bench->plan, bench->errors));
    return DONE;
}

/* Every task up to the first that fails. */
static Status run_reel(Bench *bench, int reel) {
    assert_int_equal(plan_reel(bench, reel), DONE);
    bench->workplace.stage_folder = arena_format(bench->arena, "%s/stage-%d", bench->folder, reel);
    const char *store = arena_format(bench->arena, "%s/store", bench->folder);
    bench_must(bench, store_open(store, bench->arena, &bench->workplace.store, bench->errors));
    bench->workplace.panners = panner_cache_create(bench->mix, 0, bench->arena);
    for (int task = 0; task < bench->plan->task_count; task++) {
        if (!task_is_done(bench->mix, bench->plan, task, &bench->workplace)) {
            Arena *scratch = arena_create();
            const Status status =
                run_task(bench->mix, bench->plan, task, &bench->workplace, scratch, bench->errors);
            arena_destroy(&scratch);
            TRY(status);
        }
    }
    return DONE;
}

static void every_reel_gets_the_gain_of_the_programme(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_reels(&bench, -23);
    /* none is normalised alone: the first two wait for the others */
    assert_int_equal(run_reel(&bench, 0), E606);
    assert_non_null(strstr(errors_last(bench.errors)->message, "has not been measured yet"));
    assert_int_equal(run_reel(&bench, 1), E606);
    ebur128_state *judge = ebur128_init(2, RATE_HZ, EBUR128_MODE_I);
    double gains[REELS] = {0};
    for (int turn = 0; turn < REELS; turn++) {
        const int reel = (turn + 2) % REELS; /* the last one has all it needs */
        assert_int_equal(run_reel(&bench, reel), DONE);
        SoundInfo info;
        const float *in = bench_read(
            &bench,
            path_join(bench.arena, bench.folder, arena_format(bench.arena, "r%d.wav", reel)),
            &info);
        const float *out = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
        gains[reel] = (double)out[20001] / (double)in[20001];
        ebur128_add_frames_float(judge, out, FRAMES);
        assert_non_null(strstr(bench_facts(&bench, 0), "\"reels\": 3"));
    }
    assert_true(fabs(gains[0] / gains[1] - 1.0) < 1e-6 && fabs(gains[0] / gains[2] - 1.0) < 1e-6);
    double together_lufs = 0.0; /* one after the other: blocks across the joins move it a little */
    ebur128_loudness_global(judge, &together_lufs);
    assert_true(fabs(together_lufs + 23.0) < 0.1);
    ebur128_destroy(&judge);
    bench_close(&bench);
}

static void an_edited_reel_changes_the_key_of_every_other(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_reels(&bench, -23);
    assert_int_equal(plan_reel(&bench, 0), DONE);
    const Key before = bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0];
    double silence[200] = {0};
    unlink(path_join(bench.arena, bench.folder, "r2.wav"));
    bench_write_wav(&bench, "r2.wav", FLOAT_32, 2, silence, 100);
    assert_int_equal(plan_reel(&bench, 0), DONE);
    const Key after = bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0];
    assert_false(key_equal(before, after));
    bench_close(&bench);
}

static void a_reel_of_another_programme_is_refused(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_reels(&bench, -24);
    assert_int_equal(plan_reel(&bench, 0), E208);
    const ErrorEntry *entry = errors_first(bench.errors);
    assert_string_equal(entry->message, "`r2.yaml` has no deliverable `st` of the same programme");
    assert_int_equal(entry->place.line, 6);
    bench_close(&bench);
}

static void a_missing_reel_is_told_with_its_name(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_reels(&bench, -23);
    unlink(path_join(bench.arena, bench.folder, "r1.yaml"));
    assert_int_equal(plan_reel(&bench, 0), E410);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reel_gets_the_gain_of_the_programme),
        cmocka_unit_test(an_edited_reel_changes_the_key_of_every_other),
        cmocka_unit_test(a_reel_of_another_programme_is_refused),
        cmocka_unit_test(a_missing_reel_is_told_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
