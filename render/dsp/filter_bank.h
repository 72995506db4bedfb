#ifndef RENDER_DSP_FILTER_BANK_H
#define RENDER_DSP_FILTER_BANK_H
/* The inside of a FilterBank; see convolver.h. Inside render/dsp only. */
#include "render/dsp/convolver.h"
#include "render/dsp/half_spectrum.h"

/* Channels 2 i and 2 i + 1, as real and imaginary part of one response. */
typedef struct FilterPair {
    int first_partition, partition_count; /* those between are not all zeros */
    float *filter;                        /* [S + 1][partition_count][FILTER_FLOATS] */
    bool sounds[2];                       /* false: all zeros, or no channel */
} FilterPair;

struct FilterBank {
    FftEngine fft;
    int block_samples, channel_count, pair_count, partition_count;
    BlockTransforms transforms; /* of the lane engine; of FFTW made when they are needed */
    HalfSpectrum order;
    FilterPair *pairs;
};

#endif
