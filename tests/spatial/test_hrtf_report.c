/* What is said of a set of responses: its grid, its gaps, and what interpolation costs. */
#include "spatial/hrtf_report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LENGTH = 64, MOST = 300, RATE_HZ = 48000 };

typedef struct Bench {
    Direction directions[MOST];
    float samples[MOST][EAR_COUNT][LENGTH];
    double delays[MOST][EAR_COUNT];
    HrirGrid grid;
    HrtfReport report;
    Arena *arena;
    ErrorList *errors;
} Bench;

static int open_bench(void **state) {
    Arena *const arena = arena_create();
    Bench *const bench = arena_alloc(arena, sizeof *bench);
    bench->arena = arena;
    bench->errors = errors_create(arena);
    bench->grid = (HrirGrid){
        bench->directions, &bench->samples[0][0][0], &bench->delays[0][0], 0, LENGTH, RATE_HZ};
    *state = bench;
    return 0;
}

static int close_bench(void **state) {
    Arena *arena = ((Bench *)*state)->arena;
    arena_destroy(&arena);
    return 0;
}

/* A pulse at sample 10, and noise behind it that no other direction has. */
static void add_direction(Bench *bench, Direction at, double noise) {
    const int point = bench->grid.count++;
    bench->directions[point] = at;
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        uint32_t seed = 7U * (uint32_t)point + (uint32_t)ear + 1U;
        bench->samples[point][ear][10] = 1.0F;
        for (int sample = 11; sample < LENGTH; ++sample) {
            seed = seed * 1664525U + 1013904223U;
            bench->samples[point][ear][sample] = (float)(noise * (int32_t)seed / 2147483648.0);
        }
    }
}

static void add_even_sphere(Bench *bench, int count, double noise) {
    for (int point = 0; point < count; ++point) {
        const double z = 1.0 - (2.0 * point + 1.0) / count;
        const Direction turn = direction_of(137.50776405003785 * point, 0.0);
        const double radius = sqrt(1.0 - z * z);
        add_direction(bench, (Direction){radius * turn.x, radius * turn.y, z}, noise);
    }
}

static Status examine(Bench *bench) {
    return hrtf_report(&bench->grid, &bench->report, bench->errors);
}

static void an_octahedron_has_its_gaps_in_the_middle_of_its_faces(void **state) {
    Bench *const bench = *state;
    for (int turn = 0; turn < 4; ++turn) {
        add_direction(bench, direction_of(90.0 * turn, 0.0), 0.0);
    }
    add_direction(bench, direction_of(0.0, 90.0), 0.0);
    add_direction(bench, direction_of(0.0, -90.0), 0.0);
    assert_int_equal(examine(bench), DONE);
    assert_int_equal(bench->report.ring_count, 3);
    assert_true(bench->report.lowest_deg == -90.0 && bench->report.highest_deg == 90.0);
    /* acos(1 / sqrt 3) */
    assert_true(fabs(bench->report.gap_deg - 54.7356103) < 1e-6);
    assert_true(fabs(fabs(bench->report.gap_elevation_deg) - 35.2643897) < 1e-6);
    assert_false(bench->report.has_errors); /* one of six would be left out: too few for a mean */
}

static void a_grid_open_below_has_its_gap_there(void **state) {
    Bench *const bench = *state;
    for (int ring = 0; ring < 3; ++ring) {
        for (int turn = 0; turn < 12; ++turn) {
            add_direction(bench, direction_of(30.0 * turn, 30.0 * ring - 30.0), 0.0);
        }
    }
    add_direction(bench, direction_of(0.0, 90.0), 0.0);
    assert_int_equal(examine(bench), DONE);
    assert_int_equal(bench->report.ring_count, 4);
    assert_true(fabs(bench->report.gap_deg - 60.0) < 1e-6); /* from -30 down to -90 */
    assert_true(fabs(bench->report.gap_elevation_deg + 90.0) < 1e-6);
}

static void equal_responses_are_interpolated_without_error(void **state) {
    Bench *const bench = *state;
    add_even_sphere(bench, MOST, 0.0);
    assert_int_equal(examine(bench), DONE);
    assert_true(bench->report.has_errors);
    assert_int_equal(bench->report.left_out_count, (MOST + 3) / 7);
    assert_true(bench->report.error_db < 0.01);
    assert_true(bench->report.itd_error_us < 0.01);
}

/* 20 degrees between directions, and nothing in common: several decibels. */
static void responses_without_relation_cannot_be_interpolated(void **state) {
    Bench *const bench = *state;
    add_even_sphere(bench, 100, 0.3);
    assert_int_equal(examine(bench), DONE);
    assert_true(bench->report.error_db > 1.0);
}

static void a_later_ear_is_missed_by_what_its_neighbours_lack(void **state) {
    Bench *const bench = *state;
    add_even_sphere(bench, MOST, 0.0);
    for (int point = 3; point < MOST; point += 7) { /* those left out */
        bench->delays[point][1] = 4.8;
    }
    assert_int_equal(examine(bench), DONE);
    assert_true(fabs(bench->report.itd_error_us - 100.0) < 0.1);
}

static void directions_in_one_plane_are_refused(void **state) {
    Bench *const bench = *state;
    for (int turn = 0; turn < 3; ++turn) {
        add_direction(bench, direction_of(120.0 * turn, 0.0), 0.0);
    }
    assert_int_equal(examine(bench), E421);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
    const struct CMUnitTest tests[] = {
        TEST(an_octahedron_has_its_gaps_in_the_middle_of_its_faces),
        TEST(a_grid_open_below_has_its_gap_there),
        TEST(equal_responses_are_interpolated_without_error),
        TEST(responses_without_relation_cannot_be_interpolated),
        TEST(a_later_ear_is_missed_by_what_its_neighbours_lack),
        TEST(directions_in_one_plane_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
