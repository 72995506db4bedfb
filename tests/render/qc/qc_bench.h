#ifndef TESTS_RENDER_QC_QC_BENCH_H
#define TESTS_RENDER_QC_QC_BENCH_H
/* Clean programmes from a fixed seed, measured whole. */
#include <stdint.h>
#include <string.h>

#include "render/base/units.h"
#include "render/qc/qc_measure.h"

enum { BENCH_CHANNELS = 6, BENCH_RATE_HZ = 48000, BENCH_SECONDS = 8 };
enum { BENCH_SAMPLES = BENCH_RATE_HZ * BENCH_SECONDS };

typedef struct QcBench {
    Arena *arena;
    ErrorList *errors;
    QcPolicy policy;
    QcFindings *findings;
    QcSubject subject;
    float *samples[BENCH_CHANNELS];
    QcNumbers numbers;
} QcBench;

/* L R C LFE Ls Rs as they stand in spatial's table, which this floor does not know. */
static const Channel bench_channels[BENCH_CHANNELS] = {
    {"L",   CHANNEL_SPEAKER, {30, 0, 1, 0},   0x1,  1.0 },
    {"R",   CHANNEL_SPEAKER, {-30, 0, 1, 0},  0x2,  1.0 },
    {"C",   CHANNEL_SPEAKER, {0, 0, 1, 0},    0x4,  1.0 },
    {"LFE", CHANNEL_LFE,     {45, -30, 1, 0}, 0x8,  0.0 },
    {"Ls",  CHANNEL_SPEAKER, {110, 0, 1, 0},  0x10, 1.41},
    {"Rs",  CHANNEL_SPEAKER, {-110, 0, 1, 0}, 0x20, 1.41},
};
static const Layout bench_surround = {.name = "5.1",
                                      .kind = LAYOUT_SPEAKERS,
                                      .channels = bench_channels,
                                      .channel_count = BENCH_CHANNELS};
static const Layout bench_stereo = {
    .name = "2.0", .kind = LAYOUT_SPEAKERS, .channels = bench_channels, .channel_count = 2};

static inline double bench_noise(uint32_t *state) { /* -1 .. 1 */
    *state = *state * 1664525U + 1013904223U;
    return (double)(int32_t)*state / 2147483648.0;
}

/* Noise that falls by about 3 dB an octave (P. Kellet's three poles), swelling; the LFE a rumble.
 */
static inline void bench_fill(QcBench *bench) {
    for (int channel = 0; channel < bench->subject.channel_count; channel++) {
        uint32_t seed = 4711U + 97U * (uint32_t)channel;
        double poles[3] = {0};
        for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
            const double white = bench_noise(&seed);
            const double swell =
                0.6 + 0.4 * exact_sin(2.0 * pi * 0.37 * (double)at / BENCH_RATE_HZ);
            poles[0] = 0.99765 * poles[0] + white * 0.0990460;
            poles[1] = 0.96300 * poles[1] + white * 0.2965164;
            poles[2] = 0.57000 * poles[2] + white * 1.0526913;
            const double pink = poles[0] + poles[1] + poles[2] + white * 0.1848;
            const double rumble = exact_sin(2.0 * pi * 43.0 * (double)at / BENCH_RATE_HZ);
            const bool is_lfe = bench->subject.layout->channels[channel].role == CHANNEL_LFE;
            const double sample = is_lfe ? 0.2 * rumble : 0.05 * swell * pink;
            bench->samples[channel][at] = (float)(rint(sample * 0x1p23) * 0x1p-23);
        }
    }
}

static inline QcBench bench_create(const Layout *layout) {
    QcBench bench = {.arena = arena_create(), .policy = qc_policy_default()};
    bench.errors = errors_create(bench.arena);
    bench.subject = (QcSubject){.channel_count = layout->channel_count,
                                .rate_hz = BENCH_RATE_HZ,
                                .layout = layout,
                                .integer_bits = 24};
    for (int channel = 0; channel < layout->channel_count; channel++) {
        bench.samples[channel] = arena_array(bench.arena, BENCH_SAMPLES, sizeof(float));
    }
    bench_fill(&bench);
    return bench;
}

/* From the first sample to the last of count. */
static inline void bench_measure(QcBench *bench, int64_t count) {
    QcMeasure *measure = NULL;
    bench->findings = qc_findings_create(&bench->policy, bench->arena);
    (void)qc_measure_create(&bench->subject, bench->findings, bench->arena, &measure,
                            bench->errors);
    qc_measure_add(measure, bench->samples, count);
    qc_measure_finish(measure, &bench->numbers);
    qc_measure_destroy(&measure);
}

static inline void bench_destroy(QcBench *bench) {
    arena_destroy(&bench->arena);
}

#endif
