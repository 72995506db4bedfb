/* Between the screen that a programme was made for and the one it is shown on. */
#include "spatial/adm/adm_screen.h"

#include <string.h>

#include "render/base/units.h"
#include "spatial/adm_frame.h"
#include "spatial/cube_conversion.h"
#include "spatial/layout_table.h"

/* BS.2076-2, 5.9.3: where no screen is described. */
static const AdmScreen assumed_screen = {
    .aspect_ratio = 1.78, .centre = {0.0, 0.0, 1.0},
         .width = 58.0
};

/* adm_vector counts x to the right and y to the front, a Direction x to the front, y to the left.
 */
static Direction to_sofa(Direction adm) {
    return (Direction){adm.y, -adm.x, adm.z};
}

static Direction reach(Direction centre, Direction axis, double length) {
    return to_sofa(direction_add(centre, direction_scale(axis, length)));
}

ScreenEdges adm_screen_edges(const AdmScreen *screen) {
    const AdmScreen *const of = screen->aspect_ratio > 0.0 ? screen : &assumed_screen;
    Direction centre = {of->centre[0], of->centre[1], of->centre[2]};
    Direction right = {1.0, 0.0, 0.0};
    Direction up = {0.0, 0.0, 1.0};
    double half_width = of->width / 2.0;
    if (!of->is_cartesian) {
        const AdmFrame frame = adm_frame_around(adm_vector(of->centre[0], of->centre[1], 1.0));
        centre = adm_vector(of->centre[0], of->centre[1], of->centre[2]);
        right = frame.right;
        up = frame.up;
        half_width = of->centre[2] * exact_tan(rad_from_deg(of->width / 2.0));
    }
    const double half_height = half_width / of->aspect_ratio;
    return (ScreenEdges){
        .left_deg = direction_azimuth_deg(reach(centre, right, -half_width)),
        .right_deg = direction_azimuth_deg(reach(centre, right, half_width)),
        .top_deg = direction_elevation_deg(direction_normalise(reach(centre, up, half_height))),
        .bottom_deg = direction_elevation_deg(direction_normalise(reach(centre, up, -half_height))),
    };
}

/* Piecewise linear through four points, from[] ascending. */
static double bend(double value, const double from[4], const double to[4]) {
    if (value <= from[0]) {
        return to[0];
    }
    for (int point = 1; point < 4; ++point) {
        if (value <= from[point]) {
            const double width = from[point] - from[point - 1];
            const double share = width > 0.0 ? (value - from[point - 1]) / width : 1.0;
            return to[point - 1] + share * (to[point] - to[point - 1]);
        }
    }
    return to[3];
}

static void
scale(const ScreenEdges *from, const ScreenEdges *to, double *azimuth_deg, double *elevation_deg) {
    *azimuth_deg = bend(*azimuth_deg, (double[]){-180.0, from->right_deg, from->left_deg, 180.0},
                        (double[]){-180.0, to->right_deg, to->left_deg, 180.0});
    *elevation_deg = bend(*elevation_deg, (double[]){-90.0, from->bottom_deg, from->top_deg, 90.0},
                          (double[]){-90.0, to->bottom_deg, to->top_deg, 90.0});
}

static void lock(const AdmBlockFacts *facts,
                 const ScreenEdges *to,
                 double *azimuth_deg,
                 double *elevation_deg) {
    if (facts->horizontal_edge != NO_SCREEN_EDGE) {
        *azimuth_deg = facts->horizontal_edge == SCREEN_LEFT_OR_TOP ? to->left_deg : to->right_deg;
    }
    if (facts->vertical_edge != NO_SCREEN_EDGE) {
        *elevation_deg = facts->vertical_edge == SCREEN_LEFT_OR_TOP ? to->top_deg : to->bottom_deg;
    }
}

static bool has_upper_045(const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (strcmp(layout_bs2051_label(layout, channel), "U+045") == 0) {
            return true;
        }
    }
    return false;
}

/* In the cube, U+045 stands above M+030: what is to rise straight has to lean. BS.2127-1, 7.3.3 */
static void lean(const Layout *layout, double *azimuth_deg, double elevation_deg) {
    if (has_upper_045(layout)) {
        const double edge_deg = bend(elevation_deg, (double[]){0.0, 30.0, 90.0, 90.0},
                                     (double[]){30.0, 30.0 * (30.0 / 45.0), 30.0, 30.0});
        *azimuth_deg = bend(*azimuth_deg, (double[]){-180.0, -30.0, 30.0, 180.0},
                            (double[]){-180.0, -edge_deg, edge_deg, 180.0});
    }
}

/* Scales from the screen it was made for, or (NULL) locks to an edge. */
static void move_once(const AdmBlockFacts *facts,
                      const ScreenEdges *made_for,
                      const Layout *layout,
                      double place[3]) {
    const ScreenEdges shown_on = adm_screen_edges(&assumed_screen);
    double azimuth_deg = place[0];
    double elevation_deg = place[1];
    double distance = place[2];
    if (facts->is_cartesian) {
        cube_position_to_polar(place, &azimuth_deg, &elevation_deg, &distance);
    }
    if (made_for) {
        scale(made_for, &shown_on, &azimuth_deg, &elevation_deg);
    } else {
        lock(facts, &shown_on, &azimuth_deg, &elevation_deg);
    }
    if (facts->is_cartesian) {
        lean(layout, &azimuth_deg, elevation_deg);
        cube_position_of(azimuth_deg, elevation_deg, distance, place);
    } else {
        place[0] = azimuth_deg;
        place[1] = elevation_deg;
    }
}

void adm_screen_move(const AdmBlockFacts *facts,
                     const ScreenEdges *made_for,
                     const Layout *layout,
                     double place[3]) {
    const bool is_locked =
        facts->horizontal_edge != NO_SCREEN_EDGE || facts->vertical_edge != NO_SCREEN_EDGE;
    /* scaled, then locked: each by itself, as the compensation stands in both */
    if (facts->refers_to_screen) {
        move_once(facts, made_for, layout, place);
    }
    if (is_locked) {
        move_once(facts, NULL, layout, place);
    }
}
