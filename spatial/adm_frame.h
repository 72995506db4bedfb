#ifndef SPATIAL_ADM_FRAME_H
#define SPATIAL_ADM_FRAME_H
/* Vectors as BS.2127 counts them: x to the right, y to the front, z up; 1 is the sphere of the
 * loudspeakers.
 *
 *     Direction at = adm_vector(30.0, 0.0, 1.0);      // (-0.5, 0.866, 0)
 *     AdmFrame around = adm_frame_around(at);         // around.front is `at`
 */
#include <stdbool.h>

#include "render/model/direction.h"

/* The axes of a listener who looks at a direction. BS.2127-1, 6.9 (local coordinate system). */
typedef struct AdmFrame {
    Direction right, front, up;
} AdmFrame;

static inline Direction adm_vector(double azimuth_deg, double elevation_deg, double distance) {
    const Direction sofa = direction_of(azimuth_deg, elevation_deg);
    return (Direction){-sofa.y * distance, sofa.x * distance, sofa.z * distance};
}

/* Unit length; a vector without length, or one that is no vector (NaN), counts as the front. */
static inline Direction adm_normalise(Direction at) {
    const double least =
        1e-150; /* squares of all that is longer and shorter than 1/least are sound */
    const double largest = fmax(fabs(at.x), fmax(fabs(at.y), fabs(at.z)));
    const bool is_far = largest < least || largest > 1.0 / least;
    const Direction near = is_far ? direction_scale(at, 1.0 / largest) : at;
    const double length = direction_length(near);
    return length > 0.0 && isfinite(length) ? direction_scale(near, 1.0 / length)
                                            : (Direction){0.0, 1.0, 0.0};
}

/* Any length. Within 1e-5 degrees of a pole the azimuth is 0. */
static inline AdmFrame adm_frame_around(Direction at) {
    const double pole_radius = 1.7453292519943296e-7; /* sin of 1e-5 degrees */
    const Direction front = adm_normalise(at);
    const double radius = sqrt(front.x * front.x + front.y * front.y);
    const bool is_pole = radius < pole_radius;
    const double cosine = is_pole ? 1.0 : front.y / radius;
    const double sine = is_pole ? 0.0 : -front.x / radius;
    return (AdmFrame){
        .right = {cosine,         sine,              0.0    },
        .front = {-sine * radius, cosine * radius,   front.z},
        .up = {sine * front.z, -cosine * front.z, radius }
    };
}

#endif
