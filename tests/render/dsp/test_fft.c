/* Transforms against the sum they stand for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "render/base/units.h"
#include "render/dsp/fft.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { SIZE = 512 };

static float *make_samples(Arena *arena) {
    float *samples = arena_array(arena, SIZE, sizeof *samples);
    for (int sample = 0; sample < SIZE; sample++) {
        samples[sample] = (float)((sample * 7919 + 13) % 401 - 200) / 200;
    }
    return samples;
}

static Fft *make_fft(Arena *arena, int size) {
    Fft *fft = NULL;
    assert_int_equal(fft_create(size, &fft, errors_create(arena)), DONE);
    return fft;
}

static void forward_equals_the_direct_sum(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const float *samples = make_samples(arena);
    float *spectrum = arena_array(arena, SIZE + 2, sizeof *spectrum);
    Fft *fft = make_fft(arena, SIZE);
    fft_forward(fft, samples, spectrum);
    for (int bin = 0; bin <= SIZE / 2; bin++) {
        double re = 0;
        double im = 0;
        for (int sample = 0; sample < SIZE; sample++) {
            re += (double)samples[sample] * cos(2 * pi * bin * sample / SIZE);
            im -= (double)samples[sample] * sin(2 * pi * bin * sample / SIZE);
        }
        const size_t at = 2 * (size_t)bin;
        assert_true(fabs(re - (double)spectrum[at]) < 5e-5); /* 1e-6 of sqrt(SIZE) */
        assert_true(fabs(im - (double)spectrum[at + 1]) < 5e-5);
    }
    fft_destroy(&fft);
    assert_null(fft);
    fft_destroy(&fft);
    arena_destroy(&arena);
}

static void inverse_of_forward_is_the_input_times_size(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const float *samples = make_samples(arena);
    float *spectrum = arena_array(arena, SIZE + 2, sizeof *spectrum);
    float *back = arena_array(arena, SIZE, sizeof *back);
    Fft *fft = make_fft(arena, SIZE);
    fft_forward(fft, samples, spectrum);
    fft_inverse(fft, spectrum, back);
    for (int sample = 0; sample < SIZE; sample++) {
        assert_true(fabs((double)(back[sample] / SIZE - samples[sample])) < 1e-6);
    }
    assert_memory_equal(samples, make_samples(arena), SIZE * sizeof *samples); /* kept */
    fft_destroy(&fft);
    arena_destroy(&arena);
}

static void every_plan_and_buffer_gives_the_same_bits(void **state) {
    (void)state;
    Arena *arena = arena_create();
    float *first = arena_array(arena, SIZE + 2, sizeof *first);
    Fft *fft = make_fft(arena, SIZE);
    fft_forward(fft, make_samples(arena), first);
    fft_destroy(&fft);
    for (size_t run = 0; run < 20; run++) {
        arena_alloc(arena, 64 * run);                 /* other addresses, the same alignment */
        Fft *other = make_fft(arena, 16 << run % 12); /* and other plans before */
        float *spectrum = arena_array(arena, SIZE + 2, sizeof *spectrum);
        fft = make_fft(arena, SIZE);
        fft_forward(fft, make_samples(arena), spectrum);
        assert_memory_equal(first, spectrum, (SIZE + 2) * sizeof *spectrum);
        fft_destroy(&other);
        fft_destroy(&fft);
    }
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_equals_the_direct_sum),
        cmocka_unit_test(inverse_of_forward_is_the_input_times_size),
        cmocka_unit_test(every_plan_and_buffer_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
