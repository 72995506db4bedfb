#ifndef SPATIAL_ROTATE_AMBISONICS_H
#define SPATIAL_ROTATE_AMBISONICS_H
/* Turning an ambisonic scene: one matrix per degree, exact at every order.
 *
 *     const Rotation turn = rotation_of_scene(90.0);              // what was in front is left
 *     rotate_ambisonics_matrix(&turn, 3, matrix);                 // b' = matrix b
 */
#include "render/model/direction.h"

typedef struct Rotation { /* p' = rows p; perpendicular, determinant 1 */
    double rows[3][3];    /* x front, y left, z up */
} Rotation;

/* What a listener hears who has turned the head to the left by yaw, then bowed it by pitch, then
 * laid it on the right shoulder by roll (each about an axis of the head): Rx(roll) Ry(pitch)
 * Rz(yaw). The scene turns the other way. Exact at multiples of 90 degrees. */
Rotation rotation_of_head(double yaw_deg, double pitch_deg, double roll_deg);
/* Turns the scene to the left. */
Rotation rotation_of_scene(double azimuth_deg);
Direction rotation_apply(const Rotation *rotation, Direction at);

/* matrix: [harmonics][harmonics] with harmonics = (order + 1)^2, for SN3D or N3D alike:
 * Y(R p) = matrix Y(p). order 0 .. 7. Ivanic and Ruedenberg 1996, with the correction of 1998. */
void rotate_ambisonics_matrix(const Rotation *rotation, int order, double *matrix);

#endif
