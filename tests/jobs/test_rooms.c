/* Rooms as they are heard: whole jobs with clicks, tones and noise in them. */
#include "tests/support/render_job.h"

#include <math.h>

#include "tests/support/sofa_copy.h"

enum { RATE_HZ = 48000 };

static const double sound_m_per_s = 343.2;

/* `name`: a click of 0.5 at sample 100 of one second. */
static void write_click(Bench *bench, const char *name) {
    double *samples = calloc(RATE_HZ, sizeof *samples);
    samples[100] = 0.5;
    bench_write_wav(bench, name, FLOAT_32, 1, samples, RATE_HZ);
    free(samples);
}

static void write_tone(Bench *bench, const char *name, double frequency_hz) {
    double *samples = calloc(RATE_HZ, sizeof *samples);
    for (int sample = 0; sample < RATE_HZ; sample++) {
        samples[sample] = 0.5 * sin(2.0 * acos(-1.0) * frequency_hz * sample / RATE_HZ);
    }
    bench_write_wav(bench, name, FLOAT_32, 1, samples, RATE_HZ);
    free(samples);
}

/* Output `output` of the first deliverable, interleaved. */
static const float *
render(Bench *bench, const char *job, int span_blocks, const char *name, int output) {
    SoundInfo info;
    bench_plan(bench, job, span_blocks);
    bench_run(bench, name);
    return bench_read(bench, bench_output(bench, 0, output, 0), &info);
}

/* What of a click's response lies around a place: a delayed pulse keeps its sum. */
static double sum_around(const float *frames, int channels, int channel, double place) {
    double sum = 0.0;
    for (int at = (int)place - 60; at <= (int)place + 60; at++) {
        sum += (double)frames[(size_t)at * (size_t)channels + (size_t)channel];
    }
    return sum / 0.5;
}

/* Walls that absorb alike at all frequencies keep a pulse's sum: W is the level, Y the side. */
static void a_reflection_sounds_when_and_where_its_mirror_image_is(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
        "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 1.2 s, t60_hf: 1.2 s, order: 1, "
        "listener: [5 m, 8 m, 2 m]}, normalise: no, early: 70 ms, predelay: 10 ms, gain: -3 dB}}\n"
        "layers: {dx: {file: c.wav, pan: {az: 90 deg, dist: 2 m}, send: {hall: -4 dB}}}\n"
        "deliverables: {a: {layout: foa, bits: 32f}}\n";
    const double size_m[3] = {12.0, 20.0, 8.0};
    const double listener_m[3] = {5.0, 8.0, 2.0};
    const double source_m[3] = {3.0, 8.0, 2.0};
    const double wall =
        exp(-12.0 * log(10.0) * 1920.0 / (sound_m_per_s * 992.0 * 1.2)); /* Eyring 1930 */
    Bench bench;
    bench_open(&bench);
    write_click(&bench, "c.wav");
    const float *out = render(&bench, job, 16, "a", 0);
    assert_true(fabs((double)out[100 * 4] - 0.5) < 1e-6);
    /* left wall, floor, far wall: no other image within 60 samples of theirs */
    static const int axes[] = {0, 2, 1};
    static const bool is_far[] = {false, false, true};
    for (int index = 0; index < 3; index++) {
        double offset_m[3];
        for (int axis = 0; axis < 3; axis++) {
            offset_m[axis] = source_m[axis];
        }
        const int axis = axes[index];
        offset_m[axis] = is_far[index] ? 2.0 * size_m[axis] - source_m[axis] : -source_m[axis];
        double squared = 0.0;
        for (int other = 0; other < 3; other++) {
            offset_m[other] -= listener_m[other];
            squared += offset_m[other] * offset_m[other];
        }
        const double away_m = sqrt(squared);
        const double place = 100.0 + 480.0 + (away_m - 2.0) / sound_m_per_s * RATE_HZ;
        const double level = 2.0 / away_m * wall * pow(10.0, -7.0 / 20.0);
        assert_true(fabs(sum_around(out, 4, 0, place) / level - 1.0) < 1e-3);
        const double left = -offset_m[0] / away_m; /* Y, Z, X of a plane wave in SN3D */
        const double up = offset_m[2] / away_m;
        const double front = offset_m[1] / away_m;
        assert_true(fabs(sum_around(out, 4, 1, place) - level * left) < 1e-3 * level);
        assert_true(fabs(sum_around(out, 4, 2, place) - level * up) < 1e-3 * level);
        assert_true(fabs(sum_around(out, 4, 3, place) - level * front) < 1e-3 * level);
        int peak = (int)place - 60; /* the largest sample lies within one of the place */
        for (int at = peak; at <= (int)place + 60; at++) {
            const bool is_larger = fabsf(out[(size_t)at * 4]) > fabsf(out[(size_t)peak * 4]);
            peak = is_larger ? at : peak;
        }
        assert_true(fabs(peak - place) <= 1.0);
    }
    bench_close(&bench);
}

/* mx begins 5 samples behind the border of two spans: its reflections ring ahead across it. */
static const char moving_job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
    "rooms: {hall: {shoebox: {size: [7 m, 9 m, 4 m], t60: 400 ms, listener: [0.2 m, 4 m, 1.7 m]}, "
    "early: 40 ms}}\n"
    "layers:\n"
    "  dx: {file: t.wav, send: {hall: 0}, path: {points: [[0 s, {az: -90 deg}], "
    "[1 s, {az: 90 deg, dist: 3 m}]]}}\n"
    "  mx: {file: t.wav, at: 0.68277 s, pan: {az: 0 deg, dist: 3 m}, send: {hall: -6 dB}}\n"
    "deliverables: {a: {layout: LAYOUT, bits: 32f, stems: [dx, mx]}}\n";

static char *with_layout(Bench *bench, const char *layout) {
    const char *gap = strstr(moving_job, "LAYOUT");
    return arena_format(bench->arena, "%.*s%s%s", (int)(gap - moving_job), moving_job, layout,
                        gap + strlen("LAYOUT"));
}

static void reflections_are_the_same_bits_in_every_cut(void **state) {
    (void)state;
    static const char *const layouts[] = {"5.1", "hoa1"};
    for (int layout = 0; layout < 2; layout++) {
        Bench bench;
        bench_open(&bench);
        write_tone(&bench, "t.wav", 440.0);
        const char *job = with_layout(&bench, layouts[layout]);
        const int channels = layout == 0 ? 6 : 4;
        const size_t bytes = sizeof(float) * 2 * RATE_HZ * (size_t)channels;
        for (int stem = 0; stem < 2; stem++) {
            const float *whole = render(&bench, job, 16, "whole", stem);
            const float *cut = render(&bench, job, 1, "cut", stem);
            assert_memory_equal(whole, cut, bytes);
        }
        bench_close(&bench);
    }
}

/* A slow tone has small second differences; a reflection that jumps has not. */
static void reflections_of_a_moving_source_do_not_click(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 1 s}\n"
        "rooms: {hall: {shoebox: {size: [7 m, 9 m, 4 m], t60: 400 ms}, early: 40 ms, normalise: "
        "no}}\n"
        "layers:\n"
        "  dx: {file: t.wav, send: {hall: 0}, path: {points: [[0 s, {az: -170 deg, dist: 3 m}], "
        "[500 ms, {az: 0 deg, dist: 0.3 m}], [1 s, {az: 170 deg, dist: 3 m}]]}}\n"
        "deliverables: {a: {layout: foa, bits: 32f}}\n";
    Bench bench;
    bench_open(&bench);
    write_tone(&bench, "t.wav", 100.0);
    const float *out = render(&bench, job, 16, "a", 0);
    double largest = 0.0;
    double bend = 0.0;
    for (int sample = RATE_HZ / 5; sample < RATE_HZ * 4 / 5; sample++) {
        const double before = out[(size_t)(sample - 1) * 4];
        const double here = out[(size_t)sample * 4];
        const double after = out[(size_t)(sample + 1) * 4];
        largest = fmax(largest, fabs(here));
        bend = fmax(bend, fabs(after - 2.0 * here + before));
    }
    assert_true(largest > 0.5); /* the direct sound and more */
    /* (2 pi 100 / 48000)^2 = 1.7e-4 of the level; fades over 1024 samples add a little */
    assert_true(bend < 3.0 * 1.7e-4 * largest);
    bench_close(&bench);
}

/* `i.wav`: an impulse response whose channel c is 0.5 at sample 10 (c + 1). */
static void write_staircase(Bench *bench, int channels) {
    enum { LENGTH = 200 };
    double *samples = calloc((size_t)LENGTH * (size_t)channels, sizeof *samples);
    for (int channel = 0; channel < channels; channel++) {
        samples[10 * (channel + 1) * channels + channel] = 0.5;
    }
    bench_write_wav(bench, "i.wav", FLOAT_32, channels, samples, LENGTH);
    free(samples);
}

enum { STEM_LAYOUTS = 4 };

/* Every kind of room into every kind of layout; the sends of dx are the `%s`. */
static const char stems_form[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
    "rooms:\n"
    "  hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 600 ms}}\n"
    "  one: {ir: c.wav}\n"
    "  two: {ir: s.wav}\n"
    "  true: {ir: i.wav, input: true-stereo}\n"
    "  foa: {ir: i.wav, layout: foa}\n"
    "  head: {ir: head.sofa}\n"
    "layers:\n"
    "  dx: {file: c.wav, send: {hall: %s, one: %s, two: %s, true: %s, foa: %s, head: %s}}\n"
    "  mx: {file: t.wav, gain: -12 dB, send: {hall: -6 dB, one: -40 dB, two: -9 dB, true: -9 dB, "
    "foa: -9 dB, head: -9 dB}}\n"
    "deliverables:\n"
    "  a: {layout: 5.1, bits: 32f, stems: [dx, mx]}\n"
    "  b: {layout: 7.1.4, bits: 24, stems: [dx, mx]}\n"
    "  c: {layout: foa, bits: 24, stems: [dx, mx]}\n"
    "  d: {layout: binaural, bits: 16, stems: [dx, mx]}\n";

static void render_stems(Bench *bench, const char *send, float *stems[STEM_LAYOUTS][2]) {
    SoundInfo info;
    const char *job = arena_format(bench->arena, stems_form, send, send, send, send, send, send);
    bench_plan(bench, job, 1);
    bench_run(bench, send);
    for (int layout = 0; layout < STEM_LAYOUTS; layout++) {
        for (int stem = 0; stem < 2; stem++) {
            stems[layout][stem] = bench_read(bench, bench_output(bench, layout, stem, 0), &info);
        }
    }
}

/* Whether the spans of a stem are the same store objects in every bus. */
static bool are_spans_same(const Plan *one, const Plan *other, int stem) {
    bool are_same = true;
    for (int span = 0; span < one->span_count; span++) {
        const Task *task = &one->tasks[one->spatialize_tasks[stem * one->span_count + span]];
        const Task *twin = &other->tasks[other->spatialize_tasks[stem * one->span_count + span]];
        are_same = are_same && task->output_count == twin->output_count &&
                   memcmp(task->outputs, twin->outputs,
                          (size_t)task->output_count * sizeof *task->outputs) == 0;
    }
    return are_same;
}

static void a_send_changes_no_sample_of_another_stem(void **state) {
    (void)state;
    static const size_t channels[STEM_LAYOUTS] = {6, 12, 4, 2};
    float *soft[STEM_LAYOUTS][2];
    float *loud[STEM_LAYOUTS][2];
    Bench bench;
    bench_open(&bench);
    write_click(&bench, "c.wav");
    write_tone(&bench, "t.wav", 440.0);
    write_staircase(&bench, 2);
    assert_int_equal(rename(path_join(bench.arena, bench.folder, "i.wav"),
                            path_join(bench.arena, bench.folder, "s.wav")),
                     0);
    write_staircase(&bench, 4);
    sofa_copy_write("/usr/share/libmysofa/default.sofa",
                    path_join(bench.arena, bench.folder, "head.sofa"), "SingleRoomDRIR");
    render_stems(&bench, "-20 dB", soft);
    const Plan *soft_plan = bench.plan;
    render_stems(&bench, "-9 dB", loud);
    for (int layout = 0; layout < STEM_LAYOUTS; layout++) {
        const size_t bytes = sizeof(float) * 2 * RATE_HZ * channels[layout];
        assert_memory_equal(soft[layout][1], loud[layout][1], bytes);
        assert_memory_not_equal(soft[layout][0], loud[layout][0], bytes);
    }
    assert_false(are_spans_same(soft_plan, bench.plan, 0));
    assert_true(are_spans_same(soft_plan, bench.plan, 1)); /* nor is it rendered again */
    bench_close(&bench);
}

typedef struct Echo {
    int delay_samples, channel;
    double level; /* of the click */
} Echo;

/* A click of 0.5 at sample 100 that goes through i.wav gives these echoes and nothing else. */
static void check_echoes(const char *room,
                         const char *layer,
                         const char *layout,
                         const char *channels,
                         const Echo *echoes,
                         int echo_count) {
    Bench bench;
    bench_open(&bench);
    write_click(&bench, "c.wav");
    write_staircase(&bench, atoi(channels));
    const char *job =
        arena_format(bench.arena,
                     "nocturne: 1\n"
                     "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
                     "rooms: {r: {ir: i.wav, normalise: no, predelay: 5 ms, %s}}\n"
                     "layers: {dx: {file: c.wav, %s, send: {r: -6 dB}}}\n"
                     "deliverables: {a: {layout: %s, bits: 32f, stems: [dx.wet, dx]}}\n",
                     room, layer, layout);
    const float *wet = render(&bench, job, 16, "a", 0);
    const int count = bench.mix->buses[0].layout->channel_count;
    const size_t values = (size_t)bench.mix->length_samples * (size_t)count;
    float *expected = calloc(values, sizeof *expected);
    for (int echo = 0; echo < echo_count; echo++) {
        const int at = 100 + 240 + echoes[echo].delay_samples;
        expected[at * count + echoes[echo].channel] +=
            (float)(0.5 * 0.5 * pow(10.0, -6.0 / 20.0) * echoes[echo].level);
    }
    for (size_t value = 0; value < values; value++) {
        assert_true(fabsf(wet[value] - expected[value]) < 2e-6F);
    }
    const float *cut = render(&bench, job, 1, "b", 0);
    assert_memory_equal(wet, cut, values * sizeof *wet);
    free(expected);
    bench_close(&bench);
}

/* One input: a fold of the layer, whatever its place. */
static void a_mono_room_sounds_in_the_centre(void **state) {
    (void)state;
    check_echoes("layout: 1.0", "pan: {az: 30 deg}", "5.1", "1",
                 (const Echo[]){
                     {10, 2, 1.0}
    },
                 1);
}

static void a_stereo_room_keeps_its_sides_apart(void **state) {
    (void)state;
    const double both = sqrt(0.5);
    check_echoes("layout: 2.0", "pan: {az: 30 deg}", "2.0", "2",
                 (const Echo[]){
                     {10, 0, 1.0}
    },
                 1);
    check_echoes("layout: 2.0", "pan: {az: -30 deg}", "5.1", "2",
                 (const Echo[]){
                     {20, 1, 1.0}
    },
                 1);
    check_echoes("layout: 2.0", "pan: {az: 0 deg}", "2.0", "2",
                 (const Echo[]){
                     {10, 0, both},
                     {20, 1, both}
    },
                 2);
}

/* LL LR RL RR: from each side to each side. */
static void true_stereo_goes_from_each_side_to_each_side(void **state) {
    (void)state;
    check_echoes("input: true-stereo", "pan: {az: 30 deg}", "2.0", "4",
                 (const Echo[]){
                     {10, 0, 1.0},
                     {20, 1, 1.0}
    },
                 2);
    check_echoes("input: true-stereo", "pan: {az: -30 deg}", "7.1", "4",
                 (const Echo[]){
                     {30, 0, 1.0},
                     {40, 1, 1.0}
    },
                 2);
}

static void a_layout_room_hears_the_panned_bus(void **state) {
    (void)state;
    check_echoes("layout: 5.1", "pan: {az: 110 deg}", "5.1", "6",
                 (const Echo[]){
                     {50, 4, 1.0}
    },
                 1);
    check_echoes("layout: 5.1", "pan: {az: 0 deg}", "7.1.4", "6",
                 (const Echo[]){
                     {30, 2, 1.0}
    },
                 1);
    /* a mono source fed to all channels; the LFE leaves no room */
    check_echoes("layout: 5.1, input: mono", "pan: {az: 110 deg}", "5.1", "6",
                 (const Echo[]){
                     {10, 0, 1.0},
                     {20, 1, 1.0},
                     {30, 2, 1.0},
                     {50, 4, 1.0},
                     {60, 5, 1.0}
    },
                 5);
}

static void an_ambisonic_room_hears_the_encoded_bus(void **state) {
    (void)state;
    /* Y of a plane wave from the left is 1, X and Z are 0 */
    check_echoes("layout: foa", "pan: {az: 90 deg}", "foa", "4",
                 (const Echo[]){
                     {10, 0, 1.0},
                     {20, 1, 1.0}
    },
                 2);
    check_echoes("layout: foa, input: mono", "pan: {az: 90 deg}", "hoa2", "4",
                 (const Echo[]){
                     {10, 0, 1.0},
                     {20, 1, 1.0},
                     {30, 2, 1.0},
                     {40, 3, 1.0}
    },
                 4);
}

/* The LFE of a bed stays out of the room. */
static void no_lfe_enters_a_room(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    double *bed = calloc((size_t)RATE_HZ * 6, sizeof *bed);
    bed[100 * 6 + 3] = 0.5;
    bench_write_wav(&bench, "b.wav", FLOAT_32, 6, bed, RATE_HZ);
    free(bed);
    write_staircase(&bench, 6);
    static const char *const inputs[] = {"panned", "mono"};
    for (int input = 0; input < 2; input++) {
        const char *job = arena_format(
            bench.arena,
            "nocturne: 1\n"
            "project: {title: T, code: T, length: 1 s}\n"
            "rooms: {r: {ir: i.wav, input: %s}, s: {shoebox: {size: [4 m, 5 m, 3 m], t60: 300 "
            "ms}}}\n"
            "layers: {fx: {file: b.wav, send: {r: 0, s: 0}}}\n"
            "deliverables: {a: {layout: 5.1, bits: 32f, stems: [fx.wet, fx]}}\n",
            inputs[input]);
        const float *wet = render(&bench, job, 16, inputs[input], 0);
        for (int value = 0; value < RATE_HZ * 6; value++) {
            assert_true(wet[value] == 0.0F);
        }
    }
    bench_close(&bench);
}

/* A response that cannot be used is refused before anything is rendered. */
static void responses_are_judged_by_their_headers(void **state) {
    (void)state;
    static const struct {
        const char *room;
        Status status;
        const char *message;
    } faults[] = {
        {"ir: i.wav, input: true-stereo", E415, "has 2 channels, true stereo needs 4"           },
        {"ir: i.wav, layout: foa",        E415, "has 2 channels, foa needs 4"                   },
        {"ir: l.wav",                     E424, "lasts 60.0 s, an impulse response at most 60 s"},
        {"ir: x.sofa",                    E426, "`x.sofa` cannot be read as SOFA"               },
    };
    Bench bench;
    bench_open(&bench);
    write_click(&bench, "c.wav");
    write_staircase(&bench, 2);
    double *silence = calloc((size_t)60 * RATE_HZ + 1, sizeof *silence);
    bench_write_wav(&bench, "l.wav", PCM_16, 1, silence, 60 * RATE_HZ + 1);
    free(silence);
    bench_must(&bench, file_write_atomically(path_join(bench.arena, bench.folder, "x.sofa"), "x", 1,
                                             bench.errors));
    for (size_t fault = 0; fault < sizeof faults / sizeof *faults; fault++) {
        const char *text = arena_format(bench.arena,
                                        "nocturne: 1\n"
                                        "project: {title: T, code: T, length: 1 s}\n"
                                        "rooms: {r: {%s}}\n"
                                        "layers: {dx: {file: c.wav, send: {r: 0}}}\n"
                                        "deliverables: {a: {layout: 5.1}}\n",
                                        faults[fault].room);
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        ErrorList *errors = errors_create(bench.arena);
        bench_must(&bench, job_load(&source, bench.arena, &job, errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, errors),
                         faults[fault].status);
        assert_non_null(strstr(errors_first(errors)->message, faults[fault].message));
        assert_int_equal(errors_first(errors)->place.line, 3);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reflection_sounds_when_and_where_its_mirror_image_is),
        cmocka_unit_test(reflections_are_the_same_bits_in_every_cut),
        cmocka_unit_test(reflections_of_a_moving_source_do_not_click),
        cmocka_unit_test(a_send_changes_no_sample_of_another_stem),
        cmocka_unit_test(a_mono_room_sounds_in_the_centre),
        cmocka_unit_test(a_stereo_room_keeps_its_sides_apart),
        cmocka_unit_test(true_stereo_goes_from_each_side_to_each_side),
        cmocka_unit_test(a_layout_room_hears_the_panned_bus),
        cmocka_unit_test(an_ambisonic_room_hears_the_encoded_bus),
        cmocka_unit_test(no_lfe_enters_a_room),
        cmocka_unit_test(responses_are_judged_by_their_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
