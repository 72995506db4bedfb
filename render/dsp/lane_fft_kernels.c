/* The butterflies of the lane transform, compiled once per CPU level with the same bits.
 *
 * KERNEL_WIDTH is how many floats a register takes: 1 is the scalar reference, 4 and 8 hold
 * lanes of one bin, 16 those of two. The reference fixes the order of operations: every output is
 * made of the same sums and products at every width. Lanes never mix.
 *
 * Decimation in frequency forward, in time back (Gentleman, Sande 1966; Cooley, Tukey 1965).
 * Blocks are finished depth first, so that all but the longest passes find their data in cache. */
#include "render/dsp/lane_fft_kernels.h"

#include <stdbool.h>
#include <stddef.h>

#ifndef KERNEL_TABLE
#define KERNEL_TABLE lane_fft_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#define INLINE static inline __attribute__((always_inline))

enum { LANES = 8, BIN_FLOATS = 2 * LANES, TWIDDLE_FLOATS = 6 };

static const float half_root = 0x1.6a09e6p-1F; /* sqrt(1/2), rounded to float */

#if KERNEL_WIDTH == 1
typedef float Part;
#else
typedef float Part __attribute__((vector_size(4 * KERNEL_WIDTH), may_alias));
#endif
/* STEP_BINS bins, STEP_LANES lanes of each. */
typedef struct Bin {
    Part re, im;
} Bin;

/* The same number everywhere: x - 0 is x, for which 0 + x would spend a sum. */
INLINE Part part_of(float x) {
    return x - (Part){0};
}

#if KERNEL_WIDTH == 16

/* Two bins a register. Outside the transform a bin is [re, im][8]; between the passes two
 * neighbours stand as [re, im][2][8], which spares all but the first and the last the shuffles. */
enum {
    STEP_BINS = 2,
    STEP_LANES = LANES,
    STEP_FLOATS = 2 * BIN_FLOATS,
    STEP_TWIDDLES = 2 * TWIDDLE_FLOATS
};

INLINE Part join_low(Part x, Part y) {
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

INLINE Part join_high(Part x, Part y) {
    return __builtin_shufflevector(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30,
                                   31);
}

INLINE Bin bin_join(const float *first, const float *second, bool is_outside) {
    const Part x = *(const Part *)first;
    const Part y = *(const Part *)second;
    return is_outside ? (Bin){join_low(x, y), join_high(x, y)} : (Bin){x, y};
}

INLINE void bin_part(Bin x, float *first, float *second, bool is_outside) {
    *(Part *)first = is_outside ? join_low(x.re, x.im) : x.re;
    *(Part *)second = is_outside ? join_high(x.re, x.im) : x.im;
}

INLINE Bin bin_load(const float *from, bool is_outside) {
    return bin_join(from, from + BIN_FLOATS, is_outside);
}

INLINE void bin_store(float *to, Bin x, bool is_outside) {
    bin_part(x, to, to + BIN_FLOATS, is_outside);
}

/* The factor of this bin and the one of its neighbour. */
INLINE Part part_twiddle(const float *factor) {
    return join_low(part_of(factor[0]), part_of(factor[TWIDDLE_FLOATS]));
}

/* Bin k of two neighbouring blocks in x[k]. */
INLINE void blocks_load(const float *from, int length, bool is_outside, Bin x[8]) {
    const float *other = from + (ptrdiff_t)length * BIN_FLOATS;
    for (int k = 0; k < length; k += 2, from += STEP_FLOATS, other += STEP_FLOATS) {
        if (is_outside) {
            x[k] = bin_join(from, other, true);
            x[k + 1] = bin_join(from + BIN_FLOATS, other + BIN_FLOATS, true);
        } else {
            const Bin a = bin_load(from, false);
            const Bin b = bin_load(other, false);
            x[k] = (Bin){join_low(a.re, b.re), join_low(a.im, b.im)};
            x[k + 1] = (Bin){join_high(a.re, b.re), join_high(a.im, b.im)};
        }
    }
}

INLINE void blocks_store(float *to, int length, bool is_outside, const Bin x[8]) {
    float *other = to + (ptrdiff_t)length * BIN_FLOATS;
    for (int k = 0; k < length; k += 2, to += STEP_FLOATS, other += STEP_FLOATS) {
        if (is_outside) {
            bin_part(x[k], to, other, true);
            bin_part(x[k + 1], to + BIN_FLOATS, other + BIN_FLOATS, true);
        } else {
            const Bin a = {join_low(x[k].re, x[k + 1].re), join_low(x[k].im, x[k + 1].im)};
            const Bin b = {join_high(x[k].re, x[k + 1].re), join_high(x[k].im, x[k + 1].im)};
            bin_store(to, a, false);
            bin_store(other, b, false);
        }
    }
}

#else

/* A bin stands as [re, im][8] throughout. */
enum {
    STEP_BINS = 1,
    STEP_LANES = KERNEL_WIDTH,
    STEP_FLOATS = BIN_FLOATS,
    STEP_TWIDDLES = TWIDDLE_FLOATS
};

INLINE Bin bin_load(const float *from, bool is_outside) {
    (void)is_outside;
    return (Bin){*(const Part *)from, *(const Part *)(from + LANES)};
}

INLINE void bin_store(float *to, Bin x, bool is_outside) {
    (void)is_outside;
    *(Part *)to = x.re;
    *(Part *)(to + LANES) = x.im;
}

INLINE Part part_twiddle(const float *factor) {
    return part_of(factor[0]);
}

INLINE void blocks_load(const float *from, int length, bool is_outside, Bin x[8]) {
    for (int k = 0; k < length; k++) {
        x[k] = bin_load(from + (ptrdiff_t)k * BIN_FLOATS, is_outside);
    }
}

INLINE void blocks_store(float *to, int length, bool is_outside, const Bin x[8]) {
    for (int k = 0; k < length; k++) {
        bin_store(to + (ptrdiff_t)k * BIN_FLOATS, x[k], is_outside);
    }
}

#endif

INLINE Bin bin_add(Bin x, Bin y) {
    return (Bin){x.re + y.re, x.im + y.im};
}

INLINE Bin bin_subtract(Bin x, Bin y) {
    return (Bin){x.re - y.re, x.im - y.im};
}

INLINE Bin bin_scale(Bin x, float gain) {
    return (Bin){x.re * gain, x.im * gain};
}

/* x times the twiddle w[0] + i w[1], or its conjugate. */
INLINE Bin bin_twiddle(Bin x, const float *w, bool is_inverse) {
    const Part re = part_twiddle(w);
    const Part im = part_twiddle(w + 1);
    return is_inverse ? (Bin){x.re * re + x.im * im, x.im * re - x.re * im}
                      : (Bin){x.re * re - x.im * im, x.im * re + x.re * im};
}

/* x + i y on the way back, x - i y on the way there: y turned by a quarter. */
INLINE Bin bin_add_quarter(Bin x, Bin y, bool is_inverse) {
    return is_inverse ? (Bin){x.re - y.im, x.im + y.re} : (Bin){x.re + y.im, x.im - y.re};
}

/* Transform of 4, natural order in and out. */
INLINE void transform_4(Bin x[4], bool is_inverse) {
    const Bin even_sum = bin_add(x[0], x[2]);
    const Bin even_difference = bin_subtract(x[0], x[2]);
    const Bin odd_sum = bin_add(x[1], x[3]);
    const Bin odd_difference = bin_subtract(x[1], x[3]);
    x[0] = bin_add(even_sum, odd_sum);
    x[1] = bin_add_quarter(even_difference, odd_difference, is_inverse);
    x[2] = bin_subtract(even_sum, odd_sum);
    x[3] = bin_add_quarter(even_difference, odd_difference, !is_inverse);
}

/* Transform of 8, natural order in and out. The odd bins are a transform of 4 over the differences,
 * turned by 0, 1, 2 and 3 eighths; the turn by 2 and the sign of the one by 3 are in its sums. */
INLINE void transform_8(Bin x[8], bool is_inverse) {
    Bin even[4];
    Bin odd[4];
    for (int k = 0; k < 4; k++) {
        even[k] = bin_add(x[k], x[k + 4]);
        odd[k] = bin_subtract(x[k], x[k + 4]);
    }
    transform_4(even, is_inverse);
    odd[1] = bin_scale(bin_add_quarter(odd[1], odd[1], is_inverse), half_root);
    odd[3] = bin_scale(bin_add_quarter(odd[3], odd[3], !is_inverse), half_root);
    const Bin sum = bin_add_quarter(odd[0], odd[2], is_inverse);
    const Bin difference = bin_add_quarter(odd[0], odd[2], !is_inverse);
    const Bin turned_sum = bin_subtract(odd[1], odd[3]);
    const Bin turned_difference = bin_add(odd[1], odd[3]);
    x[1] = bin_add(sum, turned_sum);
    x[3] = bin_add_quarter(difference, turned_difference, is_inverse);
    x[5] = bin_subtract(sum, turned_sum);
    x[7] = bin_add_quarter(difference, turned_difference, !is_inverse);
    x[0] = even[0];
    x[2] = even[1];
    x[4] = even[2];
    x[6] = even[3];
}

/* Whose bins a pass finds and leaves: the caller's, outside, or those of the passes beside it. */
typedef struct Sides {
    bool from_outside, to_outside;
} Sides;

/* Four bins a quarter of the block apart, twiddled behind the transform or, going back, before. */
INLINE void
butterfly(float *bins, ptrdiff_t quarter, const float *twiddles, bool is_inverse, Sides sides) {
    Bin x[4];
    for (int k = 0; k < 4; k++) {
        x[k] = bin_load(bins + k * quarter, sides.from_outside);
        if (is_inverse && k > 0) {
            x[k] = bin_twiddle(x[k], twiddles + (ptrdiff_t)2 * (k - 1), true);
        }
    }
    transform_4(x, is_inverse);
    for (int k = 0; k < 4; k++) {
        if (!is_inverse && k > 0) {
            x[k] = bin_twiddle(x[k], twiddles + (ptrdiff_t)2 * (k - 1), false);
        }
        bin_store(bins + k * quarter, x[k], sides.to_outside);
    }
}

INLINE void pass(const LaneFftStage *stage, float *block, bool is_inverse, Sides sides) {
    const ptrdiff_t quarter = (ptrdiff_t)stage->length / 4 * BIN_FLOATS;
    const float *twiddles = stage->twiddles;
    for (ptrdiff_t at = 0; at < quarter; at += STEP_FLOATS) {
        for (int lane = 0; lane < LANES; lane += STEP_LANES) {
            butterfly(block + at + lane, quarter, twiddles, is_inverse, sides);
        }
        twiddles += STEP_TWIDDLES;
    }
}

INLINE void tail(int length, float *block, bool is_inverse) {
    for (int lane = 0; lane < LANES; lane += STEP_LANES) {
        Bin x[8];
        blocks_load(block + lane, length, is_inverse, x);
        if (length == 8) {
            transform_8(x, is_inverse);
        } else {
            transform_4(x, is_inverse);
        }
        blocks_store(block + lane, length, !is_inverse, x);
    }
}

/* A block is passed when its first tail is due: each pass finds its input done by longer ones. */
INLINE void forward_with_tail(const LaneFftPlan *plan, float *bins, int tail_length) {
    pass(plan->stages, bins, false, (Sides){true, false});
    for (int at = 0; at < plan->size; at += tail_length * STEP_BINS) {
        float *block = bins + (ptrdiff_t)at * BIN_FLOATS;
        for (int stage = 1; stage < plan->stage_count; stage++) {
            if ((at & (plan->stages[stage].length - 1)) == 0) {
                pass(&plan->stages[stage], block, false, (Sides){false, false});
            }
        }
        tail(tail_length, block, false);
    }
}

/* A block is passed when its last tail is done, shorter blocks first, down to pass `first_stage`.
 */
INLINE void inverse_blocks(
    const LaneFftPlan *plan, float *bins, int first, int count, int first_stage, int tail_length) {
    for (int at = first; at < first + count; at += tail_length * STEP_BINS) {
        tail(tail_length, bins + (ptrdiff_t)at * BIN_FLOATS, true);
        const int end = at + tail_length * STEP_BINS;
        for (int stage = plan->stage_count - 1; stage >= first_stage; stage--) {
            const int length = plan->stages[stage].length;
            if ((end & (length - 1)) == 0) {
                pass(&plan->stages[stage], bins + (ptrdiff_t)(end - length) * BIN_FLOATS, true,
                     (Sides){false, false});
            }
        }
    }
}

static void forward(const LaneFftPlan *plan, float *bins) {
    if (plan->tail_length == 8) {
        forward_with_tail(plan, bins, 8);
    } else {
        forward_with_tail(plan, bins, 4);
    }
}

static void
pass_blocks(const LaneFftPlan *plan, float *bins, int first, int count, int first_stage) {
    if (plan->tail_length == 8) {
        inverse_blocks(plan, bins, first, count, first_stage, 8);
    } else {
        inverse_blocks(plan, bins, first, count, first_stage, 4);
    }
}

static void inverse(const LaneFftPlan *plan, float *bins) {
    pass_blocks(plan, bins, 0, plan->size, 1);
    pass(plan->stages, bins, true, (Sides){false, true});
}

static void inverse_portion(const LaneFftPlan *plan, float *bins, int first) {
    const int last_passes = lane_fft_last_passes(plan->size);
    pass_blocks(plan, bins, first, plan->stages[last_passes].length, last_passes);
}

/* Passes beside which another transform works: all of its bins lie outside. */
static void forward_first(const LaneFftPlan *plan, float *bins) {
    if (lane_fft_last_passes(plan->size) == 1) {
        pass(plan->stages, bins, false, (Sides){true, true});
        return;
    }
    pass(plan->stages, bins, false, (Sides){true, false});
    for (ptrdiff_t block = 0; block < 4; block++) {
        pass(&plan->stages[1], bins + block * plan->stages[1].length * BIN_FLOATS, false,
             (Sides){false, true});
    }
}

static void inverse_last(const LaneFftPlan *plan, float *bins) {
    if (lane_fft_last_passes(plan->size) == 1) {
        pass(plan->stages, bins, true, (Sides){true, true});
        return;
    }
    for (ptrdiff_t block = 0; block < 4; block++) {
        pass(&plan->stages[1], bins + block * plan->stages[1].length * BIN_FLOATS, true,
             (Sides){true, false});
    }
    pass(plan->stages, bins, true, (Sides){false, true});
}

/* Bins from[0], from[stride] ... of four columns, twiddled and transformed. */
INLINE void
inverse_4(const float *from, ptrdiff_t stride, bool from_outside, const float *twiddles, Bin x[4]) {
    for (int k = 0; k < 4; k++) {
        x[k] = bin_load(from + k * stride, from_outside);
        if (k > 0) {
            x[k] = bin_twiddle(x[k], twiddles + (ptrdiff_t)2 * (k - 1), true);
        }
    }
    transform_4(x, true);
}

/* Columns of the last passes, and where the first range of their halves goes. */
typedef struct Columns {
    const float *from;
    float *to;
    ptrdiff_t at, count;
    bool from_outside;
} Columns;

/* One last pass: of four quarters of samples two are wanted. */
INLINE void half_of_4(const LaneFftPlan *plan, const Columns *columns) {
    Bin x[4];
    inverse_4(columns->from, (ptrdiff_t)plan->size / 4 * BIN_FLOATS, columns->from_outside,
              plan->stages[0].twiddles + columns->at * TWIDDLE_FLOATS, x);
    for (int range = 0; range < 2; range++) {
        bin_store(columns->to + range * columns->count * BIN_FLOATS, x[range + 2], true);
    }
}

/* Two: the quarters are transformed into columns, then across. */
INLINE void half_of_16(const LaneFftPlan *plan, const Columns *columns) {
    const ptrdiff_t portion = plan->size / 16;
    Bin quarters[4][4];
    for (ptrdiff_t quarter = 0; quarter < 4; quarter++) {
        inverse_4(columns->from + quarter * 4 * portion * BIN_FLOATS, portion * BIN_FLOATS,
                  columns->from_outside, plan->stages[1].twiddles + columns->at * TWIDDLE_FLOATS,
                  quarters[quarter]);
    }
    for (int column = 0; column < 4; column++) {
        const float *twiddles =
            plan->stages[0].twiddles + (columns->at + column * portion) * TWIDDLE_FLOATS;
        Bin x[4] = {quarters[0][column]};
        for (int k = 1; k < 4; k++) {
            x[k] = bin_twiddle(quarters[k][column], twiddles + (ptrdiff_t)2 * (k - 1), true);
        }
        transform_4(x, true);
        for (int half = 0; half < 2; half++) {
            bin_store(columns->to + (4 * half + column) * columns->count * BIN_FLOATS, x[half + 2],
                      true);
        }
    }
}

INLINE void make_half(
    const LaneFftPlan *plan, const float *bins, int at, int count, float *tile, bool from_outside) {
    const bool is_double = lane_fft_last_passes(plan->size) == 2;
    for (int n = 0; n < count; n += STEP_BINS) {
        for (int lane = 0; lane < LANES; lane += STEP_LANES) {
            float *to = tile + (ptrdiff_t)n * BIN_FLOATS + lane;
            const Columns columns = {bins + (ptrdiff_t)(at + n) * BIN_FLOATS + lane, to, at + n,
                                     count, from_outside};
            if (is_double) {
                half_of_16(plan, &columns);
            } else {
                half_of_4(plan, &columns);
            }
        }
    }
}

static void
inverse_half(const LaneFftPlan *plan, const float *bins, int at, int count, float *tile) {
    make_half(plan, bins, at, count, tile, false);
}

static void
inverse_last_half(const LaneFftPlan *plan, const float *bins, int at, int count, float *tile) {
    make_half(plan, bins, at, count, tile, true);
}

const LaneFftKernels KERNEL_TABLE = {.forward = forward,
                                     .inverse = inverse,
                                     .inverse_portion = inverse_portion,
                                     .inverse_half = inverse_half,
                                     .forward_first = forward_first,
                                     .inverse_last = inverse_last,
                                     .inverse_last_half = inverse_last_half};
