/* Butterworth filters against the closed form of their magnitude. */
#include <complex.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/dsp/biquad.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { RATE_HZ = 48000, LENGTH = 1 << 15 };

static const int slopes_db[] = {6, 12, 18, 24, 36, 48};

/* |H| at a frequency, from the impulse response. */
static double measured_db(const MixFilter *filter, double frequency_hz) {
    static float response[LENGTH];
    BiquadCascade cascade;
    biquad_cascade_design(filter, RATE_HZ, &cascade);
    memset(response, 0, sizeof response);
    response[0] = 1;
    biquad_cascade_run(&cascade, response, LENGTH);
    double re = 0;
    double im = 0;
    for (int sample = 0; sample < LENGTH; sample++) {
        const double angle_rad = 2 * pi * frequency_hz * sample / RATE_HZ;
        re += (double)response[sample] * cos(angle_rad);
        im -= (double)response[sample] * sin(angle_rad);
    }
    return 10 * log10(re * re + im * im);
}

/* |H|^2 = 1 / (1 + (w / wc)^2n) with the frequencies warped by the bilinear transform. */
static double butterworth_db(const MixFilter *filter, double frequency_hz) {
    const double order = filter->slope_db_per_octave / 6.0;
    const double ratio =
        tan(pi * frequency_hz / RATE_HZ) / tan(pi * filter->frequency_hz / RATE_HZ);
    const double share = filter->kind == FILTER_LOWPASS ? ratio : 1 / ratio;
    return -10 * log10(1 + pow(share, 2 * order));
}

static void magnitude_is_that_of_butterworth_for_every_slope(void **state) {
    (void)state;
    static const double corners_hz[] = {80, 1000, 12000};
    for (size_t row = 0; row < 6 * 3 * 2; row++) {
        const MixFilter filter = {.kind = row % 2 ? FILTER_LOWPASS : FILTER_HIGHPASS,
                                  .frequency_hz = corners_hz[row / 2 % 3],
                                  .slope_db_per_octave = slopes_db[row / 6]};
        for (double octave = -3; octave <= 3; octave += 0.5) {
            const double frequency_hz = filter.frequency_hz * exp2(octave);
            const double expected_db = butterworth_db(&filter, frequency_hz);
            if (frequency_hz < 23000 && expected_db > -100) { /* float output ends there */
                const double error_db = measured_db(&filter, frequency_hz) - expected_db;
                assert_true(fabs(error_db) < 0.01);
            }
        }
        assert_true(fabs(measured_db(&filter, filter.frequency_hz) + 3.0103) < 0.001);
    }
}

static void slope_is_as_named_far_from_the_corner(void **state) {
    (void)state;
    for (size_t row = 0; row < 4; row++) { /* steeper ones fall below the rounding of float */
        const MixFilter filter = {
            .kind = FILTER_HIGHPASS, .frequency_hz = 1600, .slope_db_per_octave = slopes_db[row]};
        const double octave_db = measured_db(&filter, 400) - measured_db(&filter, 200);
        assert_true(fabs(octave_db - slopes_db[row]) < 0.4);
    }
}

/* |H| in dB of the analog prototypes of the Audio EQ Cookbook, frequencies warped as above. */
static double prototype_db(const MixFilter *filter, double frequency_hz) {
    const double w = tan(pi * frequency_hz / RATE_HZ) / tan(pi * filter->frequency_hz / RATE_HZ);
    const double a = pow(10, filter->gain_db / 40);
    const double q = filter->q;
    const double complex s = I * w;
    const double root = sqrt(a);
    double complex ratio = 1;
    switch (filter->kind) {
    case FILTER_BELL:
        ratio = (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1);
        break;
    case FILTER_LOW_SHELF:
        ratio = a * (s * s + root / q * s + a) / (a * s * s + root / q * s + 1);
        break;
    case FILTER_HIGH_SHELF:
        ratio = a * (a * s * s + root / q * s + 1) / (s * s + root / q * s + a);
        break;
    case FILTER_NOTCH:
        ratio = (s * s + 1) / (s * s + s / q + 1);
        break;
    default:
        ratio = (a * s + 1) / (s + a);
        break;
    }
    return 20 * log10(cabs(ratio));
}

static void equalisers_are_those_of_the_cookbook(void **state) {
    (void)state;
    for (FilterKind kind = FILTER_BELL; kind <= FILTER_TILT; kind++) {
        for (double gain_db = -12; gain_db <= 12; gain_db += 8) {
            const MixFilter filter = {.kind = kind,
                                      .frequency_hz = 1000,
                                      .gain_db = gain_db,
                                      .q = kind == FILTER_BELL ? 1.4 : 0.707};
            for (double octave = -4.25; octave < 4.4; octave += 0.5) {
                const double frequency_hz = 1000 * exp2(octave);
                assert_true(fabs(measured_db(&filter, frequency_hz) -
                                 prototype_db(&filter, frequency_hz)) < 0.01);
            }
        }
    }
}

static void a_tilt_turns_around_its_middle(void **state) {
    (void)state;
    const MixFilter filter = {.kind = FILTER_TILT, .frequency_hz = 1000, .gain_db = 6};
    assert_true(fabs(measured_db(&filter, 1000)) < 1e-3);
    assert_true(fabs(measured_db(&filter, 20) + 3) < 0.01);
    assert_true(fabs(measured_db(&filter, 20000) - 3) < 0.01);
}

/* A glide that stands still is the filter; one that moves ends as the filter it moves to. */
static void a_glide_between_equal_filters_is_the_filter(void **state) {
    (void)state;
    const MixFilter filter = {
        .kind = FILTER_LOWPASS, .frequency_hz = 900, .slope_db_per_octave = 24};
    BiquadCascade still;
    biquad_cascade_design(&filter, RATE_HZ, &still);
    BiquadCascade plain = still;
    BiquadCascade gliding = still;
    const BiquadGlide glide = {&still, &still, 64, 0};
    float expected[64] = {1, -0.5F};
    float found[64] = {1, -0.5F};
    biquad_cascade_run(&plain, expected, 64);
    biquad_cascade_glide(&gliding, &glide, found, 64);
    assert_memory_equal(expected, found, sizeof found);
}

static void a_glide_arrives(void **state) {
    (void)state;
    const MixFilter low = {.kind = FILTER_LOWPASS, .frequency_hz = 200, .slope_db_per_octave = 12};
    const MixFilter high = {
        .kind = FILTER_LOWPASS, .frequency_hz = 8000, .slope_db_per_octave = 12};
    BiquadCascade from;
    BiquadCascade to;
    biquad_cascade_design(&low, RATE_HZ, &from);
    biquad_cascade_design(&high, RATE_HZ, &to);
    BiquadCascade gliding = from;
    const BiquadGlide glide = {&from, &to, 4800, 0};
    static float tone[4801];
    for (int sample = 0; sample <= 4800; sample++) {
        tone[sample] = sinf((float)(2 * pi * 2000 / RATE_HZ) * (float)sample);
    }
    biquad_cascade_glide(&gliding, &glide, tone, 4801);
    float early = 0;
    float late = 0;
    for (int sample = 0; sample < 120; sample++) {
        early = fmaxf(early, fabsf(tone[sample]));
        late = fmaxf(late, fabsf(tone[4680 + sample]));
    }
    assert_true(early < 0.3F && late > 0.97F && late < 1.01F);
    assert_true(gliding.sections[0].a1 == to.sections[0].a1);
}

static void pieces_of_any_size_give_the_same_bits(void **state) {
    (void)state;
    const MixFilter filter = {
        .kind = FILTER_LOWPASS, .frequency_hz = 300, .slope_db_per_octave = 36};
    float whole[5000];
    float pieces[5000];
    for (int sample = 0; sample < 5000; sample++) {
        whole[sample] = pieces[sample] = (float)((sample * 7919) % 2001 - 1000) / 1000;
    }
    BiquadCascade cascade;
    biquad_cascade_design(&filter, RATE_HZ, &cascade);
    biquad_cascade_run(&cascade, whole, 5000);
    biquad_cascade_design(&filter, RATE_HZ, &cascade);
    for (int begin = 0, length = 1; begin < 5000; begin += length, length = length % 97 + 1) {
        biquad_cascade_run(&cascade, pieces + begin, length < 5000 - begin ? length : 5000 - begin);
    }
    assert_memory_equal(whole, pieces, sizeof whole);
}

static void silence_ends_in_exact_zeros_without_denormals(void **state) {
    (void)state;
    const MixFilter filter = {
        .kind = FILTER_LOWPASS, .frequency_hz = 2000, .slope_db_per_octave = 12};
    static float samples[RATE_HZ];
    memset(samples, 0, sizeof samples);
    samples[0] = 1;
    BiquadCascade cascade;
    biquad_cascade_design(&filter, RATE_HZ, &cascade);
    biquad_cascade_run(&cascade, samples, RATE_HZ);
    assert_true(samples[RATE_HZ - 1] == 0);
    for (int sample = 0; sample < RATE_HZ; sample++) {
        assert_true(samples[sample] == 0 || fabsf(samples[sample]) >= FLT_MIN);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magnitude_is_that_of_butterworth_for_every_slope),
        cmocka_unit_test(slope_is_as_named_far_from_the_corner),
        cmocka_unit_test(equalisers_are_those_of_the_cookbook),
        cmocka_unit_test(a_tilt_turns_around_its_middle),
        cmocka_unit_test(a_glide_between_equal_filters_is_the_filter),
        cmocka_unit_test(a_glide_arrives),
        cmocka_unit_test(pieces_of_any_size_give_the_same_bits),
        cmocka_unit_test(silence_ends_in_exact_zeros_without_denormals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
