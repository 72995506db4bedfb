/* Noise: its moments, its shape, and that nothing leans on anything else. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/dsp/noise.h"

enum { COUNT = 400000 };

/* Means of COUNT values scatter by sqrt(variance / COUNT); five times that is never met. */
static const double five_sigma = 5.0 / 632.4;

typedef double Draw(uint64_t stream, int64_t index);

static void check_moments(Draw *draw, double variance, double fourth) {
    const uint64_t stream = noise_stream(1, (const char *[]){"cinema", "music"}, 2, 0);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    for (int64_t index = 0; index < COUNT; index++) {
        const double value = draw(stream, index);
        sum += value;
        squares += value * value;
        fourths += value * value * value * value;
    }
    assert_true(fabs(sum / COUNT) < five_sigma * sqrt(variance));
    assert_true(fabs(squares / COUNT - variance) < five_sigma * sqrt(fourth));
    assert_true(fabs(fourths / COUNT - fourth) < 0.03 * fourth);
}

static void moments_are_those_of_the_distributions(void **state) {
    (void)state;
    check_moments(noise_uniform, 1.0 / 3, 1.0 / 5);
    check_moments(noise_tpdf, 1.0 / 6, 1.0 / 15);
    check_moments(noise_gaussian, 1, 3);
}

static void dither_is_triangular_within_one_step(void **state) {
    (void)state;
    enum { BINS = 20 };
    int counts[BINS] = {0};
    const uint64_t stream = noise_stream(7, NULL, 0, 3);
    for (int64_t index = -COUNT / 2; index < COUNT / 2; index++) {
        const double value = noise_tpdf(stream, index);
        assert_true(value > -1 && value < 1);
        counts[(int)((value + 1) * BINS / 2)]++;
    }
    for (int bin = 0; bin < BINS; bin++) {
        const double middle = (bin + 0.5) * 2 / BINS - 1;
        const double expected = (1 - fabs(middle)) * 2 / BINS * COUNT; /* density 1 - |x| */
        assert_true(fabs(counts[bin] - expected) < 5 * sqrt(expected));
    }
}

static double correlation(uint64_t left, uint64_t right, int64_t lag) {
    double sum = 0;
    for (int64_t index = 0; index < COUNT; index++) {
        sum += noise_uniform(left, index) * noise_uniform(right, index + lag);
    }
    return sum / COUNT * 3;
}

static void streams_and_neighbours_are_not_correlated(void **state) {
    (void)state;
    const char *const names[] = {"film", "full", "full", "film"};
    const uint64_t streams[] = {
        noise_stream(1, names, 2, 0),     noise_stream(1, names, 2, 1),
        noise_stream(2, names, 2, 0),     noise_stream(1, names + 2, 2, 0),
        noise_stream(1, names, 1, 0),     noise_stream(0, NULL, 0, 0),
        noise_stream(1, names + 1, 2, 0),
    };
    for (int left = 0; left < 7; left++) {
        for (int right = left + 1; right < 7; right++) {
            assert_true(streams[left] != streams[right]);
            assert_true(fabs(correlation(streams[left], streams[right], 0)) < five_sigma);
        }
        for (int64_t lag = 1; lag <= 4; lag++) {
            assert_true(fabs(correlation(streams[left], streams[left], lag)) < five_sigma);
        }
    }
}

static void borders_of_names_count(void **state) {
    (void)state;
    const uint64_t one = noise_stream(5, (const char *[]){"ab", "c"}, 2, 0);
    const uint64_t other = noise_stream(5, (const char *[]){"a", "bc"}, 2, 0);
    assert_true(one != other && one != noise_stream(5, (const char *[]){"abc"}, 1, 0));
    assert_true(one == noise_stream(5, (const char *[]){"ab", "c"}, 2, 0));
}

static void every_input_bit_turns_half_of_the_output_bits(void **state) {
    (void)state;
    const uint64_t stream = noise_stream(11, NULL, 0, 0);
    for (int bit = 0; bit < 64; bit++) {
        double turned = 0;
        for (int64_t index = 0; index < 2000; index++) {
            const uint64_t other = (uint64_t)index ^ (UINT64_C(1) << bit);
            turned += __builtin_popcountll(noise_hash(stream, index) ^
                                           noise_hash(stream, (int64_t)other));
        }
        assert_true(fabs(turned / 2000 - 32) < 0.5); /* one sigma: 4 / sqrt(2000) = 0.09 */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_those_of_the_distributions),
        cmocka_unit_test(dither_is_triangular_within_one_step),
        cmocka_unit_test(streams_and_neighbours_are_not_correlated),
        cmocka_unit_test(borders_of_names_count),
        cmocka_unit_test(every_input_bit_turns_half_of_the_output_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
