/* Impulse responses of rooms, levelled and brought to the layout of a bus. */
#include "spatial/room.h"

#include <math.h>
#include <string.h>

#include "render/dsp/convolver.h"
#include "spatial/decode_ambisonics.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"
#include "spatial/room_source.h"
#include "spatial/shoebox_images.h"

/* How every channel of the room sounds in every channel of the bus. */
typedef struct RoomMatrix {
    int in_count, out_count, tap_count; /* tap_count 1: gains */
    float *responses;                   /* [in_count][out_count][tap_count] */
} RoomMatrix;

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

/* A part of a response on its way into a bus. Filters are run on a window that begins before it and
 * ends on their grid, gains need no more than the samples themselves. */
enum { GAIN_SAMPLES = 4096, FILTER_SAMPLES = 32768, PORTION_SAMPLES = 1024 };

typedef struct RoomResponse { /* being made for one bus */
    RoomMatrix matrix;
    FilterBank **banks; /* [matrix.in_count] where it filters */
    int input_count;
    bool is_true_stereo;
    bool is_straight; /* every input sounds in its own channel alone */
    int channel_count;
    float **window; /* [channel_count][past_samples + step_samples] */
    float **steps;  /* where the last step_samples of them are */
    int64_t past_samples, step_samples;
    SampleTime begin; /* of the step */
    int64_t sample_count;
    float **rows; /* [row_count][step_samples]; rows that nothing sounds in are one */
    int row_count;
} RoomResponse;

/* ---- gains ---- */

/* sums: [PORTION_SAMPLES], of one channel. */
static void
sum_inputs(const RoomMatrix *matrix, float *const *from, int out, Span portion, double *sums) {
    const int64_t count = portion.end - portion.begin;
    memset(sums, 0, PORTION_SAMPLES * sizeof *sums);
    for (int in = 0; in < matrix->in_count; ++in) {
        const double gain = (double)response_of(matrix, in, out)[0];
        const float *const samples = from[in] + portion.begin;
        for (int64_t sample = 0; gain != 0.0 && sample < count; ++sample) {
            sums[sample] += gain * (double)samples[sample];
        }
    }
}

static bool channel_sounds(const RoomMatrix *matrix, int out) {
    bool sounds = false;
    for (int in = 0; in < matrix->in_count; ++in) {
        for (int tap = 0; tap < matrix->tap_count; ++tap) {
            sounds = sounds || response_of(matrix, in, out)[tap] != 0.0F;
        }
    }
    return sounds;
}

/* rows: [out_count][count] */
static void
mix_gains(const RoomMatrix *matrix, float *const *from, int64_t count, float *const *rows) {
    double sums[PORTION_SAMPLES];
    for (int64_t at = 0; at < count; at += PORTION_SAMPLES) {
        const int64_t rest = count - at;
        const int64_t portion = rest < PORTION_SAMPLES ? rest : PORTION_SAMPLES;
        for (int out = 0; out < matrix->out_count; ++out) {
            if (!channel_sounds(matrix, out)) {
                continue; /* its row may be that of others, too */
            }
            sum_inputs(matrix, from, out, (Span){at, at + portion}, sums);
            for (int64_t sample = 0; sample < portion; ++sample) {
                rows[out][at + sample] = (float)sums[sample];
            }
        }
    }
}

/* Every channel in its own row. + 0 makes one zero of the two. */
static void copy_straight(const RoomResponse *response, int64_t count) {
    for (int channel = 0; channel < response->matrix.in_count; ++channel) {
        const bool is_heard = channel < response->matrix.out_count &&
                              response_of(&response->matrix, channel, channel)[0] != 0.0F;
        for (int64_t sample = 0; is_heard && sample < count; ++sample) {
            response->rows[channel][sample] = response->window[channel][sample] + 0.0F;
        }
    }
}

/* ---- filters ---- */

typedef struct RoomChannel {
    const RoomResponse *response;
    const float *window;
} RoomChannel;

/* Nothing lies before the window but what no filter reaches, or the begin of the response; nothing
 * behind it but the end. */
static void read_channel(void *context, SampleTime begin, int64_t count, float *samples) {
    const RoomChannel *const channel = context;
    const RoomResponse *const response = channel->response;
    const SampleTime first = response->begin - response->past_samples;
    const int64_t held = response->past_samples + response->step_samples;
    for (int64_t index = 0; index < count; ++index) {
        const int64_t at = begin + index - first;
        samples[index] = at >= 0 && at < held ? channel->window[at] : 0.0F;
    }
}

static Status make_banks(RoomResponse *response, Arena *arena, ErrorList *errors) {
    const RoomMatrix *const matrix = &response->matrix;
    float **const taps = arena_array(arena, (size_t)matrix->out_count, sizeof *taps);
    response->banks = arena_array(arena, (size_t)matrix->in_count, sizeof(FilterBank *));
    for (int in = 0; in < matrix->in_count; ++in) {
        for (int out = 0; out < matrix->out_count; ++out) {
            taps[out] = response_of(matrix, in, out);
        }
        const AudioBlock responses = {taps, matrix->out_count, matrix->tap_count};
        TRY(filter_bank_create(&responses, arena, &response->banks[in], errors));
    }
    return DONE;
}

typedef struct InputPart { /* the channels of the response that belong to an input */
    RoomMatrix matrix;
    int first_channel, first_filter;
} InputPart;

static InputPart part_of_input(const RoomResponse *response, int input) {
    InputPart part = {response->matrix, 0, 0};
    if (response->is_true_stereo) {
        part.first_channel = input * part.matrix.in_count;
    } else if (response->input_count > 1) {
        part.matrix.responses = response_of(&response->matrix, input, 0);
        part.matrix.in_count = 1;
        part.first_channel = input;
        part.first_filter = input;
    }
    return part;
}

static Status add_filtered(const RoomResponse *response,
                           const InputPart *part,
                           int64_t count,
                           double *const *sums,
                           Arena *arena,
                           ErrorList *errors) {
    const int in_count = part->matrix.in_count;
    ConvolverSource *const sources = arena_array(arena, (size_t)in_count, sizeof *sources);
    RoomChannel *const channels = arena_array(arena, (size_t)in_count, sizeof *channels);
    for (int in = 0; in < in_count; ++in) {
        channels[in] = (RoomChannel){response, response->window[part->first_channel + in]};
        sources[in] = (ConvolverSource){read_channel, &channels[in],
                                        response->banks[part->first_filter + in]};
    }
    const Span span = {response->begin, response->begin + count};
    return convolver_run(sources, in_count, span, sums, arena, errors);
}

/* Through an HRTF: few channels. rows: [out_count][count]. */
static Status mix_filtered(const RoomResponse *response,
                           const InputPart *part,
                           int64_t count,
                           float *const *rows,
                           ErrorList *errors) {
    Arena *scratch = arena_create();
    const int out_count = part->matrix.out_count;
    double **const sums = arena_array(scratch, (size_t)out_count, sizeof *sums);
    for (int out = 0; out < out_count; ++out) {
        sums[out] = arena_array(scratch, (size_t)count, sizeof(double));
    }
    const Status status = add_filtered(response, part, count, sums, scratch, errors);
    for (int out = 0; status == DONE && out < out_count; ++out) {
        for (int64_t sample = 0; sample < count; ++sample) {
            rows[out][sample] = (float)sums[out][sample];
        }
    }
    arena_destroy(&scratch);
    return status;
}

/* ---- step by step ---- */

static Status make_step(const RoomResponse *response, int64_t count, ErrorList *errors) {
    if (response->is_straight) {
        copy_straight(response, count);
        return DONE;
    }
    for (int input = 0; input < response->input_count; ++input) {
        const InputPart part = part_of_input(response, input);
        float *const *const rows = response->rows + (size_t)input * (size_t)part.matrix.out_count;
        if (response->banks) {
            TRY(mix_filtered(response, &part, count, rows, errors));
        } else {
            mix_gains(&part.matrix, response->window + part.first_channel, count, rows);
        }
    }
    return DONE;
}

/* The past moves to the begin of the window, a step comes behind it. */
static Status read_step(const RoomResponse *response, RoomSource *source, ErrorList *errors) {
    for (int channel = 0; channel < response->channel_count; ++channel) {
        float *const window = response->window[channel];
        memmove(window, window + response->step_samples,
                (size_t)response->past_samples * sizeof *window);
    }
    return room_source_read(source, response->step_samples, response->steps, errors);
}

static Status give_response(RoomResponse *response,
                            RoomSource *source,
                            const ResponseTaker *taker,
                            ErrorList *errors) {
    TRY(taker->begin(taker->context, response->row_count, response->sample_count, errors));
    for (; response->begin < response->sample_count; response->begin += response->step_samples) {
        const int64_t rest = response->sample_count - response->begin;
        const int64_t count = rest < response->step_samples ? rest : response->step_samples;
        TRY(read_step(response, source, errors));
        TRY(make_step(response, count, errors));
        TRY(taker->take(taker->context, response->rows, count, errors));
    }
    return DONE;
}

/* ---- to begin with ---- */

static void make_window(RoomResponse *response, Arena *arena) {
    const size_t held = (size_t)(response->past_samples + response->step_samples);
    const size_t channel_count = (size_t)response->channel_count;
    response->window = arena_array(arena, channel_count, sizeof *response->window);
    response->steps = arena_array(arena, channel_count, sizeof *response->steps);
    for (size_t channel = 0; channel < channel_count; ++channel) {
        response->window[channel] = arena_array(arena, held, sizeof **response->window);
        response->steps[channel] = response->window[channel] + response->past_samples;
    }
}

/* Most inputs sound in few channels: what is silent takes no memory. */
static void make_rows(RoomResponse *response, Arena *arena) {
    const int out_count = response->matrix.out_count;
    const int inputs = response->is_straight ? 1 : response->input_count;
    float *const silence = arena_array(arena, (size_t)response->step_samples, sizeof *silence);
    response->row_count = inputs * out_count;
    response->rows = arena_array(arena, (size_t)response->row_count, sizeof *response->rows);
    for (int row = 0; row < response->row_count; ++row) {
        const InputPart part = part_of_input(response, row / out_count);
        const bool is_own = response->is_straight || channel_sounds(&part.matrix, row % out_count);
        response->rows[row] =
            is_own ? arena_array(arena, (size_t)response->step_samples, sizeof **response->rows)
                   : silence;
    }
}

static Status make_buffers(RoomResponse *response, Arena *arena, ErrorList *errors) {
    response->step_samples = GAIN_SAMPLES;
    if (response->matrix.tap_count > 1) {
        TRY(make_banks(response, arena, errors));
        const int64_t block_samples = convolver_block_samples(response->matrix.tap_count);
        response->step_samples = FILTER_SAMPLES;
        response->past_samples =
            (filter_bank_partition_count(response->banks[0]) + 1) * block_samples;
    }
    make_window(response, arena);
    make_rows(response, arena);
    return DONE;
}

static Status make_impulse(const Mix *mix,
                           const RoomInBus *wanted,
                           RoomSource *source,
                           const ResponseTaker *taker,
                           Arena *arena,
                           ErrorList *errors) {
    const MixRoom *const room = &mix->rooms[wanted->room];
    const Layout *const layout = room_source_layout(source);
    RoomResponse response = {.is_true_stereo = room->is_true_stereo,
                             .input_count = 1,
                             .channel_count = room_source_channels(source)};
    TRY(make_matrix(mix, layout, wanted, arena, &response.matrix, errors));
    if (room->input.layout) {
        response.input_count = room->input.layout->channel_count;
    }
    response.is_straight =
        !room->is_true_stereo && is_straight(layout, mix->buses[wanted->bus].layout);
    response.sample_count = room_source_samples(source) + response.matrix.tap_count - 1;
    TRY(make_buffers(&response, arena, errors));
    TRY(give_response(&response, source, taker, errors));
    return room->is_shoebox ? DONE : mix_file_check(&mix->files[room->file], errors);
}

Status room_impulse(const Mix *mix,
                    const RoomInBus *wanted,
                    const ResponseTaker *taker,
                    ErrorList *errors) {
    Arena *arena = arena_create();
    RoomSource *source = NULL;
    const MixRoom *const room = &mix->rooms[wanted->room];
    const ErrorEntry *const before = errors_last(errors);
    Status status = room_source_open(mix, room, arena, &source, errors);
    status = status ? status : make_impulse(mix, wanted, source, taker, arena, errors);
    if (status != DONE) {
        errors_within(errors, before, "making the impulse response of room `%s`", room->id);
    }
    room_source_close(&source);
    arena_destroy(&arena);
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
