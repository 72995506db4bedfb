/* The walk that leaves out what is quiet, held to the limiter that hears every sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/dsp/loudness_blocks.h"
#include "render/processors/limiter_walk.h"

#include <cmocka.h>

enum { CHANNELS = 2, MOST_SAMPLES = 60000 };

static const double ceiling_gain = 0.5;

typedef struct Scene {
    double samples[CHANNELS][MOST_SAMPLES];
    float peaks[MOST_SAMPLES]; /* more than there are slots */
    float whole[MOST_SAMPLES], sparse[MOST_SAMPLES];
    int64_t length, taken, read;
} Scene;

static double next_noise(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return (double)(int32_t)*state * 0x1p-31;
}

/* Soft noise with short bursts now and then, the last at the very end. */
static Scene *make_scene(int64_t length, int rate_hz, uint32_t seed, int64_t burst_every) {
    Scene *scene = test_calloc(1, sizeof *scene);
    scene->length = length;
    for (int64_t sample = 0; sample < length; sample++) {
        const int64_t from_end = length - 1 - sample;
        const int64_t phase = (sample + seed % 977) % burst_every;
        const double level = phase < 40 || from_end < 3 ? 0.4 : 0.02;
        for (int channel = 0; channel < CHANNELS; channel++) {
            scene->samples[channel][sample] = level * next_noise(&seed);
        }
    }
    for (int64_t slot = 0; slot <= slots_in(rate_hz, length); slot++) {
        for (int64_t at = slot_begin(rate_hz, slot);
             at < slot_begin(rate_hz, slot + 1) && at < length; at++) {
            for (int channel = 0; channel < CHANNELS; channel++) {
                const float size = (float)__builtin_fabs(scene->samples[channel][at]);
                scene->peaks[slot] = size > scene->peaks[slot] ? size : scene->peaks[slot];
            }
        }
    }
    return scene;
}

static Status read_scene(void *context, Span part, double *const *out, ErrorList *errors) {
    (void)errors;
    Scene *scene = context;
    assert_true(part.begin >= 0 && part.begin < part.end && part.end <= scene->length);
    assert_true(part.end - part.begin <= LIMITER_WALK_SAMPLES);
    for (int channel = 0; channel < CHANNELS; channel++) {
        memcpy(out[channel], scene->samples[channel] + part.begin,
               (size_t)(part.end - part.begin) * sizeof(double));
    }
    scene->read += part.end - part.begin;
    return DONE;
}

static Status take_gains(void *context, const float *gains, int64_t count, ErrorList *errors) {
    (void)errors;
    Scene *scene = context;
    assert_true(count > 0 && scene->taken + count <= scene->length);
    memcpy(scene->sparse + scene->taken, gains, (size_t)count * sizeof *gains);
    scene->taken += count;
    return DONE;
}

static void hear_all(Scene *scene, int rate_hz, double gain) {
    Arena *arena = arena_create();
    Limiter *limiter = limiter_create(CHANNELS, rate_hz, ceiling_gain, arena);
    const double *rows[] = {scene->samples[0], scene->samples[1]};
    int64_t count = limiter_feed(limiter, rows, scene->length, gain, scene->whole);
    count += limiter_flush(limiter, scene->whole + count);
    assert_int_equal(count, scene->length);
    arena_destroy(&arena);
}

static LimiterWalk *open_walk(Scene *scene, int rate_hz, Arena *arena) {
    const LimitedSignal signal = {.channel_count = CHANNELS,
                                  .rate_hz = rate_hz,
                                  .length_samples = scene->length,
                                  .read = read_scene,
                                  .context = scene};
    return limiter_walk_create(&signal, scene->peaks, ceiling_gain, arena);
}

static void run_walk(Scene *scene, LimiterWalk *walk, double gain) {
    scene->taken = 0;
    scene->read = 0;
    const EnvelopeSink sink = {.take = take_gains, .context = scene};
    assert_int_equal(limiter_walk_run(walk, gain, &sink, NULL), DONE);
    assert_int_equal(scene->taken, scene->length);
}

/* Gains up and down, so that what was learned behind one is used behind the next. */
static void the_envelope_is_that_of_the_whole_walk_behind_every_gain(void **state) {
    (void)state;
    static const double gains[] = {1.0, 1.5, 1.26, 1.2599, 1.2601, 30.0, 0.9, 4.0, 1.1};
    static const int rates_hz[] = {48000, 44100, 11025};
    static const int64_t lengths[] = {1, 17, 31, 479, 480, 5000, 48001, 59999};
    int limited = 0;
    for (uint32_t row = 0; row < 24; row++) {
        const int rate_hz = rates_hz[row % 3];
        Scene *scene = make_scene(lengths[row / 3], rate_hz, row + 1, 7001 + 900 * (row % 5));
        Arena *arena = arena_create();
        LimiterWalk *walk = open_walk(scene, rate_hz, arena);
        for (size_t index = 0; index < sizeof gains / sizeof *gains; index++) {
            hear_all(scene, rate_hz, gains[index]);
            run_walk(scene, walk, gains[index]);
            assert_memory_equal(scene->sparse, scene->whole,
                                (size_t)scene->length * sizeof *scene->whole);
            limited += scene->whole[scene->length / 2] < 1.0F;
        }
        arena_destroy(&arena);
        test_free(scene);
    }
    assert_true(limited > 20); /* or nothing was asked of it */
}

static void what_is_quiet_is_not_read_and_what_was_learned_is_not_read_again(void **state) {
    (void)state;
    Scene *scene = make_scene(MOST_SAMPLES, 48000, 5, 20000);
    Arena *arena = arena_create();
    LimiterWalk *walk = open_walk(scene, 48000, arena);
    assert_true(limiter_walk_is_idle(walk, 0.2));
    run_walk(scene, walk, 0.2);
    assert_int_equal(scene->read, 0);
    assert_false(limiter_walk_is_idle(walk, 0.9));
    run_walk(scene, walk, 0.9); /* samples of 0.36 might rise to 0.5 between them: they do not */
    assert_true(scene->read > 0 && scene->read < MOST_SAMPLES / 5);
    for (int64_t sample = 0; sample < scene->length; sample++) {
        assert_true(scene->sparse[sample] == 1.0F);
    }
    run_walk(scene, walk, 0.91);
    assert_int_equal(scene->read, 0);
    arena_destroy(&arena);
    test_free(scene);
}

static Status fail_to_read(void *context, Span part, double *const *out, ErrorList *errors) {
    (void)context;
    (void)part;
    (void)out;
    (void)errors;
    return E606;
}

static void a_read_that_fails_ends_the_walk(void **state) {
    (void)state;
    Scene *scene = make_scene(5000, 48000, 5, 2000);
    Arena *arena = arena_create();
    const LimitedSignal signal = {.channel_count = CHANNELS,
                                  .rate_hz = 48000,
                                  .length_samples = scene->length,
                                  .read = fail_to_read};
    LimiterWalk *walk = limiter_walk_create(&signal, scene->peaks, ceiling_gain, arena);
    const EnvelopeSink sink = {.take = take_gains, .context = scene};
    assert_int_equal(limiter_walk_run(walk, 4.0, &sink, NULL), E606);
    arena_destroy(&arena);
    test_free(scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_envelope_is_that_of_the_whole_walk_behind_every_gain),
        cmocka_unit_test(what_is_quiet_is_not_read_and_what_was_learned_is_not_read_again),
        cmocka_unit_test(a_read_that_fails_ends_the_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
