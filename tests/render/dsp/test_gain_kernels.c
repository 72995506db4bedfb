/* Gains at every level of the CPU: the same bits as the scalar ones, which are the plain formula.
 */
#include "render/dsp/gain_kernels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 131, GUARD = 8 };

static void fill(double *values, uint64_t seed) {
    for (int index = 0; index < MOST + GUARD; ++index) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        values[index] = (double)(int64_t)(seed >> 11) * 0x1p-53 - 0.5;
    }
}

static void every_level_gives_the_plain_formula(void **state) {
    (void)state;
    static const double line[3] = {0.125, 1.0 / 960.0, 17.0};
    static const double from_and_change[2] = {0.3, -0.7};
    static const double gains[2] = {0.9, 1.1};
    double samples[MOST + GUARD];
    double start[MOST + GUARD];
    fill(samples, 1);
    fill(start, 2);
    for (int level = 0; level < CPU_LEVEL_COUNT; ++level) {
        for (int count = 0; cpu_level_runs((CpuLevel)level) && count <= MOST; ++count) {
            const GainKernels *const kernels = gain_kernels_at_level((CpuLevel)level);
            double rising[MOST + GUARD];
            double out[MOST + GUARD];
            memcpy(rising, start, sizeof rising);
            memcpy(out, start, sizeof out);
            kernels->ramp(samples, line, count, rising);
            kernels->add_ramped(samples, rising, from_and_change, count, out);
            kernels->add_scaled(samples, 1.7, count, out);
            kernels->add_scaled_twice(samples, gains, count, out);
            for (int index = 0; index < MOST + GUARD; ++index) {
                const double ramp = samples[index] * (line[0] + line[1] * (line[2] + index));
                const double moved = start[index] + (0.3 * samples[index] + -0.7 * ramp);
                const double scaled = moved + 1.7 * samples[index];
                const double wanted = scaled + 1.1 * (0.9 * samples[index]);
                assert_true(rising[index] == (index < count ? ramp : start[index]));
                assert_true(out[index] == (index < count ? wanted : start[index]));
            }
        }
    }
}

static void stored_samples_are_rounded_and_judged(void **state) {
    (void)state;
    static const double strange[] = {NAN, INFINITY, -INFINITY, 1e39};
    double samples[MOST + GUARD];
    float out[MOST + GUARD];
    fill(samples, 11);
    samples[2] = 1e-42; /* becomes a number below the normal ones */
    samples[3] = -0.0;
    for (int level = 0; level < CPU_LEVEL_COUNT; ++level) {
        for (int count = 0; count <= MOST && cpu_level_runs((CpuLevel)level); ++count) {
            const GainKernels *kernels = gain_kernels_at_level((CpuLevel)level);
            for (int index = 0; index < MOST + GUARD; ++index) {
                out[index] = -7.0F;
            }
            assert_true(kernels->store_scaled(samples, 0.7, count, out));
            for (int index = 0; index < MOST + GUARD; ++index) {
                const float wanted = index < count ? (float)(samples[index] * 0.7) : -7.0F;
                assert_memory_equal(&out[index], &wanted, sizeof wanted);
            }
            if (count > 0) {
                const double kept = samples[count - 1];
                samples[count - 1] = strange[count % 4];
                assert_false(kernels->store_scaled(samples, 1.0, count, out));
                samples[count - 1] = kept;
            }
        }
    }
}

typedef struct Spline { /* planes of a kernel and what lies behind them */
    float samples[MOST + GUARD];
    double weighted[SPLINE_CONTROLS][MOST + GUARD];
    double out[MOST + GUARD];
} Spline;

/* Three control points of four loudspeakers, opposite signs among them. */
static const double controls[SPLINE_CONTROLS][4] = {
    {1.0,  0.0, 0.0, 0.0 },
    {0.6,  0.8, 0.0, 0.0 },
    {-0.2, 0.0, 0.5, 0.84},
};

static SplineSpan make_span(bool keeps_power, double first) {
    SplineSpan span = {.step = 1.0 / 192.0, .first = first, .keeps_power = keeps_power};
    for (int row = 0; row < SPLINE_CONTROLS; ++row) {
        for (int other = 0; other < SPLINE_CONTROLS; ++other) {
            for (int channel = 0; channel < 4; ++channel) {
                span.products[row][other] += controls[row][channel] * controls[other][channel];
            }
        }
    }
    return span;
}

static void
run_spline(CpuLevel level, const SplineSpan *span, int channel, int count, Spline *spline) {
    const GainKernels *const kernels = gain_kernels_at_level(level);
    double *const rows[] = {spline->weighted[0], spline->weighted[1], spline->weighted[2]};
    const double gains[] = {controls[0][channel], controls[1][channel], controls[2][channel]};
    for (int index = 0; index < MOST + GUARD; ++index) {
        spline->samples[index] = (float)(index % 7) * 0.25F - 0.625F;
    }
    for (int row = 0; row < SPLINE_CONTROLS; ++row) {
        fill(spline->weighted[row], (uint64_t)row + 3);
    }
    fill(spline->out, 9);
    kernels->spline(spline->samples, span, count, rows);
    kernels->add_spline(rows, gains, count, spline->out);
}

static void splines_are_the_same_at_every_level_and_end_where_they_should(void **state) {
    (void)state;
    Spline untouched;
    static const SplineSpan none = {0};
    run_spline(CPU_SCALAR, &none, 0, 0, &untouched);
    for (int count = 0; count <= MOST; ++count) {
        const SplineSpan span = make_span(count % 2 != 0, count % 62);
        Spline wanted;
        run_spline(CPU_SCALAR, &span, 1, count, &wanted);
        assert_memory_equal(wanted.out + count, untouched.out + count,
                            sizeof(double) * (size_t)(MOST + GUARD - count));
        for (int level = 0; level < CPU_LEVEL_COUNT; ++level) {
            Spline found;
            if (cpu_level_runs((CpuLevel)level)) {
                run_spline((CpuLevel)level, &span, 1, count, &found);
                assert_memory_equal(found.weighted, wanted.weighted, sizeof wanted.weighted);
                assert_memory_equal(found.out, wanted.out, sizeof wanted.out);
            }
        }
    }
}

/* The gains that a spline leaves in a channel: out less what was in it, over the sample. */
static double gain_at(const SplineSpan *span, int channel, int sample) {
    Spline start;
    Spline spline;
    run_spline(CPU_SCALAR, span, channel, 0, &start);
    run_spline(CPU_SCALAR, span, channel, MOST, &spline);
    return (spline.out[sample] - start.out[sample]) / (double)spline.samples[sample];
}

/* A quadratic B-spline passes half way between two points, and at 1/8, 6/8, 1/8 of three beside the
 * middle one (de Boor). */
static void a_spline_begins_half_way_and_passes_near_its_middle(void **state) {
    (void)state;
    const SplineSpan begin = make_span(false, 0.0);
    const SplineSpan middle = make_span(false, 96.0);
    for (int channel = 0; channel < 4; ++channel) {
        const double first = controls[0][channel];
        const double second = controls[1][channel];
        const double third = controls[2][channel];
        assert_true(fabs(gain_at(&begin, channel, 0) - (first + second) / 2.0) < 1e-12);
        assert_true(fabs(gain_at(&middle, channel, 0) - (first + 6.0 * second + third) / 8.0) <
                    1e-12);
    }
}

/* Of control points with the powers 1, 1 and 0.9956. */
static void a_scaled_spline_has_the_power_between_those_of_its_points(void **state) {
    (void)state;
    for (int first = 0; first < 192 - MOST; first += 20) {
        const SplineSpan span = make_span(true, first);
        for (int sample = 0; sample < MOST; sample += 13) {
            const double u = (first + sample) / 192.0;
            double power = 0.0;
            for (int channel = 0; channel < 4; ++channel) {
                const double gain = gain_at(&span, channel, sample);
                power += gain * gain;
            }
            assert_true(fabs(power - (1.0 - 0.0044 * u * u / 2.0)) < 1e-12);
        }
    }
}

/* Control points that cancel out, and points that are silent: no sample is NaN or loud. */
static void nothing_between_opposite_points_stays_nothing(void **state) {
    (void)state;
    SplineSpan span = {.step = 1.0 / 192.0, .keeps_power = true};
    for (int is_silent = 0; is_silent < 2; ++is_silent) {
        Spline start;
        Spline spline;
        run_spline(CPU_SCALAR, &span, 0, 0, &start);
        run_spline(CPU_SCALAR, &span, 0, MOST, &spline);
        for (int sample = 0; sample < MOST; ++sample) {
            for (int row = 0; row < SPLINE_CONTROLS; ++row) {
                assert_true(fabs(spline.weighted[row][sample]) < 1e5);
            }
        }
        span.products[0][0] = span.products[1][1] = 1.0; /* points 1 and -1 */
        span.products[0][1] = span.products[1][0] = -1.0;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_gives_the_plain_formula),
        cmocka_unit_test(stored_samples_are_rounded_and_judged),
        cmocka_unit_test(splines_are_the_same_at_every_level_and_end_where_they_should),
        cmocka_unit_test(a_spline_begins_half_way_and_passes_near_its_middle),
        cmocka_unit_test(a_scaled_spline_has_the_power_between_those_of_its_points),
        cmocka_unit_test(nothing_between_opposite_points_stays_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
