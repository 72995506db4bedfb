/* The picture against the edges of the reference screen. */
#include "spatial/screen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_screen(double x, double y, double azimuth_deg, double elevation_deg) {
    double found[2];
    screen_direction(x, y, &found[0], &found[1]);
    assert_true(fabs(found[0] - azimuth_deg) < 1e-9);
    assert_true(fabs(found[1] - elevation_deg) < 1e-9);
}

static void edges_are_those_of_the_reference_screen(void **state) {
    (void)state;
    const double degree = acos(-1.0) / 180.0;
    assert_screen(0.0, 0.0, 0.0, 0.0);
    assert_screen(-1.0, 0.0, 29.0, 0.0);
    assert_screen(1.0, 0.0, -29.0, 0.0);
    assert_screen(0.0, 1.0, 0.0, atan(tan(29.0 * degree) / 1.78) / degree);
    assert_screen(0.0, -1.0, 0.0, -atan(tan(29.0 * degree) / 1.78) / degree);
}

static void azimuth_is_the_arc_tangent_of_x(void **state) {
    (void)state;
    const double degree = acos(-1.0) / 180.0;
    for (double x = -1.0; x <= 1.0; x += 0.125) {
        for (double y = -1.0; y <= 1.0; y += 0.25) {
            const double azimuth_deg = -atan(x * tan(29.0 * degree)) / degree;
            const double height = y * tan(29.0 * degree) / 1.78;
            const double reach = hypot(1.0, x * tan(29.0 * degree));
            assert_screen(x, y, azimuth_deg, atan(height / reach) / degree);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_are_those_of_the_reference_screen),
        cmocka_unit_test(azimuth_is_the_arc_tangent_of_x),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
