/* Elementary functions from + - * / and sqrt alone: the same bits everywhere.
 *
 * Numbers that need more than 53 bits on the way are pairs high + low (Dekker, A Floating-Point
 * Technique for Extending the Available Precision, 1971). The series are those of Taylor; their
 * length follows from the first term left out, given beside each. Constants in hexadecimal were
 * cut from 400-bit values; those called _low or _2, _3 continue the one before.
 */
#include "render/base/exact_math.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct Pair { /* value high + low, |low| <= half an ulp of high */
    double high, low;
} Pair;

static const Pair ln_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const Pair inverse_ln_2 = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
static const Pair inverse_ln_10 = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
static const Pair log10_of_2 = {0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59};
static const Pair third = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
static const Pair whole_pi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
static const Pair half_pi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/* 1.5 * 2^52: added and taken away again, it rounds to whole numbers as rint does. */
static const double rounder = 0x1.8p52;
/* Greatest argument that is reduced to full precision. */
static const double angle_limit_rad = 1e6;

static Pair add_exact(double a, double b) { /* Knuth: any order */
    const double sum = a + b;
    const double b_part = sum - a;
    return (Pair){sum, (a - (sum - b_part)) + (b - b_part)};
}

static Pair add_ordered(double large, double small) { /* |large| >= |small| */
    const double sum = large + small;
    return (Pair){sum, small - (sum - large)};
}

static Pair multiply_exact(double a, double b) {
    const double splitter = 134217729.0; /* 2^27 + 1: halves of 26 bits */
    const double a_scaled = a * splitter;
    const double b_scaled = b * splitter;
    const double a_high = a_scaled - (a_scaled - a);
    const double b_high = b_scaled - (b_scaled - b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;
    const double product = a * b;
    const double error =
        ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (Pair){product, error};
}

static Pair pair_add(Pair a, Pair b) {
    const Pair sum = add_exact(a.high, b.high);
    return add_ordered(sum.high, sum.low + (a.low + b.low));
}

static Pair pair_multiply(Pair a, Pair b) {
    const Pair product = multiply_exact(a.high, b.high);
    return add_ordered(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static Pair pair_divide(Pair a, Pair b) {
    const double quotient = a.high / b.high;
    const Pair product = multiply_exact(quotient, b.high);
    const double rest = ((a.high - product.high) - product.low) + a.low - quotient * b.low;
    return add_ordered(quotient, rest / b.high);
}

/* Sum of coefficients[k] x^k, Horner. */
static double polynomial(double x, const double *coefficients, int count) {
    double sum = coefficients[count - 1];
    for (int power = count - 2; power >= 0; power--) {
        sum = sum * x + coefficients[power];
    }
    return sum;
}

/* x minus the nearest multiple of pi / 2; quadrant: that multiple modulo 4. The parts of pi / 2
 * have 33 bits, so that their products with up to 20 bits are exact (Cody and Waite 1980). */
static Pair reduce_angle(double x_rad, int *quadrant) {
    const double half_pi_1 = 0x1.921fb544p+0;
    const double half_pi_2 = 0x1.0b4611a6p-34;
    const double half_pi_3 = 0x1.3198a2ep-69;
    const double half_pi_4 = 0x1.b839a252049c1p-104;
    const double turns = rint(x_rad / half_pi.high);
    *quadrant = (int)((long long)turns & 3);
    const Pair first = add_exact(x_rad - turns * half_pi_1, -(turns * half_pi_2));
    const Pair second = add_exact(first.high, -(turns * half_pi_3));
    return add_exact(second.high, (first.low + second.low) - turns * half_pi_4);
}

/* |r| <= pi / 4; first term left out r^19 / 19! < 1e-19 r. */
static Pair sine_of_reduced(Pair r) {
    static const double series[] = {-1.0 / 6,
                                    1.0 / 120,
                                    -1.0 / 5040,
                                    1.0 / 362880,
                                    -1.0 / 39916800,
                                    1.0 / 6227020800.0,
                                    -1.0 / 1307674368000.0,
                                    1.0 / 355687428096000.0};
    const double square = r.high * r.high;
    const double cubic = r.high * square * polynomial(square, series, 8);
    return add_ordered(r.high, cubic + r.low * (1.0 - 0.5 * square));
}

/* |r| <= pi / 4; first term left out r^18 / 18! < 3e-18. */
static Pair cosine_of_reduced(Pair r) {
    static const double series[] = {
        1.0 / 24,          -1.0 / 720,           1.0 / 40320,           -1.0 / 3628800,
        1.0 / 479001600.0, -1.0 / 87178291200.0, 1.0 / 20922789888000.0};
    const Pair square = multiply_exact(r.high, r.high);
    const double quartic = square.high * square.high * polynomial(square.high, series, 7);
    const Pair start = add_ordered(1.0, -0.5 * square.high);
    const double rest = quartic - r.high * r.low - 0.5 * square.low;
    return add_ordered(start.high, start.low + rest);
}

/* Sine of the reduced angle + quarters * pi / 2. */
static Pair turned_sine(Pair reduced, int quarters) {
    const Pair value = quarters & 1 ? cosine_of_reduced(reduced) : sine_of_reduced(reduced);
    return quarters & 2 ? (Pair){-value.high, -value.low} : value;
}

/* Sine of x + quarters * pi / 2. */
static Pair shifted_sine(double x_rad, int quarters) {
    int quadrant = 0;
    const Pair reduced = reduce_angle(x_rad, &quadrant);
    return turned_sine(reduced, quadrant + quarters);
}

/* Angles outside the range lose precision, never the result's bounds. */
static double bounded_angle(double x_rad) {
    return fabs(x_rad) <= angle_limit_rad ? x_rad : fmod(x_rad, 2 * whole_pi.high);
}

double exact_sin(double x_rad) {
    const double angle_rad = bounded_angle(x_rad);
    if (isnan(angle_rad) || angle_rad == 0.0) {
        return angle_rad;
    }
    return shifted_sine(angle_rad, 0).high;
}

double exact_cos(double x_rad) {
    const double angle_rad = bounded_angle(x_rad);
    return isnan(angle_rad) ? angle_rad : shifted_sine(angle_rad, 1).high;
}

void exact_sin_cos(double x_rad, double *sine, double *cosine) {
    const double angle_rad = bounded_angle(x_rad);
    int quadrant = 0;
    if (isnan(angle_rad) || angle_rad == 0.0) {
        *sine = angle_rad;
        *cosine = isnan(angle_rad) ? angle_rad : 1.0;
        return;
    }
    const Pair reduced = reduce_angle(angle_rad, &quadrant);
    *sine = turned_sine(reduced, quadrant).high;
    *cosine = turned_sine(reduced, quadrant + 1).high;
}

double exact_tan(double x_rad) {
    const double angle_rad = bounded_angle(x_rad);
    if (isnan(angle_rad) || angle_rad == 0.0) {
        return angle_rad;
    }
    return pair_divide(shifted_sine(angle_rad, 0), shifted_sine(angle_rad, 1)).high;
}

/* 0 <= t <= 1. With c = the nearest eighth: atan(t) = atan(c) + atan((t - c) / (1 + t c)), whose
 * argument u is at most 1 / 16; first term left out u^14 / 15 < 1e-18 u. */
static Pair arc_tangent(Pair t) {
    static const Pair eighths[] = {
        {0,                    0                     },
        {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
        {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57 },
        {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
        {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56 },
        {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
        {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56 },
        {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
        {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55 },
    };
    static const double series[] = {-1.0 / 3, 1.0 / 5, -1.0 / 7, 1.0 / 9, -1.0 / 11, 1.0 / 13};
    const int eighth = (int)rint(t.high * 8);
    const Pair c = {eighth / 8.0, 0};
    const Pair top = pair_add(t, (Pair){-c.high, 0});
    const Pair bottom = pair_add((Pair){1.0, 0}, pair_multiply(t, c));
    const Pair u = eighth ? pair_divide(top, bottom) : t;
    const double square = u.high * u.high;
    const double cubic = u.high * square * polynomial(square, series, 6);
    return pair_add(eighths[eighth], add_ordered(u.high, u.low + cubic));
}

/* Angle of the direction (x, y), both >= 0 and not both 0. */
static Pair angle_in_quadrant(Pair y, Pair x) {
    if (y.high <= x.high) {
        return arc_tangent(pair_divide(y, x));
    }
    const Pair rest = arc_tangent(pair_divide(x, y));
    return pair_add(half_pi, (Pair){-rest.high, -rest.low});
}

/* Lengths of the sides; next to an infinite one a finite one is nothing. */
static void measure_sides(double *y, double *x) {
    const int y_is_infinite = isinf(*y) != 0;
    const int x_is_infinite = isinf(*x) != 0;
    if (y_is_infinite || x_is_infinite) {
        *y = y_is_infinite;
        *x = x_is_infinite;
    }
    *y = fabs(*y);
    *x = fabs(*x);
}

/* Scales the greater of the two to about 1, so that no product on the way leaves the range. */
static void scale_sides(double *y, double *x) {
    int exponent = 0;
    (void)frexp(fmax(*y, *x), &exponent);
    *y = ldexp(*y, -exponent);
    *x = ldexp(*x, -exponent);
}

double exact_atan2(double y, double x) {
    double y_length = y;
    double x_length = x;
    measure_sides(&y_length, &x_length);
    if (isnan(x) || isnan(y)) {
        return x + y;
    }
    if (y_length <= x_length * 0x1p-900) { /* no room for the products of pairs */
        const double angle_rad = y_length > 0 ? y_length / x_length : 0.0;
        return copysign(signbit(x) ? whole_pi.high : angle_rad, y);
    }
    scale_sides(&y_length, &x_length);
    Pair angle = angle_in_quadrant((Pair){y_length, 0}, (Pair){x_length, 0});
    if (signbit(x)) {
        angle = pair_add(whole_pi, (Pair){-angle.high, -angle.low});
    }
    return copysign(angle.high, y);
}

/* sqrt(1 - x^2), |x| <= 1 */
static Pair other_side(double x) {
    const Pair square = multiply_exact(x, x);
    const Pair rest = pair_add((Pair){1.0, 0}, (Pair){-square.high, -square.low});
    const double root = sqrt(rest.high);
    if (root == 0.0) {
        return (Pair){0, 0};
    }
    const Pair again = multiply_exact(root, root);
    return add_ordered(root, ((rest.high - again.high) - again.low + rest.low) / (2 * root));
}

double exact_asin(double x) {
    if (isnan(x) || fabs(x) < 0x1p-30) { /* the next term is x^3 / 6 */
        return x;
    }
    const double sine = fmin(fabs(x), 1.0);
    return copysign(angle_in_quadrant((Pair){sine, 0}, other_side(sine)).high, x);
}

double exact_acos(double x) {
    if (isnan(x)) {
        return x;
    }
    const double cosine = fmin(fabs(x), 1.0);
    const Pair angle = angle_in_quadrant(other_side(cosine), (Pair){cosine, 0});
    return x < 0 ? pair_add(whole_pi, (Pair){-angle.high, -angle.low}).high : angle.high;
}

/* Of the series of e^r behind 1 + r; first term left out r^15 / 15! < 1e-19. */
enum { EXPONENTIAL_TERMS = 13 };
static const double exponential_series[EXPONENTIAL_TERMS] = {1.0 / 2,
                                                             1.0 / 6,
                                                             1.0 / 24,
                                                             1.0 / 120,
                                                             1.0 / 720,
                                                             1.0 / 5040,
                                                             1.0 / 40320,
                                                             1.0 / 362880,
                                                             1.0 / 3628800,
                                                             1.0 / 39916800,
                                                             1.0 / 479001600.0,
                                                             1.0 / 6227020800.0,
                                                             1.0 / 87178291200.0};

/* x = power ln 2 + rest, |rest| <= ln 2 / 2 */
static inline Pair reduce_exponent(Pair x, double *power) {
    *power = (x.high * inverse_ln_2.high + rounder) - rounder;
    const Pair multiple = pair_multiply((Pair){*power, 0}, ln_2);
    return pair_add(x, (Pair){-multiple.high, -multiple.low});
}

/* 2^power for whole powers from -1022 to 1023: the bits of the exponent. */
static inline double power_of_two(double power) {
    const double shifted = power + (1023.0 + 0x1p52); /* its last bits are the number */
    uint64_t bits = 0;
    memcpy(&bits, &shifted, sizeof bits);
    bits <<= 52;
    double value = 0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 2^power e^rest. The power is taken in two steps, as it may lie below the range: only the second
 * one can round. */
static inline double join_exponent(Pair rest, double series, double power) {
    const double square = rest.high * rest.high;
    const Pair change = add_ordered(rest.high, square * series + rest.low * (1.0 + rest.high));
    const Pair sum = add_ordered(1.0, change.high);
    const double half = (power * 0.5 + rounder) - rounder;
    return (sum.high + (sum.low + change.low)) * power_of_two(half) * power_of_two(power - half);
}

/* e^x for -800 <= x <= 709.79. */
static double exponential(Pair x) {
    double power = 0;
    const Pair rest = reduce_exponent(x, &power);
    return join_exponent(rest, polynomial(rest.high, exponential_series, EXPONENTIAL_TERMS), power);
}

/* The same operations in as many lanes: compilers make vectors of loops of fixed length. */
static void exponential_lanes(const double *x, double *values) {
    double high[EXACT_LANES];
    double low[EXACT_LANES];
    double powers[EXACT_LANES];
    double series[EXACT_LANES];
    for (int lane = 0; lane < EXACT_LANES; lane++) {
        const double bounded = x[lane] > -800.0 ? x[lane] : -800.0;
        const Pair rest = reduce_exponent((Pair){bounded, 0}, &powers[lane]);
        high[lane] = rest.high;
        low[lane] = rest.low;
        series[lane] = exponential_series[EXPONENTIAL_TERMS - 1];
    }
    for (int term = EXPONENTIAL_TERMS - 2; term >= 0; term--) {
        for (int lane = 0; lane < EXACT_LANES; lane++) {
            series[lane] = series[lane] * high[lane] + exponential_series[term];
        }
    }
    for (int lane = 0; lane < EXACT_LANES; lane++) {
        values[lane] = join_exponent((Pair){high[lane], low[lane]}, series[lane], powers[lane]);
    }
}

static double bounded_exponential(Pair x) {
    if (x.high > 709.79) {
        return HUGE_VAL;
    }
    return x.high < -745.2 ? 0.0 : exponential(x);
}

/* ln m for m in [sqrt(1/2), sqrt(2)): 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.172; first term
 * left out s^28 / 29 < 2e-23. */
static Pair logarithm_of_mantissa(double mantissa) {
    static const double series[] = {1.0 / 5,  1.0 / 7,  1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15,
                                    1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23, 1.0 / 25, 1.0 / 27};
    const Pair top = {mantissa - 1.0, 0};
    const Pair s = pair_divide(top, add_exact(mantissa, 1.0));
    const Pair square = pair_multiply(s, s);
    const double tail = square.high * polynomial(square.high, series, 12);
    const Pair factor = pair_multiply(square, pair_add(third, (Pair){tail, 0}));
    const Pair half = pair_add(s, pair_multiply(s, factor));
    return (Pair){2 * half.high, 2 * half.low};
}

/* x = mantissa * 2^power, mantissa in [sqrt(1/2), sqrt(2)) */
static double split_power(double x, double *power) {
    int exponent = 0;
    double mantissa = frexp(x, &exponent);
    if (mantissa < 0x1.6a09e667f3bcdp-1) {
        mantissa *= 2;
        exponent--;
    }
    *power = exponent;
    return mantissa;
}

static Pair natural_logarithm(double x) {
    double power = 0;
    const double mantissa = split_power(x, &power);
    return pair_add(pair_multiply((Pair){power, 0}, ln_2), logarithm_of_mantissa(mantissa));
}

/* What the logarithms give outside 0 < x < infinity. */
static double logarithm_at_border(double x) {
    if (x == 0.0) {
        return -HUGE_VAL;
    }
    return x < 0.0 ? NAN : x; /* infinity and NaN stay */
}

static int has_logarithm(double x) {
    return x > 0.0 && !isinf(x);
}

double exact_exp(double x) {
    return isnan(x) ? x : bounded_exponential((Pair){x, 0});
}

void exact_exp_many(const double *x, int count, double *values) {
    for (int begin = 0; begin < count; begin += EXACT_LANES) {
        exponential_lanes(x + begin, values + begin);
    }
}

double exact_log(double x) {
    return has_logarithm(x) ? natural_logarithm(x).high : logarithm_at_border(x);
}

/* power * log_of_2 + ln(mantissa) * scale: exact at powers of two in base 2. */
static double scaled_logarithm(double x, Pair log_of_2, Pair scale) {
    double power = 0;
    const double mantissa = split_power(x, &power);
    const Pair fraction = pair_multiply(logarithm_of_mantissa(mantissa), scale);
    return pair_add(pair_multiply((Pair){power, 0}, log_of_2), fraction).high;
}

double exact_log2(double x) {
    return has_logarithm(x) ? scaled_logarithm(x, (Pair){1.0, 0}, inverse_ln_2)
                            : logarithm_at_border(x);
}

double exact_log10(double x) {
    return has_logarithm(x) ? scaled_logarithm(x, log10_of_2, inverse_ln_10)
                            : logarithm_at_border(x);
}

double exact_pow(double base, double exponent) {
    if (exponent == 0.0 || base == 1.0) {
        return 1.0;
    }
    if (isnan(base) || isnan(exponent)) {
        return base + exponent;
    }
    if (!has_logarithm(base) || isinf(exponent)) {
        return bounded_exponential((Pair){exact_log(base) * exponent, 0});
    }
    const Pair logarithm = natural_logarithm(base);
    if (fabs(logarithm.high * exponent) > 800) { /* far out: no products of infinities */
        return logarithm.high * exponent > 0 ? HUGE_VAL : 0.0;
    }
    return bounded_exponential(pair_multiply(logarithm, (Pair){exponent, 0}));
}
