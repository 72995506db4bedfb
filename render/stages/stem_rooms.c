/* The rooms of a stem: its sends summed per room, convolved once for all layouts.
 *
 * Law: the convolver's grid depends on the length of each bus's response only; buses share a
 * transform where their grids agree.
 */
#include "render/stages/stem_rooms.h"

#include <math.h>
#include <string.h>

#include "render/dsp/convolver.h"
#include "render/dsp/fft.h"
#include "render/dsp/planes.h"
#include "render/stages/room_gates.h"

typedef struct RoomInput { /* what the stem sends into one room */
    const SourceList *list;
    int room;
    SampleTime predelay_samples;
    float *part;   /* [RoomInput portion] of one source */
    double *gains; /* [RoomInput portion] of its send */
    double *total; /* the sum */
} RoomInput;

enum { INPUT_PORTION_SAMPLES = 4096 };

double stem_rooms_send_gain(const MixLayer *layer, int room) {
    double gain = 0.0;
    for (int send = 0; send < layer->send_count; send++) {
        gain += layer->sends[send].room == room ? layer->sends[send].gain : 0.0;
    }
    return gain;
}

bool stem_rooms_send_moves(const MixLayer *layer, int room) {
    bool moves = false;
    for (int send = 0; send < layer->send_count; send++) {
        const MixSend *used = &layer->sends[send];
        moves = moves || (used->room == room && (used->lane_count > 0 || used->distance));
    }
    return moves;
}

enum { DISTANCE_GRID_SAMPLES = 64 };

static double
gain_at_distance(const Source *source, const DistanceLaw *law, SampleTime time, PathLeg *leg) {
    const ObjectState state = source_object_along(source, time, leg);
    return distance_gain(law, trajectory_distance_m(&state));
}

/* Straight lines between the points of an absolute grid. */
static void
follow_distance(const MixLayer *layer, const DistanceLaw *law, Span span, double *gains) {
    const Source source = {.layer = layer};
    PathLeg leg = {.is_known = false};
    double from = 0.0;
    double to = 0.0;
    SampleTime known = INT64_MIN; /* `to` stands there */
    for (SampleTime at = span.begin; at < span.end; at++) {
        const SampleTime past =
            (at % DISTANCE_GRID_SAMPLES + DISTANCE_GRID_SAMPLES) % DISTANCE_GRID_SAMPLES;
        const SampleTime next = at - past + DISTANCE_GRID_SAMPLES;
        if (known != next) {
            from = known == at - past ? to : gain_at_distance(&source, law, at - past, &leg);
            to = gain_at_distance(&source, law, next, &leg);
            known = next;
        }
        gains[at - span.begin] *= from + (to - from) * (double)past / DISTANCE_GRID_SAMPLES;
    }
}

void stem_rooms_gains(
    const MixLayer *layer, int room, double gain, SampleTime begin, int64_t count, double *gains) {
    for (int64_t sample = 0; sample < count; sample++) {
        gains[sample] = gain;
    }
    for (int send = 0; send < layer->send_count; send++) {
        const MixSend *used = &layer->sends[send];
        for (int lane = 0; used->room == room && lane < used->lane_count; lane++) {
            lane_multiply_gains(&used->lanes[lane], begin, count, gains);
        }
        if (used->room == room && used->distance) {
            follow_distance(layer, used->distance, (Span){begin, begin + count}, gains);
        }
    }
}

/* DECISIONS 2: the sum of the layer's channels without LFE, times 1/sqrt(n); of an ambisonic layer
 * its W. */
double stem_rooms_gain(const Source *source, int room) {
    const double gain = source_is_lfe(source) ? 0.0 : stem_rooms_send_gain(source->layer, room);
    if (source->layer->layout->kind == LAYOUT_AMBISONIC) {
        return source->channel == 0 ? gain : 0.0;
    }
    int count = 0;
    for (int channel = 0; channel < source->layer->layout->channel_count; channel++) {
        count += source->layer->layout->channels[channel].role != CHANNEL_LFE;
    }
    return gain / sqrt((double)(count > 0 ? count : 1));
}

void stem_rooms_read(
    const Source *source, int room, SampleTime begin, int64_t count, float *samples) {
    enum { PORTION = 512 };
    double gains[PORTION];
    const double gain = stem_rooms_gain(source, room);
    source_read_sent(source, begin, count, samples);
    for (int64_t done = 0; done < count; done += PORTION) {
        const int64_t portion = count - done < PORTION ? count - done : PORTION;
        stem_rooms_gains(source->layer, room, gain, begin + done, portion, gains);
        for (int64_t sample = 0; sample < portion; sample++) {
            samples[done + sample] = (float)(gains[sample] * samples[done + sample]);
        }
    }
}

static void
read_input_portion(const RoomInput *input, SampleTime begin, int64_t count, float *samples) {
    memset(input->total, 0, (size_t)count * sizeof *input->total);
    for (int index = 0; index < input->list->source_count; index++) {
        const Source *source = &input->list->sources[index];
        const double gain = stem_rooms_gain(source, input->room);
        if (gain == 0.0) {
            continue;
        }
        const SampleTime sent = begin - input->predelay_samples;
        source_read_sent(source, sent, count, input->part);
        if (!stem_rooms_send_moves(source->layer, input->room)) {
            planes_add_floats(input->part, gain, count, input->total);
            continue;
        }
        stem_rooms_gains(source->layer, input->room, gain, sent, count, input->gains);
        for (int64_t sample = 0; sample < count; sample++) {
            input->total[sample] += input->gains[sample] * input->part[sample];
        }
    }
    for (int64_t sample = 0; sample < count; sample++) {
        samples[sample] = (float)input->total[sample];
    }
}

static void read_input(void *context, SampleTime begin, int64_t count, float *samples) {
    for (int64_t done = 0; done < count; done += INPUT_PORTION_SAMPLES) {
        const int64_t rest = count - done;
        const int64_t portion = rest < INPUT_PORTION_SAMPLES ? rest : INPUT_PORTION_SAMPLES;
        read_input_portion(context, begin + done, portion, samples + done);
    }
}

typedef struct ReturnRow {       /* one channel of one bus */
    const StoredAudio *response; /* NULL: nothing, so that the next bus begins at an even number */
    Key key;                     /* of the response in the store */
    int channel;
    int block_samples; /* the grid of its bus */
    double *sum;       /* added to; NULL: */
    float *rounded;    /* written */
} ReturnRow;

/* Where returns go, one of both: [bus_count][channels][span length]; NULL: not wanted. */
typedef struct ReturnPlanes {
    double **const *sums;
    float **const *rounded;
} ReturnPlanes;

typedef struct RoomReturns { /* the responses of one room in the wanted buses */
    StoredAudio *responses;  /* [bus_count] */
    ReturnRow *rows;
    int row_count;
} RoomReturns;

/* The convolver takes channels in pairs, and a pair must not join two buses: which of them are
 * wanted depends on what is stored already. */
static void add_returns(const StoredAudio *response,
                        Key key,
                        const ReturnPlanes *planes,
                        int bus,
                        RoomReturns *returns) {
    const int block_samples = convolver_block_samples(response->head->sample_count);
    for (int channel = 0; channel < response->head->channel_count; channel++) {
        returns->rows[returns->row_count++] =
            (ReturnRow){.response = response,
                        .key = key,
                        .channel = channel,
                        .block_samples = block_samples,
                        .sum = planes->sums ? planes->sums[bus][channel] : NULL,
                        .rounded = planes->rounded ? planes->rounded[bus][channel] : NULL};
    }
    if (response->head->channel_count % 2 != 0) {
        returns->rows[returns->row_count++] = (ReturnRow){.block_samples = block_samples};
    }
}

static Status open_returns(const Stage *stage,
                           int room,
                           const ReturnPlanes *planes,
                           RoomReturns *returns,
                           ErrorList *errors) {
    const Mix *mix = stage->mix;
    int limit = 0;
    for (int bus = 0; bus < mix->bus_count; bus++) {
        limit += mix->buses[bus].layout->channel_count + 1;
    }
    returns->responses = arena_array(stage->scratch, (size_t)mix->bus_count, sizeof(StoredAudio));
    returns->rows = arena_array(stage->scratch, (size_t)limit, sizeof(ReturnRow));
    for (int bus = 0; bus < mix->bus_count; bus++) {
        StoredAudio *response = &returns->responses[bus];
        if (planes->sums ? !planes->sums[bus] : !planes->rounded[bus]) {
            continue;
        }
        const int task = stage->plan->room_tasks[room * mix->bus_count + bus];
        const Key key = stage->plan->tasks[task].outputs[0];
        TRY(stored_audio_open(stage->workplace->store, key, response, errors));
        add_returns(response, key, planes, bus, returns);
    }
    return DONE;
}

static void close_returns(RoomReturns *returns, int bus_count) {
    for (int bus = 0; bus < bus_count && returns->responses; bus++) {
        stored_audio_close(&returns->responses[bus]);
    }
}

/* The rows of one grid, with the room's responses in the buses they belong to. */
typedef struct ReturnGroup {
    const ReturnRow **rows; /* [row_count] */
    int row_count;
} ReturnGroup;

/* What their spectra depend on: the responses and their order. */
static Key key_of_group(const Stage *stage, const ReturnGroup *group) {
    const char *text = fft_engine_version(stage->mix->fft);
    for (int row = 0; row < group->row_count; row++) {
        KeyText key = "none";
        if (group->rows[row]->response) {
            key_format(group->rows[row]->key, key);
        }
        text = arena_format(stage->scratch, "%s %s %d %d", text, key, group->rows[row]->channel,
                            group->rows[row]->block_samples);
    }
    return key_of_text(text);
}

static int64_t longest_response(const ReturnGroup *group) {
    int64_t length = 1;
    for (int row = 0; row < group->row_count; row++) {
        const StoredAudio *response = group->rows[row]->response;
        const int64_t own = response ? response->head->sample_count : 0;
        length = own > length ? own : length;
    }
    return length;
}

static Status make_bank(const Stage *stage,
                        const ReturnGroup *group,
                        Arena *arena,
                        FilterBank **bank,
                        ErrorList *errors) {
    Arena *scratch = arena_create(); /* what is read is as large as what is kept */
    const int64_t length = longest_response(group);
    float **responses = arena_array(scratch, (size_t)group->row_count, sizeof *responses);
    for (int row = 0; row < group->row_count; row++) {
        const ReturnRow *from = group->rows[row];
        if (from->response) { /* a shorter one is filled up with zeros */
            responses[row] = arena_array(scratch, (size_t)length, sizeof **responses);
            stored_audio_read(from->response, from->channel, 0, length, responses[row]);
            store_rest(&from->response->object);
        }
    }
    const AudioBlock block = {
        .samples = responses, .channel_count = group->row_count, .sample_count = length};
    const Status status = filter_bank_create_by(stage->mix->fft, &block,
                                                group->rows[0]->block_samples, arena, bank, errors);
    arena_destroy(&scratch);
    return status;
}

/* From the cache of the rank, or made. */
static Status
find_bank(const Stage *stage, const ReturnGroup *group, FilterBank **bank, ErrorList *errors) {
    BankCache *cache = stage->workplace->panners ? stage->workplace->panners->banks : NULL;
    const Key key = key_of_group(stage, group);
    *bank = bank_cache_find(cache, key);
    if (!*bank) {
        Arena *arena = bank_cache_arena(
            cache, filter_bank_bytes(group->row_count, longest_response(group)), stage->scratch);
        TRY(make_bank(stage, group, arena, bank, errors));
        bank_cache_keep(cache, key, *bank);
    }
    return DONE;
}

/* Convolves rows of one grid together. */
static Status convolve_rows(const Stage *stage,
                            RoomInput *input,
                            const ReturnGroup *group,
                            Convolver *convolver,
                            ErrorList *errors) {
    const size_t row_count = (size_t)group->row_count;
    double **sums = arena_array(stage->scratch, row_count, sizeof *sums);
    float **rounded = arena_array(stage->scratch, row_count, sizeof *rounded);
    FilterBank *bank = NULL;
    for (int row = 0; row < group->row_count; row++) {
        sums[row] = group->rows[row]->sum;
        rounded[row] = group->rows[row]->rounded;
    }
    TRY(find_bank(stage, group, &bank, errors));
    const ConvolverSource source = {.read = read_input, .context = input, .bank = bank};
    const Span span = stage->task->span;
    return rounded[0] ? convolver_write_on(convolver, &source, 1, span, rounded, errors)
                      : convolver_go_on(convolver, &source, 1, span, sums, errors);
}

/* A few pairs of rows, and all that they needed freed again. */
static Status
convolve_part(const Stage *stage, RoomInput *input, const ReturnGroup *part, ErrorList *errors) {
    Stage inner = *stage;
    inner.scratch = arena_create();
    Convolver *convolver = convolver_create(inner.scratch);
    const Status status = convolve_rows(&inner, input, part, convolver, errors);
    convolver_close(convolver);
    arena_destroy(&inner.scratch);
    return status;
}

/* All rows of a grid: at once and going on where the last slice ended, or in parts, if their
 * spectra are too large. Pairs of rows know nothing of each other. */
static Status convolve_group(const Stage *stage,
                             RoomInput *input,
                             const ReturnGroup *group,
                             Convolver *convolver,
                             ErrorList *errors) {
    const int at_once =
        filter_bank_channels_within(longest_response(group), stage_spectra_limit(stage->workplace));
    if (group->row_count <= at_once) {
        return convolve_rows(stage, input, group, convolver, errors);
    }
    for (int first = 0; first < group->row_count; first += at_once) {
        const int rest = group->row_count - first;
        const ReturnGroup part = {group->rows + first, rest < at_once ? rest : at_once};
        TRY(convolve_part(stage, input, &part, errors));
    }
    return DONE;
}

/* convolvers: one for each grid, [bus_count] */
static Status convolve_room(const Stage *stage,
                            RoomInput *input,
                            const RoomReturns *returns,
                            Convolver *const *convolvers,
                            ErrorList *errors) {
    ReturnGroup group = {
        .rows = arena_array(stage->scratch, (size_t)returns->row_count, sizeof(ReturnRow *))};
    bool *is_done = arena_array(stage->scratch, (size_t)returns->row_count, sizeof *is_done);
    for (int first = 0; first < returns->row_count; first++) {
        group.row_count = 0;
        for (int row = first; row < returns->row_count && !is_done[first]; row++) {
            if (returns->rows[row].block_samples == returns->rows[first].block_samples) {
                group.rows[group.row_count++] = &returns->rows[row];
                is_done[row] = row != first; /* the first one is left behind by the loop itself */
            }
        }
        if (group.row_count) {
            TRY(convolve_group(stage, input, &group, *convolvers++, errors));
        }
    }
    return DONE;
}

bool stem_rooms_is_sent_to(const SourceList *list, int room) {
    for (int source = 0; source < list->source_count; source++) {
        if (stem_rooms_gain(&list->sources[source], room) != 0.0) {
            return true;
        }
    }
    return false;
}

static bool is_heard(const Stage *stage, const SourceList *list, int room) {
    return stem_rooms_is_sent_to(list, room) &&
           mix_room_is_heard(&stage->mix->rooms[room], stage->task->span);
}

bool stem_rooms_sound(const Stage *stage, const SourceList *list) {
    bool sound = false;
    for (int room = 0; room < stage->mix->room_count; room++) {
        sound = sound || is_heard(stage, list, room);
    }
    return sound;
}

bool stem_rooms_is_single(const Stage *stage, const SourceList *list) {
    int count = 0;
    bool is_plain = true;
    for (int room = 0; room < stage->mix->room_count; room++) {
        const MixRoom *subject = &stage->mix->rooms[room];
        if (is_heard(stage, list, room)) {
            count++;
            is_plain = !subject->input.layout && subject->return_count == 0;
        }
    }
    return count == 1 && is_plain;
}

struct StemRooms {
    const SourceList *list;
    int room_count;
    PannedRoom **panned; /* [room_count]; NULL: of one input, or nothing is sent there */
    int bus_count;
    Convolver **convolvers; /* [room_count][bus_count] of rooms of one input */
};

Status stem_rooms_open(const Stage *stage,
                       const SourceList *list,
                       const RoomUse *use,
                       StemRooms **opened,
                       ErrorList *errors) {
    const Mix *mix = stage->mix;
    StemRooms *rooms = arena_alloc(stage->scratch, sizeof *rooms);
    *opened = rooms;
    rooms->list = list;
    rooms->room_count = mix->room_count;
    rooms->panned = arena_array(stage->scratch, (size_t)mix->room_count, sizeof(PannedRoom *));
    rooms->bus_count = mix->bus_count;
    const int convolver_count = mix->room_count * mix->bus_count;
    rooms->convolvers = arena_array(stage->scratch, (size_t)convolver_count, sizeof(Convolver *));
    for (int convolver = 0; convolver < convolver_count; convolver++) {
        rooms->convolvers[convolver] = convolver_create(stage->scratch);
    }
    for (int room = 0; room < mix->room_count; room++) {
        if (mix->rooms[room].input.layout && is_heard(stage, list, room)) {
            TRY(panned_room_open(stage, list, room, use, &rooms->panned[room], errors));
        }
    }
    return DONE;
}

void stem_rooms_close(StemRooms *opened) {
    for (int room = 0; opened && room < opened->room_count; room++) {
        panned_room_close(opened->panned[room]);
        for (int bus = 0; bus < opened->bus_count; bus++) {
            convolver_close(opened->convolvers[room * opened->bus_count + bus]);
        }
    }
}

static Status add_one_input(const StemRooms *rooms,
                            const Stage *stage,
                            int room,
                            const ReturnPlanes *planes,
                            ErrorList *errors) {
    RoomInput input = {.list = rooms->list,
                       .room = room,
                       .predelay_samples = stage->mix->rooms[room].predelay_samples,
                       .part = arena_array(stage->scratch, INPUT_PORTION_SAMPLES, sizeof(float)),
                       .gains = arena_array(stage->scratch, INPUT_PORTION_SAMPLES, sizeof(double)),
                       .total = arena_array(stage->scratch, INPUT_PORTION_SAMPLES, sizeof(double))};
    RoomReturns returns = {0};
    Status status = open_returns(stage, room, planes, &returns, errors);
    Convolver *const *convolvers = rooms->convolvers + (ptrdiff_t)room * rooms->bus_count;
    status = status ? status : convolve_room(stage, &input, &returns, convolvers, errors);
    close_returns(&returns, stage->mix->bus_count);
    return status;
}

static Status add_room(const StemRooms *rooms,
                       const Stage *stage,
                       int room,
                       double **const *planes,
                       ErrorList *errors) {
    if (rooms->panned[room]) {
        return panned_room_add(rooms->panned[room], stage, planes, errors);
    }
    return add_one_input(rooms, stage, room, &(ReturnPlanes){.sums = planes}, errors);
}

/* Always by way of planes of its own, so that no sample depends on where a slice begins. */
static Status add_gated(const StemRooms *rooms,
                        const Stage *stage,
                        int room,
                        double **const *planes,
                        ErrorList *errors) {
    const Mix *mix = stage->mix;
    const RoomGates gates = {&mix->rooms[room], stage->task->span};
    Arena *arena = arena_create();
    double ***own = arena_array(arena, (size_t)mix->bus_count, sizeof *own);
    for (int bus = 0; bus < mix->bus_count; bus++) {
        const int channels = mix->buses[bus].layout->channel_count;
        own[bus] = planes[bus] ? room_gates_make_planes(&gates, channels, arena) : NULL;
    }
    const Status status = add_room(rooms, stage, room, own, errors);
    for (int bus = 0; bus < mix->bus_count && status == DONE; bus++) {
        if (own[bus]) {
            room_gates_add(&gates, mix->buses[bus].layout->channel_count, own[bus], planes[bus]);
        }
    }
    arena_destroy(&arena);
    return status;
}

Status stem_rooms_add(const StemRooms *opened,
                      const Stage *stage,
                      double **const *planes,
                      ErrorList *errors) {
    for (int room = 0; room < opened->room_count; room++) {
        const MixRoom *subject = &stage->mix->rooms[room];
        if (!is_heard(stage, opened->list, room)) {
            continue;
        }
        TRY(subject->return_count ? add_gated(opened, stage, room, planes, errors)
                                  : add_room(opened, stage, room, planes, errors));
    }
    return DONE;
}

Status stem_rooms_write(const StemRooms *opened,
                        const Stage *stage,
                        float **const *planes,
                        ErrorList *errors) {
    const size_t length = (size_t)(stage->task->span.end - stage->task->span.begin);
    for (int room = 0; room < opened->room_count; room++) {
        if (is_heard(stage, opened->list, room)) {
            return add_one_input(opened, stage, room, &(ReturnPlanes){.rounded = planes}, errors);
        }
    }
    for (int bus = 0; bus < stage->mix->bus_count; bus++) { /* a room that opens later */
        const int channels = stage->mix->buses[bus].layout->channel_count;
        for (int channel = 0; planes[bus] && channel < channels; channel++) {
            memset(planes[bus][channel], 0, length * sizeof *planes[bus][channel]);
        }
    }
    return DONE;
}
