/* Programmes in other rooms: what the X curve, a small loudspeaker and a fold do to tones. */
#include "render/qc/qc_measure.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "tests/render/qc/qc_bench.h"

#include <cmocka.h>

static void
fill_tone(QcBench *bench, int channel, double frequency_hz, double level, int64_t begin) {
    for (int64_t at = begin; at < BENCH_SAMPLES; at++) {
        const double phase = 2.0 * pi * frequency_hz * (double)at / BENCH_RATE_HZ;
        bench->samples[channel][at] = (float)(level * exact_sin(phase));
    }
}

static QcBench create_silent(const Layout *layout) {
    QcBench bench = bench_create(layout);
    for (int channel = 0; channel < layout->channel_count; channel++) {
        memset(bench.samples[channel], 0, BENCH_SAMPLES * sizeof(float));
    }
    return bench;
}

static double change_lu(const QcBench *bench, TranslationPlace place) {
    const double *const levels_lufs = bench->numbers.translation.integrated_lufs;
    return levels_lufs[place] - levels_lufs[PLACE_AS_IT_IS];
}

static bool is_lost(const QcBench *bench, const char *where) {
    const QcFinding *finding = bench->findings->first;
    while (finding && (finding->check != QC_TRANSLATION || !strstr(finding->text, where))) {
        finding = finding->next;
    }
    return finding != NULL;
}

static void as_it_is_reads_what_the_meter_reads(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_surround);
    bench_measure(&bench, BENCH_SAMPLES);
    const double spectra_lufs = bench.numbers.translation.integrated_lufs[PLACE_AS_IT_IS];
    assert_true(fabs(spectra_lufs - bench.numbers.meter.integrated_lufs) < 0.2);
    bench_destroy(&bench);
}

/* ISO 2969: curve X is 0 dB up to 2 kHz and -6 dB at 8 kHz. */
static void a_cinema_takes_from_the_top(void **state) {
    (void)state;
    static const double tones[][2] = {
        {1000, 0 },
        {4000, -3},
        {8000, -6}
    };
    for (size_t tone = 0; tone < sizeof tones / sizeof *tones; tone++) {
        QcBench bench = create_silent(&bench_stereo);
        fill_tone(&bench, 0, tones[tone][0], 0.3, 0);
        bench_measure(&bench, BENCH_SAMPLES);
        assert_true(fabs(change_lu(&bench, PLACE_CINEMA) - tones[tone][1]) < 0.1);
        bench_destroy(&bench);
    }
}

/* A Butterworth filter of fourth order an octave below its edge of 450 Hz: 2^-8 / (1 + 2^-8). */
static void a_phone_has_no_bass(void **state) {
    (void)state;
    QcBench bench = create_silent(&bench_stereo);
    fill_tone(&bench, 0, 225.0, 0.3, 0);
    fill_tone(&bench, 1, 225.0, 0.3, 0);
    bench_measure(&bench, BENCH_SAMPLES);
    /* two equal channels: their sum at -3 dB has the power of both */
    assert_true(fabs(change_lu(&bench, PLACE_PHONE) + 24.10) < 0.3);
    assert_true(fabs(change_lu(&bench, PLACE_MONO)) < 0.1);
    assert_true(fabs(change_lu(&bench, PLACE_LIVING_ROOM)) < 0.4);
    bench_destroy(&bench);
}

static void what_a_sum_cancels_is_lost_in_mono(void **state) {
    (void)state;
    QcBench bench = create_silent(&bench_stereo);
    fill_tone(&bench, 0, 1000.0, 0.3, 0);
    fill_tone(&bench, 1, 1000.0, -0.3, 0);
    bench_measure(&bench, BENCH_SAMPLES);
    assert_true(is_lost(&bench, "mono"));
    assert_false(is_lost(&bench, "cinema"));
    bench_destroy(&bench);
}

static void a_passage_of_bass_is_lost_on_a_phone(void **state) {
    (void)state;
    QcBench bench = create_silent(&bench_stereo);
    fill_tone(&bench, 0, 1000.0, 0.1, 0);
    memset(bench.samples[0] + (size_t)4 * BENCH_RATE_HZ, 0,
           (BENCH_SAMPLES - (size_t)4 * BENCH_RATE_HZ) * sizeof(float));
    fill_tone(&bench, 1, 60.0, 0.5, (int64_t)4 * BENCH_RATE_HZ);
    bench_measure(&bench, BENCH_SAMPLES);
    assert_true(is_lost(&bench, "phone"));
    assert_false(is_lost(&bench, "living room"));
    bench_destroy(&bench);
}

static void the_lfe_is_heard_in_a_cinema_alone(void **state) {
    (void)state;
    QcBench bench = create_silent(&bench_surround);
    fill_tone(&bench, 0, 1000.0, 0.01, 0);
    bench_measure(&bench, BENCH_SAMPLES);
    const double without_lu = change_lu(&bench, PLACE_CINEMA);
    bench_destroy(&bench);
    bench = create_silent(&bench_surround);
    fill_tone(&bench, 0, 1000.0, 0.01, 0);
    fill_tone(&bench, 3, 100.0, 0.1, 0);
    bench_measure(&bench, BENCH_SAMPLES);
    assert_true(fabs(without_lu) < 0.1);
    assert_true(change_lu(&bench, PLACE_CINEMA) > 20.0);
    assert_true(fabs(change_lu(&bench, PLACE_LIVING_ROOM)) < 0.1);
    bench_destroy(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_it_is_reads_what_the_meter_reads),
        cmocka_unit_test(a_cinema_takes_from_the_top),
        cmocka_unit_test(a_phone_has_no_bass),
        cmocka_unit_test(what_a_sum_cancels_is_lost_in_mono),
        cmocka_unit_test(a_passage_of_bass_is_lost_on_a_phone),
        cmocka_unit_test(the_lfe_is_heard_in_a_cinema_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
