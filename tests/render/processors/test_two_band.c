/* Two bands by their gains far from the crossover, their common phase and their cuts. */
#include "render/processors/two_band.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LENGTH = 8192, CHANNELS = 9, ORDER = 2, RATE_HZ = 48000 };
static const double crossover_hz = 1000.0;
static const double high_weights[] = {1.6, 1.2, 0.55};

typedef struct Bench {
    float samples[CHANNELS][LENGTH];
    float *rows[CHANNELS];
    TwoBand bands;
} Bench;

static void open_bench(Bench *bench) { /* a pulse in every channel */
    memset(bench, 0, sizeof *bench);
    for (int acn = 0; acn < CHANNELS; ++acn) {
        bench->rows[acn] = bench->samples[acn];
        bench->samples[acn][0] = 1.0F;
    }
    two_band_design(ORDER, RATE_HZ, crossover_hz, high_weights, &bench->bands);
}

static void
spectrum_at(const float *samples, double frequency_hz, double *real, double *imaginary) {
    const double w = 2.0 * 3.14159265358979323846 * frequency_hz / RATE_HZ;
    *real = 0.0;
    *imaginary = 0.0;
    for (int sample = 0; sample < LENGTH; ++sample) {
        *real += (double)samples[sample] * cos(w * sample);
        *imaginary -= (double)samples[sample] * sin(w * sample);
    }
}

static void low_frequencies_are_plain_and_high_ones_weighted(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    two_band_run(&bench.bands, bench.rows, LENGTH);
    for (int acn = 0; acn < CHANNELS; ++acn) {
        double real = 0.0;
        double imaginary = 0.0;
        spectrum_at(bench.samples[acn], 50.0, &real, &imaginary);
        assert_true(fabs(hypot(real, imaginary) - 1.0) < 1e-4);
        spectrum_at(bench.samples[acn], 20000.0, &real, &imaginary);
        assert_true(fabs(hypot(real, imaginary) - high_weights[(int)sqrt(acn)]) < 1e-4);
    }
}

/* At the crossover both bands are 6 dB down and in phase: gains add up to the mean of the two. */
static void degrees_share_one_phase_at_every_frequency(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    two_band_run(&bench.bands, bench.rows, LENGTH);
    for (double frequency_hz = 100.0; frequency_hz < 20000.0; frequency_hz *= 1.3) {
        double first[2];
        spectrum_at(bench.samples[0], frequency_hz, &first[0], &first[1]);
        for (int acn = 1; acn < CHANNELS; acn += 4) {
            double other[2];
            spectrum_at(bench.samples[acn], frequency_hz, &other[0], &other[1]);
            const double cross = first[0] * other[1] - first[1] * other[0];
            assert_true(fabs(cross) < 1e-5 && first[0] * other[0] + first[1] * other[1] > 0.0);
        }
    }
    double real = 0.0;
    double imaginary = 0.0;
    spectrum_at(bench.samples[4], crossover_hz, &real, &imaginary);
    assert_true(fabs(hypot(real, imaginary) - (1.0 + bench.bands.weights[2]) / 2.0) < 1e-5);
}

static void pieces_give_the_same_bits(void **state) {
    (void)state;
    Bench whole;
    Bench cut;
    open_bench(&whole);
    open_bench(&cut);
    two_band_run(&whole.bands, whole.rows, LENGTH);
    for (int begin = 0; begin < LENGTH; begin += 1000) {
        float *rows[CHANNELS];
        for (int acn = 0; acn < CHANNELS; ++acn) {
            rows[acn] = &cut.samples[acn][begin];
        }
        two_band_run(&cut.bands, rows, LENGTH - begin < 1000 ? LENGTH - begin : 1000);
    }
    assert_memory_equal(whole.samples, cut.samples, sizeof whole.samples);
}

static void crossovers_follow_the_formula(void **state) {
    (void)state;
    /* order 1: 343 / (4 0.09 2 sin 45) */
    assert_true(fabs(two_band_crossover_hz(1, 0.09) - 343.0 / (0.72 * sqrt(0.5))) < 1e-9);
    for (int order = 1; order < 7; ++order) {
        assert_true(two_band_crossover_hz(order + 1, 0.09) > two_band_crossover_hz(order, 0.09));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(low_frequencies_are_plain_and_high_ones_weighted),
        cmocka_unit_test(degrees_share_one_phase_at_every_frequency),
        cmocka_unit_test(pieces_give_the_same_bits),
        cmocka_unit_test(crossovers_follow_the_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
