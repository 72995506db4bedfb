/* Ambisonic layers and deliverables from a job's text to its files. */
#include <math.h>

#include "spatial/harmonics.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000 };

/* Channels before `first` are silent. */
static void write_noise(Bench *bench, const char *name, int channels, int first, int64_t frames) {
    double *samples = calloc((size_t)(frames * channels), sizeof *samples);
    for (int64_t value = 0; value < frames * channels; value++) {
        const bool sounds = value % channels >= first;
        samples[value] = sounds ? 0.1 * noise_at((uint64_t)value + (uint64_t)name[0]) : 0.0;
    }
    bench_write_wav(bench, name, PCM_24, channels, samples, frames);
    free(samples);
}

static void any_cut_of_the_timeline_gives_the_same_ambisonic_files(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 3 s, tail: 500 ms}\n"
        "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 500 ms}}}\n"
        "layers:\n"
        "  amb: {file: h.wav, layout: hoa2, at: 0.3 s, pan: {az: 30 deg}, send: {hall: -6 dB}}\n"
        "  fx: {file: m.wav, send: {hall: -9 dB}, path: {points: "
        "[[0 s, {az: 110 deg}], [2 s, {az: -40 deg, el: 30 deg, spread: 70 deg}]]}}\n"
        "deliverables:\n"
        "  a: {layout: foa, bits: 24, stems: [full, amb, fx]}\n"
        "  b: {layout: hoa3, bits: 32f}\n"
        "  c: {layout: 7.1.4, bits: 24}\n"
        "  d: {layout: binaural, bits: 32f, sofa: sys:default.sofa}\n";
    static const int spans[] = {1, 2, 16};
    enum { DELIVERABLES = 4, OUTPUTS = 3 };
    Sha256Text reference[DELIVERABLES][OUTPUTS];
    for (size_t cut = 0; cut < sizeof spans / sizeof *spans; cut++) {
        Bench bench;
        bench_open(&bench);
        bench_write_noise(&bench, "h.wav", PCM_24, 9, 2 * RATE_HZ, 0.1);
        bench_write_noise(&bench, "m.wav", PCM_24, 1, 2 * RATE_HZ, 0.1);
        bench_plan(&bench, job, spans[cut]);
        bench_run(&bench, "a");
        for (int deliverable = 0; deliverable < DELIVERABLES; deliverable++) {
            const MixDeliverable *made = &bench.mix->deliverables[deliverable];
            for (int output = 0; output < made->output_count; output++) {
                Sha256Text sha256;
                const char *path = bench_output(&bench, deliverable, output, 0);
                bench_must(&bench, file_sha256(path, NO_PLACE, sha256, bench.errors));
                if (cut == 0) {
                    memcpy(reference[deliverable][output], sha256, sizeof sha256);
                }
                assert_string_equal(sha256, reference[deliverable][output]);
            }
        }
        bench_close(&bench);
    }
}

static void a_layer_passes_bit_equal_where_the_orders_meet(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
                              "layers: {amb: {file: h.wav, layout: hoa2}}\n"
                              "deliverables:\n"
                              "  a: {layout: hoa2, bits: 24}\n"
                              "  b: {layout: foa, bits: 24}\n"
                              "  c: {layout: hoa3, bits: 24}\n";
    static const int widths[] = {9, 4, 16};
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "h.wav", PCM_24, 9, RATE_HZ, 0.1);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *in = bench_read(&bench, path_join(bench.arena, bench.folder, "h.wav"), &info);
    for (int deliverable = 0; deliverable < 3; deliverable++) {
        const int width = widths[deliverable];
        const float *out = bench_read(&bench, bench_output(&bench, deliverable, 0, 0), &info);
        assert_int_equal(info.channel_count, width);
        assert_int_equal(info.frame_count, 2 * RATE_HZ);
        for (int64_t value = 0; value < (int64_t)RATE_HZ * width; value++) {
            const int acn = (int)(value % width);
            assert_true(out[value] == (acn < 9 ? in[value / width * 9 + acn] : 0.0F));
        }
    }
    bench_close(&bench);
}

static void a_mono_layer_is_encoded_at_its_place(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
                              "layers: {fx: {file: m.wav, pan: {az: -70 deg, el: 25 deg}}}\n"
                              "deliverables: {a: {layout: hoa7, bits: 32f}}\n";
    enum { WIDTH = 64 };
    Bench bench;
    double values[WIDTH];
    bench_open(&bench);
    bench_write_noise(&bench, "m.wav", PCM_24, 1, RATE_HZ, 0.1);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    SoundInfo info;
    const float *in = bench_read(&bench, path_join(bench.arena, bench.folder, "m.wav"), &info);
    const float *out = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    harmonics_at(direction_of(-70.0, 25.0), 7, values);
    for (int64_t value = 0; value < (int64_t)RATE_HZ * WIDTH; value++) {
        const double expected = in[value / WIDTH] * values[value % WIDTH];
        assert_true(fabs(out[value] - expected) < 1e-7);
    }
    bench_close(&bench);
}

/* A room hears the layer's W, and nothing else of it. */
static void rooms_take_the_omnidirectional_channel(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
        "rooms: {hall: {shoebox: {size: [12 m, 20 m, 8 m], t60: 1 s}}}\n"
        "layers:\n"
        "  amb: {file: silent.wav, layout: foa, send: {hall: 0}}\n"
        "  fx: {file: whole.wav, layout: foa, send: {hall: 0}}\n"
        "deliverables: {a: {layout: foa, bits: 32f, stems: [full, amb, fx]}}\n";
    Bench bench;
    bench_open(&bench);
    write_noise(&bench, "silent.wav", 4, 1, RATE_HZ);
    bench_write_noise(&bench, "whole.wav", PCM_24, 4, RATE_HZ, 0.1);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    for (int output = 1; output <= 2; output++) {
        SoundInfo info;
        const float *out = bench_read(&bench, bench_output(&bench, 0, output, 0), &info);
        double energy = 0.0;
        for (int64_t value = 4 * RATE_HZ; value < info.frame_count * 4; value++) {
            energy += (double)out[value] * out[value];
        }
        assert_true(output == 1 ? energy == 0.0 : energy > 1e-3);
    }
    bench_close(&bench);
}

static Key key_of_job(const char *pan, const char *layout) {
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "h.wav", PCM_24, 4, RATE_HZ, 0.1);
    const char *job = arena_format(bench.arena,
                                   "nocturne: 1\n"
                                   "project: {title: T, code: T, length: 1 s}\n"
                                   "layers: {amb: {file: h.wav, layout: %s, pan: {az: %s}}}\n"
                                   "deliverables: {a: {layout: 5.1}}\n",
                                   layout, pan);
    bench_plan(&bench, job, 16);
    const Key key = bench.plan->tasks[bench.plan->spatialize_tasks[0]].outputs[0];
    bench_close(&bench);
    return key;
}

static bool keys_are_equal(Key a, Key b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

static void keys_follow_what_the_channels_mean_and_how_the_scene_is_turned(void **state) {
    (void)state;
    const Key key = key_of_job("20 deg", "foa");
    assert_true(keys_are_equal(key, key_of_job("20 deg", "foa")));
    assert_false(keys_are_equal(key, key_of_job("21 deg", "foa")));
    assert_false(keys_are_equal(key, key_of_job("20 deg", "4.0")));
}

static void files_carry_no_loudspeaker_mask(void **state) {
    (void)state;
    static const char job[] = "nocturne: 1\n"
                              "project: {title: T, code: T, length: 1 s}\n"
                              "layers: {amb: {file: h.wav, layout: foa}}\n"
                              "deliverables: {a: {layout: foa, bits: 24}}\n";
    Bench bench;
    unsigned char head[4096];
    bench_open(&bench);
    bench_write_noise(&bench, "h.wav", PCM_24, 4, RATE_HZ, 0.1);
    bench_plan(&bench, job, 16);
    bench_run(&bench, "a");
    FILE *file = fopen(bench_output(&bench, 0, 0, 0), "rb");
    assert_non_null(file);
    const size_t got = fread(head, 1, sizeof head, file);
    fclose(file);
    size_t at = 12;
    while (at + 32 < got && memcmp(&head[at], "fmt ", 4) != 0) {
        at += 8 + (head[at + 4] | (size_t)head[at + 5] << 8 | (size_t)head[at + 6] << 16);
    }
    assert_memory_equal(&head[at], "fmt ", 4);
    assert_int_equal(head[at + 8] | head[at + 9] << 8, 0xFFFE); /* WAVE_FORMAT_EXTENSIBLE */
    assert_int_equal(head[at + 10], 4);
    assert_memory_equal(&head[at + 28], "\0\0\0\0", 4); /* dwChannelMask */
    bench_close(&bench);
}

static void paths_and_ears_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *layer;
        Status status;
        int channels;
    } cases[] = {
        {"layout: foa, path: {points: [[0 s, {az: 1 deg}], [1 s, {az: 9 deg}]]}", E208, 4},
        {"layout: foa",                                                           E415, 9},
        {"layout: binaural",                                                      E208, 2}, /* foa is no head */
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        Bench bench;
        bench_open(&bench);
        bench_write_noise(&bench, "h.wav", PCM_24, cases[index].channels, RATE_HZ, 0.1);
        const char *text = arena_format(bench.arena,
                                        "nocturne: 1\n"
                                        "project: {title: T, code: T, length: 1 s}\n"
                                        "layers: {amb: {file: h.wav, %s}}\n"
                                        "deliverables: {a: {layout: foa}}\n",
                                        cases[index].layer);
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors),
                         cases[index].status);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut_of_the_timeline_gives_the_same_ambisonic_files),
        cmocka_unit_test(a_layer_passes_bit_equal_where_the_orders_meet),
        cmocka_unit_test(a_mono_layer_is_encoded_at_its_place),
        cmocka_unit_test(rooms_take_the_omnidirectional_channel),
        cmocka_unit_test(keys_follow_what_the_channels_mean_and_how_the_scene_is_turned),
        cmocka_unit_test(files_carry_no_loudspeaker_mask),
        cmocka_unit_test(paths_and_ears_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
