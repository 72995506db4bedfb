/* One planted fault a check, found at its place; clean programmes without a finding. */
#include "render/qc/qc_measure.h"

#include <ebur128.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "tests/render/qc/qc_bench.h"

#include <cmocka.h>

static const int64_t place = 3 * BENCH_RATE_HZ + 12345;
static const double place_s = 3.0 + 12345.0 / BENCH_RATE_HZ;

typedef struct Expected {
    QcCheck check;
    int channel;
    double at_s, slack_s; /* at_s < 0: no place */
} Expected;

static void print_findings(const QcBench *bench) {
    for (const QcFinding *finding = bench->findings->first; finding; finding = finding->next) {
        print_message("%s channel %d at %g s: %g (limit %g)\n", qc_check_info(finding->check)->name,
                      finding->channel, finding->at_s, finding->value, finding->limit);
    }
}

static void assert_clean(const QcBench *bench) {
    print_findings(bench);
    assert_null(bench->findings->first);
}

/* Exactly this finding and no other. */
static void assert_only(const QcBench *bench, Expected expected) {
    const QcFinding *const found = bench->findings->first;
    print_findings(bench);
    assert_non_null(found);
    assert_null(found->next);
    assert_int_equal(found->check, expected.check);
    assert_int_equal(found->channel, expected.channel);
    if (expected.at_s < 0.0) {
        assert_true(found->at_s < 0.0);
    } else {
        assert_true(fabs(found->at_s - expected.at_s) <= expected.slack_s);
    }
}

static void measure_whole(QcBench *bench) {
    bench_measure(bench, BENCH_SAMPLES);
}

static void clean_programmes_have_no_finding(void **state) {
    (void)state;
    const Layout *const layouts[] = {&bench_surround, &bench_stereo};
    for (int layout = 0; layout < 2; layout++) {
        QcBench bench = bench_create(layouts[layout]);
        measure_whole(&bench);
        assert_clean(&bench);
        bench_destroy(&bench);
    }
}

static void hits_and_tones_are_no_clicks(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    uint32_t seed = 5;
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) { /* a hit every 400 ms, decaying in 20 ms */
        const double since_s = (double)(at % 19200) / BENCH_RATE_HZ;
        const double hit = 0.5 * exact_exp(-since_s / 0.02) * bench_noise(&seed);
        const double tone = 0.1 * exact_sin(2.0 * pi * 440.0 * (double)at / BENCH_RATE_HZ);
        bench.samples[0][at] = (float)(tone + hit);
        bench.samples[1][at] = (float)(tone + 0.7 * hit + 0.01 * bench_noise(&seed));
    }
    bench.policy.levels[QC_TRUE_PEAK] = QC_OFF;
    measure_whole(&bench);
    assert_clean(&bench);
    bench_destroy(&bench);
}

static void a_click_of_one_sample_is_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_surround);
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        bench.samples[4][at] *= 0.4F;
    }
    bench.samples[4][place] += 0.5F;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_CLICKS, 4, place_s, 0.0015});
    bench_destroy(&bench);
}

static void the_seam_of_two_tones_is_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    bench.policy.levels[QC_BALANCE] = QC_OFF; /* one channel is changed: it leans */
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        const double phase = 2.0 * pi * 200.0 * (double)at / BENCH_RATE_HZ;
        bench.samples[0][at] = (float)(0.2 * exact_sin(phase + (at < place ? 0.0 : 2.0)));
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_CLICKS, 0, place_s, 0.0015});
    bench_destroy(&bench);
}

static void equal_samples_at_full_scale_are_clipping(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    bench.policy.levels[QC_TRUE_PEAK] = bench.policy.levels[QC_CLICKS] = QC_OFF;
    for (int sample = 0; sample < 3; sample++) {
        bench.samples[1][place + sample] = 1.0F;
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_CLIPPING, 1, place_s, 1e-9});
    bench.samples[1][place + 1] = 0.995F; /* two are not */
    measure_whole(&bench);
    assert_clean(&bench);
    bench_destroy(&bench);
}

static void a_run_of_zeros_in_sound_is_a_dropout(void **state) {
    (void)state;
    for (int shift = 0; shift < 20; shift += 3) { /* wherever it lies among the strides */
        QcBench bench = bench_create(&bench_stereo);
        bench.policy.levels[QC_CLICKS] = QC_OFF;
        memset(bench.samples[1] + place + shift, 0, 96 * sizeof(float));
        measure_whole(&bench);
        assert_only(&bench,
                    (Expected){QC_DROPOUTS, 1, place_s + (double)shift / BENCH_RATE_HZ, 1e-4});
        assert_true(fabs(bench.findings->first->value - 0.002) < 1e-4);
        bench_destroy(&bench);
    }
}

static void digital_silence_and_dead_air_are_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    for (int channel = 0; channel < 2; channel++) {
        memset(bench.samples[channel] + place, 0, 48000 * sizeof(float));
    }
    bench.policy.levels[QC_DROPOUTS] = QC_OFF;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_DIGITAL_SILENCE, -1, place_s, 0.0015});
    for (int channel = 0; channel < 2; channel++) {
        for (int64_t at = place; at < place + 4 * 48000; at++) {
            bench.samples[channel][at] = (float)(at % 7 - 3) * 1e-5F;
        }
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_DEAD_AIR, -1, place_s, 0.0015});
    bench_destroy(&bench);
}

static void silence_before_and_behind_is_told_apart(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    for (int channel = 0; channel < 2; channel++) {
        memset(bench.samples[channel], 0, 6 * 48000 * sizeof(float));
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_SILENCE_HEAD, -1, 0.0, 1e-9});
    bench_fill(&bench);
    for (int channel = 0; channel < 2; channel++) {
        memset(bench.samples[channel] + 2 * 48000, 0, 6 * 48000 * sizeof(float));
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_SILENCE_TAIL, -1, 2.0, 0.0015});
    bench_destroy(&bench);
}

static void an_offset_is_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        bench.samples[1][at] += 0.01F; /* -40 dBFS */
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_DC_OFFSET, 1, -1.0, 0});
    assert_true(fabs(bench.findings->first->value + 40.0) < 1.5);
    bench_destroy(&bench);
}

static void nan_is_told_and_does_not_spoil_the_numbers(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    measure_whole(&bench);
    const double clean_lufs = bench.numbers.meter.integrated_lufs;
    bench.samples[0][place] = NAN;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_NOT_A_NUMBER, 0, place_s, 1e-9});
    assert_true(fabs(bench.numbers.meter.integrated_lufs - clean_lufs) < 0.01);
    bench_destroy(&bench);
}

static void a_turned_polarity_is_found_with_its_loss(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        bench.samples[1][at] = -0.9F * bench.samples[0][at];
    }
    bench.policy.levels[QC_MONO_FOLD] = QC_OFF;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_PHASE, 0, 0.0, 0.11});
    assert_true(fabs(bench.findings->first->value + 1.0) < 1e-4);
    bench.policy.levels[QC_MONO_FOLD] = QC_WARN;
    bench.policy.levels[QC_PHASE] = QC_OFF;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_MONO_FOLD, -1, 0.0, 0.11});
    /* (1 - 0.9)^2 of 1 + 0.81 */
    assert_true(fabs(bench.findings->first->value - 10.0 * log10(1.81 / 0.01)) < 0.05);
    bench_destroy(&bench);
}

static void twins_and_silent_channels_are_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_surround);
    memcpy(bench.samples[5], bench.samples[4], BENCH_SAMPLES * sizeof(float));
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_IDENTICAL_CHANNELS, 5, -1.0, 0});
    bench_fill(&bench);
    memset(bench.samples[2], 0, BENCH_SAMPLES * sizeof(float));
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_SILENT_CHANNEL, 2, -1.0, 0});
    bench_destroy(&bench);
}

static void an_lfe_with_treble_and_a_swapped_one_are_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_surround);
    bench.policy.levels[QC_BALANCE] = QC_OFF; /* one channel is changed: it leans */
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        bench.samples[3][at] +=
            (float)(0.05 * exact_sin(2.0 * pi * 300.0 * (double)at / BENCH_RATE_HZ));
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_LFE_BAND, 3, -1.0, 0});
    bench_fill(&bench);
    float *const rumble = bench.samples[3];
    bench.samples[3] = bench.samples[4];
    bench.samples[4] = rumble;
    bench.policy.levels[QC_LFE_BAND] = QC_OFF;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_LFE_PLACE, 3, -1.0, 0});
    bench_destroy(&bench);
}

static void samples_of_16_bits_in_24_are_found(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    for (int channel = 0; channel < 2; channel++) {
        for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
            bench.samples[channel][at] = rintf(bench.samples[channel][at] * 0x1p15F) * 0x1p-15F;
        }
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_PADDED_BITS, -1, -1.0, 0});
    bench_destroy(&bench);
}

static void a_screaming_band_is_harsh(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    bench.policy.levels[QC_BALANCE] = QC_OFF; /* one channel is changed: it leans */
    for (int64_t at = 4 * 48000; at < BENCH_SAMPLES; at++) {
        bench.samples[0][at] +=
            (float)(0.3 * exact_sin(2.0 * pi * 3150.0 * (double)at / BENCH_RATE_HZ));
    }
    bench.policy.levels[QC_CLICKS] = QC_OFF;
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_HARSHNESS, -1, 3.0, 0.2});
    bench_destroy(&bench);
}

static void limits_of_loudness_are_inclusive_and_unrounded(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    measure_whole(&bench);
    const double lufs = bench.numbers.meter.integrated_lufs;
    bench.policy.levels[QC_LOUDNESS] = QC_FAIL;
    for (int index = 0; qc_limit_at(index); index++) {
        const QcLimitInfo *const limit = qc_limit_at(index);
        bench.policy.limits[index] = limit->check != QC_LOUDNESS ? bench.policy.limits[index]
                                     : limit->has_fallback       ? 0.5
                                                                 : lufs - 0.49;
    }
    measure_whole(&bench);
    assert_clean(&bench);
    for (int index = 0; qc_limit_at(index); index++) {
        const bool is_target =
            qc_limit_at(index)->check == QC_LOUDNESS && !qc_limit_at(index)->has_fallback;
        bench.policy.limits[index] -= is_target ? 0.02 : 0.0;
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_LOUDNESS, -1, -1.0, 0});
    bench_destroy(&bench);
}

static void a_high_peak_fails_and_silence_is_a_finding(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    bench.policy.levels[QC_BALANCE] = QC_OFF; /* one channel is changed: it leans */
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        bench.samples[0][at] =
            (float)(0.95 * exact_sin(2.0 * pi * 440.0 * (double)at / BENCH_RATE_HZ));
    }
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_TRUE_PEAK, -1, -1.0, 0});
    assert_int_equal(bench.findings->first->severity, QC_FAIL);
    memset(bench.samples[0], 0, BENCH_SAMPLES * sizeof(float));
    memset(bench.samples[1], 0, BENCH_SAMPLES * sizeof(float));
    measure_whole(&bench);
    assert_only(&bench, (Expected){QC_SILENT_FILE, -1, -1.0, 0});
    bench_destroy(&bench);
}

static void numbers_are_those_of_libebur128(void **state) {
    (void)state;
    static const int channels[] = {EBUR128_LEFT,   EBUR128_RIGHT,         EBUR128_CENTER,
                                   EBUR128_UNUSED, EBUR128_LEFT_SURROUND, EBUR128_RIGHT_SURROUND};
    QcBench bench = bench_create(&bench_surround);
    ebur128_state *meter =
        ebur128_init(BENCH_CHANNELS, BENCH_RATE_HZ,
                     EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_S | EBUR128_MODE_TRUE_PEAK);
    double momentary_lufs = -200.0;
    double short_term_lufs = -200.0;
    for (unsigned channel = 0; channel < BENCH_CHANNELS; channel++) {
        ebur128_set_channel(meter, channel, channels[channel]);
    }
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        float frame[BENCH_CHANNELS];
        for (int channel = 0; channel < BENCH_CHANNELS; channel++) {
            frame[channel] = bench.samples[channel][at];
        }
        ebur128_add_frames_float(meter, frame, 1);
        if ((at + 1) % 480 == 0) { /* Tech 3341: a value every 10 ms finds the maxima */
            double lufs = 0.0;
            ebur128_loudness_momentary(meter, &lufs);
            momentary_lufs = fmax(momentary_lufs, at >= 19199 ? lufs : -200.0);
            ebur128_loudness_shortterm(meter, &lufs);
            short_term_lufs = fmax(short_term_lufs, at >= 143999 ? lufs : -200.0);
        }
    }
    double peak = 0.0;
    for (unsigned channel = 0; channel < BENCH_CHANNELS; channel++) {
        double own = 0.0;
        ebur128_true_peak(meter, channel, &own);
        peak = fmax(peak, own);
    }
    double lufs = 0.0;
    double range_lu = 0.0;
    ebur128_loudness_global(meter, &lufs);
    ebur128_loudness_range(meter, &range_lu);
    measure_whole(&bench);
    assert_true(fabs(bench.numbers.meter.integrated_lufs - lufs) < 0.1);
    assert_true(fabs(bench.numbers.meter.max_momentary_lufs - momentary_lufs) < 0.1);
    assert_true(fabs(bench.numbers.meter.max_short_term_lufs - short_term_lufs) < 0.1);
    /* its 4x interpolator may read 0.4 dB low: BS.1770-5 annex 2 */
    assert_true(fabs(bench.numbers.meter.true_peak_dbtp - db_from_gain(peak)) < 0.4);
    /* it takes a value a second where Tech 3342 wants ten; both are within the +-1 LU of its table
     */
    assert_true(fabs(bench.numbers.meter.loudness_range_lu - range_lu) < 1.0);
    ebur128_destroy(&meter);
    bench_destroy(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_programmes_have_no_finding),
        cmocka_unit_test(hits_and_tones_are_no_clicks),
        cmocka_unit_test(a_click_of_one_sample_is_found),
        cmocka_unit_test(the_seam_of_two_tones_is_found),
        cmocka_unit_test(equal_samples_at_full_scale_are_clipping),
        cmocka_unit_test(a_run_of_zeros_in_sound_is_a_dropout),
        cmocka_unit_test(digital_silence_and_dead_air_are_found),
        cmocka_unit_test(silence_before_and_behind_is_told_apart),
        cmocka_unit_test(an_offset_is_found),
        cmocka_unit_test(nan_is_told_and_does_not_spoil_the_numbers),
        cmocka_unit_test(a_turned_polarity_is_found_with_its_loss),
        cmocka_unit_test(twins_and_silent_channels_are_found),
        cmocka_unit_test(an_lfe_with_treble_and_a_swapped_one_are_found),
        cmocka_unit_test(samples_of_16_bits_in_24_are_found),
        cmocka_unit_test(a_screaming_band_is_harsh),
        cmocka_unit_test(limits_of_loudness_are_inclusive_and_unrounded),
        cmocka_unit_test(a_high_peak_fails_and_silence_is_a_finding),
        cmocka_unit_test(numbers_are_those_of_libebur128),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
