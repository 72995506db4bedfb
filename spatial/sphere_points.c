/* Even points on the sphere, mirrored left and right. */
#include "spatial/sphere_points.h"

/* 360 / golden ratio^2: the turn from one point of the spiral to the next. */
static const double golden_turn_deg = 137.50776405003785;

void sphere_points_mirrored(int half_count, Direction *points) {
    for (int point = 0; point < half_count; ++point) {
        const double z = 1.0 - (2.0 * point + 1.0) / half_count;
        const Direction turn = direction_of(golden_turn_deg * point, 0.0);
        const double radius = sqrt(1.0 - z * z);
        const Direction at = {radius * turn.x, radius * turn.y, z};
        *points++ = at;
        *points++ = (Direction){at.x, -at.y, at.z};
    }
}
