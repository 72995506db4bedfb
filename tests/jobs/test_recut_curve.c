/* `conform`: curves and ways that a change of the picture cuts. */
#include <math.h>

#include "tests/support/picture_cut.h"

/* behind cmocka */
#include "tests/support/assert_near.h"

/* Every layer moves all the time: in each shape, by arcs, along ways of both curves. */
static const char *moving_layers(Arena *arena) {
    static const char *const shapes[] = {"linear", "s-curve", "exp", "hold", "bloom", "peel"};
    const char *text =
        "arcs: {up: {build: {from: 2 s, to: 17 s, shape: bloom}, release: {from: 18 s,\n"
        "  over: 9 s}, lead: 300 ms, drives: [{select: id=m0, param: lpf, from: 300 Hz,\n"
        "  to: 9 kHz}]}, more: {points: [[1 s, 0 %], [11 s, 100 %], [29 s, 20 %]],\n"
        "  drives: [{select: id=m1, param: width, from: 0 %, to: 100 %}]}}\nlayers:\n";
    for (int layer = 0; layer < 6; layer++) {
        text = arena_format(
            arena,
            "%s  m%d: {stem: mx, file: a.wav, enter: {arc: more, above: 50 %%},\n"
            "    automate: [{param: gain, curve: %s, points: [[1.37 s, -3 dB], [9 s, -20 dB],\n"
            "    [9.5 s, 4 dB], [13 s, 4 dB], [28.9 s, -40 dB]]}],\n"
            "    path: {curve: %s, points: [[0.3 s, {az: 10 deg, dist: 2 m}], [5.01 s,\n"
            "    {az: 100 deg, el: 30 deg, dist: 9 m}], [9 s, {az: -20 deg, dist: 1 m}],\n"
            "    [26 s, {az: 90 deg, dist: 3 m}]]}}\n",
            text, layer, shapes[layer],
            layer % 3 == 0   ? "linear"
            : layer % 3 == 1 ? "spline"
                             : "hold");
    }
    return text;
}

typedef struct Sides { /* one layer in both cuts */
    const MixLayer *old, *recut;
} Sides;

static void assert_same_lane(const Lane *old, const Lane *moved, SampleTime then, SampleTime now) {
    assert_int_equal(old->kind, moved->kind);
    assert_near(lane_value(moved, now), lane_value(old, then), 1e-9);
}

/* Of the six gains the linear one is known without a lane: see moving_layers. */
static double linear_gain_db(double seconds) {
    static const double points[][2] = {
        {1.37, -3 },
        {9,    -20},
        {9.5,  4  },
        {13,   4  },
        {28.9, -40}
    };
    for (int point = 1; point < 5; point++) {
        const double *from = points[point - 1];
        const double *to = points[point];
        if (seconds < to[0]) {
            const double u = fmax(0.0, (seconds - from[0]) / (to[0] - from[0]));
            return from[1] + u * (to[1] - from[1]);
        }
    }
    return points[4][1];
}

static void assert_same_place(const Sides *sides, SampleTime then, SampleTime now) {
    const ObjectState old = trajectory_object_at(&sides->old->path, then);
    const ObjectState moved = trajectory_object_at(&sides->recut->path, now);
    assert_near(moved.position.azimuth_deg, old.position.azimuth_deg, 1e-9);
    assert_near(moved.position.elevation_deg, old.position.elevation_deg, 1e-9);
    assert_near(moved.position.distance_m, old.position.distance_m, 1e-9);
}

static void assert_same_sides(const Sides *sides, SampleTime then, SampleTime now) {
    const MixLayer *old = sides->old;
    const MixLayer *recut_layer = sides->recut;
    assert_int_equal(recut_layer->lane_count, old->lane_count);
    for (int lane = 0; lane < old->lane_count; lane++) {
        if (old->lanes[lane].kind == LANE_GAIN) { /* a fade of `enter` keeps its own length */
            assert_same_lane(&old->lanes[lane], &recut_layer->lanes[lane], then, now);
        }
    }
    for (int filter = 0; filter < old->filter_count; filter++) {
        assert_same_lane(old->filters[filter].lane, recut_layer->filters[filter].lane, then, now);
    }
    assert_true(!old->width_lane == !recut_layer->width_lane);
    if (old->width_lane) {
        assert_same_lane(old->width_lane, recut_layer->width_lane, then, now);
    }
    assert_same_place(sides, then, now);
}

/* Every 83rd sample that no splice touches; a frame has 2000, half a splice 960. */
static int assert_same_frame(const Sides *sides, const Cut *cut, int frame) {
    int checked = 0;
    for (int at = frame % 83; at < FRAME; at += 83) {
        const int64_t now = (int64_t)frame * FRAME + at;
        const bool is_left = frame == 0 || cut->frames[frame - 1] == cut->frames[frame] - 1;
        const bool is_right =
            frame + 1 == cut->count || cut->frames[frame + 1] == cut->frames[frame] + 1;
        if ((is_left || at >= 960) && (is_right || at <= FRAME - 960)) {
            assert_same_sides(sides, (int64_t)cut->frames[frame] * FRAME + at, now);
            checked++;
        }
    }
    return checked;
}

static void a_curve_that_is_cut_has_its_old_value_at_every_kept_sample(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const Cut cut = random_cut(7);
    const char *base = base_job(&bench, "30 s", moving_layers(bench.arena));
    write_sound(&bench, (int64_t)FRAMES * FRAME);
    write_job(&bench, &cut, base);
    bench_plan(&bench, base, 1);
    const Mix *old = bench.mix;
    bench_plan(&bench, recut, 1);
    int checked = 0;
    for (int layer = 0; layer < 6; layer++) {
        const Sides sides = {&old->layers[layer], &bench.mix->layers[layer]};
        for (int frame = 0; frame < cut.count; frame++) {
            checked += cut.frames[frame] == NEW ? 0 : assert_same_frame(&sides, &cut, frame);
        }
    }
    assert_true(checked > 6 * FRAMES * 10);
    for (int frame = 1; frame + 1 < cut.count; frame++) { /* the middle of a frame is no splice */
        const int shown = cut.frames[frame];
        if (shown != NEW) {
            assert_near(
                lane_value(&bench.mix->layers[0].lanes[0], (int64_t)frame * FRAME + FRAME / 2),
                linear_gain_db((shown + 0.5) / FPS), 2e-3); /* a sample early */
        }
    }
    bench_close(&bench);
}

/* 12 dB in a second; 0.5 s of it is taken out, then 1 s of new picture. */
static void a_step_of_a_curve_becomes_a_line(void **state) {
    (void)state;
    static const char layer[] =
        "layers: {m: {stem: mx, file: a.wav, automate: [{param: gain, points: [[10 s, 0 dB],\n"
        "  [12 s, -24 dB]]}]}}";
    Bench bench;
    bench_open(&bench);
    Cut cut = old_cut();
    write_sound(&bench, (int64_t)FRAMES * FRAME);
    take_out(&cut, 10 * FPS + 6, 12);
    write_job(&bench, &cut, base_job(&bench, "30 s", layer));
    bench_plan(&bench, recut, 1);
    const Lane *lane = bench.mix->layers[0].lanes;
    const SampleTime at = 10 * RATE_HZ + RATE_HZ / 4; /* -3 dB before, -9 dB behind */
    assert_near(lane_value(lane, at - 960), -3 + 0.24, 1e-9);
    assert_near(lane_value(lane, at), -6, 1e-9);
    assert_near(lane_value(lane, at + 960), -9 - 0.24, 1e-9);
    put_in(&cut, 10 * FPS + 6, 24);
    write_job(&bench, &cut, base_job(&bench, "30 s", layer));
    bench_plan(&bench, recut, 1);
    lane = bench.mix->layers[0].lanes;
    assert_near(lane_value(lane, at), -3, 1e-9);
    assert_near(lane_value(lane, at + RATE_HZ / 2), -6, 1e-9);
    assert_near(lane_value(lane, at + RATE_HZ), -9, 1e-9);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_that_is_cut_has_its_old_value_at_every_kept_sample),
        cmocka_unit_test(a_step_of_a_curve_becomes_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
