/* Cartesian objects against the reference renderer of BS.2127 and the symmetries of the cube. */
#include "spatial/cube_gains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bs2127.h"

static const double no_size[3] = {0.0, 0.0, 0.0};

static CubePanner *panner_of(const Layout *layout, Arena *arena) {
    CubePanner *panner = NULL;
    assert_int_equal(cube_panner_create(layout, arena, &panner, errors_create(arena)), DONE);
    return panner;
}

static double power_of(const Layout *layout, const double *gains) {
    double power = 0.0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        power += gains[channel] * gains[channel];
    }
    return power;
}

/* channelLock without a distance, as BS.2127-1 has it for Cartesian objects. */
static void lock(const Layout *layout, double position[3]) {
    static const double weights[3] = {1.0 / 16.0, 4.0, 32.0};
    double best[3] = {0.0};
    double smallest = INFINITY;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        double at[3];
        double distance = 0.0;
        cube_speaker_position(layout, channel, at);
        for (int axis = 0; axis < 3; ++axis) {
            distance += weights[axis] * (at[axis] - position[axis]) * (at[axis] - position[axis]);
        }
        if (layout->channels[channel].role == CHANNEL_SPEAKER && distance < smallest) {
            smallest = distance;
            memcpy(best, at, sizeof best);
        }
    }
    memcpy(position, best, sizeof best);
}

/* Power sum of the object and its two ghosts. */
static void divergent_gains(const CubePanner *panner,
                            const double *row,
                            const double size[3],
                            int channel_count,
                            double *gains) {
    const double side = row[6] / (row[6] + 1.0);
    const double shares[3] = {side, (1.0 - row[6]) / (row[6] + 1.0), side};
    double powers[LAYOUT_MAX_CHANNELS] = {0.0};
    for (int ghost = 0; ghost < 3; ++ghost) {
        const double at[3] = {row[0] + (1 - ghost) * row[7], row[1], row[2]};
        cube_panner_gains(panner, at, size, NULL, gains);
        for (int channel = 0; channel < channel_count; ++channel) {
            powers[channel] += shares[ghost] * gains[channel] * gains[channel];
        }
    }
    for (int channel = 0; channel < channel_count; ++channel) {
        gains[channel] = sqrt(powers[channel]);
    }
}

/* The table passes its columns width, height, depth on as the sizes along x, y, z. */
static void row_gains(const CubePanner *panner, Reference *reference, double *gains) {
    double row[9];
    for (int cell = 0; cell < 9; ++cell) {
        row[cell] = reference_number(reference, cell + 1);
    }
    if (row[8] != 0.0) {
        lock(reference->layout, row);
    }
    divergent_gains(panner, row, row + 3, reference->layout->channel_count, gains);
}

static void every_row_of_the_reference_renderer_is_met(void **state) {
    (void)state;
    int row_count = 0;
    double largest_error = 0.0;
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference reference = reference_open("cartesian", reference_systems[system], "g_");
        const CubePanner *const panner = panner_of(reference.layout, arena);
        while (reference_next(&reference)) {
            double gains[LAYOUT_MAX_CHANNELS];
            row_gains(panner, &reference, gains);
            reference_compare(&reference, 0, gains, 1.0);
        }
        row_count += reference.row_count;
        largest_error = fmax(largest_error, reference.largest_error);
        arena_destroy(&arena);
    }
    reference_report("cartesian", row_count, largest_error);
    assert_int_equal(row_count, 8 * 57);
    assert_true(largest_error < reference_tolerance);
}

static void cube_places_are_those_of_bs2051(void **state) {
    (void)state;
    Oracle oracle;
    int row_count = 0;
    int channel = 0;
    char system[16] = "";
    oracle_open(&oracle, "layouts_bs2051.csv");
    while (oracle_next(&oracle)) {
        double at[3];
        channel = strcmp(system, oracle.cells[0]) == 0 ? channel + 1 : 0;
        snprintf(system, sizeof system, "%s", oracle.cells[0]);
        cube_speaker_position(layout_find_bs2051(system), channel, at);
        for (int axis = 0; axis < 3; ++axis) {
            assert_true(at[axis] == oracle_number(&oracle, 6 + axis));
        }
        ++row_count;
    }
    assert_int_equal(row_count, 107);
}

static void a_point_on_a_loudspeaker_is_that_loudspeaker_alone(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (int index = 0; speaker_layout_at(index); ++index) {
        const Layout *const layout = speaker_layout_at(index);
        const CubePanner *const panner = panner_of(layout, arena);
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            double at[3];
            double gains[LAYOUT_MAX_CHANNELS];
            cube_speaker_position(layout, channel, at);
            cube_panner_gains(panner, at, no_size, NULL, gains);
            const bool is_lfe = layout->channels[channel].role == CHANNEL_LFE;
            assert_true(gains[channel] == (is_lfe ? 0.0 : 1.0));
        }
    }
    arena_destroy(&arena);
}

static void next_object(uint64_t *random, double position[3], double size[3]) {
    const bool is_point = next_random(random) < 0.5;
    for (int axis = 0; axis < 3; ++axis) {
        position[axis] = 2.0 * next_random(random) - 1.0;
        size[axis] = is_point ? 0.0 : next_random(random);
    }
}

static void power_is_one_and_the_lfe_silent_for_every_layout(void **state) {
    (void)state;
    Arena *arena = arena_create();
    uint64_t random = 1;
    for (int index = 0; speaker_layout_at(index); ++index) {
        const Layout *const layout = speaker_layout_at(index);
        const CubePanner *const panner = panner_of(layout, arena);
        for (int trial = 0; trial < 20; ++trial) {
            double position[3];
            double size[3];
            double gains[LAYOUT_MAX_CHANNELS];
            next_object(&random, position, size);
            cube_panner_gains(panner, position, size, NULL, gains);
            assert_true(fabs(power_of(layout, gains) - 1.0) < 1e-12);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                assert_true(layout->channels[channel].role == CHANNEL_SPEAKER ||
                            gains[channel] == 0.0);
            }
        }
    }
    arena_destroy(&arena);
}

static void left_and_right_mirror(void **state) {
    (void)state;
    Arena *arena = arena_create();
    uint64_t random = 2;
    for (int index = 0; speaker_layout_at(index); ++index) {
        const Layout *const layout = speaker_layout_at(index);
        const CubePanner *const panner = panner_of(layout, arena);
        for (int trial = 0; trial < 10; ++trial) {
            double position[3];
            double size[3];
            double gains[2][LAYOUT_MAX_CHANNELS];
            next_object(&random, position, size);
            cube_panner_gains(panner, position, size, NULL, gains[0]);
            position[0] = -position[0];
            cube_panner_gains(panner, position, size, NULL, gains[1]);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                const int mirrored = mirror_channel(layout, channel);
                assert_true(mirrored < 0 || fabs(gains[0][channel] - gains[1][mirrored]) < 1e-12);
            }
        }
    }
    arena_destroy(&arena);
}

static void positions_outside_the_cube_count_as_on_its_wall(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Layout *const layout = layout_find("7.1.4");
    const CubePanner *const panner = panner_of(layout, arena);
    const double sizes[2][3] = {
        {0.0, 0.0, 0.0},
        {0.5, 0.3, 0.2}
    };
    for (int size = 0; size < 2; ++size) {
        double inside[LAYOUT_MAX_CHANNELS];
        double outside[LAYOUT_MAX_CHANNELS];
        cube_panner_gains(panner, (double[]){-1.0, 0.2, 1.0}, sizes[size], NULL, inside);
        cube_panner_gains(panner, (double[]){-3.0, 0.2, 1.5}, sizes[size], NULL, outside);
        assert_memory_equal(inside, outside, (size_t)layout->channel_count * sizeof *inside);
    }
    arena_destroy(&arena);
}

/* 7.1.4 without its heights is 7.1: the first eight channels are the same. */
static void excluded_loudspeakers_are_as_if_not_there(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const CubePanner *const whole = panner_of(layout_find("7.1.4"), arena);
    const CubePanner *const floor_only = panner_of(layout_find("7.1"), arena);
    bool excluded[12] = {false};
    memset(excluded + 8, true, 4);
    uint64_t random = 3;
    for (int trial = 0; trial < 50; ++trial) {
        double position[3];
        double size[3];
        double gains[12];
        double expected[8];
        next_object(&random, position, size);
        cube_panner_gains(whole, position, size, excluded, gains);
        cube_panner_gains(floor_only, position, size, NULL, expected);
        assert_memory_equal(gains, expected, sizeof expected);
        assert_true(gains[8] == 0.0 && gains[9] == 0.0 && gains[10] == 0.0 && gains[11] == 0.0);
    }
    memset(excluded, true, sizeof excluded);
    double all[12];
    double none[12];
    cube_panner_gains(whole, (double[]){0.3, 0.4, 0.5}, no_size, excluded, all);
    cube_panner_gains(whole, (double[]){0.3, 0.4, 0.5}, no_size, NULL, none);
    assert_memory_equal(all, none, sizeof all);
    arena_destroy(&arena);
}

/* names: the labels of BS.2051 that shall be excluded, each with a space behind it. */
static void
assert_excluded(const char *system, const ExclusionZone *zones, int count, const char *names) {
    const Layout *const layout = layout_find_bs2051(system);
    bool excluded[LAYOUT_MAX_CHANNELS];
    char found[256] = "";
    cube_zone_excluded(layout, zones, count, excluded);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (excluded[channel]) {
            strcat(found, layout_bs2051_label(layout, channel));
            strcat(found, " ");
        }
    }
    assert_string_equal(found, names);
}

static ExclusionZone polar_zone(double from_deg, double to_deg, double low_deg, double high_deg) {
    return (ExclusionZone){.azimuth_min_deg = from_deg,
                           .azimuth_max_deg = to_deg,
                           .elevation_min_deg = low_deg,
                           .elevation_max_deg = high_deg};
}

static void polar_zones_take_the_nominal_directions_inside_them(void **state) {
    (void)state;
    const ExclusionZone upper = polar_zone(-180.0, 180.0, 10.0, 90.0);
    assert_excluded("4+5+0", &upper, 1, "U+030 U-030 U+110 U-110 ");
    const ExclusionZone rear = polar_zone(135.0, -135.0, -90.0, 90.0); /* borders belong to it */
    assert_excluded("4+7+0", &rear, 1, "M+135 M-135 U+135 U-135 ");
    const ExclusionZone one = polar_zone(180.0, 180.0, -5.0, 5.0);
    assert_excluded("9+10+3", &one, 1, "M+180 ");
    const ExclusionZone pole = polar_zone(50.0, 51.0, 80.0, 90.0); /* T+000 has no azimuth */
    assert_excluded("9+10+3", &pole, 1, "T+000 ");
    const ExclusionZone centre = polar_zone(-10.0, 10.0, -5.0, 5.0);
    const ExclusionZone two[2] = {centre, upper};
    assert_excluded("2+5+0", two, 2, "M+000 U+030 U-030 ");
    const ExclusionZone empty = polar_zone(40.0, 50.0, -5.0, 5.0);
    assert_excluded("0+5+0", &empty, 1, "");
    assert_excluded("0+5+0", NULL, 0, "");
}

static void a_side_loudspeaker_takes_its_row_with_it(void **state) {
    (void)state;
    const ExclusionZone left_side = polar_zone(85.0, 95.0, -5.0, 5.0);
    assert_excluded("4+7+0", &left_side, 1, "M+090 M-090 ");
    assert_excluded("9+10+3", &left_side, 1, "M+090 M-090 ");
    const ExclusionZone left_rear = polar_zone(130.0, 140.0, -5.0, 5.0); /* y = -1: alone */
    assert_excluded("4+7+0", &left_rear, 1, "M+135 ");
}

static void cartesian_zones_look_at_the_sphere(void **state) {
    (void)state;
    /* M+030 stands at (-0.5, 0.866, 0) of the sphere, not at the corner (-1, 1, 0). */
    ExclusionZone zone = {.is_cartesian = true,
                          .x_min = -0.5,
                          .x_max = -0.4,
                          .y_min = 0.8,
                          .y_max = 0.9,
                          .z_min = -0.1,
                          .z_max = 0.1};
    assert_excluded("0+5+0", &zone, 1, "M+030 ");
    zone.y_min = 0.9;
    zone.y_max = 1.0;
    assert_excluded("0+5+0", &zone, 1, "");
    zone.x_max = zone.y_max = zone.z_max = 1.0;
    zone.x_min = zone.y_min = -1.0;
    zone.z_min = 0.1;
    assert_excluded("2+5+0", &zone, 1, "U+030 U-030 ");
}

static void zones_that_would_leave_nothing_exclude_nothing(void **state) {
    (void)state;
    const ExclusionZone everywhere = polar_zone(-180.0, 180.0, -90.0, 90.0);
    assert_excluded("4+7+0", &everywhere, 1, "");
}

static void layouts_without_loudspeakers_are_refused(void **state) {
    (void)state;
    Arena *arena = arena_create();
    static const Channel lfe = {
        "LFE", CHANNEL_LFE, {0.0, -30.0, 1.0, 0.0},
          0, 0.0
    };
    static const Layout lfe_alone = {.name = "0.1", .channels = &lfe, .channel_count = 1};
    CubePanner *panner = NULL;
    assert_int_equal(cube_panner_create(layout_find("hoa1"), arena, &panner, errors_create(arena)),
                     E213);
    assert_int_equal(cube_panner_create(&lfe_alone, arena, &panner, errors_create(arena)), E213);
    assert_null(panner);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_reference_renderer_is_met),
        cmocka_unit_test(cube_places_are_those_of_bs2051),
        cmocka_unit_test(a_point_on_a_loudspeaker_is_that_loudspeaker_alone),
        cmocka_unit_test(power_is_one_and_the_lfe_silent_for_every_layout),
        cmocka_unit_test(left_and_right_mirror),
        cmocka_unit_test(positions_outside_the_cube_count_as_on_its_wall),
        cmocka_unit_test(excluded_loudspeakers_are_as_if_not_there),
        cmocka_unit_test(polar_zones_take_the_nominal_directions_inside_them),
        cmocka_unit_test(a_side_loudspeaker_takes_its_row_with_it),
        cmocka_unit_test(cartesian_zones_look_at_the_sphere),
        cmocka_unit_test(zones_that_would_leave_nothing_exclude_nothing),
        cmocka_unit_test(layouts_without_loudspeakers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
