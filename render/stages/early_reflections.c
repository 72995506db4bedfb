/* Early reflections: every image of a source is heard through the panner of its layer, as a delayed
 * and filtered copy of what the layer sends.
 *
 * All images of a source in a bus make one response. Of a source that stays it is made once; of one
 * that moves at every point of the grid of moving filters, and blocks fade from one to the next
 * (DECISIONS 5), in pieces of at most a block.
 *
 * Law: responses are functions of absolute time, and what is added in one run, room by room, has a
 * response length that depends on the room and the bus alone.
 */
#include "render/stages/early_reflections.h"

#include <math.h>
#include <string.h>

#include "render/dsp/convolver.h"
#include "render/dsp/fractional_delay.h"
#include "render/stages/room_gates.h"
#include "render/stages/stem_rooms.h"

/* A response begins this long before the sound: delays by fractions of a sample ring ahead. */
enum { LEAD_SAMPLES = FRACTIONAL_DELAY_LEAD };

typedef struct EarlyRoom { /* one room in one bus */
    const BusWork *work;
    int room;
    AudioBlock walls; /* [order][taps] */
    int panner_taps;  /* at least 1 */
    int line_samples; /* images, before the walls */
    int length_samples;
    double *lines; /* [channel_count][line_samples], scratch */
    double *sums;  /* [channel_count][length_samples], scratch */
    float *pan;    /* [channel_count][panner_taps], scratch */
} EarlyRoom;

enum { ENDS = 2 };

typedef struct EarlySource {
    EarlyRoom *early;
    const Source *source;
    float *responses[ENDS]; /* [channel_count][length_samples], of the latest grid points */
    int64_t grid_indices[ENDS];
    bool is_known[ENDS];
} EarlySource;

typedef struct EarlyPiece { /* samples `begin` .. of the response of a moving source */
    EarlySource *source;
    int begin;
} EarlyPiece;

static double *line_of(const EarlyRoom *early, int channel) {
    return early->lines + (size_t)channel * (size_t)early->line_samples;
}

/* The response of the panner, delayed by any number of samples, added to a line. */
static void add_delayed(const EarlyRoom *early,
                        const double delay_taps[FRACTIONAL_DELAY_TAPS],
                        int whole_samples,
                        const float *response,
                        double *line) {
    for (int from = 0; from < early->panner_taps; from++) {
        const double value = (double)response[from];
        for (int tap = 0; value != 0.0 && tap < FRACTIONAL_DELAY_TAPS; tap++) {
            line[whole_samples + from + tap] += value * delay_taps[tap];
        }
    }
}

static void add_image(const EarlyRoom *early, const Source *source, const Reflection *image) {
    const BusWork *work = early->work;
    double delay_taps[FRACTIONAL_DELAY_TAPS];
    const double delay_samples = image->delay_s * work->stage->mix->rate_hz;
    const double whole_samples = floor(delay_samples);
    fractional_delay_taps(delay_samples - whole_samples, delay_taps);
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; tap++) {
        delay_taps[tap] *= image->gain;
    }
    bus_work_respond_at(work, source, image->from, early->pan);
    for (int channel = 0; channel < work->channel_count; channel++) {
        add_delayed(early, delay_taps, (int)whole_samples,
                    early->pan + (size_t)channel * (size_t)early->panner_taps,
                    line_of(early, channel));
    }
}

/* The images behind so many walls, through them. Most of a line is silent. */
static void add_behind_walls(EarlyRoom *early,
                             const Source *source,
                             const ReflectionList *list,
                             int wall_count) {
    const int channels = early->work->channel_count;
    const float *walls = early->walls.samples[wall_count - 1];
    memset(early->lines, 0, (size_t)channels * (size_t)early->line_samples * sizeof(double));
    for (int image = 0; image < list->count; image++) {
        if (list->entries[image].wall_count == wall_count) {
            add_image(early, source, &list->entries[image]);
        }
    }
    for (int channel = 0; channel < channels; channel++) {
        const double *line = line_of(early, channel);
        double *sum = early->sums + (size_t)channel * (size_t)early->length_samples;
        for (int sample = 0; sample < early->line_samples; sample++) {
            for (int64_t tap = 0; line[sample] != 0.0 && tap < early->walls.sample_count; tap++) {
                sum[sample + tap] += line[sample] * (double)walls[tap];
            }
        }
    }
}

/* response: [channel_count][length_samples]. */
static void
make_response(EarlyRoom *early, const Source *source, SampleTime time, float *response) {
    const Mix *mix = early->work->stage->mix;
    const size_t values = (size_t)early->work->channel_count * (size_t)early->length_samples;
    ReflectionList list;
    mix->room_reflections(mix, early->room, source_object(source, time).position, &list);
    memset(early->sums, 0, values * sizeof(double));
    for (int wall_count = 1; wall_count <= early->walls.channel_count; wall_count++) {
        add_behind_walls(early, source, &list, wall_count);
    }
    for (size_t value = 0; value < values; value++) {
        response[value] = (float)early->sums[value];
    }
}

static float *make_response_room(const EarlyRoom *early) {
    return arena_array(early->work->stage->scratch,
                       (size_t)early->work->channel_count * (size_t)early->length_samples,
                       sizeof(float));
}

static void read_early(void *context, SampleTime begin, int64_t count, float *samples) {
    const EarlySource *source = context;
    const EarlyRoom *early = source->early;
    const SampleTime predelay = early->work->stage->mix->rooms[early->room].predelay_samples;
    stem_rooms_read(source->source, early->room, begin + LEAD_SAMPLES - predelay, count, samples);
}

static void read_piece(void *context, SampleTime begin, int64_t count, float *samples) {
    const EarlyPiece *piece = context;
    read_early(piece->source, begin - piece->begin, count, samples);
}

/* The response at a point of the grid; the two latest ones are kept for the pieces. */
static const float *response_at(EarlySource *source, int64_t grid_index) {
    const EarlyRoom *early = source->early;
    const int end = (int)(grid_index & 1);
    if (!source->is_known[end] || source->grid_indices[end] != grid_index) {
        const SampleTime predelay = early->work->stage->mix->rooms[early->room].predelay_samples;
        make_response(source->early, source->source, grid_index * MOVING_BLOCK_SAMPLES - predelay,
                      source->responses[end]);
        source->grid_indices[end] = grid_index;
        source->is_known[end] = true;
    }
    return source->responses[end];
}

static void filter_of_piece(void *context, int64_t grid_index, float *taps) {
    const EarlyPiece *piece = context;
    const EarlyRoom *early = piece->source->early;
    const float *response = response_at(piece->source, grid_index);
    const int rest = early->length_samples - piece->begin;
    const int count = rest < MOVING_BLOCK_SAMPLES ? rest : MOVING_BLOCK_SAMPLES;
    for (int channel = 0; channel < early->work->channel_count; channel++) {
        const float *row = response + (size_t)channel * (size_t)early->length_samples;
        float *to = taps + (size_t)channel * MOVING_BLOCK_SAMPLES;
        memset(to, 0, MOVING_BLOCK_SAMPLES * sizeof *to);
        memcpy(to, row + piece->begin, (size_t)count * sizeof *to);
    }
}

static bool piece_stays(void *context, int64_t grid_index) {
    const EarlyPiece *piece = context;
    const EarlyRoom *early = piece->source->early;
    const SampleTime predelay = early->work->stage->mix->rooms[early->room].predelay_samples;
    const SampleTime time = grid_index * MOVING_BLOCK_SAMPLES - predelay;
    return source_stays(piece->source->source, time - MOVING_BLOCK_SAMPLES, time);
}

static Status add_fixed(EarlySource *sources, int count, ErrorList *errors) {
    EarlyRoom *early = sources[0].early;
    const Stage *stage = early->work->stage;
    Arena *scratch = stage->scratch;
    ConvolverSource *fixed = arena_array(scratch, (size_t)count, sizeof *fixed);
    const size_t channels = (size_t)early->work->channel_count;
    float **rows = arena_array(scratch, channels, sizeof *rows);
    float *response = make_response_room(early);
    for (size_t channel = 0; channel < channels; channel++) {
        rows[channel] = response + channel * (size_t)early->length_samples;
    }
    const AudioBlock block = {rows, (int)channels, early->length_samples};
    for (int index = 0; index < count; index++) {
        FilterBank *bank = NULL;
        make_response(early, sources[index].source, 0, response);
        TRY(filter_bank_create_by(stage->mix->fft, &block,
                                  convolver_block_samples(early->length_samples), scratch, &bank,
                                  errors));
        fixed[index] =
            (ConvolverSource){.read = read_early, .context = &sources[index], .bank = bank};
    }
    return convolver_run(fixed, count, stage->task->span, early->work->out, scratch, errors);
}

static Status add_moving(EarlySource *sources, int count, ErrorList *errors) {
    EarlyRoom *early = sources[0].early;
    const Stage *stage = early->work->stage;
    Arena *scratch = stage->scratch;
    const int pieces = (early->length_samples + MOVING_BLOCK_SAMPLES - 1) / MOVING_BLOCK_SAMPLES;
    const size_t total = (size_t)count * (size_t)pieces;
    EarlyPiece *all = arena_array(scratch, total, sizeof *all);
    MovingSource *moving = arena_array(scratch, total, sizeof *moving);
    for (size_t index = 0; index < total; index++) {
        all[index] = (EarlyPiece){&sources[index / (size_t)pieces],
                                  (int)(index % (size_t)pieces) * MOVING_BLOCK_SAMPLES};
        moving[index] = (MovingSource){.read = read_piece,
                                       .context = &all[index],
                                       .filter_at = filter_of_piece,
                                       .stays_at = piece_stays};
    }
    for (int index = 0; index < count; index++) {
        for (int end = 0; end < ENDS; end++) {
            sources[index].responses[end] = make_response_room(early);
        }
    }
    const MovingShape shape = {.channel_count = early->work->channel_count,
                               .tap_count = MOVING_BLOCK_SAMPLES,
                               .span = stage->task->span,
                               .fft = stage->mix->fft};
    return convolver_run_moving(moving, (int)total, &shape, early->work->out, scratch, errors);
}

static Status open_room(const BusWork *work, int room, EarlyRoom *early, ErrorList *errors) {
    const Mix *mix = work->stage->mix;
    Arena *scratch = work->stage->scratch;
    *early = (EarlyRoom){.work = work, .room = room};
    TRY(mix->room_walls(mix, room, scratch, &early->walls, errors));
    early->panner_taps = work->tap_count > 1 ? work->tap_count : 1;
    early->line_samples = (int)ceil(mix->rooms[room].early_s * mix->rate_hz) +
                          FRACTIONAL_DELAY_TAPS + early->panner_taps;
    early->length_samples = early->line_samples + (int)early->walls.sample_count;
    const size_t channels = (size_t)work->channel_count;
    early->lines = arena_array(scratch, channels * (size_t)early->line_samples, sizeof(double));
    early->sums = arena_array(scratch, channels * (size_t)early->length_samples, sizeof(double));
    early->pan = arena_array(scratch, channels * (size_t)early->panner_taps, sizeof(float));
    return DONE;
}

/* Sources with a place that send to the room; those that move, or those that stay. */
static int gather(EarlyRoom *early, bool moves, EarlySource *sources) {
    const SourceList *list = early->work->list;
    int count = 0;
    for (int index = 0; index < list->source_count; index++) {
        const Source *source = &list->sources[index];
        const bool has_place =
            !early->work->placeless[index] || source->layer->layout->kind == LAYOUT_SPEAKERS;
        if (has_place && source_moves(source) == moves &&
            stem_rooms_gain(source, early->room) != 0.0) {
            sources[count++] = (EarlySource){.early = early, .source = source};
        }
    }
    return count;
}

static Status add_room(const BusWork *work, int room, ErrorList *errors) {
    EarlyRoom early;
    EarlySource *sources =
        arena_array(work->stage->scratch, (size_t)work->list->source_count, sizeof *sources);
    TRY(open_room(work, room, &early, errors));
    const int fixed = gather(&early, false, sources);
    TRY(fixed ? add_fixed(sources, fixed, errors) : DONE);
    const int moving = gather(&early, true, sources);
    return moving ? add_moving(sources, moving, errors) : DONE;
}

static Status add_gated_room(const BusWork *work, int room, ErrorList *errors) {
    const RoomGates gates = {&work->stage->mix->rooms[room], work->stage->task->span};
    Arena *arena = arena_create();
    BusWork inner = *work;
    double **own = room_gates_make_planes(&gates, work->channel_count, arena);
    inner.out = own;
    const Status status = add_room(&inner, room, errors);
    if (status == DONE) {
        room_gates_add(&gates, work->channel_count, own, work->out);
    }
    arena_destroy(&arena);
    return status;
}

static bool has_reflections(const MixRoom *room) {
    return room->is_shoebox && room->shoebox.order > 0 && room->early_s > 0.0 &&
           room->split != ROOM_LATE;
}

static bool room_sounds(const Mix *mix, const SourceList *list, int room) {
    return has_reflections(&mix->rooms[room]) && stem_rooms_is_sent_to(list, room);
}

bool early_reflections_sound(const Mix *mix, const SourceList *list) {
    bool sound = false;
    for (int room = 0; room < mix->room_count; room++) {
        sound = sound || room_sounds(mix, list, room);
    }
    return sound;
}

Status early_reflections_add(const BusWork *work, ErrorList *errors) {
    const Mix *mix = work->stage->mix;
    for (int room = 0; room < mix->room_count; room++) {
        if (!room_sounds(mix, work->list, room) ||
            !mix_room_is_heard(&mix->rooms[room], work->stage->task->span)) {
            continue;
        }
        TRY(mix->rooms[room].return_count ? add_gated_room(work, room, errors)
                                          : add_room(work, room, errors));
    }
    return DONE;
}
