#ifndef SPATIAL_NEAR_FIELD_H
#define SPATIAL_NEAR_FIELD_H
/* What changes at an ear when a source comes nearer than 1 m.
 *
 * The distance variation function of a rigid sphere of 8.75 cm (Duda and Martens 1998), relative to
 * a source at 1 m and without the change of level that all of the head hears: a shelf of first
 * order at 1 kHz (Spagnol 2017 fits such shelves), 0 dB everywhere from 1 m on, steady in distance
 * and direction. Nearer than 15 cm is heard as 15 cm. Delays stay as they are.
 *
 *     NearField shelf = near_field_at(cos_to_ear, 0.3);     near_field_apply(&shelf, 48000, ...);
 */

typedef struct NearField {
    double low_gain, high_gain; /* at 0 Hz; far above 1 kHz */
} NearField;

/* cosine: of the angle between the source and the axis through the ear, -1 .. 1. */
NearField near_field_at(double cosine, double distance_m);
/* In place. The shelf is recursive, and its tail beyond the end is lost (it decays within 1 ms). */
void near_field_apply(const NearField *shelf, int rate_hz, float *response, int count);

#endif
