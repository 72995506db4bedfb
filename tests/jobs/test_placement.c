/* Takes, clips, nudge and speed: from the job's words to the samples of a file. */
#include <math.h>

#include "tests/support/render_job.h"

/* The programme fades over its last 10 ms. */
enum { RATE_HZ = 48000, LENGTH = RATE_HZ, WHOLE = 2 * RATE_HZ, UNFADED = WHOLE - 480 };

/* A sum of three tones: no two places of it are alike. */
static double signal_at(double time_s) {
    const double turn = 2.0 * acos(-1.0) * time_s;
    return 0.2 * sin(turn * 211.3) + 0.2 * sin(turn * 1013.7) + 0.1 * sin(turn * 7019.1);
}

static void write_signal(Bench *bench, const char *name, double gain) {
    double *samples = calloc(LENGTH, sizeof *samples);
    for (int64_t sample = 0; sample < LENGTH; sample++) {
        samples[sample] = gain * signal_at((double)sample / RATE_HZ);
    }
    bench_write_wav(bench, name, FLOAT_32, 1, samples, LENGTH);
    free(samples);
}

static void plan_layers(Bench *bench, const char *layers) {
    bench_plan(bench,
               arena_format(bench->arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: 2 s}\n"
                            "tempo: [{at: 1|1, bpm: 120, meter: 4/4}]\n"
                            "markers: {m_door: 250 ms}\n"
                            "layers: {%s}\n"
                            "deliverables: {a: {layout: 1.0, bits: 64f}}\n",
                            layers),
               1);
}

/* The mono deliverable: [2 s]. */
static float *render_layers(Bench *bench, const char *name, const char *layers) {
    SoundInfo info;
    plan_layers(bench, layers);
    bench_run(bench, name);
    float *samples = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, WHOLE);
    return samples;
}

static void open_bench(Bench *bench) {
    bench_open(bench);
    write_signal(bench, "a.wav", 1.0);
}

static Key prepare_key(const Bench *bench, int layer) {
    return bench->plan->tasks[bench->plan->prepare_tasks[layer]].outputs[0];
}

static bool is_same(Key one, Key other) {
    return memcmp(&one, &other, sizeof one) == 0;
}

/* F157. t3 does not exist: nothing opens it. */
static void another_take_changes_its_layer_alone(void **state) {
    (void)state;
    static const char layers[] =
        "one: {stem: mx, take: %s, takes: {t1: a.wav, t2: b.wav, t3: c.wav}}, two: {stem: mx, "
        "file: a.wav, at: 500 ms}";
    Bench bench;
    open_bench(&bench);
    write_signal(&bench, "b.wav", 0.5);
    const float *first = render_layers(&bench, "a", arena_format(bench.arena, layers, "t1"));
    const Key one = prepare_key(&bench, 0);
    const Key two = prepare_key(&bench, 1);
    const float *second = render_layers(&bench, "a", arena_format(bench.arena, layers, "t2"));
    assert_false(is_same(one, prepare_key(&bench, 0)));
    assert_true(is_same(two, prepare_key(&bench, 1)));
    for (int64_t sample = 0; sample < RATE_HZ / 2; sample++) {
        assert_true(fabs(second[sample] - 0.5 * first[sample]) < 1e-6);
    }
    for (int64_t sample = LENGTH; sample < WHOLE; sample++) {
        assert_true(second[sample] == first[sample]);
    }
    /* one take needs no word */
    plan_layers(&bench, "one: {stem: mx, takes: {t1: a.wav}}");
    assert_true(is_same(one, prepare_key(&bench, 0)));
    bench_close(&bench);
}

typedef struct Clip {
    int64_t at, from, to, fade_in, fade_out;
    double gain;
} Clip;

static double raised(int64_t position, int64_t length) {
    return position >= length ? 1.0
                              : 0.5 - 0.5 * cos(acos(-1.0) * (double)position / (double)length);
}

static double clip_at(const Clip *clip, int64_t time) {
    const int64_t length = clip->to - clip->from;
    const int64_t sample = time - clip->at;
    return sample < 0 || sample >= length ? 0.0
                                          : clip->gain * raised(sample, clip->fade_in) *
                                                raised(length - sample, clip->fade_out) *
                                                signal_at((double)(clip->from + sample) / RATE_HZ);
}

/* Against the sum of what each of them is; not in order, overlapping, at a marker, at a bar, and
 * the last one cut by the end of the programme, where its fade ends. */
static void clips_add_up(void **state) {
    (void)state;
    static const Clip clips[] = {
        {48000, 0,     48000, 0,    0,    1.0      },
        {12000, 4800,  19200, 480,  4800, 0.5011872},
        {14400, 24000, 31200, 0,    0,    1.0      },
        {84000, 0,     12000, 2400, 4800, 1.0      },
        {0,     33600, 33601, 0,    0,    1.0      },
    };
    Bench bench;
    open_bench(&bench);
    const float *samples = render_layers(
        &bench, "a",
        "mx: {file: a.wav, clips: [{at: 2|1 - 1 s}, {at: m_door, from: 100 ms, to: 400 ms, "
        "fade_in: 10 ms, fade_out: 100 ms, gain: -6 dB}, {at: 300 ms, from: 0.5 s, to: 650 ms}, "
        "{at: 1.75 s, to: 300 ms, fade_in: 50 ms, fade_out: 100 ms}, {at: 0 s, from: 700 ms, to: "
        "33601 smp}]}");
    for (int64_t time = 0; time < UNFADED; time++) {
        double expected = 0.0;
        for (size_t clip = 0; clip < sizeof clips / sizeof *clips; clip++) {
            expected += clip_at(&clips[clip], time);
        }
        if (!(fabs(samples[time] - expected) < 1e-6)) {
            print_error("%d: %g is not %g\n", (int)time, samples[time], expected);
        }
        assert_true(fabs(samples[time] - expected) < 1e-6);
    }
    bench_close(&bench);
}

/* One clip that says what a layer says is that layer. */
static void a_single_clip_is_the_layer(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    plan_layers(&bench, "mx: {file: a.wav, at: 0.2 s, from: 0.1 s, to: 0.7 s, fade_in: 20 ms}");
    const Key key = prepare_key(&bench, 0);
    plan_layers(&bench,
                "mx: {file: a.wav, clips: [{at: 0.2 s, from: 0.1 s, to: 0.7 s, fade_in: 20 ms}]}");
    assert_true(is_same(key, prepare_key(&bench, 0)));
    bench_close(&bench);
}

/* F005: whole samples are exact, fractions lie on the signal itself; 0 is no nudge at all. */
static void a_nudge_moves_the_sound_by_that_much(void **state) {
    (void)state;
    static const struct {
        const char *nudge;
        double shift_samples;
    } cases[] = {
        {"-6.5 ms",  -312.0 },
        {"1 s",      48000.0},
        {"3 smp",    3.0    },
        {"0.01 ms",  0.48   },
        {"-0.01 ms", -0.48  },
        {"0.25 smp", 0.25   },
        {"10.3 ms",  494.4  },
    };
    Bench bench;
    open_bench(&bench);
    float *plain = render_layers(&bench, "a", "mx: {file: a.wav, at: 0.5 s}");
    const Key key = prepare_key(&bench, 0);
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const double shift = cases[row].shift_samples;
        const float *samples = render_layers(
            &bench, "a",
            arena_format(bench.arena, "mx: {file: a.wav, at: 0.5 s, nudge: %s}", cases[row].nudge));
        for (int64_t time = RATE_HZ / 2 + (int64_t)shift + 100; time < UNFADED; time++) {
            const double from_s = ((double)(time - RATE_HZ / 2) - shift) / RATE_HZ;
            if (from_s > 0.99) {
                break;
            }
            /* the fastest tone changes by 0.09 a sample: this is 0.01 of one */
            assert_true(fabs(samples[time] - signal_at(from_s)) < 1e-3);
            if (shift == floor(shift)) {
                assert_true(samples[time] == plain[time - (int64_t)shift]);
            }
        }
    }
    plan_layers(&bench, "mx: {file: a.wav, at: 0.5 s, nudge: 0 ms}");
    assert_true(is_same(key, prepare_key(&bench, 0)));
    plan_layers(&bench, "mx: {file: a.wav, at: 0.5 s, nudge: 1 ms}");
    assert_true(is_same(key, prepare_key(&bench, 0))); /* whole samples: the same sound, later */
    plan_layers(&bench, "mx: {file: a.wav, at: 0.5 s, nudge: 0.01 ms}");
    assert_false(is_same(key, prepare_key(&bench, 0)));
    bench_close(&bench);
}

/* At twice the speed everything is an octave higher and half as long; edges are times of the file.
 */
static void speed_is_that_of_a_tape(void **state) {
    (void)state;
    static const double speeds[] = {0.25, 0.6667, 1.5, 2.0, 3.1415};
    for (size_t row = 0; row < sizeof speeds / sizeof *speeds; row++) {
        const double speed = speeds[row];
        Bench bench;
        open_bench(&bench);
        const float *samples = render_layers(
            &bench, "a",
            arena_format(bench.arena,
                         "mx: {file: a.wav, at: 0.1 s, from: 0.2 s, to: 0.6 s, speed: %g %%}",
                         100.0 * speed));
        const int64_t begin = RATE_HZ / 10;
        const int64_t length = (int64_t)(0.4 / speed * RATE_HZ);
        const int64_t end = begin + length < UNFADED ? begin + length : UNFADED;
        /* `from` lies on the nearest sample */
        const double from_s = nearbyint(0.2 / speed * RATE_HZ) * speed / RATE_HZ;
        for (int64_t time = begin + 100; time < end - 100; time++) {
            const double expected = signal_at(from_s + (double)(time - begin) / RATE_HZ * speed);
            if (!(fabs(samples[time] - expected) < 2e-4)) {
                print_error("%g at %d: %g is not %g\n", speed, (int)time, samples[time], expected);
            }
            assert_true(fabs(samples[time] - expected) < 2e-4);
        }
        for (int64_t time = end + 482; time < WHOLE; time++) {
            assert_true(samples[time] == 0.0F);
        }
        bench_close(&bench);
    }
}

/* F004: noise at -50 dB for 30 ms, then the hit; what counts is where that is heard. */
static void an_onset_lies_on_its_grid(void **state) {
    (void)state;
    static const struct {
        const char *keys;
        double expected_s;
    } cases[] = {
        {"at: 0.2 s, snap: {onset: marker}",                  0.25      },
        {"at: 0.5 s, snap: {onset: beat}",                    0.5       }, /* 120 a minute */
        {"at: 0.8 s, snap: {onset: beat}",                    1.0       },
        {"at: 0.2 s, snap: {onset: frame}",                   6.0 / 24.0},
        {"at: 0.2 s, from: 10 ms, snap: {onset: frame}",      5.0 / 24.0},
        {"at: 0.2 s, snap: {onset: marker}, nudge: 2 ms",     0.252     },
        {"at: 0.2 s, speed: 50 %, snap: {onset: marker}",     0.25      },
        {"at: 0.25 s, snap: {onset: marker, detect: -70 dB}", 0.28      }, /* the noise */
    };
    enum { REST = 1440 };
    Bench bench;
    bench_open(&bench);
    double *hit = calloc(LENGTH, sizeof *hit);
    for (int64_t sample = 0; sample < LENGTH / 4; sample++) {
        hit[sample] = sample < REST ? (sample % 2 ? 0.0016 : -0.0016) : (sample % 2 ? 0.5 : -0.5);
    }
    bench_write_wav(&bench, "hit.wav", FLOAT_32, 1, hit, LENGTH);
    free(hit);
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const float *samples = render_layers(
            &bench, "a", arena_format(bench.arena, "mx: {file: hit.wav, %s}", cases[row].keys));
        int64_t found = 0;
        while (fabs(samples[found]) < 0.1) {
            found++;
        }
        if (fabs((double)found / RATE_HZ - cases[row].expected_s) > 0.0005) {
            print_error("%s: %g s\n", cases[row].keys, (double)found / RATE_HZ);
        }
        assert_true(fabs((double)found / RATE_HZ - cases[row].expected_s) <= 0.0005);
    }
    bench_close(&bench);
}

/* Grids that the job does not have. */
static void a_grid_that_is_missing_is_told(void **state) {
    (void)state;
    static const struct {
        const char *onset;
        Status status;
    } cases[] = {
        {"beat",   E319},
        {"marker", E301},
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        Bench bench;
        JobSpec *job = NULL;
        open_bench(&bench);
        const char *text = arena_format(bench.arena,
                                        "nocturne: 1\n"
                                        "project: {title: T, code: T, length: 2 s}\n"
                                        "layers: {mx: {file: a.wav, snap: {onset: %s}}}\n"
                                        "deliverables: {a: {layout: 1.0}}\n",
                                        cases[row].onset);
        const JobSource source = bench_source(&bench, text);
        bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors),
                         cases[row].status);
        assert_int_equal(errors_first(bench.errors)->place.line, 3);
        assert_int_equal(errors_first(bench.errors)->place.column, 42);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_take_changes_its_layer_alone),
        cmocka_unit_test(clips_add_up),
        cmocka_unit_test(a_single_clip_is_the_layer),
        cmocka_unit_test(a_nudge_moves_the_sound_by_that_much),
        cmocka_unit_test(speed_is_that_of_a_tape),
        cmocka_unit_test(an_onset_lies_on_its_grid),
        cmocka_unit_test(a_grid_that_is_missing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
