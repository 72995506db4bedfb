/* Synthetic rooms: decay by Schroeder's integral, diffuseness by correlation. */
#include "spatial/shoebox.h"

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

/* Two band-pass sections after each other (RBJ, constant peak gain), q 2. */
static void filter_band(const float *in, int64_t count, double centre_hz, double *out) {
    const double w = 2.0 * 3.14159265358979323846 * centre_hz / RATE_HZ;
    const double alpha = sin(w) / 4.0;
    for (int64_t sample = 0; sample < count; ++sample) {
        out[sample] = (double)in[sample];
    }
    for (int section = 0; section < 2; ++section) {
        double x1 = 0.0;
        double x2 = 0.0;
        double y1 = 0.0;
        double y2 = 0.0;
        for (int64_t sample = 0; sample < count; ++sample) {
            const double x = out[sample];
            const double y =
                (alpha * (x - x2) + 2.0 * cos(w) * y1 - (1.0 - alpha) * y2) / (1.0 + alpha);
            x2 = x1;
            x1 = x;
            y2 = y1;
            y1 = y;
            out[sample] = y;
        }
    }
}

/* Schroeder 1965: the slope of the energy still to come, from -5 to -35 dB, as ISO 3382. */
static double measured_t60_s(const AudioBlock *block, double centre_hz) {
    const int64_t count = block->sample_count;
    double *const band = calloc((size_t)count, sizeof *band);
    double *const left = calloc((size_t)count + 1, sizeof *left);
    for (int channel = 0; channel < block->channel_count; ++channel) {
        filter_band(block->samples[channel], count, centre_hz, band);
        double sum = 0.0;
        for (int64_t sample = count - 1; sample >= 0; --sample) {
            sum += band[sample] * band[sample];
            left[sample] += sum;
        }
    }
    int64_t begin = 0;
    while (left[begin] > left[0] * pow(10.0, -0.5)) {
        ++begin;
    }
    int64_t end = begin;
    while (left[end] > left[0] * pow(10.0, -3.5)) {
        ++end;
    }
    free(band);
    free(left);
    return 2.0 * (double)(end - begin) / RATE_HZ;
}

static void the_tail_decays_as_asked_at_every_frequency(void **state) {
    (void)state;
    static const double times_s[][2] = {
        {1.2, 0.6},
        {3.2, 1.6},
        {0.4, 0.4},
        {0.5, 1.5}
    };
    for (int index = 0; index < 4; ++index) {
        Scene *const scene = open_scene("hoa3");
        scene->room.shoebox.t60_s = times_s[index][0];
        scene->room.shoebox.t60_hf_s = times_s[index][1];
        const AudioBlock block = make(scene);
        const double low_s = measured_t60_s(&block, 250.0);
        const double mid_s = measured_t60_s(&block, 600.0);
        const double high_s = measured_t60_s(&block, 10000.0);
        const double between_s = measured_t60_s(&block, 2828.4);
        print_message("T60 %.2f %.2f: %.3f %.3f %.3f, %.3f\n", times_s[index][0], times_s[index][1],
                      low_s, mid_s, high_s, between_s);
        assert_true(fabs(low_s / times_s[index][0] - 1.0) < 0.05);
        assert_true(fabs(mid_s / times_s[index][0] - 1.0) < 0.05);
        assert_true(fabs(high_s / times_s[index][1] - 1.0) < 0.05);
        /* 2828 Hz is half way in log frequency: the geometric mean, blurred by the band */
        assert_true(fabs(between_s / sqrt(times_s[index][0] * times_s[index][1]) - 1.0) < 0.12);
        close_scene(scene);
    }
}

static void decay_times_are_log_log_between_the_two_given(void **state) {
    (void)state;
    const MixShoebox shoebox = {.t60_s = 2.0, .t60_hf_s = 0.5};
    assert_true(shoebox_t60_s(&shoebox, 0.0) == 2.0 && shoebox_t60_s(&shoebox, 1000.0) == 2.0);
    assert_true(shoebox_t60_s(&shoebox, 8000.0) == 0.5 && shoebox_t60_s(&shoebox, 24000.0) == 0.5);
    assert_true(fabs(shoebox_t60_s(&shoebox, 2000.0) - 2.0 * pow(0.25, 1.0 / 3.0)) < 1e-12);
    assert_true(fabs(shoebox_t60_s(&shoebox, sqrt(8e6)) - 1.0) < 1e-12);
}

static void the_tail_waits_for_the_early_part_and_keeps_its_law(void **state) {
    (void)state;
    Scene *const scene = open_scene("hoa3");
    scene->room.normalise = false;
    const AudioBlock whole = make(scene);
    scene->room.early_s = 0.08;
    const AudioBlock late = make(scene);
    const int64_t begin = 3840;
    for (int channel = 0; channel < 16; ++channel) {
        for (int64_t sample = 0; sample < begin; ++sample) {
            assert_true(late.samples[channel][sample] == 0.0F);
        }
        for (int64_t sample = begin + 240; sample < begin + 20000; ++sample) {
            assert_true(late.samples[channel][sample] == whole.samples[channel][sample]);
        }
        assert_true(late.samples[channel][begin + 120] != 0.0F);
    }
    close_scene(scene);
}

/* Equal power in all N3D harmonics, no two of them alike. */
static void the_field_is_diffuse(void **state) {
    (void)state;
    Scene *const scene = open_scene("hoa3");
    scene->room.shoebox.t60_s = 4.0;
    scene->room.shoebox.t60_hf_s = 4.0;
    const AudioBlock block = make(scene);
    double energies[16];
    for (int channel = 0; channel < 16; ++channel) {
        energies[channel] = energy_of(&block, channel);
        const double n3d = energies[channel] * (2 * harmonic_degree(channel) + 1);
        assert_true(fabs(10.0 * log10(n3d / energies[0])) < 0.3);
        for (int other = 0; other < channel; ++other) {
            double product = 0.0;
            for (int64_t sample = 0; sample < block.sample_count; ++sample) {
                product +=
                    (double)block.samples[channel][sample] * (double)block.samples[other][sample];
            }
            assert_true(fabs(product) < 0.03 * sqrt(energies[channel] * energies[other]));
        }
    }
    close_scene(scene);
}

static void the_seed_and_the_room_make_the_noise(void **state) {
    (void)state;
    Scene *const scene = open_scene("5.1");
    const AudioBlock first = make(scene);
    const AudioBlock again = make(scene);
    assert_int_equal(first.sample_count, again.sample_count);
    for (int channel = 0; channel < 6; ++channel) {
        assert_memory_equal(first.samples[channel], again.samples[channel],
                            sizeof(float) * (size_t)first.sample_count);
    }
    scene->mix.seed = 21;
    const AudioBlock seeded = make(scene);
    assert_memory_not_equal(first.samples[0], seeded.samples[0], 4000);
    scene->mix.seed = 20;
    scene->room.id = "plate";
    const AudioBlock named = make(scene);
    assert_memory_not_equal(first.samples[0], named.samples[0], 4000);
    close_scene(scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_decays_as_asked_at_every_frequency),
        cmocka_unit_test(decay_times_are_log_log_between_the_two_given),
        cmocka_unit_test(the_tail_waits_for_the_early_part_and_keeps_its_law),
        cmocka_unit_test(the_field_is_diffuse),
        cmocka_unit_test(the_seed_and_the_room_make_the_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
