/* How much faster than real time 12 channels are limited on one core: 60 s of noise, 12 dB above
 * and 6 dB below the ceiling. Prints JSON. */
#include <stdint.h>
#include <stdio.h>

#include "render/processors/limiter.h"
#include "tests/bench/bench_sound.h"

enum { CHANNELS = 12, RATE_HZ = 48000, PIECE_SAMPLES = 4096, SECONDS = 60 };

static double time_limiter(double *const *rows, double pre_gain, double *lowest) {
    Arena *arena = arena_create();
    Limiter *limiter = limiter_create(CHANNELS, RATE_HZ, 1.0, arena);
    float *envelope = arena_array(arena, PIECE_SAMPLES, sizeof *envelope);
    const double begin_s = bench_cpu_s();
    *lowest = 1.0;
    for (int64_t at = 0; at < (int64_t)SECONDS * RATE_HZ; at += PIECE_SAMPLES) {
        const int64_t count =
            limiter_feed(limiter, (const double *const *)rows, PIECE_SAMPLES, pre_gain, envelope);
        for (int64_t sample = 0; sample < count; sample++) {
            *lowest = (double)envelope[sample] < *lowest ? (double)envelope[sample] : *lowest;
        }
    }
    const double used_s = bench_cpu_s() - begin_s;
    arena_destroy(&arena);
    return used_s;
}

int main(void) {
    static const double pre_gains[] = {4.0, 0.5};
    static const char *const names[] = {"limiting", "below"};
    Arena *arena = arena_create();
    double *rows[CHANNELS];
    uint64_t random = 1;
    for (int channel = 0; channel < CHANNELS; channel++) {
        rows[channel] = arena_array(arena, PIECE_SAMPLES, sizeof(double));
        for (int sample = 0; sample < PIECE_SAMPLES; sample++) {
            random = random * 6364136223846793005U + 1442695040888963407U; /* Knuth: MMIX */
            rows[channel][sample] = (double)(int32_t)(random >> 32U) / 2147483648.0;
        }
    }
    printf("{");
    for (int run = 0; run < 2; run++) {
        double lowest = 1.0;
        const double used_s = time_limiter(rows, pre_gains[run], &lowest);
        printf("%s\"%s\": {\"cpu_s\": %.3f, \"times_real_time\": %.0f, \"lowest_gain\": %.4f}",
               run ? ", " : "", names[run], used_s, SECONDS / used_s, lowest);
    }
    printf("}\n");
    arena_destroy(&arena);
    return 0;
}
