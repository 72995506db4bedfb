/* Lane transforms against the sum they stand for, FFTW, and one another. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/hash.h"
#include "render/base/units.h"
#include "render/dsp/fft.h"
#include "render/dsp/lane_fft.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { BIN_FLOATS = 2 * LANE_FFT_LANES, GUARD_FLOATS = 64 };

/* Below -130 dB of the signal, in rms. */
static const double error_limit = 3.1622776601683795e-7;

/* White in -1 .. 1: Vigna's splitmix64, so every machine transforms the same numbers. */
static float next_random(uint64_t *seed) {
    uint64_t bits = *seed += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (float)((int64_t)((bits ^ (bits >> 31)) >> 40) - (1 << 23)) / (float)(1 << 23);
}

static size_t bins_floats(int size) {
    return (size_t)size * BIN_FLOATS;
}

static float *random_bins(int size, uint64_t seed, Arena *arena) {
    float *bins = arena_array(arena, bins_floats(size), sizeof *bins);
    for (size_t at = 0; at < bins_floats(size); at++) {
        bins[at] = next_random(&seed);
    }
    return bins;
}

static float *copy_bins(const float *bins, int size, Arena *arena) {
    float *copy = arena_array(arena, bins_floats(size), sizeof *copy);
    memcpy(copy, bins, bins_floats(size) * sizeof *copy);
    return copy;
}

/* rms of the difference over rms of the truth */
static double relative_error(const double *truth, const double *value, size_t count) {
    double error = 0;
    double power = 0;
    for (size_t at = 0; at < count; at++) {
        error += (value[at] - truth[at]) * (value[at] - truth[at]);
        power += truth[at] * truth[at];
    }
    return sqrt(error / power);
}

typedef struct Wave { /* one period, in steps of 1 / size */
    double *cosine, *sine;
    int size;
} Wave;

static Wave make_wave(int size, Arena *arena) {
    Wave wave = {arena_array(arena, (size_t)size, sizeof(double)),
                 arena_array(arena, (size_t)size, sizeof(double)), size};
    for (int step = 0; step < size; step++) {
        wave.cosine[step] = cos(2 * pi * step / size);
        wave.sine[step] = sin(2 * pi * step / size);
    }
    return wave;
}

/* sums: [re, im] of one bin of one lane */
static void direct_sum(const Wave *wave, const float *bins, int bin, int lane, double sums[2]) {
    sums[0] = 0;
    sums[1] = 0;
    for (int sample = 0; sample < wave->size; sample++) {
        const size_t step = (size_t)((int64_t)bin * sample % wave->size);
        const double re = (double)bins[(size_t)sample * BIN_FLOATS + (size_t)lane];
        const double im = (double)bins[(size_t)sample * BIN_FLOATS + LANE_FFT_LANES + (size_t)lane];
        sums[0] += re * wave->cosine[step] + im * wave->sine[step];
        sums[1] += im * wave->cosine[step] - re * wave->sine[step];
    }
}

/* Every bin of a small size, 64 of a large one; every lane is asked. */
static void compare_with_direct_sum(int size, Arena *arena) {
    const float *input = random_bins(size, (uint64_t)size, arena);
    float *bins = copy_bins(input, size, arena);
    const LaneFft *fft = lane_fft_create(size, arena);
    const Wave wave = make_wave(size, arena);
    const int bin_step = size <= 512 ? 1 : size / 64 + 1;
    double *truth = arena_array(arena, (size_t)size, 2 * sizeof *truth);
    double *value = arena_array(arena, (size_t)size, 2 * sizeof *value);
    size_t count = 0;
    lane_fft_forward(fft, bins);
    for (int bin = 0; bin < size; bin += bin_step) {
        const int lane = (bin / bin_step) % LANE_FFT_LANES;
        const size_t at = (size_t)lane_fft_position(fft, bin) * BIN_FLOATS + (size_t)lane;
        direct_sum(&wave, input, bin, lane, truth + count);
        value[count] = (double)bins[at];
        value[count + 1] = (double)bins[at + LANE_FFT_LANES];
        count += 2;
    }
    assert_true(relative_error(truth, value, count) < error_limit);
}

static void forward_equals_the_direct_sum_for_every_size(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        compare_with_direct_sum(size, arena);
        arena_destroy(&arena);
    }
}

static void every_bin_has_a_position_of_its_own(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        const LaneFft *fft = lane_fft_create(size, arena);
        bool *is_taken = arena_array(arena, (size_t)size, sizeof *is_taken);
        int *positions = arena_array(arena, (size_t)size, sizeof *positions);
        lane_fft_positions(fft, positions);
        for (int bin = 0; bin < size; bin++) {
            const int position = lane_fft_position(fft, bin);
            assert_in_range(position, 0, size - 1);
            assert_int_equal(positions[bin], position);
            assert_false(is_taken[position]);
            is_taken[position] = true;
        }
        arena_destroy(&arena);
    }
}

static void inverse_of_forward_is_the_input_times_size(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        const float *input = random_bins(size, 1, arena);
        float *bins = copy_bins(input, size, arena);
        const LaneFft *fft = lane_fft_create(size, arena);
        double error = 0;
        double power = 0;
        lane_fft_forward(fft, bins);
        lane_fft_inverse(fft, bins);
        for (size_t at = 0; at < bins_floats(size); at++) {
            const double truth = (double)input[at] * size;
            error += ((double)bins[at] - truth) * ((double)bins[at] - truth);
            power += truth * truth;
        }
        assert_true(sqrt(error / power) < error_limit);
        arena_destroy(&arena);
    }
}

static void the_transform_of_a_sum_is_the_sum_of_transforms(void **state) {
    (void)state;
    enum { SIZE = 2048 };
    Arena *arena = arena_create();
    const LaneFft *fft = lane_fft_create(SIZE, arena);
    float *x = random_bins(SIZE, 2, arena);
    float *y = random_bins(SIZE, 3, arena);
    float *sum = random_bins(SIZE, 4, arena);
    for (size_t at = 0; at < bins_floats(SIZE); at++) {
        sum[at] = 2 * x[at] - y[at] / 2;
    }
    lane_fft_forward(fft, x);
    lane_fft_forward(fft, y);
    lane_fft_forward(fft, sum);
    double error = 0;
    double power = 0;
    for (size_t at = 0; at < bins_floats(SIZE); at++) {
        const double truth = 2 * (double)x[at] - (double)y[at] / 2;
        error += ((double)sum[at] - truth) * ((double)sum[at] - truth);
        power += truth * truth;
    }
    assert_true(sqrt(error / power) < error_limit);
    arena_destroy(&arena);
}

/* The spectra of a pair of real signals: X[k] = (Z[k] + Z*[-k]) / 2, Y[k] = (Z[k] - Z*[-k]) / 2i.
 * spectra: [2][re, im] */
static void part_pair(const LaneFft *fft, const float *bins, int size, int bin, double spectra[4]) {
    const int lane = 5;
    const float *here = bins + (ptrdiff_t)lane_fft_position(fft, bin) * BIN_FLOATS + lane;
    const float *mirror =
        bins + (ptrdiff_t)lane_fft_position(fft, (size - bin) % size) * BIN_FLOATS + lane;
    const double re = (double)here[0];
    const double im = (double)here[LANE_FFT_LANES];
    const double mirror_re = (double)mirror[0];
    const double mirror_im = (double)mirror[LANE_FFT_LANES];
    spectra[0] = (re + mirror_re) / 2;
    spectra[1] = (im - mirror_im) / 2;
    spectra[2] = (im + mirror_im) / 2;
    spectra[3] = (mirror_re - re) / 2;
}

static void compare_pair_with_fftw(int size, Arena *arena) {
    const size_t spectrum_floats = (size_t)size + 2;
    float *bins = random_bins(size, 6, arena);
    const LaneFft *fft = lane_fft_create(size, arena);
    Fft *real_fft = NULL;
    assert_int_equal(fft_create_by(FFT_FFTW, size, &real_fft, errors_create(arena)), DONE);
    float *samples = arena_array(arena, (size_t)size, sizeof *samples);
    float *spectrum = arena_array(arena, spectrum_floats, sizeof *spectrum);
    double *truth = arena_array(arena, 2 * spectrum_floats, sizeof *truth);
    double *value = arena_array(arena, 2 * spectrum_floats, sizeof *value);
    for (size_t signal = 0; signal < 2; signal++) {
        for (size_t sample = 0; sample < (size_t)size; sample++) {
            samples[sample] = bins[sample * BIN_FLOATS + signal * LANE_FFT_LANES + 5];
        }
        fft_forward(real_fft, samples, spectrum);
        for (size_t at = 0; at < spectrum_floats; at++) {
            truth[at / 2 * 4 + signal * 2 + at % 2] = (double)spectrum[at];
        }
    }
    lane_fft_forward(fft, bins);
    for (int bin = 0; bin <= size / 2; bin++) {
        part_pair(fft, bins, size, bin, value + (ptrdiff_t)bin * 4);
    }
    assert_true(relative_error(truth, value, 2 * spectrum_floats) < error_limit);
    fft_destroy(&real_fft);
}

static void two_real_signals_in_a_lane_equal_fftw(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        compare_pair_with_fftw(size, arena);
        arena_destroy(&arena);
    }
}

/* Forward, then inverse of something else than what forward left, between guard bands.
 * Returns [2][size] bins. */
static float *run_level(int size, CpuLevel level, Arena *arena) {
    const LaneFft *fft = lane_fft_create_at_level(size, level, arena);
    float *both = arena_array(arena, 2 * bins_floats(size), sizeof *both);
    const size_t guarded_floats = bins_floats(size) + (size_t)2 * GUARD_FLOATS;
    for (uint64_t way = 0; way < 2; way++) {
        float *guarded = arena_array(arena, guarded_floats, sizeof *guarded);
        float *bins = guarded + GUARD_FLOATS;
        for (size_t at = 0; at < guarded_floats; at++) {
            guarded[at] = 12345.0F;
        }
        memcpy(bins, random_bins(size, 7 + way, arena), bins_floats(size) * sizeof *bins);
        (way == 0 ? lane_fft_forward : lane_fft_inverse)(fft, bins);
        for (size_t at = 0; at < GUARD_FLOATS; at++) {
            assert_true(guarded[at] == 12345.0F);
            assert_true(bins[bins_floats(size) + at] == 12345.0F);
        }
        memcpy(both + way * bins_floats(size), bins, bins_floats(size) * sizeof *bins);
    }
    return both;
}

static void every_level_gives_the_bits_of_the_reference(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        const size_t size_bytes = 2 * bins_floats(size) * sizeof(float);
        const float *reference = run_level(size, CPU_SCALAR, arena);
        for (CpuLevel level = CPU_BASELINE; level < CPU_LEVEL_COUNT; level++) {
            if (cpu_level_runs(level)) {
                assert_memory_equal(reference, run_level(size, level, arena), size_bytes);
            }
        }
        arena_destroy(&arena);
    }
}

/* Takes halves, column by column, between guard bands, and holds each range against the inverse of
 * all. */
typedef void Halves(const LaneFft *fft, const float *bins, int at, int count, float *tile);

static void
compare_halves(const LaneFft *fft, Halves *take, const float *bins, const float *whole, int size) {
    enum { COUNT = 16, TILE_FLOATS = 8 * COUNT * BIN_FLOATS };
    _Alignas(64) float guarded[TILE_FLOATS + 2 * GUARD_FLOATS];
    float *tile = guarded + GUARD_FLOATS;
    const int range = lane_fft_portion_bins(fft);
    for (int at = 0; at < range; at += COUNT) {
        for (size_t float_at = 0; float_at < sizeof guarded / sizeof *guarded; float_at++) {
            guarded[float_at] = 12345.0F;
        }
        take(fft, bins, at, COUNT, tile);
        const float *to = tile;
        for (int first = size / 2; first < size; first += range, to += COUNT * BIN_FLOATS) {
            assert_memory_equal(to, whole + bins_floats(first + at),
                                bins_floats(COUNT) * sizeof *to);
        }
        for (size_t guard = 0; guard < GUARD_FLOATS; guard++) {
            assert_true(guarded[guard] == 12345.0F && to[guard] == 12345.0F);
        }
    }
}

static void an_inverse_in_parts_gives_the_bits_of_one_in_a_piece(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        const float *input = random_bins(size, 11, arena);
        float *whole = copy_bins(input, size, arena);
        float *bins = arena_array(arena, bins_floats(size), sizeof *bins);
        lane_fft_inverse(lane_fft_create_at_level(size, CPU_SCALAR, arena), whole);
        for (CpuLevel level = CPU_SCALAR; level < CPU_LEVEL_COUNT; level++) {
            if (cpu_level_runs(level)) {
                const LaneFft *fft = lane_fft_create_at_level(size, level, arena);
                const int portion = lane_fft_portion_bins(fft);
                memcpy(bins, input, bins_floats(size) * sizeof *bins);
                for (int first = size - portion; first >= 0; first -= portion) {
                    lane_fft_inverse_portion(fft, bins, first);
                }
                compare_halves(fft, lane_fft_inverse_half, bins, whole, size);
            }
        }
        arena_destroy(&arena);
    }
}

/* First passes, then last ones of something else. Returns [2][size] bins. */
static float *run_ends(const LaneFft *fft, int size, Arena *arena) {
    float *both = arena_array(arena, 2 * bins_floats(size), sizeof *both);
    memcpy(both, random_bins(size, 12, arena), bins_floats(size) * sizeof *both);
    memcpy(both + bins_floats(size), random_bins(size, 13, arena),
           bins_floats(size) * sizeof *both);
    lane_fft_forward_first(fft, both);
    lane_fft_inverse_last(fft, both + bins_floats(size));
    return both;
}

static void ends_of_a_transform_give_the_bits_of_the_reference(void **state) {
    (void)state;
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        const float *reference =
            run_ends(lane_fft_create_at_level(size, CPU_SCALAR, arena), size, arena);
        for (CpuLevel level = CPU_SCALAR; level < CPU_LEVEL_COUNT; level++) {
            if (cpu_level_runs(level)) {
                const LaneFft *fft = lane_fft_create_at_level(size, level, arena);
                assert_memory_equal(run_ends(fft, size, arena), reference,
                                    2 * bins_floats(size) * sizeof(float));
                compare_halves(fft, lane_fft_inverse_last_half, random_bins(size, 13, arena),
                               reference + bins_floats(size), size);
            }
        }
        arena_destroy(&arena);
    }
}

/* The key was printed by builds of gcc 12 and clang 14, debug and optimised; whether the values are
 * right is for the other tests to say. */
static void every_compiler_gives_the_same_bits(void **state) {
    (void)state;
    KeyStream *stream = key_stream_create();
    for (int size = LANE_FFT_SIZE_MIN; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        Arena *arena = arena_create();
        const float *bins = run_level(size, CPU_SCALAR, arena);
        key_stream_update(stream, bins, 2 * bins_floats(size) * sizeof *bins);
        arena_destroy(&arena);
    }
    KeyText key;
    key_format(key_stream_finish(&stream), key);
    assert_string_equal(key, "4e27d90b7f24f58f20a48cf54cd3b6bd");
}

static void a_lane_does_not_depend_on_its_neighbours_or_its_place(void **state) {
    (void)state;
    enum { SIZE = 512 };
    Arena *arena = arena_create();
    const LaneFft *fft = lane_fft_create(SIZE, arena);
    const float *input = random_bins(SIZE, 9, arena);
    float *all = copy_bins(input, SIZE, arena);
    float *alone = arena_array(arena, bins_floats(SIZE), sizeof *alone);
    for (size_t at = 0; at < bins_floats(SIZE); at += LANE_FFT_LANES) {
        alone[at + 6] = input[at + 1];
    }
    lane_fft_forward(fft, all);
    lane_fft_forward(fft, alone);
    for (size_t at = 0; at < bins_floats(SIZE); at += LANE_FFT_LANES) {
        assert_memory_equal(&alone[at + 6], &all[at + 1], sizeof *all);
    }
    arena_destroy(&arena);
}

static void the_environment_can_force_the_reference(void **state) {
    (void)state;
    Arena *arena = arena_create();
    CpuLevel fastest = CPU_LEVEL_COUNT - 1;
    while (!cpu_level_runs(fastest)) {
        fastest--;
    }
    assert_int_equal(setenv("NOCTURNE_KERNELS", "scalar", 1), 0);
    assert_int_equal(lane_fft_level(lane_fft_create(256, arena)), CPU_SCALAR);
    assert_int_equal(unsetenv("NOCTURNE_KERNELS"), 0);
    assert_int_equal(lane_fft_level(lane_fft_create(256, arena)), fastest);
    assert_true(fastest >= CPU_BASELINE);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_equals_the_direct_sum_for_every_size),
        cmocka_unit_test(every_bin_has_a_position_of_its_own),
        cmocka_unit_test(inverse_of_forward_is_the_input_times_size),
        cmocka_unit_test(the_transform_of_a_sum_is_the_sum_of_transforms),
        cmocka_unit_test(two_real_signals_in_a_lane_equal_fftw),
        cmocka_unit_test(every_level_gives_the_bits_of_the_reference),
        cmocka_unit_test(ends_of_a_transform_give_the_bits_of_the_reference),
        cmocka_unit_test(an_inverse_in_parts_gives_the_bits_of_one_in_a_piece),
        cmocka_unit_test(every_compiler_gives_the_same_bits),
        cmocka_unit_test(a_lane_does_not_depend_on_its_neighbours_or_its_place),
        cmocka_unit_test(the_environment_can_force_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
