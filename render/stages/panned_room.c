/* Rooms with an input for every loudspeaker or harmonic of a bus.
 *
 * Sends are taken behind the panner: the layers are panned to the input's layout as to any bus, LFE
 * excepted, times their send. Diffuse parts go in without decorrelation, which is the room's own
 * work. Each input is convolved on its own, and inputs are summed in their order in double.
 *
 * Law: gains are functions of absolute time; the convolver's grid depends on the length of the
 * response only.
 */
#include "render/stages/panned_room.h"

#include <assert.h>
#include <string.h>

#include "render/dsp/convolver.h"
#include "render/stages/panned.h"
#include "render/stages/stem_rooms.h"

typedef struct SendBus { /* what goes into the room, over a span and its pre-roll */
    BusWork work;
    int room;
    Span span;
    float **samples;      /* [channel_count][span length] */
    double **sum, **part; /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double *gains;        /* [STAGE_CHUNK_SAMPLES] of a send */
} SendBus;

typedef struct SendChannel {
    const SendBus *bus;
    int channel;
} SendChannel;

static void read_send(void *context, SampleTime begin, int64_t count, float *samples) {
    const SendChannel *channel = context;
    const Span span = channel->bus->span;
    assert(begin >= span.begin && begin + count <= span.end);
    memcpy(samples, channel->bus->samples[channel->channel] + (begin - span.begin),
           (size_t)count * sizeof *samples);
}

static void clear(double *const *planes, int channel_count, int64_t count) {
    for (int channel = 0; channel < channel_count; channel++) {
        memset(planes[channel], 0, (size_t)count * sizeof **planes);
    }
}

static void add_source(const SendBus *bus, const Source *source, Span portion) {
    const BusWork *work = &bus->work;
    const int64_t count = portion.end - portion.begin;
    const double gain = stem_rooms_send_gain(source->layer, bus->room);
    if (gain == 0.0 || source_is_lfe(source)) {
        return;
    }
    clear(bus->part, work->channel_count, count);
    panned_add(work, source, DIRECT_PART, portion, bus->part);
    if (bus_work_is_diffuse(work, source)) {
        panned_add(work, source, DIFFUSE_PART, portion, bus->part);
    }
    stem_rooms_gains(source->layer, bus->room, gain, portion.begin, count, bus->gains);
    for (int channel = 0; channel < work->channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample++) {
            bus->sum[channel][sample] += bus->gains[sample] * bus->part[channel][sample];
        }
    }
}

/* The send sounds predelay later. */
static void fill(const SendBus *bus) {
    const Mix *mix = bus->work.stage->mix;
    const SampleTime predelay = mix->rooms[bus->room].predelay_samples;
    for (SampleTime at = bus->span.begin; at < bus->span.end; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = bus->span.end - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        const Span portion = {at - predelay, at - predelay + count};
        clear(bus->sum, bus->work.channel_count, count);
        for (int index = 0; index < bus->work.list->source_count; index++) {
            add_source(bus, &bus->work.list->sources[index], portion);
        }
        for (int channel = 0; channel < bus->work.channel_count; channel++) {
            float *to = bus->samples[channel] + (at - bus->span.begin);
            for (int64_t sample = 0; sample < count; sample++) {
                to[sample] = (float)bus->sum[channel][sample];
            }
        }
    }
}

/* What the convolver reads for a response of this length: see convolver.h. */
static Span reach(Span span, int64_t response_samples) {
    const int64_t block = convolver_block_samples(response_samples);
    const int64_t before = response_samples + 4 * block;
    return (Span){span.begin - before, span.end + 2 * block};
}

static Status open_send_bus(const Stage *stage,
                            const SourceList *list,
                            int room,
                            int64_t response_samples,
                            SendBus *bus,
                            ErrorList *errors) {
    Arena *scratch = stage->scratch;
    *bus = (SendBus){.room = room, .span = reach(stage->task->span, response_samples)};
    TRY(bus_work_open(stage, list, stage->mix->bus_count + room, &bus->work, errors));
    const size_t channels = (size_t)bus->work.channel_count;
    bus->samples = arena_array(scratch, channels, sizeof *bus->samples);
    bus->sum = arena_array(scratch, channels, sizeof *bus->sum);
    bus->part = arena_array(scratch, channels, sizeof *bus->part);
    bus->gains = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *bus->gains);
    for (size_t channel = 0; channel < channels; channel++) {
        bus->samples[channel] =
            arena_array(scratch, (size_t)(bus->span.end - bus->span.begin), sizeof(float));
        bus->sum[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(double));
        bus->part[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(double));
    }
    fill(bus);
    return DONE;
}

static bool is_silent(const float *samples, int64_t count) {
    for (int64_t sample = 0; sample < count; sample++) {
        if (samples[sample] != 0.0F) {
            return false;
        }
    }
    return true;
}

typedef struct RoomRows { /* what one input sounds in */
    float **responses;    /* [out_count] of them used */
    double **out;
    int count;
    int64_t sample_count;
} RoomRows;

/* Where a room's response has as many rows as the bus has channels, each input sounds in its own
 * channel alone (Mix.room_impulse). */
static void take_rows(const StoredAudio *response,
                      int input,
                      int out_count,
                      double *const *out,
                      Arena *arena,
                      RoomRows *rows) {
    const bool is_straight = response->head->channel_count == out_count;
    *rows = (RoomRows){.responses = arena_array(arena, (size_t)out_count, sizeof(float *)),
                       .out = arena_array(arena, (size_t)out_count, sizeof(double *)),
                       .sample_count = response->head->sample_count};
    for (int channel = 0; channel < out_count; channel++) {
        if (is_straight && channel != input) {
            continue;
        }
        const int row = is_straight ? channel : input * out_count + channel;
        float *samples = arena_array(arena, (size_t)rows->sample_count, sizeof *samples);
        stored_audio_read(response, row, 0, rows->sample_count, samples);
        if (!is_silent(samples, rows->sample_count)) {
            rows->responses[rows->count] = samples;
            rows->out[rows->count++] = out[channel];
        }
    }
}

static Status convolve_input(
    const SendBus *bus, int input, const RoomRows *rows, Arena *arena, ErrorList *errors) {
    const AudioBlock block = {rows->responses, rows->count, rows->sample_count};
    SendChannel channel = {bus, input};
    FilterBank *bank = NULL;
    if (rows->count == 0) {
        return DONE;
    }
    TRY(filter_bank_create_by(bus->work.stage->mix->fft, &block,
                              convolver_block_samples(rows->sample_count), arena, &bank, errors));
    const ConvolverSource source = {.read = read_send, .context = &channel, .bank = bank};
    return convolver_run(&source, 1, bus->work.stage->task->span, rows->out, arena, errors);
}

static Status add_return(const SendBus *bus,
                         const StoredAudio *response,
                         int out_count,
                         double *const *out,
                         ErrorList *errors) {
    for (int input = 0; input < bus->work.channel_count; input++) {
        RoomRows rows;
        Arena *arena = arena_create();
        take_rows(response, input, out_count, out, arena, &rows);
        const Status status = convolve_input(bus, input, &rows, arena, errors);
        arena_destroy(&arena);
        TRY(status);
    }
    return DONE;
}

/* The send's pre-roll is that of the longest response: an HRTF lengthens it. */
static int64_t longest(const StoredAudio *responses, int count) {
    int64_t samples = 1;
    for (int bus = 0; bus < count; bus++) {
        const AudioHead *head = responses[bus].head;
        samples = head && head->sample_count > samples ? head->sample_count : samples;
    }
    return samples;
}

static Status add_returns(const Stage *stage,
                          const SendBus *bus,
                          const StoredAudio *responses,
                          double **const *planes,
                          ErrorList *errors) {
    for (int index = 0; index < stage->mix->bus_count; index++) {
        if (responses[index].head) {
            TRY(add_return(bus, &responses[index], stage->mix->buses[index].layout->channel_count,
                           planes[index], errors));
        }
    }
    return DONE;
}

static Status open_responses(const Stage *stage,
                             int room,
                             double **const *planes,
                             StoredAudio *responses,
                             ErrorList *errors) {
    const Mix *mix = stage->mix;
    for (int bus = 0; bus < mix->bus_count; bus++) {
        const int task = stage->plan->room_tasks[room * mix->bus_count + bus];
        if (planes[bus]) {
            TRY(stored_audio_open(stage->workplace->store, stage->plan->tasks[task].outputs[0],
                                  &responses[bus], errors));
        }
    }
    return DONE;
}

Status panned_room_add(const Stage *stage,
                       const SourceList *list,
                       int room,
                       double **const *planes,
                       ErrorList *errors) {
    const int bus_count = stage->mix->bus_count;
    StoredAudio *responses = arena_array(stage->scratch, (size_t)bus_count, sizeof *responses);
    SendBus bus;
    Status status = open_responses(stage, room, planes, responses, errors);
    status = status ? status
                    : open_send_bus(stage, list, room, longest(responses, bus_count), &bus, errors);
    status = status ? status : add_returns(stage, &bus, responses, planes, errors);
    for (int index = 0; index < bus_count; index++) {
        stored_audio_close(&responses[index]);
    }
    return status;
}
