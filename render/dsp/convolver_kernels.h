#ifndef RENDER_DSP_CONVOLVER_KERNELS_H
#define RENDER_DSP_CONVOLVER_KERNELS_H
/* What the convolver hands to its kernels. Inside render/dsp only.
 *
 * A half spectrum holds bins 0 .. S of a transform of 2 S real samples, a row for each bin, in the
 * order in which the transform of S points leaves them; the last row is bin S. A row of a source
 * is [lane][re, im], a lane for each block of time, the older ones to the left: the product with
 * partition p reads p lanes further to the left. A row of a pair of channels is [partition][4]:
 * re and im of the pair's spectrum at bin k and of the conjugate of that at bin 2 S - k, where the
 * source's is the conjugate, too. Sums are bins of the transform of 2 S points and one to spare: [2
 * S + 1][re, im][8].
 */
#include <stdbool.h>
#include <stddef.h>

#include "render/dsp/cpu_level.h"

enum { CONVOLVER_LANES = 8, FILTER_FLOATS = 4 };

/* Where the bins stand; made by half_spectrum_create. */
typedef struct HalfSpectrum {
    int block_samples;  /* S */
    const int *mirrors; /* [S] row of bin S - k, of row 0 itself */
    const int
        *positions;     /* [S + 1][2] of bins k and 2 S - k in the sums; 2 S where there is none */
    const float *turns; /* [S][re, im]: exp(-pi i k / S) */
} HalfSpectrum;

/* The newest blocks of a source. */
typedef struct SourceRows {
    float *floats;     /* the first row's first lane of this chunk; the past lies before it */
    size_t row_floats; /* from row to row */
    /* Who fills the first lanes moves this many lanes of the past (a multiple of 8) from so far to
     * the right first: the rows are in hand. */
    int past_lanes, moved_lanes;
} SourceRows;

typedef struct ConvolverTerm {
    SourceRows source;
    const float *filter; /* [S + 1][partition_count][FILTER_FLOATS] */
    int partition_count;
} ConvolverTerm;

typedef struct ConvolverSum {
    const HalfSpectrum *order;
    const ConvolverTerm *terms;
    int term_count;         /* at least 1 */
    int first_row, end_row; /* of the half spectrum */
    float *sums;
} ConvolverSum;

typedef struct ConvolverKernels {
    /* rows: 8, stride_floats apart, [count] -> columns: [count][8]; count: a multiple of 8 */
    void (*turn_rows)(const float *rows, ptrdiff_t stride_floats, int count, float *columns);
    /* One part (re or im) of bins back to rows: [8][count], stride_floats apart. */
    void (*turn_bins)(const float *bins, int count, float *rows, ptrdiff_t stride_floats);
    /* Bins to a row of points for each lane and back: [count][re, im][8] to [8][count][re, im],
     * row_floats apart. count: a multiple of 8 */
    void (*part_lanes)(const float *bins, int count, float *rows, ptrdiff_t row_floats);
    void (*join_lanes)(const float *rows, ptrdiff_t row_floats, int count, float *bins);
    /* Transforms of S points, of the even and the odd samples as re and im, into twice the half
     * spectrum. bins: [S][re, im][8]; rows: 8 lanes from rows->floats on */
    void (*part_bins)(const HalfSpectrum *order, const float *bins, const SourceRows *rows);
    /* sums = source x filter, over terms in their order. Of a term the sums over partitions of
     * re and im times each factor come first, then their differences. */
    void (*multiply)(const ConvolverSum *sum);
    /* One part of bins to the rows' ends: out[lane][n] += bins[n][lane]. count: a multiple of 8. */
    void (*add_bins)(const float *bins, int count, double *const *out);
    /* The same in place of what stands there: out[lane][n] = bins[n][lane] + 0. */
    void (*store_bins)(const float *bins, int count, float *const *out);
} ConvolverKernels;

/* One object each, all from convolver_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern const ConvolverKernels convolver_kernels_scalar;
extern const ConvolverKernels convolver_kernels_baseline;
extern const ConvolverKernels convolver_kernels_v3;
extern const ConvolverKernels convolver_kernels_v4;
const ConvolverKernels *convolver_kernels_at(CpuLevel level); /* one that runs */

#endif
