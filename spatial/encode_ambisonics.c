/* The Spatializer "ambisonic": a direction becomes spherical harmonics. */
#include "spatial/encode_ambisonics.h"

#include "render/base/units.h"
#include "spatial/harmonics.h"

enum { DEGREE_COUNT = HARMONIC_MAX_ORDER + 1, HARMONIC_COUNT = DEGREE_COUNT * DEGREE_COUNT };

static const double whole_sphere_deg = 360.0;

/* weights: [order + 1] of an even cap, 1 for W. The recurrence of the Legendre polynomials, which
 * loses nothing for narrow caps. */
static void cap_weights(double spread_deg, int order, double *weights) {
    const double c = exact_cos(rad_from_deg(fmin(spread_deg, whole_sphere_deg) / 2.0));
    weights[0] = 1.0;
    weights[1] = (1.0 + c) / 2.0;
    for (int n = 2; n <= order; ++n) {
        weights[n] = ((2 * n - 1) * c * weights[n - 1] - (n - 2) * weights[n - 2]) / (n + 1);
    }
}

static void scale_to_point_power(int order, double *weights) {
    double power = 0.0;
    for (int n = 0; n <= order; ++n) {
        power += (2 * n + 1) * weights[n] * weights[n];
    }
    const double factor = (order + 1) / sqrt(power);
    for (int n = 0; n <= order; ++n) {
        weights[n] *= factor;
    }
}

void encode_ambisonics(Position at, int order, HarmonicNorm norm, double *gains) {
    double weights[DEGREE_COUNT];
    harmonics_at(direction_of(at.azimuth_deg, at.elevation_deg), order, gains);
    cap_weights(at.spread_deg > 0.0 ? at.spread_deg : 0.0, order, weights);
    if (at.spread_deg > 0.0) {
        scale_to_point_power(order, weights);
    }
    for (int acn = 0; acn < (order + 1) * (order + 1); ++acn) {
        const int n = harmonic_degree(acn);
        const double scale = norm == HARMONIC_N3D ? sqrt(2.0 * n + 1.0) : 1.0;
        gains[acn] *= scale * weights[n];
    }
}

static Status create(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    (void)rate_hz;
    (void)head;
    (void)errors;
    int *const order = arena_alloc(arena, sizeof *order);
    *order = harmonic_degree(bus->channel_count - 1);
    *self = order;
    return DONE;
}

static int tap_count(const void *self) {
    (void)self;
    return 0;
}

static void respond(const void *self, Position at, float *out) {
    const int order = *(const int *)self;
    double gains[HARMONIC_COUNT];
    encode_ambisonics(at, order, HARMONIC_SN3D, gains);
    for (int acn = 0; acn < (order + 1) * (order + 1); ++acn) {
        out[acn] = (float)gains[acn];
    }
}

const Spatializer ambisonic = {
    .name = "ambisonic",
    .summary = "spherical harmonics of the direction (ACN, SN3D), spread as an even cap",
    .source = "Nachbar et al. 2011 (AmbiX); Zotter and Frank 2019 for caps",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
};
