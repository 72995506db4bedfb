/* Products, mixtures and delays of what two ears hear, compiled once per CPU level with the same
 * bits.
 *
 * KERNEL_WIDTH is how many floats a register takes: 1 is the scalar reference. Every output is made
 * of the same sums and products at every width. */
#include "render/dsp/ear_kernels_levels.h"

#include <stddef.h>

#include "render/dsp/delay_taps.h"
#include "render/dsp/lane_square.h"

#ifndef KERNEL_TABLE
#define KERNEL_TABLE ear_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#define ROW_WIDTH KERNEL_WIDTH
#if KERNEL_WIDTH > 8 /* the lanes of a bin */
#define BIN_WIDTH 8
#else
#define BIN_WIDTH KERNEL_WIDTH
#endif
#define INLINE static inline __attribute__((always_inline))

#if BIN_WIDTH == 1
typedef float Part;
typedef float LoosePart;
#else
typedef float Part __attribute__((vector_size(4 * BIN_WIDTH), may_alias));
/* From any float of an array. */
typedef float LoosePart __attribute__((vector_size(4 * ROW_WIDTH), aligned(4), may_alias));
#endif

enum {
    FOUR_ROWS = 4 * EAR_LANES,
    DELAY_STEP = EAR_DELAY_STEP,
    DELAY_PARTS = DELAY_STEP / ROW_WIDTH
};

typedef struct Bin {
    Part re, im;
} Bin;

INLINE Bin bin_load(const float *from) {
    return (Bin){*(const Part *)from, *(const Part *)(from + EAR_LANES)};
}

INLINE void bin_store(float *to, Bin x) {
    *(Part *)to = x.re;
    *(Part *)(to + EAR_LANES) = x.im;
}

/* The bins of sources in one lane of both halves. */
typedef struct Sources {
    Bin first, second;
} Sources;

/* Two real signals a + i b were transformed as one: twice the bin of a is x + conj y, twice that
 * of b is (x - conj y) / i, y being the mirrored bin. The half lies in the masks. */
INLINE Sources part_lanes(const EarProduct *product, ptrdiff_t at, ptrdiff_t mirrored, int lane) {
    const Bin x = bin_load(product->bins + at);
    const Bin y = bin_load(product->bins + mirrored);
    const Part first = *(const Part *)(product->masks + lane);
    const Part second = *(const Part *)(product->masks + EAR_LANES + lane);
    return (Sources){
        {(x.re + y.re) * first,  (x.im - y.im) * first },
        {(x.im + y.im) * second, (y.re - x.re) * second}
    };
}

/* Some bins, and where their sums go: the first one's place at each end. */
typedef struct BinRange {
    int begin, end;
    float *to[EAR_ENDS];
} BinRange;

INLINE void add_end(const EarProduct *product,
                    const Sources *sources,
                    int end,
                    ptrdiff_t at,
                    bool is_first,
                    float *to) {
    const Bin a = sources->first;
    const Bin b = sources->second;
    const Bin f = bin_load(product->filters[end][0] + at);
    const Bin g = bin_load(product->filters[end][1] + at);
    Bin before = {0};
    if (!is_first) {
        before = bin_load(product->sums[end] + at);
    }
    const Bin added = {f.re * a.re - f.im * a.im + g.re * b.re - g.im * b.im,
                       f.re * a.im + f.im * a.re + g.re * b.im + g.im * b.re};
    bin_store(to, (Bin){before.re + added.re, before.im + added.im});
}

INLINE void
multiply_bins(const EarProduct *product, const BinRange *range, int end_count, bool is_first) {
    for (int bin = range->begin; bin < range->end; bin++) {
        const ptrdiff_t at = (ptrdiff_t)bin * EAR_BIN_FLOATS;
        const ptrdiff_t mirrored = (ptrdiff_t)product->mirror[bin] * EAR_BIN_FLOATS;
        for (int lane = 0; lane < EAR_LANES; lane += BIN_WIDTH) {
            const Sources sources = part_lanes(product, at + lane, mirrored + lane, lane);
            for (int end = 0; end < end_count; end++) {
                float *to = range->to[end] + (ptrdiff_t)(bin - range->begin) * EAR_BIN_FLOATS;
                add_end(product, &sources, end, at + lane, is_first, to + lane);
            }
        }
    }
}

static void multiply_range(const EarProduct *product, const BinRange *range) {
    if (product->end_count == 1 && product->is_first) {
        multiply_bins(product, range, 1, true);
    } else if (product->end_count == 1) {
        multiply_bins(product, range, 1, false);
    } else {
        multiply_bins(product, range, EAR_ENDS, product->is_first);
    }
}

static void multiply_add(const EarProduct *product) {
    const BinRange range = {
        0, product->size, {product->sums[0], product->sums[1]}
    };
    multiply_range(product, &range);
}

#if BIN_WIDTH == 1

static void fold(const float *sums, int count, float *held) {
    for (int n = 0; n < count; n++, sums += EAR_LANES, held += EAR_LANES) {
        held[0] = ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
                  ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    }
}

#else

typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));

/* Four sums at once: halves are added, turned, and added again. */
static void fold(const float *sums, int count, float *held) {
    for (int n = 0; n < count; n += 4, sums += FOUR_ROWS, held += FOUR_ROWS) {
        Four halves[4];
        for (int row = 0; row < 4; row++) {
            const float *from = sums + (ptrdiff_t)row * EAR_LANES;
            halves[row] = *(const Four *)from + *(const Four *)(from + 4);
        }
        const Four ab_low = __builtin_shufflevector(halves[0], halves[1], 0, 4, 1, 5);
        const Four ab_high = __builtin_shufflevector(halves[0], halves[1], 2, 6, 3, 7);
        const Four cd_low = __builtin_shufflevector(halves[2], halves[3], 0, 4, 1, 5);
        const Four cd_high = __builtin_shufflevector(halves[2], halves[3], 2, 6, 3, 7);
        const Four even = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5) +
                          __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
        const Four odd = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7) +
                         __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
        const Four folded = even + odd;
        for (int row = 0; row < 4; row++) {
            held[(ptrdiff_t)row * EAR_LANES] = folded[row];
        }
    }
}

#endif

/* A few bins at a time, which stay in the nearest cache. */
static void multiply_fold(const EarProduct *product, float *const *held) {
    enum { TILE_BINS = 16 };
    _Alignas(64) float tiles[EAR_ENDS][TILE_BINS * EAR_BIN_FLOATS];
    for (int begin = 0; begin < product->size; begin += TILE_BINS) {
        const int rest = product->size - begin;
        const int count = rest < TILE_BINS ? rest : TILE_BINS;
        const BinRange range = {
            begin, begin + count, {tiles[0], tiles[1]}
        };
        multiply_range(product, &range);
        for (int end = 0; end < product->end_count; end++) {
            fold(tiles[end], 2 * count, held[end] + (ptrdiff_t)begin * EAR_BIN_FLOATS);
        }
    }
}

static void interleave(const float *const *rows, int count, float *bins) {
    const int squares = count / LANE_SQUARE * LANE_SQUARE;
    for (int n = 0; n < squares; n += LANE_SQUARE) {
        for (int part = 0; part < EAR_BIN_FLOATS; part += LANE_SQUARE) {
            const float *from[LANE_SQUARE];
            for (int row = 0; row < LANE_SQUARE; row++) {
                from[row] = rows[part + row] + n;
            }
            lane_square_turn(from, bins + (ptrdiff_t)n * EAR_BIN_FLOATS + part, EAR_BIN_FLOATS);
        }
    }
    for (int n = squares; n < count; n++) {
        for (int row = 0; row < EAR_BIN_FLOATS; row++) {
            bins[(ptrdiff_t)n * EAR_BIN_FLOATS + row] = rows[row][n];
        }
    }
}

static void
fade(const float *leaving, const float *coming, const double *weights, int count, double *to) {
    for (int n = 0; n < count; n++) {
        const double left = (double)leaving[n];
        to[n] += left + weights[n] * ((double)coming[n] - left);
    }
}

static void mix(const float *const *rows, const float *weights, int count, float *out) {
    for (int n = 0; n < count; n++) {
        out[n] = weights[0] * rows[0][n] + weights[1] * rows[1][n] + weights[2] * rows[2][n];
    }
}

static void delay_taps(double fraction, float *taps) {
    double exact[FRACTIONAL_DELAY_TAPS];
    delay_taps_fill(fraction, exact);
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; tap++) {
        taps[tap] = (float)exact[tap];
    }
}

/* The last step may do again what the one before it did. */
static void delay(const float *in, const float *taps, int count, float *out) {
    for (int begin = 0; begin < count; begin += DELAY_STEP) {
        const int n = begin + DELAY_STEP <= count ? begin : count - DELAY_STEP;
        LoosePart sums[DELAY_PARTS];
        for (int part = 0; part < DELAY_PARTS; part++) {
            sums[part] = (LoosePart){0};
        }
        for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; tap++) {
            const LoosePart gain = taps[tap] - (LoosePart){0}; /* x - 0 is x everywhere */
            for (int part = 0; part < DELAY_PARTS; part++) {
                sums[part] +=
                    gain * *(const LoosePart *)(in + n - tap + (ptrdiff_t)part * ROW_WIDTH);
            }
        }
        for (int part = 0; part < DELAY_PARTS; part++) {
            *(LoosePart *)(out + n + (ptrdiff_t)part * ROW_WIDTH) = sums[part];
        }
    }
}

const EarKernels KERNEL_TABLE = {multiply_add, multiply_fold, fold,       fade,
                                 interleave,   mix,           delay_taps, delay};
