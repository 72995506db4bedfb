/* Ambisonic deliverables in N3D: every degree is sqrt(2n + 1) times that of AmbiX, and nothing else
 * differs. */
#include <jansson.h>
#include <math.h>

#include "tests/support/job_desk.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, FRAMES = RATE_HZ / 2 };

#define LAYERS                                                                                     \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 500 ms, tail: 0 s}\n"                                    \
    "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 300 ms}}}\n"                           \
    "layers:\n"                                                                                    \
    "  fx: {file: m.wav, send: {hall: -9 dB}, pan: {az: 70 deg, el: 25 deg}}\n"                    \
    "  mx: {file: m.wav, gain: -3 dB, pan: {az: -20 deg}}\n"

static void render(Bench *bench, const char *deliverables) {
    bench_open(bench);
    bench_write_noise(bench, "m.wav", PCM_24, 1, FRAMES, 0.1);
    bench_plan(bench, arena_format(bench->arena, LAYERS "deliverables:\n%s", deliverables), 1);
    bench_run(bench, "a");
}

/* sqrt(2n + 1) with n^2 <= acn, counted. */
static double expected_gain(int acn) {
    int degree = 0;
    while ((degree + 1) * (degree + 1) <= acn) {
        degree++;
    }
    return sqrt(2.0 * degree + 1.0);
}

static void every_degree_is_its_root_times_louder(void **state) {
    (void)state;
    enum { WIDTH = 64 };
    SoundInfo info;
    Bench bench;
    render(&bench, "  s: {layout: hoa7, bits: 32f, stems: [full, mx]}\n"
                   "  n: {layout: hoa7, bits: 32f, stems: [full, mx], normalisation: n3d}\n");
    for (int output = 0; output < 2; output++) {
        const float *sn3d = bench_read(&bench, bench_output(&bench, 0, output, 0), &info);
        const float *n3d = bench_read(&bench, bench_output(&bench, 1, output, 0), &info);
        double energy = 0.0;
        assert_int_equal(info.channel_count, WIDTH);
        for (int64_t value = 0; value < info.frame_count * WIDTH; value++) {
            const double expected = sn3d[value] * expected_gain((int)(value % WIDTH));
            assert_true(fabs(n3d[value] - expected) <= 2e-7);
            energy += value % WIDTH >= 49 ? expected * expected : 0.0;
        }
        assert_true(energy > 1.0);
    }
    bench_close(&bench);
}

static double loudness_of(Bench *bench, int deliverable) {
    json_error_t error;
    json_t *facts = json_loads(bench_facts(bench, deliverable), 0, &error);
    const json_t *full = json_array_get(json_object_get(facts, "outputs"), 0);
    const double lufs = json_number_value(json_object_get(full, "integrated_lufs"));
    json_decref(facts);
    return lufs;
}

/* The same rendering is measured, by MASTER for the target and by INSPECT in the file. */
static void both_are_brought_to_the_same_loudness(void **state) {
    (void)state;
    SoundInfo info;
    Bench bench;
    render(&bench,
           "  s: {layout: hoa2, bits: 32f, loudness: {target: -30 LKFS}}\n"
           "  n: {layout: hoa2, bits: 32f, loudness: {target: -30 LKFS}, normalisation: n3d}\n");
    assert_true(fabs(loudness_of(&bench, 0) + 30.0) < 0.02);
    assert_true(fabs(loudness_of(&bench, 1) + 30.0) < 0.02);
    const float *sn3d = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const float *n3d = bench_read(&bench, bench_output(&bench, 1, 0, 0), &info);
    for (int64_t frame = 0; frame < info.frame_count; frame++) {
        assert_true(fabs((double)n3d[frame * 9] - sn3d[frame * 9]) < 1e-6); /* W */
    }
    bench_close(&bench);
}

/* The limiter follows the written channels, which are hotter. */
static void the_ceiling_holds_for_what_is_written(void **state) {
    (void)state;
    SoundInfo info;
    Bench bench;
    render(&bench, "  n: {layout: hoa7, bits: 32f, normalisation: n3d,\n"
                   "      loudness: {target: -16 LKFS, tolerance: 20 LU, peak: -12 dBTP}}\n");
    const float *n3d = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    double peak = 0.0;
    for (int64_t value = 0; value < info.frame_count * info.channel_count; value++) {
        peak = fmax(peak, fabs((double)n3d[value]));
    }
    assert_true(peak <= pow(10.0, -12.0 / 20.0));
    assert_true(peak > pow(10.0, -15.0 / 20.0)); /* samples of noise lie below its true peak */
    bench_close(&bench);
}

static Key key_of(Bench *bench, const char *words, bool is_master) {
    bench_plan(bench,
               arena_format(bench->arena, LAYERS "deliverables: {n: {layout: hoa2%s}}\n", words),
               1);
    const int task = is_master ? bench->plan->master_tasks[0] : bench->plan->encode_tasks[0];
    return bench->plan->tasks[task].outputs[0];
}

static void the_keys_of_master_and_file_know_it(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "m.wav", PCM_24, 1, FRAMES, 0.1);
    for (int is_master = 0; is_master < 2; is_master++) {
        const Key bare = key_of(&bench, "", is_master);
        const Key sn3d = key_of(&bench, ", normalisation: sn3d", is_master);
        const Key n3d = key_of(&bench, ", normalisation: n3d", is_master);
        assert_memory_equal(&bare, &sn3d, sizeof bare);
        assert_memory_not_equal(&n3d, &sn3d, sizeof n3d);
    }
    bench_close(&bench);
}

static void what_is_not_ambisonic_has_no_normalisation(void **state) {
    Desk *desk = *state;
    static const struct {
        const char *words;
        Status status;
    } refusals[] = {
        {"layout: 5.1, normalisation: n3d",       E208},
        {"layout: binaural, normalisation: sn3d", E208},
        {"layout: foa, normalisation: fuma",      E205},
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        const char *body = arena_format(desk->arena,
                                        "layers: {dx: {file: a.wav}}\n"
                                        "deliverables:\n  x: {%s}\n",
                                        refusals[row].words);
        assert_int_equal(load_body(desk, body), refusals[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_int_equal(errors_first(desk->errors)->place.line, 5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_degree_is_its_root_times_louder),
        cmocka_unit_test(both_are_brought_to_the_same_loudness),
        cmocka_unit_test(the_ceiling_holds_for_what_is_written),
        cmocka_unit_test(the_keys_of_master_and_file_know_it),
        cmocka_unit_test_setup_teardown(what_is_not_ambisonic_has_no_normalisation, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
