#ifndef SPATIAL_EXTENT_H
#define SPATIAL_EXTENT_H
/* Sources with a width, a height and a depth: the polar extent panner of BS.2127-1, 6.2.
 *
 *     ExtentPanner *extent = extent_create(point_source, arena);
 *     extent_gains(extent, (double[]){0.0, 1.0, 0.0}, (double[]){90.0, 45.0, 0.0}, gains);
 *
 * The sphere is sampled in 1652 directions, whose point source gains are kept. A source sounds from
 * the sum of those inside its outline, with an edge that fades over 10 degrees. Directions are
 * held in patches: a patch wholly inside adds its sum, one wholly outside is passed over.
 *
 * Law: the gains are a pure function of layout, position and size.
 */
#include "render/base/arena.h"
#include "spatial/point_source.h"

typedef struct ExtentPanner ExtentPanner;

/* point_source: outlives the panner. */
ExtentPanner *extent_create(const PointSource *point_source, Arena *arena);

/* position: right, front, up, with its distance as length. size: width and height in degrees
 * 0 .. 360, depth as a distance. Nearer than 1 a source grows (the whole sphere at 0), further
 * away it shrinks. gains: [channel_count], sum of squares as that of the point source, LFE 0. */
void extent_gains(const ExtentPanner *extent,
                  const double position[3],
                  const double size[3],
                  double *gains);

#endif
