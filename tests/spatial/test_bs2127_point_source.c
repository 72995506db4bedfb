/* The point source panner against the reference renderer, and what holds in every direction. */
#include "spatial/point_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bs2127.h"
#include "spatial/adm_frame.h"
#include "spatial/point_source_regions.h"

enum { RANDOM_DIRECTIONS = 100000 };

static PointSource *open_panner(const Layout *layout, Arena *arena) {
    PointSource *panner = NULL;
    assert_int_equal(point_source_create(layout, arena, &panner, errors_create(arena)), DONE);
    assert_ptr_equal(point_source_layout(panner), layout);
    return panner;
}

static void pan(const PointSource *panner, double azimuth, double elevation, double *gains) {
    const Direction at = adm_vector(azimuth, elevation, 1.0);
    point_source_gains(panner, (double[]){at.x, at.y, at.z}, gains);
}

static double power_of(const double *gains, int count) {
    double power = 0.0;
    for (int index = 0; index < count; ++index) {
        power += gains[index] * gains[index];
    }
    return power;
}

static void gains_are_those_of_the_reference_renderer(void **state) {
    (void)state;
    int row_count = 0;
    double largest_error = 0.0;
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference reference = reference_open("psp", reference_systems[system], "g_");
        const PointSource *const panner = open_panner(reference.layout, arena);
        while (reference_next(&reference)) {
            double gains[LAYOUT_MAX_CHANNELS];
            pan(panner, reference_number(&reference, 2), reference_number(&reference, 3), gains);
            reference_compare(&reference, 0, gains, 1.0);
        }
        row_count += reference.row_count;
        largest_error = fmax(largest_error, reference.largest_error);
        arena_destroy(&arena);
    }
    reference_report("point source", row_count, largest_error);
    assert_int_equal(row_count, 1147);
    assert_true(largest_error < reference_tolerance);
}

/* 0+2+0 alone goes down to -3 dB behind the listener. */
static void power_is_one_and_the_lfe_silent_in_every_direction(void **state) {
    (void)state;
    const Layout *layout = NULL;
    for (int index = 0; (layout = speaker_layout_at(index)) != NULL; ++index) {
        Arena *arena = arena_create();
        const PointSource *const panner = open_panner(layout, arena);
        const double least = strcmp(layout->name, "2.0") == 0 ? 0.5 : 1.0;
        uint64_t random = 7;
        for (int count = 0; count < RANDOM_DIRECTIONS; ++count) {
            double direction[3];
            double gains[LAYOUT_MAX_CHANNELS];
            next_direction(&random, direction);
            point_source_gains(panner, direction, gains);
            const double power = power_of(gains, layout->channel_count);
            assert_true(power > least - 1e-9 && power < 1.0 + 1e-9);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                const bool is_lfe = layout->channels[channel].role == CHANNEL_LFE;
                assert_true(is_lfe ? gains[channel] == 0.0 : gains[channel] >= 0.0);
            }
        }
        arena_destroy(&arena);
    }
}

static void left_and_right_are_mirror_images(void **state) {
    (void)state;
    const Layout *layout = NULL;
    for (int index = 0; (layout = speaker_layout_at(index)) != NULL; ++index) {
        Arena *arena = arena_create();
        const PointSource *const panner = open_panner(layout, arena);
        uint64_t random = 11;
        for (int count = 0; count < RANDOM_DIRECTIONS; ++count) {
            double direction[3];
            double gains[LAYOUT_MAX_CHANNELS];
            double mirrored[LAYOUT_MAX_CHANNELS];
            next_direction(&random, direction);
            point_source_gains(panner, direction, gains);
            direction[0] = -direction[0];
            point_source_gains(panner, direction, mirrored);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                const int other = mirror_channel(layout, channel);
                assert_true(other >= 0);
                assert_true(fabs(gains[channel] - mirrored[other]) < 1e-9);
            }
        }
        arena_destroy(&arena);
    }
}

/* A random direction, and one 0.1 degrees away from it in a random direction. */
static void gains_move_without_a_step(void **state) {
    (void)state;
    const double step_rad = 0.1 * 3.14159265358979323846 / 180.0;
    const Layout *layout = NULL;
    for (int index = 0; (layout = speaker_layout_at(index)) != NULL; ++index) {
        Arena *arena = arena_create();
        const PointSource *const panner = open_panner(layout, arena);
        uint64_t random = 13;
        double largest = 0.0;
        for (int count = 0; count < RANDOM_DIRECTIONS; ++count) {
            double direction[3];
            double offset[3];
            double before[LAYOUT_MAX_CHANNELS];
            double after[LAYOUT_MAX_CHANNELS];
            next_direction(&random, direction);
            next_direction(&random, offset);
            point_source_gains(panner, direction, before);
            for (int axis = 0; axis < 3; ++axis) {
                direction[axis] += step_rad * offset[axis];
            }
            point_source_gains(panner, direction, after);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                largest = fmax(largest, fabs(after[channel] - before[channel]));
            }
        }
        assert_true(largest < 0.05);
        arena_destroy(&arena);
    }
}

static void a_source_at_a_loudspeaker_sounds_from_it_alone(void **state) {
    (void)state;
    const Layout *layout = NULL;
    for (int index = 0; (layout = speaker_layout_at(index)) != NULL; ++index) {
        Arena *arena = arena_create();
        const PointSource *const panner = open_panner(layout, arena);
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            const Position at = layout->channels[channel].position;
            double gains[LAYOUT_MAX_CHANNELS];
            pan(panner, at.azimuth_deg, at.elevation_deg, gains);
            for (int other = 0;
                 layout->channels[channel].role == CHANNEL_SPEAKER && other < layout->channel_count;
                 ++other) {
                assert_true(fabs(gains[other] - (other == channel)) < 1e-9);
            }
        }
        arena_destroy(&arena);
    }
}

static void distance_does_not_matter(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const PointSource *const panner = open_panner(layout_find("7.1.4"), arena);
    double near[LAYOUT_MAX_CHANNELS];
    double far[LAYOUT_MAX_CHANNELS];
    point_source_gains(panner, (double[]){0.3, -0.2, 0.1}, near);
    point_source_gains(panner, (double[]){30.0, -20.0, 10.0}, far);
    for (int channel = 0; channel < 12; ++channel) {
        assert_true(fabs(near[channel] - far[channel]) < 1e-14);
    }
    point_source_gains(panner, (double[]){0.0, 0.0, 0.0}, near);
    assert_true(near[2] == 1.0);
    arena_destroy(&arena);
}

/* "M+030 x[M+030@el-30] ...": the channels in which they sound, counted in two bits each. */
static uint64_t channel_bits(const Layout *layout, const char *names) {
    uint64_t sum = 0;
    char copy[256];
    char *rest = NULL;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        name += strncmp(name, "x[", 2) == 0 ? 2 : 0;
        name[strcspn(name, "@")] = '\0';
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            sum += strcmp(name, layout_bs2051_label(layout, channel)) == 0
                       ? (uint64_t)1 << (2 * channel)
                       : 0;
        }
    }
    return sum;
}

static bool take_region(RegionSet *set, bool *taken, RegionKind kind, uint64_t bits) {
    for (int index = 0; index < set->region_count; ++index) {
        const Region *const region = &set->regions[index];
        uint64_t sum = 0;
        for (int corner = 0; corner < region->corner_count; ++corner) {
            sum += (uint64_t)1 << (2 * set->channel[region->corners[corner]]);
        }
        if (!taken[index] && region->kind == kind && sum == bits) {
            taken[index] = true;
            return true;
        }
    }
    return false;
}

/* Which loudspeakers stand around each region; the systems without a table of gains too. */
static void regions_are_those_of_the_reference_renderer(void **state) {
    (void)state;
    static const char *const systems[] = {"0+5+0", "2+5+0",  "4+5+0", "4+5+1", "3+7+0",
                                          "4+9+0", "9+10+3", "0+7+0", "4+7+0"};
    for (size_t system = 0; system < sizeof systems / sizeof *systems; ++system) {
        Arena *arena = arena_create();
        const Layout *const layout = layout_find_bs2051(systems[system]);
        RegionSet set;
        bool taken[2 * REGION_POINTS] = {false};
        int row_count = 0;
        Oracle oracle;
        assert_int_equal(regions_create(layout, arena, &set, errors_create(arena)), DONE);
        oracle_open(&oracle, "ear_regions.csv");
        while (oracle_next(&oracle)) {
            if (strcmp(oracle.cells[0], systems[system]) == 0) {
                const RegionKind kind = oracle.cells[2][0] == 'V'   ? REGION_RING
                                        : oracle.cells[2][0] == 'T' ? REGION_TRIANGLE
                                                                    : REGION_QUAD;
                ++row_count;
                assert_true(take_region(&set, taken, kind, channel_bits(layout, oracle.cells[4])));
            }
        }
        assert_int_equal(row_count, set.region_count);
        arena_destroy(&arena);
    }
}

static void layouts_without_loudspeakers_are_refused(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    PointSource *panner = NULL;
    assert_int_equal(point_source_create(layout_find("binaural"), arena, &panner, errors), E213);
    assert_int_equal(point_source_create(layout_find("hoa3"), arena, &panner, errors), E213);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_are_those_of_the_reference_renderer),
        cmocka_unit_test(regions_are_those_of_the_reference_renderer),
        cmocka_unit_test(power_is_one_and_the_lfe_silent_in_every_direction),
        cmocka_unit_test(left_and_right_are_mirror_images),
        cmocka_unit_test(gains_move_without_a_step),
        cmocka_unit_test(a_source_at_a_loudspeaker_sounds_from_it_alone),
        cmocka_unit_test(distance_does_not_matter),
        cmocka_unit_test(layouts_without_loudspeakers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
