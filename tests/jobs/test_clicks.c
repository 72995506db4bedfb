/* No clicks: a tone on random paths has no corner that the tone itself has not.
 *
 *     test_clicks [PATHS]   (40; the long test takes 1000)
 */
#include <math.h>

#include "tests/support/render_job.h"

/* Paths follow one another in one job, a second each: a job of its own would mostly wait for files.
 */
enum { RATE_HZ = 48000, LENGTH = RATE_HZ, POINTS = 4, BUSES = 5, BATCH = 20 };

static int path_count = 40;

typedef struct Dice {
    uint64_t state;
} Dice;

static double roll(Dice *dice, double low, double high) {
    dice->state = dice->state * 6364136223846793005ULL + 1442695040888963407ULL;
    return low + (high - low) * (double)(dice->state >> 11) / 9007199254740992.0;
}

static int choose(Dice *dice, int count) {
    return (int)roll(dice, 0.0, count);
}

/* Even over the sphere. */
static const char *make_point(Dice *dice, bool is_object, Arena *arena) {
    const double elevation_deg = asin(roll(dice, -1.0, 1.0)) * 180.0 / acos(-1.0);
    const char *place =
        arena_format(arena, "az: %.3f deg, el: %.3f deg, dist: %.3f m", roll(dice, -180.0, 180.0),
                     elevation_deg, roll(dice, 0.5, 5.0));
    if (!is_object) {
        return arena_format(arena, "%s, spread: %.3f deg", place, roll(dice, 0.0, 60.0));
    }
    return arena_format(arena,
                        "%s, width: %.3f deg, height: %.3f deg, divergence: %.2f %%, gain: "
                        "%.2f dB",
                        place, roll(dice, 0.0, 120.0), roll(dice, 0.0, 90.0), roll(dice, 0.0, 60.0),
                        roll(dice, -12.0, 0.0));
}

static const char *make_path(Dice *dice, int second, Arena *arena) {
    static const char *const curves[] = {"linear", "spline", "hold"};
    const bool is_object = choose(dice, 3) == 0;
    const char *points = "";
    for (int point = 0; point < POINTS; point++) {
        points = arena_format(arena, "%s%s[%.6f s, {%s}]", points, point ? ", " : "",
                              second + 0.2 + 0.2 * point + roll(dice, -0.02, 0.02),
                              make_point(dice, is_object, arena));
    }
    return arena_format(arena, "path: {curve: %s, points: [%s]}", curves[choose(dice, 3)], points);
}

/* 100 Hz at -6 dBFS, faded in and out outside of what is judged. */
static void write_tone(Bench *bench) {
    double *samples = calloc(LENGTH, sizeof *samples);
    for (int64_t sample = 0; sample < LENGTH; sample++) {
        samples[sample] = 0.5 * sin(2.0 * acos(-1.0) * 100.0 * (double)sample / RATE_HZ);
    }
    bench_write_wav(bench, "tone.wav", FLOAT_32, 1, samples, LENGTH);
    free(samples);
}

static double largest_corner(const float *samples, int width) {
    double largest = 0.0;
    for (int64_t sample = RATE_HZ / 10; sample < LENGTH - RATE_HZ / 10; sample++) {
        for (int channel = 0; channel < width; channel++) {
            const float *at = samples + sample * width + channel;
            largest = fmax(largest, fabs((double)at[-width] - 2.0 * at[0] + at[width]));
        }
    }
    return largest;
}

/* Of every second and bus; the deliverables are far below their ceiling. */
static void render_corners(const char *motion,
                           const char *const *layers,
                           int layer_count,
                           double corners[][BUSES]) {
    Bench bench;
    const char *text = "";
    bench_open(&bench);
    write_tone(&bench);
    for (int layer = 0; layer < layer_count; layer++) {
        text = arena_format(bench.arena,
                            "%s  m%d: {file: tone.wav, stem: fx, role: effect, at: %d s, fade_in: "
                            "90 ms, fade_out: 90 ms, "
                            "%s}\n",
                            text, layer, layer, layers[layer]);
    }
    bench_plan(&bench,
               arena_format(bench.arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: %d s, motion: %s}\n"
                            "stems: {fx: {role: effects}}\n"
                            "layers:\n%s"
                            "deliverables:\n"
                            "  a: {layout: 2.0, bits: 32f}\n"
                            "  b: {layout: 5.1, bits: 32f}\n"
                            "  c: {layout: 7.1.4, bits: 32f}\n"
                            "  d: {layout: 9.1.6, bits: 32f}\n"
                            "  e: {layout: foa, bits: 32f}\n",
                            layer_count, motion, text),
               16);
    bench_run(&bench, "a");
    for (int bus = 0; bus < BUSES; bus++) {
        SoundInfo info;
        const float *samples = bench_read(&bench, bench_output(&bench, bus, 0, 0), &info);
        for (int layer = 0; layer < layer_count; layer++) {
            corners[layer][bus] = largest_corner(
                samples + (ptrdiff_t)layer * LENGTH * info.channel_count, info.channel_count);
        }
    }
    bench_close(&bench);
}

static void judge(const char *path, const double moved[BUSES], const double still[BUSES]) {
    for (int bus = 0; bus < BUSES; bus++) {
        if (moved[bus] > 1.5 * still[bus] + 1e-4) {
            print_error("bus %d: %g, still %g: %s\n", bus, moved[bus], still[bus], path);
        }
        assert_true(moved[bus] <= 1.5 * still[bus] + 1e-4);
    }
}

static void a_tone_on_random_paths_never_clicks(void **state) {
    (void)state;
    Dice dice = {20260101};
    double still[1][BUSES];
    double moved[BATCH][BUSES];
    double worst[BUSES] = {0.0};
    Arena *arena = arena_create();
    /* a loudspeaker of every layout: the tone itself */
    render_corners("enhanced", (const char *[]){"pan: {az: 30 deg}"}, 1, still);
    for (int first = 0; first < path_count; first += BATCH) {
        const char *paths[BATCH];
        const int count = path_count - first < BATCH ? path_count - first : BATCH;
        for (int path = 0; path < count; path++) {
            paths[path] = make_path(&dice, path, arena);
        }
        render_corners("enhanced", paths, count, moved);
        for (int path = 0; path < count; path++) {
            judge(paths[path], moved[path], still[0]);
            for (int bus = 0; bus < BUSES; bus++) {
                worst[bus] = fmax(worst[bus], moved[path][bus]);
            }
        }
    }
    for (int bus = 0; bus < BUSES; bus++) {
        print_message("bus %d: second difference %.3g, still %.3g\n", bus, worst[bus],
                      still[0][bus]);
    }
    arena_destroy(&arena);
}

/* The test can fail: held points of the standard jump. */
static void a_jump_of_the_standard_is_found(void **state) {
    (void)state;
    double still[1][BUSES];
    double jumped[1][BUSES];
    static const char *const resting[] = {"pan: {az: 30 deg}"};
    static const char *const jumping[] = {
        "path: {curve: hold, points: [[0.2 s, {az: 30 deg}], [0.20101 s, {az: -30 deg}], "
        "[0.20203 s, {az: 110 deg}]]}"};
    render_corners("enhanced", resting, 1, still);
    render_corners("bs2127", jumping, 1, jumped);
    assert_true(jumped[0][0] > 1.5 * still[0][0] + 1e-4);
}

int main(int count, char **words) {
    path_count = count > 1 ? atoi(words[1]) : path_count;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_on_random_paths_never_clicks),
        cmocka_unit_test(a_jump_of_the_standard_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
