/* The K filter: a high shelf for the head, a high-pass for the ear. */
#include "render/dsp/k_weighting.h"

#include "render/base/units.h"

static const double tiny_state = 1e-30;

/* Analog prototypes that give the table of BS.1770-5 at 48 kHz (the formulas libebur128 uses). */
KWeighting k_weighting_design(int rate_hz) {
    const double shelf_hz = 1681.974450955533;
    const double shelf_db = 3.999843853973347;
    const double shelf_q = 0.7071752369554196;
    const double band_exponent = 0.4996667741545416;
    const double pass_hz = 38.13547087602444;
    const double pass_q = 0.5003270373238773;
    double k = exact_tan(pi * shelf_hz / rate_hz);
    const double high = exact_pow(10, shelf_db / 20);
    const double band = exact_pow(high, band_exponent);
    double norm = 1 + k / shelf_q + k * k;
    KWeighting filter = {
        .b = {(high + band * k / shelf_q + k * k) / norm, 2 * (k * k - high) / norm,
              (high - band * k / shelf_q + k * k) / norm},
        .shelf_a = {2 * (k * k - 1) / norm,                                          (1 - k / shelf_q + k * k) / norm                                             },
    };
    k = exact_tan(pi * pass_hz / rate_hz);
    norm = 1 + k / pass_q + k * k;
    filter.pass_a[0] = 2 * (k * k - 1) / norm;
    filter.pass_a[1] = (1 - k / pass_q + k * k) / norm;
    return filter;
}

void k_weighting_add(const KWeighting *filter,
                     KState *state,
                     const double *const samples[K_LANES],
                     int count,
                     double energies[K_LANES]) {
    const KWeighting f = *filter;
    KState s = *state;
    double sums[K_LANES]; /* go on from the piece before: one sum per slot, whatever the pieces */
    for (int lane = 0; lane < K_LANES; lane++) {
        sums[lane] = energies[lane];
    }
    for (int sample = 0; sample < count; sample++) {
        double x[K_LANES];
        for (int lane = 0; lane < K_LANES; lane++) {
            x[lane] = samples[lane][sample];
        }
        for (int lane = 0; lane < K_LANES; lane++) {
            const double y = f.b[0] * x[lane] + s.states[0][lane];
            s.states[0][lane] = f.b[1] * x[lane] - f.shelf_a[0] * y + s.states[1][lane];
            s.states[1][lane] = f.b[2] * x[lane] - f.shelf_a[1] * y;
            const double z = y + s.states[2][lane];
            s.states[2][lane] = -2 * y - f.pass_a[0] * z + s.states[3][lane];
            s.states[3][lane] = y - f.pass_a[1] * z;
            sums[lane] += z * z;
        }
    }
    for (int lane = 0; lane < K_LANES; lane++) {
        energies[lane] = sums[lane];
    }
    *state = s;
}

void k_state_flush(KState *state) {
    for (int row = 0; row < K_STATES; row++) {
        for (int lane = 0; lane < K_LANES; lane++) {
            const double value = state->states[row][lane];
            state->states[row][lane] = value > tiny_state || value < -tiny_state ? value : 0.0;
        }
    }
}
