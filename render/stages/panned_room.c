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
#include "render/dsp/fft.h"
#include "render/stages/panned.h"
#include "render/stages/stem_rooms.h"

enum { PARTS = 2 };

typedef struct SentSource { /* what a layer's channel sends */
    const MixLayer *layer;
    double gain;
    bool moves;                /* the send has lanes */
    PannedSource parts[PARTS]; /* [part_count]: direct, diffuse */
    int part_count;
} SentSource;

struct PannedRoom {
    BusWork work; /* of the room's input */
    int room;
    SentSource *sources;
    int source_count;
    int bus_count;
    StoredAudio *responses;   /* [bus_count]; no head: not wanted */
    bool **row_sounds;        /* [bus_count][rows of the response] */
    Key *keys;                /* [bus_count] of the responses */
    Convolver **convolvers;   /* [bus_count], one for all inputs and buses of a length */
    int64_t longest_response; /* samples */
    Span span;                /* that `samples` holds */
    int64_t capacity_samples;
    float **samples;  /* [channel_count][capacity_samples]; NULL: nothing has been sent there yet */
    bool *is_touched; /* [channel_count] of sum */
    double **sum, **part; /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double *gains;        /* [STAGE_CHUNK_SAMPLES] of a send that moves */
};

typedef struct SendChannel {
    const PannedRoom *bus;
    int channel;
} SendChannel;

static void read_send(void *context, SampleTime begin, int64_t count, float *samples) {
    const SendChannel *channel = context;
    const Span span = channel->bus->span;
    assert(begin >= span.begin && begin + count <= span.end);
    memcpy(samples, channel->bus->samples[channel->channel] + (begin - span.begin),
           (size_t)count * sizeof *samples);
}

static bool reaches(const SentSource *sent, int channel) {
    bool does = false;
    for (int part = 0; part < sent->part_count; part++) {
        does = does || panned_reaches(&sent->parts[part], channel);
    }
    return does;
}

/* Adds the part that a source has in a channel, times its send. */
static void add_sent(const PannedRoom *bus, const SentSource *sent, Span portion, int channel) {
    const int64_t count = portion.end - portion.begin;
    const double *part = bus->part[channel];
    double *sum = bus->sum[channel];
    if (!sent->moves) {
        sent->parts[0].kernels->add_scaled(part, sent->gain, (int)count, sum);
        return;
    }
    stem_rooms_gains(sent->layer, bus->room, sent->gain, portion.begin, count, bus->gains);
    for (int64_t sample = 0; sample < count; sample++) {
        sum[sample] += bus->gains[sample] * part[sample];
    }
}

static void touch(PannedRoom *bus, const SentSource *sent) {
    for (int channel = 0; channel < bus->work.channel_count; channel++) {
        bus->is_touched[channel] = bus->is_touched[channel] || reaches(sent, channel);
    }
}

/* Neither the source nor its send moves: no part of its own is needed for the same bits. */
static void add_still(PannedRoom *bus, SentSource *sent, Span portion) {
    if (panned_add_sent(&sent->parts[0], sent->gain, portion, bus->sum)) {
        touch(bus, sent);
    }
}

/* Channels a source does not reach would get +0. */
static void add_source(PannedRoom *bus, SentSource *sent, Span portion) {
    const int channels = bus->work.channel_count;
    const size_t count = (size_t)(portion.end - portion.begin);
    bool sounds = false;
    for (int channel = 0; channel < channels; channel++) {
        if (reaches(sent, channel)) {
            memset(bus->part[channel], 0, count * sizeof **bus->part);
        }
    }
    for (int part = 0; part < sent->part_count; part++) {
        sounds = panned_add(&sent->parts[part], portion, bus->part) || sounds;
    }
    for (int channel = 0; sounds && channel < channels; channel++) {
        if (reaches(sent, channel)) {
            add_sent(bus, sent, portion, channel);
        }
    }
    if (sounds) {
        touch(bus, sent);
    }
}

/* Rounds a portion of the sum, to stand behind `at` samples of the channel. */
static void keep_portion(PannedRoom *bus, int channel, int64_t at, int64_t count) {
    if (!bus->is_touched[channel] && !bus->samples[channel]) {
        return;
    }
    if (!bus->samples[channel]) {
        bus->samples[channel] = arena_array(bus->work.stage->scratch, (size_t)bus->capacity_samples,
                                            sizeof **bus->samples);
    }
    for (int64_t sample = 0; sample < count; sample++) {
        bus->samples[channel][at + sample] = (float)bus->sum[channel][sample];
    }
}

/* Up to `end`. The send sounds predelay later. */
static void fill(PannedRoom *bus, SampleTime end) {
    const Mix *mix = bus->work.stage->mix;
    const int channels = bus->work.channel_count;
    const SampleTime predelay = mix->rooms[bus->room].predelay_samples;
    while (bus->span.end < end) {
        const SampleTime at = bus->span.end;
        const int64_t count = end - at < STAGE_CHUNK_SAMPLES ? end - at : STAGE_CHUNK_SAMPLES;
        for (int channel = 0; channel < channels; channel++) {
            memset(bus->sum[channel], 0, (size_t)count * sizeof **bus->sum);
            bus->is_touched[channel] = false;
        }
        for (int index = 0; index < bus->source_count; index++) {
            SentSource *sent = &bus->sources[index];
            const Span portion = {at - predelay, at - predelay + count};
            const bool is_still = sent->part_count == 1 && sent->parts[0].gains && !sent->moves;
            (is_still ? add_still : add_source)(bus, sent, portion);
        }
        for (int channel = 0; channel < channels; channel++) {
            keep_portion(bus, channel, at - bus->span.begin, count);
        }
        bus->span.end += count;
    }
}

/* What the convolver reads for a response of this length: see convolver.h. Its first block begins
 * less than a block before the span, its partitions are less than a block longer than the response.
 */
static Span reach(Span span, int64_t response_samples) {
    const int64_t block = convolver_block_samples(response_samples);
    return (Span){span.begin - response_samples - 2 * block, span.end + block};
}

/* The send over a span that begins where the last one ended, with its pre-roll. */
static void move_to(PannedRoom *bus, Span span) {
    const Span wanted = reach(span, bus->longest_response);
    const int64_t held = bus->span.end - wanted.begin;
    if (held <= 0 || wanted.begin < bus->span.begin) {
        bus->span = (Span){wanted.begin, wanted.begin};
    } else {
        for (int channel = 0; channel < bus->work.channel_count; channel++) {
            float *samples = bus->samples[channel];
            if (samples) {
                memmove(samples, samples + (wanted.begin - bus->span.begin),
                        (size_t)held * sizeof *samples);
            }
        }
        bus->span.begin = wanted.begin;
    }
    fill(bus, wanted.end);
}

static double **make_rows(Arena *arena, size_t row_count) {
    double **rows = arena_array(arena, row_count, sizeof *rows);
    for (size_t row = 0; row < row_count; row++) {
        rows[row] = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof **rows);
    }
    return rows;
}

static void open_sources(PannedRoom *bus, Arena *scratch) {
    const SourceList *list = bus->work.list;
    bus->sources = arena_array(scratch, (size_t)list->source_count, sizeof *bus->sources);
    for (int index = 0; index < list->source_count; index++) {
        const Source *source = &list->sources[index];
        const double gain = stem_rooms_send_gain(source->layer, bus->room);
        if (gain == 0.0 || source_is_lfe(source)) {
            continue;
        }
        SentSource *sent = &bus->sources[bus->source_count++];
        sent->layer = source->layer;
        sent->gain = gain;
        sent->moves = stem_rooms_send_moves(source->layer, bus->room);
        panned_open(&bus->work, source, DIRECT_PART, &sent->parts[sent->part_count++]);
        if (bus_work_is_diffuse(&bus->work, source)) {
            panned_open(&bus->work, source, DIFFUSE_PART, &sent->parts[sent->part_count++]);
        }
    }
}

static Status open_send(const Stage *stage,
                        const SourceList *list,
                        int64_t longest,
                        PannedRoom *bus,
                        ErrorList *errors) {
    Arena *scratch = stage->scratch;
    const Span span = reach((Span){0, longest}, bus->longest_response);
    TRY(bus_work_open(stage, list, stage->mix->bus_count + bus->room, &bus->work, errors));
    const size_t channels = (size_t)bus->work.channel_count;
    bus->capacity_samples = span.end - span.begin;
    bus->samples = arena_array(scratch, channels, sizeof *bus->samples);
    bus->is_touched = arena_array(scratch, channels, sizeof *bus->is_touched);
    bus->sum = make_rows(scratch, channels);
    bus->part = make_rows(scratch, channels);
    bus->gains = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *bus->gains);
    open_sources(bus, scratch);
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
    int *rows;            /* [count] of the response */
    double **out;         /* [count] */
    int count;
} RoomRows;

/* Where a room's response has as many rows as the bus has channels, each input sounds in its own
 * channel alone (Mix.room_impulse). */
static void take_rows(
    const PannedRoom *bus, int index, int input, double *const *out, Arena *arena, RoomRows *rows) {
    const int out_count = bus->work.stage->mix->buses[index].layout->channel_count;
    const bool is_straight = bus->responses[index].head->channel_count == out_count;
    *rows = (RoomRows){.rows = arena_array(arena, (size_t)out_count, sizeof *rows->rows),
                       .out = arena_array(arena, (size_t)out_count, sizeof *rows->out)};
    for (int channel = 0; channel < out_count; channel++) {
        const int row = is_straight ? channel : input * out_count + channel;
        if ((!is_straight || channel == input) && bus->row_sounds[index][row]) {
            rows->rows[rows->count] = row;
            rows->out[rows->count++] = out[channel];
        }
    }
}

static Status make_bank(const PannedRoom *bus,
                        const StoredAudio *response,
                        const RoomRows *rows,
                        Arena *arena,
                        FilterBank **bank,
                        ErrorList *errors) {
    Arena *scratch = arena_create();
    const int64_t length = response->head->sample_count;
    float **samples = arena_array(scratch, (size_t)rows->count, sizeof *samples);
    for (int row = 0; row < rows->count; row++) {
        samples[row] = arena_array(scratch, (size_t)length, sizeof **samples);
        stored_audio_read(response, rows->rows[row], 0, length, samples[row]);
    }
    store_rest(&response->object);
    const AudioBlock block = {samples, rows->count, length};
    const Status status = filter_bank_create_by(
        bus->work.stage->mix->fft, &block, convolver_block_samples(length), arena, bank, errors);
    arena_destroy(&scratch);
    return status;
}

/* From the cache of the rank, or made. The response and the input tell its rows. */
static Status find_bank(const PannedRoom *bus,
                        int index,
                        const RoomRows *rows,
                        Arena *arena,
                        FilterBank **bank,
                        ErrorList *errors) {
    const Stage *stage = bus->work.stage;
    BankCache *cache = stage->workplace->panners ? stage->workplace->panners->banks : NULL;
    KeyText response;
    key_format(bus->keys[index], response);
    const Key key = key_of_text(arena_format(arena, "%s %s rows %d from %d",
                                             fft_engine_version(stage->mix->fft), response,
                                             rows->count, rows->rows[0]));
    *bank = bank_cache_find(cache, key);
    if (!*bank) {
        const int64_t length = bus->responses[index].head->sample_count;
        Arena *home = bank_cache_arena(cache, filter_bank_bytes(rows->count, length), arena);
        TRY(make_bank(bus, &bus->responses[index], rows, home, bank, errors));
        bank_cache_keep(cache, key, *bank);
    }
    return DONE;
}

static Status convolve_input(const PannedRoom *bus,
                             int index,
                             int input,
                             const RoomRows *rows,
                             const Stage *stage,
                             ErrorList *errors) {
    SendChannel channel = {bus, input};
    FilterBank *bank = NULL;
    TRY(find_bank(bus, index, rows, stage->scratch, &bank, errors));
    const ConvolverSource source = {.read = read_send, .context = &channel, .bank = bank};
    convolver_forget(bus->convolvers[index]);
    return convolver_go_on(bus->convolvers[index], &source, 1, stage->task->span, rows->out,
                           errors);
}

/* As many rows at once as their spectra have memory for: pairs of them know nothing of each other.
 */
static Status convolve_rows(const PannedRoom *bus,
                            int index,
                            int input,
                            const RoomRows *rows,
                            const Stage *stage,
                            ErrorList *errors) {
    const int at_once = filter_bank_channels_within(bus->responses[index].head->sample_count,
                                                    stage_spectra_limit(stage->workplace));
    for (int first = 0; first < rows->count; first += at_once) {
        const int rest = rows->count - first;
        const RoomRows part = {rows->rows + first, rows->out + first,
                               rest < at_once ? rest : at_once};
        Stage inner = *stage;
        inner.scratch = arena_create();
        const Status status = convolve_input(bus, index, input, &part, &inner, errors);
        arena_destroy(&inner.scratch);
        TRY(status);
    }
    return DONE;
}

/* Nothing is heard of an input that nothing was sent to. */
static Status add_return(
    const PannedRoom *bus, int index, const Stage *stage, double *const *out, ErrorList *errors) {
    for (int input = 0; input < bus->work.channel_count; input++) {
        if (!bus->samples[input]) {
            continue;
        }
        RoomRows rows;
        take_rows(bus, index, input, out, stage->scratch, &rows);
        TRY(convolve_rows(bus, index, input, &rows, stage, errors));
    }
    return DONE;
}

Status
panned_room_add(PannedRoom *opened, const Stage *stage, double **const *planes, ErrorList *errors) {
    move_to(opened, stage->task->span);
    for (int index = 0; index < stage->mix->bus_count; index++) {
        if (opened->responses[index].head) {
            TRY(add_return(opened, index, stage, planes[index], errors));
        }
    }
    return DONE;
}

static bool row_sounds(const StoredAudio *response, int row) {
    float samples[STAGE_CHUNK_SAMPLES];
    bool sounds = false;
    for (int64_t at = 0; !sounds && at < response->head->sample_count; at += STAGE_CHUNK_SAMPLES) {
        stored_audio_read(response, row, at, STAGE_CHUNK_SAMPLES, samples);
        sounds = !is_silent(samples, STAGE_CHUNK_SAMPLES);
    }
    return sounds;
}

static Convolver *find_convolver(const PannedRoom *bus, int index, Arena *arena) {
    for (int other = 0; other < index; other++) {
        const AudioHead *head = bus->responses[other].head;
        if (head && head->sample_count == bus->responses[index].head->sample_count) {
            return bus->convolvers[other];
        }
    }
    return convolver_create(arena);
}

/* The pre-roll of the send is that of the longest response: an HRTF lengthens it. */
static Status open_response(const Stage *stage, int index, PannedRoom *bus, ErrorList *errors) {
    const int task = stage->plan->room_tasks[bus->room * stage->mix->bus_count + index];
    StoredAudio *response = &bus->responses[index];
    bus->keys[index] = stage->plan->tasks[task].outputs[0];
    TRY(stored_audio_open(stage->workplace->store, bus->keys[index], response, errors));
    if (!response->head) {
        return DONE;
    }
    bus->convolvers[index] = find_convolver(bus, index, stage->scratch);
    const int rows = response->head->channel_count;
    bus->row_sounds[index] = arena_array(stage->scratch, (size_t)rows, sizeof(bool));
    for (int row = 0; row < rows; row++) {
        bus->row_sounds[index][row] = row_sounds(response, row);
    }
    if (response->head->sample_count > bus->longest_response) {
        bus->longest_response = response->head->sample_count;
    }
    return DONE;
}

Status panned_room_open(const Stage *stage,
                        const SourceList *list,
                        int room,
                        const RoomUse *use,
                        PannedRoom **opened,
                        ErrorList *errors) {
    const size_t bus_count = (size_t)stage->mix->bus_count;
    PannedRoom *bus = arena_alloc(stage->scratch, sizeof *bus);
    *opened = bus;
    bus->room = room;
    bus->longest_response = 1;
    bus->bus_count = stage->mix->bus_count;
    bus->responses = arena_array(stage->scratch, bus_count, sizeof *bus->responses);
    bus->row_sounds = arena_array(stage->scratch, bus_count, sizeof *bus->row_sounds);
    bus->keys = arena_array(stage->scratch, bus_count, sizeof *bus->keys);
    bus->convolvers = arena_array(stage->scratch, bus_count, sizeof(Convolver *));
    for (int index = 0; index < bus->bus_count; index++) {
        TRY(use->is_wanted[index] ? open_response(stage, index, bus, errors) : DONE);
    }
    return open_send(stage, list, use->longest_samples, bus, errors);
}

void panned_room_close(PannedRoom *opened) {
    for (int index = 0; opened && index < opened->bus_count; index++) {
        stored_audio_close(&opened->responses[index]);
        convolver_close(opened->convolvers[index]); /* shared ones twice */
    }
}
