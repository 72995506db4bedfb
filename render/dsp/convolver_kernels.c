/* The inner loops of the convolver, compiled once per CPU level with the same bits.
 *
 * KERNEL_WIDTH is how many floats a register takes; 1 is the scalar reference, which fixes the
 * order of operations. Lanes never mix. */
#include "render/dsp/convolver_kernels.h"

#ifndef KERNEL_TABLE
#define KERNEL_TABLE convolver_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#define INLINE static inline __attribute__((always_inline))

enum { LANES = CONVOLVER_LANES, BIN_FLOATS = 2 * LANES };

#if KERNEL_WIDTH == 1
typedef float Part;
typedef float LoosePart; /* anywhere, not only at a multiple of its size */
#else
typedef float Part __attribute__((vector_size(4 * KERNEL_WIDTH), may_alias));
typedef float LoosePart __attribute__((vector_size(4 * KERNEL_WIDTH), aligned(4), may_alias));
#endif

/* The same number everywhere: x - 0 is x, for which 0 + x would spend a sum. */
INLINE Part part_of(float x) {
    return x - (Part){0};
}

INLINE Part part_load(const float *from) {
    return *(const LoosePart *)from;
}

/* ---- rows to columns and back ---- */

#if KERNEL_WIDTH >= 8

typedef float Row __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE Row interleave_low(Row x, Row y) {
    return __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13);
}

INLINE Row interleave_high(Row x, Row y) {
    return __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15);
}

INLINE Row pairs_low(Row x, Row y) {
    return __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13);
}

INLINE Row pairs_high(Row x, Row y) {
    return __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
}

INLINE Row halves_low(Row x, Row y) {
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11);
}

INLINE Row halves_high(Row x, Row y) {
    return __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
}

/* 8 x 8: within halves of rows by ones, then by twos, then the halves. */
INLINE void turn_square(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    Row ones[8];
    Row twos[8];
    for (int k = 0; k < 8; k += 2) {
        const Row x = *(const Row *)(from + k * from_stride);
        const Row y = *(const Row *)(from + (k + 1) * from_stride);
        ones[k] = interleave_low(x, y);
        ones[k + 1] = interleave_high(x, y);
    }
    for (int k = 0; k < 8; k += 4) {
        twos[k] = pairs_low(ones[k], ones[k + 2]);
        twos[k + 1] = pairs_high(ones[k], ones[k + 2]);
        twos[k + 2] = pairs_low(ones[k + 1], ones[k + 3]);
        twos[k + 3] = pairs_high(ones[k + 1], ones[k + 3]);
    }
    for (int k = 0; k < 4; k++) {
        *(Row *)(to + k * to_stride) = halves_low(twos[k], twos[k + 4]);
        *(Row *)(to + (k + 4) * to_stride) = halves_high(twos[k], twos[k + 4]);
    }
}

#else

INLINE void turn_square(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    for (int row = 0; row < LANES; row++) {
        for (int column = 0; column < LANES; column++) {
            to[column * to_stride + row] = from[row * from_stride + column];
        }
    }
}

#endif

static void turn_rows(const float *rows, ptrdiff_t stride_floats, int count, float *columns) {
    for (ptrdiff_t at = 0; at < count; at += LANES) {
        turn_square(rows + at, stride_floats, columns + at * LANES, LANES);
    }
}

static void turn_bins(const float *bins, int count, float *rows, ptrdiff_t stride_floats) {
    for (ptrdiff_t at = 0; at < count; at += LANES) {
        turn_square(bins + at * BIN_FLOATS, BIN_FLOATS, rows + at, stride_floats);
    }
}

/* ---- the spectra of real signals ---- */

#if KERNEL_WIDTH == 16
typedef float LanePart __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
enum { LANE_STEP = LANES };
#else
typedef LoosePart LanePart;
enum { LANE_STEP = KERNEL_WIDTH };
#endif

/* With Z the transform of even + i odd samples: 2 X[k] = Z[k] + Z*[-k] - i turn (Z[k] - Z*[-k]).
 * here, mirror: [re, im][8]. */
INLINE void
part_bin(const float *here, const float *mirror, const float *turn, float *re, float *im) {
    for (int lane = 0; lane < LANES; lane += LANE_STEP) {
        const LanePart x = *(const LanePart *)(here + lane);
        const LanePart y = *(const LanePart *)(here + LANES + lane);
        const LanePart u = *(const LanePart *)(mirror + lane);
        const LanePart v = *(const LanePart *)(mirror + LANES + lane);
        const LanePart odd_re = y + v;
        const LanePart odd_im = u - x;
        *(LanePart *)(re + lane) = (x + u) + (odd_re * turn[0] - odd_im * turn[1]);
        *(LanePart *)(im + lane) = (y - v) + (odd_re * turn[1] + odd_im * turn[0]);
    }
}

static void part_bins(const HalfSpectrum *order, const float *bins, const SourceRows *rows) {
    static const float half_turn[2] = {-1, 0};
    float *re = rows->floats;
    for (int row = 0; row < order->block_samples; row++, re += rows->row_floats) {
        part_bin(bins + (ptrdiff_t)row * BIN_FLOATS,
                 bins + (ptrdiff_t)order->mirrors[row] * BIN_FLOATS,
                 order->turns + (ptrdiff_t)2 * row, re, re + rows->part_floats);
    }
    part_bin(bins, bins, half_turn, re, re + rows->part_floats); /* bin S, from bin 0 */
}

/* ---- products ---- */

typedef struct Bin {
    Part re, im;
} Bin;

/* bins: k and its mirror image 2 S - k, where the source's spectrum is the conjugate. */
INLINE void add_term(const ConvolverTerm *term, ptrdiff_t row, ptrdiff_t lane, Bin bins[2]) {
    const float *re = term->source.floats + row * (ptrdiff_t)term->source.row_floats + lane;
    const float *im = re + term->source.part_floats;
    const float *filter = term->filter + row * term->partition_count * FILTER_FLOATS;
    for (ptrdiff_t partition = 0; partition < term->partition_count; partition++) {
        const Part x = part_load(re - partition);
        const Part y = part_load(im - partition);
        const Part a = part_of(filter[0]);
        const Part b = part_of(filter[1]);
        const Part c = part_of(filter[2]);
        const Part d = part_of(filter[3]);
        bins[0].re += x * a - y * b;
        bins[0].im += x * b + y * a;
        bins[1].re += x * c + y * d;
        bins[1].im += x * d - y * c;
        filter += FILTER_FLOATS;
    }
}

INLINE void add_terms(const ConvolverSum *sum, ptrdiff_t row, ptrdiff_t lane, Bin bins[2]) {
    for (int term = 0; term < sum->term_count; term++) {
        add_term(&sum->terms[term], row, lane, bins);
    }
}

#if KERNEL_WIDTH == 16

typedef float Half __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE Part halves_join(const float *low, const float *high) {
    const Half x = *(const Half *)low;
    const Half y = *(const Half *)high;
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

INLINE void halves_part(Part x, float *low, float *high) {
    *(Half *)low = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
    if (high) {
        *(Half *)high = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    }
}

/* Both groups in one register. */
static void multiply(const ConvolverSum *sum) {
    const int *positions = sum->order->positions;
    const bool is_whole = sum->group_count == CONVOLVER_GROUPS;
    for (ptrdiff_t row = 0; row <= sum->order->block_samples; row++, positions += 2) {
        float *low[2];
        float *high[2];
        Bin bins[2] = {0};
        for (int side = 0; side < 2; side++) {
            const ptrdiff_t at = (ptrdiff_t)positions[side] * BIN_FLOATS;
            low[side] = sum->sums[0] + at;
            high[side] = sum->sums[is_whole] + at;
            if (!sum->is_first) {
                bins[side] = (Bin){halves_join(low[side], high[side]),
                                   halves_join(low[side] + LANES, high[side] + LANES)};
            }
        }
        add_terms(sum, row, 0, bins);
        for (int side = 0; side < 2; side++) {
            halves_part(bins[side].re, low[side], is_whole ? high[side] : NULL);
            halves_part(bins[side].im, low[side] + LANES, is_whole ? high[side] + LANES : NULL);
        }
    }
}

#else

INLINE void multiply_rows(const ConvolverSum *sum, float *sums, ptrdiff_t lane) {
    const int *positions = sum->order->positions;
    for (ptrdiff_t row = 0; row <= sum->order->block_samples; row++, positions += 2) {
        float *here = sums + (ptrdiff_t)positions[0] * BIN_FLOATS;
        float *mirror = sums + (ptrdiff_t)positions[1] * BIN_FLOATS;
        Bin bins[2] = {0};
        if (!sum->is_first) {
            bins[0] = (Bin){part_load(here), part_load(here + LANES)};
            bins[1] = (Bin){part_load(mirror), part_load(mirror + LANES)};
        }
        add_terms(sum, row, lane, bins);
        *(LoosePart *)here = bins[0].re;
        *(LoosePart *)(here + LANES) = bins[0].im;
        *(LoosePart *)mirror = bins[1].re;
        *(LoosePart *)(mirror + LANES) = bins[1].im;
    }
}

static void multiply(const ConvolverSum *sum) {
    for (ptrdiff_t lane = 0; lane < (ptrdiff_t)sum->group_count * LANES; lane += KERNEL_WIDTH) {
        multiply_rows(sum, sum->sums[lane / LANES] + lane % LANES, lane);
    }
}

#endif

static void add(const float *samples, int count, double *out) {
    for (int sample = 0; sample < count; sample++) {
        out[sample] += (double)samples[sample];
    }
}

const ConvolverKernels KERNEL_TABLE = {turn_rows, turn_bins, part_bins, multiply, add};
