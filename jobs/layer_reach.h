#ifndef JOBS_LAYER_REACH_H
#define JOBS_LAYER_REACH_H
/* How long layers and the rooms they send to may be heard: bounds for needs and keys. */
#include "render/model/mix.h"

/* PREPARE and what is made of it look ahead less than this. */
SampleTime plan_end_of_interest(const Mix *mix, Span span);
/* How long the response of a room is at most, before an HRTF is applied to it. */
double plan_room_response_s(const Mix *mix, const MixRoom *room);
/* A bound of how long a room rings after its last input, HRTF included. */
SampleTime plan_room_tail_samples(const Mix *mix, const MixRoom *room);
/* The layer, or the tail of a room it sends to, may sound in the span: never too small. */
bool plan_layer_sounds(const Mix *mix, const MixLayer *layer, Span span);

#endif
