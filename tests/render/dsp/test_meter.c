/* The meter against BS.1770-5 and libebur128; test_loudness_cases.c has the EBU's own signals. */
#include <ebur128.h>
#include <math.h>

#include "render/base/units.h"
#include "render/dsp/meter.h"
#include "tests/support/assert_near.h"

enum { RATE_HZ = 48000, MOST_CHANNELS = 12 };

static const double silence = -1000; /* level_db of a silent segment */

typedef struct Segment {
    double length_s;
    double level_db[5]; /* peak level of a 1 kHz sine a channel; one value: all channels */
} Segment;

typedef struct Signal {
    Arena *arena;
    double *samples[MOST_CHANNELS];
    int channel_count;
    int64_t sample_count;
} Signal;

static Signal make_signal(int channel_count, int64_t sample_count) {
    Signal signal = {arena_create(), {0}, channel_count, sample_count};
    for (int channel = 0; channel < channel_count; channel++) {
        signal.samples[channel] = arena_array(signal.arena, (size_t)sample_count, sizeof(double));
    }
    return signal;
}

static Signal
make_sines(int channel_count, double frequency_hz, const Segment *segments, int count) {
    int64_t total = 0;
    for (int segment = 0; segment < count; segment++) {
        total += llrint(segments[segment].length_s * RATE_HZ);
    }
    Signal signal = make_signal(channel_count, total);
    int64_t begin = 0;
    for (int segment = 0; segment < count; segment++) {
        const int64_t length = llrint(segments[segment].length_s * RATE_HZ);
        for (int channel = 0; channel < channel_count; channel++) {
            const double own_db = segments[segment].level_db[channel_count == 5 ? channel : 0];
            const double amplitude = own_db <= silence ? 0 : pow(10, own_db / 20);
            for (int64_t sample = 0; sample < length; sample++) {
                signal.samples[channel][begin + sample] =
                    amplitude * sin(2 * pi * frequency_hz * (double)sample / RATE_HZ);
            }
        }
        begin += length;
    }
    return signal;
}

static MeterResult
measure_at(Signal *signal, const double *weights, int rate_hz, int64_t piece_samples) {
    Meter *meter = meter_create(signal->channel_count, weights, rate_hz, signal->arena);
    for (int64_t begin = 0; begin < signal->sample_count; begin += piece_samples) {
        const double *rows[MOST_CHANNELS];
        for (int channel = 0; channel < signal->channel_count; channel++) {
            rows[channel] = signal->samples[channel] + begin;
        }
        const int64_t left = signal->sample_count - begin;
        meter_add(meter, rows, left < piece_samples ? left : piece_samples);
    }
    MeterResult result;
    meter_finish(meter, &result);
    return result;
}

static const double surround_weights[] = {1, 1, 1, 1.41, 1.41};

static MeterResult measure_sines(int channel_count, const Segment *segments, int count) {
    Signal signal = make_sines(channel_count, 1000, segments, count);
    const MeterResult result = measure_at(&signal, surround_weights, RATE_HZ, 7919);
    arena_destroy(&signal.arena);
    return result;
}

static void calibration_tones_of_bs_1770_read_as_published(void **state) {
    (void)state;
    const Segment full[] = {
        {20, {0}}
    };
    Signal signal = make_sines(1, 997, full, 1);
    assert_near(measure_at(&signal, (double[]){1}, RATE_HZ, 48000).integrated_lufs, -3.01, 0.05);
    assert_near(measure_at(&signal, (double[]){1.41}, RATE_HZ, 48000).integrated_lufs, -1.52, 0.05);
    const MeterResult lfe = measure_at(&signal, (double[]){0}, RATE_HZ, 48000);
    assert_false(lfe.has_loudness || lfe.has_momentary || lfe.has_loudness_range);
    assert_false(lfe.is_silent);
    assert_near(lfe.sample_peak_dbfs, 0, 0.01);
    arena_destroy(&signal.arena);
}

/* 10 s at -36, 60 s at -23, 10 s at -36: gated -23.0; the mean of the powers is closed. */
static void ungated_loudness_is_the_mean_of_everything(void **state) {
    (void)state;
    const Segment segments[] = {
        {10, {-36}},
        {60, {-23}},
        {10, {-36}}
    };
    const double mean = (60 * pow(10, -2.3) + 20 * pow(10, -3.6)) / 80;
    assert_near(measure_sines(2, segments, 3).ungated_lufs, 10 * log10(mean), 0.05);
}

static double next_noise(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return (double)(int32_t)*state * 0x1p-31;
}

/* Low-passed noise, other in every channel, in steps of 10 s between three levels: the percentiles
 * of LRA fall on the steps, so that its hop (1 s in libebur128, 100 ms here) does not matter. */
static void fill_noise(Signal *signal, int rate_hz) {
    static const double levels_db[] = {-10, -28, -15, -10, -28, -20};
    for (int channel = 0; channel < signal->channel_count; channel++) {
        uint32_t random = 17 + 31 * (uint32_t)channel;
        double low = 0;
        for (int64_t sample = 0; sample < signal->sample_count; sample++) {
            const double level_db = levels_db[sample / rate_hz / 10 % 6];
            low += 0.3 * (next_noise(&random) - low);
            signal->samples[channel][sample] = low * pow(10, level_db / 20);
        }
    }
}

static void check_against_libebur128(int rate_hz, double length_s) {
    static const int labels[] = {EBUR128_LEFT,  EBUR128_RIGHT, EBUR128_CENTER, EBUR128_UNUSED,
                                 EBUR128_Mp090, EBUR128_Mm090, EBUR128_Mp135,  EBUR128_Mm135};
    static const double weights[] = {1, 1, 1, 0, 1.41, 1.41, 1, 1};
    Signal signal = make_signal(8, (int64_t)(length_s * rate_hz));
    fill_noise(&signal, rate_hz);
    ebur128_state *oracle = ebur128_init(8, (unsigned long)rate_hz,
                                         EBUR128_MODE_I | EBUR128_MODE_LRA |
                                             EBUR128_MODE_TRUE_PEAK | EBUR128_MODE_SAMPLE_PEAK);
    double expected_peak = 0;
    for (unsigned int channel = 0; channel < 8; channel++) {
        ebur128_set_channel(oracle, channel, labels[channel]);
    }
    for (int64_t sample = 0; sample < signal.sample_count; sample++) {
        double frame[8];
        for (int channel = 0; channel < 8; channel++) {
            frame[channel] = signal.samples[channel][sample];
            expected_peak = fmax(expected_peak, fabs(frame[channel]));
        }
        ebur128_add_frames_double(oracle, frame, 1);
    }
    double expected_lufs = 0;
    double expected_lu = 0;
    double true_peak = 0;
    ebur128_loudness_global(oracle, &expected_lufs);
    ebur128_loudness_range(oracle, &expected_lu);
    for (unsigned int channel = 0; channel < 8; channel++) {
        double peak = 0;
        ebur128_true_peak(oracle, channel, &peak);
        true_peak = channel == 3 ? true_peak : fmax(true_peak, peak); /* it skips the unused one */
    }
    ebur128_destroy(&oracle);
    const MeterResult result = measure_at(&signal, weights, rate_hz, 5000);
    assert_near(result.integrated_lufs, expected_lufs, 0.01);
    if (length_s >= 60) { /* all steps */
        assert_near(result.loudness_range_lu, expected_lu, 0.1);
    }
    assert_near(result.sample_peak_dbfs, 20 * log10(expected_peak), 1e-9);
    assert_true(result.true_peak_dbtp >= 20 * log10(true_peak) - 0.05);
    assert_true(result.true_peak_dbtp <= 20 * log10(true_peak) + 0.3);
    arena_destroy(&signal.arena);
}

static void loudness_agrees_with_libebur128_on_noise_in_eight_channels(void **state) {
    (void)state;
    check_against_libebur128(48000, 60);
    check_against_libebur128(44100, 30);
    check_against_libebur128(96000, 20);
}

static void size_of_the_pieces_changes_no_bit(void **state) {
    (void)state;
    Signal signal = make_signal(3, 4 * RATE_HZ + 77);
    fill_noise(&signal, RATE_HZ);
    const MeterResult whole = measure_at(&signal, surround_weights, RATE_HZ, 1 << 24);
    static const int64_t pieces[] = {1, 7, 479, 480, 481, 100000};
    for (size_t row = 0; row < sizeof pieces / sizeof *pieces; row++) {
        const MeterResult other = measure_at(&signal, surround_weights, RATE_HZ, pieces[row]);
        assert_true(other.integrated_lufs == whole.integrated_lufs);
        assert_true(other.loudness_range_lu == whole.loudness_range_lu);
        assert_true(other.max_momentary_lufs == whole.max_momentary_lufs);
        assert_true(other.max_short_term_lufs == whole.max_short_term_lufs);
        assert_true(other.true_peak_dbtp == whole.true_peak_dbtp);
        assert_true(other.sample_peak_dbfs == whole.sample_peak_dbfs);
    }
    arena_destroy(&signal.arena);
}

static void nothing_to_measure_is_said_by_flags_and_never_nan(void **state) {
    (void)state;
    const int64_t lengths[] = {0, 1, 479, 19199, 48000};
    for (size_t row = 0; row < sizeof lengths / sizeof *lengths; row++) {
        Signal signal = make_signal(2, lengths[row]);
        const MeterResult result = measure_at(&signal, surround_weights, RATE_HZ, 1000);
        assert_true(result.is_silent);
        assert_false(result.has_loudness || result.has_loudness_range);
        assert_false(result.has_momentary || result.has_short_term);
        assert_true(result.integrated_lufs == silence_db && result.ungated_lufs == silence_db &&
                    result.true_peak_dbtp == silence_db);
        assert_int_equal(result.sample_count, lengths[row]);
        arena_destroy(&signal.arena);
    }
    const Segment quiet[] = {
        {5, {-90}}
    };
    const MeterResult below_gate = measure_sines(2, quiet, 1);
    assert_false(below_gate.has_loudness || below_gate.has_loudness_range);
    assert_true(below_gate.has_momentary && !below_gate.is_silent);
}

static void odd_sample_rates_keep_the_length_of_windows(void **state) {
    (void)state;
    Signal signal = make_signal(1, 22050 * 10); /* 220.5 samples in 10 ms */
    for (int64_t sample = 0; sample < signal.sample_count; sample++) {
        signal.samples[0][sample] = sin(2 * pi * 997 * (double)sample / 22050);
    }
    const MeterResult result = measure_at(&signal, (double[]){1}, 22050, 1000);
    assert_near(result.integrated_lufs, -3.01, 0.1);
    arena_destroy(&signal.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calibration_tones_of_bs_1770_read_as_published),
        cmocka_unit_test(ungated_loudness_is_the_mean_of_everything),
        cmocka_unit_test(loudness_agrees_with_libebur128_on_noise_in_eight_channels),
        cmocka_unit_test(size_of_the_pieces_changes_no_bit),
        cmocka_unit_test(nothing_to_measure_is_said_by_flags_and_never_nan),
        cmocka_unit_test(odd_sample_rates_keep_the_length_of_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
