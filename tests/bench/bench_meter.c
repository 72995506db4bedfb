/* How long 60 s in 16 channels take to measure: the meter and libebur128 in turns, piece by piece.
 *
 * Both are asked for integrated loudness, LRA and true peak (the meter gives the maxima of M and S
 * as well, and runs at every level this CPU has). `music`: noise that falls with frequency, at
 * levels that change every 5 s, so that the gates and the range have work. `bright`: white noise at
 * one level, for which nothing can be skipped. Prints JSON.
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

static void make_piece(Signal *signal, int piece, bool is_bright) {
    static const double levels_db[] = {-18, -9, -24, -12, -30, -6};
    const size_t level =
        (size_t)(piece / PIECES_PER_LEVEL) % (sizeof levels_db / sizeof *levels_db);
    const double gain = gain_from_db(is_bright ? -6 : levels_db[level]);
    const double share = is_bright ? 1.0 : 0.05;
    for (int sample = 0; sample < PIECE_SAMPLES; sample++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            double *smooth = &signal->smooth[channel];
            *smooth += share * (next_noise(&signal->random) - *smooth);
            signal->rows[channel][sample] = gain * *smooth;
            signal->interleaved[sample * CHANNELS + channel] = gain * *smooth;
        }
    }
}

typedef struct Race {
    Signal signal;
    Meter *meters[CPU_LEVEL_COUNT]; /* NULL: does not run here */
    ebur128_state *judge;
    double cpu_s[CPU_LEVEL_COUNT + 1]; /* libebur128 last */
} Race;

static void run_one(Race *race, int contender) {
    const double begin_s = bench_cpu_s();
    if (contender == CPU_LEVEL_COUNT) {
        ebur128_add_frames_double(race->judge, race->signal.interleaved, PIECE_SAMPLES);
    } else if (race->meters[contender]) {
        meter_add(race->meters[contender], (const double *const *)race->signal.rows, PIECE_SAMPLES);
    }
    race->cpu_s[contender] += bench_cpu_s() - begin_s;
}

static void time_pieces(Race *race, bool is_bright) {
    for (int piece = 0; piece < PIECES; piece++) {
        make_piece(&race->signal, piece, is_bright);
        for (int turn = 0; turn <= CPU_LEVEL_COUNT; turn++) {
            run_one(race, (piece + turn) % (CPU_LEVEL_COUNT + 1)); /* who goes first changes */
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

static Verdict ask_meter(Meter *meter) {
    MeterResult result;
    meter_finish(meter, &result);
    return (Verdict){result.integrated_lufs, result.loudness_range_lu, result.true_peak_dbtp};
}

static void print_verdict(const char *name, double cpu_s, Verdict verdict) {
    printf("\"%s\": {\"cpu_s\": %.6f, \"integrated_lufs\": %.4f, \"loudness_range_lu\": %.4f, "
           "\"true_peak_dbtp\": %.4f}",
           name, cpu_s, verdict.integrated_lufs, verdict.loudness_range_lu, verdict.true_peak_dbtp);
}

static void print_race(Race *race) {
    for (int contender = 0; contender <= CPU_LEVEL_COUNT; contender++) {
        const bool is_judge = contender == CPU_LEVEL_COUNT;
        if (!is_judge && !race->meters[contender]) {
            continue;
        }
        const double begin_s = bench_cpu_s();
        const Verdict verdict =
            is_judge ? ask_judge(race->judge) : ask_meter(race->meters[contender]);
        const double cpu_s = race->cpu_s[contender] + bench_cpu_s() - begin_s;
        print_verdict(is_judge ? "libebur128" : cpu_level_name((CpuLevel)contender), cpu_s,
                      verdict);
        printf(is_judge ? "" : ", ");
    }
}

static void run_race(const char *name, bool is_bright) {
    Arena *arena = arena_create();
    Race race = {.signal.random = 1};
    double weights[CHANNELS];
    race.judge =
        ebur128_init(CHANNELS, RATE_HZ, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    for (unsigned channel = 0; channel < CHANNELS; channel++) {
        weights[channel] = 1.0;
        race.signal.rows[channel] = arena_array(arena, PIECE_SAMPLES, sizeof(double));
        ebur128_set_channel(race.judge, channel, EBUR128_LEFT); /* weight 1 there as well */
    }
    race.signal.interleaved = arena_array(arena, (size_t)PIECE_SAMPLES * CHANNELS, sizeof(double));
    for (CpuLevel level = 0; level < CPU_LEVEL_COUNT; level++) {
        if (cpu_level_runs(level)) {
            race.meters[level] = meter_create_at_level(CHANNELS, weights, RATE_HZ, level, arena);
        }
    }
    time_pieces(&race, is_bright);
    printf("\"%s\": {", name);
    print_race(&race);
    printf("}");
    ebur128_destroy(&race.judge);
    arena_destroy(&arena);
}

int main(void) {
    printf("{");
    run_race("music", false);
    printf(",\n ");
    run_race("bright", true);
    printf("}\n");
    return 0;
}
