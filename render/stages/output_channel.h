#ifndef RENDER_STAGES_OUTPUT_CHANNEL_H
#define RENDER_STAGES_OUTPUT_CHANNEL_H
/* What the files of an output hold. */
#include "render/model/mix.h"

/* The plane (mix_plane_count) in channel `channel` of file `file`, -1: silence. Split files are
 * named in bus order; objects stand behind their bed. */
static inline int output_plane(const MixDeliverable *deliverable, int file, int channel) {
    if (deliverable->is_split) {
        return file;
    }
    return channel < deliverable->order_count ? deliverable->channel_order[channel] : channel;
}

#endif
