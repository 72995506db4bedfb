#ifndef RENDER_STAGES_OUTPUT_CHANNEL_H
#define RENDER_STAGES_OUTPUT_CHANNEL_H
/* What the files of an output hold. */
#include "render/model/mix.h"

/* The bus channel in channel `channel` of file `file`: split files are named in bus order. */
static inline int output_bus_channel(const MixDeliverable *deliverable, int file, int channel) {
    return deliverable->is_split ? file : deliverable->channel_order[channel];
}

#endif
