#ifndef SPATIAL_BINAURAL_SPEAKERS_H
#define SPATIAL_BINAURAL_SPEAKERS_H
/* A loudspeaker mix on headphones (the Spatializer "hrtf_speakers").
 *
 * A layout stands around the head, each loudspeaker 1 m away and heard through its own response.
 * Places and objects are panned to it as BS.2127 pans (extent, lock, zones and divergence too; a
 * diffuse part is heard as direct), ambisonic channels go to it by the decoder of BS.2127. Distance
 * moves nothing: loudspeakers do not come nearer. `off` layers and LFE are those of "hrtf".
 *
 * Needs a SOFA file and the layout. Law: a pure function of both, of the rate and the place.
 */
#include "render/model/spatializer.h"

extern const Spatializer binaural_speakers;

#endif
