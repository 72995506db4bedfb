/* The objects of an ADM deliverable as it holds them. */
#include "render/stages/object_reader.h"

#include <string.h>

static void read_rendered(const Source *source, double gain, Span part, float *samples) {
    const int64_t count = part.end - part.begin;
    source_read(source, part.begin, count, samples);
    for (int64_t sample = 0; sample < count; sample++) {
        samples[sample] = (float)(samples[sample] * gain);
    }
}

/* What the retimer needs: silence outside the programme. */
static void
read_wide(const BusReader *bus, const Source *source, double gain, Span needed, float *samples) {
    const int64_t length = bus->stage->mix->length_samples;
    const SampleTime end = needed.end < length ? needed.end : length;
    double *wide = bus->wide[0];
    memset(wide, 0, (size_t)(needed.end - needed.begin) * sizeof *wide);
    for (SampleTime at = needed.begin > 0 ? needed.begin : 0; at < end;) {
        const SampleTime next = at + STAGE_CHUNK_SAMPLES;
        const Span part = {at, next < end ? next : end};
        read_rendered(source, gain, part, samples);
        for (; at < part.end; at++) {
            wide[at - needed.begin] = samples[at - part.begin];
        }
    }
}

void object_read(
    const BusReader *bus, const Source *source, double gain, Span part, float *samples) {
    if (!bus->retimer) {
        read_rendered(source, gain, part, samples);
        return;
    }
    const Span needed = retimer_reach(bus->retimer, part);
    read_wide(bus, source, gain, needed, samples);
    retimer_run(bus->retimer, bus->wide[0], needed.begin, part, bus->retimed);
    for (int64_t sample = 0; sample < part.end - part.begin; sample++) {
        samples[sample] = (float)bus->retimed[sample];
    }
}
