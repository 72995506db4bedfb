#ifndef JOBS_LOWER_PROCESSING_H
#define JOBS_LOWER_PROCESSING_H
/* What a layer's sound goes through before its fader. */
#include "jobs/lower_lanes.h"
#include "render/base/arena.h"
#include "render/model/mix.h"

/* hpf, lpf, eq, tilt, in this order (DECISIONS 1); what does nothing is left out. */
void lower_filters(const JobLayer *written, const LayerLanes *lanes, Arena *arena, MixLayer *layer);

/* Transient shaper and LFE send of a layer whose layout is known. E208: an ambisonic layer has no
 * sum of channels. */
/* E208: a reference of channels that are no loudspeakers. */
Status lower_reference(const JobLayer *written, Arena *arena, MixLayer *layer, ErrorList *errors);
Status lower_shaping(const JobLayer *written, MixLayer *layer, ErrorList *errors);

#endif
