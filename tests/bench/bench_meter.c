/* How long 60 s in 16 channels take to measure: the meter and libebur128 in turns, piece by piece.
 *
 * Both are asked for integrated loudness, LRA and true peak (the meter gives the maxima of M and S
 * as well). The signal is noise that falls with frequency as music does, at levels that change
 * every 5 s, so that the gates and the range have work. Prints JSON.
 */
#include <ebur128.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "render/dsp/meter.h"
#include "tests/bench/bench_sound.h"

enum { CHANNELS = 16, RATE_HZ = 48000, PIECE_SAMPLES = 4800, PIECES = 600, PIECES_PER_LEVEL = 50 };

typedef struct Signal {
    double *rows[CHANNELS];  /* [PIECE_SAMPLES] */
    double *interleaved;     /* [PIECE_SAMPLES][CHANNELS] */
    double smooth[CHANNELS]; /* of the one-pole low-pass */
    uint64_t random;
} Signal;

/* Knuth's multiplier: MMIX. */
static double next_noise(uint64_t *random) {
    *random = *random * 6364136223846793005U + 1442695040888963407U;
    return (double)(int32_t)(*random >> 32U) / 2147483648.0;
}

static void make_piece(Signal *signal, int piece) {
    static const double levels_db[] = {-18, -9, -24, -12, -30, -6};
    const size_t level =
        (size_t)(piece / PIECES_PER_LEVEL) % (sizeof levels_db / sizeof *levels_db);
    const double gain = gain_from_db(levels_db[level]);
    for (int sample = 0; sample < PIECE_SAMPLES; sample++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            double *smooth = &signal->smooth[channel];
            *smooth += 0.05 * (next_noise(&signal->random) - *smooth);
            signal->rows[channel][sample] = gain * *smooth;
            signal->interleaved[sample * CHANNELS + channel] = gain * *smooth;
        }
    }
}

static void time_pieces(Signal *signal, Meter *meter, ebur128_state *judge, double cpu_s[2]) {
    for (int piece = 0; piece < PIECES; piece++) {
        make_piece(signal, piece);
        for (int turn = 0; turn < 2; turn++) {
            const int which = (piece + turn) % 2; /* who goes first changes */
            const double begin_s = bench_cpu_s();
            if (which == 0) {
                meter_add(meter, (const double *const *)signal->rows, PIECE_SAMPLES);
            } else {
                ebur128_add_frames_double(judge, signal->interleaved, PIECE_SAMPLES);
            }
            cpu_s[which] += bench_cpu_s() - begin_s;
        }
    }
}

typedef struct Verdict {
    double integrated_lufs, loudness_range_lu, true_peak_dbtp;
} Verdict;

static Verdict ask_judge(ebur128_state *judge) {
    Verdict verdict;
    double greatest = 0;
    ebur128_loudness_global(judge, &verdict.integrated_lufs);
    ebur128_loudness_range(judge, &verdict.loudness_range_lu);
    for (unsigned channel = 0; channel < CHANNELS; channel++) {
        double peak = 0;
        ebur128_true_peak(judge, channel, &peak);
        greatest = fmax(greatest, peak);
    }
    verdict.true_peak_dbtp = db_from_gain(greatest);
    return verdict;
}

static void print_verdict(const char *name, double cpu_s, Verdict verdict) {
    printf("\"%s\": {\"cpu_s\": %.6f, \"integrated_lufs\": %.4f, \"loudness_range_lu\": %.4f, "
           "\"true_peak_dbtp\": %.4f}",
           name, cpu_s, verdict.integrated_lufs, verdict.loudness_range_lu, verdict.true_peak_dbtp);
}

static void measure(Signal *signal, ebur128_state *judge, Arena *arena) {
    double weights[CHANNELS];
    for (unsigned channel = 0; channel < CHANNELS; channel++) {
        weights[channel] = 1.0;
        ebur128_set_channel(judge, channel, EBUR128_LEFT); /* weight 1 there as well */
    }
    Meter *meter = meter_create(CHANNELS, weights, RATE_HZ, arena);
    double cpu_s[2] = {0, 0};
    time_pieces(signal, meter, judge, cpu_s);
    MeterResult result;
    double begin_s = bench_cpu_s();
    meter_finish(meter, &result);
    cpu_s[0] += bench_cpu_s() - begin_s;
    begin_s = bench_cpu_s();
    const Verdict judged = ask_judge(judge);
    cpu_s[1] += bench_cpu_s() - begin_s;
    const Verdict ours = {result.integrated_lufs, result.loudness_range_lu, result.true_peak_dbtp};
    printf("{");
    print_verdict("meter", cpu_s[0], ours);
    printf(", ");
    print_verdict("libebur128", cpu_s[1], judged);
    printf("}\n");
}

int main(void) {
    Arena *arena = arena_create();
    Signal signal = {.random = 1};
    for (int channel = 0; channel < CHANNELS; channel++) {
        signal.rows[channel] = arena_array(arena, PIECE_SAMPLES, sizeof(double));
    }
    signal.interleaved = arena_array(arena, (size_t)PIECE_SAMPLES * CHANNELS, sizeof(double));
    ebur128_state *judge =
        ebur128_init(CHANNELS, RATE_HZ, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    if (judge) {
        measure(&signal, judge, arena);
        ebur128_destroy(&judge);
    }
    arena_destroy(&arena);
    return 0;
}
