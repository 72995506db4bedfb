/* Positions and paths from a job's words to samples, against the library asked directly. */
#include <math.h>

#include "spatial/layout_table.h"
#include "spatial/object_gains.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, LENGTH = 2 * RATE_HZ, MAX_CHANNELS = 24 };

/* A constant of one, so that a sample is a gain. */
static void write_ones(Bench *bench, const char *name, int channels) {
    double *samples = calloc((size_t)LENGTH * (size_t)channels, sizeof *samples);
    for (int64_t value = 0; value < (int64_t)LENGTH * channels; value++) {
        samples[value] = 1.0;
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, LENGTH);
    free(samples);
}

static const char *
make_job(Bench *bench, const char *project, const char *body, const char *layout) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 2 s, tail: 0 s%s}\n"
                        "%s\n"
                        "deliverables: {a: {layout: %s, bits: 64f, channel_order: itu, loudness: "
                        "{peak: 0 dBTP}}}\n",
                        project, body, layout);
}

/* The gains of a layer "mx" at every sample: [LENGTH][channels]. Its stem keeps it far below the
 * limiter: samples come 40 dB down and are scaled back. */
static const float *
render_gains(Bench *bench, const char *project, const char *layer, const char *layout) {
    SoundInfo info;
    write_ones(bench, "one.wav", 1);
    const char *body =
        arena_format(bench->arena, "layers: {mx: {file: one.wav, gain: -40 dB, %s}}", layer);
    bench_plan(bench, make_job(bench, project, body, layout), 1);
    bench_run(bench, "a");
    float *samples = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    for (int64_t value = 0; value < info.frame_count * info.channel_count; value++) {
        samples[value] *= 100.0F;
    }
    return samples;
}

static int width_of(const char *layout) {
    return layout_find(layout)->channel_count;
}

typedef struct Gains {
    ObjectPanner *panner;
    int channel_count;
} Gains;

static Gains open_gains(Bench *bench, const char *layout) {
    Gains gains = {.channel_count = width_of(layout)};
    bench_must(bench, object_panner_create(layout_find(layout), bench->arena, &gains.panner,
                                           bench->errors));
    return gains;
}

static void assert_gains(const Gains *gains, const ObjectState *at, const float *found) {
    double direct[MAX_CHANNELS];
    double diffuse[MAX_CHANNELS];
    object_panner_gains(gains->panner, at, direct, diffuse);
    for (int channel = 0; channel < gains->channel_count; channel++) {
        /* moving gains are smooth: they cut the corners of the exact ones by a little */
        assert_true(fabs(found[channel] - direct[channel]) < 6e-4);
    }
}

static void assert_same(const float *a, const float *b, int channels) {
    assert_memory_equal(a, b, sizeof *a * LENGTH * (size_t)channels);
}

static void a_named_position_sounds_like_the_map_it_stands_for(void **state) {
    (void)state;
    static const char *const layers[] = {
        "pan: memory", "pan: {az: 110 deg, el: 30 deg, dist: 4 m, width: 40 deg}"};
    static const char *const paths[] = {
        "path: {points: [[0.5 s, memory], [1 s, front], [1.5 s, {az: -30 deg}]]}",
        "path: {points: [[0.5 s, {az: 110 deg, el: 30 deg, dist: 4 m, width: 40 deg}], [1 s, {az: "
        "0}], [1.5 s, {az: -30 deg}]]}"};
    const float *rendered[4];
    Bench bench[4];
    for (int run = 0; run < 4; run++) {
        SoundInfo info;
        bench_open(&bench[run]);
        write_ones(&bench[run], "one.wav", 1);
        const char *body = arena_format(
            bench[run].arena,
            "positions: {memory: {az: 110 deg, el: 30 deg, dist: 4 m, width: 40 deg}}\n"
            "layers: {mx: {file: one.wav, gain: -40 dB, %s}}",
            run < 2 ? layers[run] : paths[run - 2]);
        bench_plan(&bench[run], make_job(&bench[run], "", body, "7.1.4"), 1);
        bench_run(&bench[run], "a");
        rendered[run] = bench_read(&bench[run], bench_output(&bench[run], 0, 0, 0), &info);
    }
    assert_same(rendered[0], rendered[1], width_of("7.1.4"));
    assert_same(rendered[2], rendered[3], width_of("7.1.4"));
    for (int run = 0; run < 4; run++) {
        bench_close(&bench[run]);
    }
}

static void a_place_in_the_picture_is_its_direction(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, "", "pan: {screen: [-0.4, 0.5]}", "7.1.4");
    const Gains gains = open_gains(&bench, "7.1.4");
    const double degree = acos(-1.0) / 180.0;
    const double right = -0.4 * tan(29.0 * degree);
    const double up = 0.5 * tan(29.0 * degree) / 1.78;
    const ObjectState at = {
        .position = {-atan(right) / degree, atan2(up, hypot(1.0, right)) / degree, 1.0, 0.0}
    };
    assert_gains(&gains, &at, found + (int64_t)RATE_HZ * gains.channel_count);
    bench_close(&bench);
}

/* Extent, divergence, gain on the way; what a point does not say stays. */
static void the_shape_of_an_object_changes_along_its_path(void **state) {
    (void)state;
    static const char layer[] =
        "path: {points: [[0 s, {az: 30 deg, width: 20 deg, divergence: 40 %, gain: -12 dB}], "
        "[1 s, {az: 30 deg, width: 120 deg, height: 40 deg, gain: 0 dB}], [2 s, {az: 30 deg}]]}";
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, "", layer, "9.1.6");
    const Gains gains = open_gains(&bench, "9.1.6");
    for (int step = 0; step <= 30; step += step == 15 ? 2 : 1) { /* not the corner itself */
        const double u = fmin(step / 16.0, 1.0);
        const int64_t sample = (int64_t)step * RATE_HZ / 16;
        const ObjectState at = {
            .position = {30.0, 0.0, 1.0, 0.0},
            .width = 20.0 + 100.0 * u,
            .height = 40.0 * u,
            .divergence = 0.4,
            .divergence_range = 45.0,
        };
        float scaled[MAX_CHANNELS];
        for (int channel = 0; channel < gains.channel_count; channel++) {
            const double gain = pow(10.0, -12.0 * (1.0 - u) / 20.0);
            scaled[channel] = (float)(found[sample * gains.channel_count + channel] / gain);
        }
        assert_gains(&gains, &at, scaled);
    }
    bench_close(&bench);
}

static void a_path_in_the_cube_is_a_straight_line(void **state) {
    (void)state;
    static const char layer[] =
        "path: {points: [[0 s, {x: -100 %, y: 100 %, width: 10 %}], "
        "[2 s, {x: 60 %, y: -100 %, z: 80 %, width: 50 %, height: 30 %, depth: 20 %}]]}";
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, "", layer, "9.1.6");
    const Gains gains = open_gains(&bench, "9.1.6");
    for (int step = 1; step < 32; step++) {
        const double u = step / 32.0;
        const int64_t sample = (int64_t)step * LENGTH / 32;
        const ObjectState at = {
            .is_cartesian = true,
            .x = -1.0 + 1.6 * u,
            .y = 1.0 - 2.0 * u,
            .z = 0.8 * u,
            .width = 0.1 + 0.4 * u, /* sizes along x, y, z */
            .height = 0.2 * u,
            .depth = 0.3 * u,
            .divergence_range = 0.25,
        };
        assert_gains(&gains, &at, found + sample * gains.channel_count);
    }
    bench_close(&bench);
}

/* Buses that know directions only hear the cube where its loudspeakers are: the front left corner
 * at 30 degrees, as BS.2127-1, 10 converts it. */
static void the_cube_reaches_ambisonic_buses(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, "", "pan: {x: -100 %, y: 100 %}", "foa");
    const double angle_rad = acos(-1.0) / 6.0;
    assert_true(fabs(found[0] - 1.0) < 1e-5);
    assert_true(fabs(found[1] - sin(angle_rad)) < 1e-5);
    assert_true(fabs(found[2]) < 1e-5);
    assert_true(fabs(found[3] - cos(angle_rad)) < 1e-5);
    bench_close(&bench);
}

/* 24 fps at 44.1 kHz put frame 1 at sample 1837.5: the ramp of the standard goes from there. */
static void ramps_of_the_standard_go_from_exact_times(void **state) {
    (void)state;
    enum { RATE_44_HZ = 44100 };
    static const char layer[] = "path: {points: [[1 fr, {az: 30 deg}], [3 fr, {az: -30 deg}]]}";
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, ", motion: bs2127, rate: 44.1 kHz", layer, "2.0");
    const double begin = 1837.5;
    const double length = 3675.0;
    for (int64_t sample = 1838; sample < 5512; sample += 7) {
        const double expected = ((double)sample - begin) / length;
        assert_true(fabs(found[2 * sample] - (1.0 - expected)) < 2e-5);
        assert_true(fabs(found[2 * sample + 1] - expected) < 2e-5);
    }
    assert_true(found[2 * 1837 + 1] == 0.0F && found[2 * 1838 + 1] > 0.0F);
    bench_close(&bench);
}

static void held_points_fade_with_even_power_and_jump_in_the_standard(void **state) {
    (void)state;
    static const char layer[] =
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: -30 deg}]], curve: hold}";
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, "", layer, "7.1.4");
    const int width = width_of("7.1.4");
    for (int64_t sample = RATE_HZ - 400; sample < RATE_HZ + 400; sample++) {
        const double left = found[sample * width];
        const double right = found[sample * width + 1];
        assert_true(fabs(left * left + right * right - 1.0) < 1e-5);
        assert_true(fabs(found[(sample + 1) * width] - left) < 0.02);
    }
    assert_true(fabs(found[(RATE_HZ - 384) * width] - 1.0) < 1e-5);
    assert_true(fabs(found[(RATE_HZ + 384) * width + 1] - 1.0) < 1e-5);
    bench_close(&bench);

    bench_open(&bench);
    found = render_gains(&bench, ", motion: bs2127", layer, "7.1.4");
    assert_true(fabs(found[(RATE_HZ - 1) * width] - 1.0) < 1e-5);
    assert_true(fabs(found[RATE_HZ * width + 1] - 1.0) < 1e-5 && found[RATE_HZ * width] == 0.0F);
    bench_close(&bench);
}

typedef struct Motion { /* measured */
    double least_power_db, largest_step;
} Motion;

static Motion measure_motion(const char *project, const char *layer) {
    Bench bench;
    bench_open(&bench);
    const float *found = render_gains(&bench, project, layer, "7.1.4");
    const int width = width_of("7.1.4");
    double least = 1.0;
    Motion motion = {0};
    for (int64_t sample = RATE_HZ / 2; sample < LENGTH - RATE_HZ / 50; sample++) {
        double power = 0.0;
        for (int channel = 0; channel < width; channel++) {
            const double gain = found[sample * width + channel];
            const double step = fabs(found[(sample + 1) * width + channel] - gain);
            power += gain * gain;
            motion.largest_step = fmax(motion.largest_step, step);
        }
        least = fmin(least, power);
    }
    motion.least_power_db = 10.0 * log10(least);
    bench_close(&bench);
    return motion;
}

/* The standard's straight line from one loudspeaker to the next loses half the power; a path does
 * not, at a walk or at 12000 degrees a second. */
static void motion_keeps_its_power_where_the_standard_dips(void **state) {
    (void)state;
    static const char *const layers[] = {
        "path: {points: [[0.6 s, {az: 30 deg}], [1.5 s, {az: -30 deg}]]}",
        "path: {points: [[1 s, {az: 30 deg}], [1.04 s, {az: -30 deg}], [1.06 s, {az: 110 deg}]]}",
        "path: {points: [[1 s, {az: 30 deg}], [1.005 s, {az: -30 deg}]]}",
        "path: {curve: spline, points: [[0.6 s, {az: 30 deg}], [1 s, {az: -110 deg}]]}",
    };
    for (size_t row = 0; row < sizeof layers / sizeof *layers; row++) {
        const Motion enhanced = measure_motion("", layers[row]);
        const Motion standard = measure_motion(", motion: bs2127", layers[row]);
        if (enhanced.least_power_db <= -0.05 || fabs(standard.least_power_db + 3.01) >= 0.02 ||
            enhanced.largest_step >= 0.02) {
            print_error("%s: %g dB, steps of %g; standard %g dB\n", layers[row],
                        enhanced.least_power_db, enhanced.largest_step, standard.least_power_db);
        }
        assert_true(enhanced.least_power_db > -0.05);
        assert_true(enhanced.largest_step < 0.02);
        assert_true(fabs(standard.least_power_db + 3.01) < 0.02);
    }
}

static void key_of(Bench *bench, const char *layer, KeyText key) {
    write_ones(bench, "one.wav", 1);
    const char *body = arena_format(bench->arena, "layers: {mx: {file: one.wav, %s}}", layer);
    bench_plan(bench, make_job(bench, "", body, "7.1.4"), 1);
    const int task =
        bench->plan->spatialize_tasks[bench->mix->layers[0].stem * bench->plan->span_count];
    key_format(bench->plan->tasks[task].outputs[0], key);
}

static void every_word_of_a_path_is_in_the_key(void **state) {
    (void)state;
    static const char *const layers[] = {
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg}]], curve: spline}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg, width: 9 deg}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg, height: 9 deg}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg, depth: 9 %}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg, diffuse: 9 %}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg, divergence: 9 %}]]}",
        "path: {points: [[0 s, front], [1 s, {divergence: 9 %, divergence_range: 9 deg}]]}",
        "path: {points: [[0 s, front], [1 s, {divergence: 9 %}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1 s, {az: 9 deg, gain: 1 dB}]]}",
        "path: {points: [[0 s, {az: 30 deg, lock: yes}], [1 s, {az: 9 deg}]]}",
        "path: {points: [[0 s, {az: 30 deg, lock: yes, lock_distance: 9 %}], [1 s, {az: 9 deg}]]}",
        "path: {points: [[0 s, {az: 30 deg, zones: no-rear}], [1 s, {az: 9 deg}]]}",
        "path: {points: [[0 s, {x: 30 %}], [1 s, {x: 9 %}]]}",
        "path: {points: [[0 s, {x: 30 %}], [1 s, {x: 9 %, z: 9 %}]]}",
        "path: {points: [[0 s, {az: 30 deg}], [1.000001 s, {az: 9 deg}]]}",
    };
    enum { COUNT = sizeof layers / sizeof *layers };
    KeyText keys[COUNT];
    for (int row = 0; row < COUNT; row++) {
        Bench bench;
        bench_open(&bench);
        key_of(&bench, layers[row], keys[row]);
        bench_close(&bench);
        for (int other = 0; other < row; other++) {
            assert_string_not_equal(keys[row], keys[other]);
        }
    }
}

typedef struct Refusal {
    const char *layer, *message;
} Refusal;

static void what_a_path_cannot_do_is_told(void **state) {
    (void)state;
    static const Refusal refusals[] = {
        {"path: {points: [[0 s, {x: 10 %}], [1 s, {az: 9 deg}]]}",
         "this point is a direction, the first one in the cube"        },
        {"path: {points: [[0 s, front], [1 s, {y: 10 %}]]}",
         "this point is in the cube, the first one a direction"        },
        {"path: {points: [[0 s, front], [1 s, {lock: yes}]]}",
         "lock and zones of a path stand in its first point"           },
        {"path: {points: [[0 s, front], [1 s, {zones: no-rear}]]}",
         "lock and zones of a path stand in its first point"           },
        {"panner: vbap, path: {points: [[0 s, front], [1 s, {diffuse: 10 %}]]}",
         "only the panner bs2127 knows objects; `mx` is panned by vbap"},
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        Bench bench;
        bench_open(&bench);
        write_ones(&bench, "one.wav", 1);
        const char *text = make_job(
            &bench, "",
            arena_format(bench.arena, "layers: {mx: {file: one.wav, %s}}", refusals[row].layer),
            "7.1.4");
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors), E208);
        assert_string_equal(errors_first(bench.errors)->message, refusals[row].message);
        assert_int_equal(errors_first(bench.errors)->place.line, 3);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_named_position_sounds_like_the_map_it_stands_for),
        cmocka_unit_test(a_place_in_the_picture_is_its_direction),
        cmocka_unit_test(the_shape_of_an_object_changes_along_its_path),
        cmocka_unit_test(a_path_in_the_cube_is_a_straight_line),
        cmocka_unit_test(the_cube_reaches_ambisonic_buses),
        cmocka_unit_test(ramps_of_the_standard_go_from_exact_times),
        cmocka_unit_test(held_points_fade_with_even_power_and_jump_in_the_standard),
        cmocka_unit_test(motion_keeps_its_power_where_the_standard_dips),
        cmocka_unit_test(every_word_of_a_path_is_in_the_key),
        cmocka_unit_test(what_a_path_cannot_do_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
