/* Sources to two ears against direct sums in double, and the law: neither cuts nor company count.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/dsp/ear_convolver.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { MATERIAL = 9000, TAPS = 600, SOURCES = 21, BEFORE = 2500, LENGTH = 12000 };

typedef struct Voice { /* material from sample 0 on, nothing before and behind */
    float samples[MATERIAL];
    int64_t count;
    float taps[EARS * TAPS];
    bool alternates; /* the filter turns into its negative and back at every grid point */
    int asked_count;
} Voice;

typedef struct Choir {
    Arena *arena;
    Voice *voices[SOURCES];
    EarSource sources[SOURCES];
    double *out[EARS]; /* [BEFORE + LENGTH] */
} Choir;

static void fill(float *samples, int count, uint32_t seed) {
    for (int sample = 0; sample < count; sample++) {
        seed = seed * 1664525U + 1013904223U;
        samples[sample] = (float)(int32_t)seed * 0x1p-31F;
    }
}

static void read_voice(void *context, SampleTime begin, int64_t count, float *samples) {
    const Voice *voice = context;
    for (int64_t sample = 0; sample < count; sample++) {
        const SampleTime at = begin + sample;
        samples[sample] = at >= 0 && at < voice->count ? voice->samples[at] : 0.0F;
    }
}

static void filter_of_voice(void *context, int64_t grid_index, float *taps) {
    Voice *voice = context;
    const float sign = voice->alternates && grid_index % 2 != 0 ? -1.0F : 1.0F;
    for (int tap = 0; tap < EARS * TAPS; tap++) {
        taps[tap] = sign * voice->taps[tap];
    }
    voice->asked_count++;
}

static void open_choir(Choir *choir, bool alternates) {
    *choir = (Choir){.arena = arena_create()};
    for (int index = 0; index < SOURCES; index++) {
        Voice *voice = arena_alloc(choir->arena, sizeof *voice);
        voice->count = MATERIAL - 400 * index;
        voice->alternates = alternates;
        fill(voice->samples, MATERIAL, 77U + (uint32_t)index);
        fill(voice->taps, EARS * TAPS, 7700U + (uint32_t)index);
        choir->voices[index] = voice;
        choir->sources[index] = (EarSource){index, read_voice, filter_of_voice, voice, NULL};
    }
    for (int ear = 0; ear < EARS; ear++) {
        choir->out[ear] = arena_array(choir->arena, BEFORE + LENGTH, sizeof(double));
    }
}

static void
run(const EarSource *sources, int count, const EarShape *shape, double *const *out, Choir *choir) {
    ErrorList *errors = errors_create(choir->arena);
    assert_int_equal(ear_convolver_run(sources, count, shape, out, choir->arena, errors), DONE);
}

static double direct_sum(const Choir *choir, int ear, SampleTime at) {
    double sum = 0;
    for (int index = 0; index < SOURCES; index++) {
        const Voice *voice = choir->voices[index];
        for (int tap = 0; tap < TAPS; tap++) {
            const SampleTime from = at - tap;
            if (from >= 0 && from < voice->count) {
                sum += (double)voice->taps[ear * TAPS + tap] * (double)voice->samples[from];
            }
        }
    }
    return sum;
}

/* weight: of the direct sum at a time. */
static double error_db(const Choir *choir, double (*weight)(SampleTime)) {
    double error = 0;
    double signal = 0;
    for (int ear = 0; ear < EARS; ear++) {
        for (SampleTime at = -BEFORE; at < LENGTH; at += 7) {
            const double truth = weight(at) * direct_sum(choir, ear, at);
            const double difference = choir->out[ear][at + BEFORE] - truth;
            error += difference * difference;
            signal += truth * truth;
        }
    }
    return 10 * log10(error / signal);
}

static double always(SampleTime at) {
    (void)at;
    return 1;
}

/* From +h to -h with cos^2 - sin^2: the cosine of the whole angle. */
static double swing(SampleTime at) {
    return cos(pi * (double)at / ear_grid_samples(TAPS));
}

static void still_sources_are_the_direct_sum(void **state) {
    (void)state;
    Choir choir;
    open_choir(&choir, false);
    const EarShape shape = {
        .tap_count = TAPS, .is_moving = false, .span = {-BEFORE, LENGTH}
    };
    run(choir.sources, SOURCES, &shape, choir.out, &choir);
    assert_true(error_db(&choir, always) <= -130);
    arena_destroy(&choir.arena);
}

static void moving_sources_fade_from_grid_point_to_grid_point(void **state) {
    (void)state;
    Choir choir;
    open_choir(&choir, true);
    const EarShape shape = {
        .tap_count = TAPS, .is_moving = true, .span = {-BEFORE, LENGTH}
    };
    run(choir.sources, SOURCES, &shape, choir.out, &choir);
    assert_true(error_db(&choir, swing) <= -130);
    arena_destroy(&choir.arena);
}

static void a_moving_source_that_stays_is_a_still_one(void **state) {
    (void)state;
    Choir choir;
    open_choir(&choir, false);
    const EarShape shape = {
        .tap_count = TAPS, .is_moving = true, .span = {-BEFORE, LENGTH}
    };
    run(choir.sources, SOURCES, &shape, choir.out, &choir);
    assert_true(error_db(&choir, always) <= -130);
    arena_destroy(&choir.arena);
}

static void expect_the_same_bits_for_every_cut(bool is_moving) {
    static const SampleTime borders[] = {-BEFORE, -1,   0,    1,    1407, 1408, 1409,  3333,
                                         3456,    4096, 6912, 6913, 9215, 9217, LENGTH};
    Choir choir;
    open_choir(&choir, is_moving);
    EarShape shape = {
        .tap_count = TAPS, .is_moving = is_moving, .span = {-BEFORE, LENGTH}
    };
    run(choir.sources, SOURCES, &shape, choir.out, &choir);
    for (size_t piece = 0; piece + 1 < sizeof borders / sizeof *borders; piece++) {
        Choir part;
        open_choir(&part, is_moving);
        shape.span = (Span){borders[piece], borders[piece + 1]};
        run(part.sources, SOURCES, &shape, part.out, &part);
        for (int ear = 0; ear < EARS; ear++) {
            assert_memory_equal(part.out[ear], choir.out[ear] + (shape.span.begin + BEFORE),
                                (size_t)(shape.span.end - shape.span.begin) * sizeof(double));
        }
        arena_destroy(&part.arena);
    }
    arena_destroy(&choir.arena);
}

/* On and on, over a gap, back again: what is kept is never heard. */
static void expect_the_same_bits_going_on(bool is_moving) {
    static const SampleTime spans[][2] = {
        {-BEFORE, 0     },
        {0,       2048  },
        {2048,    3456  },
        {3456,    6912  },
        {8192,    9216  },
        {9216,    9300  },
        {-100,    5000  },
        {5000,    LENGTH}
    };
    Choir choir;
    Choir part;
    open_choir(&choir, is_moving);
    open_choir(&part, is_moving);
    EarShape shape = {
        .tap_count = TAPS, .is_moving = is_moving, .span = {-BEFORE, LENGTH}
    };
    run(choir.sources, SOURCES, &shape, choir.out, &choir);
    EarConvolver *convolver = ear_convolver_create(part.arena);
    for (size_t piece = 0; piece < sizeof spans / sizeof *spans; piece++) {
        double *out[EARS];
        EarSource sources[SOURCES]; /* elsewhere at every call */
        memcpy(sources, part.sources, sizeof sources);
        shape.span = (Span){spans[piece][0], spans[piece][1]};
        const size_t count = (size_t)(shape.span.end - shape.span.begin);
        for (int ear = 0; ear < EARS; ear++) {
            out[ear] = arena_array(part.arena, count, sizeof **out);
        }
        assert_int_equal(ear_convolver_go_on(convolver, sources, SOURCES, &shape, out,
                                             errors_create(part.arena)),
                         DONE);
        for (int ear = 0; ear < EARS; ear++) {
            assert_memory_equal(out[ear], choir.out[ear] + (shape.span.begin + BEFORE),
                                count * sizeof **out);
        }
    }
    for (int index = 0; !is_moving && index < SOURCES; index++) {
        assert_true(part.voices[index]->asked_count <= 2); /* as it fell silent and came back */
    }
    ear_convolver_close(convolver);
    arena_destroy(&part.arena);
    arena_destroy(&choir.arena);
}

static void a_convolver_that_goes_on_gives_the_same_bits(void **state) {
    (void)state;
    expect_the_same_bits_going_on(false);
    expect_the_same_bits_going_on(true);
}

static void every_cut_gives_the_same_bits(void **state) {
    (void)state;
    expect_the_same_bits_for_every_cut(false);
    expect_the_same_bits_for_every_cut(true);
}

/* A span leaves out the layers that cannot sound in it: their lanes must not be missed. */
static void a_silent_source_may_as_well_be_absent(void **state) {
    (void)state;
    for (int is_moving = 0; is_moving < 2; is_moving++) {
        Choir choir;
        Choir fewer;
        open_choir(&choir, true);
        open_choir(&fewer, true);
        int left = 0;
        for (int index = 0; index < SOURCES; index++) {
            if (index % 3 == 0) {
                choir.voices[index]->count = 0;
            } else {
                fewer.sources[left++] = fewer.sources[index];
            }
        }
        const EarShape shape = {
            .tap_count = TAPS, .is_moving = is_moving, .span = {-BEFORE, LENGTH}
        };
        run(choir.sources, SOURCES, &shape, choir.out, &choir);
        run(fewer.sources, left, &shape, fewer.out, &fewer);
        for (int ear = 0; ear < EARS; ear++) {
            assert_memory_equal(choir.out[ear], fewer.out[ear], (BEFORE + LENGTH) * sizeof(double));
        }
        arena_destroy(&fewer.arena);
        arena_destroy(&choir.arena);
    }
}

static void filters_are_asked_for_once_a_grid_point(void **state) {
    (void)state;
    Choir choir;
    open_choir(&choir, true);
    EarShape shape = {
        .tap_count = TAPS, .is_moving = true, .span = {0, (SampleTime)6 * ear_grid_samples(TAPS)}
    };
    run(choir.sources, 1, &shape, choir.out, &choir);
    assert_int_equal(choir.voices[0]->asked_count, 7);
    shape.is_moving = false;
    run(choir.sources + 1, 1, &shape, choir.out, &choir);
    assert_int_equal(choir.voices[1]->asked_count, 1);
    arena_destroy(&choir.arena);
}

enum { HOLD = 3, LONG_HOLD = 6 }; /* grid points between two turns of a filter */

static int64_t hold_of(const Voice *voice) {
    return voice->taps[0] > 0 ? HOLD : LONG_HOLD;
}

static void filter_that_holds(void *context, int64_t grid_index, float *taps) {
    filter_of_voice(context, (grid_index + 600) / hold_of(context), taps);
}

static bool holds_at(void *context, int64_t grid_index) {
    const int64_t hold = hold_of(context);
    return (grid_index + 600) / hold == (grid_index + 599) / hold;
}

/* Beside others that turn, in blocks in which none does, and when a voice ends or comes late. */
static void a_source_that_is_known_to_stay_gives_the_same_bits(void **state) {
    (void)state;
    Choir choir;
    open_choir(&choir, true);
    double *expected[EARS];
    int asked[2] = {0, 0};
    const EarShape shape = {
        .tap_count = TAPS, .is_moving = true, .span = {-BEFORE, LENGTH}
    };
    for (int index = 0; index < SOURCES; index++) {
        choir.sources[index].filter_at = filter_that_holds;
        choir.voices[index]->count = index % 4 ? MATERIAL : MATERIAL - 400 * index;
        memset(choir.voices[index]->samples, 0, (size_t)(index % 5) * 1000 * sizeof(float));
    }
    for (int ear = 0; ear < EARS; ear++) {
        expected[ear] = arena_array(choir.arena, BEFORE + LENGTH, sizeof(double));
    }
    run(choir.sources, SOURCES, &shape, expected, &choir);
    for (int index = 0; index < SOURCES; index++) {
        asked[0] += choir.voices[index]->asked_count;
        choir.voices[index]->asked_count = 0;
        choir.sources[index].stays_at = holds_at;
    }
    run(choir.sources, SOURCES, &shape, choir.out, &choir);
    for (int index = 0; index < SOURCES; index++) {
        asked[1] += choir.voices[index]->asked_count;
    }
    for (int ear = 0; ear < EARS; ear++) {
        assert_memory_equal(choir.out[ear], expected[ear], (BEFORE + LENGTH) * sizeof(double));
    }
    assert_true(asked[1] < asked[0]);
    arena_destroy(&choir.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(still_sources_are_the_direct_sum),
        cmocka_unit_test(moving_sources_fade_from_grid_point_to_grid_point),
        cmocka_unit_test(a_moving_source_that_stays_is_a_still_one),
        cmocka_unit_test(every_cut_gives_the_same_bits),
        cmocka_unit_test(a_convolver_that_goes_on_gives_the_same_bits),
        cmocka_unit_test(a_silent_source_may_as_well_be_absent),
        cmocka_unit_test(filters_are_asked_for_once_a_grid_point),
        cmocka_unit_test(a_source_that_is_known_to_stay_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
