/* Rules and rooms of scenes: what is rendered against windows worked out by hand, and windows
 * against brute force. */
#include "tests/support/test_sounds.h"

#include <math.h>

#include "jobs/time_windows.h"
#include "tests/support/assert_near.h"

enum { RATE = 48000, LENGTH = 6 * RATE };

static const double level = 0.1; /* below the limiter, three times and in rooms */

#define HEAD                                                                                       \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 6 s}\n"                                                  \
    "deliverables: {d: {layout: 1.0, bits: 32f, stems: [mx, fx]}}\n"

static const float *read_output(Bench *bench, int output) {
    SoundInfo info;
    return bench_read(bench, bench_output(bench, 0, output, 0), &info);
}

static double db_at(const float *samples, double time_s) {
    return 20.0 * log10(fmax(fabs((double)samples[(int)(time_s * RATE + 0.5)]) / level, 1e-9));
}

static void a_rule_holds_in_full_in_its_window_and_not_at_all_behind_its_ramps(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    bench_plan(&bench,
               HEAD "scenes:\n"
                    "  one: {in: 0 s, out: 2 s}\n"
                    "  two: {in: 2 s, out: 4 s, tags: [chase]}\n"
                    "layers:\n"
                    "  a: {file: a.wav, stem: mx, role: bed}\n"
                    "  b: {file: a.wav, stem: fx}\n"
                    "rules:\n"
                    "  focus: {over: two, select: all, except: role=solo or stem=fx, gain: -5 dB,\n"
                    "          ramp: 500 ms}\n"
                    "  quiet: {over: [5 s, 5.5 s], select: stem=fx, gain: -inf}\n"
                    "  trim: {select: stem=fx, gain: -2 dB}\n",
               1);
    bench_run(&bench, "rules");
    const float *music = read_output(&bench, 0);
    const float *effects = read_output(&bench, 1);
    for (int step = 0; step < 58; step++) {
        const double time_s = step / 10.0 + 0.05;
        double expected = 0.0;
        if (time_s >= 1.5 && time_s < 2.0) {
            expected = -5.0 * (time_s - 1.5) / 0.5;
        } else if (time_s >= 2.0 && time_s < 4.0) {
            expected = -5.0;
        } else if (time_s >= 4.0 && time_s < 4.5) {
            expected = -5.0 * (4.5 - time_s) / 0.5;
        }
        assert_near(db_at(music, time_s), expected, 0.01);
        const bool is_quiet = time_s >= 5.0 && time_s < 5.5;
        const double trimmed = time_s > 4.9 && time_s < 5.6 ? -1e9 : -2.0; /* within its ramps */
        if (is_quiet || trimmed > -10.0) {
            assert_near(db_at(effects, time_s), is_quiet ? -180.0 : -2.0, 0.01);
        }
    }
    assert_true(effects[5 * RATE] == 0.0F && effects[5 * RATE + RATE / 2 - 1] == 0.0F);
    assert_near((double)effects[5 * RATE - RATE / 20], level * pow(10, -0.1) / 2, 1e-6);
    bench_close(&bench);
}

static void too_many_layers_leave_by_priority_in_the_window_alone(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    bench_plan(&bench,
               HEAD "lines: {l: {in: 2 s, out: 3 s, tags: [sorrow]}}\n"
                    "layers:\n"
                    "  a: {file: a.wav, stem: mx, priority: 40}\n"
                    "  b: {file: a.wav, stem: mx, priority: 90, to: 1 s}\n"
                    "  c: {file: a.wav, stem: mx, priority: 10}\n"
                    "  d: {file: a.wav, stem: mx, priority: 60}\n"
                    "  e: {file: a.wav, stem: mx, priority: 40}\n"
                    "rules: {breath: {when: line.tag=sorrow, select: stem=mx, max_layers: 2}}\n",
               1);
    /* b does not sound in the line: d and the first of 40 stay */
    static const bool leaves[] = {false, false, true, false, true};
    for (int layer = 0; layer < 5; layer++) {
        const MixLayer *subject = &bench.mix->layers[layer];
        assert_int_equal(subject->lane_count, leaves[layer]);
        if (leaves[layer]) {
            assert_near(lane_value(subject->lanes, 2 * RATE), 0.0, 0.0);
            assert_near(lane_value(subject->lanes, 3 * RATE - 1), 0.0, 0.0);
            assert_near(lane_value(subject->lanes, 2 * RATE - RATE / 10), 1.0, 0.0);
            assert_near(lane_value(subject->lanes, 3 * RATE + RATE / 10), 1.0, 0.0);
        }
    }
    bench_close(&bench);
}

static void filters_sends_and_width_of_a_rule_rest_outside(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    bench_plan(&bench,
               HEAD "rooms: {hall: {shoebox: {size: [9 m, 12 m, 5 m], t60: 0.4 s}}}\n"
                    "cues: {1m1: {in: 2 s, out: 3 s}}\n"
                    "layers: {a: {file: a.wav, stem: mx, send: {hall: -6 dB}}}\n"
                    "rules:\n"
                    "  far: {when: cue=1m1, select: all, lpf: 2 kHz, tilt: -3 dB,\n"
                    "        send: {hall: +4 dB}}\n",
               1);
    const MixLayer *layer = &bench.mix->layers[0];
    assert_int_equal(layer->filter_count, 2);
    assert_near(lane_value(layer->filters[0].lane, 2 * RATE), log2(2000), 1e-9);
    assert_near(lane_value(layer->filters[0].lane, RATE), log2(0.49 * RATE), 1e-9);
    assert_near(lane_value(layer->filters[1].lane, 2 * RATE), -3.0, 1e-12);
    assert_near(lane_value(layer->filters[1].lane, 0), 0.0, 0.0);
    assert_int_equal(layer->sends[0].lane_count, 1);
    assert_near(lane_value(layer->sends[0].lanes, 2 * RATE), 4.0, 0.0);
    assert_near(lane_value(layer->sends[0].lanes, 4 * RATE), 0.0, 0.0);
    bench_close(&bench);
}

static void a_room_of_a_scene_opens_and_closes_with_equal_power(void **state) {
    (void)state;
    static const double impulse[1] = {1.0};
    Bench bench;
    bench_open(&bench);
    bench_write_constant(&bench, "a.wav", level, LENGTH);
    bench_write_wav(&bench, "one.wav", FLOAT_32, 1, impulse, 1);
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 6 s}\n"
        "deliverables: {d: {layout: 1.0, bits: 32f, stems: [mx.wet, fx.wet, amb.wet]}}\n"
        "rooms: {alley: {ir: one.wav}, attic: {ir: one.wav}, open: {ir: one.wav}}\n"
        "scenes:\n"
        "  street: {in: 0 s, out: 2 s, room: alley}\n"
        "  house: {in: 2 s, out: 4 s, room: attic, room_change: {fade: 1 s}}\n"
        "  roof: {in: 4 s, out: 6 s, room: attic}\n"
        "layers:\n"
        "  a: {file: a.wav, stem: mx, send: {alley: 0 dB}}\n"
        "  b: {file: a.wav, stem: fx, send: {attic: 0 dB}}\n"
        "  c: {file: a.wav, stem: amb, send: {open: 0 dB}}\n";
    bench_plan(&bench, job, 1);
    bench_run(&bench, "gates");
    const float *alley = read_output(&bench, 0);
    const float *attic = read_output(&bench, 1);
    const float *open = read_output(&bench, 2);
    for (int sample = 97; sample < 5 * RATE; sample += 97) {
        const double time_s = (double)sample / RATE;
        const double u = fmin(fmax(time_s - 1.5, 0.0), 1.0);
        assert_near((double)alley[sample], level * cos(u * acos(-1.0) / 2), 1e-4);
        assert_near((double)attic[sample], level * sin(u * acos(-1.0) / 2), 1e-4);
        assert_near((double)open[sample], level, 1e-6);
    }
    bench_plan(&bench, job, 4);
    bench_run(&bench, "law");
    assert_memory_equal(alley, read_output(&bench, 0), LENGTH * sizeof *alley);
    assert_memory_equal(attic, read_output(&bench, 1), LENGTH * sizeof *attic);
    bench_close(&bench);
}

/* When the decay of a hit has fallen so far below its peak: of every millisecond the greatest. */
static double decay_time_s(const float *samples, int hit, double fall_db) {
    enum { STEP = RATE / 1000 };
    double peak = 0.0;
    for (int step = 0; step < 1000; step++) {
        double size = 0.0;
        for (int sample = 0; sample < STEP; sample++) {
            size = fmax(size, fabs((double)samples[hit + step * STEP + sample]));
        }
        peak = fmax(peak, size);
        if (size < peak * pow(10.0, -fall_db / 20.0)) {
            return step / 1000.0;
        }
    }
    return 1.0;
}

static double t20_s(const float *samples, int hit) {
    return decay_time_s(samples, hit, 25.0) - decay_time_s(samples, hit, 5.0);
}

/* F117: what transient_shaper.h says T20 becomes. */
static void a_rule_shortens_hits_in_its_window_alone(void **state) {
    (void)state;
    enum { SETTLED = RATE / 50 };
    static const double t60_s = 0.8;
    Bench bench;
    bench_open(&bench);
    double *hits = arena_array(bench.arena, LENGTH, sizeof *hits);
    for (int sample = 0; sample < LENGTH; sample++) {
        const double time_s = (double)(sample % RATE) / RATE;
        hits[sample] = sine_at(1000.0, time_s) * pow(10.0, -3.0 * time_s / t60_s);
    }
    bench_write_wav(&bench, "a.wav", FLOAT_32, 1, hits, LENGTH);
    bench_plan(&bench, HEAD "layers: {a: {file: a.wav, stem: mx}}\n", 8);
    bench_run(&bench, "free");
    const float *free = read_output(&bench, 0);
    bench_plan(&bench,
               HEAD "layers: {a: {file: a.wav, stem: mx}}\n"
                    "rules: {r: {over: [1.9 s, 3.9 s], select: all, ramp: 50 ms,\n"
                    "            transient: {sustain: -6 dB}}}\n",
               8);
    bench_run(&bench, "short");
    const float *shorter = read_output(&bench, 0);
    const double lag_db = 0.01 * 60.0 / t60_s;
    const double expected = (25.0 - 6.0 - (5.0 + 2.0 * (0.5 + lag_db)) / 3.0) / 20.0;
    assert_near(t20_s(free, RATE), t60_s / 3.0, 0.003);
    for (int second = 2; second < 4; second++) {
        assert_near(t20_s(shorter, second * RATE) / t20_s(free, second * RATE), expected, 0.01);
    }
    assert_memory_equal(free, shorter, (size_t)(RATE * 185 / 100) * sizeof *free);
    const int end = RATE * 395 / 100 + SETTLED;
    assert_memory_equal(free + end, shorter + end, (size_t)(LENGTH - end) * sizeof *free);
    bench_close(&bench);
}

#define NEAR_LAYERS                                                                                \
    "rooms: {r: {ir: one.wav}}\n"                                                                  \
    "layers:\n"                                                                                    \
    "  a: {file: noise.wav, stem: mx, send: {r: -6 dB}%s}\n"                                       \
    "  b: {file: two.wav, stem: fx, layout: 2.0, send: {r: -9 dB}%s}\n"

static const char *near_job(Bench *bench, const char *word, const char *rule) {
    const char *layers = arena_format(bench->arena, NEAR_LAYERS, word, word);
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 6 s}\n"
                        "deliverables: {d: {layout: 7.1, bits: 32f,\n"
                        "               stems: [mx.dry, mx.wet, fx.dry, fx.wet]}}\n%s%s",
                        layers, rule);
}

static void render_near(Bench *bench, const char *word, const char *rule, const float **stems) {
    bench_plan(bench, near_job(bench, word, rule), 8);
    bench_run(bench, "near");
    for (int output = 0; output < 4; output++) {
        stems[output] = read_output(bench, output);
    }
}

/* Bit for bit; what a room makes shares its transforms with what is not the same. */
static void assert_alike(const float *one, const float *other, int count, bool is_wet) {
    for (int value = 0; is_wet && value < count; value++) {
        assert_near((double)one[value], (double)other[value], 1e-7);
    }
    if (!is_wet) {
        assert_memory_equal(one, other, (size_t)count * sizeof *one);
    }
}

/* As `layers.*.proximity` has it: level, sends, width and air. */
static void a_rule_brings_layers_near_and_takes_them_far(void **state) {
    (void)state;
    enum { CHANNELS = 8, BEGIN = 2 * RATE, END = 4 * RATE, RAMP = RATE / 10, AIR = RATE / 20 };
    static const char *const words[] = {"close", "far"};
    static const double one = 1.0;
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "noise.wav", FLOAT_32, 1, LENGTH, 0.1);
    bench_write_noise(&bench, "two.wav", FLOAT_32, 2, LENGTH, 0.1);
    bench_write_wav(&bench, "one.wav", FLOAT_32, 1, &one, 1);
    const float *mid[4];
    render_near(&bench, "", "", mid);
    for (int word = 0; word < 2; word++) {
        const float *ruled[4];
        const float *written[4];
        const char *key = arena_format(bench.arena, ", proximity: %s", words[word]);
        render_near(&bench, key, "", written);
        const char *rule = arena_format(
            bench.arena, "rules: {r: {over: [2 s, 4 s], select: all, proximity: %s}}\n",
            words[word]);
        render_near(&bench, "", rule, ruled);
        for (int stem = 0; stem < 4; stem++) {
            assert_alike(ruled[stem], mid[stem], (BEGIN - RAMP - AIR) * CHANNELS, stem % 2);
            const int behind = (END + RAMP + AIR) * CHANNELS;
            assert_alike(ruled[stem] + behind, mid[stem] + behind, LENGTH * CHANNELS - behind,
                         stem % 2);
            for (int value = (BEGIN + AIR) * CHANNELS; value < (END - AIR) * CHANNELS; value++) {
                assert_near((double)ruled[stem][value], (double)written[stem][value], 1e-6);
            }
        }
    }
    bench_close(&bench);
}

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* true: a scene of this tag is on at the time, and no line. */
static bool is_on(const JobSpec *job, Rational time_s) {
    bool has_scene = false;
    bool has_line = false;
    for (int index = 0; index < job->scene_count; index++) {
        const JobScene *scene = &job->scenes[index];
        const bool is_tagged = scene->tags.count && strcmp(scene->tags.words[0], "chase") == 0;
        has_scene = has_scene || (is_tagged && rational_compare(scene->in.seconds, time_s) <= 0 &&
                                  rational_compare(time_s, scene->out.seconds) < 0);
    }
    for (int index = 0; index < job->line_count; index++) {
        const JobLine *line = &job->lines[index];
        has_line = has_line || (rational_compare(line->in.seconds, time_s) <= 0 &&
                                rational_compare(time_s, line->out.seconds) < 0);
    }
    return has_scene && !has_line;
}

static void add_events(char *text, size_t size, const char *kind, unsigned *seed, int count) {
    size_t length = strlen(text);
    length += (size_t)snprintf(text + length, size - length, "%s:\n", kind);
    for (int event = 0; event < count; event++) {
        const unsigned in = next_random(seed) % 40;
        const unsigned out = in + 1 + next_random(seed) % 9;
        length += (size_t)snprintf(text + length, size - length,
                                   "  %c%d: {in: %u s, out: %u s, tags: [%s]}\n", *kind, event, in,
                                   out, next_random(seed) % 2 ? "chase" : "calm");
    }
}

static void windows_are_those_of_brute_force(void **state) {
    (void)state;
    unsigned seed = 5;
    for (int round = 0; round < 300; round++) {
        char text[4096] = "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n"
                          "rules: {r: {when: scene.tag=chase and not line=*, select: all}}\n";
        add_events(text, sizeof text, "scenes", &seed, 1 + (int)(next_random(&seed) % 6));
        add_events(text, sizeof text, "lines", &seed, 1 + (int)(next_random(&seed) % 6));
        Arena *arena = arena_create();
        ErrorList *errors = errors_create(arena);
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        JobSpec *job = NULL;
        assert_int_equal(job_load(&source, arena, &job, errors), DONE);
        const Timeline timeline = timeline_make(job, arena);
        const TimeWindows windows =
            time_windows_make(&timeline, job->rules[0].when.selector, &job->rules[0].over, arena);
        for (int half = -1; half < 120; half++) {
            const Rational time_s = {2 * half + 1, 4};
            bool is_inside = false;
            for (int window = 0; window < windows.count; window++) {
                is_inside =
                    is_inside || (rational_compare(windows.windows[window].begin_s, time_s) <= 0 &&
                                  rational_compare(time_s, windows.windows[window].end_s) < 0);
            }
            assert_int_equal(is_inside, is_on(job, time_s));
        }
        arena_destroy(&arena);
    }
}

static void what_is_wrong_with_a_rule_is_said(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        Status status;
    } wrongs[] = {
        {"gain: -1 dB",                             E203},
        {"select: all, when: scene.tga=x",          E305},
        {"select: all, when: family=x",             E305},
        {"select: all, send: {hal: 1 dB}",          E301},
        {"select: all, over: [2 s, 1 s]",           E312},
        {"select: all, tails: cut",                 E208},
        {"select: all, weight: 1 dB",               E202},
        {"select: all, proximity: near",            E205},
        {"select: all, transient: {attack: 13 dB}", E206},
        {"select: all, transient: {sustain: 3}",    E210},
        {"select: all, max_layers: -1",             E206},
        {"select: all, ceiling: 3 LKFS",            E206},
        {"select: all, ceiling: -30 dB",            E210},
    };
    for (size_t row = 0; row < sizeof wrongs / sizeof *wrongs; row++) {
        Arena *arena = arena_create();
        ErrorList *errors = errors_create(arena);
        const char *text = arena_format(arena,
                                        "nocturne: 1\n"
                                        "project: {title: T, code: T, length: 6 s}\n"
                                        "layers: {a: {file: a.wav, stem: mx}}\n"
                                        "rules: {r: {%s}}\n",
                                        wrongs[row].rule);
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        JobSpec *job = NULL;
        const Status status = job_load(&source, arena, &job, errors);
        if (status != wrongs[row].status || errors_count(errors) != 1) {
            print_error("%s gives E%03d\n", wrongs[row].rule, (int)status);
            assert_true(false);
        }
        arena_destroy(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_holds_in_full_in_its_window_and_not_at_all_behind_its_ramps),
        cmocka_unit_test(too_many_layers_leave_by_priority_in_the_window_alone),
        cmocka_unit_test(a_rule_shortens_hits_in_its_window_alone),
        cmocka_unit_test(a_rule_brings_layers_near_and_takes_them_far),
        cmocka_unit_test(filters_sends_and_width_of_a_rule_rest_outside),
        cmocka_unit_test(a_room_of_a_scene_opens_and_closes_with_equal_power),
        cmocka_unit_test(windows_are_those_of_brute_force),
        cmocka_unit_test(what_is_wrong_with_a_rule_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
