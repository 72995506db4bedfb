/* Clicks that were placed in bars, heard where the closed form of the tempo map puts them. */
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, CLICKS = 5 };

/* 16 quarters from 96 to 144 bpm, linear in quarters: so many of them last this long. */
static double ramp_s(double quarters) {
    const double bpm = 96.0 + 48.0 * quarters / 16.0;
    return 60.0 * quarters * log(bpm / 96.0) / (bpm - 96.0);
}

static void render_clicks(const char *cue_bpm, int64_t clicks[CLICKS]) {
    Bench bench;
    bench_open(&bench);
    double click[480] = {0.5};
    bench_write_wav(&bench, "click.wav", FLOAT_32, 1, click, 480);
    bench_plan(&bench,
               arena_format(bench.arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: 20 s, frame_rate: 23.976}\n"
                            "tempo:\n"
                            "  - {at: 1|1, bpm: 96, meter: 4/4, zero: 00:00:01:00}\n"
                            "  - {at: 5|1, bpm: 144, curve: linear}\n"
                            "  - {at: 7|1, bpm: 66, meter: 6/8}\n"
                            "markers: {door: 7|4}\n"
                            "cues: {1m1: {in: door + 1 s, out: 20 s,\n"
                            "             tempo: [{at: 1|1, bpm: %s}]}}\n"
                            "layers:\n"
                            "  a: {file: click.wav, stem: fx, at: 0|4}\n"
                            "  b: {file: click.wav, stem: fx, at: 3|2|480}\n"
                            "  c: {file: click.wav, stem: fx, at: 5|1}\n"
                            "  d: {file: click.wav, stem: fx, at: door}\n"
                            "  e: {file: click.wav, stem: fx, cue: 1m1, at: 2|3}\n"
                            "deliverables: {d: {layout: 1.0, bits: 32f}}\n",
                            cue_bpm),
               8);
    bench_run(&bench, "bars");
    SoundInfo info;
    const float *samples = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    int count = 0;
    for (int64_t sample = 0; sample < info.frame_count; sample++) {
        if (fabsf(samples[sample]) > 0.1F) {
            assert_in_range(count, 0, CLICKS - 1);
            clicks[count++] = sample;
        }
    }
    assert_int_equal(count, CLICKS);
    bench_close(&bench);
}

static void clicks_sound_at_the_samples_of_their_bars(void **state) {
    (void)state;
    int64_t clicks[CLICKS];
    int64_t moved[CLICKS];
    render_clicks("100", clicks);
    const double zero_s = 1.001; /* 24 frames of 23.976 fps */
    const double door_s = zero_s + ramp_s(16.0) + 8.0 * 60.0 / 144.0 + 1.5 * 60.0 / 66.0;
    const double expected_s[CLICKS] = {zero_s - 60.0 / 96.0, zero_s + ramp_s(9.5),
                                       zero_s + ramp_s(16.0), door_s, door_s + 1.0 + 3.6};
    for (int click = 0; click < CLICKS; click++) {
        assert_int_equal(clicks[click], llrint(expected_s[click] * RATE_HZ));
    }
    /* another tempo of the cue moves what counts in it, and nothing else */
    render_clicks("101", moved);
    assert_memory_equal(moved, clicks, sizeof clicks - sizeof *clicks);
    assert_int_equal(moved[CLICKS - 1], llrint((door_s + 1.0 + 6 * 60.0 / 101.0) * RATE_HZ));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clicks_sound_at_the_samples_of_their_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
