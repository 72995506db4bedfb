#ifndef JOBS_PLAN_KEY_H
#define JOBS_PLAN_KEY_H
/* The text of all that a result depends on: what is hashed into its key, and what `explain`
 * compares.
 *
 * Only what is audible is in a text: no names of people, no purposes, no paths, no time of day.
 */
#include "render/model/mix.h"
#include "render/model/task.h"

const char *plan_text_room(const Mix *mix, int room, int bus, Arena *arena);
/* NULL: nothing of the stem can be heard in the span. */
const char *
plan_text_spatialize(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena);
/* The same without its rooms. NULL, too, when nobody takes a part of the stem. */
const char *
plan_text_dry(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena);
/* What comes back from its rooms, in front of the gain of the stem. NULL, too, where no layer can
 * change without it: all that sound are sent to rooms, or none. */
const char *
plan_text_rooms(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena);
const char *plan_text_master(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);
/* The full mix as it is measured, before any gain: NULL where no other reel asks for it. */
const char *plan_text_energies(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);
const char *plan_text_encode(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);
const char *plan_text_inspect(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);

/* How long the response of a room is at most, before an HRTF is applied to it. */
double plan_room_response_s(const Mix *mix, const MixRoom *room);
/* A bound of how long a room rings after its last input, HRTF included. */
SampleTime plan_room_tail_samples(const Mix *mix, const MixRoom *room);
/* The layer, or the tail of a room it sends to, may sound in the span: never too small. */
bool plan_layer_sounds(const Mix *mix, const MixLayer *layer, Span span);

#endif
