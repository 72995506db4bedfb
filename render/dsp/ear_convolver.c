/* Sources in lanes, ears in one inverse transform, on the absolute grid.
 *
 * The law: windows, filters and fade are functions of absolute time, lanes and sums of slots. */
#include "render/dsp/ear_convolver.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "render/dsp/convolver_kernels.h"
#include "render/dsp/ear_kernels.h"
#include "render/dsp/overlap_save.h"

enum {
    ENDS = EAR_ENDS,
    GROUP_SLOTS = 2 * EAR_LANES,
    MOVING_SIZE = 2048,
    MOVING_BLOCK_MAX = 1408, /* from here on filters would follow a path too coarsely */
    STILL_SIZE = 4096,
    BLOCK_MULTIPLE = 64,
    TILE_SAMPLES = 256,
    TILE_STRIDE = TILE_SAMPLES + 16
};

typedef struct EarGroup {                  /* sixteen slots */
    const EarSource *sources[GROUP_SLOTS]; /* NULL: not among them */
    float *windows[GROUP_SLOTS];           /* [size] each */
    bool sounds[GROUP_SLOTS];              /* in this window */
    float *filters[ENDS][2];               /* transforms of slots 0 .. 7 and 8 .. 15 */
    bool is_known[ENDS][GROUP_SLOTS];      /* the lane holds the filter of filter_index */
    int64_t filter_index[ENDS];
    bool stays;  /* over this block: the outgoing filters are the incoming ones, too */
    bool stayed; /* over the block before */
} EarGroup;

struct EarConvolver {
    Arena *arena;
    EarShape shape;
    int64_t next_block; /* that the windows lead to */
    int size, block_samples, end_count;
    FftLanes *fft;
    const EarKernels *kernels;
    const ConvolverKernels *turn; /* lanes to rows */
    int *mirror;                  /* [size] */
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
    int sum_count; /* 1: one sum serves all ends of this block */
    float *tile;   /* [8][TILE_STRIDE] */
    double *fade;  /* [block_samples]: weight of the incoming response, sin^2 */
};

/* Samples free of wrap-around. */
static int find_block_samples(int size, int tap_count) {
    return (size - tap_count + 1) / BLOCK_MULTIPLE * BLOCK_MULTIPLE;
}

int ear_grid_samples(int tap_count) {
    const int block_samples = find_block_samples(MOVING_SIZE, tap_count);
    return block_samples < MOVING_BLOCK_MAX ? block_samples : MOVING_BLOCK_MAX;
}

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

static EarGroup *group_of(const EarConvolver *convolver, const EarSource *source) {
    return &convolver->groups[source->slot / GROUP_SLOTS];
}

static void make_groups(EarConvolver *convolver, const EarSource *sources, int count) {
    Arena *arena = convolver->arena;
    int last_slot = 0;
    for (int source = 0; source < count; source++) {
        last_slot = sources[source].slot > last_slot ? sources[source].slot : last_slot;
    }
    const size_t size = (size_t)convolver->size;
    convolver->group_count = last_slot / GROUP_SLOTS + 1;
    convolver->groups =
        arena_array(arena, (size_t)convolver->group_count, sizeof *convolver->groups);
    for (int source = 0; source < count; source++) {
        EarGroup *group = group_of(convolver, &sources[source]);
        group->windows[sources[source].slot % GROUP_SLOTS] =
            arena_array(arena, size, sizeof(float));
        for (int end = 0; end < convolver->end_count && !group->filters[end][0]; end++) {
            group->filters[end][0] = make_bins(convolver, arena);
            group->filters[end][1] = make_bins(convolver, arena);
        }
    }
}

static Status open_convolver(EarConvolver *convolver, const EarShape *shape, ErrorList *errors) {
    Arena *arena = convolver->arena;
    assert(shape->tap_count >= 1 && shape->tap_count <= EAR_TAPS_MAX);
    convolver->size = shape->is_moving ? MOVING_SIZE : STILL_SIZE;
    convolver->block_samples = shape->is_moving ? ear_grid_samples(shape->tap_count)
                                                : find_block_samples(STILL_SIZE, shape->tap_count);
    convolver->end_count = shape->is_moving ? ENDS : 1;
    convolver->next_block = INT64_MIN;
    TRY(fft_lanes_create(shape->engine, convolver->size, &convolver->fft, errors));
    convolver->kernels = ear_kernels_at_level(cpu_level_choose());
    convolver->turn = convolver_kernels_at(cpu_level_choose());
    convolver->bins = make_bins(convolver, arena);
    convolver->heard = make_bins(convolver, arena);
    for (int end = 0; end < convolver->end_count; end++) {
        convolver->sums[end] = make_bins(convolver, arena);
    }
    convolver->taps =
        arena_array(arena, (size_t)EARS * EAR_LANES * (size_t)shape->tap_count, sizeof(float));
    convolver->silence = arena_array(arena, (size_t)convolver->size, sizeof(float));
    convolver->tile = arena_array(arena, (size_t)EAR_LANES * TILE_STRIDE, sizeof(float));
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

static void look_ahead(EarConvolver *convolver, int64_t block) {
    convolver->sum_count = 1;
    for (int index = 0; convolver->shape.is_moving && index < convolver->group_count; index++) {
        EarGroup *group = &convolver->groups[index];
        group->stayed = group->stays;
        group->stays = true;
        for (int place = 0; place < GROUP_SLOTS && group->stays; place++) {
            const EarSource *source = group->sources[place];
            group->stays =
                !source || (source->stays_at && source->stays_at(source->context, block + 1));
        }
        convolver->sum_count = group->stays ? convolver->sum_count : ENDS;
    }
}

static void swap_filters(EarGroup *group) {
    const EarGroup before = *group;
    for (int end = 0; end < ENDS; end++) {
        const int other = ENDS - 1 - end;
        memcpy(group->filters[end], before.filters[other], sizeof before.filters[other]);
        memcpy(group->is_known[end], before.is_known[other], sizeof before.is_known[other]);
        group->filter_index[end] = before.filter_index[other];
    }
}

/* The incoming filters of the block before are the outgoing ones of this. */
static void turn_filters(EarGroup *group, int64_t block) {
    if (group->stayed && group->filter_index[0] == block - 1) {
        group->filter_index[0] = block;
    } else {
        swap_filters(group);
    }
    for (int end = 0; end < ENDS; end++) {
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
    const int end_count = group->stays ? 1 : convolver->end_count;
    for (int end = 0; end < end_count; end++) {
        for (int half = 0; half < 2; half++) {
            if (lacks_filter(group, end, half)) {
                make_filters(convolver, group, end, half);
            }
        }
    }
}

/* held: where the last group leaves the sums of all; NULL: others follow. */
static void
add_group(const EarConvolver *convolver, const EarGroup *group, bool is_first, float *const *held) {
    const float *rows[GROUP_SLOTS];
    _Alignas(64) float masks[GROUP_SLOTS];
    EarProduct product = {.size = convolver->size,
                          .end_count = convolver->sum_count,
                          .is_first = is_first,
                          .mirror = convolver->mirror,
                          .bins = convolver->bins,
                          .masks = masks};
    for (int place = 0; place < GROUP_SLOTS; place++) {
        rows[place] = group->sounds[place] ? group->windows[place] : convolver->silence;
        /* a half of the two signals in a lane, and the transforms' common factor */
        masks[place] = group->sounds[place] ? 0.5F / (float)convolver->size : 0.0F;
    }
    for (int end = 0; end < convolver->sum_count; end++) {
        const int used = group->stays ? 0 : end;
        product.filters[end][0] = group->filters[used][0];
        product.filters[end][1] = group->filters[used][1];
        product.sums[end] = convolver->sums[end];
    }
    convolver->kernels->interleave(rows, convolver->size, convolver->bins);
    fft_lanes_forward(convolver->fft, convolver->bins);
    if (held) {
        convolver->kernels->multiply_fold(&product, held);
    } else {
        convolver->kernels->multiply_add(&product);
    }
}

/* The lanes of this block's ends among those that wait for the inverse transform. */
static void find_lanes(const EarConvolver *convolver, float *held[ENDS]) {
    for (int end = 0; end < ENDS; end++) {
        held[end] =
            convolver->heard + (ptrdiff_t)convolver->held_count * convolver->end_count + end;
    }
}

/* Where one sum serves both ends. */
static void copy_lane(const EarConvolver *convolver, float *const *held) {
    for (int n = 0; n < 2 * convolver->size; n++) {
        held[1][(ptrdiff_t)n * EAR_LANES] = held[0][(ptrdiff_t)n * EAR_LANES];
    }
}

/* Sums all groups of the block into its lanes; false when all are silent. */
static bool sum_groups(EarConvolver *convolver, int64_t block) {
    EarGroup *last = NULL; /* that sounds */
    bool is_first = true;
    float *held[ENDS];
    look_ahead(convolver, block);
    find_lanes(convolver, held);
    for (int index = 0; index < convolver->group_count; index++) {
        EarGroup *group = &convolver->groups[index];
        if (move_windows(convolver, group, block)) {
            update_filters(convolver, group, block);
            if (last) {
                add_group(convolver, last, is_first, NULL);
                is_first = false;
            }
            last = group;
        }
    }
    convolver->windows_are_filled = true;
    if (last) {
        add_group(convolver, last, is_first, held);
    }
    if (last && convolver->sum_count < convolver->end_count) {
        copy_lane(convolver, held);
    }
    return last != NULL;
}

/* One ear of all held blocks, from sample `at` on: a lane for each, moving two. */
static void emit_tile(const EarConvolver *convolver, int at, int count, double *out) {
    for (int held = 0; held < convolver->held_count; held++) {
        const BlockPart part = block_part(convolver->shape.span, convolver->first_held + held,
                                          convolver->block_samples);
        const int begin = part.begin > at ? part.begin : at;
        const int end = part.end < at + count ? part.end : at + count;
        const float *leaving =
            convolver->tile + (ptrdiff_t)(held * convolver->end_count) * TILE_STRIDE - at;
        const float *coming = leaving + (ptrdiff_t)(convolver->end_count - 1) * TILE_STRIDE;
        if (begin < end) {
            convolver->kernels->fade(leaving + begin, coming + begin, convolver->fade + begin,
                                     end - begin, out + part.at + (begin - part.begin));
        }
    }
}

static void emit_held(EarConvolver *convolver, double *const *out) {
    if (convolver->held_count == 0) {
        return;
    }
    fft_lanes_inverse(convolver->fft, convolver->heard);
    const float *free_bins =
        convolver->heard + (ptrdiff_t)(convolver->size - convolver->block_samples) * EAR_BIN_FLOATS;
    for (int at = 0; at < convolver->block_samples; at += TILE_SAMPLES) {
        const int rest = convolver->block_samples - at;
        const int count = rest < TILE_SAMPLES ? rest : TILE_SAMPLES;
        const float *bins = free_bins + (ptrdiff_t)at * EAR_BIN_FLOATS;
        for (int ear = 0; ear < EARS; ear++) {
            convolver->turn->turn_bins(bins + (ptrdiff_t)ear * EAR_LANES, count, convolver->tile,
                                       TILE_STRIDE);
            emit_tile(convolver, at, count, out[ear]);
        }
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
    convolver->held_count++;
    if (convolver->held_count * convolver->end_count == EAR_LANES) {
        emit_held(convolver, out);
    }
}

EarConvolver *ear_convolver_create(Arena *arena) {
    EarConvolver *convolver = arena_alloc(arena, sizeof *convolver);
    convolver->arena = arena;
    return convolver;
}

Status ear_convolver_go_on(EarConvolver *convolver,
                           const EarSource *sources,
                           int source_count,
                           const EarShape *shape,
                           double *const *out,
                           ErrorList *errors) {
    if (source_count == 0 || shape->span.end <= shape->span.begin) {
        return DONE;
    }
    if (!convolver->fft) {
        TRY(open_convolver(convolver, shape, errors));
        make_groups(convolver, sources, source_count);
    }
    convolver->shape = *shape;
    for (int source = 0; source < source_count; source++) {
        group_of(convolver, &sources[source])->sources[sources[source].slot % GROUP_SLOTS] =
            &sources[source];
    }
    const int64_t first = grid_block_at(shape->span.begin, convolver->block_samples);
    const int64_t last = grid_block_at(shape->span.end - 1, convolver->block_samples);
    convolver->windows_are_filled = convolver->next_block == first;
    for (int64_t block = first; block <= last; block++) {
        run_block(convolver, block, out);
    }
    emit_held(convolver, out);
    convolver->next_block = last + 1;
    return DONE;
}

void ear_convolver_close(EarConvolver *convolver) {
    if (convolver) {
        fft_lanes_destroy(&convolver->fft);
    }
}

Status ear_convolver_run(const EarSource *sources,
                         int source_count,
                         const EarShape *shape,
                         double *const *out,
                         Arena *scratch,
                         ErrorList *errors) {
    EarConvolver *convolver = ear_convolver_create(scratch);
    const Status status = ear_convolver_go_on(convolver, sources, source_count, shape, out, errors);
    ear_convolver_close(convolver);
    return status;
}
