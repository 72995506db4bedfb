/* Real spherical harmonics by recurrence, without trigonometric functions. */
#include "spatial/harmonics.h"

enum { LEGENDRE_COUNT = HARMONIC_MAX_ORDER + 1 };

/* P_n^m(z) / (1 - z^2)^(m/2): the part without the azimuth, polynomial in z. [n][m] */
typedef double Legendre[LEGENDRE_COUNT][LEGENDRE_COUNT];

static void legendre_at(double z, int order, Legendre p) {
    double odd_product = 1.0; /* 1 3 5 ... (2m - 1) */
    for (int m = 0; m <= order; ++m) {
        p[m][m] = odd_product;
        if (m < order) {
            p[m + 1][m] = (2 * m + 1) * z * odd_product;
        }
        for (int n = m + 2; n <= order; ++n) {
            p[n][m] = ((2 * n - 1) * z * p[n - 1][m] - (n + m - 1) * p[n - 2][m]) / (n - m);
        }
        odd_product *= 2 * m + 1;
    }
}

/* sqrt((2 - [m = 0]) (n - m)! / (n + m)!) */
static double sn3d_factor(int n, int m) {
    double ratio = m == 0 ? 1.0 : 2.0;
    for (int factor = n - m + 1; factor <= n + m; ++factor) {
        ratio /= factor;
    }
    return sqrt(ratio);
}

void harmonics_at(Direction at, int order, double *values) {
    Legendre p = {{0}};
    legendre_at(at.z, order, p);
    double cosine = 1.0; /* cos(m az) cos^m(el) = Re (x + iy)^m */
    double sine = 0.0;
    for (int m = 0; m <= order; ++m) {
        for (int n = m; n <= order; ++n) {
            const double part = sn3d_factor(n, m) * p[n][m];
            values[n * (n + 1) + m] = part * cosine;
            if (m > 0) {
                values[n * (n + 1) - m] = part * sine;
            }
        }
        const double next = cosine * at.x - sine * at.y;
        sine = sine * at.x + cosine * at.y;
        cosine = next;
    }
}

int harmonic_degree(int acn) {
    int n = 0;
    while ((n + 1) * (n + 1) <= acn) {
        ++n;
    }
    return n;
}

double harmonic_fuma_factor(int order, int degree) {
    /* of degree 0 .. order of each order in turn */
    static const double factors[] = {0.70710678118654752,
                                     1.0,
                                     1.0,
                                     1.0,
                                     1.1547005383792515,
                                     1.1547005383792515,
                                     1.0,
                                     1.1858541225631423,
                                     1.3416407864998738,
                                     1.2649110640673518};
    return factors[order * (order + 1) / 2 + (degree < 0 ? -degree : degree)];
}
