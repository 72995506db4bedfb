/* What the transforms and products of a room cost on their own, out of the cache: the bound of the
 * convolver.
 *
 *     bench_bound RESPONSE_SAMPLES CHANNELS SAMPLES
 *
 * As many transforms and products as the convolver makes, of zeros, over and over in the same
 * memory. Prints JSON: CPU seconds, the best of some rounds.
 */
#include <stdio.h>
#include <stdlib.h>

#include "render/dsp/convolver.h"
#include "render/dsp/half_spectrum.h"
#include "tests/bench/bench_sound.h"

enum { ROUNDS = 5, ROWS = 32 /* of a product: 24 KiB in all */ };

typedef struct Work {
    int block_samples, pair_count, partition_count;
    int64_t group_count; /* of eight blocks */
} Work;

typedef void Portion(const Work *work, void *context);

static double best_s(Portion *run, const Work *work, void *context) {
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        const double begin_s = bench_cpu_s();
        run(work, context);
        const double used_s = bench_cpu_s() - begin_s;
        best = used_s < best ? used_s : best;
    }
    return best;
}

typedef struct Transforms {
    BlockTransforms of;
    float *bins;
} Transforms;

/* The spectra of the past belong to it. */
static void transform(const Work *work, void *context) {
    const Transforms *transforms = context;
    const int64_t past = (work->partition_count - 1 + CONVOLVER_LANES - 1) / CONVOLVER_LANES;
    for (int64_t group = 0; group < work->group_count + past; group++) {
        fft_lanes_forward(transforms->of.points, transforms->bins);
    }
    for (int64_t group = 0; group < work->group_count * work->pair_count; group++) {
        fft_lanes_inverse(transforms->of.block, transforms->bins);
    }
}

static void multiply(const Work *work, void *context) {
    const ConvolverKernels *kernels = convolver_kernels_at(cpu_level_choose());
    const int64_t count = work->group_count * work->pair_count * (work->block_samples / ROWS);
    for (int64_t call = 0; call < count; call++) {
        kernels->multiply(context);
    }
}

static double time_products(const Work *work, Arena *arena) {
    const size_t partitions = (size_t)work->partition_count;
    const size_t past = (partitions + CONVOLVER_LANES - 1) / CONVOLVER_LANES * CONVOLVER_LANES;
    const size_t lanes = past + CONVOLVER_LANES;
    int *positions = arena_array(arena, (size_t)2 * ROWS, sizeof *positions);
    for (int row = 0; row < 2 * ROWS; row++) {
        positions[row] = row;
    }
    const HalfSpectrum order = {.block_samples = ROWS - 1, .positions = positions};
    const ConvolverTerm term = {
        .source = {.floats =
                       (float *)arena_array(arena, 2 * ROWS * lanes, sizeof(float)) + 2 * past,
                   .row_floats = 2 * lanes},
        .filter = arena_array(arena, ROWS * partitions, FILTER_FLOATS * sizeof(float)),
        .partition_count = work->partition_count
    };
    ConvolverSum sum = {.order = &order,
                        .terms = &term,
                        .term_count = 1,
                        .end_row = ROWS,
                        .sums =
                            arena_array(arena, (size_t)2 * ROWS, FFT_BIN_FLOATS * sizeof(float))};
    return best_s(multiply, work, &sum);
}

static Status measure(const Work *work, Arena *arena, ErrorList *errors) {
    Transforms transforms;
    TRY(block_transforms_open(FFT_LANE, work->block_samples, arena, &transforms.of, errors));
    transforms.bins = arena_array(arena, 2 * (size_t)work->block_samples,
                                  FFT_BIN_FLOATS * sizeof *transforms.bins);
    const double transforms_s = best_s(transform, work, &transforms);
    const double products_s = time_products(work, arena);
    block_transforms_close(&transforms.of);
    printf("{\"transforms_s\": %.6f, \"products_s\": %.6f, \"bound_s\": %.6f}\n", transforms_s,
           products_s, transforms_s + products_s);
    return DONE;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "bench_bound RESPONSE_SAMPLES CHANNELS SAMPLES\n");
        return 2;
    }
    const int64_t response_samples = strtoll(argv[1], NULL, 10);
    const int block_samples = convolver_block_samples(response_samples);
    const int64_t group_samples = (int64_t)CONVOLVER_LANES * block_samples;
    const Work work = {
        .block_samples = block_samples,
        .pair_count = (int)(strtol(argv[2], NULL, 10) + 1) / 2,
        .partition_count = (int)((response_samples + block_samples - 1) / block_samples),
        .group_count = (strtoll(argv[3], NULL, 10) + group_samples - 1) / group_samples,
    };
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    const int result = bench_end(measure(&work, arena, errors), errors);
    arena_destroy(&arena);
    return result;
}
