/* Where the bins of a block and of its mirror image stand. */
#include "render/dsp/half_spectrum.h"

#include "render/dsp/unit_circle.h"

Status block_transforms_open(FftEngine engine,
                             int block_samples,
                             Arena *arena,
                             BlockTransforms *transforms,
                             ErrorList *errors) {
    *transforms = (BlockTransforms){0};
    TRY(fft_lanes_create_in(engine, block_samples, arena, &transforms->points, errors));
    const Status status =
        fft_lanes_create_in(engine, 2 * block_samples, arena, &transforms->block, errors);
    if (status) {
        block_transforms_close(transforms);
    }
    return status;
}

void block_transforms_close(BlockTransforms *transforms) {
    fft_lanes_destroy(&transforms->points);
    fft_lanes_destroy(&transforms->block);
}

HalfSpectrum
half_spectrum_create(const BlockTransforms *transforms, int block_samples, Arena *arena) {
    const size_t count = (size_t)block_samples;
    Arena *scratch = arena_create();
    int *rows = arena_array(scratch, count, sizeof *rows); /* of bin 0 .. S - 1 */
    int *places = arena_array(scratch, 2 * count, sizeof *places);
    float *circle = arena_array(scratch, 2 * count, 2 * sizeof *circle);
    int *mirrors = arena_array(arena, count, sizeof *mirrors);
    int *positions = arena_array(arena, count + 1, 2 * sizeof *positions);
    float *turns = arena_array(arena, count, 2 * sizeof *turns);
    fft_lanes_positions(transforms->points, rows);
    fft_lanes_positions(transforms->block, places);
    unit_circle_fill(2 * block_samples, circle);
    for (size_t bin = 0; bin < count; bin++) {
        const size_t row = (size_t)rows[bin];
        mirrors[row] = rows[bin == 0 ? 0 : count - bin];
        positions[2 * row] = places[bin];
        positions[2 * row + 1] = bin == 0 ? 2 * block_samples : places[2 * count - bin];
        turns[2 * row] = circle[2 * bin];
        turns[2 * row + 1] = circle[2 * bin + 1];
    }
    positions[2 * count] = places[count];
    positions[2 * count + 1] = 2 * block_samples;
    arena_destroy(&scratch);
    return (HalfSpectrum){block_samples, mirrors, positions, turns};
}
