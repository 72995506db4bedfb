#ifndef SPATIAL_DIRECT_SPEAKERS_REMAP_H
#define SPATIAL_DIRECT_SPEAKERS_REMAP_H
/* The fixed table of BS.2127-1, 8.4: what happens to a loudspeaker that a layout lacks. */
#include "render/model/layout.h"

/* The layout of BS.2051 that a common pack describes ("AP_00010003": "0+5+0"); NULL for others.
 * BS.2094-2. */
const char *remap_layout_of_pack(const char *pack_id);

/* gains: [channel_count]; false (gains untouched): no rule fits. label: of BS.2051; input_layout:
 * of remap_layout_of_pack. */
bool remap_gains(const char *input_layout, const char *label, const Layout *output, double *gains);

#endif
