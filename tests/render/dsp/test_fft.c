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

/* Below -130 dB of the signal, in rms. */
static const double error_limit = 3.1622776601683795e-7;

static float *make_samples(Arena *arena, int size) {
    float *samples = arena_array(arena, (size_t)size, sizeof *samples);
    uint32_t noise = 1;
    for (int sample = 0; sample < size; sample++) {
        noise = noise * 1664525U + 1013904223U; /* Numerical Recipes, 7.1 */
        samples[sample] = (float)((int)(noise >> 8) - (1 << 23)) / (float)(1 << 23);
    }
    return samples;
}

static Fft *make_fft(Arena *arena, FftEngine engine, int size) {
    Fft *fft = NULL;
    assert_int_equal(fft_create_by(engine, size, &fft, errors_create(arena)), DONE);
    return fft;
}

static FftLanes *make_lanes(Arena *arena, FftEngine engine, int size) {
    FftLanes *fft = NULL;
    assert_int_equal(fft_lanes_create(engine, size, &fft, errors_create(arena)), DONE);
    return fft;
}

/* rms of the difference over rms of the truth */
static double relative_error(const double *truth, const float *value, size_t count) {
    double error = 0;
    double power = 0;
    for (size_t at = 0; at < count; at++) {
        error += ((double)value[at] - truth[at]) * ((double)value[at] - truth[at]);
        power += truth[at] * truth[at];
    }
    return sqrt(error / power);
}

static void compare_with_direct_sum(FftEngine engine, int size) {
    Arena *arena = arena_create();
    const float *samples = make_samples(arena, size);
    float *spectrum = arena_array(arena, (size_t)size + 2, sizeof *spectrum);
    double *truth = arena_array(arena, (size_t)size + 2, sizeof *truth);
    Fft *fft = make_fft(arena, engine, size);
    fft_forward(fft, samples, spectrum);
    for (int bin = 0; bin <= size / 2; bin++) {
        for (int sample = 0; sample < size; sample++) {
            const double angle_rad = 2 * pi * (bin * sample % size) / size;
            truth[2 * bin] += (double)samples[sample] * cos(angle_rad);
            truth[2 * bin + 1] -= (double)samples[sample] * sin(angle_rad);
        }
    }
    assert_true(relative_error(truth, spectrum, (size_t)size + 2) < error_limit);
    fft_destroy(&fft);
    assert_null(fft);
    fft_destroy(&fft);
    arena_destroy(&arena);
}

/* powers of two and others, below and above what the lanes take at once */
static void forward_equals_the_direct_sum(void **state) {
    (void)state;
    static const int sizes[] = {2, 6, 16, 100, 256, SIZE, 600, 1024, 1470};
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
        compare_with_direct_sum(FFT_LANE, sizes[at]);
        compare_with_direct_sum(FFT_FFTW, sizes[at]);
    }
}

static void invert(FftEngine engine, int size) {
    Arena *arena = arena_create();
    const float *samples = make_samples(arena, size);
    float *spectrum = arena_array(arena, (size_t)size + 2, sizeof *spectrum);
    float *back = arena_array(arena, (size_t)size, sizeof *back);
    double *truth = arena_array(arena, (size_t)size, sizeof *truth);
    Fft *fft = make_fft(arena, engine, size);
    fft_forward(fft, samples, spectrum);
    fft_inverse(fft, spectrum, back);
    for (int sample = 0; sample < size; sample++) {
        truth[sample] = (double)samples[sample] * size;
    }
    /* two transforms, two errors */
    assert_true(relative_error(truth, back, (size_t)size) < sqrt(2) * error_limit);
    assert_memory_equal(samples, make_samples(arena, size), (size_t)size * sizeof *samples);
    fft_destroy(&fft);
    arena_destroy(&arena);
}

/* 19200, 17640, 76800: what 400 ms are at 48, 44.1 and 192 kHz */
static void inverse_of_forward_is_the_input_times_size(void **state) {
    (void)state;
    static const int sizes[] = {2, 16, SIZE, 4096, 17640, 19200, 76800};
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
        invert(FFT_LANE, sizes[at]);
        invert(FFT_FFTW, sizes[at]);
    }
}

/* Bins of a real signal's ends have no imaginary part: whatever stands there changes nothing. */
static void inverse_does_not_read_what_a_real_signal_cannot_have(void **state) {
    (void)state;
    for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
        Arena *arena = arena_create();
        float *spectrum = make_samples(arena, SIZE + 2);
        float *other = make_samples(arena, SIZE + 2);
        float *back = arena_array(arena, SIZE, sizeof *back);
        float *other_back = arena_array(arena, SIZE, sizeof *other_back);
        Fft *fft = make_fft(arena, engine, SIZE);
        other[1] = 5;
        other[SIZE + 1] = -7;
        fft_inverse(fft, spectrum, back);
        fft_inverse(fft, other, other_back);
        assert_memory_equal(back, other_back, SIZE * sizeof *back);
        fft_destroy(&fft);
        arena_destroy(&arena);
    }
}

static void every_plan_and_buffer_gives_the_same_bits(void **state) {
    (void)state;
    for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
        Arena *arena = arena_create();
        float *first = arena_array(arena, SIZE + 2, sizeof *first);
        Fft *fft = make_fft(arena, engine, SIZE);
        fft_forward(fft, make_samples(arena, SIZE), first);
        fft_destroy(&fft);
        for (size_t run = 0; run < 20; run++) {
            arena_alloc(arena, 64 * run); /* other addresses, the same alignment */
            Fft *other = make_fft(arena, engine, 16 << run % 12); /* and other plans before */
            float *spectrum = arena_array(arena, SIZE + 2, sizeof *spectrum);
            fft = make_fft(arena, engine, SIZE);
            fft_forward(fft, make_samples(arena, SIZE), spectrum);
            assert_memory_equal(first, spectrum, (SIZE + 2) * sizeof *spectrum);
            fft_destroy(&other);
            fft_destroy(&fft);
        }
        arena_destroy(&arena);
    }
}

/* Both engines take the same lanes there, each with its bins in its own place, and back. */
static void compare_engines(int size) {
    Arena *arena = arena_create();
    const size_t floats = (size_t)size * FFT_BIN_FLOATS;
    double *truth = arena_array(arena, floats, sizeof *truth);
    float *value = arena_array(arena, floats, sizeof *value);
    float *bins[FFT_ENGINE_COUNT];
    FftLanes *ffts[FFT_ENGINE_COUNT];
    for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
        bins[engine] = make_samples(arena, size * FFT_BIN_FLOATS);
        ffts[engine] = make_lanes(arena, engine, size);
        fft_lanes_forward(ffts[engine], bins[engine]);
    }
    int *positions = arena_array(arena, (size_t)size, sizeof *positions);
    fft_lanes_positions(ffts[FFT_LANE], positions);
    for (int bin = 0; bin < size; bin++) {
        assert_int_equal(positions[bin], fft_lanes_position(ffts[FFT_LANE], bin));
        for (int part = 0; part < FFT_BIN_FLOATS; part++) {
            const ptrdiff_t at = (ptrdiff_t)bin * FFT_BIN_FLOATS + part;
            const int there = fft_lanes_position(ffts[FFT_FFTW], bin) * FFT_BIN_FLOATS + part;
            truth[at] = (double)bins[FFT_FFTW][there];
            value[at] =
                bins[FFT_LANE][fft_lanes_position(ffts[FFT_LANE], bin) * FFT_BIN_FLOATS + part];
        }
    }
    assert_true(relative_error(truth, value, floats) < error_limit);
    for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
        fft_lanes_inverse(ffts[engine], bins[engine]);
        fft_lanes_destroy(&ffts[engine]);
        assert_null(ffts[engine]);
    }
    for (size_t at = 0; at < floats; at++) {
        truth[at] = (double)bins[FFT_FFTW][at];
    }
    assert_true(relative_error(truth, bins[FFT_LANE], floats) < error_limit);
    arena_destroy(&arena);
}

/* By every engine, in tiles. */
static void an_inverse_in_parts_gives_the_bits_of_one_in_a_piece(void **state) {
    (void)state;
    enum { TILE = 24, RANGES = 8 };
    for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
        for (int size = 256; size <= 65536; size *= 16) {
            Arena *arena = arena_create();
            float *whole = make_samples(arena, size * FFT_BIN_FLOATS);
            float *bins = make_samples(arena, size * FFT_BIN_FLOATS);
            float *tile = arena_array(arena, RANGES * TILE * FFT_BIN_FLOATS, sizeof *tile);
            FftLanes *fft = make_lanes(arena, engine, size);
            const FftLanesParts parts = fft_lanes_parts(fft);
            fft_lanes_inverse(fft, whole);
            for (int first = 0; first < size; first += parts.portion_bins) {
                fft_lanes_inverse_portion(fft, bins, first);
            }
            for (int at = 0; at + TILE <= parts.range_samples; at += TILE) {
                fft_lanes_inverse_half(fft, bins, at, TILE, tile);
                const float *to = tile;
                for (int first = size / 2; first < size; first += parts.range_samples) {
                    const float *from = whole + (ptrdiff_t)(first + at) * FFT_BIN_FLOATS;
                    assert_memory_equal(to, from, TILE * FFT_BIN_FLOATS * sizeof *to);
                    to += (ptrdiff_t)TILE * FFT_BIN_FLOATS;
                }
            }
            fft_lanes_destroy(&fft);
            arena_destroy(&arena);
        }
    }
}

static void both_engines_agree_to_130_db_in_every_size(void **state) {
    (void)state;
    for (int size = 256; size <= 131072; size *= 2) {
        compare_engines(size);
    }
}

static void an_engine_says_what_its_bits_depend_on(void **state) {
    (void)state;
    assert_string_equal(fft_engine_name(FFT_LANE), "lane");
    assert_string_equal(fft_engine_name(FFT_FFTW), "fftw");
    assert_string_equal(fft_engine_version(FFT_FFTW), fft_library_version());
    assert_string_not_equal(fft_engine_version(FFT_LANE), fft_library_version());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_equals_the_direct_sum),
        cmocka_unit_test(inverse_of_forward_is_the_input_times_size),
        cmocka_unit_test(inverse_does_not_read_what_a_real_signal_cannot_have),
        cmocka_unit_test(every_plan_and_buffer_gives_the_same_bits),
        cmocka_unit_test(an_inverse_in_parts_gives_the_bits_of_one_in_a_piece),
        cmocka_unit_test(both_engines_agree_to_130_db_in_every_size),
        cmocka_unit_test(an_engine_says_what_its_bits_depend_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
