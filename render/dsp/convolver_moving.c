/* Moving filters: every block heard through the responses at its two ends, faded after the sum.
 *
 * The law: blocks, filters and fade are functions of absolute time; the fade after the sum of all
 * sources equals the sum of faded sources, so movement costs two sums a channel, not a source.
 */
#include "render/dsp/convolver.h"

#include <assert.h>
#include <string.h>

#include "render/dsp/kernels.h"
#include "render/dsp/overlap_save.h"

enum { ENDS = 2 }; /* of a block: outgoing, incoming */

/* The response of a source at one point of the grid. */
typedef struct GridFilter {
    int64_t grid_index;
    bool is_known;
    float *spectra; /* [channel][stride] */
} GridFilter;

typedef struct MovingState {
    SourceWindow window;
    GridFilter filters[ENDS];
} MovingState;

typedef struct MovingConvolver {
    const MovingSource *sources;
    int source_count;
    MovingShape shape;
    size_t stride;
    BlockTransform transform;
    MovingState *states;
    float *taps;    /* [channel][tap] */
    float *padded;  /* [2 S]: taps of one channel, zeros */
    float *window;  /* [stride]: spectrum of a source's window */
    float *sums;    /* [channel][end][stride] */
    float *leaving; /* [S]: the outgoing block */
    double *fade;   /* [S]: weight of the incoming block, sin^2 */
} MovingConvolver;

static void make_fade(double *fade) {
    for (int sample = 0; sample < MOVING_BLOCK_SAMPLES; sample++) {
        const double sine = exact_sin(pi / 2 * sample / MOVING_BLOCK_SAMPLES);
        fade[sample] = sine * sine;
    }
}

static Status create_moving(MovingConvolver *convolver, Arena *arena, ErrorList *errors) {
    const size_t channel_count = (size_t)convolver->shape.channel_count;
    const size_t length = MOVING_BLOCK_SAMPLES;
    assert(convolver->shape.tap_count >= 1 && convolver->shape.tap_count <= MOVING_BLOCK_SAMPLES);
    convolver->stride = (size_t)spectrum_groups(MOVING_BLOCK_SAMPLES) * GROUP_FLOATS;
    const size_t row_floats = channel_count * convolver->stride;
    convolver->states =
        arena_array(arena, (size_t)convolver->source_count, sizeof *convolver->states);
    for (int source = 0; source < convolver->source_count; source++) {
        MovingState *state = &convolver->states[source];
        source_window_create(MOVING_BLOCK_SAMPLES, arena, &state->window);
        for (int end = 0; end < ENDS; end++) {
            state->filters[end].spectra = arena_array(arena, row_floats, sizeof(float));
        }
    }
    convolver->taps =
        arena_array(arena, channel_count * (size_t)convolver->shape.tap_count, sizeof(float));
    convolver->padded = arena_array(arena, 2 * length, sizeof(float));
    convolver->window = arena_array(arena, convolver->stride, sizeof(float));
    convolver->sums = arena_array(arena, ENDS * row_floats, sizeof(float));
    convolver->leaving = arena_array(arena, length, sizeof(float));
    convolver->fade = arena_array(arena, length, sizeof(double));
    make_fade(convolver->fade);
    return block_transform_create(MOVING_BLOCK_SAMPLES, arena, &convolver->transform, errors);
}

static void make_filter(MovingConvolver *convolver, int source, int64_t grid_index, int end) {
    GridFilter *filter = &convolver->states[source].filters[end];
    const MovingSource *from = &convolver->sources[source];
    const size_t tap_count = (size_t)convolver->shape.tap_count;
    from->filter_at(from->context, grid_index, convolver->taps);
    for (int channel = 0; channel < convolver->shape.channel_count; channel++) {
        const float *taps = convolver->taps + (size_t)channel * tap_count;
        memcpy(convolver->padded, taps, tap_count * sizeof *taps);
        block_transform_forward(&convolver->transform, convolver->padded,
                                0.5F / MOVING_BLOCK_SAMPLES,
                                filter->spectra + (size_t)channel * convolver->stride);
    }
    filter->grid_index = grid_index;
    filter->is_known = true;
}

/* The filters at both ends of the block; the incoming one of the block before is the outgoing one
 * of this. */
static void move_filters(MovingConvolver *convolver, int source, int64_t block) {
    GridFilter *filters = convolver->states[source].filters;
    const GridFilter older = filters[0];
    filters[0] = filters[1];
    filters[1] = older;
    for (int end = 0; end < ENDS; end++) {
        if (!filters[end].is_known || filters[end].grid_index != block + end) {
            make_filter(convolver, source, block + end, end);
        }
    }
}

static void add_products(MovingConvolver *convolver, int source) {
    const float *window = convolver->window;
    const int group_count = (int)(convolver->stride / GROUP_FLOATS);
    for (int channel = 0; channel < convolver->shape.channel_count; channel++) {
        for (int end = 0; end < ENDS; end++) {
            const float *filter = convolver->states[source].filters[end].spectra +
                                  (size_t)channel * convolver->stride;
            float *sum =
                convolver->sums + ((size_t)channel * ENDS + (size_t)end) * convolver->stride;
            kernel_multiply_add(&window, &filter, 1, group_count, sum);
        }
    }
}

/* Sums all sources of the block; false when all are silent. */
static bool sum_sources(MovingConvolver *convolver, int64_t block) {
    bool has_sound = false;
    for (int source = 0; source < convolver->source_count; source++) {
        const MovingSource *from = &convolver->sources[source];
        SourceWindow *window = &convolver->states[source].window;
        if (!source_window_move(window, from->read, from->context, block)) {
            continue;
        }
        if (!has_sound) {
            const size_t floats = ENDS * (size_t)convolver->shape.channel_count * convolver->stride;
            memset(convolver->sums, 0, floats * sizeof *convolver->sums);
            has_sound = true;
        }
        move_filters(convolver, source, block);
        block_transform_forward(&convolver->transform, window->samples, 1.0F, convolver->window);
        add_products(convolver, source);
    }
    return has_sound;
}

static void emit_faded(MovingConvolver *convolver, int64_t block, double *const *out) {
    const BlockPart part = block_part(convolver->shape.span, block, MOVING_BLOCK_SAMPLES);
    for (int channel = 0; channel < convolver->shape.channel_count; channel++) {
        const float *sums = convolver->sums + (size_t)channel * ENDS * convolver->stride;
        memcpy(convolver->leaving, block_transform_inverse(&convolver->transform, sums),
               MOVING_BLOCK_SAMPLES * sizeof *convolver->leaving);
        const float *coming =
            block_transform_inverse(&convolver->transform, sums + convolver->stride);
        double *to = out[channel] + part.at;
        for (int sample = part.begin; sample < part.end; sample++) {
            const double leaving = (double)convolver->leaving[sample];
            const double change = (double)coming[sample] - leaving;
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
    block_transform_destroy(&convolver.transform);
    return DONE;
}
