/* Wide sources against the reference renderer, and against their definition summed point by point.
 */
#include "spatial/extent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bs2127.h"
#include "spatial/adm_frame.h"

static ExtentPanner *open_panner(const Layout *layout, Arena *arena) {
    PointSource *point_source = NULL;
    assert_int_equal(point_source_create(layout, arena, &point_source, errors_create(arena)), DONE);
    return extent_create(point_source, arena);
}

static void pan(const ExtentPanner *panner, Direction at, const double size[3], double *gains) {
    extent_gains(panner, (double[]){at.x, at.y, at.z}, size, gains);
}

static void gains_are_those_of_the_reference_renderer(void **state) {
    (void)state;
    int row_count = 0;
    double largest_error = 0.0;
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference reference = reference_open("extent", reference_systems[system], "g_");
        const ExtentPanner *const panner = open_panner(reference.layout, arena);
        while (reference_next(&reference)) {
            double gains[LAYOUT_MAX_CHANNELS];
            double cells[6];
            for (int cell = 0; cell < 6; ++cell) {
                cells[cell] = reference_number(&reference, cell + 1);
            }
            pan(panner, adm_vector(cells[0], cells[1], cells[2]), &cells[3], gains);
            reference_compare(&reference, 0, gains, 1.0);
        }
        row_count += reference.row_count;
        largest_error = fmax(largest_error, reference.largest_error);
        arena_destroy(&arena);
    }
    reference_report("extent", row_count, largest_error);
    assert_int_equal(row_count, 168);
    assert_true(largest_error < reference_tolerance);
}

/* The definition, without patches and with libm: an even sum over all directions of the sphere. */
typedef struct Naive {
    double arc, radius;
    double frame[3][3];
} Naive;

static double naive_weight(const Naive *naive, const double q[3]) {
    double c[3];
    for (int axis = 0; axis < 3; ++axis) {
        c[axis] = naive->frame[axis][0] * q[0] + naive->frame[axis][1] * q[1] +
                  naive->frame[axis][2] * q[2];
    }
    const double side = fabs(atan2(c[0], c[1]));
    const double cap = sin(naive->arc) * fabs(c[0]) + cos(naive->arc) * c[1];
    const double distance =
        (side <= naive->arc ? fabs(asin(fmax(-1.0, fmin(1.0, c[2])))) : acos(fmin(1.0, cap))) -
        naive->radius;
    return fmax(0.0, fmin(1.0, 1.0 - distance * 18.0 / 3.14159265358979323846));
}

static void naive_gains(const PointSource *point_source, const Naive *naive, double *gains) {
    const double deg = 3.14159265358979323846 / 180.0;
    double power = 0.0;
    int point_count = 0;
    const int channel_count = point_source_layout(point_source)->channel_count;
    memset(gains, 0, sizeof(double) * (size_t)channel_count);
    for (int row = -90; row <= 90; row += 5) {
        const int count = (int)fmax(1.0, rint(72.0 * cos(row * deg)));
        for (int index = 0; index < count; ++index, ++point_count) {
            const double azimuth = 360.0 * index / count * deg;
            const double at[3] = {-sin(azimuth) * cos(row * deg), cos(azimuth) * cos(row * deg),
                                  sin(row * deg)};
            double of_point[LAYOUT_MAX_CHANNELS];
            point_source_gains(point_source, at, of_point);
            for (int channel = 0; channel < channel_count; ++channel) {
                gains[channel] += naive_weight(naive, at) * of_point[channel];
            }
        }
    }
    assert_int_equal(point_count, 1652);
    for (int channel = 0; channel < channel_count; ++channel) {
        power += gains[channel] * gains[channel];
    }
    for (int channel = 0; channel < channel_count; ++channel) {
        gains[channel] /= sqrt(power);
    }
}

/* Sources of at most 180 degrees, where the arc is the rest of the width. */
static void patches_add_up_to_the_sum_over_all_directions(void **state) {
    (void)state;
    const double deg = 3.14159265358979323846 / 180.0;
    Arena *arena = arena_create();
    PointSource *point_source = NULL;
    assert_int_equal(
        point_source_create(layout_find("22.2"), arena, &point_source, errors_create(arena)), DONE);
    const ExtentPanner *const panner = extent_create(point_source, arena);
    uint64_t random = 17;
    for (int count = 0; count < 300; ++count) {
        const double azimuth = 360.0 * next_random(&random) - 180.0;
        const double elevation = 170.0 * next_random(&random) - 85.0;
        const double size[3] = {10.0 + 170.0 * next_random(&random),
                                5.0 + 85.0 * next_random(&random), 0.0};
        const double width = fmax(size[0], size[1]) / 2.0 * deg;
        const double radius = fmin(size[0], size[1]) / 2.0 * deg;
        const double a = azimuth * deg;
        const double e = elevation * deg;
        const double right[3] = {cos(a), sin(a), 0.0};
        const double front[3] = {-sin(a) * cos(e), cos(a) * cos(e), sin(e)};
        const double up[3] = {sin(a) * sin(e), -cos(a) * sin(e), cos(e)};
        const bool is_upright = size[1] > size[0];
        Naive naive = {.arc = width - radius, .radius = radius};
        memcpy(naive.frame[0], is_upright ? up : right, sizeof up);
        memcpy(naive.frame[1], front, sizeof front);
        memcpy(naive.frame[2], is_upright ? right : up, sizeof up);
        double expected[LAYOUT_MAX_CHANNELS];
        double found[LAYOUT_MAX_CHANNELS];
        naive_gains(point_source, &naive, expected);
        pan(panner, adm_vector(azimuth, elevation, 1.0), size, found);
        for (int channel = 0; channel < 24; ++channel) {
            assert_true(fabs(found[channel] - expected[channel]) < 1e-10);
        }
    }
    arena_destroy(&arena);
}

static void sizes_of_every_kind_keep_power_and_symmetry(void **state) {
    (void)state;
    const Layout *layout = NULL;
    for (int index = 0; (layout = speaker_layout_at(index)) != NULL; ++index) {
        Arena *arena = arena_create();
        const ExtentPanner *const panner = open_panner(layout, arena);
        const double least = strcmp(layout->name, "2.0") == 0 ? 0.5 : 1.0;
        uint64_t random = 19;
        for (int count = 0; count < 1000; ++count) {
            Direction at =
                adm_vector(360.0 * next_random(&random), 180.0 * next_random(&random) - 90.0,
                           2.0 * next_random(&random));
            const double size[3] = {360.0 * next_random(&random), 360.0 * next_random(&random),
                                    count % 2 * next_random(&random)};
            double gains[LAYOUT_MAX_CHANNELS];
            double mirrored[LAYOUT_MAX_CHANNELS];
            double power = 0.0;
            pan(panner, at, size, gains);
            at.x = -at.x;
            pan(panner, at, size, mirrored);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                const int other = mirror_channel(layout, channel);
                assert_true(fabs(gains[channel] - mirrored[other]) < 1e-9);
                power += gains[channel] * gains[channel];
            }
            assert_true(power > least - 1e-9 && power < 1.0 + 1e-9);
        }
        arena_destroy(&arena);
    }
}

static void a_point_on_the_sphere_stays_a_point(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const ExtentPanner *const panner = open_panner(layout_find("5.1"), arena);
    double gains[LAYOUT_MAX_CHANNELS];
    pan(panner, adm_vector(110.0, 0.0, 1.0), (double[3]){0.0, 0.0, 0.0}, gains);
    assert_true(fabs(gains[4] - 1.0) < 1e-12 && gains[0] == 0.0);
    pan(panner, adm_vector(110.0, 0.0, 3.0), (double[3]){0.0, 0.0, 0.0}, gains);
    assert_true(fabs(gains[4] - 1.0) < 1e-12 && gains[0] == 0.0);
    pan(panner, adm_vector(110.0, 0.0, 0.5), (double[3]){0.0, 0.0, 0.0}, gains);
    assert_true(gains[0] > 0.01 && gains[5] > 0.01 && gains[4] < 0.99);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_are_those_of_the_reference_renderer),
        cmocka_unit_test(patches_add_up_to_the_sum_over_all_directions),
        cmocka_unit_test(sizes_of_every_kind_keep_power_and_symmetry),
        cmocka_unit_test(a_point_on_the_sphere_stays_a_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
