/* The inner loops of the convolver, compiled once per CPU level with the same bits.
 *
 * KERNEL_WIDTH is how many floats a register takes; 1 is the scalar reference, which fixes the
 * order of operations. Lanes never mix. */
#include "render/dsp/convolver_kernels.h"

#include <string.h>

#include "render/dsp/lane_square.h"

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

INLINE Part part_load(const float *from) {
    return *(const LoosePart *)from;
}

/* ---- rows to columns and back ---- */

INLINE void turn_square(const float *from, ptrdiff_t from_stride, float *to, ptrdiff_t to_stride) {
    const float *rows[LANES];
    for (ptrdiff_t row = 0; row < LANES; row++) {
        rows[row] = from + row * from_stride;
    }
    lane_square_turn(rows, to, to_stride);
}

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

#if KERNEL_WIDTH >= 8

typedef LaneSquareRow Row;

INLINE void points_zip(const float *re, const float *im, float *points) {
    const Row x = *(const Row *)re;
    const Row y = *(const Row *)im;
    *(Row *)points = __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11);
    *(Row *)(points + LANES) = __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
}

INLINE void points_part(const float *points, float *re, float *im) {
    const Row x = *(const Row *)points;
    const Row y = *(const Row *)(points + LANES);
    *(Row *)re = __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14);
    *(Row *)im = __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15);
}

#else

INLINE void points_zip(const float *re, const float *im, float *points) {
    for (int point = 0; point < LANES; point++) {
        points[(ptrdiff_t)2 * point] = re[point];
        points[(ptrdiff_t)2 * point + 1] = im[point];
    }
}

INLINE void points_part(const float *points, float *re, float *im) {
    for (int point = 0; point < LANES; point++) {
        re[point] = points[(ptrdiff_t)2 * point];
        im[point] = points[(ptrdiff_t)2 * point + 1];
    }
}

#endif

static void part_lanes(const float *bins, int count, float *rows, ptrdiff_t row_floats) {
    for (ptrdiff_t at = 0; at < count; at += LANES) {
        _Alignas(64) float turned[2][LANES * LANES];
        for (int part = 0; part < 2; part++) {
            turn_square(bins + at * BIN_FLOATS + (ptrdiff_t)part * LANES, BIN_FLOATS, turned[part],
                        LANES);
        }
        for (ptrdiff_t lane = 0; lane < LANES; lane++) {
            points_zip(turned[0] + lane * LANES, turned[1] + lane * LANES,
                       rows + lane * row_floats + 2 * at);
        }
    }
}

static void join_lanes(const float *rows, ptrdiff_t row_floats, int count, float *bins) {
    for (ptrdiff_t at = 0; at < count; at += LANES) {
        _Alignas(64) float parts[2][LANES * LANES];
        for (ptrdiff_t lane = 0; lane < LANES; lane++) {
            points_part(rows + lane * row_floats + 2 * at, parts[0] + lane * LANES,
                        parts[1] + lane * LANES);
        }
        for (int part = 0; part < 2; part++) {
            turn_square(parts[part], LANES, bins + at * BIN_FLOATS + (ptrdiff_t)part * LANES,
                        BIN_FLOATS);
        }
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
 * here, mirror: [re, im][8]; points: [8][re, im]. */
INLINE void part_bin(const float *here, const float *mirror, const float *turn, float *points) {
    _Alignas(64) float parted[BIN_FLOATS];
    for (int lane = 0; lane < LANES; lane += LANE_STEP) {
        const LanePart x = *(const LanePart *)(here + lane);
        const LanePart y = *(const LanePart *)(here + LANES + lane);
        const LanePart u = *(const LanePart *)(mirror + lane);
        const LanePart v = *(const LanePart *)(mirror + LANES + lane);
        const LanePart odd_re = y + v;
        const LanePart odd_im = u - x;
        *(LanePart *)(parted + lane) = (x + u) + (odd_re * turn[0] - odd_im * turn[1]);
        *(LanePart *)(parted + LANES + lane) = (y - v) + (odd_re * turn[1] + odd_im * turn[0]);
    }
    points_zip(parted, parted + LANES, points);
}

INLINE void move_past(const SourceRows *rows, float *row) {
    for (int at = -2 * rows->past_lanes; at < 0; at += LANE_STEP) {
        *(LanePart *)(row + at) = *(const LanePart *)(row + at + (ptrdiff_t)2 * rows->moved_lanes);
    }
}

static void part_bins(const HalfSpectrum *order, const float *bins, const SourceRows *rows) {
    static const float half_turn[2] = {-1, 0};
    float *points = rows->floats;
    for (int row = 0; row <= order->block_samples; row++, points += rows->row_floats) {
        const bool is_last = row == order->block_samples; /* bin S, from bin 0 */
        const int from = is_last ? 0 : row;
        const int mirror = is_last ? 0 : order->mirrors[row];
        move_past(rows, points);
        part_bin(bins + (ptrdiff_t)from * BIN_FLOATS, bins + (ptrdiff_t)mirror * BIN_FLOATS,
                 is_last ? half_turn : order->turns + (ptrdiff_t)2 * row, points);
    }
}

/* ---- products ---- */

/* A row's bin k and its image in the sums: [re, im][8] */
typedef struct Places {
    float *here, *mirror;
    bool are_first; /* what stands there does not count */
} Places;

/* Sums over the partitions of some points, each times the four factors of the filter: re and im of
 * bin k and of its mirror image. The image's are conjugates of what they stand for: it is the same
 * sum with another filter. */
typedef struct Products {
    Part of[FILTER_FLOATS];
} Products;

#if KERNEL_WIDTH == 1

enum { STEP_PARTS = 2 }; /* re and im of a lane */

INLINE void add_part(float *to, float x, bool is_first) {
    *to = is_first ? x : *to + x;
}

/* lane: the first one of the products */
INLINE void add_sums(const Places *places, ptrdiff_t lane, const Products *parts) {
    float *here = places->here + lane;
    float *mirror = places->mirror + lane;
    const Part *re = parts[0].of;
    const Part *im = parts[1].of;
    add_part(here, re[0] - im[1], places->are_first);
    add_part(here + LANES, im[0] + re[1], places->are_first);
    add_part(mirror, re[2] - im[3], places->are_first);
    add_part(mirror + LANES, -im[2] - re[3], places->are_first);
}

#else

/* re and im change places; all re, then all im */
#if KERNEL_WIDTH == 16
#define PART_SWAP     1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14
#define PART_SORT     0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15
#define SIGNS(re, im) re, im, re, im, re, im, re, im, re, im, re, im, re, im, re, im
enum { STEP_PARTS = 1 };
#elif KERNEL_WIDTH == 8
#define PART_SWAP     1, 0, 3, 2, 5, 4, 7, 6
#define PART_SORT     0, 2, 4, 6, 1, 3, 5, 7
#define SIGNS(re, im) re, im, re, im, re, im, re, im
enum { STEP_PARTS = 2 };
#else
#define PART_SWAP     1, 0, 3, 2
#define PART_SORT     0, 2, 1, 3
#define SIGNS(re, im) re, im, re, im
enum { STEP_PARTS = 2 };
#endif

enum { PART_LANES = KERNEL_WIDTH / 2 };

#if KERNEL_WIDTH == 16

/* points: [PART_LANES][re, im] to some lanes of a bin */
INLINE void add_points(Part points, float *bin, bool is_first) {
    Part sorted = __builtin_shufflevector(points, points, PART_SORT);
    if (!is_first) {
        sorted += part_load(bin);
    }
    *(LoosePart *)bin = sorted;
}

#else

typedef float HalfPart __attribute__((vector_size(4 * PART_LANES), aligned(4), may_alias));

/* points: [PART_LANES][re, im] to some lanes of a bin */
INLINE void add_points(Part points, float *bin, bool is_first) {
    const Part sorted = __builtin_shufflevector(points, points, PART_SORT);
    HalfPart halves[2];
    memcpy(halves, &sorted, sizeof halves);
    for (int part = 0; part < 2; part++) {
        HalfPart *to = (HalfPart *)(bin + (ptrdiff_t)part * LANES);
        if (!is_first) {
            halves[part] += *to;
        }
        *to = halves[part];
    }
}

#endif

/* lane: the first one of the products */
INLINE void add_sums(const Places *places, ptrdiff_t lane, const Products *parts) {
    const Part minus_re = {SIGNS(-1, 1)};
    const Part minus_im = {SIGNS(1, -1)};
    for (ptrdiff_t part = 0; part < STEP_PARTS; part++, lane += PART_LANES) {
        const Part *of = parts[part].of;
        const Part turned = __builtin_shufflevector(of[1], of[1], PART_SWAP);
        const Part image = __builtin_shufflevector(of[3], of[3], PART_SWAP);
        add_points(of[0] + turned * minus_re, places->here + lane, places->are_first);
        add_points(of[2] * minus_im - image, places->mirror + lane, places->are_first);
    }
}

#endif

INLINE void add_partition(const float *points, const float *filter, Products *parts) {
    for (ptrdiff_t part = 0; part < STEP_PARTS; part++) {
        const Part x = part_load(points + part * KERNEL_WIDTH);
        for (int factor = 0; factor < FILTER_FLOATS; factor++) {
            parts[part].of[factor] += x * filter[factor];
        }
    }
}

/* Some points of a row with all partitions, the sum of two of which are made at a time. */
INLINE void
add_points_of_row(const float *points, const float *filter, ptrdiff_t count, Products *parts) {
    ptrdiff_t partition = 0;
    for (; partition + 2 <= count; partition += 2) {
        add_partition(points, filter, parts);
        add_partition(points - 2, filter + FILTER_FLOATS, parts);
        points -= 4;
        filter += (ptrdiff_t)2 * FILTER_FLOATS;
    }
    if (partition < count) {
        add_partition(points, filter, parts);
    }
}

INLINE void multiply_term(const ConvolverSum *sum, int index, bool is_first) {
    enum { STEP_FLOATS = STEP_PARTS * KERNEL_WIDTH };
    const ConvolverTerm *term = &sum->terms[index];
    const ptrdiff_t partitions = term->partition_count;
    const ptrdiff_t row_floats = (ptrdiff_t)term->source.row_floats;
    const float *source = term->source.floats + sum->first_row * row_floats;
    const float *filter = term->filter + sum->first_row * partitions * FILTER_FLOATS;
    const int *positions = sum->order->positions + (ptrdiff_t)2 * sum->first_row;
    const int *end = sum->order->positions + (ptrdiff_t)2 * sum->end_row;
    for (; positions < end; positions += 2) {
        const Places places = {sum->sums + (ptrdiff_t)positions[0] * BIN_FLOATS,
                               sum->sums + (ptrdiff_t)positions[1] * BIN_FLOATS, is_first};
        for (ptrdiff_t at = 0; at < BIN_FLOATS; at += STEP_FLOATS) {
            Products parts[STEP_PARTS] = {0};
            add_points_of_row(source + at, filter, partitions, parts);
            add_sums(&places, at / 2, parts);
        }
        source += row_floats;
        filter += partitions * FILTER_FLOATS;
    }
}

static void multiply(const ConvolverSum *sum) {
    multiply_term(sum, 0, true);
    for (int term = 1; term < sum->term_count; term++) {
        multiply_term(sum, term, false);
    }
}

/* ---- out of the convolver ---- */

#if KERNEL_WIDTH >= 4

enum { WIDE = KERNEL_WIDTH / 2 };
typedef float Narrow __attribute__((vector_size(4 * WIDE), aligned(4), may_alias));
typedef double Wide __attribute__((vector_size(8 * WIDE), aligned(8), may_alias));

INLINE void add_row(const float *samples, double *out) {
    for (int sample = 0; sample < LANES; sample += WIDE) {
        *(Wide *)(out + sample) +=
            __builtin_convertvector(*(const Narrow *)(samples + sample), Wide);
    }
}

#else

INLINE void add_row(const float *samples, double *out) {
    for (int sample = 0; sample < LANES; sample++) {
        out[sample] += (double)samples[sample];
    }
}

#endif

/* Rows lie far from each other, so their next lines are sent for meanwhile: who comes again goes on
 * where this ends (measured: a sixth of the convolver's time). */
static void add_bins(const float *bins, int count, double *const *out) {
    for (ptrdiff_t at = 0; at < count; at += LANES) {
        _Alignas(64) float rows[LANES * LANES];
        turn_square(bins + at * BIN_FLOATS, BIN_FLOATS, rows, LANES);
        for (ptrdiff_t lane = 0; lane < LANES; lane++) {
            double *to = out[lane] + at;
            __builtin_prefetch(to + count, 1);
            add_row(rows + lane * LANES, to);
        }
    }
}

static void store_bins(const float *bins, int count, float *const *out) {
    for (ptrdiff_t at = 0; at < count; at += LANES) {
        _Alignas(64) float rows[LANES * LANES];
        turn_square(bins + at * BIN_FLOATS, BIN_FLOATS, rows, LANES);
        for (ptrdiff_t lane = 0; lane < LANES; lane++) {
            float *to = out[lane] + at;
            __builtin_prefetch(to + count, 1);
            for (ptrdiff_t sample = 0; sample < LANES; sample++) {
                to[sample] = rows[lane * LANES + sample] + 0.0F; /* no -0, as of a sum */
            }
        }
    }
}

const ConvolverKernels KERNEL_TABLE = {turn_rows, turn_bins, part_lanes, join_lanes,
                                       part_bins, multiply,  add_bins,   store_bins};
