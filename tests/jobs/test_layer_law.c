/* The law for the keys of a layer: where the timeline is cut changes no sample; and what a marker
 * moves is what is anchored to it. */
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, LENGTH = 4 * RATE_HZ, FRAME = RATE_HZ / 24 };

/* Hits at 0.3 s, 1.3 s ... over a quiet tone. */
static void open_bench(Bench *bench) {
    double *samples = calloc(LENGTH, sizeof *samples);
    bench_open(bench);
    for (int64_t sample = 0; sample < LENGTH; sample++) {
        const double since_s = fmod((double)sample / RATE_HZ + 0.7, 1.0);
        const double turn = 2.0 * acos(-1.0) * (double)sample / RATE_HZ;
        samples[sample] = 0.4 * exp(-12.0 * since_s) * sin(turn * 311.0) + 0.01 * sin(turn * 67.0);
    }
    bench_write_wav(bench, "a.wav", FLOAT_32, 1, samples, LENGTH);
    free(samples);
}

static void cuts_of_the_timeline_change_no_sample(void **state) {
    (void)state;
    static const char text[] =
        "nocturne: 1\nproject: {title: T, code: T, length: 5 s, tail: 1 s}\n"
        "tempo: [{at: 1|1, bpm: 97}]\nmarkers: {hit: 1.013 s}\n"
        "cues: {1m1: {in: 0 s, out: 2 s}, 1m2: {in: 2 s, out: 5 s}}\n"
        "transitions: {1m1>1m2: {over: 700 ms}}\n"
        "rooms: {hall: {shoebox: {size: [8 m, 9 m, 4 m], t60: 1 s}}}\n"
        "layers:\n"
        "  tilted: {stem: mx, file: a.wav, cue: 1m1, tilt: +5 dB, send: {hall: -6 dB}}\n"
        "  taken: {stem: mx, takes: {t1: a.wav, t2: none.wav}, take: t1, cue: 1m2, speed: 83 %}\n"
        "  cut: {stem: mx, file: a.wav, clips: [{at: 0.4 s, from: 1 s, to: 2 s, fade_in: 30 ms},\n"
        "    {at: 1.1 s, from: 0.2 s, to: 3 s, fade_out: 1 s, gain: -3 dB}], nudge: 3.3 ms}\n"
        "  shaped: {stem: fx, file: a.wav, at: 0.9 s, transient: {attack: 6 dB, sustain: -6 dB}}\n"
        "  snapped: {stem: fx, file: a.wav, at: hit, snap: {onset: beat}, hpf: 90 Hz,\n"
        "    lfe: {send: -3 dB}}\n"
        "rules: {low: {over: [1.5 s, 3 s], select: all, ceiling: -35 LKFS}}\n"
        "deliverables: {a: {layout: 5.1, bits: 64f}}\n";
    Bench bench;
    SoundInfo info;
    open_bench(&bench);
    bench_plan(&bench, text, 1);
    bench_run(&bench, "one");
    const float *one = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    bench_plan(&bench, text, 5);
    bench_run(&bench, "five");
    const float *five = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const size_t count = (size_t)info.frame_count * (size_t)info.channel_count;
    assert_memory_equal(one, five, count * sizeof *one);
    bench_close(&bench);
}

static const char *job_at(Bench *bench, int frames) {
    return arena_format(bench->arena,
                        "nocturne: 1\nproject: {title: T, code: T, length: 12 s}\n"
                        "markers: {door: 2 s + %d fr, end: 8 s}\n"
                        "layers: {hit: {stem: mx, file: a.wav, at: door},\n"
                        "  after: {stem: mx, file: a.wav, at: door + 12 fr},\n"
                        "  free: {stem: fx, file: a.wav, at: 3 s}, late: {stem: fx, file: a.wav, "
                        "at: end - 1 s}}\n"
                        "deliverables: {a: {layout: 1.0, bits: 64f}}\n",
                        frames);
}

/* Keys of the spans of a stem. */
static void copy_keys(const Bench *bench, int stem, Key *keys) {
    for (int span = 0; span < bench->plan->span_count; span++) {
        const int task = bench->plan->spatialize_tasks[stem * bench->plan->span_count + span];
        keys[span] = task >= 0 ? bench->plan->tasks[task].outputs[0] : (Key){0};
    }
}

/* F003. */
static void a_marker_moves_what_is_anchored_to_it_and_nothing_else(void **state) {
    (void)state;
    enum { MOST_SPANS = 64, MOVED = 7 };
    Key before[MOST_SPANS];
    Key behind[MOST_SPANS];
    SampleTime starts[4];
    Bench bench;
    open_bench(&bench);
    bench_plan(&bench, job_at(&bench, 0), 1);
    const int music = bench.mix->layers[0].stem;
    const int effects = bench.mix->layers[2].stem;
    for (int layer = 0; layer < 4; layer++) {
        starts[layer] = bench.mix->layers[layer].start;
    }
    copy_keys(&bench, effects, before);
    bench_plan(&bench, job_at(&bench, MOVED), 1);
    for (int layer = 0; layer < 4; layer++) {
        const SampleTime expected = layer < 2 ? MOVED * FRAME : 0;
        assert_int_equal(bench.mix->layers[layer].start - starts[layer], expected);
    }
    copy_keys(&bench, effects, behind);
    assert_in_range(bench.plan->span_count, 2, MOST_SPANS);
    assert_memory_equal(before, behind, (size_t)bench.plan->span_count * sizeof *before);
    copy_keys(&bench, music, behind);
    bench_plan(&bench, job_at(&bench, 0), 1);
    copy_keys(&bench, music, before);
    const Key silent = {0};
    for (int span = 0; span < bench.plan->span_count; span++) {
        const bool is_silent = memcmp(&before[span], &silent, sizeof silent) == 0;
        assert_true(is_silent || memcmp(&before[span], &behind[span], sizeof silent) != 0);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_of_the_timeline_change_no_sample),
        cmocka_unit_test(a_marker_moves_what_is_anchored_to_it_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
