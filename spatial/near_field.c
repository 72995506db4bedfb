/* The shelf of an ear that a source is near to.
 *
 * Law: a pure function of position and rate; the filter starts anew with every response.
 */
#include "spatial/near_field.h"

#include <math.h>

#include "render/base/units.h"

static const double head_radius_m = 0.0875;
static const double far_distance_m = 1.0;
static const double nearest_m = 0.15;
static const double shelf_hz = 1000.0;
/* Nepers a radian of the first creeping wave on a rigid sphere: sqrt 3 / 2 x 1.019 x (k a /
 * 2)^(1/3), at 4 kHz (k a = 6.4). */
static const double creeping_decay = 1.30;

/* Pressure at 0 Hz on the sphere, relative to a free field at its centre: the sum over n of
 * (2n + 1) / (n + 1) t^n P_n(cosine), t = radius / distance, by the generating function of the
 * Legendre polynomials and its integral over t. */
static double static_gain(double cosine, double distance_m) {
    const double t = head_radius_m / distance_m;
    const double root = sqrt(1.0 - 2.0 * t * cosine + t * t);
    /* two forms of one logarithm, each free of cancellation on its side */
    const double ratio =
        cosine > 0.0 ? (1.0 + cosine) / (root - t + cosine) : (t - cosine + root) / (1.0 - cosine);
    return 2.0 / root - exact_log(ratio) / t;
}

/* The wave goes straight to the ear, or to where it touches the head and creeps around it from
 * there (Keller 1962): pressure falls with the straight part and decays along the arc. The nearer
 * the source, the longer the arc to an ear that does not see it. */
static double ray_gain(double cosine, double distance_m) {
    const double touching = head_radius_m / distance_m;
    if (cosine >= touching) {
        return 1.0 / sqrt(1.0 - 2.0 * touching * cosine + touching * touching);
    }
    const double arc_rad = exact_acos(cosine) - exact_acos(touching);
    return exact_exp(-creeping_decay * arc_rad) / sqrt(1.0 - touching * touching);
}

NearField near_field_at(double cosine, double distance_m) {
    if (distance_m >= far_distance_m) {
        return (NearField){1.0, 1.0};
    }
    const double near_m = fmax(distance_m, nearest_m);
    return (NearField){static_gain(cosine, near_m) / static_gain(cosine, far_distance_m),
                       ray_gain(cosine, near_m) / ray_gain(cosine, far_distance_m)};
}

/* (low w + high s) / (s + w) by the bilinear transform, prewarped at the shelf's frequency. */
void near_field_apply(const NearField *shelf, int rate_hz, float *response, int count) {
    if (shelf->low_gain == 1.0 && shelf->high_gain == 1.0) {
        return;
    }
    const double w = exact_tan(pi * shelf_hz / rate_hz);
    const double now = (shelf->low_gain * w + shelf->high_gain) / (1.0 + w);
    const double before = (shelf->low_gain * w - shelf->high_gain) / (1.0 + w);
    const double feedback = (1.0 - w) / (1.0 + w);
    double last_in = 0.0;
    double last_out = 0.0;
    for (int sample = 0; sample < count; ++sample) {
        const double in = (double)response[sample];
        last_out = now * in + before * last_in + feedback * last_out;
        last_in = in;
        response[sample] = (float)last_out;
    }
}
