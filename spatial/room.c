/* Impulse responses of rooms, levelled and brought to the layout of a bus. */
#include "spatial/room.h"

#include <math.h>
#include <string.h>

#include "render/dsp/convolver.h"
#include "spatial/decode_ambisonics.h"
#include "spatial/harmonics.h"
#include "spatial/impulse_file.h"
#include "spatial/layout_table.h"
#include "spatial/shoebox.h"
#include "spatial/shoebox_images.h"

/* How every channel of the room sounds in every channel of the bus. */
typedef struct RoomMatrix {
    int in_count, out_count, tap_count; /* tap_count 1: gains */
    float *responses;                   /* [in_count][out_count][tap_count] */
} RoomMatrix;

static Status read_room(const Mix *mix,
                        const MixRoom *room,
                        Arena *arena,
                        const Layout **layout,
                        AudioBlock *block,
                        ErrorList *errors) {
    if (room->is_shoebox) {
        *layout = layout_find("hoa3");
        return shoebox_tail(room, mix->seed, mix->rate_hz, arena, block, errors);
    }
    *layout = room->layout;
    const int channel_count = room->layout->channel_count;
    return impulse_file_read(&mix->files[room->file],
                             room->is_true_stereo ? channel_count * channel_count : channel_count,
                             mix->rate_hz, arena, block, errors);
}

static double energy_of(const AudioBlock *block, int channel_count) {
    double energy = 0.0;
    for (int channel = 0; channel < channel_count; ++channel) {
        for (int64_t sample = 0; sample < block->sample_count; ++sample) {
            const double value = (double)block->samples[channel][sample];
            energy += value * value;
        }
    }
    return energy;
}

static double peak_of(const AudioBlock *block) {
    double peak = 0.0;
    for (int channel = 0; channel < block->channel_count; ++channel) {
        for (int64_t sample = 0; sample < block->sample_count; ++sample) {
            peak = fmax(peak, fabs((double)block->samples[channel][sample]));
        }
    }
    return peak;
}

/* Samples up to the last one that exceeds the level in any channel. */
static int64_t length_above(const AudioBlock *block, double level) {
    int64_t length = 1;
    for (int channel = 0; channel < block->channel_count; ++channel) {
        int64_t end = block->sample_count;
        while (end > length && fabs((double)block->samples[channel][end - 1]) <= level) {
            --end;
        }
        length = end > length ? end : length;
    }
    return length;
}

/* What a shoebox adds to a direct sound of power 1 at 1 m. */
static double shoebox_power(const MixRoom *room, int rate_hz) {
    return shoebox_early_power(&room->shoebox, room->early_s, rate_hz) +
           shoebox_late_power(room, rate_hz);
}

/* The part of the energy of a whole response that is not in its early reflections. */
static double late_share(const MixRoom *room, int rate_hz) {
    return room->is_shoebox ? shoebox_late_power(room, rate_hz) / shoebox_power(room, rate_hz)
                            : 1.0;
}

/* DECISIONS 3. The energy counts before the tail is cut. */
static void level_room(const MixRoom *room, const Layout *layout, int rate_hz, AudioBlock *block) {
    const bool is_ambisonic = layout->kind == LAYOUT_AMBISONIC;
    const double energy = energy_of(block, is_ambisonic ? 1 : block->channel_count);
    const double normalised =
        room->normalise && energy > 0.0 ? sqrt(late_share(room, rate_hz) / energy) : 1.0;
    const double gain = room->gain * normalised;
    block->sample_count =
        length_above(block, peak_of(block) * gain_from_db(-fabs(room->truncate_db)));
    for (int channel = 0; channel < block->channel_count; ++channel) {
        for (int64_t sample = 0; sample < block->sample_count; ++sample) {
            block->samples[channel][sample] =
                (float)(gain * (double)block->samples[channel][sample]);
        }
    }
}

static void silence_begin(AudioBlock *block, int64_t sample_count) {
    for (int channel = 0; channel < block->channel_count; ++channel) {
        memset(block->samples[channel], 0, (size_t)sample_count * sizeof(float));
    }
}

/* Early or late sound alone, cut hard: both add up to the whole. */
static void split_room(const MixRoom *room, int rate_hz, AudioBlock *block) {
    const int64_t border = (int64_t)fmax(1.0, floor(room->early_s * rate_hz + 0.5));
    const int64_t early = border < block->sample_count ? border : block->sample_count;
    if (room->is_shoebox && room->split == ROOM_EARLY) { /* stages/early_reflections.h has it */
        block->sample_count = 1;
        silence_begin(block, 1);
    } else if (!room->is_shoebox && room->split == ROOM_EARLY) {
        block->sample_count = early;
    } else if (!room->is_shoebox && room->split == ROOM_LATE) {
        silence_begin(block, early);
    }
}

static float *response_of(const RoomMatrix *matrix, int in, int out) {
    return &matrix->responses[((size_t)in * (size_t)matrix->out_count + (size_t)out) *
                              (size_t)matrix->tap_count];
}

static int order_of(const Layout *layout) {
    return harmonic_degree(layout->channel_count - 1);
}

/* No LFE leaves a room. */
static bool is_lfe(const Layout *layout, int channel) {
    return layout->channels[channel].role == CHANNEL_LFE;
}

static void fill_straight(RoomMatrix *matrix, const Layout *layout) {
    const int count = matrix->in_count < matrix->out_count ? matrix->in_count : matrix->out_count;
    for (int channel = 0; channel < count; ++channel) {
        response_of(matrix, channel, channel)[0] = is_lfe(layout, channel) ? 0.0F : 1.0F;
    }
}

/* Channels with a place go through the panner of the bus; an ambisonic one encodes them. */
static void
fill_places(RoomMatrix *matrix, const Layout *layout, const MixBus *bus, const void *self) {
    for (int in = 0; in < matrix->in_count; ++in) {
        if (!is_lfe(layout, in)) {
            bus->panner->respond(self, layout_real_position(layout, in),
                                 response_of(matrix, in, 0));
        }
    }
}

/* Nothing to convert: the same loudspeakers, two ears, or ambisonic on both sides. */
static bool is_straight(const Layout *layout, const Layout *bus) {
    return layout->kind == bus->kind &&
           (layout->kind != LAYOUT_SPEAKERS || strcmp(layout->name, bus->name) == 0);
}

/* The panner that the caller has, or one of its own. */
static Status open_panner(
    const Mix *mix, const RoomInBus *wanted, Arena *arena, const void **self, ErrorList *errors) {
    const MixBus *const bus = &mix->buses[wanted->bus];
    const HeadFile head = mix_head_of(mix, bus, NULL);
    void *made = NULL;
    *self = wanted->panner;
    if (*self) {
        return DONE;
    }
    TRY(bus->panner->create(bus->layout, mix->rate_hz, &head, arena, &made, errors));
    *self = made;
    return head.file ? mix_file_check(head.file, errors) : DONE;
}

static void make_room_for_responses(RoomMatrix *matrix, Arena *arena) {
    const size_t pair_count = (size_t)matrix->in_count * (size_t)matrix->out_count;
    matrix->responses = arena_array(arena, pair_count * (size_t)matrix->tap_count, sizeof(float));
}

static Status make_matrix(const Mix *mix,
                          const Layout *layout,
                          const RoomInBus *wanted,
                          Arena *arena,
                          RoomMatrix *matrix,
                          ErrorList *errors) {
    const MixBus *const bus = &mix->buses[wanted->bus];
    const void *self = NULL;
    *matrix = (RoomMatrix){layout->channel_count, bus->layout->channel_count, 1, NULL};
    if (is_straight(layout, bus->layout)) {
        make_room_for_responses(matrix, arena);
        fill_straight(matrix, layout);
        return DONE;
    }
    TRY(open_panner(mix, wanted, arena, &self, errors));
    const int tap_count = bus->panner->tap_count(self);
    matrix->tap_count = tap_count > 1 ? tap_count : 1;
    make_room_for_responses(matrix, arena);
    if (layout->kind == LAYOUT_AMBISONIC) {
        const DecoderShape shape = {order_of(layout), matrix->out_count, matrix->tap_count};
        return decoder_responses(bus->panner, self, &shape, arena, matrix->responses, errors);
    }
    fill_places(matrix, layout, bus, self);
    return DONE;
}

enum { PORTION_SAMPLES = 1024 };

/* sums: [PORTION_SAMPLES], of one channel. */
static void
sum_inputs(const RoomMatrix *matrix, const AudioBlock *block, int out, Span portion, double *sums) {
    const int64_t count = portion.end - portion.begin;
    memset(sums, 0, PORTION_SAMPLES * sizeof *sums);
    for (int in = 0; in < matrix->in_count; ++in) {
        const double gain = (double)response_of(matrix, in, out)[0];
        const float *const from = block->samples[in] + portion.begin;
        for (int64_t sample = 0; gain != 0.0 && sample < count; ++sample) {
            sums[sample] += gain * (double)from[sample];
        }
    }
}

/* Portion by portion: a response may be long and wide. rows: [out_count][samples]. */
static void mix_gains(const RoomMatrix *matrix, const AudioBlock *block, float *const *rows) {
    double sums[PORTION_SAMPLES];
    for (int64_t at = 0; at < block->sample_count; at += PORTION_SAMPLES) {
        const int64_t rest = block->sample_count - at;
        const int64_t count = rest < PORTION_SAMPLES ? rest : PORTION_SAMPLES;
        for (int out = 0; out < matrix->out_count; ++out) {
            sum_inputs(matrix, block, out, (Span){at, at + count}, sums);
            for (int64_t sample = 0; sample < count; ++sample) {
                rows[out][at + sample] = (float)sums[sample];
            }
        }
    }
}

typedef struct RoomChannel {
    const float *samples;
    int64_t sample_count;
} RoomChannel;

static void read_channel(void *context, SampleTime begin, int64_t count, float *samples) {
    const RoomChannel *const channel = context;
    for (int64_t index = 0; index < count; ++index) {
        const SampleTime at = begin + index;
        samples[index] = at >= 0 && at < channel->sample_count ? channel->samples[at] : 0.0F;
    }
}

static Status add_filtered(const RoomMatrix *matrix,
                           const AudioBlock *block,
                           double *const *sums,
                           Arena *arena,
                           ErrorList *errors) {
    ConvolverSource *const sources = arena_array(arena, (size_t)matrix->in_count, sizeof *sources);
    RoomChannel *const channels = arena_array(arena, (size_t)matrix->in_count, sizeof *channels);
    float **const taps = arena_array(arena, (size_t)matrix->out_count, sizeof *taps);
    for (int in = 0; in < matrix->in_count; ++in) {
        FilterBank *bank = NULL;
        for (int out = 0; out < matrix->out_count; ++out) {
            taps[out] = response_of(matrix, in, out);
        }
        const AudioBlock responses = {taps, matrix->out_count, matrix->tap_count};
        TRY(filter_bank_create(&responses, arena, &bank, errors));
        channels[in] = (RoomChannel){block->samples[in], block->sample_count};
        sources[in] = (ConvolverSource){read_channel, &channels[in], bank};
    }
    const Span span = {0, block->sample_count + matrix->tap_count - 1};
    return convolver_run(sources, matrix->in_count, span, sums, arena, errors);
}

typedef struct RoomResponse { /* being made for one bus */
    const MixRoom *room;
    AudioBlock block; /* as it was read */
    RoomMatrix matrix;
    int input_count;
    bool is_straight; /* every input sounds in its own channel alone */
    int64_t sample_count;
    float **rows; /* of the result */
} RoomResponse;

/* The channels of the response that belong to an input, and their part of the matrix. */
static RoomMatrix
input_part(const RoomResponse *response, int input, AudioBlock *block, float **first) {
    RoomMatrix part = response->matrix;
    *block = response->block;
    if (response->room->is_true_stereo) {
        block->samples += (size_t)input * (size_t)part.in_count;
        block->channel_count = part.in_count;
    } else if (response->input_count > 1) {
        *first = response->block.samples[input];
        *block = (AudioBlock){first, 1, response->block.sample_count};
        part.responses = response_of(&response->matrix, input, 0);
        part.in_count = 1;
    }
    return part;
}

/* Through an HRTF: few channels. rows: [out_count][samples]. */
static Status mix_filtered(const RoomMatrix *matrix,
                           const AudioBlock *block,
                           int64_t sample_count,
                           float *const *rows,
                           ErrorList *errors) {
    Arena *scratch = arena_create();
    double **const sums = arena_array(scratch, (size_t)matrix->out_count, sizeof *sums);
    for (int out = 0; out < matrix->out_count; ++out) {
        sums[out] = arena_array(scratch, (size_t)sample_count, sizeof(double));
    }
    const Status status = add_filtered(matrix, block, sums, scratch, errors);
    for (int out = 0; status == DONE && out < matrix->out_count; ++out) {
        for (int64_t sample = 0; sample < sample_count; ++sample) {
            rows[out][sample] = (float)sums[out][sample];
        }
    }
    arena_destroy(&scratch);
    return status;
}

/* Every channel in its own row. + 0 makes one zero of the two. */
static void copy_straight(const RoomResponse *response) {
    for (int channel = 0; channel < response->matrix.in_count; ++channel) {
        const bool is_heard = channel < response->matrix.out_count &&
                              response_of(&response->matrix, channel, channel)[0] != 0.0F;
        for (int64_t sample = 0; is_heard && sample < response->sample_count; ++sample) {
            response->rows[channel][sample] = response->block.samples[channel][sample] + 0.0F;
        }
    }
}

static Status add_input(const RoomResponse *response, int input, ErrorList *errors) {
    AudioBlock block;
    float *first = NULL;
    const RoomMatrix part = input_part(response, input, &block, &first);
    float *const *const rows = response->rows + (size_t)input * (size_t)part.out_count;
    if (part.tap_count > 1) {
        return mix_filtered(&part, &block, response->sample_count, rows, errors);
    }
    mix_gains(&part, &block, rows);
    return DONE;
}

static AudioBlock make_rows(RoomResponse *response, Arena *arena) {
    const int inputs = response->is_straight ? 1 : response->input_count;
    const int count = inputs * response->matrix.out_count;
    response->rows = arena_array(arena, (size_t)count, sizeof *response->rows);
    for (int row = 0; row < count; ++row) {
        response->rows[row] = arena_array(arena, (size_t)response->sample_count, sizeof(float));
    }
    return (AudioBlock){response->rows, count, response->sample_count};
}

static Status make_impulse(const Mix *mix,
                           const RoomInBus *wanted,
                           Arena *arenas[2], /* result, scratch */
                           AudioBlock *out,
                           ErrorList *errors) {
    const MixRoom *const room = &mix->rooms[wanted->room];
    const MixBus *const bus = &mix->buses[wanted->bus];
    const Layout *layout = NULL;
    RoomResponse response = {.room = room, .input_count = 1};
    TRY(read_room(mix, room, arenas[1], &layout, &response.block, errors));
    level_room(room, layout, mix->rate_hz, &response.block);
    split_room(room, mix->rate_hz, &response.block);
    TRY(make_matrix(mix, layout, wanted, arenas[1], &response.matrix, errors));
    if (room->input.layout) {
        response.input_count = room->input.layout->channel_count;
    }
    response.is_straight = !room->is_true_stereo && is_straight(layout, bus->layout);
    response.sample_count = response.block.sample_count + response.matrix.tap_count - 1;
    *out = make_rows(&response, arenas[0]);
    if (response.is_straight) {
        copy_straight(&response);
        return DONE;
    }
    for (int input = 0; input < response.input_count; ++input) {
        TRY(add_input(&response, input, errors));
    }
    return DONE;
}

Status room_impulse(
    const Mix *mix, const RoomInBus *wanted, Arena *arena, AudioBlock *out, ErrorList *errors) {
    Arena *scratch = arena_create();
    const ErrorEntry *const before = errors_last(errors);
    const Status status = make_impulse(mix, wanted, (Arena *[]){arena, scratch}, out, errors);
    if (status != DONE) {
        errors_within(errors, before, "making the impulse response of room `%s`",
                      mix->rooms[wanted->room].id);
    }
    arena_destroy(&scratch);
    return status;
}

void room_reflections(const Mix *mix, int room, Position at, ReflectionList *list) {
    const MixRoom *const of = &mix->rooms[room];
    list->count = 0;
    if (of->is_shoebox) {
        shoebox_reflections(&of->shoebox, of->early_s, at, list);
    }
}

Status room_walls(const Mix *mix, int room, Arena *arena, AudioBlock *out, ErrorList *errors) {
    const MixRoom *const of = &mix->rooms[room];
    const double normalised = of->normalise ? 1.0 / sqrt(shoebox_power(of, mix->rate_hz)) : 1.0;
    const double gain = of->gain * normalised;
    TRY(shoebox_walls(&of->shoebox, mix->rate_hz, arena, out, errors));
    for (int row = 0; row < out->channel_count; ++row) {
        for (int64_t tap = 0; tap < out->sample_count; ++tap) {
            out->samples[row][tap] = (float)(gain * (double)out->samples[row][tap]);
        }
    }
    return DONE;
}
