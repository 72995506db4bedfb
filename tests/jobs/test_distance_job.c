/* Distance from a job's words to samples: laws, air, Doppler, nearness. */
#include <math.h>

#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, LENGTH = 2 * RATE_HZ };

static const double sound_m_per_s = 343.0;

static const char *make_job(Bench *bench, const char *layer, const char *deliverables) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 2 s, tail: 1 s}\n"
                        "rooms: {hall: {shoebox: {size: [9 m, 9 m, 4 m], t60: 400 ms, order: 0}}}\n"
                        "layers: {mx: {file: sine.wav, %s}}\n"
                        "deliverables: {%s}\n",
                        layer, deliverables);
}

/* The first channel of the first deliverable: [3 s]. */
static float *render_layer(Bench *bench, double frequency_hz, const char *layer, int span_blocks) {
    SoundInfo info;
    bench_open(bench);
    bench_write_sine(bench, "sine.wav", frequency_hz, LENGTH);
    bench_plan(bench, make_job(bench, layer, "a: {layout: 1.0, bits: 64f}"), span_blocks);
    bench_run(bench, "a");
    float *samples = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.channel_count, 1);
    return samples;
}

/* Amplitude of a tone around a time, by its product with both quadratures over whole periods. */
static double amplitude_at(const float *samples, double frequency_hz, double time_s) {
    const int64_t begin = (int64_t)(time_s * RATE_HZ) - RATE_HZ / 20;
    double even = 0.0;
    double odd = 0.0;
    for (int64_t sample = begin; sample < begin + RATE_HZ / 10; sample++) {
        const double turn = 2.0 * acos(-1.0) * frequency_hz * (double)sample / RATE_HZ;
        even += samples[sample] * cos(turn);
        odd += samples[sample] * sin(turn);
    }
    return hypot(even, odd) / (RATE_HZ / 20.0);
}

typedef struct LawCase {
    const char *layer;
    double gain_db;
} LawCase;

static void every_law_has_its_level(void **state) {
    (void)state;
    static const LawCase cases[] = {
        {"pan: {dist: 8 m}",                                                                     0.0   },
        {"pan: {dist: 8 m}, distance: {law: none}",                                              0.0   },
        {"pan: {dist: 8 m}, distance: {law: inverse}",                                           -18.06},
        {"pan: {dist: 8 m}, distance: {law: inverse, ref: 2 m}",                                 -12.04},
        {"pan: {dist: 8 m}, distance: {law: inverse, ref: 2 m, rolloff: 50 %}",                  -7.96 },
        {"pan: {dist: 0.5 m}, distance: {law: inverse}",                                         0.0   },
        {"pan: {dist: 0.5 m}, distance: {law: inverse-clamped}",                                 6.02  },
        {"pan: {dist: 0.1 m}, distance: {law: inverse-clamped, min: 0.5 m}",                     6.02  },
        {"pan: {dist: 50.5 m}, distance: {law: linear}",                                         -6.02 },
        {"pan: {dist: 16 m}, distance: {law: exponential, rolloff: 50 %}",                       -12.04},
        {"pan: {dist: 4 m}, distance: {law: log}",                                               -12.04},
        {"pan: {x: 60 %, y: 80 %, z: 0}, distance: {law: inverse, ref: 0.5 m}",                  -6.02 },
        {"path: {points: [[0 s, {dist: 4 m}], [0.5 s, {dist: 4 m}]]}, distance: {law: inverse}",
         -12.04                                                                                        },
        {"proximity: close",                                                                     2.0   },
        {"proximity: mid",                                                                       0.0   },
        {"proximity: far",                                                                       -4.11 },
        {"pan: {gain: -3 dB, dist: 2 m}, distance: {law: inverse}",                              -9.02 },
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        Bench bench;
        const float *samples = render_layer(&bench, 500.0, cases[row].layer, 16);
        const double found_db = 20.0 * log10(amplitude_at(samples, 500.0, 1.0) / 0.25);
        if (fabs(found_db - cases[row].gain_db) > 0.06) {
            print_error("%s: %g dB\n", cases[row].layer, found_db);
        }
        assert_true(fabs(found_db - cases[row].gain_db) <= 0.06);
        bench_close(&bench);
    }
}

/* ISO 9613-1 at 20 degrees, 50 %: 4.7 dB/km at 1 kHz, 9.9 at 2, 29.7 at 4 and 104.9 at 8 kHz
 * (table 1; ISO 9613-2, table 2 for 1013 hPa has 5, 9, 23, 77 at 70 %). */
static void air_takes_what_its_table_says(void **state) {
    (void)state;
    static const double cases[][2] = {
        {1000.0, 4.66 },
        {2000.0, 9.89 },
        {4000.0, 29.66},
        {8000.0, 105.3}
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        Bench bench;
        const float *samples =
            render_layer(&bench, cases[row][0], "pan: {dist: 201 m}, distance: {air: yes}", 16);
        const double found_db =
            20.0 * log10(amplitude_at(samples, cases[row][0], 1.0) / 0.25) * 5.0;
        if (fabs(found_db + cases[row][1]) > 0.02 * cases[row][1] + 0.2) {
            print_error("%g Hz: %g dB/km\n", cases[row][0], found_db);
        }
        assert_true(fabs(found_db + cases[row][1]) <= 0.02 * cases[row][1] + 0.2);
        bench_close(&bench);
    }
}

/* The filter has no phase: what is left of a tone lies on the tone. */
static void air_delays_nothing(void **state) {
    (void)state;
    Bench bench;
    const float *samples =
        render_layer(&bench, 2000.0, "pan: {dist: 101 m}, distance: {air: yes}", 16);
    const double gain = amplitude_at(samples, 2000.0, 1.0) / 0.25;
    for (int64_t sample = RATE_HZ; sample < RATE_HZ + 480; sample++) {
        const double expected = gain * sine_at(2000.0, (double)sample / RATE_HZ);
        assert_true(fabs(samples[sample] - expected) < 2e-5);
    }
    bench_close(&bench);
}

/* A source that comes straight at 34.3 m/s sounds a ninth higher, one that goes lower:
 * f / (1 -+ v / c), and at its nearest point it is in time. */
static void doppler_is_the_closed_form_on_a_straight_way(void **state) {
    (void)state;
    static const char layer[] =
        "doppler: yes, path: {points: [[0 s, {dist: 38.3 m}], [1 s, {dist: 4 m}], [2 s, {dist: "
        "38.3 m}]]}";
    Bench bench;
    const float *samples = render_layer(&bench, 500.0, layer, 16);
    for (int64_t sample = RATE_HZ / 10; sample < 19 * RATE_HZ / 10; sample++) {
        if (llabs(sample - RATE_HZ) < RATE_HZ / 50) {
            continue; /* the turn, which nothing can follow at once */
        }
        const double time_s = (double)sample / RATE_HZ;
        const double v = 34.3;
        /* coming: t = e + (38.3 - 4 - v e) / c; going: t = e + v (e - 1) / c */
        const double left_s = time_s < 1.0
                                  ? (time_s - 34.3 / sound_m_per_s) / (1.0 - v / sound_m_per_s)
                                  : (time_s + v / sound_m_per_s) / (1.0 + v / sound_m_per_s);
        const double expected = left_s < 0.0 ? 0.0 : sine_at(500.0, left_s);
        if (left_s > 0.01 && !(fabs(samples[sample] - expected) < 1e-4)) {
            print_error("%g s: %g is not %g\n", time_s, samples[sample], expected);
        }
        assert_true(left_s < 0.01 || fabs(samples[sample] - expected) < 1e-4);
    }
    bench_close(&bench);
}

/* The last sample of the layer comes late, and it comes. */
static void a_late_end_is_not_cut(void **state) {
    (void)state;
    static const char layer[] =
        "doppler: yes, to: 1 s, path: {points: [[0 s, {dist: 1 m}], [1 s, {dist: 172.5 m}]]}";
    Bench bench;
    const float *samples = render_layer(&bench, 500.0, layer, 16);
    double energy = 0.0;
    for (int64_t sample = RATE_HZ + RATE_HZ / 10; sample < RATE_HZ + 2 * RATE_HZ / 5; sample++) {
        energy += samples[sample] * samples[sample];
    }
    assert_true(energy / (0.3 * RATE_HZ) > 0.9 * 0.25 * 0.25 / 2.0);
    for (int64_t sample = 8 * RATE_HZ / 5; sample < 3 * RATE_HZ; sample++) {
        assert_true(samples[sample] == 0.0F);
    }
    bench_close(&bench);
}

/* Nothing of it knows how the timeline was cut, and no step is heard where filters change. */
static void far_moving_sources_are_the_same_for_any_cut(void **state) {
    (void)state;
    static const char layer[] =
        "at: 0.1 s, doppler: yes, distance: {law: inverse, air: yes, spread: yes}, send: {hall: -6 "
        "dB}, path: {curve: spline, points: [[0 s, {az: 110 deg, dist: 60 m, gain: -6 dB}], [0.9 "
        "s, {az: 20 deg, dist: 0.4 m}], [1.7 s, {az: -110 deg, el: 20 deg, dist: 90 m}]]}";
    static const int spans[] = {1, 2, 3, 16};
    enum { DELIVERABLES = 3, SPANS = 4 };
    Sha256Text sums[SPANS][DELIVERABLES];
    for (int cut = 0; cut < SPANS; cut++) {
        Bench bench;
        bench_open(&bench);
        bench_write_sine(&bench, "sine.wav", 700.0, LENGTH);
        bench_plan(&bench,
                   make_job(&bench, layer,
                            "a: {layout: 7.1.4, bits: 32f}, b: {layout: hoa3, bits: 32f}, c: "
                            "{layout: 2.0, bits: 24}"),
                   spans[cut]);
        bench_run(&bench, "a");
        for (int deliverable = 0; deliverable < DELIVERABLES; deliverable++) {
            const char *path = bench_output(&bench, deliverable, 0, 0);
            bench_must(&bench, file_sha256(path, NO_PLACE, sums[cut][deliverable], bench.errors));
            assert_string_equal(sums[cut][deliverable], sums[0][deliverable]);
        }
        bench_close(&bench);
    }
}

static void air_and_doppler_click_on_no_path(void **state) {
    (void)state;
    static const char layer[] =
        "fade_in: 50 ms, doppler: yes, distance: {law: inverse, ref: 2 m, air: yes}, path: "
        "{points: "
        "[[0.2 s, {dist: 90 m}], [1.1 s, {dist: 2 m}], [1.9 s, {dist: 70 m}]]}";
    Bench bench;
    const float *samples = render_layer(&bench, 100.0, layer, 16);
    double largest = 0.0;
    for (int64_t sample = RATE_HZ / 2; sample < 9 * RATE_HZ / 5; sample++) {
        largest = fmax(largest, fabs((double)samples[sample - 1] - 2.0 * samples[sample] +
                                     samples[sample + 1]));
    }
    const double turn = 2.0 * acos(-1.0) * 100.0 / RATE_HZ;
    assert_true(largest <= 1.5 * 1.8 * 0.25 * turn * turn + 1e-4); /* up to 1.4 times the pitch */
    bench_close(&bench);
}

static void near_sources_are_wide_when_asked(void **state) {
    (void)state;
    static const char *const layers[] = {"pan: {az: 30 deg, dist: 0.1 m}",
                                         "pan: {az: 30 deg, dist: 0.1 m}, distance: {spread: yes}"};
    double own[2];
    for (int row = 0; row < 2; row++) {
        Bench bench;
        SoundInfo info;
        bench_open(&bench);
        bench_write_sine(&bench, "sine.wav", 500.0, LENGTH);
        bench_plan(&bench, make_job(&bench, layers[row], "a: {layout: 7.1.4, bits: 32f}"), 16);
        bench_run(&bench, "a");
        const float *samples = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
        double total = 0.0;
        double left = 0.0;
        for (int64_t value = 0; value < info.frame_count * info.channel_count; value++) {
            const double energy = (double)samples[value] * samples[value];
            total += energy;
            left += value % info.channel_count == 0 ? energy : 0.0;
        }
        own[row] = left / total;
        bench_close(&bench);
    }
    assert_true(own[0] > 0.999);
    assert_true(own[1] < 0.5);
}

/* Direct to reverberant energy rises from far over mid to close. */
static void nearness_moves_level_and_room_apart(void **state) {
    (void)state;
    static const char *const words[] = {"far", "mid", "close"};
    double ratio_db[3];
    for (int word = 0; word < 3; word++) {
        Bench bench;
        const char layer[] = "to: 500 ms, send: {hall: -30 dB}, proximity: ";
        char text[128];
        snprintf(text, sizeof text, "%s%s", layer, words[word]);
        const float *samples = render_layer(&bench, 500.0, text, 16);
        double direct = 0.0;
        double late = 0.0;
        for (int64_t sample = RATE_HZ / 4; sample < RATE_HZ / 2; sample++) {
            direct += (double)samples[sample] * samples[sample];
        }
        for (int64_t sample = RATE_HZ / 2 + RATE_HZ / 10; sample < RATE_HZ; sample++) {
            late += (double)samples[sample] * samples[sample];
        }
        ratio_db[word] = 10.0 * log10(direct / late);
        bench_close(&bench);
    }
    assert_true(ratio_db[1] > ratio_db[0] + 3.0);
    assert_true(ratio_db[2] > ratio_db[1] + 5.0);
}

typedef struct Refusal {
    const char *layer;
    Status status;
    const char *message;
} Refusal;

static void what_distance_cannot_do_is_told(void **state) {
    (void)state;
    static const Refusal refusals[] = {
        {"doppler: yes",                                                                    E208, "`doppler` needs a path that moves, `mx` has none"},
        {"doppler: yes, path: {points: [[0 s, front], [1 s, front]], curve: hold}",         E208,
         "`doppler` needs a path that moves, `mx` has held points only"                                                                             },
        {"doppler: yes, path: {points: [[0 s, {dist: 2 m}], [1 s, {dist: 500 m}]]}",        E206,
         "the source would come or go at 498 m/s"                                                                                                   },
        {"doppler: yes, path: {points: [[0.2 s, {dist: 2 m}], [0.200001 s, {dist: 5 m}]]}", E206,
         "the source would come or go at 3000000 m/s"                                                                                               },
        {"distance: {law: linear, ref: 9 m, max: 4 m}",                                     E206,
         "`max` (4 m) must lie beyond `ref` (9 m)"                                                                                                  },
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        Bench bench;
        bench_open(&bench);
        bench_write_sine(&bench, "sine.wav", 500.0, LENGTH);
        const char *text = make_job(&bench, refusals[row].layer, "a: {layout: 2.0}");
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors),
                         refusals[row].status);
        assert_string_equal(errors_first(bench.errors)->message, refusals[row].message);
        assert_int_equal(errors_first(bench.errors)->place.line, 4);
        bench_close(&bench);
    }
}

/* Six channels have no distance in common. */
static void beds_have_no_distance(void **state) {
    (void)state;
    static const Refusal refusals[] = {
        {"distance: {law: log}",    E208, "`distance.law` needs a mono or stereo layer, `fx` is 5.1"},
        {"distance: {air: yes}",    E208, "`distance.air` needs a mono or stereo layer, `fx` is 5.1"},
        {"distance: {spread: yes}", E208,
         "`distance.spread` needs a mono or stereo layer, `fx` is 5.1"                              },
        {"doppler: yes",            E208, "`doppler` needs a mono or stereo layer, `fx` is 5.1"     },
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        Bench bench;
        const double silence[6 * 480] = {0.0};
        bench_open(&bench);
        bench_write_wav(&bench, "six.wav", PCM_24, 6, silence, 480);
        const char *text = arena_format(bench.arena,
                                        "nocturne: 1\nproject: {title: T, code: T}\n"
                                        "layers: {fx: {file: six.wav, %s}}\n"
                                        "deliverables: {a: {layout: 5.1}}\n",
                                        refusals[row].layer);
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors), E208);
        assert_string_equal(errors_first(bench.errors)->message, refusals[row].message);
        assert_int_equal(errors_first(bench.errors)->place.line, 3);
        bench_close(&bench);
    }
}

static void every_word_of_distance_is_in_a_key(void **state) {
    (void)state;
    static const char path[] = "path: {points: [[0 s, {dist: 9 m}], [1 s, {dist: 2 m}]]}";
    static const char *const words[] = {
        "doppler: no",
        "doppler: yes",
        "proximity: far",
        "proximity: close",
        "distance: {law: inverse}",
        "distance: {law: log}",
        "distance: {law: inverse, ref: 2 m}",
        "distance: {law: inverse, rolloff: 50 %}",
        "distance: {law: linear, max: 50 m}",
        "distance: {law: linear, max: 60 m}",
        "distance: {law: inverse-clamped, min: 1 m}",
        "distance: {air: yes}",
        "distance: {air: yes, ref: 2 m}",
        "distance: {spread: yes}",
    };
    enum { COUNT = sizeof words / sizeof *words };
    KeyText keys[COUNT];
    for (int row = 0; row < COUNT; row++) {
        Bench bench;
        bench_open(&bench);
        bench_write_sine(&bench, "sine.wav", 500.0, LENGTH);
        const char *layer = arena_format(bench.arena, "%s, %s", words[row], path);
        bench_plan(&bench, make_job(&bench, layer, "a: {layout: 2.0}"), 16);
        const int stem = bench.mix->layers[0].stem;
        const int task = bench.plan->spatialize_tasks[stem * bench.plan->span_count];
        key_format(bench.plan->tasks[task].outputs[0], keys[row]);
        bench_close(&bench);
        for (int other = 0; other < row; other++) {
            assert_string_not_equal(keys[row], keys[other]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_law_has_its_level),
        cmocka_unit_test(air_takes_what_its_table_says),
        cmocka_unit_test(air_delays_nothing),
        cmocka_unit_test(doppler_is_the_closed_form_on_a_straight_way),
        cmocka_unit_test(a_late_end_is_not_cut),
        cmocka_unit_test(far_moving_sources_are_the_same_for_any_cut),
        cmocka_unit_test(air_and_doppler_click_on_no_path),
        cmocka_unit_test(near_sources_are_wide_when_asked),
        cmocka_unit_test(nearness_moves_level_and_room_apart),
        cmocka_unit_test(what_distance_cannot_do_is_told),
        cmocka_unit_test(beds_have_no_distance),
        cmocka_unit_test(every_word_of_distance_is_in_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
