#ifndef TESTS_SUPPORT_TEST_SOUNDS_H
#define TESTS_SUPPORT_TEST_SOUNDS_H
/* What tests are fed with: noise, a tone, a constant, as files below a bench's folder. */
#include <math.h>

#include "tests/support/render_job.h"

/* White, -1 ... 1, a function of the index alone. */
static inline double noise_at(uint64_t index) {
    uint64_t state = index * 6364136223846793005ULL + 1442695040888963407ULL;
    state ^= state >> 29;
    state *= 0xBF58476D1CE4E5B9ULL;
    state ^= state >> 32;
    return (double)(state >> 11) / 4503599627370496.0 - 1.0;
}

/* The amplitude is 0.25. */
static inline double sine_at(double frequency_hz, double time_s) {
    return 0.25 * sin(2.0 * acos(-1.0) * frequency_hz * time_s);
}

/* Other noise for every first letter of a name. */
static inline void bench_write_noise(Bench *bench,
                                     const char *name,
                                     SampleFormat format,
                                     int channels,
                                     int64_t frames,
                                     double level) {
    double *samples = arena_array(bench->arena, (size_t)(frames * channels), sizeof *samples);
    for (int64_t value = 0; value < frames * channels; value++) {
        samples[value] = level * noise_at((uint64_t)value + 977 * (uint64_t)name[0]);
    }
    bench_write_wav(bench, name, format, channels, samples, frames);
}

/* Mono, at 48 kHz. */
static inline void
bench_write_sine(Bench *bench, const char *name, double frequency_hz, int64_t frames) {
    double *samples = arena_array(bench->arena, (size_t)frames, sizeof *samples);
    for (int64_t sample = 0; sample < frames; sample++) {
        samples[sample] = sine_at(frequency_hz, (double)sample / 48000.0);
    }
    bench_write_wav(bench, name, FLOAT_32, 1, samples, frames);
}

/* Mono, the same value all along. */
static inline void
bench_write_constant(Bench *bench, const char *name, double level, int64_t frames) {
    double *samples = arena_array(bench->arena, (size_t)frames, sizeof *samples);
    for (int64_t sample = 0; sample < frames; sample++) {
        samples[sample] = level;
    }
    bench_write_wav(bench, name, FLOAT_32, 1, samples, frames);
}

#endif
