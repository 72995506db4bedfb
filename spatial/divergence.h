#ifndef SPATIAL_DIVERGENCE_H
#define SPATIAL_DIVERGENCE_H
/* One object as three, to its left, at its place and to its right: objectDivergence of BS.2127-1,
 * 7.3.7. */

typedef struct DivergedSource {
    double position[3]; /* right, front, up */
    double power;       /* all together: 1 */
} DivergedSource;

/* divergence: 0 (the object alone) .. 1 (only the two at its sides). Return the number of sources,
 * 1 or 3: left, centre, right. */
int divergence_polar(const double position[3],
                     double divergence,
                     double azimuth_range_deg,
                     DivergedSource sources[3]);
/* In the cube of Cartesian objects, which nothing leaves. */
int divergence_cube(const double position[3],
                    double divergence,
                    double position_range,
                    DivergedSource sources[3]);

#endif
