/* Exact times: the sums that floating point gets wrong, and the rounding to samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/base/rational.h"

static void assert_fraction(Rational value, int64_t numerator, int64_t denominator) {
    assert_int_equal(value.numerator, numerator);
    assert_int_equal(value.denominator, denominator);
}

static void fractions_are_kept_in_lowest_terms(void **state) {
    (void)state;
    Rational value;
    assert_true(rational_make(6, -4, &value));
    assert_fraction(value, -3, 2);
    assert_true(rational_make(0, -7, &value));
    assert_fraction(value, 0, 1);
    assert_false(rational_make(1, 0, &value));
    assert_fraction(value, 0, 1);
    assert_false(rational_make(INT64_MIN, 1, &value));
}

static void thirty_frames_of_ntsc_are_exactly_1001_ms(void **state) {
    (void)state;
    Rational sum = {0, 1};
    for (int frame = 0; frame < 30; frame++) {
        assert_true(rational_add(sum, (Rational){1001, 30000}, &sum));
    }
    assert_fraction(sum, 1001, 1000);
    assert_true(rational_subtract(sum, (Rational){1, 1000}, &sum));
    assert_fraction(sum, 1, 1);
    assert_true(rational_multiply((Rational){1001, 30000}, (Rational){90000, 1}, &sum));
    assert_fraction(sum, 3003, 1);
}

static void results_that_do_not_fit_are_refused(void **state) {
    (void)state;
    Rational value;
    const Rational huge = {INT64_MAX, 1};
    assert_false(rational_add(huge, huge, &value));
    assert_false(rational_multiply(huge, huge, &value));
    assert_true(rational_subtract(huge, huge, &value));
    assert_fraction(value, 0, 1);
}

static void comparison_is_exact_where_doubles_are_equal(void **state) {
    (void)state;
    const Rational one = {1, 1};
    const Rational nearly = {INT64_MAX - 1, INT64_MAX};
    assert_true(rational_value(nearly) == rational_value(one));
    assert_int_equal(rational_compare(nearly, one), -1);
    assert_int_equal(rational_compare(one, nearly), 1);
    assert_int_equal(rational_compare((Rational){-1, 2}, (Rational){-1, 3}), -1);
    assert_int_equal(rational_compare(one, one), 0);
}

static void decimal_text_is_read_exactly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t numerator, denominator;
    } cases[] = {
        {"12",                 12,                 1               },
        {"-3.25",              -13,                4               },
        {"+.5",                1,                  2               },
        {"1e3",                1000,               1               },
        {"2.5E-3",             1,                  400             },
        {"0.1",                1,                  10              },
        {"1e+2",               100,                1               },
        {"999999999999999999", 999999999999999999, 1               },
        {"-0.000000000000001", -1,                 1000000000000000},
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        Rational value;
        assert_true(rational_parse(cases[row].text, &value));
        assert_fraction(value, cases[row].numerator, cases[row].denominator);
    }
}

static void other_text_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        ".",
                                        "-",
                                        "1 ",
                                        " 1",
                                        "1e",
                                        "1e 5",
                                        "e5",
                                        "1.2.3",
                                        "0x10",
                                        "nan",
                                        "1e19",
                                        "1e-19",
                                        "--1",
                                        "1e--2",
                                        "99999999999999999999",
                                        "1e99999999999999999999"};
    for (size_t row = 0; row < sizeof texts / sizeof *texts; row++) {
        Rational value;
        assert_false(rational_parse(texts[row], &value));
    }
}

static void samples_are_rounded_half_to_even(void **state) {
    (void)state;
    assert_int_equal(rational_to_samples((Rational){1, 2}, 1), 0);
    assert_int_equal(rational_to_samples((Rational){3, 2}, 1), 2);
    assert_int_equal(rational_to_samples((Rational){5, 2}, 1), 2);
    assert_int_equal(rational_to_samples((Rational){-1, 2}, 1), 0);
    assert_int_equal(rational_to_samples((Rational){-3, 2}, 1), -2);
    assert_int_equal(rational_to_samples((Rational){-5, 3}, 1), -2);
    assert_int_equal(rational_to_samples((Rational){1001, 30000}, 48000), 1602); /* 1601.6 */
    assert_int_equal(rational_to_samples((Rational){1, 24}, 48000), 2000);
    assert_int_equal(rational_to_samples((Rational){14400, 1}, 192000), INT64_C(2764800000));
}

static void samples_at_or_behind_a_time_are_found(void **state) {
    (void)state;
    assert_int_equal(rational_to_samples_up((Rational){1, 3}, 48000), 16000);
    assert_int_equal(rational_to_samples_up((Rational){1, 7}, 48000), 6858);   /* 6857.14 */
    assert_int_equal(rational_to_samples_up((Rational){-1, 7}, 48000), -6857); /* -6857.14 */
    assert_int_equal(rational_to_samples_up((Rational){0, 1}, 48000), 0);
    assert_int_equal(rational_to_samples_up((Rational){1, INT64_MAX}, 48000), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_are_kept_in_lowest_terms),
        cmocka_unit_test(thirty_frames_of_ntsc_are_exactly_1001_ms),
        cmocka_unit_test(results_that_do_not_fit_are_refused),
        cmocka_unit_test(comparison_is_exact_where_doubles_are_equal),
        cmocka_unit_test(decimal_text_is_read_exactly),
        cmocka_unit_test(other_text_is_refused),
        cmocka_unit_test(samples_are_rounded_half_to_even),
        cmocka_unit_test(samples_at_or_behind_a_time_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
