/* Resampling against the sine that it should be. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "render/base/units.h"
#include "render/dsp/resample.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { CHANNELS = 2 };

typedef struct Take { /* interleaved */
    float *frames;
    int64_t count;
} Take;

static float sine(double frequency_hz, int64_t sample, int rate_hz, int channel) {
    const double angle_rad = 2 * pi * frequency_hz * (double)sample / rate_hz;
    return (float)(0.5 * sin(angle_rad + channel));
}

static Take make_sine(Arena *arena, int64_t count, int rate_hz, double frequency_hz) {
    Take take = {arena_array(arena, (size_t)count * CHANNELS, sizeof(float)), count};
    for (int64_t sample = 0; sample < count; sample++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            take.frames[sample * CHANNELS + channel] = sine(frequency_hz, sample, rate_hz, channel);
        }
    }
    return take;
}

/* Pushes in pieces of a length, or of changing ones (0). */
static Take resample(Arena *arena, Take in, int from_hz, int to_hz, int64_t piece_frames) {
    ErrorList *errors = errors_create(arena);
    Resampler *resampler = NULL;
    assert_int_equal(resampler_create(from_hz, to_hz, CHANNELS, &resampler, errors), DONE);
    Take out = {0};
    const int64_t room = resampled_frames(in.count, from_hz, to_hz);
    out.frames = arena_array(arena, (size_t)room * CHANNELS, sizeof(float));
    int64_t length = piece_frames ? piece_frames : 1;
    int64_t out_count = 0;
    for (int64_t begin = 0; begin < in.count; begin += length) {
        length = piece_frames ? piece_frames : (begin * 31 + 7) % 977 + 1;
        const int64_t left = in.count - begin;
        length = length < left ? length : left;
        const int64_t capacity = resampler_capacity(resampler, length);
        assert_int_equal(resampler_push(resampler, in.frames + begin * CHANNELS, length,
                                        out.frames + out.count * CHANNELS, &out_count, errors),
                         DONE);
        assert_true(out_count <= capacity);
        out.count += out_count;
    }
    assert_int_equal(
        resampler_flush(resampler, out.frames + out.count * CHANNELS, &out_count, errors), DONE);
    assert_true(out_count <= resampler_capacity(resampler, 0));
    out.count += out_count;
    assert_int_equal(out.count, room);
    resampler_destroy(&resampler);
    assert_null(resampler);
    return out;
}

static void check_sine(int from_hz, int to_hz, double frequency_hz, double limit_db) {
    Arena *arena = arena_create();
    const Take out = resample(arena, make_sine(arena, 2 * from_hz + 13, from_hz, frequency_hz),
                              from_hz, to_hz, 4096);
    double error = 0;
    double signal = 0;
    for (int64_t sample = to_hz / 2; sample < to_hz * 3 / 2; sample++) { /* away from the ends */
        for (int channel = 0; channel < CHANNELS; channel++) {
            const double angle_rad = 2 * pi * frequency_hz * (double)sample / to_hz;
            const double truth = 0.5 * sin(angle_rad + channel);
            const double difference = (double)out.frames[sample * CHANNELS + channel] - truth;
            error += difference * difference;
            signal += truth * truth;
        }
    }
    const double error_db = 10 * log10(error / signal);
    if (!(error_db <= limit_db)) {
        fail_msg("%.1f dB from %d Hz to %d Hz", error_db, from_hz, to_hz);
    }
    arena_destroy(&arena);
}

static void sines_keep_amplitude_and_phase(void **state) {
    (void)state;
    check_sine(44100, 48000, 1000, -120);
    check_sine(96000, 48000, 1000, -120);
    check_sine(48000, 44100, 10000, -120);
    check_sine(192000, 48000, 440, -120);
    check_sine(44100, 192000, 100, -120);
    check_sine(48000, 44100, 18000, -80); /* 0.0005 dB of ripple near the end of the band */
}

static void sound_above_the_new_band_is_gone(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Take out = resample(arena, make_sine(arena, 96000, 96000, 30000), 96000, 48000, 1000);
    for (int64_t sample = 12000; sample < 36000; sample++) {
        assert_true(fabs((double)out.frames[sample * CHANNELS]) < 0.5e-6);
    }
    arena_destroy(&arena);
}

static void length_is_rounded_from_the_exact_ratio(void **state) {
    (void)state;
    assert_int_equal(resampled_frames(0, 44100, 48000), 0);
    assert_int_equal(resampled_frames(44100, 44100, 48000), 48000);
    assert_int_equal(resampled_frames(1, 44100, 48000), 1); /* 1.09 */
    assert_int_equal(resampled_frames(147, 44100, 48000), 160);
    assert_int_equal(resampled_frames(1, 96000, 48000), 1);    /* 0.5 */
    assert_int_equal(resampled_frames(100, 96000, 44100), 46); /* 45.94 */
    assert_int_equal(resampled_frames(INT64_C(1) << 40, 44100, 192000), INT64_C(4786989399841));
    static const int64_t lengths[] = {0, 1, 2, 100, 4095, 10007};
    for (size_t row = 0; row < sizeof lengths / sizeof *lengths; row++) {
        Arena *arena = arena_create();
        const Take in = make_sine(arena, lengths[row], 44100, 1000);
        resample(arena, in, 44100, 48000, 512); /* asserts its length */
        resample(arena, in, 96000, 44100, 512);
        arena_destroy(&arena);
    }
}

static void pieces_of_any_size_give_the_same_bits(void **state) {
    (void)state;
    static const int rates_hz[][2] = {
        {44100, 48000},
        {96000, 48000},
        {48000, 44100}
    };
    for (size_t pair = 0; pair < 3; pair++) {
        Arena *arena = arena_create();
        const Take in = make_sine(arena, 20000, rates_hz[pair][0], 997);
        const Take whole = resample(arena, in, rates_hz[pair][0], rates_hz[pair][1], 20000);
        static const int64_t pieces[] = {0, 1, 64, 1000, 4097};
        for (size_t row = 0; row < sizeof pieces / sizeof *pieces; row++) {
            const Take other =
                resample(arena, in, rates_hz[pair][0], rates_hz[pair][1], pieces[row]);
            assert_memory_equal(other.frames, whole.frames,
                                (size_t)whole.count * CHANNELS * sizeof(float));
        }
        arena_destroy(&arena);
    }
}

static void capacity_holds_for_every_pair_of_rates(void **state) {
    (void)state;
    static const int rates_hz[] = {8000, 22050, 44100, 48000, 96000, 192000};
    for (size_t pair = 0; pair < 36; pair++) {
        Arena *arena = arena_create();
        const int from_hz = rates_hz[pair / 6];
        const int to_hz = rates_hz[pair % 6];
        const Take out = /* asserts the capacity of each piece */
            resample(arena, make_sine(arena, 30000, from_hz, 1000), from_hz, to_hz, 500);
        assert_int_equal(out.count, (30000 * (int64_t)to_hz * 2 + from_hz) / (2 * from_hz));
        arena_destroy(&arena);
    }
}

static void equal_rates_are_copied(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const Take in = make_sine(arena, 5000, 48000, 333);
    const Take out = resample(arena, in, 48000, 48000, 777);
    assert_memory_equal(out.frames, in.frames, 5000 * CHANNELS * sizeof(float));
    arena_destroy(&arena);
}

int main(void) {
    setenv("SOXR_USE_SIMD", "0", 1); /* as the program does at its start */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_keep_amplitude_and_phase),
        cmocka_unit_test(sound_above_the_new_band_is_gone),
        cmocka_unit_test(length_is_rounded_from_the_exact_ratio),
        cmocka_unit_test(pieces_of_any_size_give_the_same_bits),
        cmocka_unit_test(capacity_holds_for_every_pair_of_rates),
        cmocka_unit_test(equal_rates_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
