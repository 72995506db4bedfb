#ifndef SPATIAL_BINAURAL_H
#define SPATIAL_BINAURAL_H
/* A source at two ears by measured head-related responses (the Spatializer "hrtf").
 *
 * Needs a SOFA file. Below 1 m the near ear gains and the far ear loses (near_field.h); spread has
 * no effect yet. Without a head (layers.*.binaural: off) a place is folded to 2.0 by the panner of
 * BS.2127 and heard 16 samples late, as all direct sound here. An LFE is heard in both ears alike
 * (binaural_lfe.h). Law: the pair is a pure function of file, rate and position.
 */
#include "render/model/spatializer.h"

extern const Spatializer binaural;

#endif
