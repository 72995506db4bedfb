/* Objects that keep to the screen: edges of screens, and where they move to. */
#include "spatial/adm/adm_screen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spatial/cube_conversion.h"
#include "spatial/layout_table.h"

static const double degree = 3.14159265358979323846 / 180.0;

static void assert_near(double found, double wanted) {
    if (!(fabs(found - wanted) < 1e-9)) {
        fail_msg("%.12g, not %.12g", found, wanted);
    }
}

/* 58 degrees wide, 1.78 : 1: half as high as wide over the ratio, seen from the middle. */
static void the_assumed_screen_has_its_edges(void **state) {
    (void)state;
    const ScreenEdges edges = adm_screen_edges(&(AdmScreen){0});
    const double height = tan(29.0 * degree) / 1.78;
    assert_near(edges.left_deg, 29.0);
    assert_near(edges.right_deg, -29.0);
    assert_near(edges.top_deg, atan(height) / degree);
    assert_near(edges.bottom_deg, -atan(height) / degree);
}

static void a_cartesian_screen_has_its_edges(void **state) {
    (void)state;
    const AdmScreen screen = {
        .is_cartesian = true, .aspect_ratio = 2.0, .centre = {0.0, 1.0, 0.25},
                .width = 1.0
    };
    const ScreenEdges edges = adm_screen_edges(&screen);
    assert_near(edges.left_deg, atan(0.5) / degree);
    assert_near(edges.right_deg, -atan(0.5) / degree);
    assert_near(edges.top_deg, atan(0.5) / degree);
    assert_near(edges.bottom_deg, 0.0);
}

static void places_scale_with_the_screen(void **state) {
    (void)state;
    const AdmScreen wide = {
        .aspect_ratio = 1.78, .centre = {0.0, 0.0, 1.0},
             .width = 80.0
    };
    const ScreenEdges made_for = adm_screen_edges(&wide);
    const AdmBlockFacts facts = {.refers_to_screen = true};
    const double cases[][2] = {
        {40.0,   29.0  },
        {-20.0,  -14.5 },
        {0.0,    0.0   },
        {110.0,  104.5 }, /* half of the way from the edge to the back */
        {-180.0, -180.0}
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; ++index) {
        double place[3] = {cases[index][0], 0.0, 0.7};
        adm_screen_move(&facts, &made_for, layout_find("5.1"), place);
        assert_near(place[0], cases[index][1]);
        assert_near(place[1], 0.0);
        assert_near(place[2], 0.7);
    }
}

static void edges_lock_to_the_screen(void **state) {
    (void)state;
    const ScreenEdges shown_on = adm_screen_edges(&(AdmScreen){0});
    AdmBlockFacts facts = {.horizontal_edge = SCREEN_RIGHT_OR_BOTTOM,
                           .vertical_edge = SCREEN_LEFT_OR_TOP};
    double place[3] = {70.0, -5.0, 1.0};
    adm_screen_move(&facts, &shown_on, layout_find("7.1.4"), place);
    assert_near(place[0], -29.0);
    assert_near(place[1], shown_on.top_deg);
    facts = (AdmBlockFacts){.is_cartesian = true, .horizontal_edge = SCREEN_LEFT_OR_TOP};
    double cube[3] = {0.4, 1.0, 0.0};
    double wanted[3];
    double azimuth_deg = 0.0;
    double elevation_deg = 0.0;
    double distance = 0.0;
    cube_position_to_polar(cube, &azimuth_deg, &elevation_deg, &distance);
    cube_position_of(29.0, elevation_deg, distance, wanted);
    adm_screen_move(&facts, &shown_on, layout_find("5.1"), cube);
    for (int axis = 0; axis < 3; ++axis) {
        assert_near(cube[axis], wanted[axis]);
    }
}

static void what_does_not_refer_to_the_screen_stays(void **state) {
    (void)state;
    const ScreenEdges made_for = {40.0, -40.0, 20.0, -20.0};
    const AdmBlockFacts facts = {0};
    double place[3] = {12.0, 34.0, 0.5};
    adm_screen_move(&facts, &made_for, layout_find("5.1"), place);
    assert_true(place[0] == 12.0 && place[1] == 34.0 && place[2] == 0.5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_assumed_screen_has_its_edges),
        cmocka_unit_test(a_cartesian_screen_has_its_edges),
        cmocka_unit_test(places_scale_with_the_screen),
        cmocka_unit_test(edges_lock_to_the_screen),
        cmocka_unit_test(what_does_not_refer_to_the_screen_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
