/* Sphere to cube and back against the reference renderer of BS.2127 and by round trips. */
#include "spatial/cube_conversion.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"

static const double tolerance = 1e-9;

static void worst(double *largest, double found, double expected) {
    *largest = fmax(*largest, fabs(found - expected));
}

static void every_row_of_the_reference_renderer_is_met(void **state) {
    (void)state;
    Oracle oracle;
    int row_count = 0;
    double largest = 0.0;
    oracle_open(&oracle, "ear_conversion.csv");
    while (oracle_next(&oracle)) {
        double cells[18];
        for (int cell = 0; cell < 18; ++cell) {
            cells[cell] = oracle_number(&oracle, cell);
        }
        const PolarExtent polar = {cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]};
        const CubeExtent cube = cube_extent_of(&polar);
        for (int axis = 0; axis < 3; ++axis) {
            worst(&largest, cube.position[axis], cells[6 + axis]);
            worst(&largest, cube.size[axis], cells[9 + axis]);
        }
        const PolarExtent back = cube_extent_to_polar(&cube);
        worst(&largest, remainder(back.azimuth_deg - cells[12], 360.0), 0.0);
        worst(&largest, back.elevation_deg, cells[13]);
        worst(&largest, back.distance, cells[14]);
        worst(&largest, back.width_deg, cells[15]);
        worst(&largest, back.height_deg, cells[16]);
        worst(&largest, back.depth, cells[17]);
        ++row_count;
    }
    printf("conversion: %d rows, largest deviation %.1e\n", row_count, largest);
    assert_int_equal(row_count, 35);
    assert_true(largest < tolerance);
}

static void corners_are_exact_places(void **state) {
    (void)state;
    static const double cases[][5] = {
        {0.0,    0.0,   0.0,  1.0,  0.0 },
        {30.0,   0.0,   -1.0, 1.0,  0.0 },
        {-30.0,  30.0,  1.0,  1.0,  1.0 },
        {110.0,  0.0,   -1.0, -1.0, 0.0 },
        {-110.0, -30.0, 1.0,  -1.0, -1.0},
        {180.0,  0.0,   0.0,  -1.0, 0.0 },
        {-180.0, 0.0,   0.0,  -1.0, 0.0 },
        {540.0,  0.0,   0.0,  -1.0, 0.0 },
        {25.0,   90.0,  0.0,  0.0,  1.0 },
        {0.0,    -90.0, 0.0,  0.0,  -1.0},
        {15.0,   0.0,   -0.5, 1.0,  0.0 },
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; ++row) {
        double at[3];
        cube_position_of(cases[row][0], cases[row][1], 1.0, at);
        for (int axis = 0; axis < 3; ++axis) {
            assert_true(fabs(at[axis] - cases[row][2 + axis]) < 1e-14);
        }
    }
}

static void positions_survive_the_way_there_and_back(void **state) {
    (void)state;
    for (int azimuth_deg = -180; azimuth_deg < 180; azimuth_deg += 5) {
        for (int elevation_deg = -85; elevation_deg <= 85; elevation_deg += 5) {
            double at[3];
            double back[3];
            cube_position_of(azimuth_deg, elevation_deg, 0.7, at);
            cube_position_to_polar(at, &back[0], &back[1], &back[2]);
            assert_true(fabs(remainder(back[0] - azimuth_deg, 360.0)) < 1e-10);
            assert_true(fabs(back[1] - elevation_deg) < 1e-10);
            assert_true(fabs(back[2] - 0.7) < 1e-12);
            assert_true(back[0] >= -180.0 && back[0] < 180.0);
        }
    }
}

static void the_vertical_axis_has_no_azimuth(void **state) {
    (void)state;
    static const double cases[][4] = {
        {0.5,  0.0, 90.0,  0.5},
        {-0.5, 0.0, -90.0, 0.5},
        {0.0,  0.0, 0.0,   0.0}
    };
    for (size_t row = 0; row < 3; ++row) {
        const double at[3] = {1e-11, -1e-11, cases[row][0]};
        double back[3];
        cube_position_to_polar(at, &back[0], &back[1], &back[2]);
        for (int part = 0; part < 3; ++part) {
            assert_true(back[part] == cases[row][part + 1]);
        }
    }
}

/* In front the box lies along the axes: half the sphere is as wide and high as the cube and reaches
 * half into it. */
static void an_extent_in_front_is_a_box_along_the_axes(void **state) {
    (void)state;
    const PolarExtent half = {.distance = 1.0, .width_deg = 180.0, .height_deg = 60.0};
    const CubeExtent cube = cube_extent_of(&half);
    assert_true(fabs(cube.size[0] - 1.0) < 1e-14);
    assert_true(fabs(cube.size[1] - 0.5) < 1e-14);
    assert_true(fabs(cube.size[2] - 0.5) < 1e-14);
    const PolarExtent deep = {.azimuth_deg = 90.0, .distance = 1.0, .depth = 0.8};
    assert_true(fabs(cube_extent_of(&deep).size[0] - 0.8) < 1e-14);
    assert_true(fabs(cube_extent_of(&deep).size[1]) < 1e-14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_reference_renderer_is_met),
        cmocka_unit_test(corners_are_exact_places),
        cmocka_unit_test(positions_survive_the_way_there_and_back),
        cmocka_unit_test(the_vertical_axis_has_no_azimuth),
        cmocka_unit_test(an_extent_in_front_is_a_box_along_the_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
