/* The stems of a bus over the whole timeline, read in portions from their spans. */
#include "render/stages/bus_reader.h"

#include <string.h>

Status bus_reader_open(const Stage *stage, int bus, BusReader *reader, ErrorList *errors) {
    const Plan *plan = stage->plan;
    *reader = (BusReader){.stage = stage,
                          .bus = bus,
                          .channel_count = stage->mix->buses[bus].layout->channel_count,
                          .stem_count = stage->mix->stem_count,
                          .span_count = plan->span_count};
    const size_t count = (size_t)reader->stem_count * (size_t)plan->span_count;
    reader->spans = arena_array(stage->scratch, count, sizeof *reader->spans);
    reader->portion = arena_array(stage->scratch, STAGE_CHUNK_SAMPLES, sizeof *reader->portion);
    for (size_t row = 0; row < count; row++) {
        const Task *task = &plan->tasks[plan->spatialize_tasks[row]];
        TRY(stored_audio_open(stage->workplace->store, task->outputs[bus], &reader->spans[row],
                              errors));
    }
    return DONE;
}

void bus_reader_close(BusReader *reader) {
    for (int row = 0; reader->spans && row < reader->stem_count * reader->span_count; row++) {
        stored_audio_close(&reader->spans[row]);
    }
    reader->spans = NULL;
}

/* All spans but the last have the length of the first. */
static int span_at(const BusReader *reader, SampleTime time) {
    const Span first = reader->stage->plan->spans[0];
    return (int)(time / (first.end - first.begin));
}

void bus_reader_stem(
    const BusReader *reader, int stem, SampleTime begin, int64_t count, float *const *out) {
    for (int64_t done = 0; done < count;) {
        const int span = span_at(reader, begin + done);
        const Span lies = reader->stage->plan->spans[span];
        const int64_t rest = lies.end - (begin + done);
        const int64_t portion = rest < count - done ? rest : count - done;
        const StoredAudio *audio = &reader->spans[stem * reader->span_count + span];
        for (int channel = 0; channel < reader->channel_count; channel++) {
            stored_audio_read(audio, channel, begin + done - lies.begin, portion,
                              out[channel] + done);
        }
        done += portion;
    }
}

void bus_reader_full(const BusReader *reader, SampleTime begin, int64_t count, double *const *out) {
    for (int channel = 0; channel < reader->channel_count; channel++) {
        memset(out[channel], 0, (size_t)count * sizeof **out);
    }
    for (int64_t done = 0; done < count;) {
        const int span = span_at(reader, begin + done);
        const Span lies = reader->stage->plan->spans[span];
        const int64_t rest = lies.end - (begin + done);
        const int64_t portion = rest < count - done ? rest : count - done;
        for (int row = 0; row < reader->stem_count * reader->channel_count; row++) {
            const int channel = row % reader->channel_count;
            const StoredAudio *audio =
                &reader->spans[row / reader->channel_count * reader->span_count + span];
            if (!audio->head) {
                continue;
            }
            stored_audio_read(audio, channel, begin + done - lies.begin, portion, reader->portion);
            double *sum = out[channel] + done;
            for (int64_t sample = 0; sample < portion; sample++) {
                sum[sample] += reader->portion[sample];
            }
        }
        done += portion;
    }
}
