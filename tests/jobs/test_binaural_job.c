/* Headphones from a job's text to the file: the LFE, and the loudness beside two loudspeakers. */
#include <complex.h>
#include <math.h>

#include "render/dsp/meter.h"
#include "tests/support/render_job.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_lfe_is_heard_in_both_ears),
        cmocka_unit_test(pink_noise_in_front_is_as_loud_in_headphones_as_in_stereo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
