/* Long filters: overlap-save with uniform partitions, summed in the frequency domain.
 *
 * The law: every block of the grid is computed whole from absolute time, in a lane of its own that
 * no other lane touches; sums run over sources and partitions in a fixed order, and a span only
 * chooses which samples are kept. Two channels share a transform, as real and imaginary part:
 * always 2 i and 2 i + 1. What is skipped (zeros) would have added +0.
 */
#include "render/dsp/convolver.h"

#include <assert.h>
#include <string.h>

#include "render/dsp/filter_bank.h"
#include "render/dsp/overlap_save.h"

enum {
    LANES = CONVOLVER_LANES,
    CHUNK_BLOCKS = CONVOLVER_GROUPS * CONVOLVER_LANES, /* made at once: filters are read once */
    TERMS = 8, /* sources summed at once, they stay in cache */
    TILE_SAMPLES = 256
};

const ConvolverKernels *convolver_kernels_at(CpuLevel level) {
    static const ConvolverKernels *const kernels[CPU_LEVEL_COUNT] = {
        [CPU_SCALAR] = &convolver_kernels_scalar,
        [CPU_BASELINE] = &convolver_kernels_baseline,
#ifdef __x86_64__
        [CPU_X86_64_V3] = &convolver_kernels_v3,
        [CPU_X86_64_V4] = &convolver_kernels_v4,
#endif
    };
    return kernels[level];
}

/* A source on its way through the blocks. */
typedef struct SourceState {
    int past_blocks; /* lanes before the chunk: partitions - 1, rounded up to a group */
    float *rows;     /* [S + 1][re, im][past_blocks + CHUNK_BLOCKS] */
    bool *is_silent; /* [past_blocks + CHUNK_BLOCKS] */
    bool is_clear[CONVOLVER_GROUPS]; /* of the chunk: zeros stand in its lanes */
    float *last_half;                /* [S] the newest S samples read */
    bool last_is_silent;
} SourceState;

struct Convolver {
    Arena *arena;
    const ConvolverSource *sources;
    int source_count;
    int block_samples, channel_count, pair_count;
    Span span;
    int64_t first_block, last_block; /* that are heard */
    int64_t next_block;              /* whose past the states hold; no_block: none */
    double *const *out;
    const HalfSpectrum *order;
    const ConvolverKernels *kernels;
    BlockTransforms transforms;
    bool has_transforms; /* of its own: the banks have none */
    SourceState *states; /* NULL before the first span */
    bool is_fresh;       /* zeros stand in all lanes */
    float *samples;      /* [9 S]: what eight windows overlap in */
    float *points;       /* [S][re, im][8] */
    float *sums[CONVOLVER_GROUPS];
    float *tile; /* [8][TILE_SAMPLES + 16] */
};

static const int64_t no_block = INT64_MIN;

static size_t state_lanes(const SourceState *state) {
    return (size_t)state->past_blocks + CHUNK_BLOCKS;
}

static SourceRows rows_at(const SourceState *state, int lane) {
    const size_t lanes = state_lanes(state);
    return (SourceRows){
        .floats = state->rows + lane, .row_floats = 2 * lanes, .part_floats = lanes};
}

static void create_state(const FilterBank *bank, Arena *arena, SourceState *state) {
    state->past_blocks = (bank->partition_count - 1 + LANES - 1) / LANES * LANES;
    const size_t lanes = state_lanes(state);
    const size_t rows = (size_t)bank->block_samples + 1;
    state->rows = arena_array(arena, rows, 2 * lanes * sizeof(float));
    state->is_silent = arena_array(arena, lanes, sizeof(bool));
    state->last_half = arena_array(arena, (size_t)bank->block_samples, sizeof(float));
    state->is_clear[0] = state->is_clear[1] = true;
    memset(state->is_silent, true, lanes);
    state->last_is_silent = true;
}

static void create_buffers(Convolver *convolver, size_t block_samples) {
    Arena *arena = convolver->arena;
    convolver->samples = arena_array(arena, (LANES + 1) * block_samples, sizeof(float));
    convolver->points = arena_array(arena, block_samples, FFT_BIN_FLOATS * sizeof(float));
    for (int group = 0; group < CONVOLVER_GROUPS; group++) {
        convolver->sums[group] =
            arena_array(arena, 2 * block_samples + 1, FFT_BIN_FLOATS * sizeof(float));
    }
    convolver->tile = arena_array(arena, (size_t)LANES * (TILE_SAMPLES + 16), sizeof(float));
    convolver->is_fresh = true;
    convolver->states =
        arena_array(arena, (size_t)convolver->source_count, sizeof *convolver->states);
    for (int source = 0; source < convolver->source_count; source++) {
        create_state(convolver->sources[source].bank, arena, &convolver->states[source]);
    }
}

/* The banks may have moved since the last span: nothing of them is kept. */
static Status take_banks(Convolver *convolver, ErrorList *errors) {
    const FilterBank *first = convolver->sources[0].bank;
    for (int source = 0; source < convolver->source_count; source++) {
        const FilterBank *bank = convolver->sources[source].bank;
        assert(bank->block_samples == first->block_samples && bank->fft == first->fft);
        assert(bank->channel_count == first->channel_count);
    }
    convolver->block_samples = first->block_samples;
    convolver->channel_count = first->channel_count;
    convolver->pair_count = first->pair_count;
    convolver->order = &first->order;
    convolver->kernels = convolver_kernels_at(cpu_level_choose());
    if (!convolver->states) {
        create_buffers(convolver, (size_t)first->block_samples);
    }
    if (first->transforms.points) {
        convolver->transforms = first->transforms;
    } else if (!convolver->has_transforms) {
        TRY(block_transforms_open(first->fft, first->block_samples, convolver->arena,
                                  &convolver->transforms, errors));
        convolver->has_transforms = true;
    }
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

/* Reads the S samples that begin with a block, if they are heard at all. */
static bool read_half(Convolver *convolver, int source, int64_t block, float *samples) {
    const ConvolverSource *from = &convolver->sources[source];
    const int64_t first = convolver->first_block - from->bank->partition_count;
    if (block < first || block > convolver->last_block) {
        memset(samples, 0, (size_t)convolver->block_samples * sizeof *samples);
        return false;
    }
    from->read(from->context, block * convolver->block_samples, convolver->block_samples, samples);
    return !is_silence(samples, convolver->block_samples);
}

/* Reads what the windows of blocks `first` .. `first` + 7 cover. false: nothing but zeros. */
static bool read_windows(Convolver *convolver, int source, int64_t first, bool *is_silent) {
    SourceState *state = &convolver->states[source];
    const size_t length = (size_t)convolver->block_samples;
    bool sounds = !state->last_is_silent;
    bool before_sounds = sounds;
    memcpy(convolver->samples, state->last_half, length * sizeof(float));
    for (int lane = 0; lane < LANES; lane++) {
        float *half = convolver->samples + (size_t)(lane + 1) * length;
        const bool half_sounds = read_half(convolver, source, first + lane, half);
        is_silent[lane] = !half_sounds && !before_sounds;
        before_sounds = half_sounds;
        sounds = sounds || half_sounds;
    }
    memcpy(state->last_half, convolver->samples + LANES * length, length * sizeof(float));
    state->last_is_silent = !before_sounds;
    return sounds;
}

static void clear_lanes(const SourceRows *rows, int block_samples) {
    float *row = rows->floats;
    for (int bin = 0; bin <= block_samples; bin++, row += rows->row_floats) {
        memset(row, 0, LANES * sizeof *row);
        memset(row + rows->part_floats, 0, LANES * sizeof *row);
    }
}

/* Transforms eight blocks into lanes. is_clear: zeros stand there; NULL: not known. */
static void take_blocks(Convolver *convolver, int source, int64_t first, int lane, bool *is_clear) {
    SourceState *state = &convolver->states[source];
    const SourceRows rows = rows_at(state, lane);
    const int length = convolver->block_samples;
    if (read_windows(convolver, source, first, state->is_silent + lane)) {
        convolver->kernels->turn_rows(convolver->samples, length, 2 * length, convolver->points);
        fft_lanes_forward(convolver->transforms.points, convolver->points);
        convolver->kernels->part_bins(convolver->order, convolver->points, &rows);
        *is_clear = false;
    } else if (!*is_clear) {
        clear_lanes(&rows, length);
        *is_clear = true;
    }
}

/* The blocks before the first one that is heard: only their spectra are needed. */
static void take_past(Convolver *convolver, int source) {
    SourceState *state = &convolver->states[source];
    const int64_t first = convolver->first_block - state->past_blocks;
    state->last_is_silent = !read_half(convolver, source, first - 1, state->last_half);
    for (int lane = 0; lane < state->past_blocks; lane += LANES) {
        bool is_clear = convolver->is_fresh;
        take_blocks(convolver, source, first + lane, lane, &is_clear);
    }
}

/* The `count` newest blocks join the past. */
static void move_past(const Convolver *convolver, SourceState *state, size_t count) {
    const size_t past = (size_t)state->past_blocks;
    const size_t part_count = 2 * ((size_t)convolver->block_samples + 1);
    float *lanes = state->rows;
    for (size_t part = 0; part < part_count; part++, lanes += state_lanes(state)) {
        memmove(lanes, lanes + count, past * sizeof *lanes);
    }
    memmove(state->is_silent, state->is_silent + count, past * sizeof(bool));
}

/* Whether anything of a source is heard in lanes begin .. begin + count - 1 of the chunk. */
static bool source_sounds(const Convolver *convolver, int source, int begin, int count) {
    const SourceState *state = &convolver->states[source];
    const int reach = convolver->sources[source].bank->partition_count - 1;
    const int lane = state->past_blocks + begin;
    for (int past = lane - reach; past < lane + count; past++) {
        if (!state->is_silent[past]) {
            return true;
        }
    }
    return false;
}

static bool group_sounds(const Convolver *convolver, int group) {
    for (int source = 0; source < convolver->source_count; source++) {
        if (source_sounds(convolver, source, group * LANES, LANES)) {
            return true;
        }
    }
    return false;
}

/* Sums all sources of a pair, TERMS at a time; false when none is heard. */
static bool sum_sources(Convolver *convolver, int pair, int group_count) {
    ConvolverTerm terms[TERMS];
    ConvolverSum sum = {
        .order = convolver->order,
        .terms = terms,
        .is_first = true,
        .group_count = group_count,
        .sums = {convolver->sums[0], convolver->sums[1]}
    };
    for (int source = 0; source < convolver->source_count; source++) {
        const SourceState *state = &convolver->states[source];
        const FilterPair *filter = &convolver->sources[source].bank->pairs[pair];
        if (filter->partition_count && source_sounds(convolver, source, 0, group_count * LANES)) {
            terms[sum.term_count++] = (ConvolverTerm){
                .source = rows_at(state, state->past_blocks - filter->first_partition),
                .filter = filter->filter,
                .partition_count = filter->partition_count};
        }
        if (sum.term_count == TERMS || (sum.term_count && source + 1 == convolver->source_count)) {
            convolver->kernels->multiply(&sum);
            sum.is_first = false;
            sum.term_count = 0;
        }
    }
    return !sum.is_first;
}

/* Whether a source has something to say in a channel. */
static bool channel_sounds(const Convolver *convolver, int channel) {
    for (int source = 0; source < convolver->source_count; source++) {
        if (convolver->sources[source].bank->pairs[channel / 2].sounds[channel % 2]) {
            return true;
        }
    }
    return false;
}

/* Adds samples at .. at + TILE_SAMPLES - 1 of eight blocks to one channel. */
static void emit_tile(Convolver *convolver, int channel, int64_t first, int at, const float *bins) {
    enum { STRIDE = TILE_SAMPLES + 16 };
    convolver->kernels->turn_bins(bins, TILE_SAMPLES, convolver->tile, STRIDE);
    for (int lane = 0; lane < LANES; lane++) {
        const BlockPart part = block_part(convolver->span, first + lane, convolver->block_samples);
        const int begin = part.begin > at ? part.begin : at;
        const int end = part.end < at + TILE_SAMPLES ? part.end : at + TILE_SAMPLES;
        if (begin < end) {
            convolver->kernels->add(convolver->tile + (ptrdiff_t)lane * STRIDE + (begin - at),
                                    end - begin,
                                    convolver->out[channel] + part.at + (begin - part.begin));
        }
    }
}

/* Back to time: the second half of a block is free of wrap-around. */
static void emit_group(Convolver *convolver, int pair, int group, int64_t first) {
    const int length = convolver->block_samples;
    float *bins = convolver->sums[group];
    fft_lanes_inverse(convolver->transforms.block, bins);
    for (int at = 0; at < length; at += TILE_SAMPLES) {
        const float *tile = bins + (ptrdiff_t)(length + at) * FFT_BIN_FLOATS;
        for (int part = 0; part < 2; part++) {
            if (channel_sounds(convolver, 2 * pair + part)) {
                emit_tile(convolver, 2 * pair + part, first + (int64_t)group * LANES, at,
                          tile + (ptrdiff_t)part * LANES);
            }
        }
    }
}

/* Up to CHUNK_BLOCKS blocks from `next_block` on. */
static void run_chunk(Convolver *convolver) {
    const int64_t first = convolver->next_block;
    const int group_count = convolver->last_block + 1 - first > LANES ? CONVOLVER_GROUPS : 1;
    for (int source = 0; source < convolver->source_count; source++) {
        SourceState *state = &convolver->states[source];
        for (int group = 0; group < group_count; group++) {
            take_blocks(convolver, source, first + (int64_t)group * LANES,
                        state->past_blocks + group * LANES, &state->is_clear[group]);
        }
    }
    for (int pair = 0; pair < convolver->pair_count; pair++) {
        const bool has_sound = sum_sources(convolver, pair, group_count);
        for (int group = 0; has_sound && group < group_count; group++) {
            if (group_sounds(convolver, group)) {
                emit_group(convolver, pair, group, first);
            }
        }
    }
    for (int source = 0; source < convolver->source_count; source++) {
        move_past(convolver, &convolver->states[source], (size_t)group_count * LANES);
    }
    convolver->next_block += (int64_t)group_count * LANES;
}

Convolver *convolver_create(Arena *arena) {
    Convolver *convolver = arena_alloc(arena, sizeof *convolver);
    convolver->arena = arena;
    convolver->next_block = no_block;
    return convolver;
}

Status convolver_go_on(Convolver *convolver,
                       const ConvolverSource *sources,
                       int source_count,
                       Span span,
                       double *const *out,
                       ErrorList *errors) {
    if (source_count == 0 || span.end <= span.begin) {
        return DONE;
    }
    const int block_samples = sources[0].bank->block_samples;
    convolver->sources = sources;
    convolver->source_count = source_count;
    convolver->span = span;
    convolver->out = out;
    convolver->first_block = grid_block_at(span.begin, block_samples);
    convolver->last_block = grid_block_at(span.end - 1, block_samples);
    TRY(take_banks(convolver, errors));
    if (convolver->next_block != convolver->first_block) {
        for (int source = 0; source < source_count; source++) {
            take_past(convolver, source);
        }
        convolver->is_fresh = false;
        convolver->next_block = convolver->first_block;
    }
    while (convolver->next_block <= convolver->last_block) {
        run_chunk(convolver);
    }
    if (convolver->next_block != convolver->last_block + 1 ||
        grid_block_at(span.end, block_samples) == convolver->last_block) {
        convolver->next_block = no_block; /* lanes behind the span's end were not read */
    }
    return DONE;
}

void convolver_forget(Convolver *convolver) {
    convolver->next_block = no_block;
}

void convolver_close(Convolver *convolver) {
    if (convolver && convolver->has_transforms) {
        block_transforms_close(&convolver->transforms);
        convolver->has_transforms = false;
    }
}

Status convolver_run(const ConvolverSource *sources,
                     int source_count,
                     Span span,
                     double *const *out,
                     Arena *scratch,
                     ErrorList *errors) {
    Convolver *convolver = convolver_create(scratch);
    const Status status = convolver_go_on(convolver, sources, source_count, span, out, errors);
    convolver_close(convolver);
    return status;
}
