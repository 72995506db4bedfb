/* The stems of a bus over the whole timeline, read in portions; one span of each is mapped at a
 * time. */
#include "render/stages/bus_reader.h"

#include <string.h>

void bus_reader_open(const Stage *stage, int bus, bool is_dry, BusReader *reader) {
    *reader = (BusReader){.stage = stage,
                          .output = is_dry ? stage->mix->bus_count + bus : bus,
                          .channel_count = stage->mix->buses[bus].layout->channel_count,
                          .stem_count = stage->mix->stem_count,
                          .span = -1};
    reader->stems = arena_array(stage->scratch, (size_t)reader->stem_count, sizeof *reader->stems);
    reader->portion = arena_array(stage->scratch, STAGE_CHUNK_SAMPLES, sizeof *reader->portion);
}

void bus_reader_close(BusReader *reader) {
    for (int stem = 0; reader->span >= 0 && stem < reader->stem_count; stem++) {
        stored_audio_close(&reader->stems[stem]);
    }
    reader->span = -1;
}

static Status map_span(BusReader *reader, int span, ErrorList *errors) {
    const Plan *plan = reader->stage->plan;
    bus_reader_close(reader);
    reader->span = span;
    for (int stem = 0; stem < reader->stem_count; stem++) {
        const Task *task = &plan->tasks[plan->spatialize_tasks[stem * plan->span_count + span]];
        TRY(stored_audio_open(reader->stage->workplace->store, task->outputs[reader->output],
                              &reader->stems[stem], errors));
    }
    return DONE;
}

/* Maps the span that holds the time and says how far `end` can be read in it, and where it begins.
 * All spans but the last have the length of the first. */
static Status
reach(BusReader *reader, SampleTime time, SampleTime end, Span *part, ErrorList *errors) {
    const Span *spans = reader->stage->plan->spans;
    const int span = (int)(time / (spans[0].end - spans[0].begin));
    if (span != reader->span) {
        TRY(map_span(reader, span, errors));
    }
    *part = (Span){time - spans[span].begin,
                   (end < spans[span].end ? end : spans[span].end) - spans[span].begin};
    return DONE;
}

Status
bus_reader_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors) {
    for (SampleTime at = part.begin; at < part.end;) {
        Span inside;
        TRY(reach(reader, at, part.end, &inside, errors));
        const int64_t count = inside.end - inside.begin;
        for (int channel = 0; channel < reader->channel_count; channel++) {
            stored_audio_read(&reader->stems[stem], channel, inside.begin, count,
                              out[channel] + (at - part.begin));
        }
        at += count;
    }
    return DONE;
}

static void
add_stem(const BusReader *reader, int stem, Span inside, double *const *out, int64_t offset) {
    const int64_t count = inside.end - inside.begin;
    for (int channel = 0; channel < reader->channel_count; channel++) {
        stored_audio_read(&reader->stems[stem], channel, inside.begin, count, reader->portion);
        double *sum = out[channel] + offset;
        for (int64_t sample = 0; sample < count; sample++) {
            sum[sample] += reader->portion[sample];
        }
    }
}

Status bus_reader_full(BusReader *reader, Span part, double *const *out, ErrorList *errors) {
    for (int channel = 0; channel < reader->channel_count; channel++) {
        memset(out[channel], 0, (size_t)(part.end - part.begin) * sizeof **out);
    }
    for (SampleTime at = part.begin; at < part.end;) {
        Span inside;
        TRY(reach(reader, at, part.end, &inside, errors));
        for (int stem = 0; stem < reader->stem_count; stem++) {
            if (reader->stems[stem].head) {
                add_stem(reader, stem, inside, out, at - part.begin);
            }
        }
        at += inside.end - inside.begin;
    }
    return DONE;
}
