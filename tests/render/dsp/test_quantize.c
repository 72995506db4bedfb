/* The quantizer against its own words in plain C, at every level. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/dsp/noise.h"
#include "render/dsp/quantize.h"

#include <cmocka.h>

enum { MOST = 300, GUARD = 8, STREAM = 77 };

typedef struct Material {
    float samples[MOST];
    double gains[MOST];
} Material;

/* Loud, quiet, on the grid, between two steps, far outside, huge and silent. */
static void fill(Material *material, double scale) {
    for (int at = 0; at < MOST; at++) {
        const double noise = noise_uniform(5, at);
        const double values[] = {
            noise, noise / scale, rint(noise * 90) / scale, 0.5 / scale, 3 * noise, 1e30 * noise, 0,
            -1,    1 - 1 / scale};
        material->samples[at] = (float)values[at % 9];
        material->gains[at] = at % 7 == 0 ? 0.3 : 1.0;
    }
}

static double expected_step(const Quantizer *quantizer, double value, SampleTime time) {
    double step = rint(value);
    if (quantizer->has_dither && step != value) {
        step = rint(value + noise_tpdf(STREAM, time));
    }
    return fmax(-quantizer->scale, fmin(quantizer->scale - 1, step));
}

static void
check(const Quantizer *quantizer, const Material *material, int count, SampleTime begin) {
    double steps[MOST + GUARD];
    memset(steps, 0x5a, sizeof steps);
    const double untouched = steps[0];
    const QuantizerInput input = {material->samples, material->gains, STREAM, begin};
    quantize(quantizer, &input, count, steps);
    for (int at = 0; at < count; at++) {
        const double value = material->samples[at] * material->gains[at] * quantizer->scale;
        assert_true(steps[at] == expected_step(quantizer, value, begin + at));
    }
    for (int at = count; at < MOST + GUARD; at++) {
        assert_memory_equal(&steps[at], &untouched, sizeof untouched);
    }
}

static void every_level_rounds_dithers_and_clips_as_it_is_written(void **state) {
    (void)state;
    static const double scales[] = {32768.0, 8388608.0, 2147483648.0};
    static const int counts[] = {0, 1, 2, 3, 4, 7, 8, 9, 17, MOST};
    for (CpuLevel level = 0; level < CPU_LEVEL_COUNT; level++) {
        for (size_t row = 0; cpu_level_runs(level) && row < 3; row++) {
            Material material;
            fill(&material, scales[row]);
            const Quantizer quantizer = {scales[row], row < 2, level};
            for (size_t at = 0; at < sizeof counts / sizeof *counts; at++) {
                check(&quantizer, &material, counts[at], 0);
                check(&quantizer, &material, counts[at], INT64_C(5000000000) + (int64_t)at);
            }
        }
    }
}

static void what_is_clipped_is_counted(void **state) {
    (void)state;
    const float samples[] = {0, 1, -1, 1.5F, -1.5F, 0.999969482421875F, 2, 0.25F, -3};
    const double gains[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    double steps[9];
    for (CpuLevel level = 0; level < CPU_LEVEL_COUNT; level++) {
        if (cpu_level_runs(level)) {
            const Quantizer quantizer = {32768.0, true, level};
            const QuantizerInput input = {samples, gains, STREAM, 0};
            assert_int_equal(quantize(&quantizer, &input, 9, steps), 5);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_rounds_dithers_and_clips_as_it_is_written),
        cmocka_unit_test(what_is_clipped_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
