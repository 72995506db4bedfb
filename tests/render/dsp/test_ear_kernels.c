/* Every level of the CPU against the scalar reference: the same bits, and nothing beyond the end.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/base/arena.h"
#include "render/dsp/ear_kernels.h"

#include <cmocka.h>

enum { SIZE = 256, FLOATS = SIZE * EAR_BIN_FLOATS, ROOM = 1200, GUARD = 64, PRODUCTS = 4 };
static const float guard_value = 123.25F;

typedef struct Hands { /* what one level makes */
    float bins[FLOATS + GUARD], mixed[ROOM + GUARD], late[ROOM + GUARD];
    float sums[PRODUCTS][EAR_ENDS][FLOATS + GUARD], held[ROOM * EAR_LANES + GUARD];
    float folded[PRODUCTS][EAR_ENDS][2 * SIZE * EAR_LANES + GUARD];
    float taps[FRACTIONAL_DELAY_TAPS + GUARD];
    double faded[ROOM + GUARD];
} Hands;

typedef struct Table { /* what all levels are given */
    _Alignas(64) float bins[FLOATS];
    float filters[2][FLOATS];
    double weights[ROOM];
    float masks[EAR_BIN_FLOATS], rows[EAR_BIN_FLOATS][ROOM], taps[FRACTIONAL_DELAY_TAPS];
    int mirror[SIZE];
} Table;

static void fill(float *samples, size_t count, uint32_t seed) {
    for (size_t sample = 0; sample < count; sample++) {
        seed = seed * 1664525U + 1013904223U;
        samples[sample] = (float)(int32_t)seed * 0x1p-31F;
    }
}

static Table *set_table(Arena *arena) {
    Table *table = arena_alloc(arena, sizeof *table);
    fill(table->bins, FLOATS, 1);
    fill(table->filters[0], FLOATS, 2);
    fill(table->filters[1], FLOATS, 3);
    fill(table->masks, EAR_BIN_FLOATS, 4);
    fill(table->rows[0], (size_t)EAR_BIN_FLOATS * ROOM, 5);
    fill(table->taps, FRACTIONAL_DELAY_TAPS, 6);
    for (int n = 0; n < ROOM; n++) {
        table->weights[n] = (double)n / ROOM;
    }
    for (int bin = 0; bin < SIZE; bin++) {
        table->mirror[bin] = (SIZE - bin) * 37 % SIZE;
    }
    return table;
}

static Hands *work(const EarKernels *kernels, const Table *table, int count, Arena *arena) {
    Hands *hands = arena_alloc(arena, sizeof *hands);
    const float *rows[EAR_BIN_FLOATS];
    for (int row = 0; row < EAR_BIN_FLOATS; row++) {
        rows[row] = table->rows[row];
    }
    for (size_t at = 0; at < sizeof *hands / sizeof(float); at++) {
        ((float *)hands)[at] = guard_value;
    }
    for (int number = 0; number < PRODUCTS; number++) {
        const EarProduct product = {
            .size = SIZE,
            .end_count = number % 2 + 1,
            .is_first = number < 2,
            .mirror = table->mirror,
            .bins = table->bins,
            .masks = table->masks,
            .filters = {{table->filters[0], table->filters[1]},
                        {table->filters[1], table->filters[0]}                        },
            .sums = {hands->sums[number][0],                 hands->sums[number][1]}
        };
        kernels->multiply_add(&product);
        EarProduct last = product;
        last.is_first = false;
        float *const held[] = {hands->folded[number][0] + 5, hands->folded[number][1] + 5};
        kernels->multiply_fold(&last, held);
    }
    for (int n = 0; n < ROOM; n++) {
        hands->faded[n] = n;
    }
    kernels->fold(table->bins, count / 4 * 4 % (2 * SIZE), hands->held + 3);
    kernels->fade(table->rows[0], table->rows[1], table->weights, count, hands->faded);
    kernels->interleave(rows, count % SIZE, hands->bins);
    kernels->mix(rows, table->taps, count, hands->mixed);
    kernels->delay_taps((double)(count % 101) / 100, hands->taps);
    kernels->delay(table->rows[3] + FRACTIONAL_DELAY_TAPS, table->taps, count, hands->late);
    return hands;
}

static void all_levels_give_the_bits_of_the_reference(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Table *table = set_table(arena);
    for (int count = EAR_DELAY_STEP; count < ROOM - EAR_DELAY_STEP; count += 13) {
        const Hands *reference = work(ear_kernels_at_level(CPU_SCALAR), table, count, arena);
        for (int level = CPU_BASELINE; level < CPU_LEVEL_COUNT; level++) {
            if (cpu_level_runs((CpuLevel)level)) {
                const Hands *hands =
                    work(ear_kernels_at_level((CpuLevel)level), table, count, arena);
                assert_memory_equal(hands, reference, sizeof *hands);
            }
        }
    }
    arena_destroy(&arena);
}

static void the_reference_keeps_to_its_formulas_and_its_room(void **state) {
    (void)state;
    enum { COUNT = 64 };
    Arena *arena = arena_create();
    const Table *table = set_table(arena);
    const Hands *hands = work(ear_kernels_at_level(CPU_SCALAR), table, COUNT, arena);
    double taps[FRACTIONAL_DELAY_TAPS];
    fractional_delay_taps(COUNT / 100.0, taps);
    for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; tap++) {
        assert_true(hands->taps[tap] == (float)taps[tap]);
    }
    assert_true(hands->taps[FRACTIONAL_DELAY_TAPS] == guard_value);
    for (int n = 0; n < COUNT; n++) {
        double late = 0;
        double mixed = 0;
        for (int tap = 0; tap < FRACTIONAL_DELAY_TAPS; tap++) {
            late += (double)table->taps[tap] * table->rows[3][FRACTIONAL_DELAY_TAPS + n - tap];
        }
        for (int row = 0; row < 3; row++) {
            mixed += (double)table->taps[row] * table->rows[row][n];
        }
        assert_true(late - hands->late[n] < 1e-6 && hands->late[n] - late < 1e-6);
        assert_true(mixed - hands->mixed[n] < 1e-6 && hands->mixed[n] - mixed < 1e-6);
        for (int row = 0; row < EAR_BIN_FLOATS; row++) {
            assert_true(hands->bins[(ptrdiff_t)n * EAR_BIN_FLOATS + row] == table->rows[row][n]);
        }
    }
    assert_true(hands->late[COUNT] == guard_value && hands->mixed[COUNT] == guard_value);
    assert_true(hands->bins[COUNT * EAR_BIN_FLOATS] == guard_value);
    for (int n = 0; n < COUNT / 4 * 4; n++) {
        double folded = 0;
        for (int lane = 0; lane < EAR_LANES; lane++) {
            folded += (double)table->bins[n * EAR_LANES + lane];
        }
        assert_true(fabs(folded - (double)hands->held[n * EAR_LANES + 3]) < 1e-6);
        const double leaving = (double)table->rows[0][n];
        const double coming = (double)table->rows[1][n];
        const double weight = (double)n / ROOM;
        assert_true(fabs(n + (1 - weight) * leaving + weight * coming - hands->faded[n]) < 1e-12);
    }
    assert_true(hands->held[COUNT / 4 * 4 * EAR_LANES + 3] == guard_value);
    assert_true(hands->held[4] == guard_value); /* other lanes are left alone */
    assert_true(hands->faded[COUNT] == COUNT);
    for (int number = 0; number < PRODUCTS; number++) {
        assert_true(hands->sums[number][number % 2][FLOATS] == guard_value);
        /* what is not first adds to what stood there */
        const double first = (double)hands->sums[number % 2][0][5];
        const double before = number < 2 ? 0.0 : (double)guard_value;
        assert_true(fabs(first + before - (double)hands->sums[number][0][5]) < 1e-4);
    }
    assert_true(hands->sums[0][1][5] == guard_value); /* one end */
    for (int n = 0; n < 2 * SIZE; n++) {              /* folded on top of itself */
        double folded = 0;
        for (int lane = 0; lane < EAR_LANES; lane++) {
            folded += 2 * (double)hands->sums[1][1][n * EAR_LANES + lane];
        }
        assert_true(fabs(folded - (double)hands->folded[1][1][n * EAR_LANES + 5]) < 1e-4);
    }
    assert_true(hands->folded[1][1][2 * SIZE * EAR_LANES + 5] == guard_value);
    assert_true(hands->folded[1][1][6] == guard_value && hands->folded[0][1][5] == guard_value);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_levels_give_the_bits_of_the_reference),
        cmocka_unit_test(the_reference_keeps_to_its_formulas_and_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
