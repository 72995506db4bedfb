#ifndef SPATIAL_PAN_BS2127_H
#define SPATIAL_PAN_BS2127_H
/* The panner of the ITU for object-based sound (the Spatializer "bs2127").
 *
 * A position is a polar object of BS.2127-1 on the sphere of the loudspeakers; spread_deg is its
 * width and height. The distance of a position, in metres, does not change its size. Power 1
 * everywhere but on 2.0, which goes down to -3 dB behind the listener; the LFE gets nothing.
 *
 * Law: the gains are a pure function of layout and position.
 */
#include "render/model/spatializer.h"

extern const Spatializer pan_bs2127;

#endif
