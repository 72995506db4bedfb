#ifndef RENDER_DSP_LANE_SQUARE_H
#define RENDER_DSP_LANE_SQUARE_H
/* Squares of eight by eight floats on their way between rows and lanes. For files that are compiled
 * once per CPU level only: registers of eight floats where KERNEL_WIDTH allows. */
#include <stddef.h>

enum { LANE_SQUARE = 8 };

#if defined(KERNEL_WIDTH) && KERNEL_WIDTH >= 8

typedef float LaneSquareRow __attribute__((vector_size(4 * LANE_SQUARE), aligned(4), may_alias));

/* to[k * to_stride + row] = from[row][k]: within halves of rows by ones, then by twos, then the
 * halves. */
static inline __attribute__((always_inline)) void
lane_square_turn(const float *const *from, float *to, ptrdiff_t to_stride) {
    LaneSquareRow ones[8];
    LaneSquareRow twos[8];
    for (int k = 0; k < 8; k += 2) {
        const LaneSquareRow x = *(const LaneSquareRow *)from[k];
        const LaneSquareRow y = *(const LaneSquareRow *)from[k + 1];
        ones[k] = __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13);
        ones[k + 1] = __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int k = 0; k < 8; k += 4) {
        for (int pair = 0; pair < 2; pair++) {
            const LaneSquareRow x = ones[k + pair];
            const LaneSquareRow y = ones[k + 2 + pair];
            twos[k + 2 * pair] = __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13);
            twos[k + 2 * pair + 1] = __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int k = 0; k < 4; k++) {
        const LaneSquareRow x = twos[k];
        const LaneSquareRow y = twos[k + 4];
        *(LaneSquareRow *)(to + k * to_stride) =
            __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11);
        *(LaneSquareRow *)(to + (k + 4) * to_stride) =
            __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

#else

/* to[k * to_stride + row] = from[row][k] */
static inline __attribute__((always_inline)) void
lane_square_turn(const float *const *from, float *to, ptrdiff_t to_stride) {
    for (int row = 0; row < LANE_SQUARE; row++) {
        for (int column = 0; column < LANE_SQUARE; column++) {
            to[column * to_stride + row] = from[row][column];
        }
    }
}

#endif

#endif
