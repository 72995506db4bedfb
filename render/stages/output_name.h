#ifndef RENDER_STAGES_OUTPUT_NAME_H
#define RENDER_STAGES_OUTPUT_NAME_H
/* What the files of an output are called and hold. */
#include "render/model/mix.h"

/* full, me, or the stem's id. */
static inline const char *output_name(const Mix *mix, const MixOutput *output) {
    return output->kind == OUTPUT_FULL ? "full"
           : output->kind == OUTPUT_ME ? "me"
                                       : mix->stems[output->stem].id;
}

/* The bus channel in channel `channel` of file `file`: split files are named in bus order. */
static inline int output_bus_channel(const MixDeliverable *deliverable, int file, int channel) {
    return deliverable->is_split ? file : deliverable->channel_order[channel];
}

#endif
