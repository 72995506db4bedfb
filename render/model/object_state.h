#ifndef RENDER_MODEL_OBJECT_STATE_H
#define RENDER_MODEL_OBJECT_STATE_H
/* An object at one moment: where it is and how large, the parameters of BS.2076 that BS.2127
 * renders. */
#include "render/model/layout.h"

typedef struct ExclusionZone { /* loudspeakers inside it are not used */
    bool is_cartesian;
    double azimuth_min_deg, azimuth_max_deg; /* ADM: from min anticlockwise to max */
    double elevation_min_deg, elevation_max_deg;
    double x_min, x_max, y_min, y_max, z_min, z_max;
} ExclusionZone;

/* Zero members are the defaults, but for the position. */
typedef struct ObjectState {
    Position position; /* polar; distance 1 is the sphere of the loudspeakers */
    bool is_cartesian; /* then x, y, z instead: right, front, up in the cube -1 .. 1 */
    double x, y, z;
    /* Extent. Polar: degrees, degrees, distance. Cartesian: sizes along x, y and z in this order,
     * as the EBU ADM Renderer takes width, height and depth (BS.2076-2, table 16: depth along y).
     */
    double width, height, depth;
    double divergence;       /* 0 .. 1 */
    double divergence_range; /* polar: azimuthRange in degrees; Cartesian: positionRange */
    bool is_locked;          /* channelLock */
    bool has_lock_distance;
    double lock_distance; /* maxDistance */
    double diffuse;       /* 0 .. 1 */
    double gain_db;       /* of the block; panners do not look at it */
    const ExclusionZone *zones;
    int zone_count;
} ObjectState;

#endif
