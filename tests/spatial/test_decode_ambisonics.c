/* Decoders by their mean power, their mirror symmetry and what a diffuse field sounds like. */
#include "spatial/decode_ambisonics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scene.h"
#include "spatial/harmonics.h"

/* W = 1 from everywhere has power 1 on the mean, left and right mirrored; 5200 other points. */
static void decoders_keep_the_mean_power_and_the_mirror(void **state) {
    (void)state;
    enum { POINTS = 3000, CHANNELS = 12 };
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    const Layout *const layout = layout_find("7.1.4");
    const Spatializer *const panner = spatializer_for(layout);
    void *self = NULL;
    assert_int_equal(panner->create(layout, RATE_HZ, NULL, arena, &self, errors), DONE);
    for (int order = 1; order <= 3; ++order) {
        float decoder[16][CHANNELS];
        double mean = 0.0;
        double means[CHANNELS] = {0};
        const DecoderShape shape = {order, CHANNELS, 1};
        assert_int_equal(
            decoder_responses(panner, self, &shape, arena, &decoder[0][0], errors_create(arena)),
            DONE);
        for (int point = 0; point < POINTS; ++point) {
            double values[16];
            const double z = 1.0 - (2.0 * point + 1.0) / POINTS;
            harmonics_at(direction_of(point * 137.50776405003785, asin(z) * 57.29577951308232),
                         order, values);
            for (int channel = 0; channel < CHANNELS; ++channel) {
                double gain = 0.0;
                for (int harmonic = 0; harmonic < (order + 1) * (order + 1); ++harmonic) {
                    gain += values[harmonic] * (double)decoder[harmonic][channel];
                }
                means[channel] += gain * gain / POINTS;
            }
        }
        for (int channel = 0; channel < CHANNELS; ++channel) {
            mean += means[channel];
        }
        assert_true(fabs(mean - 1.0) < 1e-3);
        assert_true(fabs(means[0] - means[1]) < 1e-3 && fabs(means[8] - means[9]) < 1e-3);
        for (int harmonic = 0; harmonic < (order + 1) * (order + 1); ++harmonic) {
            const int degree = harmonic_degree(harmonic);
            const bool is_odd = harmonic < degree * (degree + 1); /* sine: odd in y */
            const float left = decoder[harmonic][0];
            const float right = decoder[harmonic][1];
            assert_true(fabsf(left - (is_odd ? -right : right)) < 1e-6F);
        }
        assert_true(decoder[0][3] == 0.0F); /* LFE */
    }
    arena_destroy(&arena);
}

/* Power of a response around a frequency, by plain sums. */
static double band_power(const float *taps, int count, double centre_hz) {
    double power = 0.0;
    for (int step = -4; step <= 4; ++step) {
        const double w = 2.0 * 3.14159265358979323846 * centre_hz * exp2(step / 24.0) / RATE_HZ;
        double real = 0.0;
        double imaginary = 0.0;
        for (int tap = 0; tap < count; ++tap) {
            real += (double)taps[tap] * cos(w * tap);
            imaginary += (double)taps[tap] * sin(w * tap);
        }
        power += (real * real + imaginary * imaginary) / 9.0;
    }
    return power;
}

/* A diffuse field has the spectrum at the ears that plane waves from everywhere have. */
static void decoders_for_ears_keep_the_diffuse_field_spectrum(void **state) {
    (void)state;
    enum { POINTS = 150, HARMONICS = 16, MOST_TAPS = 1024 };
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Scene *const scene = open_scene("binaural");
    const Spatializer *const panner = scene->bus.panner;
    void *self = NULL;
    assert_int_equal(panner->create(scene->bus.layout, RATE_HZ, &default_head, scene->arena, &self,
                                    scene->errors),
                     DONE);
    const int tap_count = panner->tap_count(self);
    float *const pair = arena_array(scene->arena, 2 * MOST_TAPS, sizeof *pair);
    float *const decoder =
        arena_array(scene->arena, (size_t)(2 * HARMONICS * tap_count), sizeof *decoder);
    for (double centre_hz = 200.0; centre_hz < 16000.0; centre_hz *= 2.0) {
        double wanted = 0.0;
        for (int point = 0; point < POINTS; ++point) {
            const double z = 1.0 - (2.0 * point + 1.0) / POINTS;
            const Position at = {point * 137.50776405003785, asin(z) * 57.29577951308232, 1.0, 0.0};
            panner->respond(self, at, pair);
            wanted += (band_power(pair, tap_count, centre_hz) +
                       band_power(pair + tap_count, tap_count, centre_hz)) /
                      POINTS;
        }
        for (int order = 1; order <= 3; ++order) {
            const DecoderShape shape = {order, 2, tap_count};
            double found = 0.0;
            assert_int_equal(
                decoder_responses(panner, self, &shape, scene->arena, decoder, scene->errors),
                DONE);
            for (int response = 0; response < 2 * (order + 1) * (order + 1); ++response) {
                const int n3d = 2 * harmonic_degree(response / 2) + 1;
                found += band_power(decoder + response * tap_count, tap_count, centre_hz) / n3d;
            }
            /* the filter that matches them is short: order 1 needs more of it than it can do */
            assert_true(fabs(10.0 * log10(found / wanted)) < (order == 1 ? 2.0 : 1.0));
        }
    }
    close_scene(scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoders_keep_the_mean_power_and_the_mirror),
        cmocka_unit_test(decoders_for_ears_keep_the_diffuse_field_spectrum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
