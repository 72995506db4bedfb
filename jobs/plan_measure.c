/* MEASURE in the plan: the spans that its cells hear, and its key.
 *
 * The key names the stems of these spans by their keys, so a change of one span measures anew what
 * hears it, and nothing else.
 */
#include "jobs/plan_measure.h"

#include <inttypes.h>

#include "jobs/plan_key.h"
#include "render/base/growing_text.h"
#include "render/stages/bus_reach.h"
#include "render/stages/measured_slots.h"

static const char measure_version[] = "measure 1";

Span plan_measure_spans(const Mix *mix, const Plan *plan, int deliverable, int group) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const Span heard = bus_reach(mix, subject, measure_group_heard(subject, group));
    const int64_t length = plan->spans[0].end - plan->spans[0].begin; /* of all but the last */
    return (Span){heard.begin / length, (heard.end - 1) / length + 1};
}

static void add_stems(Text *text, const Mix *mix, const Plan *plan, int bus, Span spans) {
    for (int stem = 0; stem < mix->stem_count; stem++) {
        for (int64_t span = spans.begin; span < spans.end; span++) {
            const int task = plan->spatialize_tasks[(int64_t)stem * plan->span_count + span];
            KeyText hex;
            key_format(plan->tasks[task].outputs[bus], hex);
            text_add(text, "stem %d span %" PRId64 " %s\n", stem, plan->tasks[task].span.begin,
                     hex);
        }
    }
}

const char *
plan_text_measure(const Mix *mix, const Plan *plan, int deliverable, int group, Arena *arena) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const Span spans = plan_measure_spans(mix, plan, deliverable, group);
    const Span cells = measure_group_cells(subject, group);
    /* the limiter hears the same: what is written is measured, or what is made of it */
    const int heard = plan_measured_source(mix, subject);
    Text text = {.arena = arena};
    text_add(&text, "%s\n", measure_version);
    text_add(&text, "cells %" PRId64 " .. %" PRId64 " rate %d\n", cells.begin, cells.end,
             subject->rate_hz);
    plan_text_add_sum(&text, mix, subject);
    add_stems(&text, mix, plan, heard, spans);
    return text.bytes;
}
