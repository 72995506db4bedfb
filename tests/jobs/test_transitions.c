/* `transitions`: what is heard where one cue hands over to the next. */
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, SECOND = 2 * RATE_HZ, OVER = RATE_HZ / 2, LENGTH = 4 * RATE_HZ };

/* Two layers that play the same tone at the same place of it, each of its own cue. */
static const char *job_with(Bench *bench, const char *transitions) {
    return arena_format(bench->arena,
                        "nocturne: 1\nproject: {title: T, code: T, length: 4 s}\n"
                        "cues: {1m1: {in: 0 s, out: 2.5 s}, 1m2: {in: 2 s, out: 4 s}}\n"
                        "%s"
                        "layers: {a: {stem: mx, file: a.wav, cue: 1m1, to: 3 s},\n"
                        "  b: {stem: mx, file: a.wav, cue: 1m2, from: 2 s}, c: {stem: mx, file: "
                        "a.wav, at: 2 s, mute: yes}}\n"
                        "deliverables: {a: {layout: 1.0, bits: 64f}}\n",
                        transitions);
}

static void open_bench(Bench *bench) {
    double *samples = calloc(LENGTH, sizeof *samples);
    bench_open(bench);
    for (int64_t sample = 0; sample < LENGTH; sample++) {
        samples[sample] = 0.25 * sin(2.0 * acos(-1.0) * 997.0 * (double)sample / RATE_HZ);
    }
    bench_write_wav(bench, "a.wav", FLOAT_32, 1, samples, LENGTH);
    free(samples);
}

/* Amplitude of the fades of a layer. */
static double fade_at(const Bench *bench, int layer, SampleTime time) {
    double gain = 1.0;
    for (int lane = 0; lane < bench->mix->layers[layer].lane_count; lane++) {
        gain *= lane_value(&bench->mix->layers[layer].lanes[lane], time);
    }
    return gain;
}

static void equal_power_is_equal_power(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    bench_plan(&bench, job_with(&bench, "transitions: {1m1>1m2: {over: 500 ms}}\n"), 1);
    for (SampleTime time = SECOND; time < SECOND + OVER; time += 100) {
        const double first = fade_at(&bench, 0, time);
        const double second = fade_at(&bench, 1, time);
        assert_true(fabs(first * first + second * second - 1.0) < 1e-12);
    }
    assert_true(fade_at(&bench, 0, SECOND - 1) == 1.0 && fade_at(&bench, 1, SECOND - 1) == 0.0);
    assert_true(fabs(fade_at(&bench, 0, SECOND + OVER)) < 1e-15);
    assert_true(fade_at(&bench, 1, SECOND + OVER) == 1.0);
    bench_close(&bench);
}

/* The same sound on both sides: nobody hears the joint. */
static void equal_gain_of_one_sound_is_that_sound(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    open_bench(&bench);
    bench_plan(&bench,
               job_with(&bench, "transitions: {1m1>1m2: {type: equal-gain, over: 500 ms}}\n"), 1);
    bench_run(&bench, "a");
    const float *heard = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    for (int64_t sample = 0; sample < LENGTH - 480; sample++) {
        const double tone = 0.25 * sin(2.0 * acos(-1.0) * 997.0 * (double)sample / RATE_HZ);
        assert_true(fabs(heard[sample] - tone) < 1e-6);
    }
    bench_close(&bench);
}

static void a_cut_ends_the_first_and_an_overlap_nothing(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    bench_plan(&bench, job_with(&bench, "transitions: {1m1>1m2: {type: cut}}\n"), 1);
    assert_true(fade_at(&bench, 0, SECOND) == 1.0);
    assert_true(fabs(fade_at(&bench, 0, SECOND + RATE_HZ / 100)) < 1e-15);
    assert_int_equal(bench.mix->layers[1].lane_count, 0);
    bench_plan(&bench, job_with(&bench, "transitions: {1m1>1m2: {type: overlap}}\n"), 1);
    assert_int_equal(bench.mix->layers[0].lane_count + bench.mix->layers[1].lane_count, 0);
    bench_close(&bench);
}

/* A room of one tap, 1 s late: what comes back is what was sent. */
static void a_bridge_sends_what_goes_along_half_a_sine(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    double *taps = calloc(RATE_HZ + 1, sizeof *taps);
    open_bench(&bench);
    taps[RATE_HZ] = 1.0;
    bench_write_wav(&bench, "late.wav", FLOAT_32, 1, taps, RATE_HZ + 1);
    free(taps);
    const char *text =
        job_with(&bench, "transitions: {1m1>1m2: {type: bridge, over: 500 ms, room: late}}\n"
                         "rooms: {late: {ir: late.wav}}\n");
    bench_plan(&bench, text, 1);
    bench_run(&bench, "a");
    const float *heard = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const double half_turn = acos(-1.0);
    for (int64_t sample = SECOND + OVER; sample < LENGTH - 480; sample++) {
        const double tone = 0.25 * sin(2.0 * half_turn * 997.0 * (double)sample / RATE_HZ);
        const double u = (double)(sample - RATE_HZ - SECOND) / OVER;
        const double sent =
            0.25 * sin(2.0 * half_turn * 997.0 * (double)(sample - RATE_HZ) / RATE_HZ);
        const double returned = u > 0.0 && u < 1.0 ? sent * sin(half_turn * u) : 0.0;
        assert_true(fabs(heard[sample] - (tone + returned)) < 2e-5);
    }
    assert_true(fade_at(&bench, 1, SECOND) == 0.0 && fade_at(&bench, 1, SECOND + OVER) == 1.0);
    bench_close(&bench);
}

static void only_a_bridge_has_a_room(void **state) {
    (void)state;
    static const struct {
        const char *members;
        Status status;
    } rows[] = {
        {"type: bridge",             E203},
        {"type: cut, room: hall",    E208},
        {"type: bridge, room: hal",  E301},
        {"type: bridge, room: hall", DONE},
    };
    Bench bench;
    open_bench(&bench);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        JobSpec *job = NULL;
        const char *text = job_with(
            &bench,
            arena_format(bench.arena, "rooms: {hall: {ir: a.wav}}\ntransitions: {1m1>1m2: {%s}}\n",
                         rows[row].members));
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        bench.errors = errors_create(bench.arena);
        assert_int_equal(job_load(&source, bench.arena, &job, bench.errors), rows[row].status);
    }
    bench_close(&bench);
}

static void a_transition_names_two_cues(void **state) {
    (void)state;
    static const struct {
        const char *id;
        Status status;
    } rows[] = {
        {"1m1",     E306},
        {">1m2",    E306},
        {"1m1>",    E306},
        {"1m1>1m3", E301},
        {"2m1>1m2", E301},
    };
    Bench bench;
    JobSpec *job = NULL;
    open_bench(&bench);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        const char *text =
            job_with(&bench, arena_format(bench.arena, "transitions: {'%s': {}}\n", rows[row].id));
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        bench.errors = errors_create(bench.arena);
        assert_int_equal(job_load(&source, bench.arena, &job, bench.errors), rows[row].status);
        assert_int_equal(errors_count(bench.errors), 1);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_power_is_equal_power),
        cmocka_unit_test(equal_gain_of_one_sound_is_that_sound),
        cmocka_unit_test(a_cut_ends_the_first_and_an_overlap_nothing),
        cmocka_unit_test(a_bridge_sends_what_goes_along_half_a_sine),
        cmocka_unit_test(only_a_bridge_has_a_room),
        cmocka_unit_test(a_transition_names_two_cues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
