/* Places in the picture as directions. */
#include "spatial/screen.h"

#include "render/base/units.h"
#include "render/model/direction.h"

static const double screen_width_deg = 58.0;
static const double screen_aspect = 1.78;

void screen_direction(double x, double y, double *azimuth_deg, double *elevation_deg) {
    const double half_angle_rad = rad_from_deg(screen_width_deg / 2.0);
    const double half_width = exact_sin(half_angle_rad) / exact_cos(half_angle_rad);
    const Direction at = {1.0, -x * half_width, y * half_width / screen_aspect};
    *azimuth_deg = direction_azimuth_deg(at);
    *elevation_deg = direction_elevation_deg(at);
}
