#ifndef SPATIAL_ZONE_EXCLUSION_H
#define SPATIAL_ZONE_EXCLUSION_H
/* Loudspeakers that a polar object must not use: zoneExclusion of BS.2127-1, 7.3.12.
 *
 * What a loudspeaker inside a zone would have played goes to those outside: of its layer first, on
 * its side of the listener, nearest first; equally near ones share the power. (Cartesian objects
 * are panned as if the excluded loudspeakers were not there: cube_gains.h.)
 */
#include "render/base/arena.h"
#include "render/model/object_state.h"

typedef struct ZoneExclusion ZoneExclusion;

ZoneExclusion *zone_exclusion_create(const Layout *layout, Arena *arena);

/* excluded: [channel_count]; never an LFE. Polar and Cartesian zones look at the nominal place on
 * the unit sphere; a loudspeaker at a pole is inside whatever the azimuths. */
void zone_exclusion_find(const ZoneExclusion *exclusion,
                         const ExclusionZone *zones,
                         int zone_count,
                         bool *excluded);

/* gains: [channel_count], their power is kept. All loudspeakers excluded counts as none. */
void zone_exclusion_apply(const ZoneExclusion *exclusion,
                          const ExclusionZone *zones,
                          int zone_count,
                          double *gains);

#endif
