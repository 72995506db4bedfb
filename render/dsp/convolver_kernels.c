/* The inner loops of the convolver, compiled once per CPU level with the same bits.
 *
 * KERNEL_WIDTH is how many floats a register takes; 1 is the scalar reference, which fixes the
 * order of operations. Lanes never mix. */
#include "render/dsp/convolver_kernels.h"

#include "render/dsp/lane_square.h"

#ifndef KERNEL_TABLE
#define KERNEL_TABLE convolver_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#if KERNEL_WIDTH == 16
#include <immintrin.h>
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

INLINE void move_past(const SourceRows *rows, float *row) {
    for (int lane = -rows->past_lanes; lane < 0; lane += LANES) {
        for (int part = 0; part < LANES; part += LANE_STEP) {
            *(LanePart *)(row + lane + part) =
                *(const LanePart *)(row + lane + part + rows->moved_lanes);
        }
    }
}

static void part_bins(const HalfSpectrum *order, const float *bins, const SourceRows *rows) {
    static const float half_turn[2] = {-1, 0};
    float *re = rows->floats;
    for (int row = 0; row <= order->block_samples; row++, re += rows->row_floats) {
        const bool is_last = row == order->block_samples; /* bin S, from bin 0 */
        const int from = is_last ? 0 : row;
        const int mirror = is_last ? 0 : order->mirrors[row];
        move_past(rows, re);
        move_past(rows, re + rows->part_floats);
        part_bin(bins + (ptrdiff_t)from * BIN_FLOATS, bins + (ptrdiff_t)mirror * BIN_FLOATS,
                 is_last ? half_turn : order->turns + (ptrdiff_t)2 * row, re,
                 re + rows->part_floats);
    }
}

/* ---- products ---- */

/* Sums of bin k and of its mirror image. The image's are conjugates of what they stand for: it is
 * the same sum with another filter. */
typedef struct Bins {
    Part re, im, mirror_re, mirror_im;
} Bins;

INLINE void add_product(const float *re, const float *im, const float *filter, Bins *bins) {
    const Part x = part_load(re);
    const Part y = part_load(im);
    const Part a = part_of(filter[0]);
    const Part b = part_of(filter[1]);
    const Part c = part_of(filter[2]);
    const Part d = part_of(filter[3]);
    bins->re += x * a - y * b;
    bins->im += x * b + y * a;
    bins->mirror_re += x * c - y * d;
    bins->mirror_im += x * d + y * c;
}

INLINE void add_terms(const ConvolverSum *sum, ptrdiff_t row, ptrdiff_t lane, Bins *bins) {
    for (const ConvolverTerm *term = sum->terms; term < sum->terms + sum->term_count; term++) {
        const float *re = term->source.floats + row * (ptrdiff_t)term->source.row_floats + lane;
        const float *im = re + term->source.part_floats;
        const float *filter = term->filter + row * term->partition_count * FILTER_FLOATS;
        for (ptrdiff_t partition = 0; partition < term->partition_count; partition++) {
            add_product(re - partition, im - partition, filter, bins);
            filter += FILTER_FLOATS;
        }
    }
}

/* [re, im][8] of bin k and of its image in the sums of a group */
typedef struct Places {
    float *here, *mirror;
} Places;

INLINE Places find_places(const ConvolverSum *sum, ptrdiff_t row, ptrdiff_t group) {
    const int *positions = sum->order->positions + 2 * row;
    return (Places){sum->sums[group] + (ptrdiff_t)positions[0] * BIN_FLOATS,
                    sum->sums[group] + (ptrdiff_t)positions[1] * BIN_FLOATS};
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
    *(Half *)high = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
}

/* Both groups in one register. */
INLINE void multiply_both(const ConvolverSum *sum, ptrdiff_t row) {
    const Places low = find_places(sum, row, 0);
    const Places high = find_places(sum, row, 1);
    Bins bins = {0};
    if (!sum->is_first) {
        bins = (Bins){halves_join(low.here, high.here),
                      halves_join(low.here + LANES, high.here + LANES),
                      halves_join(low.mirror, high.mirror),
                      -halves_join(low.mirror + LANES, high.mirror + LANES)};
    }
    add_terms(sum, row, 0, &bins);
    halves_part(bins.re, low.here, high.here);
    halves_part(bins.im, low.here + LANES, high.here + LANES);
    halves_part(bins.mirror_re, low.mirror, high.mirror);
    halves_part(-bins.mirror_im, low.mirror + LANES, high.mirror + LANES);
}

/* One group: bin k in the lower half of a register, its image in the upper one. */
typedef struct TwinBins {
    Part re, im;
} TwinBins;

/* Of the compiler's own shuffles none becomes a load that copies, which costs nothing. */
INLINE void
add_twin_product(const float *re, const float *im, const float *filter, TwinBins *bins) {
    const __m512i first = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2);
    const __m512i second = _mm512_setr_epi32(1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m512 factors = _mm512_broadcast_f32x4(_mm_loadu_ps(filter));
    const Part x = (Part)_mm512_broadcast_f32x8(_mm256_loadu_ps(re));
    const Part y = (Part)_mm512_broadcast_f32x8(_mm256_loadu_ps(im));
    const Part a = (Part)_mm512_permutevar_ps(factors, first);
    const Part b = (Part)_mm512_permutevar_ps(factors, second);
    bins->re += x * a - y * b;
    bins->im += x * b + y * a;
}

INLINE void add_twin_terms(const ConvolverSum *sum, ptrdiff_t row, TwinBins *bins) {
    for (const ConvolverTerm *term = sum->terms; term < sum->terms + sum->term_count; term++) {
        const float *re = term->source.floats + row * (ptrdiff_t)term->source.row_floats;
        const float *im = re + term->source.part_floats;
        const float *filter = term->filter + row * term->partition_count * FILTER_FLOATS;
        for (ptrdiff_t partition = 0; partition < term->partition_count; partition++) {
            add_twin_product(re - partition, im - partition, filter, bins);
            filter += FILTER_FLOATS;
        }
    }
}

INLINE void multiply_one(const ConvolverSum *sum, ptrdiff_t row) {
    static const Part sign = {1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1};
    const Places at = find_places(sum, row, 0);
    TwinBins bins = {0};
    if (!sum->is_first) {
        bins = (TwinBins){halves_join(at.here, at.mirror),
                          halves_join(at.here + LANES, at.mirror + LANES) * sign};
    }
    add_twin_terms(sum, row, &bins);
    halves_part(bins.re, at.here, at.mirror);
    halves_part(bins.im * sign, at.here + LANES, at.mirror + LANES);
}

static void multiply(const ConvolverSum *sum) {
    for (ptrdiff_t row = sum->first_row; row < sum->end_row; row++) {
        if (sum->group_count == CONVOLVER_GROUPS) {
            multiply_both(sum, row);
        } else {
            multiply_one(sum, row);
        }
    }
}

#else

INLINE void multiply_row(const ConvolverSum *sum, ptrdiff_t row, ptrdiff_t lane) {
    const Places at = find_places(sum, row, lane / LANES);
    float *here = at.here + lane % LANES;
    float *mirror = at.mirror + lane % LANES;
    Bins bins = {0};
    if (!sum->is_first) {
        bins = (Bins){part_load(here), part_load(here + LANES), part_load(mirror),
                      -part_load(mirror + LANES)};
    }
    add_terms(sum, row, lane, &bins);
    *(LoosePart *)here = bins.re;
    *(LoosePart *)(here + LANES) = bins.im;
    *(LoosePart *)mirror = bins.mirror_re;
    *(LoosePart *)(mirror + LANES) = -bins.mirror_im;
}

static void multiply(const ConvolverSum *sum) {
    for (ptrdiff_t row = sum->first_row; row < sum->end_row; row++) {
        for (ptrdiff_t lane = 0; lane < (ptrdiff_t)sum->group_count * LANES; lane += KERNEL_WIDTH) {
            multiply_row(sum, row, lane);
        }
    }
}

#endif

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

const ConvolverKernels KERNEL_TABLE = {turn_rows, turn_bins, part_lanes, join_lanes,
                                       part_bins, multiply,  add_bins};
