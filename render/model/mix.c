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

static bool has_filters(const MixLayer *layer) {
    return layer->filter_count > 0 || layer->delay_fraction > 0.0 || layer->lfe_gain != 0.0 ||
           layer->ambisonic.crossover_hz > 0.0;
}

static bool has_shape(const MixLayer *layer) {
    return layer->attack_db != 0.0 || layer->sustain_db != 0.0 || layer->shape_lane_count > 0;
}

bool mix_layer_is_plain(const Mix *mix, const MixLayer *layer) {
    const MixFile *file = &mix->files[layer->file];
    const bool is_file = file->is_open && file->rate_hz * layer->speed == mix->rate_hz;
    const bool has_travel = layer->travel.has_doppler || layer->travel.has_air;
    return is_file && !has_filters(layer) && !has_shape(layer) && !has_travel &&
           layer->lane_count == 0 && !layer->channel_gains &&
           mix_layer_track_count(mix, layer) == layer->layout->channel_count;
}

bool mix_group_has(const Mix *mix, const MixDeliverable *deliverable, int group, int stem) {
    bool has = group == stem;
    for (int output = 0; !has && output < deliverable->output_count; output++) {
        const MixOutput *of = &deliverable->outputs[output];
        has = mix_output_group(mix, of) == group && mix_output_has(mix, of, stem);
    }
    return has;
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
