#ifndef SPATIAL_ZONE_PRESETS_H
#define SPATIAL_ZONE_PRESETS_H
/* The zones that a job names: which loudspeakers a layer keeps away from. */
#include "render/model/object_state.h"

/* no-centre no-sides no-rear no-heights screen-only. NULL and 0 for another name. The zones are
 * constants. */
const ExclusionZone *zone_preset(const char *name, int *zone_count);

#endif
