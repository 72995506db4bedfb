#ifndef RENDER_DSP_OVERLAP_SAVE_H
#define RENDER_DSP_OVERLAP_SAVE_H
/* What the still and the moving convolver share: windows of a source, and the absolute grid.
 * Inside render/dsp only. */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/base/units.h"
#include "render/dsp/convolver.h"
#include "render/dsp/fft.h"

/* Samples (block - 1) S .. (block + 1) S - 1 of a source; the older half is kept, not read again.
 */
typedef struct SourceWindow {
    float *samples; /* [2 S] */
    int block_samples;
    bool is_filled;
    bool half_is_silent[2];
} SourceWindow;

/* One transform of 2 S samples and its buffers. */
typedef struct BlockTransform {
    Fft *fft;
    int block_samples;
    float *interleaved; /* [2 S + 2] */
    float *samples;     /* [2 S] */
} BlockTransform;

int64_t grid_block_at(SampleTime sample, int block_samples); /* floor, also below 0 */

void source_window_create(int block_samples, Arena *arena, SourceWindow *window);
/* The window of this block; blocks are asked for one after the other. false: all zeros. */
bool source_window_move(SourceWindow *window, ConvolverRead *read, void *context, int64_t block);

Status block_transform_create(int block_samples,
                              Arena *arena,
                              BlockTransform *transform,
                              ErrorList *errors);
void block_transform_destroy(BlockTransform *transform);
/* samples: [2 S]; grouped: spectrum_groups(S) * 32 floats, times scale. */
void block_transform_forward(const BlockTransform *transform,
                             const float *samples,
                             float scale,
                             float *grouped);
/* Returns the S samples that are free of wrap-around; they last until the next call. */
const float *block_transform_inverse(const BlockTransform *transform, const float *grouped);

/* The part of a block that lies inside the span: samples begin .. end - 1 of the block, the first
 * one at out[at]. */
typedef struct BlockPart {
    int begin, end;
    int64_t at;
} BlockPart;

BlockPart block_part(Span span, int64_t block, int block_samples);

#endif
