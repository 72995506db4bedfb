/* Mono files that are one channel of a set each: together they are the interleaved bed, bit for
 * bit. */
#include "tests/support/test_sounds.h"

#include "tests/support/job_desk.h"

enum { FRAMES = 24000, CHANNELS = 6 };

static const char *const labels[CHANNELS] = {"L", "R", "C", "LFE", "Ls", "Rs"};

/* A bed of noise, and its channels by themselves. */
static void write_set(Bench *bench) {
    double *bed = arena_array(bench->arena, (size_t)FRAMES * CHANNELS, sizeof *bed);
    double *mono = arena_array(bench->arena, FRAMES, sizeof *mono);
    for (int64_t value = 0; value < (int64_t)FRAMES * CHANNELS; value++) {
        bed[value] = 0.1 * noise_at((uint64_t)value);
    }
    bench_write_wav(bench, "bed.wav", PCM_24, CHANNELS, bed, FRAMES);
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (int64_t sample = 0; sample < FRAMES; sample++) {
            mono[sample] = bed[sample * CHANNELS + channel];
        }
        const char *name = arena_format(bench->arena, "%s.wav", labels[channel]);
        bench_write_wav(bench, name, PCM_24, 1, mono, FRAMES);
    }
}

static const char *job_of(Bench *bench, bool is_set) {
    const char *layers = "  bed: {file: bed.wav, stem: mx, layout: 5.1}\n";
    for (int channel = 0; is_set && channel < CHANNELS; channel++) {
        layers = arena_format(bench->arena,
                              "%s  l%d: {file: %s.wav, stem: mx, layout: 5.1, speaker: %s}\n",
                              channel ? layers : "", channel, labels[channel], labels[channel]);
    }
    return arena_format(bench->arena,
                        "nocturne: 1\nproject: {title: T, code: T, length: 500 ms}\n"
                        "layers:\n%s"
                        "deliverables:\n"
                        "  a: {layout: 5.1, bits: 32f}\n  b: {layout: 2.0, bits: 32f}\n"
                        "  c: {layout: 7.1.4, bits: 32f}\n  d: {layout: foa, bits: 32f}\n",
                        layers);
}

/* In 5.1, 2.0 and 7.1.4 by name; in first order from the nominal places, summed in another order.
 */
static void a_set_of_mono_files_is_the_bed(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_set(&bench);
    SoundInfo info;
    const float *bed[4];
    bench_plan(&bench, job_of(&bench, false), 2);
    bench_run(&bench, "bed");
    for (int deliverable = 0; deliverable < 4; deliverable++) {
        bed[deliverable] = bench_read(&bench, bench_output(&bench, deliverable, 0, 0), &info);
    }
    bench_plan(&bench, job_of(&bench, true), 2);
    bench_run(&bench, "set");
    for (int deliverable = 0; deliverable < 4; deliverable++) {
        const float *set = bench_read(&bench, bench_output(&bench, deliverable, 0, 0), &info);
        for (int64_t sample = 0; sample < FRAMES * info.channel_count; sample++) {
            const double tolerance = deliverable == 0 ? 0.0 : 1e-7;
            assert_true(fabs((double)set[sample] - (double)bed[deliverable][sample]) <= tolerance);
        }
    }
    bench_close(&bench);
}

static Status plan_of(Bench *bench, const char *layer) {
    const char *text = arena_format(bench->arena,
                                    "nocturne: 1\nproject: {title: T, code: T, length: 500 ms}\n"
                                    "layers:\n  x: {%s, stem: mx}\ndeliverables: {a: {layout: "
                                    "5.1}}\n",
                                    layer);
    const JobSource source = bench_source(bench, text);
    JobSpec *job = NULL;
    Mix *mix = NULL;
    bench->errors = errors_create(bench->arena);
    bench_must(bench, job_load(&source, bench->arena, &job, bench->errors));
    return lower_job(job, NULL, bench->arena, &mix, bench->errors);
}

static void what_is_no_channel_is_refused(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_set(&bench);
    assert_int_equal(plan_of(&bench, "file: L.wav, speaker: Ltf"), DONE);
    assert_int_equal(plan_of(&bench, "file: L.wav, layout: 5.1, speaker: Ltf"), E301);
    assert_string_equal(errors_first(bench.errors)->message, "5.1 has no loudspeaker `Ltf`");
    assert_int_equal(plan_of(&bench, "file: L.wav, speaker: Q"), E301);
    assert_int_equal(plan_of(&bench, "file: bed.wav, speaker: L"), E415);
    assert_int_equal(plan_of(&bench, "file: L.wav, speaker: L, pan: {az: 10 deg}"), E208);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_of_mono_files_is_the_bed),
        cmocka_unit_test(what_is_no_channel_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
