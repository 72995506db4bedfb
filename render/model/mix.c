/* Questions to a Mix: are parts of a stem asked for, is a part of a room heard. */
#include "render/model/mix.h"

#include <string.h>

/* The bus that is rendered for it. */
static int rendered_bus(const Mix *mix, int bus) {
    const BusFold *fold = mix->buses[bus].fold;
    return fold ? fold->source : bus;
}

bool mix_has_parts(const Mix *mix, int stem, int bus) {
    for (int index = 0; index < mix->deliverable_count; index++) {
        const MixDeliverable *deliverable = &mix->deliverables[index];
        const bool is_heard = rendered_bus(mix, deliverable->bus) == rendered_bus(mix, bus);
        for (int output = 0; is_heard && output < deliverable->output_count; output++) {
            const MixOutput *asked = &deliverable->outputs[output];
            if (asked->kind == OUTPUT_STEM && asked->stem == stem && asked->part != PART_WHOLE) {
                return true;
            }
        }
    }
    return false;
}

bool mix_output_has(const Mix *mix, const MixOutput *output, int stem) {
    switch (output->kind) {
    case OUTPUT_STEM:
        return output->stem == stem && output->part == PART_WHOLE;
    case OUTPUT_ME:
        return output->is_in ? output->is_in[stem] : strcmp(mix->stems[stem].role, "dialogue") != 0;
    default:
        return output->is_in ? output->is_in[stem] : true;
    }
}

bool mix_room_is_heard(const MixRoom *room, Span span) {
    bool is_heard = span.end > room->opens;
    for (int gate = 0; gate < room->return_count; gate++) {
        const Lane *lane = &room->returns[gate];
        is_heard =
            is_heard && !(lane_value(lane, span.begin) == 0.0 && lane_is_constant(lane, span));
    }
    return is_heard;
}
