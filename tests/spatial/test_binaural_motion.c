/* A low sine on random paths around the head: nothing clicks.
 *
 *     test_binaural_motion [PATHS]
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/dsp/ear_convolver.h"
#include "render/model/direction.h"
#include "spatial/binaural.h"
#include "spatial/layout_table.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";
enum { RATE_HZ = 48000, SECOND = RATE_HZ, POINTS = 12, WARM_SAMPLES = 2048 };
static const double sine_hz = 100.0;
static const double sine_gain = 0.5; /* -6 dBFS */
static int path_count = 50;

/* Points at random times, straight great circles between them: up to a turn in a tenth of a second,
 * close to the ears and far away. */
typedef struct RandomPath {
    const void *panner;
    Direction directions[POINTS];
    double distances_m[POINTS], times_s[POINTS];
    int tap_count;
    double loudest; /* gain at 100 Hz of any response that was asked for */
} RandomPath;

static double random_unit(uint32_t *seed) {
    *seed = *seed * 1664525U + 1013904223U;
    return (double)(*seed >> 8) / (1 << 24);
}

static void make_path(RandomPath *path, uint32_t seed) {
    double time_s = 0.0;
    for (int point = 0; point < POINTS; ++point) {
        path->directions[point] =
            direction_of(360.0 * random_unit(&seed) - 180.0, 180.0 * random_unit(&seed) - 90.0);
        path->distances_m[point] = 0.2 + 3.0 * random_unit(&seed) * random_unit(&seed);
        path->times_s[point] = time_s;
        time_s += 0.05 + 0.25 * random_unit(&seed);
    }
}

static Position position_at(const RandomPath *path, double time_s) {
    int point = 0;
    while (point < POINTS - 2 && path->times_s[point + 1] <= time_s) {
        ++point;
    }
    const double u = fmin(
        fmax((time_s - path->times_s[point]) / (path->times_s[point + 1] - path->times_s[point]),
             0.0),
        1.0);
    const Direction at = direction_slerp(path->directions[point], path->directions[point + 1], u);
    return (Position){.azimuth_deg = direction_azimuth_deg(at),
                      .elevation_deg = direction_elevation_deg(at),
                      .distance_m = path->distances_m[point] +
                                    u * (path->distances_m[point + 1] - path->distances_m[point])};
}

static void filter_at(void *context, int64_t grid_index, float *taps) {
    RandomPath *path = context;
    const double time_s = (double)(grid_index * ear_grid_samples(path->tap_count)) / RATE_HZ;
    binaural.respond(path->panner, position_at(path, time_s), taps);
    for (int ear = 0; ear < EARS; ++ear) {
        double sums[2] = {0.0, 0.0};
        for (int tap = 0; tap < path->tap_count; ++tap) {
            const double angle = 2.0 * pi * sine_hz * tap / RATE_HZ;
            sums[0] += taps[ear * path->tap_count + tap] * cos(angle);
            sums[1] += taps[ear * path->tap_count + tap] * sin(angle);
        }
        path->loudest = fmax(path->loudest, hypot(sums[0], sums[1]));
    }
}

static void read_sine(void *context, SampleTime begin, int64_t count, float *samples) {
    (void)context;
    for (int64_t sample = 0; sample < count; ++sample) {
        samples[sample] =
            (float)(sine_gain * sin(2.0 * pi * sine_hz * (double)(begin + sample) / RATE_HZ));
    }
}

/* Largest second difference of a path in units of what is allowed. */
static double share_of_limit(RandomPath *path, Arena *arena, ErrorList *errors) {
    double *out[EARS] = {arena_array(arena, SECOND, sizeof(double)),
                         arena_array(arena, SECOND, sizeof(double))};
    const EarSource source = {.read = read_sine, .filter_at = filter_at, .context = path};
    const EarShape shape = {
        .tap_count = path->tap_count, .is_moving = true, .span = {0, SECOND}
    };
    double largest = 0.0;
    path->loudest = 0.0;
    assert_int_equal(ear_convolver_run(&source, 1, &shape, out, arena, errors), DONE);
    for (int ear = 0; ear < EARS; ++ear) {
        for (int sample = WARM_SAMPLES; sample < SECOND; ++sample) {
            largest = fmax(largest, fabs(out[ear][sample] - 2.0 * out[ear][sample - 1] +
                                         out[ear][sample - 2]));
        }
    }
    const double step_rad = 2.0 * pi * sine_hz / RATE_HZ;
    const double still = sine_gain * path->loudest * 2.0 * (1.0 - cos(step_rad));
    return largest / (1.5 * still + 1e-4);
}

static void a_sine_on_random_paths_does_not_click(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        print_message("skipped: no %s\n", sofa_path);
        skip();
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    const MixFile file = {.path = sofa_path, .real_path = sofa_path};
    const HeadFile head = {.file = &file};
    void *panner = NULL;
    assert_int_equal(
        binaural.create(layout_find("binaural"), RATE_HZ, &head, arena, &panner, errors), DONE);
    double worst = 0.0;
    for (int index = 0; index < path_count; ++index) {
        Arena *scratch = arena_create();
        RandomPath path = {.panner = panner, .tap_count = binaural.tap_count(panner)};
        make_path(&path, 4711U + 977U * (uint32_t)index);
        worst = fmax(worst, share_of_limit(&path, scratch, errors));
        arena_destroy(&scratch);
    }
    print_message("%d paths: the largest second difference is %.2f of what is allowed\n",
                  path_count, worst);
    assert_true(worst <= 1.0);
    arena_destroy(&arena);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_on_random_paths_does_not_click),
    };
    path_count = argc > 1 ? atoi(argv[1]) : path_count; // NOLINT(cert-err34-c): a test's own word
    return cmocka_run_group_tests(tests, NULL, NULL);
}
