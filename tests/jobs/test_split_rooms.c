/* The distance law of rooms: direct, early and late sound of whole jobs. */
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, CLICK_AT = 100, EARLY_SAMPLES = RATE_HZ / 100, LATE_SAMPLES = RATE_HZ / 5 };

static void write_sound(Bench *bench, const char *name, double *samples, int count) {
    bench_write_wav(bench, name, FLOAT_32, 1, samples, count);
    free(samples);
}

/* `i.wav`: 0.5 after 10 ms and after 200 ms, one early and one late echo; `s.wav`: a click of 0.5,
 * or 0.5 all the time. */
static Bench *open_bench(Bench *bench, bool is_click) {
    double *echoes = calloc(RATE_HZ / 4, sizeof *echoes);
    double *sound = calloc(RATE_HZ, sizeof *sound);
    bench_open(bench);
    echoes[EARLY_SAMPLES] = echoes[LATE_SAMPLES] = 0.5;
    for (int sample = 0; sample < RATE_HZ; sample++) {
        sound[sample] = !is_click || sample == CLICK_AT ? 0.5 : 0.0;
    }
    write_sound(bench, "i.wav", echoes, RATE_HZ / 4);
    write_sound(bench, "s.wav", sound, RATE_HZ);
    return bench;
}

static const char *
make_job(const Bench *bench, const char *rooms, const char *layer, const char *sends) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
                        "rooms: {%s}\n"
                        "layers: {dx: {file: s.wav, %s, send: {%s}}}\n"
                        "deliverables: {a: {layout: 1.0, bits: 32f, stems: [dx.dry, dx.wet]}}\n",
                        rooms, layer, sends);
}

static const char *make_room(const Bench *bench, const char *keys) {
    return arena_format(bench->arena, "r: {ir: i.wav, normalise: no, %s}", keys);
}

static const float *read_output(Bench *bench, int output) {
    SoundInfo info;
    return bench_read(bench, bench_output(bench, 0, output, 0), &info);
}

typedef struct DistanceCase {
    const char *room, *layer;
    double direct, early; /* late sound always stays as it is sent */
} DistanceCase;

/* -6.02 dB a doubling of what is heard directly, -3.01 dB of early sound. */
static void a_room_with_a_law_hears_distance_early_and_not_late(void **state) {
    (void)state;
    static const DistanceCase cases[] = {
        {"predelay: 0 ms",                        "pan: {dist: 4 m}",                        1.0,  1.0       },
        {"distance: {law: inverse}",              "pan: {dist: 1 m}",                        1.0,  1.0       },
        {"distance: {law: inverse}",              "pan: {dist: 2 m}",                        0.5,  0.70710678},
        {"distance: {law: inverse}",              "pan: {dist: 4 m}",                        0.25, 0.5       },
        {"distance: {law: inverse, ref: 2 m}",    "pan: {dist: 8 m}",                        0.25, 0.5       },
        {"distance: {law: inverse}",              "pan: {dist: 4 m}, distance: {law: none}", 1.0,  0.5       },
        {"distance: {law: inverse}",              "pan: {dist: 8 m}, distance: {ref: 4 m}",  0.5,  0.35355339},
        {"distance: {law: inverse}, early: 5 ms", "pan: {dist: 4 m}",                        0.25, 1.0       },
        {"distance: {law: inverse}, early: 0 ms", "pan: {dist: 4 m}",                        0.25, 1.0       },
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const DistanceCase *of = &cases[row];
        Bench bench;
        open_bench(&bench, true);
        bench_plan(&bench, make_job(&bench, make_room(&bench, of->room), of->layer, "r: 0"), 16);
        bench_run(&bench, "a");
        const float *dry = read_output(&bench, 0);
        const float *wet = read_output(&bench, 1);
        assert_true(fabs(dry[CLICK_AT] - 0.5 * of->direct) < 1e-6);
        assert_true(fabs(wet[CLICK_AT + EARLY_SAMPLES] - 0.25 * of->early) < 1e-6);
        assert_true(fabs(wet[CLICK_AT + LATE_SAMPLES] - 0.25) < 1e-6);
        bench_close(&bench);
    }
}

/* On its way from 1 to 10 m; the lines between points 64 samples apart are 4e-6 too loud at most.
 */
static void early_sound_follows_a_layer_on_its_way(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench, false);
    const char *job =
        make_job(&bench, make_room(&bench, "distance: {law: inverse}"),
                 "path: {points: [[0 s, {dist: 1 m}], [0.9 s, {dist: 10 m}]]}", "r: 0");
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    const float *wet = read_output(&bench, 1);
    for (int at = RATE_HZ / 50; at < LATE_SAMPLES; at += 777) {
        const double distance_m = 1.0 + 10.0 * (at - EARLY_SAMPLES) / RATE_HZ;
        assert_true(fabs(wet[at] - 0.25 / sqrt(distance_m)) < 5e-6);
    }
    bench_plan(&bench, job, 1);
    bench_run(&bench, "b");
    assert_memory_equal(wet, read_output(&bench, 1), (size_t)RATE_HZ * 2 * sizeof *wet);
    bench_close(&bench);
}

static void the_law_of_a_room_is_in_the_key(void **state) {
    (void)state;
    static const char *const rooms[] = {
        "predelay: 0 ms", "distance: {law: inverse}", "distance: {law: inverse, ref: 2 m}",
        "distance: {law: log, ref: 2 m}", "distance: {law: log, ref: 2 m}, early: 60 ms"};
    static const char layer[] =
        "path: {points: [[0 s, {dist: 1 m}], [1 s, {dist: 9 m}]]}, distance: {law: none}";
    enum { ROOMS = sizeof rooms / sizeof *rooms };
    Key keys[ROOMS];
    Bench bench;
    open_bench(&bench, true);
    for (int room = 0; room < ROOMS; room++) {
        bench_plan(&bench, make_job(&bench, make_room(&bench, rooms[room]), layer, "r: 0"), 16);
        keys[room] = bench.plan->tasks[bench.plan->spatialize_tasks[0]].outputs[0];
        for (int before = 0; before < room; before++) {
            assert_memory_not_equal(&keys[before], &keys[room], sizeof(Key));
        }
    }
    bench_close(&bench);
}

/* Reflections beside direct sound of level 1 become what their own ways make of them. */
static void reflections_of_a_shoebox_follow_all_of_the_law(void **state) {
    (void)state;
    static const char *const laws[] = {"none", "inverse"};
    double sums[2] = {0.0, 0.0};
    Bench bench;
    open_bench(&bench, true);
    for (int law = 0; law < 2; law++) {
        const char *room = arena_format(bench.arena,
                                        "r: {shoebox: {size: [12 m, 20 m, 8 m], t60: 1.2 s, order: "
                                        "1}, early: 80 ms, normalise: no, distance: {law: %s}}",
                                        laws[law]);
        bench_plan(&bench, make_job(&bench, room, "pan: {dist: 4 m}", "r: 0"), 16);
        bench_run(&bench, laws[law]);
        const float *wet = read_output(&bench, 1);
        for (int at = CLICK_AT; at < CLICK_AT + RATE_HZ / 20; at++) { /* ahead of the tail */
            sums[law] += wet[at];
        }
    }
    assert_true(fabs(sums[0]) > 0.01);
    assert_true(fabs(sums[1] / sums[0] - 0.25) < 1e-4);
    bench_close(&bench);
}

static Status lower_text(Bench *bench, const char *text, ErrorList *errors) {
    const JobSource source = bench_source(bench, text);
    JobSpec *job = NULL;
    bench_must(bench, job_load(&source, bench->arena, &job, errors));
    return lower_job(job, NULL, bench->arena, &bench->mix, errors);
}

static void laws_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *distance, *layer;
        Status status;
        int line;
    } cases[] = {
        {"law: log, ref: 2 m",              "pan: {dist: 4 m}",      E208, 4},
        {"law: inverse, air: yes",          "pan: {dist: 4 m}",      E208, 4},
        {"air: yes",                        "pan: {dist: 4 m}",      E208, 4},
        {"law: log, ref: 2 m",              "distance: {law: none}", DONE, 0},
        {"law: inverse",                    "pan: {dist: 4 m}",      DONE, 0},
        {"law: linear, ref: 2 m, max: 1 m", "distance: {law: none}", E206, 3},
    };
    Bench bench;
    open_bench(&bench, true);
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        ErrorList *errors = errors_create(bench.arena);
        const char *rooms = arena_format(
            bench.arena, "r: {ir: i.wav, distance: {law: inverse}}, s: {ir: i.wav, distance: {%s}}",
            cases[row].distance);
        assert_int_equal(
            lower_text(&bench, make_job(&bench, rooms, cases[row].layer, "r: 0, s: 0"), errors),
            cases[row].status);
        if (cases[row].status != DONE) {
            assert_int_equal(errors_first(errors)->place.line, cases[row].line);
        }
    }
    bench_close(&bench);
}

/* A bed has no distance, and sends as it is written. */
static void a_bed_is_sent_as_it_is(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench, true);
    double *bed = calloc((size_t)6 * RATE_HZ, sizeof *bed);
    bed[CLICK_AT * 6] = 0.5;
    unlink(path_join(bench.arena, bench.folder, "s.wav"));
    bench_write_wav(&bench, "s.wav", FLOAT_32, 6, bed, RATE_HZ);
    free(bed);
    bench_plan(&bench,
               make_job(&bench, make_room(&bench, "distance: {law: inverse, ref: 0.1 m}"),
                        "layout: 5.1", "r: 0"),
               16);
    bench_run(&bench, "a");
    const float *wet = read_output(&bench, 1);
    const double sent = 0.25 / sqrt(5.0); /* DECISIONS 2 */
    assert_true(fabs(wet[CLICK_AT + EARLY_SAMPLES] - sent) < 1e-6);
    assert_true(fabs(wet[CLICK_AT + LATE_SAMPLES] - sent) < 1e-6);
    bench_close(&bench);
}

/* Where tails are cut, a room is parts before it is halves: at `ref` all of them are the whole. */
static void halves_of_a_room_have_its_parts(void **state) {
    (void)state;
    const float *wet[2];
    Bench bench;
    open_bench(&bench, false);
    for (int law = 0; law < 2; law++) {
        const char *rooms =
            arena_format(bench.arena, "%s, s: {shoebox: {size: [9 m, 9 m, 4 m], t60: 400 ms}}",
                         make_room(&bench, law ? "distance: {law: inverse}" : "predelay: 0 ms"));
        const char *job = arena_format(
            bench.arena,
            "%sscenes: {one: {in: 0 s, out: 0.3 s, room: r}, two: {in: 0.3 s, out: 0.6 s, room: s, "
            "room_change: {tails: cut}}, three: {in: 0.6 s, out: 1 s, room: r}}\n",
            make_job(&bench, rooms, "pan: {dist: 1 m}", "r: 0, s: 0"));
        bench_plan(&bench, job, 16);
        bench_run(&bench, law ? "law" : "none");
        wet[law] = read_output(&bench, 1);
        assert_int_equal(bench.mix->room_count, law ? 10 : 4);
    }
    for (int at = 0; at < 2 * RATE_HZ; at++) {
        assert_true(fabsf(wet[0][at] - wet[1][at]) < 1e-6F);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_with_a_law_hears_distance_early_and_not_late),
        cmocka_unit_test(early_sound_follows_a_layer_on_its_way),
        cmocka_unit_test(the_law_of_a_room_is_in_the_key),
        cmocka_unit_test(reflections_of_a_shoebox_follow_all_of_the_law),
        cmocka_unit_test(laws_that_cannot_be_are_refused),
        cmocka_unit_test(a_bed_is_sent_as_it_is),
        cmocka_unit_test(halves_of_a_room_have_its_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
