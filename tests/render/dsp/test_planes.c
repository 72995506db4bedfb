/* Whole channels: held to sums, maxima and places that are written out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "render/dsp/cpu_level.h"
#include "render/dsp/planes.h"

#include <cmocka.h>

enum { MOST = 67 }; /* no multiple of any register */

/* -8 .. 8 in steps of 1/4, another one for every sample. */
static double value_at(int64_t sample) {
    return (double)((sample * 37 + 11) % 65 - 32) / 4.0;
}

static void sums_and_differences_are_those_of_each_sample(void **state) {
    (void)state;
    for (int64_t count = 0; count <= MOST; count++) {
        double doubles[MOST + 1];
        double sum[MOST + 1];
        double wide[MOST + 1];
        float floats[MOST + 1];
        for (int64_t sample = 0; sample <= MOST; sample++) {
            doubles[sample] = value_at(sample);
            floats[sample] = (float)value_at(sample + 5);
            sum[sample] = 1.0;
            wide[sample] = 99.0;
        }
        planes_add(doubles, count, sum);
        planes_add_floats(floats, 3.0, count, sum);
        planes_add_floats(floats, -1.0, count, sum);
        planes_subtract_floats(floats, count, sum);
        planes_widen(floats, count, wide);
        for (int64_t sample = 0; sample < count; sample++) {
            assert_true(sum[sample] == 1.0 + value_at(sample) + value_at(sample + 5));
            assert_true(wide[sample] == value_at(sample + 5));
        }
        assert_true(sum[count] == 1.0 && wide[count] == 99.0);
    }
}

static void the_greatest_is_found_at_every_place_and_sign(void **state) {
    (void)state;
    for (int64_t count = 1; count <= MOST; count++) {
        for (int64_t place = 0; place < count; place++) {
            double samples[MOST + 1] = {0};
            samples[place] = place % 2 ? 3.5 : -3.5;
            samples[count] = 100.0;
            assert_true(planes_greatest(samples, count) == 3.5);
        }
    }
    assert_true(planes_greatest(NULL, 0) == 0.0);
}

static void steps_outside_are_clipped_and_counted(void **state) {
    (void)state;
    static const double steps[] = {-9, -8, -1, 0, 7, 8, 100, -100, 3};
    static const int32_t kept[] = {-8, -8, -1, 0, 7, 7, 7, -8, 3};
    enum { COUNT = sizeof steps / sizeof *steps };
    int32_t integers[COUNT];
    double heard[COUNT];
    assert_int_equal(planes_to_integers(steps, COUNT, 8, integers), 4);
    assert_memory_equal(integers, kept, sizeof kept);
    assert_int_equal(planes_to_integers(steps + 2, 3, 8, integers), 0);
    assert_memory_equal(integers, kept + 2, 3 * sizeof *kept);
    planes_heard(steps, COUNT, 8, heard);
    for (int sample = 0; sample < COUNT; sample++) {
        assert_true(heard[sample] == kept[sample] / 8.0);
    }
}

/* 32 bits are more than a float holds. */
static void what_is_heard_is_a_float(void **state) {
    (void)state;
    const double scale = 0x1p31;
    const double steps[] = {0x1p30 + 1, scale - 1, -scale, 1};
    const double values[] = {0.1, 1.5, -0.25, 1e-9};
    double heard[4];
    int32_t integers[4];
    planes_heard(steps, 4, scale, heard);
    assert_true(heard[0] == 0.5 && heard[1] == 1.0 && heard[2] == -1.0 && heard[3] == 0x1p-31);
    assert_int_equal(planes_to_integers(steps, 4, scale, integers), 0);
    assert_int_equal(integers[0], (1 << 30) + 1);
    assert_int_equal(integers[1], INT32_MAX);
    assert_int_equal(integers[2], INT32_MIN);
    planes_heard_floats(values, 4, heard);
    for (int sample = 0; sample < 4; sample++) {
        assert_true(heard[sample] == (double)(float)values[sample]);
    }
}

static void channels_take_their_places(void **state) {
    (void)state;
    enum { FRAMES = 13, WIDTH = 5 };
    for (int width = 1; width <= WIDTH; width++) {
        int32_t interleaved[FRAMES * WIDTH] = {0};
        float floats[FRAMES * WIDTH] = {0};
        for (int channel = 0; channel < width; channel++) {
            int32_t plane[FRAMES];
            for (int frame = 0; frame < FRAMES; frame++) {
                plane[frame] = 100 * channel + frame;
                floats[frame * width + channel] = (float)plane[frame];
            }
            planes_place(plane, FRAMES, width, interleaved + channel);
        }
        for (int channel = 0; channel < width; channel++) {
            float plane[FRAMES];
            planes_take(floats + channel, FRAMES, width, plane);
            for (int frame = 0; frame < FRAMES; frame++) {
                assert_int_equal(interleaved[frame * width + channel], 100 * channel + frame);
                assert_true(plane[frame] == (float)(100 * channel + frame));
            }
        }
    }
}

static void steps_of_16_bits_become_levels_and_levels_are_scaled(void **state) {
    (void)state;
    static const unsigned char bytes[] = {0, 0, 1, 0, 255, 255, 0, 128, 255, 127, 0, 64};
    static const float levels[] = {0.0F, 0x1p-15F, -0x1p-15F, -1.0F, 1.0F - 0x1p-15F, 0.5F};
    enum { COUNT = sizeof levels / sizeof *levels };
    float samples[COUNT];
    planes_from_16(bytes, COUNT, samples);
    assert_memory_equal(samples, levels, sizeof levels);
    planes_scale_floats(0.1, COUNT - 1, samples);
    for (int sample = 0; sample < COUNT - 1; sample++) {
        assert_true(samples[sample] == (float)(levels[sample] * 0.1)); /* rounded once */
    }
    assert_true(samples[COUNT - 1] == 0.5F);
}

typedef struct Made { /* by all of them, with what was there before as a guard behind */
    double sum[MOST + 1], wide[MOST + 1], heard[MOST + 1], heard_floats[MOST + 1], greatest;
    float scaled[MOST + 1], words[MOST + 1], taken[MOST + 1];
    int32_t integers[MOST + 1], placed[3 * MOST + 1];
    int64_t outside;
    bool are_finite, are_still;
} Made;

static void make(int64_t count, Made *made) {
    double doubles[MOST + 1];
    float floats[3 * MOST + 1];
    unsigned char bytes[2 * MOST + 1];
    memset(made, 0, sizeof *made);
    for (int at = 0; at <= 3 * MOST; at++) {
        floats[at] = (float)(value_at(at) / 3.0);
        doubles[at % (MOST + 1)] = value_at(at) / 7.0;
        bytes[at % (2 * MOST + 1)] = (unsigned char)(at * 151 >> 1);
    }
    memcpy(made->scaled, floats, sizeof made->scaled);
    planes_add(doubles, count, made->sum);
    planes_add_floats(floats, 0.3, count, made->sum);
    planes_subtract_floats(floats + 1, count, made->sum);
    planes_scale_floats(0.7, count, made->scaled);
    planes_widen(floats, count, made->wide);
    made->are_finite = planes_are_finite(floats, count);
    floats[count / 2] = count % 2 ? NAN : -INFINITY;
    made->are_still = planes_are_finite(floats, count);
    made->greatest = planes_greatest(doubles, count);
    planes_heard(doubles, count, 1.0, made->heard);
    planes_heard_floats(doubles, count, made->heard_floats);
    made->outside = planes_to_integers(doubles, count, 1.0, made->integers);
    planes_from_16(bytes, count, made->words);
    planes_take(floats, count, 3, made->taken);
    planes_place(made->integers, count, 3, made->placed);
}

static void every_level_has_the_bits_of_the_scalar_one(void **state) {
    (void)state;
    for (int64_t count = 0; count <= MOST; count++) {
        Made scalar;
        setenv("NOCTURNE_KERNELS", cpu_level_name(CPU_SCALAR), 1);
        make(count, &scalar);
        for (int level = 0; level < CPU_LEVEL_COUNT; level++) {
            Made made;
            setenv("NOCTURNE_KERNELS", cpu_level_name((CpuLevel)level), 1);
            make(count, &made);
            assert_memory_equal(&made, &scalar, sizeof made);
            assert_true(made.are_finite && made.are_still == (count == 0));
        }
    }
    unsetenv("NOCTURNE_KERNELS");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_differences_are_those_of_each_sample),
        cmocka_unit_test(the_greatest_is_found_at_every_place_and_sign),
        cmocka_unit_test(steps_outside_are_clipped_and_counted),
        cmocka_unit_test(what_is_heard_is_a_float),
        cmocka_unit_test(channels_take_their_places),
        cmocka_unit_test(steps_of_16_bits_become_levels_and_levels_are_scaled),
        cmocka_unit_test(every_level_has_the_bits_of_the_scalar_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
