/* The stems of a bus over the whole timeline, read in portions; one span of each is mapped at a
 * time. */
#include "render/stages/bus_reader.h"

#include <string.h>

#include "render/dsp/planes.h"
#include "render/stages/bus_fold.h"

/* One response serves both ears, two are left and right. */
static Status
open_equalizers(const MixDeliverable *deliverable, BusReader *reader, ErrorList *errors) {
    const Stage *stage = reader->stage;
    const MixFile *file = &stage->mix->files[deliverable->headphone_eq_file];
    const bool has_two = file->channel_count == 2;
    AudioBlock block;
    TRY(stage->mix->impulse_read(file, file->channel_count, stage->mix->rate_hz, stage->scratch,
                                 &block, errors));
    for (int ear = 0; ear < 2; ear++) {
        const AudioBlock one = {.samples = &block.samples[has_two ? ear : 0],
                                .channel_count = 1,
                                .sample_count = block.sample_count};
        FilterBank *bank = NULL;
        TRY(filter_bank_create_by(stage->mix->fft, &one, convolver_block_samples(one.sample_count),
                                  stage->scratch, &bank, errors));
        reader->equalizers[ear] = bank;
    }
    return DONE;
}

enum { REST_SAMPLES = 1 << 17 };

static double **make_planes(Arena *arena, int channel_count, int64_t sample_count) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, (size_t)sample_count, sizeof **planes);
    }
    return planes;
}

static void open_retimer(const MixDeliverable *deliverable, BusReader *reader) {
    Arena *scratch = reader->stage->scratch;
    if (deliverable->retime.input == deliverable->retime.output) {
        return;
    }
    const size_t channels = (size_t)reader->channel_count;
    reader->retimer = retimer_create(deliverable->retime, scratch);
    reader->wide = make_planes(scratch, reader->channel_count,
                               retimer_reach_samples(reader->retimer, STAGE_CHUNK_SAMPLES));
    reader->shifted = arena_array(scratch, channels, sizeof *reader->shifted);
    reader->retimed = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *reader->retimed);
    reader->rendered = arena_array(scratch, channels, sizeof *reader->rendered);
    for (size_t channel = 0; channel < channels; channel++) {
        reader->rendered[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
}

Status bus_reader_open(const Stage *stage,
                       const MixDeliverable *deliverable,
                       BusView view,
                       BusReader *reader,
                       ErrorList *errors) {
    const Mix *mix = stage->mix;
    const int own = view == VIEW_MEASURED ? deliverable->measured_bus : deliverable->bus;
    const MixBus *bus = &mix->buses[own];
    const BusFold *fold = bus->fold;
    const int source = fold ? fold->source : own;
    *reader = (BusReader){.stage = stage,
                          .deliverable = deliverable,
                          .bus = bus,
                          .output = view == VIEW_DRY ? mix->bus_count + source : source,
                          .source_channel_count = mix->buses[source].layout->channel_count,
                          .channel_count = bus->layout->channel_count,
                          .stem_count = mix->stem_count,
                          .span = -1};
    reader->stems = arena_array(stage->scratch, (size_t)reader->stem_count, sizeof *reader->stems);
    if (fold) {
        reader->only =
            arena_array(stage->scratch, (size_t)reader->stem_count, sizeof *reader->only);
        const int64_t reach = bus_fold_reach_samples(fold, STAGE_CHUNK_SAMPLES);
        reader->reach = make_planes(stage->scratch, reader->source_channel_count, reach);
        reader->folded = make_planes(stage->scratch, reader->channel_count, STAGE_CHUNK_SAMPLES);
        reader->sums = arena_array(stage->scratch, (size_t)reach, sizeof *reader->sums);
    }
    open_retimer(deliverable, reader);
    if (!deliverable->has_headphone_eq) {
        return DONE;
    }
    reader->heard = arena_array(stage->scratch, (size_t)reader->channel_count, sizeof(float *));
    for (int channel = 0; channel < reader->channel_count; channel++) {
        reader->heard[channel] = arena_array(stage->scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    return open_equalizers(deliverable, reader, errors);
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
        if (reader->wanted && !reader->wanted[stem]) {
            continue;
        }
        const Task *task = &plan->tasks[plan->spatialize_tasks[stem * plan->span_count + span]];
        TRY(stored_audio_open(reader->stage->workplace->store, task->outputs[reader->output],
                              &reader->stems[stem], errors));
    }
    return DONE;
}

/* What was read of the span is given back now and then: it may be as long as the programme. */
static void rest_span(BusReader *reader, SampleTime time) {
    if (time >= reader->rested_at && time < reader->rested_at + REST_SAMPLES) {
        return;
    }
    for (int stem = 0; stem < reader->stem_count; stem++) {
        store_rest(&reader->stems[stem].object);
    }
    reader->rested_at = time;
}

/* Maps the span that holds the time and says how far `end` can be read in it, and where it begins:
 * never more than STAGE_CHUNK_SAMPLES. All spans but the last have the length of the first. */
static Status
reach(BusReader *reader, SampleTime time, SampleTime end, Span *part, ErrorList *errors) {
    const Span *spans = reader->stage->plan->spans;
    const int span = (int)(time / (spans[0].end - spans[0].begin));
    if (span != reader->span) {
        TRY(map_span(reader, span, errors));
        reader->rested_at = time;
    }
    rest_span(reader, time);
    const SampleTime chunk_end = time + STAGE_CHUNK_SAMPLES;
    end = end < chunk_end ? end : chunk_end;
    *part = (Span){time - spans[span].begin,
                   (end < spans[span].end ? end : spans[span].end) - spans[span].begin};
    return DONE;
}

/* Adds one stem of the rendered bus to out: [source_channel_count][count]. */
static void
add_stem(const BusReader *reader, int stem, Span inside, double *const *out, int64_t offset) {
    const int64_t count = inside.end - inside.begin;
    const BusFold *fold = reader->bus->fold;
    const double gain = fold && fold->stem_gains ? fold->stem_gains[stem] : 1.0;
    for (int channel = 0; channel < reader->source_channel_count; channel++) {
        for (int64_t done = 0; done < count;) {
            int64_t portion = count - done;
            const float *samples =
                stored_audio_view(&reader->stems[stem], channel, inside.begin + done, &portion);
            if (samples) {
                planes_add_floats(samples, gain, portion, out[channel] + offset + done);
            }
            done += portion;
        }
    }
}

/* The rendered bus, stems summed in job order; silence outside the programme. */
static Status
sum_stems(BusReader *reader, const bool *is_in, Span part, double *const *out, ErrorList *errors) {
    const int64_t length = reader->stage->mix->length_samples;
    const SampleTime end = part.end < length ? part.end : length;
    for (int channel = 0; channel < reader->source_channel_count; channel++) {
        memset(out[channel], 0, (size_t)(part.end - part.begin) * sizeof **out);
    }
    for (SampleTime at = part.begin > 0 ? part.begin : 0; at < end;) {
        Span inside;
        TRY(reach(reader, at, end, &inside, errors));
        for (int stem = 0; stem < reader->stem_count; stem++) {
            if (reader->stems[stem].head && (!is_in || is_in[stem])) {
                add_stem(reader, stem, inside, out, at - part.begin);
            }
        }
        at += inside.end - inside.begin;
    }
    return DONE;
}

static Status
fold_stems(BusReader *reader, const bool *is_in, Span part, double *const *out, ErrorList *errors) {
    const Span wide = bus_fold_reach(reader->bus->fold, part);
    TRY(sum_stems(reader, is_in, wide, reader->reach, errors));
    bus_fold_apply(reader->bus, part, (const double *const *)reader->reach, reader->sums, out);
    return DONE;
}

static Status
read_folded_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors) {
    reader->only[stem] = true;
    const Status status = fold_stems(reader, reader->only, part, reader->folded, errors);
    reader->only[stem] = false;
    TRY(status);
    for (int channel = 0; channel < reader->channel_count; channel++) {
        for (int64_t sample = 0; sample < part.end - part.begin; sample++) {
            out[channel][sample] = (float)reader->folded[channel][sample];
        }
    }
    return DONE;
}

static Status
read_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors) {
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

typedef struct EarInput { /* one channel of a stem, as it is before the headphones */
    BusReader *reader;
    int stem, channel;
    Status status; /* of the first read that failed */
    ErrorList *errors;
} EarInput;

/* Zeros outside the programme. */
static void read_ear(void *context, SampleTime begin, int64_t count, float *samples) {
    EarInput *input = context;
    const SampleTime length = input->reader->stage->mix->length_samples;
    SampleTime at = begin < 0 ? 0 : begin;
    const SampleTime end = begin + count < length ? begin + count : length;
    memset(samples, 0, (size_t)count * sizeof *samples);
    while (at < end && input->status == DONE) {
        Span inside;
        input->status = reach(input->reader, at, end, &inside, input->errors);
        if (input->status == DONE) {
            stored_audio_read(&input->reader->stems[input->stem], input->channel, inside.begin,
                              inside.end - inside.begin, samples + (at - begin));
            at += inside.end - inside.begin;
        }
    }
}

/* On the absolute grid of the equalizer, so that portions change no bit. */
static Status hear_channel(EarInput *input, Span part, float *out) {
    Arena *scratch = arena_create();
    const size_t count = (size_t)(part.end - part.begin);
    double *sum = arena_array(scratch, count, sizeof *sum);
    const ConvolverSource source = {
        .read = read_ear, .context = input, .bank = input->reader->equalizers[input->channel]};
    const Status status = convolver_run(&source, 1, part, &sum, scratch, input->errors);
    for (size_t sample = 0; sample < count; sample++) {
        out[sample] = (float)sum[sample];
    }
    arena_destroy(&scratch);
    return status ? status : input->status;
}

/* A stem through the equalizer of the headphones. */
static Status
hear_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors) {
    for (int channel = 0; channel < reader->channel_count; channel++) {
        EarInput input = {.reader = reader, .stem = stem, .channel = channel, .errors = errors};
        TRY(hear_channel(&input, part, out[channel]));
    }
    return DONE;
}

static Status
rendered_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors) {
    if (reader->bus->fold) {
        return read_folded_stem(reader, stem, part, out, errors);
    }
    return reader->heard ? hear_stem(reader, stem, part, out, errors)
                         : read_stem(reader, stem, part, out, errors);
}

static Status
add_heard(BusReader *reader, const bool *is_in, Span part, double *const *out, ErrorList *errors) {
    for (int stem = 0; stem < reader->stem_count; stem++) {
        if (is_in && !is_in[stem]) {
            continue;
        }
        TRY(hear_stem(reader, stem, part, reader->heard, errors));
        for (int channel = 0; channel < reader->channel_count; channel++) {
            for (int64_t sample = 0; sample < part.end - part.begin; sample++) {
                out[channel][sample] += (double)reader->heard[channel][sample];
            }
        }
    }
    return DONE;
}

static Status rendered_sum(
    BusReader *reader, const bool *asked, Span part, double *const *out, ErrorList *errors) {
    const bool *is_in = asked ? asked : reader->stage->mix->full_stems;
    if (reader->bus->fold) {
        return fold_stems(reader, is_in, part, out, errors);
    }
    if (!reader->heard) {
        return sum_stems(reader, is_in, part, out, errors);
    }
    for (int channel = 0; channel < reader->channel_count; channel++) {
        memset(out[channel], 0, (size_t)(part.end - part.begin) * sizeof **out);
    }
    return add_heard(reader, is_in, part, out, errors);
}

static void widen(const BusReader *reader, int64_t count) {
    for (int channel = 0; channel < reader->channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample++) {
            reader->shifted[channel][sample] = reader->rendered[channel][sample];
        }
    }
}

/* The input of the retimer for `out`: silence outside the programme. stem -1: the sum. */
static Status
read_wide(BusReader *reader, int stem, const bool *is_in, Span needed, ErrorList *errors) {
    const SampleTime length = reader->stage->mix->length_samples;
    const SampleTime end = needed.end < length ? needed.end : length;
    for (int channel = 0; channel < reader->channel_count; channel++) {
        memset(reader->wide[channel], 0,
               (size_t)(needed.end - needed.begin) * sizeof **reader->wide);
    }
    for (SampleTime at = needed.begin > 0 ? needed.begin : 0; at < end;) {
        const SampleTime next = at + STAGE_CHUNK_SAMPLES;
        const Span part = {at, next < end ? next : end};
        for (int channel = 0; channel < reader->channel_count; channel++) {
            reader->shifted[channel] = reader->wide[channel] + (at - needed.begin);
        }
        if (stem < 0) {
            TRY(rendered_sum(reader, is_in, part, reader->shifted, errors));
        } else {
            TRY(rendered_stem(reader, stem, part, reader->rendered, errors));
            widen(reader, part.end - part.begin);
        }
        at = part.end;
    }
    return DONE;
}

Status
bus_reader_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors) {
    if (!reader->retimer) {
        return rendered_stem(reader, stem, part, out, errors);
    }
    const Span needed = retimer_reach(reader->retimer, part);
    TRY(read_wide(reader, stem, NULL, needed, errors));
    for (int channel = 0; channel < reader->channel_count; channel++) {
        retimer_run(reader->retimer, reader->wide[channel], needed.begin, part, reader->retimed);
        for (int64_t sample = 0; sample < part.end - part.begin; sample++) {
            out[channel][sample] = (float)reader->retimed[sample];
        }
    }
    return DONE;
}

Status bus_reader_sum(
    BusReader *reader, const bool *asked, Span part, double *const *out, ErrorList *errors) {
    if (!reader->retimer) {
        return rendered_sum(reader, asked, part, out, errors);
    }
    const Span needed = retimer_reach(reader->retimer, part);
    TRY(read_wide(reader, -1, asked, needed, errors));
    for (int channel = 0; channel < reader->channel_count; channel++) {
        retimer_run(reader->retimer, reader->wide[channel], needed.begin, part, out[channel]);
    }
    return DONE;
}
