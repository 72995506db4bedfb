#ifndef JOBS_PLAN_KEY_H
#define JOBS_PLAN_KEY_H
/* The text of all that a result depends on: what is hashed into its key, and what `explain`
 * compares.
 *
 * Only what is audible is in a text: no names of people, no purposes, no paths, no time of day.
 */
#include "jobs/layer_reach.h"
#include "render/base/growing_text.h"
#include "render/model/mix.h"
#include "render/model/task.h"

const char *plan_text_room(const Mix *mix, int room, int bus, Arena *arena);
/* NULL: nothing of the stem can be heard in the span. */
const char *
plan_text_spatialize(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena);
/* Of the layers of a ceiling, as they are before any ceiling, where it listens to them. */
const char *plan_text_layers(
    const Mix *mix, const Plan *plan, const MixCeiling *ceiling, int stem, int bus, Arena *arena);
/* Adds what a fold does; nothing that it is made of. */
void plan_text_add_fold(Text *text, const Mix *mix, const MixBus *bus);
/* The same without its rooms. NULL, too, when nobody takes a part of the stem. */
const char *
plan_text_dry(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena);
/* What comes back from its rooms, in front of the gain of the stem. NULL, too, where no layer can
 * change without it: all that sound are sent to rooms, or none. */
const char *
plan_text_rooms(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena);
/* The bus whose stems are measured. */
int plan_measured_source(const Mix *mix, const MixDeliverable *subject);
/* Adds what the sum of a deliverable is, in front of its gain, but for its stems. */
void plan_text_add_sum(Text *text, const Mix *mix, const MixDeliverable *subject);
const char *plan_text_master(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);
/* The full mix as it is measured, before any gain: NULL where no other reel asks for it. */
const char *plan_text_energies(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);

/* ---- for the keys of files ---- */

void plan_text_add_key(Text *text, const char *name, Key key);
/* The stem in a bus (of a fold: in what that is made of), over the whole length: so that the key
 * does not depend on how the timeline was cut. */
void plan_text_add_stem(Text *text, const Mix *mix, const Plan *plan, int stem, int bus);
/* What is between the stems of the bus and the gain of MASTER. */
void plan_text_add_delivered(Text *text, const Mix *mix, const MixDeliverable *subject);
/* The loudspeakers that an output is measured in. */
void plan_text_add_measure(Text *text, const Mix *mix, const MixDeliverable *subject);
/* Of an ADM deliverable. */
void plan_text_add_objects(Text *text, const Mix *mix, const Plan *plan, const MixDeliverable *adm);

#endif
