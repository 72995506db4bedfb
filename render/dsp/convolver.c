/* Long filters: overlap-save with uniform partitions, summed in the frequency domain.
 *
 * The law: every block of the grid is computed whole from absolute time, sums run over sources and
 * partitions in a fixed order, and a span only chooses which samples are kept. What is skipped
 * (zeros) would have added +0.
 */
#include "render/dsp/convolver.h"

#include <assert.h>
#include <string.h>

#include "render/dsp/kernels.h"
#include "render/dsp/overlap_save.h"

enum { SMALLEST_TRANSFORM = 4096, LARGEST_TRANSFORM = 65536 };

struct FilterBank {
    int block_samples, channel_count, partition_count;
    int row_count;   /* channel_count * partition_count */
    size_t stride;   /* floats of one grouped spectrum */
    float *spectra;  /* [channel][partition][stride], with the 1 / N of the transforms */
    bool *is_silent; /* [channel][partition] */
};

int convolver_block_samples(int64_t response_samples) {
    int size = SMALLEST_TRANSFORM;
    /* nearest to 2 * samples / 6: above the middle between size and 2 * size, the next one */
    while (size < LARGEST_TRANSFORM && 2 * response_samples > 9 * (int64_t)size) {
        size *= 2;
    }
    return size / 2;
}

static size_t spectrum_stride(int block_samples) {
    return (size_t)spectrum_groups(block_samples) * GROUP_FLOATS;
}

/* Transforms the part of a response that belongs to a partition. samples: [2 S], scratch. */
static void transform_partition(FilterBank *bank,
                                const BlockTransform *transform,
                                const AudioBlock *responses,
                                int row,
                                float *samples) {
    const int channel = row / bank->partition_count;
    const int partition = row % bank->partition_count;
    const int64_t begin = (int64_t)partition * bank->block_samples;
    const int64_t left = responses->sample_count - begin;
    const int64_t count = left < bank->block_samples ? left : bank->block_samples;
    memset(samples, 0, 2 * (size_t)bank->block_samples * sizeof *samples);
    memcpy(samples, responses->samples[channel] + begin, (size_t)count * sizeof *samples);
    bank->is_silent[row] = true;
    for (int64_t sample = 0; sample < count && bank->is_silent[row]; sample++) {
        bank->is_silent[row] = samples[sample] == 0.0F;
    }
    const float scale = 0.5F / (float)bank->block_samples;
    float *spectrum = bank->spectra + (size_t)row * bank->stride;
    block_transform_forward(transform, samples, scale, spectrum);
}

static FilterBank *allocate_bank(const AudioBlock *responses, int block_samples, Arena *arena) {
    assert(responses->channel_count >= 1 && responses->sample_count >= 1);
    assert(block_samples >= GROUP_BINS && block_samples % GROUP_BINS == 0);
    FilterBank *bank = arena_alloc(arena, sizeof *bank);
    bank->block_samples = block_samples;
    bank->channel_count = responses->channel_count;
    bank->partition_count = (int)((responses->sample_count + block_samples - 1) / block_samples);
    bank->row_count = bank->channel_count * bank->partition_count;
    bank->stride = spectrum_stride(block_samples);
    const size_t row_count = (size_t)bank->row_count;
    bank->spectra = arena_array(arena, row_count * bank->stride, sizeof(float));
    bank->is_silent = arena_array(arena, row_count, sizeof(bool));
    return bank;
}

Status filter_bank_create_sized(const AudioBlock *responses,
                                int block_samples,
                                Arena *arena,
                                FilterBank **bank,
                                ErrorList *errors) {
    BlockTransform transform;
    TRY(block_transform_create(block_samples, arena, &transform, errors));
    FilterBank *made = allocate_bank(responses, block_samples, arena);
    float *samples = arena_array(arena, 2 * (size_t)block_samples, sizeof(float));
    for (int row = 0; row < made->row_count; row++) {
        transform_partition(made, &transform, responses, row, samples);
    }
    block_transform_destroy(&transform);
    *bank = made;
    return DONE;
}

Status filter_bank_create(const AudioBlock *responses,
                          Arena *arena,
                          FilterBank **bank,
                          ErrorList *errors) {
    const int block_samples = convolver_block_samples(responses->sample_count);
    return filter_bank_create_sized(responses, block_samples, arena, bank, errors);
}

int filter_bank_partition_count(const FilterBank *bank) {
    return bank->partition_count;
}

/* A source on its way through the blocks: the spectra of its newest windows. */
typedef struct SourceRing {
    SourceWindow window;
    float *spectra; /* [partition_count][stride], slot = block modulo partition_count */
    bool *is_silent;
} SourceRing;

typedef struct Convolver {
    const ConvolverSource *sources;
    int source_count;
    int block_samples, channel_count;
    size_t stride;
    BlockTransform transform;
    SourceRing *rings;
    float *sum; /* [stride] */
    /* the products of one source and channel: [most partitions] */
    const float **windows, **filters;
} Convolver;

static int most_partitions(const ConvolverSource *sources, int source_count) {
    int most = 0;
    for (int source = 0; source < source_count; source++) {
        const int count = sources[source].bank->partition_count;
        most = count > most ? count : most;
    }
    return most;
}

static Status create_convolver(Convolver *convolver, Arena *arena, ErrorList *errors) {
    const FilterBank *first = convolver->sources[0].bank;
    convolver->block_samples = first->block_samples;
    convolver->channel_count = first->channel_count;
    convolver->stride = first->stride;
    const size_t count = (size_t)convolver->source_count;
    convolver->rings = arena_array(arena, count, sizeof *convolver->rings);
    for (int source = 0; source < convolver->source_count; source++) {
        const FilterBank *bank = convolver->sources[source].bank;
        assert(bank->block_samples == first->block_samples);
        assert(bank->channel_count == first->channel_count);
        SourceRing *ring = &convolver->rings[source];
        const size_t partition_count = (size_t)bank->partition_count;
        source_window_create(bank->block_samples, arena, &ring->window);
        ring->spectra = arena_array(arena, partition_count * bank->stride, sizeof(float));
        ring->is_silent = arena_array(arena, partition_count, sizeof(bool));
    }
    const size_t most = (size_t)most_partitions(convolver->sources, convolver->source_count);
    convolver->sum = arena_array(arena, convolver->stride, sizeof(float));
    convolver->windows = arena_array(arena, most, sizeof *convolver->windows);
    convolver->filters = arena_array(arena, most, sizeof *convolver->filters);
    return block_transform_create(convolver->block_samples, arena, &convolver->transform, errors);
}

static int ring_slot(int64_t block, int partition_count) {
    const int64_t slot = block % partition_count;
    return (int)(slot < 0 ? slot + partition_count : slot);
}

static void take_block(Convolver *convolver, int source, int64_t block) {
    const ConvolverSource *from = &convolver->sources[source];
    SourceRing *ring = &convolver->rings[source];
    const int slot = ring_slot(block, from->bank->partition_count);
    ring->is_silent[slot] = !source_window_move(&ring->window, from->read, from->context, block);
    if (!ring->is_silent[slot]) {
        float *spectrum = ring->spectra + (size_t)slot * convolver->stride;
        block_transform_forward(&convolver->transform, ring->window.samples, 1.0F, spectrum);
    }
}

/* Lists what partitions 0, 1, ... of a source have to multiply in a channel; zeros are left out. */
static int list_products(Convolver *convolver, int source, int channel, int64_t block) {
    const FilterBank *bank = convolver->sources[source].bank;
    const SourceRing *ring = &convolver->rings[source];
    int count = 0;
    for (int partition = 0; partition < bank->partition_count; partition++) {
        const int slot = ring_slot(block - partition, bank->partition_count);
        const size_t row = (size_t)channel * (size_t)bank->partition_count + (size_t)partition;
        if (!ring->is_silent[slot] && !bank->is_silent[row]) {
            convolver->windows[count] = ring->spectra + (size_t)slot * convolver->stride;
            convolver->filters[count] = bank->spectra + row * convolver->stride;
            count++;
        }
    }
    return count;
}

/* The block of one channel, all sources; NULL when it is silent. */
static const float *convolve_channel(Convolver *convolver, int channel, int64_t block) {
    bool has_sound = false;
    for (int source = 0; source < convolver->source_count; source++) {
        const int count = list_products(convolver, source, channel, block);
        if (count && !has_sound) {
            memset(convolver->sum, 0, convolver->stride * sizeof *convolver->sum);
            has_sound = true;
        }
        if (count) {
            kernel_multiply_add(convolver->windows, convolver->filters, count,
                                (int)(convolver->stride / GROUP_FLOATS), convolver->sum);
        }
    }
    return has_sound ? block_transform_inverse(&convolver->transform, convolver->sum) : NULL;
}

static void emit_block(Convolver *convolver, int64_t block, Span span, double *const *out) {
    const BlockPart part = block_part(span, block, convolver->block_samples);
    for (int channel = 0; channel < convolver->channel_count; channel++) {
        const float *samples = convolve_channel(convolver, channel, block);
        if (!samples) {
            continue;
        }
        double *to = out[channel] + part.at;
        for (int sample = part.begin; sample < part.end; sample++) {
            to[sample - part.begin] += (double)samples[sample];
        }
    }
}

Status convolver_run(const ConvolverSource *sources,
                     int source_count,
                     Span span,
                     double *const *out,
                     Arena *scratch,
                     ErrorList *errors) {
    if (source_count == 0 || span.end <= span.begin) {
        return DONE;
    }
    Convolver convolver = {.sources = sources, .source_count = source_count};
    TRY(create_convolver(&convolver, scratch, errors));
    const int64_t first = grid_block_at(span.begin, convolver.block_samples);
    const int64_t last = grid_block_at(span.end - 1, convolver.block_samples);
    const int pre_roll_blocks = most_partitions(sources, source_count) - 1;
    for (int64_t block = first - pre_roll_blocks; block <= last; block++) {
        for (int source = 0; source < source_count; source++) {
            if (block > first - sources[source].bank->partition_count) {
                take_block(&convolver, source, block);
            }
        }
        if (block >= first) {
            emit_block(&convolver, block, span, out);
        }
    }
    block_transform_destroy(&convolver.transform);
    return DONE;
}
