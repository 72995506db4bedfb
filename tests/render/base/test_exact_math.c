/* Elementary functions against the 64-bit mantissas of long double libm. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"

static const double limit_ulp = 2.0; /* what the header promises */

static uint64_t next_random(uint64_t *state) { /* xorshift64: any sequence would do */
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double random_between(uint64_t *state, double low, double high) {
    return low + (high - low) * ((double)(next_random(state) >> 11) * 0x1p-53);
}

static double error_ulp(double value, long double truth) {
    const double size = fabs((double)truth);
    const double ulp = size < DBL_MIN ? 0x1p-1074 : nextafter(size, HUGE_VAL) - size;
    return (double)(fabsl((long double)value - truth) / ulp);
}

/* Greatest error over an even grid of random points. */
static double greatest_error(double (*function)(double),
                             long double (*truth)(long double),
                             double low,
                             double high) {
    uint64_t state = 88172645463325252U;
    double greatest = 0;
    for (int point = 0; point < 200000; point++) {
        const double x = random_between(&state, low, high);
        greatest = fmax(greatest, error_ulp(function(x), truth(x)));
    }
    return greatest;
}

static void
check(double (*function)(double), long double (*truth)(long double), double low, double high) {
    const double greatest = greatest_error(function, truth, low, high);
    if (!(greatest < limit_ulp)) {
        fail_msg("%.3f ulp between %g and %g", greatest, low, high);
    }
}

static void angles_are_within_two_ulp_of_the_truth(void **state) {
    (void)state;
    static const double spans[][2] = {
        {-1e-3,   1e-3  },
        {-4,      4     },
        {-100,    100   },
        {-1e6,    1e6   },
        {1.57,    1.571 },
        {3.14159, 3.1416}
    };
    for (size_t span = 0; span < sizeof spans / sizeof *spans; span++) {
        check(exact_sin, sinl, spans[span][0], spans[span][1]);
        check(exact_cos, cosl, spans[span][0], spans[span][1]);
        check(exact_tan, tanl, spans[span][0], spans[span][1]);
    }
}

static void arcs_are_within_two_ulp_of_the_truth(void **state) {
    (void)state;
    static const double spans[][2] = {
        {-1,    1      },
        {-1e-4, 1e-4   },
        {0.999, 1      },
        {-1,    -0.9999},
        {0.7,   0.71   }
    };
    for (size_t span = 0; span < sizeof spans / sizeof *spans; span++) {
        check(exact_asin, asinl, spans[span][0], spans[span][1]);
        check(exact_acos, acosl, spans[span][0], spans[span][1]);
    }
    uint64_t random = 1234567;
    for (int point = 0; point < 400000; point++) {
        const double x = random_between(&random, -1, 1);
        double y = random_between(&random, -1, 1);
        y *= point % 3 == 0 ? 1e-5 : 1;
        y *= point % 7 == 0 ? 1e9 : 1;
        assert_true(error_ulp(exact_atan2(y, x), atan2l(y, x)) < limit_ulp);
    }
}

static void exponentials_and_logarithms_are_within_two_ulp_of_the_truth(void **state) {
    (void)state;
    static const double spans[][2] = {
        {-700,  709.7},
        {-1,    1    },
        {-1e-6, 1e-6 },
        {-745,  -708 }
    };
    for (size_t span = 0; span < sizeof spans / sizeof *spans; span++) {
        check(exact_exp, expl, spans[span][0], spans[span][1]);
    }
    static const double positive[][2] = {
        {1e-300, 1e-290},
        {1e-12,  1     },
        {0.999,  1.001 },
        {0.5,    2     },
        {1,      1e6   },
        {1e290,  1e300 }
    };
    for (size_t span = 0; span < sizeof positive / sizeof *positive; span++) {
        check(exact_log, logl, positive[span][0], positive[span][1]);
        check(exact_log2, log2l, positive[span][0], positive[span][1]);
        check(exact_log10, log10l, positive[span][0], positive[span][1]);
    }
    uint64_t random = 777;
    for (int point = 0; point < 400000; point++) {
        const double base = exp(random_between(&random, -20, 20));
        const double exponent = random_between(&random, -30, 30);
        const double value = exact_pow(base, exponent);
        assert_true(error_ulp(value, powl(base, exponent)) < limit_ulp);
    }
}

static void plain_values_are_exact(void **state) {
    (void)state;
    assert_true(exact_sin(0) == 0 && exact_cos(0) == 1 && exact_tan(0) == 0);
    assert_true(signbit(exact_sin(-0.0)));
    assert_true(exact_exp(0) == 1 && exact_log(1) == 0);
    assert_true(exact_log2(1) == 0 && exact_log10(1) == 0);
    assert_true(exact_asin(0) == 0 && exact_acos(1) == 0);
    assert_true(exact_asin(1) == pi / 2 && exact_acos(-1) == pi && exact_acos(0) == pi / 2);
    assert_true(exact_atan2(0, 1) == 0 && exact_atan2(0, -1) == pi);
    assert_true(exact_atan2(1, 0) == pi / 2 && exact_atan2(-1, 0) == -pi / 2);
    assert_true(exact_atan2(1, 1) == pi / 4);
    for (int power = -1074; power < 1024; power++) {
        assert_true(exact_log2(ldexp(1.0, power)) == power);
        assert_true(power < -1022 || exact_pow(2, power) == ldexp(1.0, power));
    }
    double ten = 1;
    for (int power = 0; power <= 22; power++) { /* 10^22 is the last one in 53 bits */
        assert_true(exact_log10(ten) == power);
        assert_true(exact_pow(10, power) == ten);
        ten *= 10;
    }
    assert_true(gain_from_db(0) == 1 && gain_from_db(silence_db) == 0);
    assert_true(fabs(gain_from_db(20) - 10) < 4e-15); /* the factor of units.h is rounded */
}

static void multiples_of_pi_keep_their_tiny_sines(void **state) {
    (void)state;
    for (int multiple = 1; multiple <= 300000; multiple++) {
        const double angle_rad = multiple * pi;
        assert_true(error_ulp(exact_sin(angle_rad), sinl(angle_rad)) < limit_ulp);
    }
}

static void borders_do_what_the_header_says(void **state) {
    (void)state;
    assert_true(exact_exp(-746) == 0 && isinf(exact_exp(710)));
    assert_true(exact_exp(-HUGE_VAL) == 0 && isinf(exact_exp(HUGE_VAL)));
    assert_true(isinf(exact_log(0)) && isnan(exact_log(-1)) && isinf(exact_log(HUGE_VAL)));
    assert_true(exact_asin(1.5) == pi / 2 && exact_acos(-7) == pi);
    assert_true(exact_pow(3, 0) == 1 && exact_pow(1, 1e300) == 1 && exact_pow(0, 2) == 0);
    assert_true(isinf(exact_pow(10, 400)) && exact_pow(10, -400) == 0);
    assert_true(isnan(exact_sin(NAN)) && isnan(exact_cos(HUGE_VAL)) && isnan(exact_exp(NAN)));
    assert_true(fabs(exact_sin(1e300)) <= 1 && fabs(exact_cos(-1e18)) <= 1);
    assert_true(exact_atan2(1e-320, 1) >= 0 && exact_atan2(1e300, 1e-300) == pi / 2);
    assert_true(exact_atan2(HUGE_VAL, HUGE_VAL) == pi / 4 && isnan(exact_atan2(NAN, 1)));
    assert_true(exact_atan2(5e-324, -5e-324) == 3 * pi / 4);
}

static void both_of_an_angle_are_each_of_it(void **state) {
    (void)state;
    static const double edges_rad[] = {0.0, -0.0, 1e-300, 1e6, -1e6, 1e300, NAN, HUGE_VAL};
    for (int step = 0; step < 20008; step++) {
        const double angle_rad = step < 8 ? edges_rad[step] : (step - 10000) * 0.0123456789;
        double sine = 2.0;
        double cosine = 2.0;
        exact_sin_cos(angle_rad, &sine, &cosine);
        assert_true(sine == exact_sin(angle_rad) || (isnan(sine) && isnan(exact_sin(angle_rad))));
        assert_true(cosine == exact_cos(angle_rad) ||
                    (isnan(cosine) && isnan(exact_cos(angle_rad))));
    }
}

/* Also beyond the least number and among those that have lost digits. */
static void many_exponentials_have_the_bits_of_one(void **state) {
    (void)state;
    enum { COUNT = 125 * EXACT_LANES };
    static const double spans[][2] = {
        {-900, 709.7},
        {-1,   1    },
        {-750, -700 },
        {-0.0, 0.0  }
    };
    uint64_t random = 24;
    for (size_t span = 0; span < sizeof spans / sizeof *spans; span++) {
        double values[COUNT];
        double single[COUNT];
        for (int at = 0; at < COUNT; at++) {
            values[at] = random_between(&random, spans[span][0], spans[span][1]);
            single[at] = exact_exp(values[at]);
        }
        values[0] = single[0] = -HUGE_VAL;
        single[0] = exact_exp(single[0]);
        exact_exp_many(values, COUNT, values);
        assert_memory_equal(values, single, sizeof single);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_of_an_angle_are_each_of_it),
        cmocka_unit_test(angles_are_within_two_ulp_of_the_truth),
        cmocka_unit_test(arcs_are_within_two_ulp_of_the_truth),
        cmocka_unit_test(exponentials_and_logarithms_are_within_two_ulp_of_the_truth),
        cmocka_unit_test(many_exponentials_have_the_bits_of_one),
        cmocka_unit_test(plain_values_are_exact),
        cmocka_unit_test(multiples_of_pi_keep_their_tiny_sines),
        cmocka_unit_test(borders_do_what_the_header_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
