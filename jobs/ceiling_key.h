#ifndef JOBS_CEILING_KEY_H
#define JOBS_CEILING_KEY_H
/* What ANALYSE depends on for a ceiling, and what depends on it. */
#include "render/base/growing_text.h"
#include "render/model/mix.h"
#include "render/model/task.h"

/* NULL: no layer of it can be heard in its window. */
const char *plan_text_analyse(const Mix *mix, const Plan *plan, int ceiling, Arena *arena);

/* The part of the timeline that it listens to: never too small. */
Span ceiling_heard_span(const Mix *mix, const MixCeiling *ceiling);
/* It lowers the layer somewhere before `until`. */
bool ceiling_is_of(const MixCeiling *ceiling, int layer, SampleTime until);
/* Adds the ceilings of a layer that begin before `until` to the text of what is made of it. */
void ceiling_text_add(Text *text, const Mix *mix, const Plan *plan, int layer, SampleTime until);

#endif
