/* Moving filters: every block heard through the responses at its two ends, faded after the sum.
 *
 * The law: blocks, filters and fade are functions of absolute time; the fade after the sum of all
 * sources equals the sum of faded sources, so movement costs two sums a channel, not a source.
 * Eight sources stand in the lanes of one transform, and eight pairs of channels (2 i and 2 i + 1)
 * in those of their filters and sums; lanes never mix.
 */
#include "render/dsp/convolver.h"

#include <assert.h>
#include <string.h>

#include "render/dsp/fft.h"
#include "render/dsp/kernels.h"
#include "render/dsp/overlap_save.h"

enum {
    ENDS = 2, /* of a block: outgoing, incoming */
    SIZE = 2 * MOVING_BLOCK_SAMPLES,
    BANK_CHANNELS = 2 * FFT_LANES, /* in one transform */
    BANK_FLOATS = SIZE * FFT_BIN_FLOATS
};

/* The response of a source at one point of the grid. */
typedef struct GridFilter {
    int64_t grid_index;
    bool is_known;
    float *bins; /* [bank][SIZE][re, im][8] */
} GridFilter;

typedef struct MovingState {
    SourceWindow window;
    bool sounds; /* in this block */
    bool stays;  /* over this block: the outgoing filter is the incoming one, too */
    bool stayed; /* over the block before */
    GridFilter filters[ENDS];
} MovingState;

typedef struct MovingConvolver {
    const MovingSource *sources;
    int source_count;
    MovingShape shape;
    int bank_count;
    FftLanes *fft;
    MovingState *states;
    float *taps;       /* [channel][tap] */
    float *windows;    /* [SIZE][re, im][8]: of eight sources */
    float *sums[ENDS]; /* [bank][SIZE][re, im][8] */
    int end_count;     /* 1: every source stays over this block, so one sum is both */
    double *fade;      /* [S]: weight of the incoming block, sin^2 */
} MovingConvolver;

static void make_fade(double *fade) {
    for (int sample = 0; sample < MOVING_BLOCK_SAMPLES; sample++) {
        const double sine = exact_sin(pi / 2 * sample / MOVING_BLOCK_SAMPLES);
        fade[sample] = sine * sine;
    }
}

static Status create_moving(MovingConvolver *convolver, Arena *arena, ErrorList *errors) {
    const size_t channel_count = (size_t)convolver->shape.channel_count;
    assert(convolver->shape.tap_count >= 1 && convolver->shape.tap_count <= MOVING_BLOCK_SAMPLES);
    convolver->bank_count = (convolver->shape.channel_count + BANK_CHANNELS - 1) / BANK_CHANNELS;
    const size_t floats = (size_t)convolver->bank_count * BANK_FLOATS;
    convolver->states =
        arena_array(arena, (size_t)convolver->source_count, sizeof *convolver->states);
    for (int source = 0; source < convolver->source_count; source++) {
        MovingState *state = &convolver->states[source];
        source_window_create(MOVING_BLOCK_SAMPLES, arena, &state->window);
        for (int end = 0; end < ENDS; end++) {
            state->filters[end].bins = arena_array(arena, floats, sizeof(float));
        }
    }
    convolver->taps =
        arena_array(arena, channel_count * (size_t)convolver->shape.tap_count, sizeof(float));
    convolver->windows = arena_array(arena, BANK_FLOATS, sizeof(float));
    for (int end = 0; end < ENDS; end++) {
        convolver->sums[end] = arena_array(arena, floats, sizeof(float));
    }
    convolver->fade = arena_array(arena, MOVING_BLOCK_SAMPLES, sizeof(double));
    make_fade(convolver->fade);
    return fft_lanes_create(convolver->shape.fft, SIZE, &convolver->fft, errors);
}

/* Where a channel stands in its bank: its lane, behind the real parts where it is the second of a
 * pair. */
static size_t place_of_channel(int channel) {
    const int bank = channel / BANK_CHANNELS;
    const int pair = channel % BANK_CHANNELS / 2;
    return (size_t)bank * BANK_FLOATS + (size_t)(channel % 2 * FFT_LANES + pair);
}

static void make_filter(MovingConvolver *convolver, int source, int64_t grid_index, int end) {
    GridFilter *filter = &convolver->states[source].filters[end];
    const MovingSource *from = &convolver->sources[source];
    const int tap_count = convolver->shape.tap_count;
    const float scale = 1.0F / SIZE;
    from->filter_at(from->context, grid_index, convolver->taps);
    memset(filter->bins, 0, (size_t)convolver->bank_count * BANK_FLOATS * sizeof *filter->bins);
    for (int channel = 0; channel < convolver->shape.channel_count; channel++) {
        const float *taps = convolver->taps + (ptrdiff_t)channel * tap_count;
        float *to = filter->bins + place_of_channel(channel);
        for (int tap = 0; tap < tap_count; tap++) {
            to[(ptrdiff_t)tap * FFT_BIN_FLOATS] = taps[tap] * scale;
        }
    }
    for (int bank = 0; bank < convolver->bank_count; bank++) {
        fft_lanes_forward(convolver->fft, filter->bins + (ptrdiff_t)bank * BANK_FLOATS);
    }
    filter->grid_index = grid_index;
    filter->is_known = true;
}

/* The filters at both ends of the block; the incoming one of the block before is the outgoing one
 * of this. Of a source that stays the outgoing one serves both. */
static void move_filters(MovingConvolver *convolver, int source, int64_t block) {
    const MovingState *state = &convolver->states[source];
    GridFilter *filters = convolver->states[source].filters;
    if (filters[0].is_known && filters[0].grid_index == block - 1 && state->stayed) {
        filters[0].grid_index = block;
    } else {
        const GridFilter older = filters[0];
        filters[0] = filters[1];
        filters[1] = older;
    }
    for (int end = 0; end < (state->stays ? 1 : ENDS); end++) {
        if (!filters[end].is_known || filters[end].grid_index != block + end) {
            make_filter(convolver, source, block + end, end);
        }
    }
}

static void look_ahead(MovingConvolver *convolver, int64_t block) {
    convolver->end_count = 1;
    for (int source = 0; source < convolver->source_count; source++) {
        const MovingSource *from = &convolver->sources[source];
        MovingState *state = &convolver->states[source];
        state->stayed = state->stays;
        state->stays = from->stays_at && from->stays_at(from->context, block + 1);
        convolver->end_count = state->stays ? convolver->end_count : ENDS;
    }
}

/* Reads the windows of up to eight sources and transforms them; false when all are silent. */
static bool take_windows(MovingConvolver *convolver, int first, int count, int64_t block) {
    bool has_sound = false;
    memset(convolver->windows, 0, BANK_FLOATS * sizeof *convolver->windows);
    for (int lane = 0; lane < count; lane++) {
        const MovingSource *from = &convolver->sources[first + lane];
        MovingState *state = &convolver->states[first + lane];
        state->sounds = source_window_move(&state->window, from->read, from->context, block);
        has_sound = has_sound || state->sounds;
        for (int sample = 0; state->sounds && sample < SIZE; sample++) {
            convolver->windows[(ptrdiff_t)sample * FFT_BIN_FLOATS + lane] =
                state->window.samples[sample];
        }
    }
    if (has_sound) {
        fft_lanes_forward(convolver->fft, convolver->windows);
    }
    return has_sound;
}

static void add_products(MovingConvolver *convolver, int source, int lane) {
    const MovingState *state = &convolver->states[source];
    for (int end = 0; end < convolver->end_count; end++) {
        const float *filter = state->filters[state->stays ? 0 : end].bins;
        for (int bank = 0; bank < convolver->bank_count; bank++) {
            const ptrdiff_t at = (ptrdiff_t)bank * BANK_FLOATS;
            kernel_add_product(convolver->windows + lane, filter + at, SIZE,
                               convolver->sums[end] + at);
        }
    }
}

/* Sums all sources of the block; false when all are silent. */
static bool sum_sources(MovingConvolver *convolver, int64_t block) {
    const size_t bytes = (size_t)convolver->bank_count * BANK_FLOATS * sizeof(float);
    bool has_sound = false;
    look_ahead(convolver, block);
    for (int first = 0; first < convolver->source_count; first += FFT_LANES) {
        const int rest = convolver->source_count - first;
        const int count = rest < FFT_LANES ? rest : FFT_LANES;
        if (!take_windows(convolver, first, count, block)) {
            continue;
        }
        for (int end = 0; end < convolver->end_count && !has_sound; end++) {
            memset(convolver->sums[end], 0, bytes);
        }
        has_sound = true;
        for (int lane = 0; lane < count; lane++) {
            if (convolver->states[first + lane].sounds) {
                move_filters(convolver, first + lane, block);
                add_products(convolver, first + lane, lane);
            }
        }
    }
    return has_sound;
}

static void emit_faded(MovingConvolver *convolver, int64_t block, double *const *out) {
    const BlockPart part = block_part(convolver->shape.span, block, MOVING_BLOCK_SAMPLES);
    const float *arriving = convolver->sums[convolver->end_count - 1];
    for (int end = 0; end < convolver->end_count; end++) {
        for (int bank = 0; bank < convolver->bank_count; bank++) {
            fft_lanes_inverse(convolver->fft, convolver->sums[end] + (ptrdiff_t)bank * BANK_FLOATS);
        }
    }
    for (int channel = 0; channel < convolver->shape.channel_count; channel++) {
        const size_t place =
            place_of_channel(channel) + (size_t)MOVING_BLOCK_SAMPLES * FFT_BIN_FLOATS;
        double *to = out[channel] + part.at;
        for (int sample = part.begin; sample < part.end; sample++) {
            const size_t at = place + (size_t)sample * FFT_BIN_FLOATS;
            const double leaving = (double)convolver->sums[0][at];
            const double change = (double)arriving[at] - leaving;
            to[sample - part.begin] += leaving + convolver->fade[sample] * change;
        }
    }
}

Status convolver_run_moving(const MovingSource *sources,
                            int source_count,
                            const MovingShape *shape,
                            double *const *out,
                            Arena *scratch,
                            ErrorList *errors) {
    if (source_count == 0 || shape->span.end <= shape->span.begin) {
        return DONE;
    }
    MovingConvolver convolver = {.sources = sources, .source_count = source_count, .shape = *shape};
    TRY(create_moving(&convolver, scratch, errors));
    const int64_t first = grid_block_at(shape->span.begin, MOVING_BLOCK_SAMPLES);
    const int64_t last = grid_block_at(shape->span.end - 1, MOVING_BLOCK_SAMPLES);
    for (int64_t block = first; block <= last; block++) {
        if (sum_sources(&convolver, block)) {
            emit_faded(&convolver, block, out);
        }
    }
    fft_lanes_destroy(&convolver.fft);
    return DONE;
}
