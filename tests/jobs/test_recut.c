/* `conform`: sound and times follow the picture from one cut to the next. */
#include <math.h>

#include "jobs/change_list.h"
#include "jobs/edl.h"
#include "tests/support/picture_cut.h"

/* How far the next jump of the picture is. */
static int64_t distance_to_change(const Cut *cut, int64_t sample) {
    int64_t nearest = INT64_MAX;
    for (int frame = 1; frame < cut->count; frame++) {
        const bool is_new = cut->frames[frame] == NEW;
        if (is_new ? cut->frames[frame - 1] != NEW
                   : cut->frames[frame] != cut->frames[frame - 1] + 1) {
            const int64_t distance = llabs(sample - (int64_t)frame * FRAME);
            nearest = distance < nearest ? distance : nearest;
        }
    }
    return nearest;
}

/* splice_samples: half of one. */
static void
assert_follows(Bench *bench, const char *base, const Cut *cut, int64_t first, int splice_samples) {
    SoundInfo info;
    write_job(bench, cut, base);
    bench_plan(bench, recut, 1);
    bench_run(bench, "a");
    const float *heard = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, (int64_t)cut->count * FRAME);
    int checked = 0;
    for (int64_t sample = 0; sample < info.frame_count - 480; sample++) {
        const int frame = cut->frames[sample / FRAME];
        const int64_t place = (int64_t)frame * FRAME + sample % FRAME - first;
        const double expected = frame == NEW || place < 0 ? 0.0 : (float)sound_at(place);
        if (fabs(heard[sample] - expected) > 1e-7) {
            assert_true(distance_to_change(cut, sample) <= splice_samples);
        } else {
            checked++;
        }
    }
    assert_true(checked > info.frame_count / 2);
}

static void sound_outside_the_splices_is_that_of_the_change_list(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const Cut cut = random_cut(7);
    write_sound(&bench, (int64_t)FRAMES * FRAME);
    assert_follows(&bench, base_job(&bench, "30 s", "layers: {m: {stem: mx, file: a.wav}}"), &cut,
                   0, 960);
    bench_close(&bench);
}

static void dialogue_is_spliced_in_10_ms(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const Cut cut = random_cut(31);
    write_sound(&bench, (int64_t)(FRAMES - 25) * FRAME);
    assert_follows(
        &bench, base_job(&bench, "30 s", "layers: {d: {stem: dx, file: a.wav, at: 02:00:01:01}}"),
        &cut, (int64_t)25 * FRAME, 240);
    bench_close(&bench);
}

static double marker_s(const JobSpec *job, const char *id) {
    for (int marker = 0; marker < job->marker_count; marker++) {
        if (strcmp(job->markers[marker].id, id) == 0) {
            return rational_value(job->markers[marker].time.seconds);
        }
    }
    return NAN;
}

/* 2 s taken out at 10 s, 1 s put in at 20 s of the old cut. */
static void write_two_changes(Bench *bench, const char *body) {
    Cut cut = old_cut();
    put_in(&cut, 20 * FPS, FPS);
    take_out(&cut, 10 * FPS, 2 * FPS);
    write_job(bench, &cut, base_job(bench, "30 s", body));
}

static void times_of_the_base_move_and_those_of_the_job_do_not(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    bench_open(&bench);
    write_two_changes(&bench, "markers: {early: 02:00:09:00, gone: 11 s, mid: 0:00:13, late: 25 s, "
                              "door: 22 s, after: door + 2 s, into: 19.5 s + 1 s}\n"
                              "scenes: {s1: {in: 10 s, out: 12 s}, s2: {in: 11 s, out: 14 s}}\n"
                              "lines: {l1: {in: 10.5 s, out: 11 s}, l2: {in: late, out: 26 s}}");
    bench_must(&bench,
               bench_load(&bench,
                          arena_format(bench.arena, "%smarkers: {door: 02:00:05:00}\n", recut),
                          &job));
    const struct {
        const char *id;
        double expected_s;
    } cases[] = {
        {"early", 9.0 },
        {"gone",  10.0},
        {"mid",   11.0},
        {"late",  24.0},
        {"door",  5.0 },
        {"after", 7.0 },
        {"into",  19.5},
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        assert_float_equal(marker_s(job, cases[row].id), cases[row].expected_s, 0.0);
    }
    assert_int_equal(job->scene_count, 1);
    assert_string_equal(job->scenes[0].id, "s2");
    assert_float_equal(rational_value(job->scenes[0].in.seconds), 10.0, 0.0);
    assert_float_equal(rational_value(job->scenes[0].out.seconds), 12.0, 0.0);
    assert_int_equal(job->line_count, 1);
    assert_float_equal(rational_value(job->lines[0].in.seconds), 24.0, 0.0);
    assert_float_equal(rational_value(job->length.seconds), 29.0, 0.0);
    bench_close(&bench);
}

static void absolute_keep_moves_nothing(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    bench_open(&bench);
    write_two_changes(&bench, "markers: {late: 25 s}");
    bench_must(&bench, bench_load(&bench,
                                  "nocturne: 1\nextends: base.yaml\n"
                                  "conform: {from: old.edl, to: new.edl}\n",
                                  &job));
    assert_float_equal(marker_s(job, "late"), 25.0, 0.0);
    assert_null(job->recut.changes);
    bench_close(&bench);
}

static void hold_goes_on_from_its_own_beginning(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sound(&bench, 8 * RATE_HZ);
    write_two_changes(&bench, "layers: {m: {stem: mx, file: a.wav, at: 15 s, conform: hold}}");
    bench_plan(&bench, recut, 1);
    const MixLayer *layer = &bench.mix->layers[0];
    assert_int_equal(layer->start, 13 * RATE_HZ);
    assert_int_equal(layer->clip_count, 1);
    assert_int_equal(layer->length_samples, 8 * RATE_HZ);
    assert_int_equal(layer->splice_count, 0);
    bench_close(&bench);
}

/* A hole where the picture is new, none where some was taken out. */
static void every_splice_is_listed_with_both_places(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sound(&bench, 25 * RATE_HZ);
    write_two_changes(&bench, "layers: {m: {stem: mx, file: a.wav, nudge: 100 ms}}");
    bench_plan(&bench, recut, 1);
    const MixLayer *layer = &bench.mix->layers[0];
    const MixSplice expected[] = {
        {10 * RATE_HZ, 10 * RATE_HZ, 12 * RATE_HZ, 1920},
        {18 * RATE_HZ, 20 * RATE_HZ, SPLICE_HOLE,  1920},
        {19 * RATE_HZ, SPLICE_HOLE,  20 * RATE_HZ, 1920},
    };
    assert_int_equal(layer->splice_count, 3);
    assert_memory_equal(layer->splices, expected, sizeof expected);
    assert_int_equal(layer->start, RATE_HZ / 10);
    bench_close(&bench);
}

/* Noise that is not alike on both sides keeps its power. */
static void a_splice_hands_over_at_equal_power(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    double power = 0.0;
    double whole = 0.0;
    bench_open(&bench);
    Cut cut = old_cut();
    for (int change = 1; change < 25; change++) {
        take_out(&cut, change * FPS, 2);
    }
    write_sound(&bench, (int64_t)FRAMES * FRAME);
    write_job(&bench, &cut, base_job(&bench, "30 s", "layers: {m: {stem: mx, file: a.wav}}"));
    bench_plan(&bench, recut, 1);
    bench_run(&bench, "a");
    const float *heard = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    for (int change = 1; change < 25; change++) {
        for (int64_t sample = -960; sample < 960; sample++) {
            const double value = heard[change * RATE_HZ + sample];
            const double before = heard[change * RATE_HZ + sample - 4000];
            power += value * value;
            whole += before * before;
        }
    }
    assert_true(fabs(10.0 * log10(power / whole)) < 0.1);
    bench_close(&bench);
}

/* Written for the new cut in what is new: heard from there on, not from the picture behind it. */
static void a_layer_may_begin_in_new_picture(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sound(&bench, 3 * RATE_HZ);
    write_two_changes(&bench, "markers: {hit: 1 s}\nlayers: {m: {stem: mx, file: a.wav, at: hit}}");
    bench_plan(&bench, arena_format(bench.arena, "%smarkers: {hit: 18.5 s}\n", recut), 1);
    const MixLayer *layer = &bench.mix->layers[0];
    assert_int_equal(layer->start, 37 * RATE_HZ / 2);
    assert_int_equal(layer->length_samples, 3 * RATE_HZ);
    assert_int_equal(layer->splice_count, 0);
    bench_close(&bench);
}

static int count_done(Bench *bench, const char *name, SampleTime until) {
    const char *store = arena_format(bench->arena, "%s/store-%s", bench->folder, name);
    int done = 0;
    bench_must(bench, store_open(store, bench->arena, &bench->workplace.store, bench->errors));
    for (int span = 0; span < bench->plan->span_count; span++) {
        if (bench->plan->spans[span].end <= until) {
            const int row = bench->mix->layers[0].stem * bench->plan->span_count;
            const int task = bench->plan->spatialize_tasks[row + span];
            done += task >= 0 && task_is_done(bench->mix, bench->plan, task, &bench->workplace);
        }
    }
    return done;
}

/* The law: what comes from the store is what would have been made. */
static void what_lies_before_a_change_comes_from_the_store(void **state) {
    (void)state;
    static const char layers[] =
        "rooms: {hall: {shoebox: {size: [8 m, 9 m, 4 m], t60: 1 s}}}\n"
        "layers: {m: {stem: mx, file: a.wav, fade_out: 3 s, send: {hall: -12 dB},\n"
        "  lpf: 9 kHz, automate: [{param: gain, curve: s-curve, points: [[3 s, 0 dB],\n"
        "  [15 s, -9 dB], [25 s, 0 dB]]}],\n"
        "  path: {points: [[0 s, {az: 10 deg}], [5 s, {az: 60 deg}], [9 s, {az: 0 deg}],\n"
        "  [26 s, {az: 90 deg}], [28 s, {az: 40 deg}]], curve: spline}}}";
    Bench bench;
    SoundInfo info;
    enum { CHANGE = 20 * RATE_HZ, LEAST = (CHANGE - RATE_HZ) / 32768 };
    bench_open(&bench);
    Cut cut = old_cut();
    take_out(&cut, CHANGE / FRAME, 12);
    write_sound(&bench, (int64_t)FRAMES * FRAME);
    write_job(&bench, &cut, base_job(&bench, "30 s", layers));
    bench_plan(&bench, base_job(&bench, "30 s", layers), 1);
    bench_run(&bench, "a");
    bench_plan(&bench, recut, 1);
    assert_in_range(count_done(&bench, "a", CHANGE), LEAST, LEAST + 1);
    assert_int_equal(count_done(&bench, "a", INT64_MAX), count_done(&bench, "a", CHANGE));
    bench_run(&bench, "a");
    const float *warm = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    bench_run(&bench, "b");
    const float *cold = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    assert_memory_equal(warm, cold, (size_t)info.frame_count * sizeof *warm);
    bench_close(&bench);
}

static void assert_refused(const char *base, const char *text, Status expected, const char *says) {
    Bench bench;
    JobSpec *job = NULL;
    Mix *mix = NULL;
    bench_open(&bench);
    write_sound(&bench, 25 * RATE_HZ);
    write_two_changes(&bench, base);
    write_text(&bench, "middle.yaml", recut);
    write_text(&bench, "other.edl",
               "TITLE: X\n001  ZZZ V C 09:00:00:00 09:00:01:00 "
               "02:00:00:00 02:00:01:00\n");
    Status status = bench_load(&bench, text, &job);
    if (status == DONE) {
        status = lower_job(job, NULL, bench.arena, &mix, bench.errors);
    }
    assert_int_equal(status, expected);
    assert_non_null(strstr(errors_first(bench.errors)->message, says));
    bench_close(&bench);
}

static void what_cannot_be_conformed_is_refused(void **state) {
    (void)state;
    static const char layer[] = "layers: {m: {stem: mx, file: a.wav, conform: ask}}";
    assert_refused(layer, recut, E330, "layers.m sounds across a change of the picture");
    assert_refused("layers: {m: {stem: mx, file: a.wav, doppler: yes, path: {points:\n"
                   "  [[9 s, {dist: 1 m}], [13 s, {dist: 61 m}]]}}}",
                   recut, E206, "a change of the picture would move layers.m at 76");
    assert_refused(layer,
                   "nocturne: 1\nextends: base.yaml\n"
                   "conform: {from: old.edl, to: other.edl, absolute: move}\n",
                   E330, "no picture in common");
    assert_refused(layer,
                   "nocturne: 1\nextends: middle.yaml\n"
                   "conform: {from: old.edl, to: new.edl, absolute: move}\n",
                   E303, "conformed twice");
    assert_refused(layer,
                   "nocturne: 1\nproject: {title: T, code: T}\n"
                   "conform: {from: old.edl, to: new.edl}\n",
                   E208, "belongs to a job that extends another one");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_outside_the_splices_is_that_of_the_change_list),
        cmocka_unit_test(dialogue_is_spliced_in_10_ms),
        cmocka_unit_test(times_of_the_base_move_and_those_of_the_job_do_not),
        cmocka_unit_test(absolute_keep_moves_nothing),
        cmocka_unit_test(hold_goes_on_from_its_own_beginning),
        cmocka_unit_test(every_splice_is_listed_with_both_places),
        cmocka_unit_test(a_splice_hands_over_at_equal_power),
        cmocka_unit_test(a_layer_may_begin_in_new_picture),
        cmocka_unit_test(what_lies_before_a_change_comes_from_the_store),
        cmocka_unit_test(what_cannot_be_conformed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
