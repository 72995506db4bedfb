#ifndef SPATIAL_BINAURAL_H
#define SPATIAL_BINAURAL_H
/* A source at two ears by measured head-related responses (the Spatializer "hrtf").
 *
 * Needs a SOFA file. Below 1 m the near ear gains and the far ear loses (near_field.h); spread has
 * no effect yet. An LFE is heard in both ears alike (binaural_lfe.h).
 * Law: the pair is a pure function of file, rate and position.
 */
#include "render/model/spatializer.h"

extern const Spatializer binaural;

#endif
