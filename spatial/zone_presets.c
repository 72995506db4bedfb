/* The zones that a job names, after the nominal places of BS.2051. */
#include "spatial/zone_presets.h"

#include <stddef.h>
#include <string.h>

#define ZONE(from, to, low, high)                                                                  \
    {                                                                                              \
        .azimuth_min_deg = (from), .azimuth_max_deg = (to), .elevation_min_deg = (low),            \
        .elevation_max_deg = (high)                                                                \
    }

/* azimuths from min anticlockwise to max; (-180, 180) is all around */
static const ExclusionZone no_centre[] = {ZONE(-5.0, 5.0, -10.0, 10.0)};
static const ExclusionZone no_sides[] = {ZONE(60.5, 119.5, -90.0, 90.0),
                                         ZONE(-119.5, -60.5, -90.0, 90.0)};
static const ExclusionZone no_rear[] = {ZONE(120.0, -120.0, -90.0, 90.0)};
static const ExclusionZone no_heights[] = {ZONE(-180.0, 180.0, 10.5, 90.0)};
static const ExclusionZone screen_only[] = {ZONE(60.5, -60.5, -90.0, 90.0),
                                            ZONE(-180.0, 180.0, 10.5, 90.0)};

static const struct {
    const char *name;
    const ExclusionZone *zones;
    int zone_count;
} presets[] = {
    {"no-centre",   no_centre,   1},
    {"no-sides",    no_sides,    2},
    {"no-rear",     no_rear,     1},
    {"no-heights",  no_heights,  1},
    {"screen-only", screen_only, 2}
};

const ExclusionZone *zone_preset(const char *name, int *zone_count) {
    for (size_t row = 0; row < sizeof presets / sizeof *presets; row++) {
        if (strcmp(presets[row].name, name) == 0) {
            *zone_count = presets[row].zone_count;
            return presets[row].zones;
        }
    }
    *zone_count = 0;
    return NULL;
}
