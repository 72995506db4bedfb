#ifndef RENDER_DSP_K_WEIGHTING_H
#define RENDER_DSP_K_WEIGHTING_H
/* The K filter of ITU-R BS.1770-5 annex 1 at any sample rate, channels side by side. Inside
 * render/dsp only. */
#include "render/base/arena.h"
#include "render/dsp/meter_kernels.h"

KWeighting k_weighting_design(int rate_hz);
/* Lanes at rest. Those behind lane_count fill the registers up: what they hear is not counted. */
void k_lanes_create(KLanes *lanes, int lane_count, Arena *arena);
/* At rest again. */
void k_lanes_clear(KLanes *lanes);
/* Sets state that has decayed below -600 dB to 0 (denormals). */
void k_lanes_flush(KLanes *lanes);

#endif
