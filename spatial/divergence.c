/* An object and its two neighbours: BS.2127-1, 7.3.7. */
#include "spatial/divergence.h"

#include <string.h>

#include "spatial/adm_frame.h"

static int split(const double position[3], double divergence, DivergedSource sources[3]) {
    for (int index = 0; index < 3; ++index) {
        memcpy(sources[index].position, position, sizeof sources[index].position);
        sources[index].power = (index == 1 ? 1.0 - divergence : divergence) / (divergence + 1.0);
    }
    if (divergence == 0.0) {
        sources[0].power = 1.0;
        return 1;
    }
    return 3;
}

/* The direction that lies this far to the left when looking along the frame. */
static void place_beside(const AdmFrame *frame, double left_deg, double distance, double at[3]) {
    const Direction turn = adm_vector(left_deg, 0.0, distance);
    const Direction place =
        direction_add(direction_scale(frame->right, turn.x), direction_scale(frame->front, turn.y));
    at[0] = place.x;
    at[1] = place.y;
    at[2] = place.z;
}

int divergence_polar(const double position[3],
                     double divergence,
                     double azimuth_range_deg,
                     DivergedSource sources[3]) {
    const Direction at = {position[0], position[1], position[2]};
    const int count = split(position, divergence, sources);
    if (count == 3) {
        const AdmFrame frame = adm_frame_around(at);
        const double distance = direction_length(at);
        place_beside(&frame, azimuth_range_deg, distance, sources[0].position);
        place_beside(&frame, -azimuth_range_deg, distance, sources[2].position);
    }
    return count;
}

int divergence_cube(const double position[3],
                    double divergence,
                    double position_range,
                    DivergedSource sources[3]) {
    const int count = split(position, divergence, sources);
    for (int index = 0; count == 3 && index < 3; ++index) {
        sources[index].position[0] += position_range * (1 - index);
        for (int axis = 0; axis < 3; ++axis) {
            double *const at = &sources[index].position[axis];
            *at = fmin(fmax(*at, -1.0), 1.0);
        }
    }
    return count;
}
