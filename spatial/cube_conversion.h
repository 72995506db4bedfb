#ifndef SPATIAL_CUBE_CONVERSION_H
#define SPATIAL_CUBE_CONVERSION_H
/* Between the sphere and the room cube: positions and extents. BS.2127-1, 10.
 *
 *     double corner[3];
 *     cube_position_of(30.0, 30.0, 1.0, corner);    // (-1, 1, 1)
 *
 * The directions 0, -30, -110, 110 and 30 degrees become the middle of the front wall and the
 * four corners, elevation 30 degrees the edge of the ceiling. Positions survive the way there and
 * back; extents only where neither angle exceeds what a box in the cube can hold.
 */

typedef struct PolarExtent {
    double azimuth_deg, elevation_deg, distance;
    double width_deg, height_deg, depth; /* as in a polar block of ADM */
} PolarExtent;

typedef struct CubeExtent {
    double position[3]; /* x right, y front, z up */
    double size[3];     /* along x, y, z: width, depth and height of a Cartesian block of ADM */
} CubeExtent;

/* azimuth: any; elevation -90 .. 90; distance >= 0. */
void cube_position_of(double azimuth_deg,
                      double elevation_deg,
                      double distance,
                      double position[3]);
CubeExtent cube_extent_of(const PolarExtent *polar);

/* azimuth_deg: -180 .. 180 (180 itself becomes -180). */
void cube_position_to_polar(const double position[3],
                            double *azimuth_deg,
                            double *elevation_deg,
                            double *distance);
PolarExtent cube_extent_to_polar(const CubeExtent *cube);

#endif
