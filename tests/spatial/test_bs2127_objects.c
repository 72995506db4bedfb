/* Divergence, lock, zones and diffuseness of objects against the reference renderer. */
#include "spatial/object_gains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bs2127.h"

typedef struct Totals {
    int row_count;
    double largest_error;
} Totals;

static ObjectPanner *open_panner(const Layout *layout, Arena *arena) {
    ObjectPanner *panner = NULL;
    assert_int_equal(object_panner_create(layout, arena, &panner, errors_create(arena)), DONE);
    return panner;
}

/* The state of one row; returns how many of its cells are empty. */
typedef int (*ReadState)(const Reference *row, ObjectState *state, ExclusionZone *zone);

static int read_divergence(const Reference *row, ObjectState *state, ExclusionZone *zone) {
    (void)zone;
    state->position.distance_m = reference_number(row, 3);
    state->divergence = reference_number(row, 4);
    state->divergence_range = reference_number(row, 5);
    return 0;
}

/* maxDistance is empty where there is none. */
static int read_lock(const Reference *row, ObjectState *state, ExclusionZone *zone) {
    (void)zone;
    state->position.distance_m = reference_number(row, 3);
    state->is_locked = true;
    state->has_lock_distance = row->oracle.cell_count == row->title_count;
    state->lock_distance = state->has_lock_distance ? reference_number(row, 4) : 0.0;
    return state->has_lock_distance ? 0 : 1;
}

static int read_zone(const Reference *row, ObjectState *state, ExclusionZone *zone) {
    zone->azimuth_min_deg = reference_number(row, 3);
    zone->azimuth_max_deg = reference_number(row, 4);
    zone->elevation_min_deg = reference_number(row, 5);
    zone->elevation_max_deg = reference_number(row, 6);
    state->zones = zone;
    state->zone_count = 1;
    return 0;
}

static Totals compare(const char *kind, ReadState read) {
    Totals totals = {0, 0.0};
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference row = reference_open(kind, reference_systems[system], "g_");
        const ObjectPanner *const panner = open_panner(row.layout, arena);
        while (reference_next(&row)) {
            double direct[LAYOUT_MAX_CHANNELS];
            double diffuse[LAYOUT_MAX_CHANNELS];
            ExclusionZone zone = {0};
            ObjectState state = {
                .position = {reference_number(&row, 1), reference_number(&row, 2), 1.0, 0.0}
            };
            const int missing = read(&row, &state, &zone);
            object_panner_gains(panner, &state, direct, diffuse);
            reference_compare(&row, missing, direct, 1.0);
        }
        totals.row_count += row.row_count;
        totals.largest_error = fmax(totals.largest_error, row.largest_error);
        arena_destroy(&arena);
    }
    reference_report(kind, totals.row_count, totals.largest_error);
    return totals;
}

static void divergence_is_that_of_the_reference_renderer(void **state) {
    (void)state;
    const Totals totals = compare("divergence", read_divergence);
    assert_int_equal(totals.row_count, 48);
    assert_true(totals.largest_error < reference_tolerance);
}

static void lock_is_that_of_the_reference_renderer(void **state) {
    (void)state;
    const Totals totals = compare("channellock", read_lock);
    assert_int_equal(totals.row_count, 56);
    assert_true(totals.largest_error < reference_tolerance);
}

static void zones_are_those_of_the_reference_renderer(void **state) {
    (void)state;
    const Totals totals = compare("zone", read_zone);
    assert_int_equal(totals.row_count, 32);
    assert_true(totals.largest_error < reference_tolerance);
}

static Totals compare_diffuse(const char *prefix, bool is_diffuse) {
    Totals totals = {0, 0.0};
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference row = reference_open("diffuse", reference_systems[system], prefix);
        const ObjectPanner *const panner = open_panner(row.layout, arena);
        while (reference_next(&row)) {
            double gains[2][LAYOUT_MAX_CHANNELS];
            const ObjectState object = {
                .position = {reference_number(&row, 1), reference_number(&row, 2), 1.0, 0.0},
                .width = reference_number(&row, 3),
                .height = reference_number(&row, 4),
                .diffuse = reference_number(&row, 5)
            };
            object_panner_gains(panner, &object, gains[0], gains[1]);
            reference_compare(&row, 0, gains[is_diffuse], reference_number(&row, 6));
        }
        totals.row_count += row.row_count;
        totals.largest_error = fmax(totals.largest_error, row.largest_error);
        arena_destroy(&arena);
    }
    reference_report(prefix, totals.row_count, totals.largest_error);
    return totals;
}

static void direct_and_diffuse_parts_are_those_of_the_reference_renderer(void **state) {
    (void)state;
    const Totals direct = compare_diffuse("dir_", false);
    const Totals diffuse = compare_diffuse("dif_", true);
    assert_int_equal(direct.row_count, 24);
    assert_int_equal(diffuse.row_count, 24);
    assert_true(direct.largest_error < reference_tolerance);
    assert_true(diffuse.largest_error < reference_tolerance);
}

/* Columns: X Y Z, width height depth, divergence positionRange channelLock. */
static void cartesian_objects_are_those_of_the_reference_renderer(void **state) {
    (void)state;
    Totals totals = {0, 0.0};
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference row = reference_open("cartesian", reference_systems[system], "g_");
        const ObjectPanner *const panner = open_panner(row.layout, arena);
        while (reference_next(&row)) {
            double direct[LAYOUT_MAX_CHANNELS];
            double diffuse[LAYOUT_MAX_CHANNELS];
            const ObjectState object = {.is_cartesian = true,
                                        .x = reference_number(&row, 1),
                                        .y = reference_number(&row, 2),
                                        .z = reference_number(&row, 3),
                                        .width = reference_number(&row, 4),
                                        .height = reference_number(&row, 5),
                                        .depth = reference_number(&row, 6),
                                        .divergence = reference_number(&row, 7),
                                        .divergence_range = reference_number(&row, 8),
                                        .is_locked = reference_number(&row, 9) != 0.0};
            object_panner_gains(panner, &object, direct, diffuse);
            reference_compare(&row, 0, direct, 1.0);
        }
        totals.row_count += row.row_count;
        totals.largest_error = fmax(totals.largest_error, row.largest_error);
        arena_destroy(&arena);
    }
    reference_report("cartesian", totals.row_count, totals.largest_error);
    assert_int_equal(totals.row_count, 456);
    assert_true(totals.largest_error < reference_tolerance);
}

static ObjectState random_state(uint64_t *random, ExclusionZone *zone) {
    *zone = (ExclusionZone){.azimuth_min_deg = 360.0 * next_random(random) - 180.0,
                            .azimuth_max_deg = 360.0 * next_random(random) - 180.0,
                            .elevation_min_deg = -90.0,
                            .elevation_max_deg = 180.0 * next_random(random) - 90.0};
    const bool has_size = next_random(random) < 0.3;
    return (ObjectState){
        .position = {360.0 * next_random(random) - 180.0, 180.0 * next_random(random) - 90.0,
                     has_size ? 2.0 * next_random(random) : 1.0, 0.0},
        .width = has_size ? 360.0 * next_random(random) : 0.0,
        .height = has_size ? 360.0 * next_random(random) : 0.0,
        .divergence = next_random(random) < 0.3 ? next_random(random) : 0.0,
        .divergence_range = 180.0 * next_random(random),
        .is_locked = next_random(random) < 0.3,
        .has_lock_distance = next_random(random) < 0.5,
        .lock_distance = next_random(random),
        .diffuse = next_random(random),
        .zones = zone,
        .zone_count = next_random(random) < 0.5
    };
}

/* What an object sends is all of its power, whatever is asked of it; 0+2+0 alone loses some
 * behind. */
static void every_object_keeps_its_power(void **state) {
    (void)state;
    const Layout *layout = NULL;
    for (int index = 0; (layout = speaker_layout_at(index)) != NULL; ++index) {
        Arena *arena = arena_create();
        const ObjectPanner *const panner = open_panner(layout, arena);
        const double least = strcmp(layout->name, "2.0") == 0 ? 0.5 : 1.0;
        uint64_t random = 23;
        for (int count = 0; count < 3000; ++count) {
            double direct[LAYOUT_MAX_CHANNELS];
            double diffuse[LAYOUT_MAX_CHANNELS];
            double power = 0.0;
            ExclusionZone zone;
            const ObjectState object = random_state(&random, &zone);
            object_panner_gains(panner, &object, direct, diffuse);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                const bool is_lfe = layout->channels[channel].role == CHANNEL_LFE;
                assert_true(!is_lfe || (direct[channel] == 0.0 && diffuse[channel] == 0.0));
                power += direct[channel] * direct[channel] + diffuse[channel] * diffuse[channel];
            }
            assert_true(power > least - 1e-9 && power < 1.0 + 1e-9);
        }
        arena_destroy(&arena);
    }
}

static void excluded_loudspeakers_are_silent(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const ObjectPanner *const panner = open_panner(layout_find("7.1.4"), arena);
    /* everything to the left, then the front half of the room as a box */
    const ExclusionZone zones[] = {
        {.azimuth_min_deg = 10.0,
         .azimuth_max_deg = 170.0,
         .elevation_min_deg = -90.0,
         .elevation_max_deg = 90.0},
        { .is_cartesian = true,
         .x_min = -1.0,
         .x_max = 1.0,
         .y_min = 0.1,
         .y_max = 1.0,
         .z_min = -1.0,
         .z_max = 1.0}
    };
    double direct[LAYOUT_MAX_CHANNELS];
    double diffuse[LAYOUT_MAX_CHANNELS];
    ObjectState object = {
        .position = {20.0, 15.0, 1.0, 0.0},
          .width = 200.0, .zones = zones, .zone_count = 2
    };
    object_panner_gains(panner, &object, direct, diffuse);
    for (int channel = 0; channel < 12; ++channel) {
        const Channel *const of = &layout_find("7.1.4")->channels[channel];
        const bool is_left = of->position.azimuth_deg > 5.0;
        const bool is_front = fabs(of->position.azimuth_deg) < 89.0;
        assert_true(!(is_left || is_front) || direct[channel] == 0.0);
    }
    assert_true(direct[5] > 0.3 && direct[7] > 0.0); /* Rss, Rrs */
    arena_destroy(&arena);
}

/* The panner that every oracle holds, without the way through angles. */
static void a_direction_has_the_gains_of_its_angles(void **state) {
    (void)state;
    static const double spreads_deg[] = {0.0, 25.0, 200.0};
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        const Layout *const layout = layout_find_bs2051(reference_systems[system]);
        const ObjectPanner *const panner = open_panner(layout, arena);
        for (int index = 0; index < 600; ++index) {
            const double spread_deg = spreads_deg[index % 3];
            const ObjectState at = {
                .position = {fmod(index * 137.507, 360.0) - 180.0, index * 0.3 - 90.0, 1.0, 0.0},
                .width = spread_deg,
                .height = spread_deg
            };
            double expected[LAYOUT_MAX_CHANNELS];
            double diffuse[LAYOUT_MAX_CHANNELS];
            double found[LAYOUT_MAX_CHANNELS];
            object_panner_gains(panner, &at, expected, diffuse);
            object_panner_gains_towards(
                panner, direction_of(at.position.azimuth_deg, at.position.elevation_deg),
                spread_deg, found);
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                assert_true(fabs(found[channel] - expected[channel]) < 1e-12);
            }
        }
        arena_destroy(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divergence_is_that_of_the_reference_renderer),
        cmocka_unit_test(lock_is_that_of_the_reference_renderer),
        cmocka_unit_test(zones_are_those_of_the_reference_renderer),
        cmocka_unit_test(direct_and_diffuse_parts_are_those_of_the_reference_renderer),
        cmocka_unit_test(cartesian_objects_are_those_of_the_reference_renderer),
        cmocka_unit_test(every_object_keeps_its_power),
        cmocka_unit_test(a_direction_has_the_gains_of_its_angles),
        cmocka_unit_test(excluded_loudspeakers_are_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
