/* The twiddle factors against libm, and their symmetry to the bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/units.h"
#include "render/dsp/unit_circle.h"

#include <cmocka.h>

static void every_point_is_the_nearest_float(void **state) {
    (void)state;
    for (int size = 8; size <= 8192; size *= 4) {
        Arena *arena = arena_create();
        float *turns = arena_array(arena, (size_t)size, 2 * sizeof *turns);
        unit_circle_fill(size, turns);
        for (int k = 0; k < size; k++) {
            const double angle_rad = 2 * pi * k / size;
            /* half a unit in the last place of 1, and what libm is off by near zero */
            assert_true(fabs((double)turns[2 * k] - cos(angle_rad)) < 0x1.01p-25);
            assert_true(fabs((double)turns[2 * k + 1] + sin(angle_rad)) < 0x1.01p-25);
        }
        arena_destroy(&arena);
    }
}

static void the_second_half_is_the_negative_of_the_first(void **state) {
    (void)state;
    enum { SIZE = 1024 };
    Arena *arena = arena_create();
    float *turns = arena_array(arena, SIZE, 2 * sizeof *turns);
    unit_circle_fill(SIZE, turns);
    for (int at = 0; at < SIZE; at++) {
        assert_true(turns[at] == -turns[SIZE + at]);
    }
    assert_true(turns[SIZE / 4] == -turns[SIZE / 4 + 1]); /* an eighth: both the same */
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_is_the_nearest_float),
        cmocka_unit_test(the_second_half_is_the_negative_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
