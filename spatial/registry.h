#ifndef SPATIAL_REGISTRY_H
#define SPATIAL_REGISTRY_H
/* All Spatializers by name. A new one is one file and one line in registry.c. */
#include "render/model/spatializer.h"

const Spatializer *spatializer_find(const char *name); /* NULL: no such name */
const Spatializer *spatializer_at(int index);          /* NULL past the end */
/* What a layout is panned with when the job does not choose: vbap for loudspeakers, hrtf for
 * binaural, ambisonic for foa and hoa1 .. hoa7. */
const Spatializer *spatializer_for(const Layout *layout);

typedef enum HeadRendering { HEAD_DIRECT, HEAD_BY_SPEAKERS, HEAD_BY_MAGLS } HeadRendering;
const Spatializer *spatializer_for_head(HeadRendering rendering);

#endif
