#ifndef RENDER_DSP_EAR_KERNELS_H
#define RENDER_DSP_EAR_KERNELS_H
/* The inner loops of sound on its way to two ears, the same bits on every CPU.
 *
 * The scalar version is the reference and fixes the order of operations; others hold more values
 * in a register. Lanes are those of FftLanes. No two arguments of a call
 * overlap.
 */
#include <stdbool.h>

#include "render/dsp/cpu_level.h"
#include "render/dsp/fft.h"
#include "render/dsp/fractional_delay.h"

enum { EAR_LANES = FFT_LANES, EAR_BIN_FLOATS = 2 * EAR_LANES, EAR_DELAY_STEP = 64 };

/* Of a block: outgoing and incoming filters; still sources have the first ones only. */
enum { EAR_ENDS = 2 };

/* Bins of a group: [size][re, im][8], lane l holds source l as its real and source l + 8 as its
 * imaginary part, in the order in which the forward transform leaves them. */
typedef struct EarProduct {
    int size, end_count;
    bool is_first;                     /* what stands in the sums does not count */
    const int *mirror;                 /* [size] where bin -k lies */
    const float *bins;                 /* of the group */
    const float *masks;                /* [2][8] factor of sources 0 .. 7 and 8 .. 15 */
    const float *filters[EAR_ENDS][2]; /* of both halves of the group: left + i right, like bins */
    float *sums[EAR_ENDS];             /* like bins */
} EarProduct;

typedef struct EarKernels {
    /* sums (+)= first source x its filter + second source x its filter, at each end. */
    void (*multiply_add)(const EarProduct *product);
    /* The same where no other group follows: what would stand in the sums is folded into held[end]
     * at once, of 2 size; the sums stay. size: even. */
    void (*multiply_fold)(const EarProduct *product, float *const *held);
    /* held[8 n] = the sum of the eight sums[8 n ..]: ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
     * count: a multiple of 4. */
    void (*fold)(const float *sums, int count, float *held);
    /* to += leaving + weight (coming - leaving), in double. */
    void (*fade)(
        const float *leaving, const float *coming, const double *weights, int count, double *to);
    /* bins[n][part][l] = rows[8 * part + l][n]. */
    void (*interleave)(const float *const *rows, int count, float *bins);
    /* out = weights[0] rows[0] + weights[1] rows[1] + weights[2] rows[2] */
    void (*mix)(const float *const *rows, const float *weights, int count, float *out);
    /* fractional_delay_taps, rounded: [FRACTIONAL_DELAY_TAPS]. */
    void (*delay_taps)(double fraction, float *taps);
    /* out[n] = sum of taps[k] in[n - k]; in[-31] on must exist. count: at least
     * EAR_DELAY_STEP. */
    void (*delay)(const float *in, const float *taps, int count, float *out);
} EarKernels;

/* level: one that runs. */
const EarKernels *ear_kernels_at_level(CpuLevel level);

#endif
