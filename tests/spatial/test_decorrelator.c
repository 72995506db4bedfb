/* The decorrelators and their generator against the reference renderer of BS.2127. */
#include "spatial/decorrelator.h"

#include "render/base/error.h" /* before the macro fail of cmocka */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bs2127.h"
#include "spatial/mersenne_twister.h"

static void the_generator_gives_the_published_numbers(void **state) {
    (void)state;
    MersenneTwister twister;
    mersenne_twister_seed(&twister, 5489);
    assert_int_equal(mersenne_twister_next(&twister), UINT32_C(3499211612));
    for (int index = 2; index < 10000; ++index) {
        mersenne_twister_next(&twister);
    }
    /* ISO/IEC 14882, 26.6.5: the 10000th number of mt19937 with its default seed. */
    assert_int_equal(mersenne_twister_next(&twister), UINT32_C(4123659995));
}

static void the_generator_is_that_of_the_reference_for_every_seed(void **state) {
    (void)state;
    Oracle oracle;
    int row_count = 0;
    MersenneTwister twister;
    oracle_open(&oracle, "ear_mt19937_first.csv");
    while (oracle_next(&oracle)) {
        if (oracle_number(&oracle, 1) == 0.0) {
            mersenne_twister_seed(&twister, (uint32_t)oracle_number(&oracle, 0));
        }
        assert_int_equal(mersenne_twister_next(&twister), (uint32_t)oracle_number(&oracle, 2));
        ++row_count;
    }
    printf("mt19937: %d rows, equal\n", row_count);
    assert_int_equal(row_count, 192);
}

/* The columns are those of the layout, behind the number of the tap. */
static double largest_error_of(const char *file, const Layout *layout) {
    double taps[12][DECORRELATOR_TAPS];
    double largest_error = 0.0;
    int row_count = 0;
    Oracle oracle;
    oracle_open(&oracle, file);
    assert_int_equal(oracle.cell_count, layout->channel_count + 1);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        assert_string_equal(oracle.cells[channel + 1], layout_bs2051_label(layout, channel));
        decorrelator_taps(layout, channel, taps[channel]);
    }
    for (; oracle_next(&oracle); ++row_count) {
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            const double error = taps[channel][row_count] - oracle_number(&oracle, channel + 1);
            largest_error = fmax(largest_error, fabs(error));
        }
    }
    assert_int_equal(row_count, DECORRELATOR_TAPS);
    return largest_error;
}

static void every_tap_of_the_reference_renderer_is_met(void **state) {
    (void)state;
    double largest_error = largest_error_of("ear_decorrelators_0_2_0.csv", layout_find("2.0"));
    largest_error =
        fmax(largest_error, largest_error_of("ear_decorrelators_0_5_0.csv", layout_find("5.1")));
    largest_error =
        fmax(largest_error, largest_error_of("ear_decorrelators_4_7_0.csv", layout_find("7.1.4")));
    reference_report("decorrelators", 3 * DECORRELATOR_TAPS, largest_error);
    assert_true(largest_error < reference_tolerance);
}

/* An all-pass on its own circle: its circular autocorrelation is an impulse. */
static void the_filters_are_all_passes(void **state) {
    (void)state;
    const Layout *const layout = layout_find("9.1.6");
    double taps[DECORRELATOR_TAPS];
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        decorrelator_taps(layout, channel, taps);
        for (int lag = 0; lag < DECORRELATOR_TAPS; lag += 37) {
            double sum = 0.0;
            for (int tap = 0; tap < DECORRELATOR_TAPS; ++tap) {
                sum += taps[tap] * taps[(tap + lag) % DECORRELATOR_TAPS];
            }
            assert_true(fabs(sum - (lag == 0 ? 1.0 : 0.0)) < 1e-13);
        }
    }
}

static void seeds_count_the_labels_in_order_of_ascii(void **state) {
    (void)state;
    /* 0+5+0 sorted: LFE1 M+000 M+030 M+110 M-030 M-110 */
    static const int expected[] = {2, 4, 1, 0, 3, 5};
    for (int channel = 0; channel < 6; ++channel) {
        assert_int_equal(decorrelator_seed(layout_find("5.1"), channel), expected[channel]);
    }
    for (int index = 0; speaker_layout_at(index); ++index) {
        const Layout *const layout = speaker_layout_at(index);
        uint64_t seen = 0;
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            seen |= UINT64_C(1) << decorrelator_seed(layout, channel);
        }
        assert_true(seen == (UINT64_C(1) << layout->channel_count) - 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_gives_the_published_numbers),
        cmocka_unit_test(the_generator_is_that_of_the_reference_for_every_seed),
        cmocka_unit_test(every_tap_of_the_reference_renderer_is_met),
        cmocka_unit_test(the_filters_are_all_passes),
        cmocka_unit_test(seeds_count_the_labels_in_order_of_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
