/* From the samples of a deliverable to those of the stems: speed and rate, then folds. */
#include "render/stages/bus_reach.h"

#include "render/dsp/retimer.h"
#include "render/stages/bus_fold.h"

bool bus_reach_is_short(const MixDeliverable *deliverable) {
    return !deliverable->has_headphone_eq;
}

static Span with_fold(const MixBus *bus, Span part) {
    return bus->fold ? bus_fold_reach(bus->fold, part) : part;
}

Span bus_reach(const Mix *mix, const MixDeliverable *deliverable, Span part) {
    const RetimeRatio ratio = deliverable->retime;
    if (!bus_reach_is_short(deliverable)) {
        return (Span){0, mix->length_samples};
    }
    if (ratio.input != ratio.output) {
        part = retime_reach(ratio, part);
    }
    const Span limited = with_fold(&mix->buses[deliverable->bus], part);
    const Span measured = with_fold(&mix->buses[deliverable->measured_bus], part);
    const SampleTime begin = limited.begin < measured.begin ? limited.begin : measured.begin;
    const SampleTime end = limited.end > measured.end ? limited.end : measured.end;
    return (Span){begin > 0 ? begin : 0, end < mix->length_samples ? end : mix->length_samples};
}
