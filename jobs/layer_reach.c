/* How long layers and the rooms they send to may be heard. */
#include "jobs/layer_reach.h"

double plan_room_response_s(const Mix *mix, const MixRoom *room) {
    if (room->split == ROOM_EARLY) {
        return room->early_s;
    }
    if (room->is_shoebox) {
        const MixShoebox *box = &room->shoebox;
        const double t60_s = box->t60_s > box->t60_hf_s ? box->t60_s : box->t60_hf_s;
        return room->early_s + t60_s * (-room->truncate_db) / 60.0;
    }
    const MixFile *file = &mix->files[room->file];
    return (double)file->frame_count / file->rate_hz;
}

SampleTime plan_room_tail_samples(const Mix *mix, const MixRoom *room) {
    const double tail_s = 1.0 + plan_room_response_s(mix, room);
    return room->predelay_samples + (SampleTime)(tail_s * mix->rate_hz);
}

bool plan_layer_sounds(const Mix *mix, const MixLayer *layer, Span span) {
    SampleTime tail_samples = mix->rate_hz; /* longer than any HRTF */
    for (int send = 0; send < layer->send_count; send++) {
        const SampleTime room = plan_room_tail_samples(mix, &mix->rooms[layer->sends[send].room]);
        tail_samples = room > tail_samples ? room : tail_samples;
    }
    const SampleTime lead_samples = 1024; /* more than any filter rings ahead of its sound */
    return layer->start - lead_samples < span.end &&
           layer->start + layer->length_samples + layer->travel.ring_samples + tail_samples >
               span.begin;
}

SampleTime plan_end_of_interest(const Mix *mix, Span span) {
    return span.end >= mix->length_samples ? INT64_MAX : span.end + mix->rate_hz;
}
