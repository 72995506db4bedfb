/* Filters as cascades of second-order sections. State: sequential stages only, which
 * walk from sample 0; each sample is one step, so that pieces of any size give the same bits. */
#include "render/dsp/biquad.h"

#include <math.h>

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

static void design_butterworth(const MixFilter *filter, double k, BiquadCascade *cascade) {
    const int order = filter->slope_db_per_octave / SLOPE_PER_ORDER_DB;
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

static Biquad tilt_section(double gain_db, double k) {
    const double top = gain_from_db(gain_db / 2.0);
    const double norm = 1.0 / (1.0 + top * k);
    return (Biquad){.b0 = (top + k) * norm, .b1 = (k - top) * norm, .a1 = (top * k - 1.0) * norm};
}

static Biquad bell_section(double half_gain, double q, double angle_rad) {
    const double alpha = exact_sin(angle_rad) / (2.0 * q);
    const double norm = 1.0 / (1.0 + alpha / half_gain);
    const double middle = -2.0 * exact_cos(angle_rad) * norm;
    return (Biquad){.b0 = (1.0 + alpha * half_gain) * norm,
                    .b1 = middle,
                    .b2 = (1.0 - alpha * half_gain) * norm,
                    .a1 = middle,
                    .a2 = (1.0 - alpha / half_gain) * norm};
}

static Biquad notch_section(double q, double angle_rad) {
    const double alpha = exact_sin(angle_rad) / (2.0 * q);
    const double norm = 1.0 / (1.0 + alpha);
    const double middle = -2.0 * exact_cos(angle_rad) * norm;
    return (Biquad){.b0 = norm, .b1 = middle, .b2 = norm, .a1 = middle, .a2 = (1.0 - alpha) * norm};
}

/* side: +1 low shelf, -1 high shelf (the cosine changes its sign, and with it the odd terms). */
static Biquad shelf_section(double side, double half_gain, double q, double angle_rad) {
    const double a = half_gain;
    const double cosine = side * exact_cos(angle_rad);
    const double slope = 2.0 * sqrt(a) * exact_sin(angle_rad) / (2.0 * q);
    const double norm = 1.0 / ((a + 1.0) + (a - 1.0) * cosine + slope);
    return (Biquad){.b0 = a * ((a + 1.0) - (a - 1.0) * cosine + slope) * norm,
                    .b1 = side * 2.0 * a * ((a - 1.0) - (a + 1.0) * cosine) * norm,
                    .b2 = a * ((a + 1.0) - (a - 1.0) * cosine - slope) * norm,
                    .a1 = side * -2.0 * ((a - 1.0) + (a + 1.0) * cosine) * norm,
                    .a2 = ((a + 1.0) + (a - 1.0) * cosine - slope) * norm};
}

static Biquad equaliser_section(const MixFilter *filter, double angle_rad) {
    const double half_gain = gain_from_db(filter->gain_db / 2.0);
    switch (filter->kind) {
    case FILTER_NOTCH:
        return notch_section(filter->q, angle_rad);
    case FILTER_LOW_SHELF:
        return shelf_section(1.0, half_gain, filter->q, angle_rad);
    case FILTER_HIGH_SHELF:
        return shelf_section(-1.0, half_gain, filter->q, angle_rad);
    default:
        return bell_section(half_gain, filter->q, angle_rad);
    }
}

void biquad_cascade_design(const MixFilter *filter, int rate_hz, BiquadCascade *cascade) {
    double share = filter->frequency_hz / rate_hz;
    share = share < highest_share_of_rate ? share : highest_share_of_rate;
    *cascade = (BiquadCascade){0};
    if (filter->kind == FILTER_HIGHPASS || filter->kind == FILTER_LOWPASS) {
        design_butterworth(filter, exact_tan(pi * share), cascade);
        return;
    }
    cascade->section_count = 1;
    cascade->sections[0] = filter->kind == FILTER_TILT
                               ? tilt_section(filter->gain_db, exact_tan(pi * share))
                               : equaliser_section(filter, 2.0 * pi * share);
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

/* The coefficients `share` of the way from one to the other; the state stays. */
static void move_section(Biquad *section, const Biquad *from, const Biquad *to, double share) {
    section->b0 = from->b0 + share * (to->b0 - from->b0);
    section->b1 = from->b1 + share * (to->b1 - from->b1);
    section->b2 = from->b2 + share * (to->b2 - from->b2);
    section->a1 = from->a1 + share * (to->a1 - from->a1);
    section->a2 = from->a2 + share * (to->a2 - from->a2);
}

void biquad_cascade_glide(BiquadCascade *cascade,
                          const BiquadGlide *glide,
                          float *samples,
                          int64_t count) {
    cascade->section_count = glide->from->section_count;
    for (int64_t sample = 0; sample < count; sample++) {
        const double share =
            (double)(glide->offset_samples + sample) / (double)glide->length_samples;
        double value = (double)samples[sample];
        for (int section = 0; section < cascade->section_count; section++) {
            move_section(&cascade->sections[section], &glide->from->sections[section],
                         &glide->to->sections[section], share);
            value = biquad_step(&cascade->sections[section], value);
        }
        samples[sample] = (float)value;
    }
}
