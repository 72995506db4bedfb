#ifndef SPATIAL_SCREEN_H
#define SPATIAL_SCREEN_H
/* Places in the picture as directions: the default reference screen of BS.2127.
 *
 *     double azimuth_deg, elevation_deg;
 *     screen_direction(-1.0, 0.0, &azimuth_deg, &elevation_deg);   // 29, 0: the left edge
 */

/* x, y: -1 .. 1 from the left to the right edge and from the lower to the upper one. The screen is
 * flat, straight in front, 58 degrees wide and 1.78 times as wide as high (BS.2127-1, 7.3.4;
 * BS.2076-2, audioProgrammeReferenceScreen). */
void screen_direction(double x, double y, double *azimuth_deg, double *elevation_deg);

#endif
