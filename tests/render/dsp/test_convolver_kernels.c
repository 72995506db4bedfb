/* Every level of the CPU against the scalar reference: the same bits, and nothing beyond the end.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/base/arena.h"
#include "render/dsp/convolver_kernels.h"

#include <cmocka.h>

enum { BIN_FLOATS = 2 * CONVOLVER_LANES, GUARD_FLOATS = 64 };
static const float guard_value = 123.25F;

static void fill(float *samples, size_t count, uint32_t seed) {
    for (size_t sample = 0; sample < count; sample++) {
        seed = seed * 1664525U + 1013904223U;
        samples[sample] = (float)(int32_t)seed * 0x1p-31F;
    }
}

static float *noise(Arena *arena, size_t count, uint32_t seed) {
    float *samples = arena_array(arena, count, sizeof *samples);
    fill(samples, count, seed);
    return samples;
}

/* What a kernel writes to, between guard bands. */
typedef struct Hand {
    float *floats;
    size_t count;
} Hand;

static Hand make_hand(Arena *arena, size_t count) {
    const Hand hand = {
        (float *)arena_array(arena, count + (size_t)2 * GUARD_FLOATS, sizeof(float)) + GUARD_FLOATS,
        count};
    for (ptrdiff_t at = -GUARD_FLOATS; at < (ptrdiff_t)count + GUARD_FLOATS; at++) {
        hand.floats[at] = guard_value;
    }
    return hand;
}

static void check_guards(Hand hand) {
    for (ptrdiff_t at = 1; at <= GUARD_FLOATS; at++) {
        assert_true(hand.floats[-at] == guard_value);
        assert_true(hand.floats[(ptrdiff_t)hand.count + at - 1] == guard_value);
    }
}

typedef Hand Work(const ConvolverKernels *kernels, int size, Arena *arena);

static void compare_levels(Work *work, int size) {
    Arena *arena = arena_create();
    const Hand reference = work(convolver_kernels_at(CPU_SCALAR), size, arena);
    check_guards(reference);
    for (CpuLevel level = CPU_BASELINE; level < CPU_LEVEL_COUNT; level++) {
        if (cpu_level_runs(level)) {
            const Hand made = work(convolver_kernels_at(level), size, arena);
            check_guards(made);
            assert_memory_equal(made.floats, reference.floats, reference.count * sizeof(float));
        }
    }
    arena_destroy(&arena);
}

static Hand turn_rows(const ConvolverKernels *kernels, int size, Arena *arena) {
    const size_t stride = (size_t)size + 3; /* not aligned */
    const float *rows = noise(arena, 8 * stride, 1);
    const Hand hand = make_hand(arena, (size_t)size * 8);
    kernels->turn_rows(rows, (ptrdiff_t)stride, size, hand.floats);
    for (size_t at = 0; at < hand.count; at++) {
        assert_true(hand.floats[at] == rows[at % 8 * stride + at / 8]);
    }
    return hand;
}

static Hand turn_bins(const ConvolverKernels *kernels, int size, Arena *arena) {
    const size_t stride = (size_t)size;
    const float *bins = noise(arena, (size_t)size * BIN_FLOATS, 2);
    const Hand hand = make_hand(arena, 8 * stride);
    kernels->turn_bins(bins + CONVOLVER_LANES, size, hand.floats, (ptrdiff_t)stride);
    for (size_t at = 0; at < hand.count; at++) {
        assert_true(hand.floats[at] ==
                    bins[at % stride * BIN_FLOATS + CONVOLVER_LANES + at / stride]);
    }
    return hand;
}

static Hand part_lanes(const ConvolverKernels *kernels, int size, Arena *arena) {
    const ptrdiff_t stride = (ptrdiff_t)2 * size + 6;
    const float *bins = noise(arena, (size_t)size * BIN_FLOATS, 7);
    const Hand hand = make_hand(arena, (size_t)stride * CONVOLVER_LANES);
    kernels->part_lanes(bins, size, hand.floats, stride);
    for (ptrdiff_t at = 0; at < (ptrdiff_t)hand.count; at++) {
        const ptrdiff_t point = at % stride / 2;
        const ptrdiff_t from = point * BIN_FLOATS + at % stride % 2 * CONVOLVER_LANES + at / stride;
        assert_true(hand.floats[at] == (point < size ? bins[from] : guard_value));
    }
    return hand;
}

static Hand join_lanes(const ConvolverKernels *kernels, int size, Arena *arena) {
    const ptrdiff_t stride = (ptrdiff_t)2 * size + 6;
    const float *rows = noise(arena, (size_t)stride * CONVOLVER_LANES, 8);
    const Hand hand = make_hand(arena, (size_t)size * BIN_FLOATS);
    kernels->join_lanes(rows, stride, size, hand.floats);
    for (ptrdiff_t at = 0; at < (ptrdiff_t)hand.count; at++) {
        const ptrdiff_t lane = at % CONVOLVER_LANES;
        const ptrdiff_t part = at / CONVOLVER_LANES % 2;
        assert_true(hand.floats[at] == rows[lane * stride + at / BIN_FLOATS * 2 + part]);
    }
    return hand;
}

static Hand add_bins(const ConvolverKernels *kernels, int size, Arena *arena) {
    const float *bins = noise(arena, (size_t)size * BIN_FLOATS, 3);
    const int row = size + 5; /* doubles, not aligned */
    const Hand hand = make_hand(arena, 2 * (size_t)row * CONVOLVER_LANES);
    double *rows = (double *)hand.floats;
    double *out[CONVOLVER_LANES];
    for (int at = 0; at < row * CONVOLVER_LANES; at++) {
        rows[at] = 1.0 / (at + 3);
    }
    for (int lane = 0; lane < CONVOLVER_LANES; lane++) {
        out[lane] = rows + (ptrdiff_t)lane * row;
    }
    kernels->add_bins(bins + CONVOLVER_LANES, size, out);
    for (int at = 0; at < row * CONVOLVER_LANES; at++) {
        const int n = at % row;
        const ptrdiff_t from = (ptrdiff_t)n * BIN_FLOATS + CONVOLVER_LANES + at / row;
        const double added = n < size ? (double)bins[from] : 0;
        assert_true(rows[at] == 1.0 / (at + 3) + added);
    }
    return hand;
}

static Hand store_bins(const ConvolverKernels *kernels, int size, Arena *arena) {
    float *bins = noise(arena, (size_t)size * BIN_FLOATS, 9);
    const int row = size + 5; /* not aligned */
    const Hand hand = make_hand(arena, (size_t)row * CONVOLVER_LANES);
    float *out[CONVOLVER_LANES];
    for (int lane = 0; lane < CONVOLVER_LANES; lane++) {
        out[lane] = hand.floats + (ptrdiff_t)lane * row;
        bins[(ptrdiff_t)lane * BIN_FLOATS + CONVOLVER_LANES + lane] = -0.0F;
    }
    kernels->store_bins(bins + CONVOLVER_LANES, size, out);
    for (int at = 0; at < row * CONVOLVER_LANES; at++) {
        const int n = at % row;
        const ptrdiff_t from = (ptrdiff_t)n * BIN_FLOATS + CONVOLVER_LANES + at / row;
        assert_true(hand.floats[at] == (n < size ? bins[from] : guard_value));
        assert_true(hand.floats[at] != 0 || !signbit(hand.floats[at]));
    }
    return hand;
}

/* Any permutation serves: where the bins stand is the transforms' affair. */
static HalfSpectrum make_order(int block_samples, Arena *arena) {
    int *mirrors = arena_array(arena, (size_t)block_samples, sizeof *mirrors);
    int *positions = arena_array(arena, (size_t)block_samples + 1, 2 * sizeof *positions);
    const int size = 2 * block_samples;
    for (int row = 0; row < block_samples; row++) {
        mirrors[row] = (block_samples - row) % block_samples;
        positions[2 * row] = row * 37 % size;
        positions[2 * row + 1] = row == 0 ? size : (size - row) * 37 % size;
    }
    positions[2 * block_samples] = block_samples * 37 % size;
    positions[2 * block_samples + 1] = size;
    return (HalfSpectrum){block_samples, mirrors, positions,
                          noise(arena, 2 * (size_t)block_samples, 4)};
}

enum { ROW = 40, PAST = 16 }; /* lanes of a row, the older ones of a source */

/* moved: 0, or what the past moves by on the way. */
static Hand part_and_move(const ConvolverKernels *kernels, int size, int moved, Arena *arena) {
    const HalfSpectrum order = make_order(size, arena);
    const float *bins = noise(arena, (size_t)size * BIN_FLOATS, 5);
    const Hand hand = make_hand(arena, ((size_t)size + 1) * 2 * ROW);
    const SourceRows rows = {hand.floats + 2 * PAST, 2 * ROW, moved ? PAST : 0, moved};
    fill(hand.floats, hand.count, 6);
    float *before = noise(arena, hand.count, 6);
    kernels->part_bins(&order, bins, &rows);
    for (size_t at = 0; at < hand.count; at++) {
        const size_t lane = at / 2 % ROW;
        if (lane < PAST) {
            assert_true(hand.floats[at] == before[at + 2 * (size_t)moved]);
        } else if (lane >= PAST + CONVOLVER_LANES) {
            assert_true(hand.floats[at] == before[at]);
        }
    }
    return hand;
}

static Hand part_bins(const ConvolverKernels *kernels, int size, Arena *arena) {
    return part_and_move(kernels, size, 0, arena);
}

static Hand part_bins_behind_a_group(const ConvolverKernels *kernels, int size, Arena *arena) {
    return part_and_move(kernels, size, CONVOLVER_LANES, arena);
}

static Hand part_bins_behind_two(const ConvolverKernels *kernels, int size, Arena *arena) {
    return part_and_move(kernels, size, 2 * CONVOLVER_LANES, arena);
}

/* Three terms, of one partition and of many. */
static Hand multiply(const ConvolverKernels *kernels, int size, int partitions, Arena *arena) {
    const size_t past = ((size_t)partitions + 6) / 8 * 8;
    const size_t lanes = past + CONVOLVER_LANES;
    const size_t rows = (size_t)size + 1;
    const HalfSpectrum order = make_order(size, arena);
    const Hand hand = make_hand(arena, (2 * (size_t)size + 1) * BIN_FLOATS);
    ConvolverTerm terms[3];
    for (uint32_t term = 0; term < 3; term++) {
        terms[term] = (ConvolverTerm){
            .source = {.floats = noise(arena, rows * 2 * lanes, 6 + term) + 2 * past,
                       .row_floats = 2 * lanes},
            .filter = noise(arena, rows * (size_t)partitions * FILTER_FLOATS, 16 + term),
            .partition_count = partitions
        };
    }
    const ConvolverSum sum = {
        .order = &order, .terms = terms, .term_count = 3, .end_row = size + 1, .sums = hand.floats};
    kernels->multiply(&sum);
    return hand;
}

static Hand multiply_one(const ConvolverKernels *kernels, int size, Arena *arena) {
    return multiply(kernels, size, 1, arena);
}

static Hand multiply_many(const ConvolverKernels *kernels, int size, Arena *arena) {
    return multiply(kernels, size, 13, arena);
}

static Hand multiply_some(const ConvolverKernels *kernels, int size, Arena *arena) {
    return multiply(kernels, size, 6, arena);
}

static void every_level_gives_the_bits_of_the_reference(void **state) {
    (void)state;
    for (int size = 8; size <= 200; size += 8) {
        compare_levels(turn_rows, size);
        compare_levels(turn_bins, size);
        compare_levels(part_lanes, size);
        compare_levels(join_lanes, size);
        compare_levels(add_bins, size);
        compare_levels(store_bins, size);
    }
    for (int size = 2; size <= 512; size *= 2) {
        compare_levels(part_bins, size);
        compare_levels(part_bins_behind_a_group, size);
        compare_levels(part_bins_behind_two, size);
        compare_levels(multiply_one, size);
        compare_levels(multiply_many, size);
        compare_levels(multiply_some, size);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_gives_the_bits_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
