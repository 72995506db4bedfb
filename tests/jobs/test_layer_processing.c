/* What a layer's keys do to its sound, from the job's words to the samples of a file. */
#include <math.h>

#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, LENGTH = RATE_HZ };

static void plan_layer(Bench *bench, const char *layer) {
    bench_plan(bench,
               arena_format(bench->arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: 2 s}\n"
                            "layers: {mx: {file: sine.wav, %s}}\n"
                            "deliverables: {a: {layout: 1.0, bits: 64f}}\n",
                            layer),
               16);
}

/* The mono deliverable: [2 s]. The bench stays open. */
static float *render_tone(Bench *bench, double frequency_hz, const char *layer) {
    SoundInfo info;
    bench_open(bench);
    bench_write_sine(bench, "sine.wav", frequency_hz, LENGTH);
    plan_layer(bench, layer);
    bench_run(bench, "a");
    float *samples = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, 2 * RATE_HZ);
    return samples;
}

/* Level of a tone in the second half of the file, against what went in. */
static double level_db(const float *samples, double frequency_hz) {
    double even = 0.0;
    double odd = 0.0;
    for (int64_t sample = RATE_HZ / 2; sample < RATE_HZ; sample++) {
        const double turn = 2.0 * acos(-1.0) * frequency_hz * (double)sample / RATE_HZ;
        even += samples[sample] * cos(turn);
        odd += samples[sample] * sin(turn);
    }
    return 20.0 * log10(hypot(even, odd) / (RATE_HZ / 4.0) / 0.25 + 1e-9);
}

typedef struct ToneCase {
    const char *layer;
    double frequency_hz, least_db, most_db;
} ToneCase;

static void hold_tones(const ToneCase *cases, size_t count) {
    for (size_t row = 0; row < count; row++) {
        Bench bench;
        const float *samples = render_tone(&bench, cases[row].frequency_hz, cases[row].layer);
        const double found_db = level_db(samples, cases[row].frequency_hz);
        const bool is_right = found_db >= cases[row].least_db && found_db <= cases[row].most_db;
        if (!is_right) {
            print_error("%s at %g Hz: %g dB\n", cases[row].layer, cases[row].frequency_hz,
                        found_db);
        }
        assert_true(is_right);
        bench_close(&bench);
    }
}

/* A bell has its gain in the middle and half of it, in dB, where RBJ's q puts the edges (one octave
 * wide: q = 1.414 at low frequencies); a shelf has half of it in the middle, all of it far away;
 * F125: a notch of q 20 takes 40 dB at its frequency and 0.5 dB a sixth of an octave away. */
static void bands_have_their_gain_where_they_say(void **state) {
    (void)state;
    static const ToneCase cases[] = {
        {"eq: [{type: bell, freq: 1 kHz, gain: 6 dB}]",                                         1000.0,  5.98,  6.02 },
        {"eq: [{type: bell, freq: 200 Hz, gain: -6 dB, q: 1.414}]",                             282.0,   -3.2,  -2.8 },
        {"eq: [{type: bell, freq: 200 Hz, gain: -6 dB, q: 1.414}]",                             142.0,   -3.2,  -2.8 },
        {"eq: [{type: low-shelf, freq: 160 Hz, gain: 2 dB}]",                                   20.0,    1.98,  2.02 },
        {"eq: [{type: low-shelf, freq: 160 Hz, gain: 2 dB}]",                                   160.0,   0.98,  1.02 },
        {"eq: [{type: low-shelf, freq: 160 Hz, gain: 2 dB}]",                                   4000.0,  -0.02, 0.02 },
        {"eq: [{type: high-shelf, freq: 2 kHz, gain: -4 dB}]",                                  16000.0, -4.05, -3.95},
        {"eq: [{type: high-shelf, freq: 2 kHz, gain: -4 dB}]",                                  100.0,   -0.02, 0.02 },
        {"eq: [{type: notch, freq: 248 Hz, q: 20}]",                                            248.0,   -200,  -40.0},
        {"eq: [{type: notch, freq: 248 Hz, q: 20}]",                                            278.0,   -0.5,  0.0  },
        {"eq: [{type: notch, freq: 248 Hz, q: 20}]",                                            220.0,   -0.5,  0.0  },
        {"eq: [{type: bell, freq: 1 kHz, gain: 6 dB}, {type: bell, freq: 1 kHz, gain: -2 dB}]",
         1000.0,                                                                                         3.98,  4.02 },
        {"tilt: 3 dB",                                                                          20.0,    -1.52, -1.45},
        {"tilt: 3 dB",                                                                          1000.0,  -0.02, 0.02 },
        {"tilt: 3 dB",                                                                          20000.0, 1.45,  1.52 },
        {"tilt: -3 dB, eq: [{type: bell, freq: 1 kHz, gain: 1 dB}]",                            1000.0,  0.98,  1.02 },
    };
    hold_tones(cases, sizeof cases / sizeof *cases);
}

static Key prepare_key(Bench *bench, const char *layer) {
    plan_layer(bench, layer);
    return bench->plan->tasks[bench->plan->prepare_tasks[0]].outputs[0];
}

static bool is_same(Key one, Key other) {
    return memcmp(&one, &other, sizeof one) == 0;
}

/* Each line differs from the first in something that is heard. */
static void whatever_is_heard_is_in_the_key(void **state) {
    (void)state;
    static const char *const layers[] = {
        "gain: 0 dB",
        "tilt: 1 dB",
        "tilt: 2 dB",
        "eq: [{type: bell, freq: 1 kHz, gain: 1 dB}]",
        "eq: [{type: bell, freq: 1 kHz, gain: 1 dB, q: 2}]",
        "eq: [{type: bell, freq: 1.1 kHz, gain: 1 dB}]",
        "eq: [{type: high-shelf, freq: 1 kHz, gain: 1 dB}]",
        "eq: [{type: notch, freq: 1 kHz}]",
        "transient: {attack: 3 dB}",
        "transient: {attack: 3 dB, sustain: -2 dB}",
        "lfe: {send: -10 dB}",
        "lfe: {send: -10 dB, below: 80 Hz}",
        "lfe: {send: -9 dB, below: 80 Hz}",
    };
    enum { COUNT = sizeof layers / sizeof *layers };
    Key keys[COUNT];
    Bench bench;
    bench_open(&bench);
    bench_write_sine(&bench, "sine.wav", 1000.0, LENGTH);
    for (int row = 0; row < COUNT; row++) {
        keys[row] = prepare_key(&bench, layers[row]);
        for (int before = 0; before < row; before++) {
            assert_false(is_same(keys[row], keys[before]));
        }
    }
    /* what does nothing makes no other result */
    assert_true(is_same(keys[0], prepare_key(&bench, "tilt: 0 dB")));
    assert_true(is_same(keys[0], prepare_key(&bench, "transient: {attack: 0 dB}")));
    assert_true(is_same(keys[0], prepare_key(&bench, "lfe: {send: -inf}")));
    assert_true(
        is_same(keys[0], prepare_key(&bench, "eq: [{type: bell, freq: 1 kHz, gain: 0 dB, q: 9}]")));
    bench_close(&bench);
}

static const char *lfe_job(Bench *bench, const char *file, const char *keys) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 2 s}\n"
                        "layers: {mx: {file: %s, gain: -6.0206 dB, pan: {az: 30 deg}%s}}\n"
                        "deliverables: {a: {layout: 5.1, bits: 64f}, b: {layout: 2.0, bits: 24},\n"
                        "               c: {layout: hoa1, bits: 32f}, d: {layout: binaural}}\n",
                        file, keys);
}

/* The sound of one channel, as if it were the only one of a file. */
static float *take_channel(Bench *bench, const float *samples, const SoundInfo *info, int channel) {
    float *taken = arena_array(bench->arena, (size_t)info->frame_count, sizeof *taken);
    for (int64_t frame = 0; frame < info->frame_count; frame++) {
        taken[frame] = samples[frame * info->channel_count + channel];
    }
    return taken;
}

/* A Linkwitz-Riley filter of fourth order has the size 1 / (1 + (f / below)^4); the sum of two
 * equal channels over the root of two is 3 dB up; the fader stands in front; where there is no
 * LFE, nothing changes. */
static void a_send_to_the_lfe_is_band_limited_and_goes_nowhere_else(void **state) {
    (void)state;
    static const double frequencies_hz[] = {40.0, 80.0, 160.0};
    enum { LFE = 3, DELIVERABLES = 4 };
    for (size_t row = 0; row < sizeof frequencies_hz / sizeof *frequencies_hz; row++) {
        const double frequency_hz = frequencies_hz[row];
        Bench bench;
        SoundInfo info;
        float *plain[DELIVERABLES];
        bench_open(&bench);
        double *stereo = calloc(2 * LENGTH, sizeof *stereo);
        for (int64_t value = 0; value < 2 * LENGTH; value++) {
            stereo[value] = sine_at(frequency_hz, (double)(value / 2) / RATE_HZ);
        }
        bench_write_wav(&bench, "stereo.wav", FLOAT_32, 2, stereo, LENGTH);
        free(stereo);
        bench_plan(&bench, lfe_job(&bench, "stereo.wav", ""), 1);
        bench_run(&bench, "a");
        for (int index = 0; index < DELIVERABLES; index++) {
            plain[index] = bench_read(&bench, bench_output(&bench, index, 0, 0), &info);
        }
        bench_plan(&bench, lfe_job(&bench, "stereo.wav", ", lfe: {send: -10 dB, below: 80 Hz}"), 1);
        bench_run(&bench, "a");
        for (int index = 1; index < DELIVERABLES; index++) {
            const float *sent = bench_read(&bench, bench_output(&bench, index, 0, 0), &info);
            assert_memory_equal(sent, plain[index],
                                (size_t)(info.frame_count * info.channel_count) * sizeof *sent);
        }
        const float *sent = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
        for (int channel = 0; channel < info.channel_count; channel++) {
            const float *one = take_channel(&bench, sent, &info, channel);
            const float *before = take_channel(&bench, plain[0], &info, channel);
            if (channel != LFE) {
                assert_memory_equal(one, before, (size_t)info.frame_count * sizeof *one);
            }
        }
        const double expected_db =
            -6.0206 - 10.0 + 3.0103 - 20.0 * log10(1.0 + pow(frequency_hz / 80.0, 4.0));
        const double found_db = level_db(take_channel(&bench, sent, &info, LFE), frequency_hz);
        if (fabs(found_db - expected_db) > 0.05) {
            print_error("%g Hz: %g dB, not %g\n", frequency_hz, found_db, expected_db);
        }
        assert_true(fabs(found_db - expected_db) <= 0.05);
        bench_close(&bench);
    }
}

static void an_ambisonic_layer_has_no_lfe(void **state) {
    (void)state;
    Bench bench;
    JobSpec *job = NULL;
    double samples[4 * 480] = {0.1};
    bench_open(&bench);
    bench_write_wav(&bench, "hoa.wav", FLOAT_32, 4, samples, 480);
    const char *text = lfe_job(&bench, "hoa.wav, layout: hoa1", ", lfe: {send: -10 dB}");
    const JobSource source = bench_source(&bench, text);
    bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
    assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors), E208);
    assert_int_equal(errors_first(bench.errors)->place.line, 3);
    bench_close(&bench);
}

static double energy_db(const float *samples, int64_t begin, int64_t end) {
    double energy = 0.0;
    for (int64_t sample = begin; sample < end; sample++) {
        energy += (double)samples[sample] * samples[sample];
    }
    return 10.0 * log10(energy);
}

/* The shaper has its place in the chain: in front of the fader, so that levels do not matter. */
static void a_layer_is_shaped(void **state) {
    (void)state;
    Bench bench;
    Bench plain_bench;
    const float *plain = render_tone(&plain_bench, 500.0, "gain: -20 dB");
    const float *shaped =
        render_tone(&bench, 500.0, "gain: -20 dB, transient: {attack: 6 dB}, at: 0 s");
    const double rise_db = energy_db(shaped, 0, 960) - energy_db(plain, 0, 960);
    assert_true(fabs(rise_db - 6.0) < 0.3);
    assert_memory_equal(shaped + RATE_HZ / 10, plain + RATE_HZ / 10, RATE_HZ / 2 * sizeof *plain);
    bench_close(&plain_bench);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_have_their_gain_where_they_say),
        cmocka_unit_test(a_send_to_the_lfe_is_band_limited_and_goes_nowhere_else),
        cmocka_unit_test(an_ambisonic_layer_has_no_lfe),
        cmocka_unit_test(a_layer_is_shaped),
        cmocka_unit_test(whatever_is_heard_is_in_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
