/* The limiter on hostile signals, judged by an interpolator of its own kind. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/base/units.h"
#include "render/processors/limiter.h"

enum { RATE_HZ = 48000, LENGTH = RATE_HZ / 2, CHANNELS = 2, FINE = 16, REACH = 48 };

static const double ceiling_gain = 0.5;

typedef struct Scene { /* what goes in and what comes out */
    double samples[CHANNELS][LENGTH];
    float envelope[LENGTH];
} Scene;

typedef double Shape(int64_t sample);

static double next_noise(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return (double)(int32_t)*state * 0x1p-31;
}

static Scene *make_scene(Arena *arena, Shape *shape) {
    Scene *scene = arena_alloc(arena, sizeof *scene);
    for (int64_t sample = 0; sample < LENGTH; sample++) {
        scene->samples[0][sample] = shape(sample);
        scene->samples[1][sample] = 0.3 * shape(LENGTH - 1 - sample);
    }
    return scene;
}

/* Runs the limiter in pieces; 0: of changing length. */
static void limit(Scene *scene, double pre_gain, int64_t piece_samples) {
    Arena *arena = arena_create();
    Limiter *limiter = limiter_create(CHANNELS, RATE_HZ, ceiling_gain, arena);
    int64_t out_count = 0;
    int64_t length = 1;
    for (int64_t begin = 0; begin < LENGTH; begin += length) {
        length = piece_samples ? piece_samples : (begin * 37 + 11) % 1999 + 1;
        length = length < LENGTH - begin ? length : LENGTH - begin;
        const double *rows[] = {scene->samples[0] + begin, scene->samples[1] + begin};
        float *to = scene->envelope + out_count;
        out_count += limiter_feed(limiter, rows, length, pre_gain, to);
        assert_true(begin + length - out_count <= limiter_delay_samples(limiter));
    }
    out_count += limiter_flush(limiter, scene->envelope + out_count);
    assert_int_equal(out_count, LENGTH);
    arena_destroy(&arena);
}

/* Greatest |x| at 16 points a sample: Blackman windowed sinc of 96 samples, nothing shared with
 * the limiter's filter. */
static double fine_peak(const double *samples, const float *envelope, double pre_gain) {
    static double taps[FINE][2 * REACH];
    double peak = 0;
    for (int phase = 0; phase < FINE; phase++) {
        for (int tap = 0; tap < 2 * REACH; tap++) {
            const double x = tap - (REACH - 1) - (double)phase / FINE;
            const double turn = pi * x / REACH;
            const double window = 0.42 + 0.5 * cos(turn) + 0.08 * cos(2 * turn);
            taps[phase][tap] = (x == 0 ? 1 : sin(pi * x) / (pi * x)) * window;
        }
    }
    for (int64_t sample = -REACH; sample < LENGTH + REACH; sample++) {
        double sums[FINE] = {0};
        for (int tap = 0; tap < 2 * REACH; tap++) {
            const int64_t from = sample + tap - (REACH - 1);
            if (from >= 0 && from < LENGTH) {
                const double gain = pre_gain * (double)envelope[from];
                for (int phase = 0; phase < FINE; phase++) {
                    sums[phase] += taps[phase][tap] * samples[from] * gain;
                }
            }
        }
        for (int phase = 0; phase < FINE; phase++) {
            peak = fmax(peak, fabs(sums[phase]));
        }
    }
    return peak;
}

static double sine_between_samples(int64_t sample) { /* its peaks lie between the samples */
    return 0.99 * sin(pi / 2 * (double)sample + pi / 4);
}

static double sine_that_stops(int64_t sample) {
    const bool is_on = sample / 4800 % 2 == 1;
    return is_on ? 1.7 * sin(2 * pi * 7321.3 * (double)sample / RATE_HZ) : 0;
}

static double clicks(int64_t sample) {
    return sample % 3001 == 1500 ? 4 : sample % 1777 == 3 ? -1.2 : 0.01;
}

static double square_wave(int64_t sample) {
    return sample / 120 % 2 ? 0.9 : -0.9;
}

static double steps(int64_t sample) {
    return sample < 5000 ? 0.1 : sample < 5003 ? 1.4 : sample < 15000 ? -0.8 : 0.499;
}

static double bursts_of_noise(int64_t sample) {
    uint32_t state = (uint32_t)sample * 2654435761U + 12345;
    next_noise(&state);
    return next_noise(&state) * (sample / 2000 % 3 == 0 ? 1.5 : 0.2);
}

static double loud_from_the_first_sample(int64_t sample) {
    return 0.9 * cos(2 * pi * 100 * (double)sample / RATE_HZ);
}

static Shape *const hostile_shapes[] = {
    sine_between_samples, sine_that_stops,           clicks, square_wave, steps,
    bursts_of_noise,      loud_from_the_first_sample};

enum { HOSTILE_COUNT = sizeof hostile_shapes / sizeof *hostile_shapes };

static void true_peak_stays_below_the_ceiling_on_hostile_signals(void **state) {
    (void)state;
    for (int shape = 0; shape < HOSTILE_COUNT; shape++) {
        Arena *arena = arena_create();
        Scene *scene = make_scene(arena, hostile_shapes[shape]);
        limit(scene, 1.25, 4096);
        for (int channel = 0; channel < CHANNELS; channel++) {
            const double peak = fine_peak(scene->samples[channel], scene->envelope, 1.25);
            const double over_db = 20 * log10(peak / ceiling_gain);
            if (over_db > 0.05) {
                fail_msg("%.3f dB over the ceiling with shape %d", over_db, shape);
            }
        }
        arena_destroy(&arena);
    }
}

static void no_more_is_taken_than_the_peaks_ask_for(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Scene *scene = make_scene(arena, sine_between_samples);
    limit(scene, 1, 4096);
    const double peak = fine_peak(scene->samples[0], scene->envelope, 1);
    assert_true(20 * log10(peak / ceiling_gain) > -0.1);
    for (int sample = 1000; sample < LENGTH - 1000; sample++) { /* a steady tone: no ripple */
        assert_true(fabs((double)scene->envelope[sample] - 0.5 / 0.99) < 0.003);
    }
    arena_destroy(&arena);
}

static double quiet(int64_t sample) {
    return 0.49 * sin(2 * pi * 440 * (double)sample / RATE_HZ);
}

static void envelope_is_exactly_one_below_the_ceiling(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Scene *scene = make_scene(arena, quiet);
    limit(scene, 1, 777);
    for (int sample = 0; sample < LENGTH; sample++) {
        assert_true(scene->envelope[sample] == 1.0F);
    }
    arena_destroy(&arena);
}

static double one_click(int64_t sample) {
    return sample == LENGTH / 2 ? 1 : 0;
}

static void envelope_is_exactly_one_out_of_reach_of_a_click(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Scene *scene = make_scene(arena, one_click);
    memset(scene->samples[1], 0, sizeof scene->samples[1]);
    limit(scene, 1, LENGTH);
    for (int sample = 0; sample < LENGTH / 2 - RATE_HZ * 6 / 1000; sample++) {
        assert_true(scene->envelope[sample] == 1.0F);
    }
    assert_true(fabs((double)scene->envelope[LENGTH / 2] - 0.5) < 1e-6);
    assert_true(scene->envelope[LENGTH / 2 - RATE_HZ * 3 / 1000] < 1.0F); /* has begun */
    /* 1 / e of the attenuation is left after 150 ms and the 5 ms of the window */
    const double left = 1 - (double)scene->envelope[LENGTH / 2 + RATE_HZ * 155 / 1000];
    assert_true(fabs(left - 0.5 * exp(-1)) < 0.01);
    arena_destroy(&arena);
}

static void release_ends_in_exactly_one(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Limiter *limiter = limiter_create(1, RATE_HZ, ceiling_gain, arena);
    const int64_t length = 3 * RATE_HZ;
    double *samples = arena_array(arena, (size_t)length, sizeof *samples);
    float *envelope = arena_array(arena, (size_t)length, sizeof *envelope);
    samples[0] = 40;
    int64_t count = limiter_feed(limiter, (const double *const[]){samples}, length, 1, envelope);
    count += limiter_flush(limiter, envelope + count);
    assert_int_equal(count, length);
    assert_true(fabs((double)envelope[0] * 40 - 0.5) < 1e-5);
    for (int64_t sample = 1; sample < length; sample++) {
        assert_true(envelope[sample] >= envelope[sample - 1]);
        assert_true(sample < 2 * RATE_HZ || envelope[sample] == 1.0F);
    }
    arena_destroy(&arena);
}

static void pieces_of_any_size_give_the_same_bits(void **state) {
    (void)state;
    static const int64_t pieces[] = {0, 1, 240, 511, 513, 9999};
    for (int shape = 0; shape < HOSTILE_COUNT; shape++) {
        Arena *arena = arena_create();
        Scene *whole = make_scene(arena, hostile_shapes[shape]);
        Scene *other = make_scene(arena, hostile_shapes[shape]);
        limit(whole, 0.8, LENGTH);
        for (size_t row = 0; row < sizeof pieces / sizeof *pieces; row++) {
            limit(other, 0.8, pieces[row]);
            assert_memory_equal(whole->envelope, other->envelope, sizeof whole->envelope);
        }
        arena_destroy(&arena);
    }
}

static void envelope_never_steps(void **state) {
    (void)state;
    for (int shape = 0; shape < HOSTILE_COUNT; shape++) {
        Arena *arena = arena_create();
        Scene *scene = make_scene(arena, hostile_shapes[shape]);
        limit(scene, 1, 4096);
        for (int sample = 1; sample < LENGTH; sample++) {
            const double change =
                (double)scene->envelope[sample] - (double)scene->envelope[sample - 1];
            /* three boxes of 81 samples: the steepest slope is 3 / 4 of one box */
            assert_true(fabs(change) <= 0.75 / 81 + 1e-6);
        }
        arena_destroy(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_peak_stays_below_the_ceiling_on_hostile_signals),
        cmocka_unit_test(no_more_is_taken_than_the_peaks_ask_for),
        cmocka_unit_test(envelope_is_exactly_one_below_the_ceiling),
        cmocka_unit_test(envelope_is_exactly_one_out_of_reach_of_a_click),
        cmocka_unit_test(release_ends_in_exactly_one),
        cmocka_unit_test(pieces_of_any_size_give_the_same_bits),
        cmocka_unit_test(envelope_never_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
