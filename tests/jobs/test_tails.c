/* Tails that are cut: what comes back from a room against sums worked out tap by tap. */
#include "tests/support/test_sounds.h"

#include <math.h>

#include "tests/support/assert_near.h"

enum { RATE = 48000, LENGTH = 3 * RATE, TAP = 30000, CUT = 60007, RAMP = 480 };

static const double level = 0.1;

#define HEAD                                                                                       \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 3 s}\n"

static const float *read_output(Bench *bench, int output) {
    SoundInfo info;
    return bench_read(bench, bench_output(bench, 0, output, 0), &info);
}

/* Two taps, 0.625 s apart. */
static void write_taps(Bench *bench) {
    double *taps = arena_array(bench->arena, TAP + 1, sizeof *taps);
    taps[0] = 1.0;
    taps[TAP] = 0.5;
    bench_write_wav(bench, "taps.wav", FLOAT_32, 1, taps, TAP + 1);
}

static double ramp_at(int64_t time, int64_t begin) {
    return fmin(fmax((double)(time - begin) / RAMP, 0.0), 1.0);
}

static double sent_at(int64_t time) {
    return time >= 0 ? level : 0.0;
}

/* What was sent before goes up to the cut; what is sent since comes from there on. */
static double expected_at(int64_t time) {
    const double old = sent_at(time) + 0.5 * sent_at(time - TAP);
    const double fresh =
        sent_at(time) * ramp_at(time, CUT) + 0.5 * sent_at(time - TAP) * ramp_at(time - TAP, CUT);
    return (1.0 - ramp_at(time, CUT - RAMP)) * old + fresh;
}

#define CUT_JOB                                                                                    \
    HEAD "deliverables: {d: {layout: 1.0, bits: 32f, stems: [mx.wet, fx.wet]}}\n"                  \
         "rooms: {hall: {ir: taps.wav, normalise: no}}\n"                                          \
         "layers:\n"                                                                               \
         "  a: {file: a.wav, stem: mx, send: {hall: 0}}\n"                                         \
         "  b: {file: a.wav, stem: fx, send: {hall: 0}}\n"                                         \
         "rules: {gone: {over: [60007 smp, 2 s], select: stem=mx, ramp: 10 ms, tails: cut}}\n"

static void what_rings_is_gone_and_what_is_sent_later_rings_afresh(void **state) {
    (void)state;
    for (int span_blocks = 1; span_blocks <= 2; span_blocks++) {
        Bench bench;
        bench_open(&bench);
        bench_write_constant(&bench, "a.wav", level, LENGTH);
        write_taps(&bench);
        bench_plan(&bench, CUT_JOB, span_blocks);
        bench_run(&bench, "cut");
        const float *music = read_output(&bench, 0);
        const float *effects = read_output(&bench, 1);
        for (int64_t time = 0; time < LENGTH - RATE / 50; time++) {
            assert_near((double)music[time], expected_at(time), 1e-6);
            assert_near((double)effects[time], sent_at(time) + 0.5 * sent_at(time - TAP), 1e-6);
        }
        bench_close(&bench);
    }
}

/* A shoebox has early reflections of its own, an IR of two channels a bus of its own. */
static void silence_is_digital_zero_in_every_kind_of_room(void **state) {
    (void)state;
    static const char job[] =
        HEAD "deliverables: {d: {layout: 2.0, bits: 32f, stems: [mx, fx]}}\n"
             "rooms:\n"
             "  box: {shoebox: {size: [9 m, 12 m, 5 m], t60: 1 s}}\n"
             "  two: {ir: two.wav}\n"
             "layers:\n"
             "  a: {file: a.wav, stem: mx, send: {box: 0, two: 0}}\n"
             "  b: {file: a.wav, stem: fx, send: {box: 0, two: 0}}\n"
             "rules:\n"
             "  gone: {over: [1 s, 2 s], select: stem=mx, gain: -inf, tails: cut}\n"
             "  rings: {over: [1 s, 2 s], select: stem=fx, gain: -inf}\n";
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "a.wav", FLOAT_32, 1, LENGTH, 0.05);
    bench_write_noise(&bench, "two.wav", FLOAT_32, 2, RATE, 0.01);
    bench_plan(&bench, job, 1);
    bench_run(&bench, "zero");
    const float *music = read_output(&bench, 0);
    const float *effects = read_output(&bench, 1);
    const ptrdiff_t ramp_begin = 2 * (RATE - RATE / 10);
    double ringing = 0.0;
    for (ptrdiff_t sample = 0; sample < (ptrdiff_t)4 * RATE; sample++) {
        if (sample < ramp_begin) {
            assert_near((double)music[sample], (double)effects[sample], 1e-7);
        } else if (sample >= (ptrdiff_t)2 * RATE && sample < ramp_begin + 2 * RATE) {
            assert_true(music[sample] == 0.0F);
            ringing += fabs((double)effects[sample]);
        }
    }
    assert_true(ringing > 1.0);
    bench_close(&bench);
}

static void a_room_of_a_scene_is_silent_behind_its_fade(void **state) {
    (void)state;
    static const char job[] =
        HEAD "deliverables: {d: {layout: 1.0, bits: 32f, stems: [mx.wet]}}\n"
             "rooms: {attic: {ir: taps.wav, normalise: no}}\n"
             "scenes:\n"
             "  up: {in: 0 s, out: 1 s, room: attic}\n"
             "  down: {in: 1 s, out: 2 s, room_change: {fade: 100 ms, tails: cut}}\n"
             "  again: {in: 2 s, out: 3 s, room: attic, room_change: {fade: 100 ms}}\n"
             "layers: {a: {file: a.wav, stem: mx, send: {attic: 0}}}\n";
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    write_taps(&bench);
    bench_plan(&bench, job, 1);
    bench_run(&bench, "scene");
    const float *wet = read_output(&bench, 0);
    for (int64_t time = 0; time < RATE + RATE / 20; time++) {
        const double u = fmax((double)(time - (RATE - RATE / 20)) / (RATE / 10.0), 0.0);
        const double old = level + 0.5 * sent_at(time - TAP);
        assert_near((double)wet[time], old * cos(u * acos(0.0)), 2e-5);
    }
    for (int64_t time = RATE + RATE / 20; time < 2 * RATE - RATE / 2; time++) {
        assert_true(wet[time] == 0.0F);
    }
    assert_near((double)wet[3 * RATE - 1000], 1.5 * level, 1e-6); /* it opens again */
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_rings_is_gone_and_what_is_sent_later_rings_afresh),
        cmocka_unit_test(silence_is_digital_zero_in_every_kind_of_room),
        cmocka_unit_test(a_room_of_a_scene_is_silent_behind_its_fade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
