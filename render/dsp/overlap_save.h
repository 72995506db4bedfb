#ifndef RENDER_DSP_OVERLAP_SAVE_H
#define RENDER_DSP_OVERLAP_SAVE_H
/* What the still and the moving convolver share: windows of a source, and the absolute grid.
 * Inside render/dsp only. */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/base/units.h"
#include "render/dsp/convolver.h"

/* Samples (block - 1) S .. (block + 1) S - 1 of a source; the older half is kept, not read again.
 */
typedef struct SourceWindow {
    float *samples; /* [2 S] */
    int block_samples;
    bool is_filled;
    bool half_is_silent[2];
} SourceWindow;

int64_t grid_block_at(SampleTime sample, int block_samples); /* floor, also below 0 */

void source_window_create(int block_samples, Arena *arena, SourceWindow *window);
/* The window of this block; blocks are asked for one after the other. false: all zeros. */
bool source_window_move(SourceWindow *window, ConvolverRead *read, void *context, int64_t block);

/* The part of a block that lies inside the span: samples begin .. end - 1 of the block, the first
 * one at out[at]. */
typedef struct BlockPart {
    int begin, end;
    int64_t at;
} BlockPart;

BlockPart block_part(Span span, int64_t block, int block_samples);

#endif
