#ifndef TESTS_SUPPORT_CONVOLVER_WORLD_H
#define TESTS_SUPPORT_CONVOLVER_WORLD_H
/* Noise, responses and direct sums for the tests of the convolvers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/dsp/convolver.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { MATERIAL = 9000, CHANNELS = 3, BEFORE = 2500 };

/* A source: material from sample 0 on, nothing before and behind. */
typedef struct Material {
    float samples[MATERIAL];
    int64_t count;
} Material;

static inline float random_sample(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return (float)(int32_t)*state * 0x1p-31F;
}

static inline void fill(float *samples, int64_t count, uint32_t seed) {
    for (int64_t sample = 0; sample < count; sample++) {
        samples[sample] = random_sample(&seed);
    }
}

static inline void read_material(void *context, SampleTime begin, int64_t count, float *samples) {
    const Material *material = context;
    for (int64_t sample = 0; sample < count; sample++) {
        const SampleTime at = begin + sample;
        samples[sample] = at >= 0 && at < material->count ? material->samples[at] : 0.0F;
    }
}

static inline AudioBlock make_responses(Arena *arena, int64_t length, uint32_t seed) {
    float **rows = arena_array(arena, CHANNELS, sizeof *rows);
    for (int channel = 0; channel < CHANNELS; channel++) {
        rows[channel] = arena_array(arena, (size_t)length, sizeof(float));
        fill(rows[channel], length, seed + (uint32_t)channel);
    }
    return (AudioBlock){.samples = rows, .channel_count = CHANNELS, .sample_count = length};
}

static inline Material *make_material(Arena *arena, uint32_t seed) {
    Material *material = arena_alloc(arena, sizeof *material);
    material->count = MATERIAL;
    fill(material->samples, MATERIAL, seed);
    return material;
}

static inline double **make_out(Arena *arena, int64_t length) {
    double **out = arena_array(arena, CHANNELS, sizeof *out);
    for (int channel = 0; channel < CHANNELS; channel++) {
        out[channel] = arena_array(arena, (size_t)length, sizeof(double));
    }
    return out;
}

static inline double
direct_sum(const Material *material, const AudioBlock *responses, int channel, SampleTime at) {
    double sum = 0;
    for (int64_t tap = 0; tap < responses->sample_count; tap++) {
        const SampleTime from = at - tap;
        if (from >= 0 && from < material->count) {
            sum += (double)responses->samples[channel][tap] * (double)material->samples[from];
        }
    }
    return sum;
}

typedef struct World { /* what most tests need */
    Arena *arena;
    ErrorList *errors;
} World;

static inline World make_world(void) {
    Arena *arena = arena_create();
    return (World){arena, errors_create(arena)};
}

static inline double level_db(double error, double signal) {
    return error > 0 ? 10 * log10(error / signal) : -400;
}

#endif
