/* Butterworth filters as cascades of second-order sections. State: sequential stages only, which
 * walk from sample 0; each sample is one step, so that pieces of any size give the same bits. */
#include "render/dsp/biquad.h"

enum { SLOPE_PER_ORDER_DB = 6 };

static const double highest_share_of_rate = 0.499; /* tan of the prewarping stays finite */

/* One section with analog prototype s^2 + s / q + 1, or s + 1 for first_order. k = tan(pi f /
 * rate). The numerator of the low-pass is 1 over that, of the high-pass s^2 (or s) over that. */
static Biquad first_order_section(FilterKind kind, double k) {
    const double norm = 1.0 / (1.0 + k);
    const double b0 = kind == FILTER_LOWPASS ? k * norm : norm;
    const double b1 = kind == FILTER_LOWPASS ? b0 : -b0;
    return (Biquad){.b0 = b0, .b1 = b1, .a1 = (k - 1.0) * norm};
}

static Biquad second_order_section(FilterKind kind, double k, double q) {
    const double norm = 1.0 / (1.0 + k / q + k * k);
    const double b0 = kind == FILTER_LOWPASS ? k * k * norm : norm;
    return (Biquad){.b0 = b0,
                    .b1 = kind == FILTER_LOWPASS ? 2.0 * b0 : -2.0 * b0,
                    .b2 = b0,
                    .a1 = 2.0 * (k * k - 1.0) * norm,
                    .a2 = (1.0 - k / q + k * k) * norm};
}

void biquad_cascade_design(const MixFilter *filter, int rate_hz, BiquadCascade *cascade) {
    const double share = filter->frequency_hz / rate_hz;
    const double k =
        exact_tan(pi * (share < highest_share_of_rate ? share : highest_share_of_rate));
    const int order = filter->slope_db_per_octave / SLOPE_PER_ORDER_DB;
    *cascade = (BiquadCascade){0};
    if (order % 2 == 1) {
        cascade->sections[cascade->section_count++] = first_order_section(filter->kind, k);
    }
    for (int pole = 0; pole < order / 2 && cascade->section_count < BIQUAD_SECTIONS_MAX; pole++) {
        /* poles lie on the unit circle, this far from its top; 1 / q = twice the sine of that */
        const double angle_rad = pi * (2 * pole + 1) / (2.0 * order);
        const double q = 1.0 / (2.0 * exact_sin(angle_rad));
        cascade->sections[cascade->section_count++] = second_order_section(filter->kind, k, q);
    }
}

void biquad_cascade_run(BiquadCascade *cascade, float *samples, int64_t count) {
    for (int64_t sample = 0; sample < count; sample++) {
        double value = (double)samples[sample];
        for (int section = 0; section < cascade->section_count; section++) {
            value = biquad_step(&cascade->sections[section], value);
        }
        samples[sample] = (float)value;
    }
}
