/* The numbers of the scorecard against a naive meter: double precision, straight from the text of
 * the standards, without any of the project's filters, windows or gates. */
#include <math.h>

#include "tests/render/qc/qc_bench.h"

/* cmocka has a macro called fail */
#include "tests/support/assert_near.h"

enum { SLOT = BENCH_RATE_HZ / 100, SLOTS = BENCH_SECONDS * 100, GATE_HOP = 10 };
enum { MOMENTARY = 40, SHORT_TERM = 300, TAPS = 128, PHASES = 64 };

/* BS.1770-5 annex 1, tables 1 and 2, at 48 kHz. */
typedef struct NaiveBiquad {
    double b[3], a[3], x[2], y[2];
} NaiveBiquad;

static double filter(NaiveBiquad *biquad, double x) {
    const double y = biquad->b[0] * x + biquad->b[1] * biquad->x[0] + biquad->b[2] * biquad->x[1] -
                     biquad->a[1] * biquad->y[0] - biquad->a[2] * biquad->y[1];
    biquad->x[1] = biquad->x[0];
    biquad->x[0] = x;
    biquad->y[1] = biquad->y[0];
    biquad->y[0] = y;
    return y;
}

/* slots: [SLOTS] sums of the weighted squares of 10 ms. */
static void weigh(const QcBench *bench, double *slots) {
    memset(slots, 0, SLOTS * sizeof *slots);
    for (int channel = 0; channel < bench->subject.channel_count; channel++) {
        NaiveBiquad shelf = {
            .b = {1.53512485958697, -2.69169618940638, 1.19839281085285},
            .a = {1.0,              -1.69065929318241, 0.73248077421585}
        };
        NaiveBiquad high_pass = {
            .b = {1.0, -2.0,              1.0             },
              .a = {1.0, -1.99004745483398, 0.99007225036621}
        };
        for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
            const double y =
                filter(&high_pass, filter(&shelf, (double)bench->samples[channel][at]));
            slots[at / SLOT] += bench_channels[channel].loudness_weight * y * y;
        }
    }
}

static double lufs_of(double power) {
    return -0.691 + 10.0 * log10(power);
}

static double window(const double *slots, int begin, int length) {
    double sum = 0.0;
    for (int slot = begin; slot < begin + length; slot++) {
        sum += slots[slot];
    }
    return sum / ((double)length * SLOT);
}

static double greatest_lufs(const double *slots, int length) {
    double greatest = 0.0;
    for (int begin = 0; begin + length <= SLOTS; begin++) {
        greatest = fmax(greatest, window(slots, begin, length));
    }
    return lufs_of(greatest);
}

/* Windows above -70 LUFS and above their own mean less gate_lu, sorted. */
static int gate(const double *slots, int length, double gate_lu, double *powers) {
    double mean = 0.0;
    int above = 0;
    int count = 0;
    for (int begin = 0; begin + length <= SLOTS; begin += GATE_HOP) {
        const double power = window(slots, begin, length);
        mean += lufs_of(power) > -70.0 ? power : 0.0;
        above += lufs_of(power) > -70.0;
    }
    const double gate_lufs = fmax(lufs_of(mean / above) - gate_lu, -70.0);
    for (int begin = 0; begin + length <= SLOTS; begin += GATE_HOP) {
        const double power = window(slots, begin, length);
        int place = count;
        while (lufs_of(power) > gate_lufs && place > 0 && powers[place - 1] > power) {
            powers[place] = powers[place - 1];
            place--;
        }
        if (lufs_of(power) > gate_lufs) {
            powers[place] = power;
            count++;
        }
    }
    return count;
}

static double integrated_lufs(const double *slots) {
    double powers[SLOTS];
    const int count = gate(slots, MOMENTARY, 10.0, powers);
    double sum = 0.0;
    for (int index = 0; index < count; index++) {
        sum += powers[index];
    }
    return lufs_of(sum / count);
}

/* Tech 3342: between 10 % and 95 % of the short-term loudness. */
static double range_lu(const double *slots) {
    double powers[SLOTS];
    const int count = gate(slots, SHORT_TERM, 20.0, powers);
    return lufs_of(powers[(int)floor((count - 1) * 0.95 + 0.5)]) -
           lufs_of(powers[(int)floor((count - 1) * 0.10 + 0.5)]);
}

/* A Blackman-windowed sinc between the samples, wherever they come near the greatest. */
static double between(const float *samples, int64_t at, double part) {
    double sum = 0.0;
    for (int tap = -TAPS + 1; tap <= TAPS; tap++) {
        const double x = part - tap;
        const double shape = 0.42 + 0.5 * cos(pi * x / TAPS) + 0.08 * cos(2.0 * pi * x / TAPS);
        const double sinc = fabs(x) < 1e-12 ? 1.0 : sin(pi * x) / (pi * x);
        sum += (double)samples[at + tap] * sinc * (fabs(x) < TAPS ? shape : 0.0);
    }
    return sum;
}

static double true_peak_dbtp(const QcBench *bench) {
    double greatest = 0.0;
    double peak = 0.0;
    for (int channel = 0; channel < bench->subject.channel_count; channel++) {
        for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
            greatest = fmax(greatest, fabs((double)bench->samples[channel][at]));
        }
    }
    for (int channel = 0; channel < bench->subject.channel_count; channel++) {
        const float *const samples = bench->samples[channel];
        for (int64_t at = TAPS; at < BENCH_SAMPLES - TAPS - 1; at++) {
            const double larger = fmax(fabs((double)samples[at]), fabs((double)samples[at + 1]));
            const bool is_near = larger > 0.85 * greatest;
            for (int phase = 0; is_near && phase < PHASES; phase++) {
                peak = fmax(peak, fabs(between(samples, at, phase / (double)PHASES)));
            }
        }
    }
    return 20.0 * log10(peak);
}

/* Loud, soft, in between, below the gate. */
static void step_levels(QcBench *bench) {
    static const double gains[BENCH_SECONDS] = {1.0, 1.0, 0.2, 0.2, 0.5, 0.5, 0.5, 0.0002};
    for (int channel = 0; channel < BENCH_CHANNELS; channel++) {
        for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
            bench->samples[channel][at] *= (float)gains[at / BENCH_RATE_HZ];
        }
    }
}

static void loudness_and_peaks_are_those_of_a_naive_meter(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_surround);
    double *const slots = arena_array(bench.arena, SLOTS, sizeof *slots);
    step_levels(&bench);
    bench_measure(&bench, BENCH_SAMPLES);
    weigh(&bench, slots);
    const MeterResult *const found = &bench.numbers.meter;
    assert_near(found->integrated_lufs, integrated_lufs(slots), 0.005);
    assert_near(found->loudness_range_lu, range_lu(slots), 0.01);
    assert_near(found->max_momentary_lufs, greatest_lufs(slots, MOMENTARY), 1e-6);
    assert_near(found->max_short_term_lufs, greatest_lufs(slots, SHORT_TERM), 1e-6);
    assert_near(found->true_peak_dbtp, true_peak_dbtp(&bench), 0.05);
    bench_destroy(&bench);
}

/* ITU-R BS.468-4, table 1: Hz and dB. */
static double weighting_db(double frequency_hz) {
    static const double rows[][2] = {
        {10,    -39.9},
        {31.5,  -29.9},
        {63,    -23.9},
        {100,   -19.8},
        {200,   -13.8},
        {400,   -7.8 },
        {800,   -1.9 },
        {1000,  0    },
        {2000,  5.6  },
        {3150,  9.0  },
        {4000,  10.5 },
        {5000,  11.7 },
        {6300,  12.2 },
        {7100,  12.0 },
        {8000,  11.4 },
        {9000,  10.1 },
        {10000, 8.1  },
        {12500, 0    },
        {14000, -5.3 },
        {16000, -11.7},
        {20000, -22.2},
        {31500, -42.7},
    };
    int row = 0;
    while (rows[row + 1][0] < frequency_hz) {
        row++;
    }
    const double part = log(frequency_hz / rows[row][0]) / log(rows[row + 1][0] / rows[row][0]);
    return rows[row][1] + part * (rows[row + 1][1] - rows[row][1]);
}

/* White noise: its power is spread evenly up to 24 kHz, and the weighting integrates. Leq(m) lies
 * 5.6 dB below the weighting of the table; a sine of -20 dBFS in a screen channel reads 85 dB. */
static void leq_m_of_noise_is_the_integral_of_the_table(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    uint32_t seed = 7;
    double power = 0.0;
    double mean_weight = 0.0;
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        bench.samples[0][at] = (float)(0.1 * bench_noise(&seed));
        bench.samples[1][at] = 0.0F;
        power += (double)bench.samples[0][at] * (double)bench.samples[0][at] / BENCH_SAMPLES;
    }
    for (int frequency_hz = 20; frequency_hz < 24000; frequency_hz += 20) {
        mean_weight += pow(10.0, (weighting_db(frequency_hz) - 5.6) / 10.0) * 20.0 / 24000.0;
    }
    bench_measure(&bench, BENCH_SAMPLES);
    assert_true(bench.numbers.has_weighted);
    assert_near(bench.numbers.weighted.leq_m_db,
                85.0 + 10.0 * log10(power * mean_weight / (0.5 * 0.01)), 0.15);
    bench_destroy(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loudness_and_peaks_are_those_of_a_naive_meter),
        cmocka_unit_test(leq_m_of_noise_is_the_integral_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
