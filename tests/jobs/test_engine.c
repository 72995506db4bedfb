/* The engine from a job's text to its files: null, pass-through, silence, cuts, rooms, loudness. */
#include <math.h>

#include "render/dsp/meter.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000 };

static const char loud_job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 3 s}\n"
    "layers:\n"
    "  dx: {file: d.wav, gain: +4 dB}\n"
    "  mx: {file: m.wav, width: 140 %, gain: +3 dB}\n"
    "  fx: {file: f.wav, pan: {az: 100 deg}}\n"
    "deliverables:\n"
    "  a: {layout: 5.1, bits: 24, stems: [full, dx, mx, fx, me], loudness: {target: -9 LKFS}}\n"
    "  b: {layout: 2.0, bits: 16, stems: [full, dx, mx, fx, me], split: mono}\n";

static void write_loud_inputs(Bench *bench) {
    bench_write_noise(bench, "d.wav", PCM_24, 1, 3 * RATE_HZ, 0.6);
    bench_write_noise(bench, "m.wav", PCM_24, 2, 3 * RATE_HZ, 0.7);
    bench_write_noise(bench, "f.wav", PCM_16, 1, 3 * RATE_HZ, 0.9);
}

/* Sums outputs 1 .. count (stems) and holds them to output `sum`. Integers are exact in float. */
static void assert_sum(Bench *bench, int deliverable, int sum, int first, int last, int files) {
    for (int file = 0; file < files; file++) {
        SoundInfo info;
        const float *full = bench_read(bench, bench_output(bench, deliverable, sum, file), &info);
        const int64_t count = info.frame_count * info.channel_count;
        double *total = arena_array(bench->arena, (size_t)count, sizeof *total);
        for (int output = first; output <= last; output++) {
            const float *stem =
                bench_read(bench, bench_output(bench, deliverable, output, file), &info);
            for (int64_t value = 0; value < count; value++) {
                total[value] += stem[value];
            }
        }
        double energy = 0.0;
        for (int64_t value = 0; value < count; value++) {
            assert_true(total[value] == full[value]);
            energy += total[value] * total[value];
        }
        assert_true(energy > 0.0 || files > 1);
    }
}

static void stems_null_to_digital_zero_with_the_limiter_acting(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_loud_inputs(&bench);
    bench_plan(&bench, loud_job, 1);
    bench_run(&bench, "a");
    assert_sum(&bench, 0, 0, 1, 3, 1);
    assert_sum(&bench, 0, 4, 2, 3, 1); /* me = mx + fx */
    assert_sum(&bench, 1, 0, 1, 3, 2);
    assert_sum(&bench, 1, 4, 2, 3, 2);
    SoundInfo info;
    const float *full = bench_read(&bench, bench_output(&bench, 1, 0, 0), &info);
    float peak = 0.0F;
    for (int64_t frame = 0; frame < info.frame_count; frame++) {
        peak = fmaxf(peak, fabsf(full[frame]));
    }
    assert_true(peak > 0.6F && peak < 0.8913F); /* -1 dBTP: the limiter had to act */
    bench_close(&bench);
}

static void limited_mix_reaches_its_loudness_and_stays_below_its_ceiling(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_loud_inputs(&bench);
    bench_plan(&bench, loud_job, 3);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *full = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const double weights[] = {1, 1, 1, 0, 1.41, 1.41};
    Meter *meter = meter_create(6, weights, RATE_HZ, bench.arena);
    double *planes[6];
    for (int channel = 0; channel < 6; channel++) {
        planes[channel] = arena_array(bench.arena, (size_t)info.frame_count, sizeof(double));
        for (int64_t frame = 0; frame < info.frame_count; frame++) {
            planes[channel][frame] = full[frame * 6 + channel];
        }
    }
    meter_add(meter, (const double *const *)planes, info.frame_count);
    MeterResult measured;
    meter_finish(meter, &measured);
    assert_true(fabs(measured.integrated_lufs + 9.0) < 0.3);
    assert_true(measured.true_peak_dbtp <= -1.0);
    bench_close(&bench);
}

static void unity_pass_through_is_bit_equal(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
                              "layers: {mx: {file: m.wav}, fx: {file: s.wav}}\n"
                              "deliverables:\n"
                              "  a: {layout: 1.0, bits: 24}\n"
                              "  b: {layout: 2.0, bits: 16, stems: [full, fx]}\n";
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "m.wav", PCM_24, 1, RATE_HZ, 0.4);
    double *silence = calloc(RATE_HZ, sizeof *silence);
    bench_write_wav(&bench, "s.wav", PCM_16, 1, silence, RATE_HZ);
    free(silence);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *in = bench_read(&bench, path_join(bench.arena, bench.folder, "m.wav"), &info);
    const float *out = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, 2 * RATE_HZ);
    assert_memory_equal(in, out, RATE_HZ * sizeof *in);
    for (int64_t frame = RATE_HZ; frame < 2 * RATE_HZ; frame++) {
        assert_true(out[frame] == 0.0F);
    }
    const float *stem = bench_read(&bench, bench_output(&bench, 1, 1, 0), &info);
    for (int64_t value = 0; value < info.frame_count * info.channel_count; value++) {
        assert_true(stem[value] == 0.0F); /* no dither on silence */
    }
    bench_close(&bench);
}

static const char moving_job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 4 s, tail: 1 s}\n"
    "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 0.7 s}, predelay: 11 ms}}\n"
    "layers:\n"
    "  dx: {file: d.wav, at: 0.37 s, send: {hall: -9 dB}, hpf: 90 Hz}\n"
    "  mx: {file: m.wav, width: 60 %, send: {hall: -12 dB}}\n"
    "  fx: {file: f.wav, at: 0.5 s, send: {hall: -3 dB}, path: {curve: spline, points: "
    "[[0.5 s, {az: 110 deg}], [1.7 s, {az: 0 deg, el: 50 deg}], [3 s, {az: -140 deg}]]}}\n"
    "deliverables:\n"
    "  a: {layout: 7.1.4, bits: 24, stems: [full, dx, mx, fx]}\n"
    "  b: {layout: binaural, bits: 32f, sofa: sys:default.sofa}\n";

static void any_cut_of_the_timeline_gives_the_same_files(void **state) {
    (void)state;
    static const int spans[] = {1, 2, 5, 16};
    Sha256Text reference[2][4];
    for (size_t cut = 0; cut < sizeof spans / sizeof *spans; cut++) {
        Bench bench;
        bench_open(&bench);
        write_loud_inputs(&bench);
        bench_plan(&bench, moving_job, spans[cut]);
        bench_run(&bench, "a");
        for (int deliverable = 0; deliverable < 2; deliverable++) {
            for (int output = 0; output < bench.mix->deliverables[deliverable].output_count;
                 output++) {
                Sha256Text sha256;
                const char *path = bench_output(&bench, deliverable, output, 0);
                bench_must(&bench, file_sha256(path, NO_PLACE, sha256, bench.errors));
                if (cut == 0) {
                    memcpy(reference[deliverable][output], sha256, sizeof sha256);
                }
                assert_string_equal(sha256, reference[deliverable][output]);
            }
        }
        bench_close(&bench);
    }
}

static void a_click_pans_decays_and_rings_on_in_its_own_stem(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 1 s, tail: 2 s}\n"
        "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 1.2 s, t60_hf: 1.2 s}, early: 20 "
        "ms}}\n"
        "layers:\n"
        "  dx: {file: c.wav, pan: {az: 30 deg}, send: {hall: 0}}\n"
        "  mx: {file: s.wav, send: {hall: 0}}\n"
        "deliverables: {a: {layout: 5.1, bits: 32f, stems: [full, dx, mx]}}\n";
    Bench bench;
    bench_open(&bench);
    double *samples = calloc(RATE_HZ, sizeof *samples);
    bench_write_wav(&bench, "s.wav", FLOAT_32, 1, samples, RATE_HZ);
    samples[100] = 0.5;
    bench_write_wav(&bench, "c.wav", FLOAT_32, 1, samples, RATE_HZ);
    free(samples);
    bench_plan(&bench, job, 2);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *dx = bench_read(&bench, bench_output(&bench, 0, 1, 0), &info);
    assert_true(fabsf(dx[100 * 6] - 0.5F) < 1e-6F); /* az 30 is L itself, undelayed */
    assert_true(fabsf(dx[100 * 6 + 2]) < 1e-6F);
    double early = 0.0; /* energy of 0.3 .. 0.5 s and of 0.9 .. 1.1 s: 0.6 s later, 30 dB less */
    double late = 0.0;
    for (int64_t value = 0; value < (int64_t)RATE_HZ / 5 * 6; value++) {
        const double first = dx[(int64_t)RATE_HZ * 3 / 10 * 6 + value];
        const double second = dx[(int64_t)RATE_HZ * 9 / 10 * 6 + value];
        early += first * first;
        late += second * second;
    }
    assert_true(fabs(10.0 * log10(early / late) - 30.0) < 1.5);
    const float *mx = bench_read(&bench, bench_output(&bench, 0, 2, 0), &info);
    for (int64_t value = 0; value < info.frame_count * 6; value++) {
        assert_true(mx[value] == 0.0F); /* the dialogue's reverb is in the dialogue stem alone */
    }
    bench_close(&bench);
}

/* A room of one sample is an echo: sample 0 of its response sounds at the send's time + predelay.
 */
static void an_echo_sounds_after_its_predelay_at_the_level_of_its_send(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
        "rooms: {slap: {ir: i.wav, predelay: 250 ms, gain: -2 dB}}\n"
        "layers: {dx: {file: c.wav, pan: {az: 30 deg}, send: {slap: -4 dB}}}\n"
        "deliverables: {a: {layout: 5.1, bits: 32f}}\n";
    enum { AT = 100, LATER = AT + RATE_HZ / 4 };
    Bench bench;
    bench_open(&bench);
    const double impulse = 0.25; /* normalised to 1 */
    double *samples = calloc(RATE_HZ, sizeof *samples);
    bench_write_wav(&bench, "i.wav", FLOAT_32, 1, &impulse, 1);
    samples[AT] = 0.5;
    bench_write_wav(&bench, "c.wav", FLOAT_32, 1, samples, RATE_HZ);
    free(samples);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *out = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const double echo = 0.5 * pow(10.0, -6.0 / 20.0); /* a mono response is heard in the centre */
    assert_true(fabs(out[AT * 6] - 0.5) < 1e-6);
    assert_true(fabs(out[LATER * 6 + 2] - echo) < 1e-6);
    double rest = 0.0;
    for (int64_t value = 0; value < info.frame_count * 6; value++) {
        const bool is_known = value == AT * 6 || value == LATER * 6 + 2;
        rest = is_known ? rest : fmax(rest, fabs((double)out[value]));
    }
    assert_true(rest < 1e-6);
    bench_close(&bench);
}

/* A 100 Hz sine has a second difference of (2 pi f / rate)^2 times its level; a click has far more.
 */
static void moving_sources_do_not_click_anywhere(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 3 s, tail: 1 s}\n"
        "layers:\n"
        "  fx: {file: s.wav, fade_in: 100 ms, fade_out: 100 ms, path: {points: "
        "[[0 s, {az: 110 deg}], [1 s, {az: 0 deg, el: 40 deg}], [2 s, {az: -140 deg}], [3 s, {az: "
        "20 deg}]]}}\n"
        "deliverables:\n"
        "  a: {layout: 7.1.4, bits: 32f}\n"
        "  b: {layout: binaural, bits: 32f, sofa: sys:default.sofa}\n"
        "  c: {layout: 2.0, bits: 32f}\n";
    static const double frequency_hz = 100.0;
    static const double level = 0.25;
    Bench bench;
    bench_open(&bench);
    double *samples = calloc(3 * RATE_HZ, sizeof *samples);
    for (int64_t frame = 0; frame < 3 * RATE_HZ; frame++) {
        samples[frame] = level * sin(2.0 * pi * frequency_hz * (double)frame / RATE_HZ);
    }
    bench_write_wav(&bench, "s.wav", FLOAT_32, 1, samples, 3 * RATE_HZ);
    free(samples);
    bench_plan(&bench, job, 1);
    bench_run(&bench, "a");
    const double step = 2.0 * pi * frequency_hz / RATE_HZ;
    for (int deliverable = 0; deliverable < 3; deliverable++) {
        SoundInfo info;
        const float *out = bench_read(&bench, bench_output(&bench, deliverable, 0, 0), &info);
        const int64_t width = info.channel_count;
        double worst = 0.0;
        double loudest = 0.0;
        for (int64_t value = 2 * width; value < info.frame_count * width; value++) {
            const double second =
                (double)out[value] - 2.0 * out[value - width] + out[value - 2 * width];
            worst = fmax(worst, fabs(second));
            loudest = fmax(loudest, fabs((double)out[value]));
        }
        assert_true(loudest > 0.5 * level);
        assert_true(worst < 4.0 * step * step * loudest);
    }
    bench_close(&bench);
}

static void a_damaged_result_is_reported_missing_and_made_again(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_loud_inputs(&bench);
    bench_plan(&bench, loud_job, 16);
    bench_run(&bench, "a");
    Sha256Text before;
    bench_must(&bench, file_sha256(bench_output(&bench, 0, 0, 0), NO_PLACE, before, bench.errors));
    /* damage what the layer `dx` left, forget everything that was made from it */
    KeyText hex;
    const Key key = bench.plan->tasks[bench.plan->prepare_tasks[0]].outputs[0];
    key_format(key, hex);
    const char *object =
        arena_format(bench.arena, "%s/store-a/objects/%.2s/%s", bench.folder, hex, hex + 2);
    FILE *file = fopen(object, "r+b");
    assert_non_null(file);
    fseek(file, 5000, SEEK_SET);
    fputc(0x5A, file);
    fclose(file);
    const int spatialize = bench.plan->spatialize_tasks[0];
    Arena *scratch = arena_create();
    ErrorList *errors = errors_create(scratch);
    StoreObject mapped;
    assert_int_equal(store_map(bench.workplace.store, key, &mapped, errors), E606);
    assert_false(
        task_is_done(bench.mix, bench.plan, bench.plan->prepare_tasks[0], &bench.workplace));
    assert_true(task_is_done(bench.mix, bench.plan, spatialize, &bench.workplace));
    arena_destroy(&scratch);
    bench_must(&bench, folder_remove(bench.workplace.stage_folder, bench.errors));
    bench_run(&bench, "a");
    Sha256Text after;
    bench_must(&bench, file_sha256(bench_output(&bench, 0, 0, 0), NO_PLACE, after, bench.errors));
    assert_string_equal(before, after);
    bench_close(&bench);
}

static Status spy_create(const Layout *bus,
                         int rate_hz,
                         const HeadFile *head,
                         Arena *arena,
                         void **self,
                         ErrorList *errors) {
    (void)bus;
    (void)rate_hz;
    (void)head;
    (void)errors;
    *self = arena_alloc(arena, 1);
    return DONE;
}

static int spy_taps(const void *self) {
    (void)self;
    return 0;
}

/* The rounding of the direction, made loud. */
static void spy_respond(const void *self, Position at, float *out) {
    (void)self;
    out[0] = 0.5F + (float)((at.azimuth_deg - 1.1) * 1e9);
}

static void a_path_that_stays_in_one_place_gives_the_same_samples_for_any_cut(void **state) {
    (void)state;
    static const Spatializer spy = {
        .name = "spy", .create = spy_create, .tap_count = spy_taps, .respond = spy_respond};
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 3 s}\n"
                              "layers: {dx: {file: d.wav, path: {points: [[0 s, {az: 1.1 deg, el: "
                              "12.7 deg}], [3 s, {az: 1.1 deg, el: 12.7 deg}]]}}}\n"
                              "deliverables: {a: {layout: 1.0, bits: 32f}}\n";
    Sha256Text sums[2];
    for (int cut = 0; cut < 2; cut++) {
        Bench bench;
        bench_open(&bench);
        bench_write_noise(&bench, "d.wav", FLOAT_32, 1, 3 * RATE_HZ, 0.4);
        bench_plan(&bench, job, cut ? 16 : 1);
        bench.mix->buses[0].panner = &spy;
        bench_run(&bench, "a");
        const char *path = bench_output(&bench, 0, 0, 0);
        bench_must(&bench, file_sha256(path, NO_PLACE, sums[cut], bench.errors));
        bench_close(&bench);
    }
    assert_string_equal(sums[0], sums[1]);
}

/* The key of a prepared layer names the file that the plan saw. */
static void an_input_that_changed_since_the_plan_is_refused(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s}\n"
                              "layers: {dx: {file: d.wav}}\n"
                              "deliverables: {a: {layout: 2.0}}\n";
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "d.wav", PCM_24, 1, RATE_HZ, 0.4);
    bench_plan(&bench, job, 16);
    const char *path = path_join(bench.arena, bench.folder, "d.wav");
    for (int edit = 0; edit < 2; edit++) { /* written again as it was, then as another take */
        assert_int_equal(unlink(path), 0);
        bench_write_noise(&bench, "d.wav", PCM_24, 1, RATE_HZ, edit ? 0.2 : 0.4);
        const char *store = arena_format(bench.arena, "%s/store-%d", bench.folder, edit);
        bench_must(&bench, store_open(store, bench.arena, &bench.workplace.store, bench.errors));
        const int task = bench.plan->prepare_tasks[0];
        Arena *scratch = arena_create();
        assert_int_equal(
            run_task(bench.mix, bench.plan, task, &bench.workplace, scratch, bench.errors),
            edit ? E418 : DONE);
        arena_destroy(&scratch);
        assert_int_equal(task_is_done(bench.mix, bench.plan, task, &bench.workplace), !edit);
    }
    bench_close(&bench);
}

/* 22.2 has two: each stays where it is; a layout with one takes both there, at -3 dB each:
 * BS.2127-1, 8.4, as the reference renderer has it (ear_directspeakers_0_5_0.csv, LFEL and LFER).
 */
static void every_lfe_goes_to_the_one_of_its_name(void **state) {
    (void)state;
    enum { CHANNELS = 24, LFE_1 = 3, LFE_2 = 9, LFE_OF_5_1 = 3 };
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s}\n"
                              "layers: {fx: {file: f.wav, layout: 22.2}}\n"
                              "deliverables:\n"
                              "  a: {layout: 22.2, bits: 32f}\n"
                              "  b: {layout: 5.1, bits: 32f}\n";
    Bench bench;
    bench_open(&bench);
    double *samples = calloc((size_t)RATE_HZ * CHANNELS, sizeof *samples);
    samples[100 * CHANNELS + LFE_1] = 0.5;
    samples[200 * CHANNELS + LFE_2] = 0.25;
    bench_write_wav(&bench, "f.wav", FLOAT_32, CHANNELS, samples, RATE_HZ);
    free(samples);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *same = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    assert_true(same[100 * CHANNELS + LFE_1] == 0.5F);
    assert_true(same[200 * CHANNELS + LFE_2] == 0.25F);
    assert_true(same[200 * CHANNELS + LFE_1] == 0.0F);
    const float *fewer = bench_read(&bench, bench_output(&bench, 1, 0, 0), &info);
    assert_true(fewer[100 * 6 + LFE_OF_5_1] == 0.5F * (float)sqrt(0.5));
    assert_true(fewer[200 * 6 + LFE_OF_5_1] == 0.25F * (float)sqrt(0.5));
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems_null_to_digital_zero_with_the_limiter_acting),
        cmocka_unit_test(limited_mix_reaches_its_loudness_and_stays_below_its_ceiling),
        cmocka_unit_test(unity_pass_through_is_bit_equal),
        cmocka_unit_test(any_cut_of_the_timeline_gives_the_same_files),
        cmocka_unit_test(a_click_pans_decays_and_rings_on_in_its_own_stem),
        cmocka_unit_test(an_echo_sounds_after_its_predelay_at_the_level_of_its_send),
        cmocka_unit_test(moving_sources_do_not_click_anywhere),
        cmocka_unit_test(a_damaged_result_is_reported_missing_and_made_again),
        cmocka_unit_test(a_path_that_stays_in_one_place_gives_the_same_samples_for_any_cut),
        cmocka_unit_test(an_input_that_changed_since_the_plan_is_refused),
        cmocka_unit_test(every_lfe_goes_to_the_one_of_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
