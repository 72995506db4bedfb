/* What is measured on a rendering is what the rendered channels measure; peaks are those written.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "render/base/exact_math.h"
#include "tests/render/qc/qc_bench.h"

/* behind the headers of the project: it has a macro called fail */
#include <cmocka.h>

static const double gains[BENCH_CHANNELS * 2] = {0.7, 0.1, -0.3, 0.9, 0.5, 0.5,
                                                 9.0, 9.0, 0.2,  0.0, 0.0, -1.4};

static void a_rendering_measures_what_its_channels_do(void **state) {
    (void)state;
    QcBench written = bench_create(&bench_stereo);
    written.subject.heard = &bench_surround;
    written.subject.heard_gains = gains;
    QcBench rendered = bench_create(&bench_surround);
    for (int channel = 0; channel < BENCH_CHANNELS; channel++) {
        for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
            rendered.samples[channel][at] =
                (float)(gains[2 * channel] * written.samples[0][at] +
                        gains[2 * channel + 1] * written.samples[1][at]);
        }
    }
    QcBench plain = bench_create(&bench_stereo);
    bench_measure(&written, BENCH_SAMPLES);
    bench_measure(&rendered, BENCH_SAMPLES);
    bench_measure(&plain, BENCH_SAMPLES);
    const MeterResult *found = &written.numbers.meter;
    const MeterResult *expected = &rendered.numbers.meter;
    assert_true(fabs(found->integrated_lufs - expected->integrated_lufs) < 1e-6);
    assert_true(fabs(found->max_momentary_lufs - expected->max_momentary_lufs) < 1e-6);
    assert_true(fabs(found->integrated_lufs - plain.numbers.meter.integrated_lufs) > 0.5);
    assert_true(found->true_peak_dbtp == plain.numbers.meter.true_peak_dbtp);
    bench_destroy(&written);
    bench_destroy(&rendered);
    bench_destroy(&plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rendering_measures_what_its_channels_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
