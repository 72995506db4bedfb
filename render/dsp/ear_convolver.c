/* Sources in lanes, ears in one inverse transform, on the absolute grid.
 *
 * The law: windows, filters and fade are functions of absolute time, lanes and sums of slots. */
#include "render/dsp/ear_convolver.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "render/dsp/ear_kernels.h"
#include "render/dsp/overlap_save.h"

enum {
    ENDS = 2, /* of a block: outgoing, incoming; a still source has the first one only */
    GROUP_SLOTS = 2 * EAR_LANES,
    MOVING_SIZE = 2 * MOVING_BLOCK_SAMPLES,
    STILL_SIZE = 4096,
    BLOCK_MULTIPLE = 64
};

typedef struct EarGroup {                  /* sixteen slots */
    const EarSource *sources[GROUP_SLOTS]; /* NULL: not among them */
    float *windows[GROUP_SLOTS];           /* [size] each */
    bool sounds[GROUP_SLOTS];              /* in this window */
    float *filters[ENDS][2];               /* transforms of slots 0 .. 7 and 8 .. 15 */
    bool is_known[ENDS][GROUP_SLOTS];      /* the lane holds the filter of filter_index */
    int64_t filter_index[ENDS];
} EarGroup;

typedef struct EarConvolver {
    EarShape shape;
    int size, block_samples, end_count;
    FftLanes *fft;
    const EarKernels *kernels;
    int *mirror; /* [size] */
    EarGroup *groups;
    int group_count;
    bool windows_are_filled;
    float *bins;        /* of one group */
    float *taps;        /* [8][EARS][tap_count] */
    float *silence;     /* [size] */
    float *sums[ENDS];  /* of all groups */
    float *heard;       /* lanes: ends of blocks that wait for the inverse transform */
    int64_t first_held; /* the block of lane 0 */
    int held_count;
    double *fade; /* [block_samples]: weight of the incoming response, sin^2 */
} EarConvolver;

static float *make_bins(const EarConvolver *convolver, Arena *arena) {
    return arena_array(arena, (size_t)convolver->size * EAR_BIN_FLOATS, sizeof(float));
}

static void make_mirror(EarConvolver *convolver, Arena *arena) {
    convolver->mirror = arena_array(arena, (size_t)convolver->size, sizeof *convolver->mirror);
    for (int bin = 0; bin < convolver->size; bin++) {
        const int mirrored = (convolver->size - bin) % convolver->size;
        convolver->mirror[fft_lanes_position(convolver->fft, bin)] =
            fft_lanes_position(convolver->fft, mirrored);
    }
}

static void make_fade(EarConvolver *convolver, Arena *arena) {
    convolver->fade = arena_array(arena, (size_t)convolver->block_samples, sizeof *convolver->fade);
    for (int sample = 0; sample < convolver->block_samples; sample++) {
        const double sine = exact_sin(pi / 2 * sample / convolver->block_samples);
        convolver->fade[sample] = sine * sine;
    }
}

static void
make_groups(EarConvolver *convolver, const EarSource *sources, int count, Arena *arena) {
    int last_slot = 0;
    for (int source = 0; source < count; source++) {
        last_slot = sources[source].slot > last_slot ? sources[source].slot : last_slot;
    }
    const size_t size = (size_t)convolver->size;
    convolver->group_count = last_slot / GROUP_SLOTS + 1;
    convolver->groups =
        arena_array(arena, (size_t)convolver->group_count, sizeof *convolver->groups);
    for (int source = 0; source < count; source++) {
        EarGroup *group = &convolver->groups[sources[source].slot / GROUP_SLOTS];
        const int place = sources[source].slot % GROUP_SLOTS;
        group->sources[place] = &sources[source];
        group->windows[place] = arena_array(arena, size, sizeof(float));
        for (int end = 0; end < convolver->end_count && !group->filters[end][0]; end++) {
            group->filters[end][0] = make_bins(convolver, arena);
            group->filters[end][1] = make_bins(convolver, arena);
        }
    }
}

static Status create(EarConvolver *convolver, Arena *arena, ErrorList *errors) {
    const EarShape *shape = &convolver->shape;
    assert(shape->tap_count >= 1 && shape->tap_count <= MOVING_BLOCK_SAMPLES);
    const int free_samples = STILL_SIZE - shape->tap_count + 1;
    convolver->size = shape->is_moving ? MOVING_SIZE : STILL_SIZE;
    convolver->block_samples =
        shape->is_moving ? MOVING_BLOCK_SAMPLES : free_samples / BLOCK_MULTIPLE * BLOCK_MULTIPLE;
    convolver->end_count = shape->is_moving ? ENDS : 1;
    TRY(fft_lanes_create(shape->engine, convolver->size, &convolver->fft, errors));
    convolver->kernels = ear_kernels_at_level(cpu_level_choose());
    convolver->bins = make_bins(convolver, arena);
    convolver->heard = make_bins(convolver, arena);
    for (int end = 0; end < convolver->end_count; end++) {
        convolver->sums[end] = make_bins(convolver, arena);
    }
    convolver->taps =
        arena_array(arena, (size_t)EARS * EAR_LANES * (size_t)shape->tap_count, sizeof(float));
    convolver->silence = arena_array(arena, (size_t)convolver->size, sizeof(float));
    make_mirror(convolver, arena);
    make_fade(convolver, arena);
    return DONE;
}

static bool is_silence(const float *samples, int count) {
    for (int sample = 0; sample < count; sample++) {
        if (samples[sample] != 0.0F) {
            return false;
        }
    }
    return true;
}

/* The `size` samples that end with the block; what the last window had of them is kept. */
static void move_window(const EarConvolver *convolver, EarGroup *group, int place, int64_t block) {
    const EarSource *source = group->sources[place];
    float *window = group->windows[place];
    const int fresh = convolver->windows_are_filled ? convolver->block_samples : convolver->size;
    const int kept = convolver->size - fresh;
    memmove(window, window + fresh, (size_t)kept * sizeof *window);
    source->read(source->context, (block + 1) * convolver->block_samples - fresh, fresh,
                 window + kept);
    group->sounds[place] = !is_silence(window, convolver->size);
}

static bool move_windows(const EarConvolver *convolver, EarGroup *group, int64_t block) {
    bool has_sound = false;
    for (int place = 0; place < GROUP_SLOTS; place++) {
        if (group->sources[place]) {
            move_window(convolver, group, place, block);
            has_sound = has_sound || group->sounds[place];
        }
    }
    return has_sound;
}

/* Filters of eight slots at one point of the grid: left and right as real and imaginary part. */
static void make_filters(const EarConvolver *convolver, EarGroup *group, int end, int half) {
    const size_t tap_count = (size_t)convolver->shape.tap_count;
    const float *rows[EAR_BIN_FLOATS];
    bool *is_known = group->is_known[end] + (ptrdiff_t)half * EAR_LANES;
    for (int lane = 0; lane < EAR_LANES; lane++) {
        const int place = half * EAR_LANES + lane;
        float *taps = convolver->taps + (size_t)lane * EARS * tap_count;
        is_known[lane] = group->sounds[place];
        rows[lane] = is_known[lane] ? taps : convolver->silence;
        rows[EAR_LANES + lane] = is_known[lane] ? taps + tap_count : convolver->silence;
        if (is_known[lane]) {
            const EarSource *source = group->sources[place];
            source->filter_at(source->context, group->filter_index[end], taps);
        }
    }
    float *bins = group->filters[end][half];
    const size_t filled = tap_count * EAR_BIN_FLOATS;
    convolver->kernels->interleave(rows, convolver->shape.tap_count, bins);
    memset(bins + filled, 0, ((size_t)convolver->size * EAR_BIN_FLOATS - filled) * sizeof *bins);
    fft_lanes_forward(convolver->fft, bins);
}

/* Some source of the half sounds whose filter the lanes do not hold. */
static bool lacks_filter(const EarGroup *group, int end, int half) {
    for (int place = half * EAR_LANES; place < (half + 1) * EAR_LANES; place++) {
        if (group->sounds[place] && !group->is_known[end][place]) {
            return true;
        }
    }
    return false;
}

/* The incoming filters of the block before are the outgoing ones of this. */
static void turn_filters(EarGroup *group, int64_t block) {
    const EarGroup before = *group;
    for (int end = 0; end < ENDS; end++) {
        const int other = ENDS - 1 - end;
        memcpy(group->filters[end], before.filters[other], sizeof before.filters[other]);
        memcpy(group->is_known[end], before.is_known[other], sizeof before.is_known[other]);
        group->filter_index[end] = before.filter_index[other];
        if (group->filter_index[end] != block + end) {
            group->filter_index[end] = block + end;
            memset(group->is_known[end], 0, sizeof group->is_known[end]);
        }
    }
}

static void update_filters(const EarConvolver *convolver, EarGroup *group, int64_t block) {
    if (convolver->shape.is_moving) {
        turn_filters(group, block);
    }
    for (int end = 0; end < convolver->end_count; end++) {
        for (int half = 0; half < 2; half++) {
            if (lacks_filter(group, end, half)) {
                make_filters(convolver, group, end, half);
            }
        }
    }
}

static void add_group(const EarConvolver *convolver, const EarGroup *group) {
    const float *rows[GROUP_SLOTS];
    _Alignas(64) float masks[GROUP_SLOTS];
    for (int place = 0; place < GROUP_SLOTS; place++) {
        rows[place] = group->sounds[place] ? group->windows[place] : convolver->silence;
        /* a half of the two signals in a lane, and the transforms' common factor */
        masks[place] = group->sounds[place] ? 0.5F / (float)convolver->size : 0.0F;
    }
    convolver->kernels->interleave(rows, convolver->size, convolver->bins);
    fft_lanes_forward(convolver->fft, convolver->bins);
    for (int end = 0; end < convolver->end_count; end++) {
        const EarProduct product = {
            .size = convolver->size,
            .mirror = convolver->mirror,
            .bins = convolver->bins,
            .masks = masks,
            .filters = {group->filters[end][0], group->filters[end][1]},
        };
        convolver->kernels->multiply_add(&product, convolver->sums[end]);
    }
}

/* Sums all groups of the block; false when all are silent. */
static bool sum_groups(EarConvolver *convolver, int64_t block) {
    bool has_sound = false;
    for (int index = 0; index < convolver->group_count; index++) {
        EarGroup *group = &convolver->groups[index];
        if (!move_windows(convolver, group, block)) {
            continue;
        }
        for (int end = 0; !has_sound && end < convolver->end_count; end++) {
            memset(convolver->sums[end], 0,
                   (size_t)convolver->size * EAR_BIN_FLOATS * sizeof(float));
        }
        has_sound = true;
        update_filters(convolver, group, block);
        add_group(convolver, group);
    }
    convolver->windows_are_filled = true;
    return has_sound;
}

/* The eight lanes of a sum become one lane of those that wait. */
static void hold_sum(const EarConvolver *convolver, const float *sum, int lane) {
    for (int row = 0; row < 2 * convolver->size; row++) {
        const float *x = sum + (ptrdiff_t)row * EAR_LANES;
        convolver->heard[(ptrdiff_t)row * EAR_LANES + lane] =
            ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
    }
}

/* One block of the inverse transform: lanes `lane` and, moving, the next. */
static void emit_block(const EarConvolver *convolver, int64_t block, int lane, double *const *out) {
    const BlockPart part = block_part(convolver->shape.span, block, convolver->block_samples);
    const int other = lane + convolver->end_count - 1;
    const float *bins =
        convolver->heard + (ptrdiff_t)(convolver->size - convolver->block_samples) * EAR_BIN_FLOATS;
    for (int ear = 0; ear < EARS; ear++) {
        double *to = out[ear] + part.at;
        for (int sample = part.begin; sample < part.end; sample++) {
            const float *bin =
                bins + (ptrdiff_t)sample * EAR_BIN_FLOATS + (ptrdiff_t)ear * EAR_LANES;
            const double leaving = (double)bin[lane];
            const double change = (double)bin[other] - leaving;
            to[sample - part.begin] += leaving + convolver->fade[sample] * change;
        }
    }
}

static void emit_held(EarConvolver *convolver, double *const *out) {
    if (convolver->held_count == 0) {
        return;
    }
    fft_lanes_inverse(convolver->fft, convolver->heard);
    for (int held = 0; held < convolver->held_count; held++) {
        emit_block(convolver, convolver->first_held + held, held * convolver->end_count, out);
    }
    convolver->held_count = 0;
}

/* Blocks wait until all lanes are taken, or one of them is silent. */
static void run_block(EarConvolver *convolver, int64_t block, double *const *out) {
    if (!sum_groups(convolver, block)) {
        emit_held(convolver, out);
        return;
    }
    if (convolver->held_count == 0) {
        convolver->first_held = block;
    }
    for (int end = 0; end < convolver->end_count; end++) {
        const int lane = convolver->held_count * convolver->end_count + end;
        hold_sum(convolver, convolver->sums[end], lane);
    }
    convolver->held_count++;
    if (convolver->held_count * convolver->end_count == EAR_LANES) {
        emit_held(convolver, out);
    }
}

Status ear_convolver_run(const EarSource *sources,
                         int source_count,
                         const EarShape *shape,
                         double *const *out,
                         Arena *scratch,
                         ErrorList *errors) {
    if (source_count == 0 || shape->span.end <= shape->span.begin) {
        return DONE;
    }
    EarConvolver convolver = {.shape = *shape};
    TRY(create(&convolver, scratch, errors));
    make_groups(&convolver, sources, source_count, scratch);
    const int64_t first = grid_block_at(shape->span.begin, convolver.block_samples);
    const int64_t last = grid_block_at(shape->span.end - 1, convolver.block_samples);
    for (int64_t block = first; block <= last; block++) {
        run_block(&convolver, block, out);
    }
    emit_held(&convolver, out);
    fft_lanes_destroy(&convolver.fft);
    return DONE;
}
