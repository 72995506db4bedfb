#ifndef SPATIAL_LAYOUT_RANGE_H
#define SPATIAL_LAYOUT_RANGE_H
/* Where BS.2051 lets a loudspeaker of its ten systems stand.
 *
 *     LayoutRange range;
 *     if (layout_range_find(layout_find("7.1.4"), 0, &range)) { ... }   // L: 30 .. 45 deg, 0 deg
 */
#include <stdbool.h>

#include "render/model/layout.h"

typedef struct LayoutRange {
    double azimuth_min_deg, azimuth_max_deg; /* min <= max, but for the loudspeakers at 180 */
    double elevation_min_deg, elevation_max_deg;
    double gap_min_deg, gap_max_deg; /* of the absolute azimuth, not allowed; both 0: none */
} LayoutRange;

/* False: the layout is none of BS.2051, or the channel may stand anywhere (LFE of most systems).
 * BS.2051-3, tables of systems A to J; M+SC and M-SC: BS.2127-1, 6.1.3.1. */
bool layout_range_find(const Layout *layout, int channel, LayoutRange *range);

/* Borders belong to the range. */
bool layout_range_holds(const LayoutRange *range, double azimuth_deg, double elevation_deg);

/* What a screen loudspeaker (M+SC, M-SC) counts as: 15 or 45 degrees from the middle. Others: the
 * azimuth of the channel. BS.2127-1, 6.1.3.1. */
double layout_nominal_azimuth_deg(const Layout *layout, int channel, double real_azimuth_deg);

#endif
