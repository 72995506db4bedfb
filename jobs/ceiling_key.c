/* What ANALYSE depends on for a ceiling, and what depends on it. */
#include "jobs/ceiling_key.h"

#include <inttypes.h>

#include "jobs/layer_keys.h"
#include "jobs/plan_key.h"
#include "render/stages/bus_fold.h"

/* Raise the number when ANALYSE starts to find other gains. */
static const char analyse_version[] = "analyse 1";

/* A second holds the lead of the meter and the last slot; what folds delay comes on top. */
Span ceiling_heard_span(const Mix *mix, const MixCeiling *ceiling) {
    Span most = ceiling->window;
    for (int bus = 0; bus < mix->bus_count; bus++) {
        const BusFold *fold = mix->buses[bus].fold;
        const Span reach = fold ? bus_fold_reach(fold, ceiling->window) : ceiling->window;
        most.begin = reach.begin < most.begin ? reach.begin : most.begin;
        most.end = reach.end > most.end ? reach.end : most.end;
    }
    return (Span){most.begin - mix->rate_hz, most.end + mix->rate_hz};
}

bool ceiling_is_of(const MixCeiling *ceiling, int layer, SampleTime until) {
    return ceiling->is_in[layer] && ceiling->share.segments[0].begin < until;
}

void ceiling_text_add(Text *text, const Mix *mix, const Plan *plan, int layer, SampleTime until) {
    for (int index = 0; index < mix->ceiling_count; index++) {
        const MixCeiling *ceiling = &mix->ceilings[index];
        const Task *found = &plan->tasks[plan->analyse_tasks[index]];
        if (ceiling_is_of(ceiling, layer, until)) {
            KeyText hex;
            key_format(found->outputs[0], hex);
            text_add(text, "ceiling %s\n", hex);
            layer_text_add_lane(text, &mix->layers[layer], until, &ceiling->share);
        }
    }
}

static void add_weights(Text *text, const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; channel++) {
        text_add(text, "weight %.17g\n", layout->channels[channel].loudness_weight);
    }
}

static void add_bus(Text *text, const Mix *mix, const MixBus *bus) {
    add_weights(text, bus->layout);
    if (bus->fold) {
        plan_text_add_fold(text, mix, bus);
    }
}

/* Every stem in every bus that some deliverable is measured in. */
static int add_stems(Text *text, const Mix *mix, const Plan *plan, const MixCeiling *ceiling) {
    int count = 0;
    for (int deliverable = 0; deliverable < mix->deliverable_count; deliverable++) {
        const int measured = mix->deliverables[deliverable].measured_bus;
        const MixBus *bus = &mix->buses[measured];
        const int source = bus->fold ? bus->fold->source : measured;
        add_bus(text, mix, bus);
        for (int stem = 0; stem < mix->stem_count; stem++) {
            const char *heard = plan_text_layers(mix, plan, ceiling, stem, source, text->arena);
            KeyText hex;
            key_format(heard ? key_of_text(heard) : (Key){0}, hex);
            text_add(text, "stem %d %s\n", stem, hex);
            count += heard != NULL;
        }
    }
    return count;
}

const char *plan_text_analyse(const Mix *mix, const Plan *plan, int ceiling, Arena *arena) {
    const MixCeiling *subject = &mix->ceilings[ceiling];
    Text text = {.arena = arena};
    text_add(&text, "%s\nceiling %.17g LUFS window %" PRId64 " .. %" PRId64 "\n", analyse_version,
             subject->ceiling_lufs, subject->window.begin, subject->window.end);
    for (int index = 0; index < subject->share.segment_count; index++) {
        const LaneSegment *segment = &subject->share.segments[index];
        text_add(&text, "share %" PRId64 " .. %" PRId64 " from %.17g to %.17g\n", segment->begin,
                 segment->end, segment->from, segment->to);
    }
    text_add(&text, "length %" PRId64 "\n", mix->length_samples);
    return add_stems(&text, mix, plan, subject) > 0 ? text.bytes : NULL;
}
