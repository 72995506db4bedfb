#ifndef RENDER_DSP_HALF_SPECTRUM_H
#define RENDER_DSP_HALF_SPECTRUM_H
/* Spectra of real blocks, half as many bins as samples. Inside render/dsp only.
 *
 * S even and S odd samples of a block of 2 S are one complex transform of S points; its bins are
 * parted into bins 0 .. S of the block's own spectrum, in the order in which that transform leaves
 * them. Products with a pair of channels (left + i right) need all 2 S bins: the other half are the
 * conjugates.
 */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/dsp/convolver_kernels.h"
#include "render/dsp/fft.h"

/* The transforms of one block size. */
typedef struct BlockTransforms {
    FftLanes *points; /* of S, for sources */
    FftLanes *block;  /* of 2 S, for filters and sums */
} BlockTransforms;

/* block_samples: a power of two, 256 .. 65536. They live in the arena; close gives back what FFTW
 * holds beside it, of the lane engine nothing. */
Status block_transforms_open(FftEngine engine,
                             int block_samples,
                             Arena *arena,
                             BlockTransforms *transforms,
                             ErrorList *errors);
void block_transforms_close(BlockTransforms *transforms);

/* Where the bins stand in these transforms. */
HalfSpectrum
half_spectrum_create(const BlockTransforms *transforms, int block_samples, Arena *arena);

#endif
