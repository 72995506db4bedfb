/* Headphones from a job's text to the file: the LFE, and the loudness beside two loudspeakers. */
#include <complex.h>
#include <math.h>

#include "render/dsp/meter.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000 };
static const char *const default_sofa = "/usr/share/libmysofa/default.sofa";

static void open_or_skip(Bench *bench) {
    if (access(default_sofa, R_OK) != 0) {
        print_message("skipped: no %s\n", default_sofa);
        skip();
    }
    bench_open(bench);
}

static double level_db(const float *samples, int ear, int64_t begin, double frequency_hz) {
    double complex sum = 0.0;
    for (int sample = 0; sample < 4096; ++sample) {
        sum += (double)samples[2 * (begin + sample) + ear] *
               cexp(-2.0 * I * 3.14159265358979323846 * frequency_hz * sample / RATE_HZ);
    }
    return 20.0 * log10(cabs(sum) + 1e-12);
}

/* A pulse in the LFE of 5.1 is a low-pass in both ears, 10 dB louder and shared by them. */
static void an_lfe_is_heard_in_both_ears(void **state) {
    (void)state;
    enum { CHANNELS = 6, LFE = 3, PULSE = 20000 };
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s}\n"
                              "layers: {fx: {file: f.wav, layout: 5.1}}\n"
                              "deliverables: {a: {layout: binaural, bits: 32f}}\n";
    Bench bench;
    open_or_skip(&bench);
    double *samples = calloc((size_t)RATE_HZ * CHANNELS, sizeof *samples);
    samples[PULSE * CHANNELS + LFE] = 0.25;
    bench_write_wav(&bench, "f.wav", FLOAT_32, CHANNELS, samples, RATE_HZ);
    free(samples);
    bench_plan(&bench, job, 1);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *heard = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    for (int ear = 0; ear < 2; ++ear) {
        const double own_db = 20.0 * log10(0.25) + 10.0 - 3.01;
        assert_true(fabs(level_db(heard, ear, PULSE, 20.0) - own_db) < 0.3);
        assert_true(fabs(level_db(heard, ear, PULSE, 120.0) - own_db + 6.02) < 0.5);
        assert_true(level_db(heard, ear, PULSE, 1000.0) < own_db - 35.0);
    }
    bench_close(&bench);
}

static double loudness_lufs(const float *samples, int64_t frames, Arena *arena) {
    static const double weights[2] = {1.0, 1.0};
    Meter *const meter = meter_create(2, weights, RATE_HZ, arena);
    double *channels[2];
    MeterResult result;
    for (int channel = 0; channel < 2; ++channel) {
        channels[channel] = arena_array(arena, (size_t)frames, sizeof(double));
        for (int64_t frame = 0; frame < frames; ++frame) {
            channels[channel][frame] = (double)samples[2 * frame + channel];
        }
    }
    meter_add(meter, (const double *const *)channels, frames);
    meter_finish(meter, &result);
    return result.integrated_lufs;
}

/* Pink from 20 Hz to 20 kHz: sines of one amplitude, as many in every octave. */
static void write_pink(Bench *bench, const char *name, int64_t frames) {
    enum { SINES = 239 };
    double *samples = calloc((size_t)frames, sizeof *samples);
    for (int sine = 0; sine < SINES; ++sine) {
        const double frequency_hz = 20.0 * exp2((sine + 0.5) / 24.0);
        const double complex turn = cexp(2.0 * I * 3.14159265358979323846 * frequency_hz / RATE_HZ);
        double complex value = 0.004 * cexp(1.0 * I * (double)(sine * sine));
        for (int64_t frame = 0; frame < frames; ++frame) {
            samples[frame] += creal(value);
            value *= turn;
        }
    }
    bench_write_wav(bench, name, FLOAT_32, 1, samples, frames);
    free(samples);
}

static void pink_noise_in_front_is_as_loud_in_headphones_as_in_stereo(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 4 s}\n"
                              "layers: {fx: {file: f.wav, pan: {az: 0 deg}}}\n"
                              "deliverables:\n"
                              "  a: {layout: 2.0, bits: 32f}\n"
                              "  b: {layout: binaural, bits: 32f}\n";
    Bench bench;
    open_or_skip(&bench);
    write_pink(&bench, "f.wav", 4 * RATE_HZ);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    double lufs[2];
    for (int deliverable = 0; deliverable < 2; ++deliverable) {
        SoundInfo info;
        const float *heard = bench_read(&bench, bench_output(&bench, deliverable, 0, 0), &info);
        lufs[deliverable] = loudness_lufs(heard, info.frame_count, bench.arena);
    }
    print_message("2.0 %.2f LUFS, binaural %+.3f LU\n", lufs[0], lufs[1] - lufs[0]);
    assert_true(fabs(lufs[1] - lufs[0]) <= 0.1);
    bench_close(&bench);
}

static const char *const two_layers = "nocturne: 1\n"
                                      "project: {title: T, code: T, length: 3 s}\n";

typedef struct Heard {
    const float *samples;
    int64_t frames;
} Heard;

/* A deliverable of a job with noise in n.wav, cut at so many spans. */
static Heard hear(Bench *bench, const char *rest, int deliverable, int span_blocks) {
    SoundInfo info;
    if (span_blocks > 0) {
        bench_plan(bench, arena_format(bench->arena, "%s%s", two_layers, rest), span_blocks);
        bench_run(bench, "a");
    }
    const float *samples = bench_read(bench, bench_output(bench, deliverable, 0, 0), &info);
    return (Heard){samples, info.frame_count};
}

/* Left comes 5 samples later at half the level, right has an echo across a span's end. */
static void headphones_are_equalized_ear_by_ear(void **state) {
    (void)state;
    enum { TAPS = 40000 };
    static const char rest[] = "layers: {fx: {file: n.wav, pan: {az: 50 deg}}}\n"
                               "deliverables:\n"
                               "  a: {layout: binaural, bits: 32f}\n"
                               "  b: {layout: binaural, bits: 32f, headphone_eq: eq.wav}\n"
                               "  c: {layout: binaural, bits: 32f, headphone_eq: both.wav}\n";
    Bench bench;
    open_or_skip(&bench);
    bench_write_noise(&bench, "n.wav", FLOAT_32, 1, 2 * RATE_HZ, 0.1);
    double *taps = calloc((size_t)2 * TAPS, sizeof *taps);
    taps[2 * 5] = 0.5;
    taps[1] = 1.0;
    taps[2 * 39999 + 1] = -0.25;
    bench_write_wav(&bench, "eq.wav", FLOAT_32, 2, taps, TAPS);
    taps[0] = 0.25;
    bench_write_wav(&bench, "both.wav", FLOAT_32, 1, taps, 1);
    free(taps);
    const Heard plain = hear(&bench, rest, 0, 1);
    const Heard heard = hear(&bench, rest, 1, 0);
    const Heard both = hear(&bench, rest, 2, 0);
    for (int64_t frame = 40000; frame < plain.frames; ++frame) {
        const float *const now = &plain.samples[2 * frame];
        assert_true(fabs(heard.samples[2 * frame] - 0.5 * now[-2 * 5]) < 2e-7);
        assert_true(fabs(heard.samples[2 * frame + 1] - (now[1] - 0.25 * now[1 - 2 * 39999])) <
                    2e-7);
        assert_true(fabs(both.samples[2 * frame] - 0.25 * now[0]) < 1e-7);
        assert_true(fabs(both.samples[2 * frame + 1] - 0.25 * now[1]) < 1e-7);
    }
    bench_close(&bench);
}

/* The same deliverable for two cuts of the timeline. */
static void equalized_headphones_do_not_hear_the_cut(void **state) {
    (void)state;
    enum { TAPS = 700 };
    static const char rest[] =
        "layers: {fx: {file: n.wav, pan: {az: 50 deg}}}\n"
        "deliverables: {a: {layout: binaural, bits: 32f, headphone_eq: eq.wav}}\n";
    Heard heard[2];
    Bench benches[2];
    for (int cut = 0; cut < 2; ++cut) {
        open_or_skip(&benches[cut]);
        bench_write_noise(&benches[cut], "n.wav", FLOAT_32, 1, 2 * RATE_HZ, 0.1);
        double taps[TAPS];
        for (int tap = 0; tap < TAPS; ++tap) {
            taps[tap] = 0.1 * cos(tap * tap) * exp(-tap / 100.0);
        }
        bench_write_wav(&benches[cut], "eq.wav", FLOAT_32, 1, taps, TAPS);
        heard[cut] = hear(&benches[cut], rest, 0, cut ? 16 : 1);
    }
    assert_int_equal(heard[0].frames, heard[1].frames);
    assert_memory_equal(heard[0].samples, heard[1].samples,
                        2 * (size_t)heard[0].frames * sizeof(float));
    bench_close(&benches[0]);
    bench_close(&benches[1]);
}

static void a_layer_without_a_head_is_its_stereo_fold(void **state) {
    (void)state;
    enum { LATE = 16 };
    static const char rest[] = "layers: {fx: {file: n.wav, layout: 5.1, binaural: off}}\n"
                               "deliverables:\n"
                               "  a: {layout: binaural, bits: 32f, stems: [fx]}\n"
                               "  b: {layout: 2.0, bits: 32f, stems: [fx]}\n";
    static const char pair[] = "layers: {fx: {file: s.wav, binaural: off}}\n"
                               "deliverables: {a: {layout: binaural, bits: 32f}}\n";
    Bench bench;
    SoundInfo info;
    open_or_skip(&bench);
    bench_write_noise(&bench, "s.wav", FLOAT_32, 2, 2 * RATE_HZ, 0.1);
    const Heard heard = hear(&bench, pair, 0, 4);
    const float *stereo = bench_read(&bench, path_join(bench.arena, bench.folder, "s.wav"), &info);
    for (int64_t sample = 2 * LATE; sample < 2 * info.frame_count; ++sample) {
        assert_true(fabs(heard.samples[sample] - stereo[sample - 2 * LATE]) < 1e-6);
    }
    bench_close(&bench);
    open_or_skip(&bench);
    bench_write_noise(&bench, "n.wav", FLOAT_32, 6, 2 * RATE_HZ, 0.1);
    const Heard fold = hear(&bench, rest, 0, 4);
    double energies[2] = {0.0, 0.0};
    for (int64_t sample = 0; sample < 2 * fold.frames; ++sample) {
        energies[sample % 2] += (double)fold.samples[sample] * fold.samples[sample];
    }
    assert_true(fabs(10.0 * log10(energies[0] / energies[1])) < 0.5);
    bench_close(&bench);
}

static double energy_of(Heard heard) {
    double energy = 0.0;
    for (int64_t sample = 0; sample < 2 * heard.frames; ++sample) {
        energy += (double)heard.samples[sample] * heard.samples[sample];
    }
    return energy;
}

/* Beyond 2 m near has no shelf: direct sound is 6 dB louder or softer, what the room adds is the
 * same, and loudspeakers hear nothing of it. */
static void near_and_far_change_the_proportion_of_direct_sound_to_the_room(void **state) {
    (void)state;
    static const char *const modes[] = {"near", "mid", "far"};
    double direct[3];
    double wet[3];
    double speakers[3];
    for (int mode = 0; mode < 3; ++mode) {
        Bench bench;
        Heard heard[2];
        open_or_skip(&bench);
        bench_write_noise(&bench, "n.wav", FLOAT_32, 1, 2 * RATE_HZ, 0.1);
        const double taps[] = {0.0, 0.0, 0.2};
        bench_write_wav(&bench, "ir.wav", FLOAT_32, 1, taps, 3);
        for (int has_send = 0; has_send < 2; ++has_send) {
            const char *rest = arena_format(
                bench.arena,
                "rooms: {hall: {ir: ir.wav, normalise: no}}\n"
                "layers: {fx: {file: n.wav, pan: {az: 0 deg, dist: 3 m}, binaural: %s%s}}\n"
                "deliverables: {a: {layout: binaural, bits: 32f}, b: {layout: 2.0, bits: 32f}}\n",
                modes[mode], has_send ? ", send: {hall: -6 dB}" : "");
            heard[has_send] = hear(&bench, rest, 0, 4);
            speakers[mode] = energy_of(hear(&bench, rest, 1, 0));
        }
        direct[mode] = energy_of(heard[0]);
        wet[mode] = 0.0;
        for (int64_t sample = 0; sample < 2 * heard[0].frames; ++sample) {
            const double added = (double)heard[1].samples[sample] - heard[0].samples[sample];
            wet[mode] += added * added;
        }
        bench_close(&bench);
    }
    assert_true(wet[1] > 1.0);
    assert_true(fabs(direct[0] / direct[1] - 4.0) < 1e-4);
    assert_true(fabs(direct[2] / direct[1] - 0.25) < 1e-4);
    for (int mode = 0; mode < 3; ++mode) {
        assert_true(fabs(wet[mode] / wet[1] - 1.0) < 1e-4);
        assert_true(speakers[mode] == speakers[1]);
    }
}

/* From half the distance: 0.6 m at the left becomes 0.3 m, and the near ear gains. */
static void a_near_layer_is_nearer_to_the_ear(void **state) {
    (void)state;
    static const char *const modes[] = {"far", "mid", "near"};
    double ilds_db[3];
    for (int mode = 0; mode < 3; ++mode) {
        Bench bench;
        open_or_skip(&bench);
        bench_write_noise(&bench, "n.wav", FLOAT_32, 1, 2 * RATE_HZ, 0.1);
        const char *rest = arena_format(
            bench.arena,
            "layers: {fx: {file: n.wav, pan: {az: 90 deg, dist: 0.6 m}, binaural: %s}}\n"
            "deliverables: {a: {layout: binaural, bits: 32f}}\n",
            modes[mode]);
        const Heard heard = hear(&bench, rest, 0, 16);
        double energies[2] = {0.0, 0.0};
        for (int64_t sample = 0; sample < 2 * heard.frames; ++sample) {
            energies[sample % 2] += (double)heard.samples[sample] * heard.samples[sample];
        }
        ilds_db[mode] = 10.0 * log10(energies[0] / energies[1]);
        bench_close(&bench);
    }
    assert_true(ilds_db[1] > ilds_db[0] + 0.2 && ilds_db[2] > ilds_db[1] + 0.5);
}

/* The status of lowering a job whose headphones are so many channels and frames long. */
static Status headphones_status(int channels, int64_t frames) {
    static const char text[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 1 s}\n"
                               "layers: {fx: {file: n.wav}}\n"
                               "deliverables: {a: {layout: binaural, headphone_eq: eq.wav}}\n";
    Bench bench;
    open_or_skip(&bench);
    double *samples = calloc((size_t)(channels * frames), sizeof *samples);
    samples[0] = 1.0;
    bench_write_noise(&bench, "n.wav", FLOAT_32, 1, 2 * RATE_HZ, 0.1);
    bench_write_wav(&bench, "eq.wav", FLOAT_32, channels, samples, frames);
    free(samples);
    const JobSource source = bench_source(&bench, text);
    JobSpec *job = NULL;
    bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
    const Status status = lower_job(job, NULL, bench.arena, &bench.mix, bench.errors);
    bench_close(&bench);
    return status;
}

static void headphones_have_two_channels_and_are_no_room(void **state) {
    (void)state;
    assert_int_equal(headphones_status(2, 100), DONE);
    assert_int_equal(headphones_status(3, 100), E415);
    assert_int_equal(headphones_status(1, 10 * RATE_HZ), DONE);
    assert_int_equal(headphones_status(1, 10 * RATE_HZ + 1), E424);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_lfe_is_heard_in_both_ears),
        cmocka_unit_test(pink_noise_in_front_is_as_loud_in_headphones_as_in_stereo),
        cmocka_unit_test(headphones_are_equalized_ear_by_ear),
        cmocka_unit_test(equalized_headphones_do_not_hear_the_cut),
        cmocka_unit_test(a_layer_without_a_head_is_its_stereo_fold),
        cmocka_unit_test(near_and_far_change_the_proportion_of_direct_sound_to_the_room),
        cmocka_unit_test(a_near_layer_is_nearer_to_the_ear),
        cmocka_unit_test(headphones_have_two_channels_and_are_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
