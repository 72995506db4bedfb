/* How long a transform takes per real sample: every level of the lane transform, and FFTW. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/dsp/fft.h"
#include "render/dsp/lane_fft.h"

enum { RUNS = 5, SAMPLES_A_RUN = 1 << 24, REAL_SIGNALS = 2 * LANE_FFT_LANES };

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double times[RUNS]) {
    qsort(times, RUNS, sizeof *times, compare_doubles);
    return times[RUNS / 2];
}

/* Zeros stay zeros: a transform takes the same time for any finite input, and nothing overflows. */
static double time_lanes(int size, CpuLevel level, float *bins, Arena *arena) {
    const LaneFft *fft = lane_fft_create_at_level(size, level, arena);
    const int rounds = SAMPLES_A_RUN / size / REAL_SIGNALS;
    double times_ns[RUNS];
    for (int run = 0; run < RUNS; run++) {
        memset(bins, 0, (size_t)size * REAL_SIGNALS * sizeof *bins);
        const double begin_s = seconds_now();
        for (int round = 0; round < rounds; round++) {
            lane_fft_forward(fft, bins);
            lane_fft_inverse(fft, bins);
        }
        times_ns[run] = (seconds_now() - begin_s) * 1e9 / (2.0 * rounds * size * REAL_SIGNALS);
    }
    return median(times_ns);
}

/* The same signals, one after the other, each with its own samples and spectrum. */
static double time_fftw(int size, float *samples, Arena *arena) {
    Fft *fft = NULL;
    if (fft_create_by(FFT_FFTW, size, &fft, errors_create(arena)) != DONE) {
        return 0;
    }
    float *spectrum = arena_array(arena, (size_t)size + 2, sizeof *spectrum);
    const int rounds = SAMPLES_A_RUN / size;
    double times_ns[RUNS];
    for (int run = 0; run < RUNS; run++) {
        memset(samples, 0, (size_t)size * REAL_SIGNALS * sizeof *samples);
        const double begin_s = seconds_now();
        for (int round = 0; round < rounds; round++) {
            float *signal = samples + (size_t)(round % REAL_SIGNALS) * (size_t)size;
            fft_forward(fft, signal, spectrum);
            fft_inverse(fft, spectrum, signal);
        }
        times_ns[run] = (seconds_now() - begin_s) * 1e9 / (2.0 * rounds * size);
    }
    fft_destroy(&fft);
    return median(times_ns);
}

static void time_size(int size) {
    Arena *arena = arena_create();
    float *samples = arena_array(arena, (size_t)size * REAL_SIGNALS, sizeof *samples);
    printf("%6d", size);
    for (CpuLevel level = 0; level < CPU_LEVEL_COUNT; level++) {
        if (cpu_level_runs(level)) {
            printf("  %9.3f", time_lanes(size, level, samples, arena));
        }
    }
    printf("  %9.3f\n", time_fftw(size, samples, arena));
    arena_destroy(&arena);
}

int main(void) {
    printf("CPU ns a real sample and transform, mean of forward and inverse, median of %d\n", RUNS);
    printf("%6s", "size");
    for (CpuLevel level = 0; level < CPU_LEVEL_COUNT; level++) {
        if (cpu_level_runs(level)) {
            printf("  %9s", cpu_level_name(level));
        }
    }
    printf("  %9s\n", "FFTW");
    for (int size = 1 << 10; size <= LANE_FFT_SIZE_MAX; size *= 2) {
        time_size(size);
    }
    return 0;
}
