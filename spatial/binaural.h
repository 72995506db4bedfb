#ifndef SPATIAL_BINAURAL_H
#define SPATIAL_BINAURAL_H
/* A source at two ears by measured head-related responses (the Spatializer "hrtf").
 *
 * Needs a SOFA file. Distance and spread have no effect yet.
 * Law: the pair is a pure function of file, rate and direction.
 */
#include "render/model/spatializer.h"

extern const Spatializer binaural;

#endif
