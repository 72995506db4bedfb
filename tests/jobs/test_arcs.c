/* Arcs, drives, automation and entries: what is rendered against closed forms. */
#include "tests/support/test_sounds.h"

#include <math.h>

#include "jobs/layer_keys.h"
#include "tests/support/assert_near.h"

enum { RATE = 48000, LENGTH = 6 * RATE };

static const double level = 0.25;

#define HEAD                                                                                       \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 6 s}\n"                                                  \
    "deliverables: {d: {layout: 1.0, bits: 32f}}\n"

/* What a layer of constant level becomes, over its level. */
static const float *render(Bench *bench, const char *job, int span_blocks, const char *name) {
    SoundInfo info;
    bench_plan(bench, job, span_blocks);
    bench_run(bench, name);
    return bench_read(bench, bench_output(bench, 0, 0, 0), &info);
}

static double to_db(double value) {
    return 20.0 * log10(fmax(value / level, 1e-9));
}

/* exp from -24 dB up over 1 .. 3 s, s-curve down over 3.5 .. 5.5 s. */
static double expected_db(double time_s) {
    double v = 0.0;
    if (time_s >= 1.0 && time_s < 3.0) {
        v = expm1(4.0 * (time_s - 1.0) / 2.0) / expm1(4.0);
    } else if (time_s >= 3.0 && time_s < 3.5) {
        v = 1.0;
    } else if (time_s >= 3.5 && time_s < 5.5) {
        const double u = (time_s - 3.5) / 2.0;
        v = 1.0 - (3.0 * u * u - 2.0 * u * u * u);
    }
    return -24.0 + v * 18.0;
}

static void a_driven_gain_follows_its_curve_at_every_sample(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    const float *samples =
        render(&bench,
               HEAD "markers: {up: 3 s}\n"
                    "layers: {a: {file: a.wav, stem: mx, family: synth}}\n"
                    "arcs:\n"
                    "  rise:\n"
                    "    build: {from: 1 s, to: up, shape: exp}\n"
                    "    release: {from: up + 0.5 s, over: 2 s, shape: s-curve}\n"
                    "    drives: [{select: family=synth, param: gain, from: -24 dB, to: -6 dB}]\n",
               1, "gain");
    double worst_db = 0.0;
    for (int sample = 0; sample < LENGTH - RATE / 10; sample++) { /* the end is faded */
        const double found_db = to_db((double)samples[sample]);
        worst_db = fmax(worst_db, fabs(found_db - expected_db((double)sample / RATE)));
    }
    print_message("worst distance from the curve: %.5f dB\n", worst_db);
    assert_true(worst_db < 0.05);
    bench_close(&bench);
}

static void a_lead_runs_ahead_and_automation_comes_on_top_when_it_is_added(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    const float *samples = render(
        &bench,
        HEAD "layers:\n"
             "  a:\n"
             "    file: a.wav\n"
             "    stem: mx\n"
             "    automate: [{param: gain, points: [[0 s, -3 dB], [6 s, -9 dB]], combine: add}]\n"
             "arcs:\n"
             "  ramp:\n"
             "    points: [[1 s, 0 %], [2 s, 50 %], [4 s, 100 %]]\n"
             "    lead: 500 ms\n"
             "    drives: [{select: all, param: gain, from: -10 dB, to: 0 dB}]\n",
        1, "lead");
    for (int step = 0; step < 58; step++) {
        const double time_s = step / 10.0 + 0.013;
        const double ahead_s = time_s + 0.5;
        const double v = ahead_s < 1.0   ? 0.0
                         : ahead_s < 2.0 ? (ahead_s - 1.0) / 2.0
                         : ahead_s < 4.0 ? 0.5 + (ahead_s - 2.0) / 4.0
                                         : 1.0;
        const double expected = -10.0 + 10.0 * v - 3.0 - time_s;
        assert_near(to_db((double)samples[(int)(time_s * RATE)]), expected, 0.01);
    }
    bench_close(&bench);
}

static void one_writer_after_the_other_hands_over_without_a_gap(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    const float *samples =
        render(&bench,
               HEAD "layers:\n"
                    "  a:\n"
                    "    file: a.wav\n"
                    "    stem: mx\n"
                    "    automate:\n"
                    "      - {param: gain, points: [[3 s, -12 dB], [4 s, 0 dB]], curve: hold}\n"
                    "      - {param: gain, points: [[1 s, -2 dB], [3 s, -6 dB]]}\n",
               1, "hand-over");
    const struct {
        double time_s, expected_db;
    } points[] = {
        {0.5,   -2   },
        {2,     -4   },
        {2.99,  -5.98},
        {3.001, -12  },
        {3.97,  -12  },
        {3.99,  -6   },
        {4.5,   0    }
    };
    for (size_t point = 0; point < sizeof points / sizeof *points; point++) {
        const double found = to_db((double)samples[(int)(points[point].time_s * RATE + 0.5)]);
        assert_near(found, points[point].expected_db, 0.03);
    }
    bench_close(&bench);
}

static void a_layer_enters_and_leaves_at_the_analytic_crossings(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    const float *samples =
        render(&bench,
               HEAD "arcs:\n"
                    "  rise: {build: {from: 1 s, to: 3 s}, release: {over: 2 s, shape: s-curve}}\n"
                    "layers:\n"
                    "  a:\n"
                    "    file: a.wav\n"
                    "    stem: mx\n"
                    "    enter: {arc: rise, above: 40 %, fade: 500 ms, hysteresis: 10 %}\n",
               1, "enter");
    const int in = (int)(1.8 * RATE);
    double u = 0.5; /* 3u^2 - 2u^3 = 0.7, by Newton's method */
    for (int step = 0; step < 50; step++) {
        u -= (3 * u * u - 2 * u * u * u - 0.7) / (6 * u - 6 * u * u);
    }
    const int out = (int)lround((3.0 + 2.0 * u) * RATE);
    for (int sample = 0; sample <= in; sample++) {
        assert_true(samples[sample] == 0.0F);
    }
    assert_true(samples[in + 1] > 0.0F);
    assert_near((double)samples[in + RATE / 4], level / 2, 1e-6);
    assert_near((double)samples[in + RATE / 2], level, 1e-6);
    assert_near((double)samples[out], level, 1e-6);
    assert_true(samples[out + 1] < (float)level);
    assert_near((double)samples[out + RATE / 8], level * 0.75, 1e-6);
    assert_true(samples[out + RATE / 2] == 0.0F && samples[out + RATE / 2 - 1] > 0.0F);
    bench_close(&bench);
}

static void layers_leave_in_the_order_of_their_priority(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    bench_plan(&bench,
               HEAD
               "arcs:\n"
               "  rise:\n"
               "    build: {from: 0 s, to: 1 s}\n"
               "    release: {over: 3 s, thin: {to_layers: 2, by: priority, select: stem=mx}}\n"
               "layers:\n"
               "  first: {file: a.wav, stem: mx, priority: 90}\n"
               "  second: {file: a.wav, stem: mx, priority: 10}\n"
               "  third: {file: a.wav, stem: mx}\n"
               "  fourth: {file: a.wav, stem: mx, priority: 30}\n"
               "  fifth: {file: a.wav, stem: mx}\n"
               "  other: {file: a.wav, stem: fx, priority: 0}\n",
               1);
    static const int order[] = {1, 3, 4}; /* of 50 and 50 the later one */
    for (int step = 0; step < 3; step++) {
        const MixLayer *layer = &bench.mix->layers[order[step]];
        assert_int_equal(layer->lane_count, 1);
        assert_int_equal(layer->lanes->kind, LANE_FADE);
        assert_int_equal(layer->lanes->segments->begin, (1 + step) * RATE);
        assert_int_equal(layer->lanes->segments->end, (2 + step) * RATE);
    }
    assert_int_equal(bench.mix->layers[0].lane_count, 0);
    assert_int_equal(bench.mix->layers[2].lane_count, 0);
    assert_int_equal(bench.mix->layers[5].lane_count, 0);
    bench_close(&bench);
}

/* The amplitude of a tone of 0.25 behind a low-pass that an arc holds at a share. */
static double filtered(double tone_hz, double share) {
    enum { FRAMES = RATE };
    Bench bench;
    bench_open(&bench);
    double *tone = arena_array(bench.arena, FRAMES, sizeof *tone);
    for (int sample = 0; sample < FRAMES; sample++) {
        tone[sample] = level * sin(2.0 * acos(-1.0) * tone_hz * sample / RATE);
    }
    bench_write_wav(&bench, "a.wav", FLOAT_32, 1, tone, FRAMES);
    const char *job =
        arena_format(bench.arena,
                     "nocturne: 1\n"
                     "project: {title: T, code: T, length: 1 s}\n"
                     "deliverables: {d: {layout: 1.0, bits: 32f}}\n"
                     "layers: {a: {file: a.wav, stem: mx}}\n"
                     "arcs:\n"
                     "  still:\n"
                     "    points: [[0 s, %.17g %%], [1 s, %.17g %%]]\n"
                     "    drives: [{select: all, param: lpf, from: 500 Hz, to: 8 kHz}]\n",
                     share * 100.0, share * 100.0);
    const float *samples = render(&bench, job, 1, "lpf");
    double largest = 0.0;
    for (int sample = FRAMES / 4; sample < FRAMES * 3 / 4; sample++) {
        largest = fmax(largest, fabs((double)samples[sample]));
    }
    bench_close(&bench);
    return largest;
}

static void a_driven_filter_is_3_db_down_where_its_arc_puts_it(void **state) {
    (void)state;
    for (int step = 0; step <= 4; step++) {
        const double share = step / 4.0;
        const double corner_hz = 500.0 * pow(16.0, share);
        assert_true(to_db(filtered(corner_hz * 0.98, share)) > -3.0103);
        assert_true(to_db(filtered(corner_hz * 1.02, share)) < -3.0103);
    }
}

#define SENDING                                                                                    \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 6 s, tail: 1 s}\n"                                       \
    "deliverables: {d: {layout: 2.0, bits: 32f, stems: [mx.wet]}}\n"

static void a_driven_send_has_the_level_of_its_curve(void **state) {
    (void)state;
    static const double impulse[1] = {1.0};
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    bench_write_wav(&bench, "one.wav", FLOAT_32, 1, impulse, 1);
    const char *job =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 6 s, tail: 1 s}\n"
        "deliverables: {d: {layout: 1.0, bits: 32f, stems: [mx.wet]}}\n"
        "rooms: {hall: {ir: one.wav, predelay: 100 ms}}\n"
        "layers: {a: {file: a.wav, stem: mx, send: {hall: -6 dB}}}\n"
        "arcs:\n"
        "  wet:\n"
        "    points: [[1 s, 0 %], [5 s, 100 %]]\n"
        "    drives: [{select: stem=mx, param: send, room: hall, from: -30 dB, to: -12 dB}]\n";
    const float *samples = render(&bench, job, 1, "send");
    for (int step = 0; step < 50; step++) {
        const double sent_s = step / 10.0 + 0.05;
        const double v = fmin(fmax((sent_s - 1.0) / 4.0, 0.0), 1.0);
        const double found = to_db((double)samples[(int)((sent_s + 0.1) * RATE + 0.5)]);
        assert_near(found, -30.0 + 18.0 * v, 0.05);
    }
    bench_close(&bench);
}

static const char moving_job[] =
    SENDING "rooms: {hall: {shoebox: {size: [9 m, 12 m, 5 m], t60: 0.4 s}},\n"
            "        box: {ir: ir.wav, layout: 2.0}}\n"
            "layers: {a: {file: a.wav, stem: mx, send: {hall: -6 dB}, distance: {law: inverse}}}\n"
            "arcs:\n"
            "  wet:\n"
            "    build: {from: 0.2 s, to: 3 s, shape: exp}\n"
            "    drives:\n"
            "      - {select: all, param: send, room: hall, from: -30 dB, to: 0 dB}\n"
            "      - {select: all, param: send, room: box, from: -20 dB, to: 0 dB}\n"
            "      - {select: all, param: width, from: 20 %, to: 180 %}\n"
            "      - {select: all, param: distance, from: 4 m, to: 1 m}\n"
            "      - {select: all, param: tilt, from: -6 dB, to: 3 dB}\n";

static void spans_cut_differently_give_the_same_bits(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    bench_open(&bench);
    bench_write_noise(&bench, "a.wav", FLOAT_32, 2, 4 * RATE, 0.25);
    bench_write_noise(&bench, "ir.wav", FLOAT_32, 2, 5000, 0.25);
    const float *one = render(&bench, moving_job, 1, "one");
    bench_plan(&bench, moving_job, 3);
    bench_run(&bench, "three");
    const float *three = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    assert_memory_equal(one, three, (size_t)info.frame_count * 2 * sizeof *one);
    double energy = 0.0;
    for (int64_t sample = 0; sample < info.frame_count * 2; sample++) {
        energy += (double)one[sample] * (double)one[sample];
    }
    assert_true(energy > 1.0);
    bench_close(&bench);
}

static const char anchored_job[] =
    HEAD "markers: {door: %s, other: 4 s}\n"
         "arcs:\n"
         "  rise:\n"
         "    build: {from: 1 s, to: door}\n"
         "    drives: [{select: family=brass, param: gain, from: -6 dB, to: 0 dB}]\n"
         "  calm:\n"
         "    build: {from: 1 s, to: other}\n"
         "    drives: [{select: family=keys, param: gain, from: -6 dB, to: 0 dB}]\n"
         "layers:\n"
         "  hit: {file: a.wav, stem: mx, at: door}\n"
         "  horn: {file: a.wav, stem: mx, family: brass}\n"
         "  piano: {file: a.wav, stem: mx, family: keys}\n"
         "  bell: {file: a.wav, stem: mx, enter: {arc: rise}}\n"
         "  late: {file: a.wav, stem: mx, at: rise.end + 1 s}\n"
         "  pad: {file: a.wav, stem: mx}\n";

static void moving_a_marker_changes_what_is_anchored_to_it_alone(void **state) {
    (void)state;
    enum { LAYERS = 6 };
    static const bool is_anchored[LAYERS] = {true, true, false, true, true, false};
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    const char *before[LAYERS];
    SampleTime starts[LAYERS];
    bench_plan(&bench, arena_format(bench.arena, anchored_job, "2 s"), 1);
    for (int layer = 0; layer < LAYERS; layer++) {
        before[layer] = layer_text_prepare(bench.mix, layer, bench.arena);
        starts[layer] = bench.mix->layers[layer].start;
    }
    bench_plan(&bench, arena_format(bench.arena, anchored_job, "2 s + 7 fr"), 1);
    for (int layer = 0; layer < LAYERS; layer++) {
        const bool is_same =
            strcmp(before[layer], layer_text_prepare(bench.mix, layer, bench.arena)) == 0 &&
            starts[layer] == bench.mix->layers[layer].start;
        assert_int_equal(is_same, !is_anchored[layer]);
    }
    assert_int_equal(bench.mix->layers[0].start - starts[0], 7 * RATE / 24);
    assert_int_equal(bench.mix->layers[4].start - starts[4], 7 * RATE / 24);
    bench_close(&bench);
}

typedef struct Wrong {
    const char *arcs, *layer;
    Status status;
    const char *words;
} Wrong;

static const Wrong wrongs[] = {
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], drives: [{select: all, param: lfp, from: 1 kHz, to: 2 "
     "kHz}]}",                                                        "",                                                           E304, "did you mean `lpf`?"   },
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], drives: [{select: all, param: lpf, from: 1 dB, to: 2 "
     "kHz}]}",                                                        "",                                                           E210, NULL                    },
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], drives: [{select: all, param: send, from: 1 dB, to: 2 "
     "dB}]}",                                                         "",                                                           E203, NULL                    },
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], drives: [{select: all, param: gain, room: h, from: 1 "
     "dB, to: 2 dB}]}",                                               "",                                                           E208, NULL                    },
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], drives: [{select: all, param: lpf, from: 1 kHz, to: 2 "
     "kHz, combine: add}]}",                                          "",                                                           E208, NULL                    },
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], drives: [{select: famly=x, param: lpf, from: 1 kHz, "
     "to: 2 kHz}]}",                                                  "",                                                           E305, "did you mean `family`?"},
    {"a: {points: [[1 s, 0 %], [1 s, 5 %]]}",                              "",                                                           E316, NULL                    },
    {"a: {points: [[1 s, 0 %]]}",                                          "",                                                           E316, NULL                    },
    {"a: {points: [[0 s, 0 %], [1 s, 5 %]], build: {from: 0 s, to: 1 s}}", "",                                                           E303, NULL                    },
    {"a: {lead: 1 s}",                                                     "",                                                           E203, NULL                    },
    {"a: {build: {from: 0 s}}",                                            "",                                                           E311, NULL                    },
    {"a: {release: {over: 1 s}}",                                          "",                                                           E311, NULL                    },
    {"a: {build: {from: 2 s, to: 1 s}}",                                   "",                                                           E312, NULL                    },
    {"a: {build: {from: 0 s, to: 3 s}, release: {from: 2 s, over: 1 s}}",  "",                                                           E312, NULL                    },
    {"a: {over: nowhere, build: {shape: exp}}",                            "",                                                           E301, NULL                    },
    {"a: {build: {from: 0 s, to: 1 s}, release: {over: 2 s, max_slope: 3 dB/s, shape: s-curve}, "
     "drives: [{select: all, param: gain, from: -6 dB, to: 0 dB}]}",  "",                                                           E318, NULL                    },
    {"a: {build: {from: 0 s, to: 1 s}, drives: [{select: all, param: distance, from: 1 m, to: 2 "
     "m}]}",                                                          ", path: {points: [[0 s, {az: 0 deg}], [1 s, {az: 9 deg}]]}", E208, NULL                    },
    {"a: {build: {from: 0 s, to: 1 s}}",                                   ", enter: {arc: b}",                                          E301, NULL                    },
    {"a: {build: {from: 0 s, to: 1 s}}",
     ", automate: [{param: tilt, points: [[0 s, 1 dB], [2 h, 2 dB]]}]",                                                                  E310, NULL                    },
    {"a: {build: {from: 0 s, to: 1 s}}",                                   ", tags: [\"a b\"]",                                          E204, NULL                    },
};

static bool entry_has(const ErrorEntry *entry, const char *words) {
    return !words || (entry->caret && strstr(entry->caret, words)) || strstr(entry->message, words);
}

static void what_is_wrong_with_an_arc_is_said(void **state) {
    (void)state;
    for (size_t row = 0; row < sizeof wrongs / sizeof *wrongs; row++) {
        Arena *arena = arena_create();
        ErrorList *errors = errors_create(arena);
        const char *text = arena_format(arena,
                                        "nocturne: 1\n"
                                        "project: {title: T, code: T, length: 6 s}\n"
                                        "layers: {a: {file: a.wav, stem: mx%s}}\n"
                                        "arcs:\n  %s\n",
                                        wrongs[row].layer, wrongs[row].arcs);
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        JobSpec *job = NULL;
        const Status status = job_load(&source, arena, &job, errors);
        const ErrorEntry *first = errors_first(errors);
        if (status != wrongs[row].status || errors_count(errors) != 1 || first->place.line == 0 ||
            !entry_has(first, wrongs[row].words)) {
            print_error("%s gives E%03d %s\n", text, (int)status, first ? first->message : "");
            assert_true(false);
        }
        arena_destroy(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driven_gain_follows_its_curve_at_every_sample),
        cmocka_unit_test(a_lead_runs_ahead_and_automation_comes_on_top_when_it_is_added),
        cmocka_unit_test(one_writer_after_the_other_hands_over_without_a_gap),
        cmocka_unit_test(a_layer_enters_and_leaves_at_the_analytic_crossings),
        cmocka_unit_test(layers_leave_in_the_order_of_their_priority),
        cmocka_unit_test(a_driven_filter_is_3_db_down_where_its_arc_puts_it),
        cmocka_unit_test(a_driven_send_has_the_level_of_its_curve),
        cmocka_unit_test(spans_cut_differently_give_the_same_bits),
        cmocka_unit_test(moving_a_marker_changes_what_is_anchored_to_it_alone),
        cmocka_unit_test(what_is_wrong_with_an_arc_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
