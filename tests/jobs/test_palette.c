/* `palette`: presets, locks, and temporary libraries that stay out of a final deliverable. */
#include "jobs/palette.h"

#include "render/base/hash.h"
#include "tests/support/render_job.h"

static const char muted[] = "lpf: 6 kHz\ngain: -3 dB\nsend: {hall: -20 dB}\n";

static void write_text(Bench *bench, const char *name, const char *text) {
    const char *path = path_join(bench->arena, bench->folder, name);
    bench_must(bench, file_write_atomically(path, text, strlen(text), bench->errors));
}

static const char *sum_of(Bench *bench, const char *name) {
    Sha256Text sum;
    bench_must(bench, file_sha256(path_join(bench->arena, bench->folder, name), NO_PLACE, sum,
                                  bench->errors));
    return arena_copy_text(bench->arena, sum);
}

/* A library `core`, locked, and `sketch`, which is temporary. */
static void open_bench(Bench *bench) {
    static const double silence[4800] = {0};
    bench_open(bench);
    bench_must(bench, folder_make(path_join(bench->arena, bench->folder, "core"), bench->errors));
    bench_must(bench, folder_make(path_join(bench->arena, bench->folder, "sketch"), bench->errors));
    write_text(bench, "core/muted.yaml", muted);
    write_text(bench, "sketch/muted.yaml", muted);
    bench_write_wav(bench, "a.wav", FLOAT_32, 1, silence, 4800);
    bench_write_wav(bench, "core/a.wav", FLOAT_32, 1, silence, 4800);
    bench_write_wav(bench, "sketch/a.wav", FLOAT_32, 1, silence, 4800);
    write_text(bench, "core.lock",
               arena_format(bench->arena, "%s  muted.yaml\n%s *a.wav\n",
                            sum_of(bench, "core/muted.yaml"), sum_of(bench, "core/a.wav")));
}

static Status load(Bench *bench, const char *grade, const char *layers, JobSpec **job) {
    const char *text = arena_format(
        bench->arena,
        "nocturne: 1\nproject: {title: T, code: T, length: 1 s, grade: %s}\n"
        "palette: {core: {path: core, lock: core.lock}, sketch: {path: sketch, temp: yes}}\n"
        "rooms: {hall: {shoebox: {size: [8 m, 9 m, 4 m], t60: 1 s}}, "
        "tmp: {ir: sketch/a.wav, layout: 1.0}}\n"
        "layers: {m: {stem: mx, %s}}\ndeliverables: {a: {layout: 1.0}}\n",
        grade, layers);
    return bench_load(bench, text, job);
}

static void a_preset_lies_under_the_layer(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    open_bench(&bench);
    bench_must(&bench, load(&bench, "final", "file: a.wav, preset: core/muted, gain: -1 dB", &job));
    assert_float_equal(job->layers[0].gain_db.value, -1.0, 0.0);
    assert_float_equal(job->layers[0].lpf.frequency_hz, 6000.0, 0.0);
    assert_string_equal(job->layers[0].lpf.place.file, "core/muted.yaml");
    assert_int_equal(job->layers[0].send_count, 1);
    bench_close(&bench);
}

static void a_library_is_a_root(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    Mix *mix = NULL;
    open_bench(&bench);
    bench_must(&bench, load(&bench, "final", "file: core:a.wav", &job));
    bench_must(&bench, lower_job(job, NULL, bench.arena, &mix, bench.errors));
    bench_close(&bench);
}

static void assert_message(Bench *bench, Status status, Status expected, const char *says) {
    assert_int_equal(status, expected);
    const ErrorEntry *entry = errors_first(bench->errors);
    assert_int_equal(entry->status, expected);
    assert_non_null(strstr(entry->message, says));
}

static void what_was_changed_is_not_what_is_locked(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    Mix *mix = NULL;
    open_bench(&bench);
    write_text(&bench, "core/other.yaml", muted);
    assert_message(&bench, load(&bench, "final", "file: a.wav, preset: core/other", &job), E430,
                   "`core/other` is not in the lock of palette.core");
    write_text(&bench, "core/muted.yaml", "gain: -6 dB\n");
    assert_message(&bench, load(&bench, "final", "file: a.wav, preset: core/muted", &job), E430,
                   "`core/muted` is not the file that palette.core is locked to");
    static const double noise[2] = {0.5, 0.25};
    unlink(path_join(bench.arena, bench.folder, "core/a.wav"));
    bench_write_wav(&bench, "core/a.wav", FLOAT_32, 1, noise, 2);
    static const char *const names[] = {"core:a.wav", "core/a.wav", "./core//a.wav"};
    for (size_t name = 0; name < 3; name++) {
        bench_must(&bench,
                   load(&bench, "final", arena_format(bench.arena, "file: %s", names[name]), &job));
        assert_message(&bench, lower_job(job, NULL, bench.arena, &mix, bench.errors), E430,
                       "is not the file that palette.core is locked to");
    }
    bench_close(&bench);
}

static void nothing_temporary_reaches_a_final_deliverable(void **state) {
    (void)state;
    static const char *const layers[] = {
        "file: sketch:a.wav", "file: sketch/a.wav", "file: a.wav, preset: sketch/muted",
        "file: a.wav, send: {tmp: -6 dB}", "take: t, takes: {t: sketch:a.wav}"};
    Bench bench;
    JobSpec *job = NULL;
    open_bench(&bench);
    for (size_t row = 0; row < sizeof layers / sizeof *layers; row++) {
        assert_message(&bench, load(&bench, "final", layers[row], &job), E431,
                       "a temp source would reach a final deliverable");
        assert_int_equal(load(&bench, "proxy", layers[row], &job), DONE);
        const char *muted_layer = arena_format(bench.arena, "%s, mute: yes", layers[row]);
        assert_int_equal(load(&bench, "final", muted_layer, &job), DONE);
    }
    bench_close(&bench);
}

static void what_a_palette_cannot_give_is_said(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    open_bench(&bench);
    assert_message(&bench, load(&bench, "proxy", "file: a.wav, preset: sketch/none", &job), E432,
                   "palette.sketch has no preset `none`");
    assert_message(&bench, load(&bench, "proxy", "file: a.wav, preset: cora/muted", &job), E301,
                   "no library of `palette` is called `cora`");
    assert_message(&bench, load(&bench, "proxy", "file: a.wav, preset: muted", &job), E204,
                   "`muted` is not a preset");
    write_text(&bench, "sketch/place.yaml", "at: 3 s\n");
    assert_message(&bench, load(&bench, "proxy", "file: a.wav, preset: sketch/place", &job), E208,
                   "a preset has no `at`");
    write_text(&bench, "sketch/list.yaml", "[1]\n");
    assert_message(&bench, load(&bench, "proxy", "file: a.wav, preset: sketch/list", &job), E204,
                   "holds no keys of a layer");
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preset_lies_under_the_layer),
        cmocka_unit_test(a_library_is_a_root),
        cmocka_unit_test(what_was_changed_is_not_what_is_locked),
        cmocka_unit_test(nothing_temporary_reaches_a_final_deliverable),
        cmocka_unit_test(what_a_palette_cannot_give_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
