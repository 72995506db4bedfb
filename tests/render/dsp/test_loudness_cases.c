/* Every case of EBU Tech 3341 and 3342 that can be synthesised, through the meter that is shipped
 * and through libebur128 as a second one. The table is loudness_cases.csv beside this file. */
#include <ebur128.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/loudness_gates.h"
#include "render/dsp/meter.h"
#include "tests/support/assert_near.h"

enum { RATE_HZ = 48000, MOST_CHANNELS = 5, FIELDS = 11, LINE_BYTES = 256, CASES = 30 };
enum { MOMENTARY_STEP = RATE_HZ / 100, SHORT_TERM_STEP = RATE_HZ / 10 };

/* Between the two meters; LRA: libebur128 has a hop of 1 s where the meter has 100 ms, and what
 * lies on the edge between two levels falls to either side. */
static const double agreement = 0.1, range_agreement_lu = 0.1;

typedef struct Case {
    const char *id, *kind, *segments, *metrics, *expected;
    double weights[MOST_CHANNELS], frequency, tolerance_minus, tolerance_plus;
    int channel_count, repeat_count, file_count;
} Case;

typedef struct Signal {
    Arena *arena;
    double *samples[MOST_CHANNELS];
    int channel_count;
    int64_t sample_count;
} Signal;

/* What a metric letter stands for, from either meter. */
typedef struct Reading {
    double integrated_lufs, short_term_lufs, momentary_lufs, true_peak_dbtp, range_lu;
} Reading;

/* Sums of numbers, i and i*number: `0.18`, `(3-i*0.15)`, `-38+i`. Stops behind it. */
static double evaluate(const char **text, double i) {
    double sum = 0;
    const char *at = *text + strspn(*text, "(");
    do {
        const double sign = *at == '-' ? -1 : 1;
        at += strspn(at, "+-");
        double term = i;
        char *end = NULL;
        if (*at == 'i') {
            end = (char *)at + 1;
            term *= *end == '*' ? strtod(end + 1, &end) : 1;
        } else {
            term = strtod(at, &end);
        }
        sum += sign * term;
        at = end;
    } while (*at == '+' || *at == '-');
    *text = at + strspn(at, ")");
    return sum;
}

static void lengthen(Signal *signal, int64_t count) {
    for (int channel = 0; channel < signal->channel_count; channel++) {
        const size_t whole = (size_t)(signal->sample_count + count);
        double *longer = arena_array(signal->arena, whole, sizeof *longer);
        if (signal->sample_count) {
            memcpy(longer, signal->samples[channel], (size_t)signal->sample_count * sizeof *longer);
        }
        signal->samples[channel] = longer;
    }
}

static void
add_sine(Signal *signal, int channel, int64_t count, double frequency_hz, double level_db) {
    double *to = signal->samples[channel] + signal->sample_count;
    for (int64_t sample = 0; sample < count; sample++) {
        to[sample] = pow(10, level_db / 20) * sin(2 * pi * frequency_hz * (double)sample / RATE_HZ);
    }
}

/* seconds@S, seconds@level, seconds@level|level|... with a space behind all but the last. */
static const char *add_segment(Signal *signal, const Case *which, const char *text, double i) {
    const int64_t count = llrint(evaluate(&text, i) * RATE_HZ);
    assert_int_equal(*text, '@');
    text++;
    lengthen(signal, count);
    double level_db = 0;
    for (int channel = 0; *text != 'S' && channel < signal->channel_count; channel++) {
        text += *text == '|';
        level_db = channel == 0 || text[-1] == '|' ? evaluate(&text, i) : level_db;
        add_sine(signal, channel, count, which->frequency, level_db);
    }
    text += *text == 'S';
    signal->sample_count += count;
    return text + (*text == ' ');
}

/* fs / frequency for a second: amplitude@phase in degrees, fades of 10 ms. */
static void make_peak_sine(Signal *signal, const Case *which) {
    char *end = NULL;
    const double amplitude = strtod(which->segments, &end);
    const double phase_rad = rad_from_deg(strtod(end + 1, NULL));
    lengthen(signal, RATE_HZ);
    for (int64_t sample = 0; sample < RATE_HZ; sample++) {
        const double edge_s = fmin((double)sample, (double)(RATE_HZ - sample)) / RATE_HZ;
        const double angle_rad = 2 * pi * (double)sample / which->frequency + phase_rad;
        for (int channel = 0; channel < signal->channel_count; channel++) {
            signal->samples[channel][sample] = amplitude * fmin(1, edge_s / 0.01) * sin(angle_rad);
        }
    }
    signal->sample_count = RATE_HZ;
}

enum { FAST_SAMPLES = 4 * RATE_HZ / 10, REACH = 96 };

/* At four times the rate: fs / 6 at half amplitude, one full period of fs / 4 in the middle. */
static void make_fast_burst(double fast[FAST_SAMPLES]) {
    const int burst = FAST_SAMPLES / 2 / 24 * 24; /* phase continuous: at a zero crossing */
    for (int sample = 0; sample < FAST_SAMPLES; sample++) {
        if (sample >= burst && sample < burst + 16) {
            fast[sample] = sin(2 * pi * (sample - burst) / 16.0);
        } else {
            const int since = sample < burst ? sample : sample - burst - 16;
            const double edge = fmin(sample, FAST_SAMPLES - sample) / 1920.0;
            fast[sample] = 0.5 * fmin(1, edge) * sin(2 * pi * since / 24.0);
        }
    }
}

/* Low-passed at fs / 2 by a sinc under a Hann window, and decimated. */
static void make_burst(Signal *signal, const Case *which) {
    static double fast[FAST_SAMPLES];
    const int offset = (int)strtol(which->segments, NULL, 10);
    make_fast_burst(fast);
    lengthen(signal, FAST_SAMPLES / 4 - 1);
    signal->sample_count = FAST_SAMPLES / 4 - 1;
    for (int sample = 0; sample < signal->sample_count; sample++) {
        double sum = 0;
        for (int tap = -REACH; tap <= REACH; tap++) {
            const int from = 4 * sample + offset + tap;
            const double sinc = tap ? sin(pi * tap / 4) / (pi * tap) : 0.25;
            const double window = 0.5 + 0.5 * cos(pi * tap / (REACH + 1));
            sum += from >= 0 && from < FAST_SAMPLES ? fast[from] * sinc * window : 0;
        }
        for (int channel = 0; channel < signal->channel_count; channel++) {
            signal->samples[channel][sample] = sum;
        }
    }
}

static Signal make_signal(const Case *which, double i) {
    Signal signal = {.arena = arena_create(), .channel_count = which->channel_count};
    if (strcmp(which->kind, "burst") == 0) {
        make_burst(&signal, which);
    } else if (strcmp(which->kind, "sine_tp") == 0) {
        make_peak_sine(&signal, which);
    } else {
        for (int repeat = 0; repeat < which->repeat_count; repeat++) {
            for (const char *text = which->segments; *text;) {
                text = add_segment(&signal, which, text, i);
            }
        }
    }
    return signal;
}

/* The same energies through the gates of programmes without end. */
static void check_gates(const Meter *meter, const MeterResult *listed, Arena *arena) {
    const SlotEnergies energies = meter_energies(meter, arena);
    LoudnessGates *const gates = loudness_gates_create(RATE_HZ, arena);
    MeterResult result = {0};
    for (int64_t slot = 0; slot < energies.count; slot++) {
        loudness_gates_add(gates, energies.values[slot]);
    }
    loudness_gates_finish(gates, &result);
    assert_near(result.integrated_lufs, listed->integrated_lufs, 0.001);
    assert_near(result.loudness_range_lu, listed->loudness_range_lu, 0.01);
    assert_true(result.max_momentary_lufs == listed->max_momentary_lufs);
    assert_true(result.max_short_term_lufs == listed->max_short_term_lufs);
}

static Reading read_meter(const Signal *signal, const Case *which) {
    Meter *meter = meter_create(signal->channel_count, which->weights, RATE_HZ, signal->arena);
    MeterResult result;
    meter_add(meter, (const double *const *)signal->samples, signal->sample_count);
    meter_finish(meter, &result);
    check_gates(meter, &result, signal->arena);
    return (Reading){result.has_loudness ? result.integrated_lufs : -INFINITY,
                     result.max_short_term_lufs, result.max_momentary_lufs, result.true_peak_dbtp,
                     result.loudness_range_lu};
}

static int mode_of(const char *metric) {
    return strncmp(metric, "LRA", 3) == 0  ? EBUR128_MODE_LRA
           : strncmp(metric, "TP", 2) == 0 ? EBUR128_MODE_TRUE_PEAK
           : *metric == 'I'                ? EBUR128_MODE_I
           : *metric == 'S'                ? EBUR128_MODE_S
                                           : EBUR128_MODE_M;
}

static ebur128_state *open_judge(const Case *which, int mode) {
    ebur128_state *judge = ebur128_init((unsigned)which->channel_count, RATE_HZ, mode);
    for (int channel = 0; channel < which->channel_count; channel++) {
        const double weight = which->weights[channel];
        ebur128_set_channel(judge, (unsigned)channel,
                            weight == 0   ? EBUR128_UNUSED
                            : weight == 1 ? EBUR128_LEFT
                                          : EBUR128_LEFT_SURROUND);
    }
    return judge;
}

/* The maxima are asked for on the way: M every 10 ms, S every 100 ms. */
static void feed_judge(ebur128_state *judge, int mode, const Signal *signal, Reading *reading) {
    const int step = mode == EBUR128_MODE_M ? MOMENTARY_STEP : SHORT_TERM_STEP;
    static double frames[SHORT_TERM_STEP * MOST_CHANNELS];
    *reading = (Reading){.short_term_lufs = -INFINITY, .momentary_lufs = -INFINITY};
    for (int64_t begin = 0; begin < signal->sample_count; begin += step) {
        const int64_t rest = signal->sample_count - begin;
        const int64_t count = rest < step ? rest : step;
        for (int64_t at = 0; at < count * signal->channel_count; at++) {
            frames[at] =
                signal->samples[at % signal->channel_count][begin + at / signal->channel_count];
        }
        ebur128_add_frames_double(judge, frames, (size_t)count);
        double level_lufs = -INFINITY;
        if (count == step && mode == EBUR128_MODE_M) {
            ebur128_loudness_momentary(judge, &level_lufs);
            reading->momentary_lufs = fmax(reading->momentary_lufs, level_lufs);
        }
        if (count == step && mode == EBUR128_MODE_S) {
            ebur128_loudness_shortterm(judge, &level_lufs);
            reading->short_term_lufs = fmax(reading->short_term_lufs, level_lufs);
        }
    }
}

static Reading read_judge(const Signal *signal, const Case *which, const char *metric) {
    Reading reading;
    const int mode = mode_of(metric);
    ebur128_state *judge = open_judge(which, mode);
    feed_judge(judge, mode, signal, &reading);
    ebur128_loudness_global(judge, &reading.integrated_lufs);
    ebur128_loudness_range(judge, &reading.range_lu);
    double greatest = 0;
    for (int channel = 0; channel < signal->channel_count; channel++) {
        double peak = 0;
        ebur128_true_peak(judge, (unsigned)channel, &peak);
        greatest = fmax(greatest, peak);
    }
    ebur128_destroy(&judge);
    reading.true_peak_dbtp = db_from_gain(greatest);
    return reading;
}

static double value_of(const Reading *reading, const char *metric) {
    return strncmp(metric, "LRA", 3) == 0  ? reading->range_lu
           : strncmp(metric, "TP", 2) == 0 ? reading->true_peak_dbtp
           : *metric == 'I'                ? reading->integrated_lufs
           : *metric == 'S'                ? reading->short_term_lufs
                                           : reading->momentary_lufs;
}

static void check_metric(const Case *which, const char *metric, double i, const Signal *signal) {
    const Reading own = read_meter(signal, which);
    const Reading other = read_judge(signal, which, metric);
    const double value = value_of(&own, metric);
    const double judged = value_of(&other, metric);
    if (strcmp(which->expected, "-inf") == 0) {
        assert_true(isinf(value) && isinf(judged));
        return;
    }
    const char *text = which->expected;
    const double expected = evaluate(&text, i);
    const double limit = strncmp(metric, "LRA", 3) == 0 ? range_agreement_lu : agreement;
    if (!(value >= expected - which->tolerance_minus &&
          value <= expected + which->tolerance_plus) ||
        !(fabs(value - judged) <= limit)) {
        fail_msg("case %s, %s, i = %g: %.3f, libebur128 %.3f, expected %.2f", which->id, metric, i,
                 value, judged, expected);
    }
}

static void check_case(const Case *which) {
    for (int file = 0; file < which->file_count; file++) {
        Signal signal = make_signal(which, file);
        for (const char *metric = which->metrics; metric;) {
            check_metric(which, metric, file, &signal);
            metric = strchr(metric, ';');
            metric = metric ? metric + 1 : NULL;
        }
        arena_destroy(&signal.arena);
    }
}

static Case parse_case(char *line) {
    const char *fields[FIELDS];
    char *rest = line;
    for (int field = 0; field < FIELDS; field++) {
        fields[field] = strsep(&rest, ",\n");
        assert_non_null(fields[field]);
    }
    Case which = {.id = fields[0], .kind = fields[2], .segments = fields[4], .metrics = fields[7]};
    for (const char *weight = fields[1]; weight; which.channel_count++) {
        which.weights[which.channel_count] = strtod(weight, NULL);
        weight = strchr(weight, '|');
        weight = weight ? weight + 1 : NULL;
    }
    which.frequency = strtod(fields[3], NULL);
    which.repeat_count = (int)strtol(fields[5], NULL, 10);
    which.file_count = (int)strtol(fields[6], NULL, 10);
    which.expected = fields[8];
    which.tolerance_minus = strtod(fields[9], NULL);
    which.tolerance_plus = strtod(fields[10], NULL);
    return which;
}

static void every_case_is_read_as_published_and_as_libebur128_reads_it(void **state) {
    (void)state;
    FILE *file = fopen(TESTS_FOLDER "/render/dsp/loudness_cases.csv", "r");
    assert_non_null(file);
    char line[LINE_BYTES];
    int case_count = 0;
    bool is_header = true;
    while (fgets(line, sizeof line, file)) {
        if (*line == '#' || is_header) {
            is_header = *line == '#' && is_header;
            continue;
        }
        const Case which = parse_case(line);
        check_case(&which);
        case_count++;
    }
    fclose(file);
    assert_int_equal(case_count, CASES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_read_as_published_and_as_libebur128_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
