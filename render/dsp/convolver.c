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

enum { LANES = CONVOLVER_LANES, TILE_SAMPLES = 64 };

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
    int past_blocks;  /* lanes before the chunk: partitions - 1, rounded up to a group */
    size_t lanes;     /* past_blocks and those of a chunk */
    int moved_lanes;  /* that the past has still to move by, in the rows */
    float *rows;      /* [S + 1][lanes][re, im] */
    bool *is_silent;  /* [lanes] */
    bool is_clear;    /* zeros stand in the lanes of the chunk */
    float *last_half; /* [S] the newest S samples read */
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
    double *const *out;              /* added to; NULL: */
    float *const *rows;              /* written */
    const HalfSpectrum *order;
    const ConvolverKernels *kernels;
    BlockTransforms transforms;
    bool has_transforms;  /* of its own: the banks have none */
    SourceState *states;  /* NULL before the first span */
    bool is_fresh;        /* zeros stand in all lanes */
    float *samples;       /* [9 S]: what eight windows overlap in */
    float *points;        /* [S][re, im][8] */
    float *sums;          /* [2 S + 1][re, im][8] */
    ConvolverTerm *terms; /* [source_count] of the pair in hand */
    int term_count;
    float *tile; /* [ranges][TILE_SAMPLES][re, im][8] */
    /* [8][TILE_SAMPLES]: what lies across an end of the span */
    double *edges;
    float *row_edges;
};

static const int64_t no_block = INT64_MIN;

static SourceRows rows_at(const SourceState *state, int lane) {
    return (SourceRows){.floats = state->rows + (ptrdiff_t)2 * lane,
                        .row_floats = 2 * state->lanes};
}

static void create_state(const FilterBank *bank, Arena *arena, SourceState *state) {
    state->past_blocks = (bank->partition_count - 1 + LANES - 1) / LANES * LANES;
    const size_t lanes = (size_t)state->past_blocks + LANES;
    state->lanes = lanes;
    const size_t rows = (size_t)bank->block_samples + 1;
    state->rows = arena_array(arena, rows, 2 * lanes * sizeof(float));
    state->is_silent = arena_array(arena, lanes, sizeof(bool));
    state->last_half = arena_array(arena, (size_t)bank->block_samples, sizeof(float));
    state->is_clear = true;
    memset(state->is_silent, true, lanes);
    state->last_is_silent = true;
}

static void create_buffers(Convolver *convolver, size_t block_samples) {
    Arena *arena = convolver->arena;
    convolver->samples = arena_array(arena, (LANES + 1) * block_samples, sizeof(float));
    convolver->points = arena_array(arena, block_samples, FFT_BIN_FLOATS * sizeof(float));
    convolver->sums = arena_array(arena, 2 * block_samples + 1, FFT_BIN_FLOATS * sizeof(float));
    convolver->terms =
        arena_array(arena, (size_t)convolver->source_count, sizeof *convolver->terms);
    convolver->edges = arena_array(arena, (size_t)LANES * TILE_SAMPLES, sizeof(double));
    convolver->row_edges = arena_array(arena, (size_t)LANES * TILE_SAMPLES, sizeof(float));
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
    if (!convolver->tile) {
        const int range = fft_lanes_parts(convolver->transforms.block).range_samples;
        const size_t tiles = (size_t)(convolver->block_samples / range);
        convolver->tile =
            arena_array(convolver->arena, tiles * TILE_SAMPLES, FFT_BIN_FLOATS * sizeof(float));
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
        memset(row, 0, (size_t)2 * LANES * sizeof *row);
    }
}

static void move_rows(const Convolver *convolver, SourceState *state) {
    const size_t past_floats = 2 * (size_t)state->past_blocks;
    float *row = state->rows;
    for (int bin = 0; state->moved_lanes && bin <= convolver->block_samples; bin++) {
        memmove(row, row + (ptrdiff_t)2 * state->moved_lanes, past_floats * sizeof *row);
        row += 2 * state->lanes;
    }
    state->moved_lanes = 0;
}

/* Transforms eight blocks into lanes. is_clear: zeros stand there; NULL: not known. */
static void take_blocks(Convolver *convolver, int source, int64_t first, int lane, bool *is_clear) {
    SourceState *state = &convolver->states[source];
    SourceRows rows = rows_at(state, lane);
    const int length = convolver->block_samples;
    if (read_windows(convolver, source, first, state->is_silent + lane)) {
        rows.past_lanes = state->moved_lanes ? state->past_blocks : 0;
        rows.moved_lanes = state->moved_lanes;
        convolver->kernels->turn_rows(convolver->samples, length, 2 * length, convolver->points);
        fft_lanes_forward(convolver->transforms.points, convolver->points);
        convolver->kernels->part_bins(convolver->order, convolver->points, &rows);
        state->moved_lanes = 0;
        *is_clear = false;
        return;
    }
    move_rows(convolver, state);
    if (!*is_clear) {
        clear_lanes(&rows, length);
        *is_clear = true;
    }
}

/* The blocks before the first one that is heard: only their spectra are needed. */
static void take_past(Convolver *convolver, int source) {
    SourceState *state = &convolver->states[source];
    state->moved_lanes = 0;
    const int64_t first = convolver->first_block - state->past_blocks;
    state->last_is_silent = !read_half(convolver, source, first - 1, state->last_half);
    for (int lane = 0; lane < state->past_blocks; lane += LANES) {
        bool is_clear = convolver->is_fresh;
        take_blocks(convolver, source, first + lane, lane, &is_clear);
    }
}

/* The newest blocks join the past: the rows follow when they are next in hand. */
static void move_past(SourceState *state) {
    state->moved_lanes = LANES;
    memmove(state->is_silent, state->is_silent + LANES, (size_t)state->past_blocks * sizeof(bool));
}

/* Whether anything of a source is heard in the lanes of the chunk. */
static bool source_sounds(const Convolver *convolver, int source) {
    const SourceState *state = &convolver->states[source];
    const int reach = convolver->sources[source].bank->partition_count - 1;
    for (int lane = state->past_blocks - reach; lane < state->past_blocks + LANES; lane++) {
        if (!state->is_silent[lane]) {
            return true;
        }
    }
    return false;
}

/* The sources that are heard in a pair of channels. */
static void find_terms(Convolver *convolver, int pair) {
    convolver->term_count = 0;
    for (int source = 0; source < convolver->source_count; source++) {
        const SourceState *state = &convolver->states[source];
        const FilterPair *filter = &convolver->sources[source].bank->pairs[pair];
        if (filter->partition_count && source_sounds(convolver, source)) {
            convolver->terms[convolver->term_count++] = (ConvolverTerm){
                .source = rows_at(state, state->past_blocks - filter->first_partition),
                .filter = filter->filter,
                .partition_count = filter->partition_count};
        }
    }
}

static void sum_rows(const Convolver *convolver, int first_row, int row_count) {
    const ConvolverSum sum = {.order = convolver->order,
                              .terms = convolver->terms,
                              .term_count = convolver->term_count,
                              .first_row = first_row,
                              .end_row = first_row + row_count,
                              .sums = convolver->sums};
    convolver->kernels->multiply(&sum);
}

/* Sums a portion of the spectrum and the one where its mirror images stand, and inverts both while
 * they are in cache. */
static void make_portions(const Convolver *convolver, int portion, int mirror) {
    const FftLanes *fft = convolver->transforms.block;
    const int bins = fft_lanes_parts(fft).portion_bins;
    const int rows = bins / 2;
    sum_rows(convolver, portion * rows, rows);
    if (portion == 0) {
        sum_rows(convolver, convolver->block_samples, 1);
    }
    if (mirror != portion) {
        sum_rows(convolver, mirror * rows, rows);
    }
    fft_lanes_inverse_portion(fft, convolver->sums, portion * bins);
    if (mirror != portion) {
        fft_lanes_inverse_portion(fft, convolver->sums, mirror * bins);
    }
}

/* The bins of a portion have the same last digits, so their images do, too; those of portion 0 are
 * its own, of which row 0 has none. */
static void sum_sources(const Convolver *convolver) {
    const int bins = fft_lanes_parts(convolver->transforms.block).portion_bins;
    for (int portion = 0; portion * bins < 2 * convolver->block_samples; portion++) {
        const int image = convolver->order->positions[portion * bins + 1];
        const int mirror = portion == 0 ? 0 : image / bins;
        if (mirror >= portion) {
            make_portions(convolver, portion, mirror);
        }
    }
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

static bool holds_tile(const BlockPart *part, int at) {
    return at >= part->begin && at + TILE_SAMPLES <= part->end;
}

/* What of a tile lies inside the span. */
static BlockPart tile_part(const BlockPart *part, int at) {
    const int begin = part->begin > at ? part->begin : at;
    const int end = part->end < at + TILE_SAMPLES ? part->end : at + TILE_SAMPLES;
    return (BlockPart){begin, end, part->at + (begin - part->begin)};
}

/* Where a lane's samples at .. at + TILE_SAMPLES - 1 go: to the span, or beside it. */
static double *
row_of_lane(const Convolver *convolver, const BlockPart *part, double *out, int at, int lane) {
    double *edge = convolver->edges + (ptrdiff_t)lane * TILE_SAMPLES;
    if (holds_tile(part, at)) {
        return out + part->at + (at - part->begin);
    }
    for (int sample = 0; sample < TILE_SAMPLES; sample++) {
        edge[sample] = -0.0; /* what is added to it stays as it is, be it a zero */
    }
    return edge;
}

/* Adds samples at .. at + TILE_SAMPLES - 1 of eight blocks to one channel. */
static void add_tile(
    const Convolver *convolver, const BlockPart *parts, double *out, int at, const float *bins) {
    double *rows[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        rows[lane] = row_of_lane(convolver, &parts[lane], out, at, lane);
    }
    convolver->kernels->add_bins(bins, TILE_SAMPLES, rows);
    for (int lane = 0; lane < LANES; lane++) {
        const BlockPart part = tile_part(&parts[lane], at);
        const double *edge = convolver->edges + (ptrdiff_t)lane * TILE_SAMPLES;
        for (int sample = part.begin; rows[lane] == edge && sample < part.end; sample++) {
            out[part.at + (sample - part.begin)] += edge[sample - at];
        }
    }
}

/* The same into rows. */
static void store_tile(
    const Convolver *convolver, const BlockPart *parts, float *row, int at, const float *bins) {
    float *to[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        const BlockPart *part = &parts[lane];
        to[lane] = holds_tile(part, at) ? row + part->at + (at - part->begin)
                                        : convolver->row_edges + (ptrdiff_t)lane * TILE_SAMPLES;
    }
    convolver->kernels->store_bins(bins, TILE_SAMPLES, to);
    for (int lane = 0; lane < LANES; lane++) {
        const BlockPart part = tile_part(&parts[lane], at);
        if (!holds_tile(&parts[lane], at) && part.begin < part.end) {
            memcpy(row + part.at, to[lane] + (part.begin - at),
                   (size_t)(part.end - part.begin) * sizeof *row);
        }
    }
}

static void emit_tile(
    const Convolver *convolver, const BlockPart *parts, int channel, int at, const float *bins) {
    if (convolver->rows) {
        store_tile(convolver, parts, convolver->rows[channel], at, bins);
    } else {
        add_tile(convolver, parts, convolver->out[channel], at, bins);
    }
}

/* Where rows are written, silence is, too. */
static void emit_silence(const Convolver *convolver, const BlockPart *parts, int channel) {
    const bool is_row =
        convolver->rows && channel < convolver->channel_count && convolver->rows[channel];
    for (int lane = 0; is_row && lane < LANES; lane++) {
        const BlockPart part = parts[lane];
        if (part.begin < part.end) {
            memset(convolver->rows[channel] + part.at, 0,
                   (size_t)(part.end - part.begin) * sizeof(float));
        }
    }
}

/* Back to time: the second half of a block is free of wrap-around. */
static void emit_pair(const Convolver *convolver, int pair, const BlockPart *parts) {
    const FftLanes *fft = convolver->transforms.block;
    const int range_samples = fft_lanes_parts(fft).range_samples;
    const bool sounds[2] = {channel_sounds(convolver, 2 * pair),
                            channel_sounds(convolver, 2 * pair + 1)};
    for (int at = 0; at < range_samples; at += TILE_SAMPLES) {
        const float *bins = convolver->tile;
        fft_lanes_inverse_half(fft, convolver->sums, at, TILE_SAMPLES, convolver->tile);
        for (int from = at; from < convolver->block_samples; from += range_samples) {
            for (int part = 0; part < 2; part++) {
                if (sounds[part]) {
                    emit_tile(convolver, parts, 2 * pair + part, from,
                              bins + (ptrdiff_t)part * LANES);
                }
            }
            bins += (ptrdiff_t)TILE_SAMPLES * FFT_BIN_FLOATS;
        }
    }
    for (int part = 0; part < 2; part++) {
        if (!sounds[part]) {
            emit_silence(convolver, parts, 2 * pair + part);
        }
    }
}

static void run_pair(Convolver *convolver, int pair) {
    BlockPart parts[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        parts[lane] =
            block_part(convolver->span, convolver->next_block + lane, convolver->block_samples);
    }
    find_terms(convolver, pair);
    if (convolver->term_count) {
        sum_sources(convolver);
        emit_pair(convolver, pair, parts);
    } else {
        emit_silence(convolver, parts, 2 * pair);
        emit_silence(convolver, parts, 2 * pair + 1);
    }
}

/* The eight blocks from `next_block` on. More at once read the filters less often, but their sums
 * no longer stay in cache. */
static void run_chunk(Convolver *convolver) {
    for (int source = 0; source < convolver->source_count; source++) {
        SourceState *state = &convolver->states[source];
        take_blocks(convolver, source, convolver->next_block, state->past_blocks, &state->is_clear);
    }
    for (int pair = 0; pair < convolver->pair_count; pair++) {
        run_pair(convolver, pair);
    }
    for (int source = 0; source < convolver->source_count; source++) {
        move_past(&convolver->states[source]);
    }
    convolver->next_block += LANES;
}

Convolver *convolver_create(Arena *arena) {
    Convolver *convolver = arena_alloc(arena, sizeof *convolver);
    convolver->arena = arena;
    convolver->next_block = no_block;
    return convolver;
}

static Status go_on(Convolver *convolver,
                    const ConvolverSource *sources,
                    int source_count,
                    Span span,
                    ErrorList *errors) {
    if (source_count == 0 || span.end <= span.begin) {
        return DONE;
    }
    const int block_samples = sources[0].bank->block_samples;
    convolver->sources = sources;
    convolver->source_count = source_count;
    convolver->span = span;
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

Status convolver_go_on(Convolver *convolver,
                       const ConvolverSource *sources,
                       int source_count,
                       Span span,
                       double *const *out,
                       ErrorList *errors) {
    convolver->out = out;
    convolver->rows = NULL;
    return go_on(convolver, sources, source_count, span, errors);
}

Status convolver_write_on(Convolver *convolver,
                          const ConvolverSource *sources,
                          int source_count,
                          Span span,
                          float *const *rows,
                          ErrorList *errors) {
    convolver->out = NULL;
    convolver->rows = rows;
    return go_on(convolver, sources, source_count, span, errors);
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
