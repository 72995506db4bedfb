/* max-rE weights of the degrees of an ambisonic signal. */
#include "spatial/max_re.h"

#include <math.h>

#include "render/base/units.h"
#include "spatial/harmonics.h"

enum { DEGREE_COUNT = HARMONIC_MAX_ORDER + 1, HALVINGS = 60 };

/* P_0 .. P_last at z. */
static void legendre_row(double z, int last, double *values) {
    values[0] = 1.0;
    values[1] = z;
    for (int n = 2; n <= last; ++n) {
        values[n] = ((2 * n - 1) * z * values[n - 1] - (n - 1) * values[n - 2]) / n;
    }
}

/* Between the largest root of P_N (below which P_N+1 is negative up to it) and 1: the approximation
 * is close enough that one of its sides changes sign. */
static double largest_root(int order, double near) {
    static const double reach = 0.01; /* the approximation is right to 0.003 */
    double values[DEGREE_COUNT + 1];
    double below = near - reach;
    double above = near + reach;
    for (int halving = 0; halving < HALVINGS; ++halving) {
        const double middle = (below + above) / 2.0;
        legendre_row(middle, order + 1, values);
        if (values[order + 1] < 0.0) {
            below = middle;
        } else {
            above = middle;
        }
    }
    return (below + above) / 2.0;
}

static double level_factor(int order, MaxReLevel level, const double *weights) {
    double sum = 0.0;
    double power = 0.0;
    for (int n = 0; n <= order; ++n) {
        sum += (2 * n + 1) * weights[n];
        power += (2 * n + 1) * weights[n] * weights[n];
    }
    switch (level) {
    case MAX_RE_KEEPS_FRONT:
        return (order + 1) * (order + 1) / sum;
    case MAX_RE_KEEPS_POWER:
        return (order + 1) / sqrt(power);
    case MAX_RE_PLAIN:
        break;
    }
    return 1.0;
}

void max_re_weights(int order, MaxReRoot root, MaxReLevel level, double *weights) {
    const double near = exact_cos(rad_from_deg(137.9 / (order + 1.51)));
    double values[DEGREE_COUNT + 1];
    legendre_row(root == MAX_RE_EXACT ? largest_root(order, near) : near, order, values);
    const double factor = level_factor(order, level, values);
    for (int n = 0; n <= order; ++n) {
        weights[n] = factor * values[n];
    }
}

void max_re_apply(int order, MaxReRoot root, MaxReLevel level, int channel_count, double *matrix) {
    const int harmonic_count = (order + 1) * (order + 1);
    double weights[DEGREE_COUNT];
    max_re_weights(order, root, level, weights);
    for (int cell = 0; cell < channel_count * harmonic_count; ++cell) {
        matrix[cell] *= weights[harmonic_degree(cell % harmonic_count)];
    }
}
