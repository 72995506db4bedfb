/* The ways a job is brought to a head: by its own responses, by loudspeakers, by least squares. */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "spatial/binaural_magls.h"
#include "spatial/decode_ambisonics.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, EARS = 2, PULSE = 20000, FRAMES = 48000 };
static const char *const default_sofa = "/usr/share/libmysofa/default.sofa";
static const char *const project = "nocturne: 1\n"
                                   "project: {title: T, code: T, length: 1 s}\n";

static void open_or_skip(Bench *bench) {
    if (access(default_sofa, R_OK) != 0) {
        print_message("skipped: no %s\n", default_sofa);
        skip();
    }
    bench_open(bench);
}

/* Half of full scale in one channel, once. */
static void write_pulse(Bench *bench, const char *name, int channels, int channel, int frame) {
    double *samples = calloc((size_t)(FRAMES * channels), sizeof *samples);
    samples[frame * channels + channel] = 0.5;
    bench_write_wav(bench, name, FLOAT_32, channels, samples, FRAMES);
    free(samples);
}

static void render(Bench *bench, const char *rest) {
    bench_plan(bench, arena_format(bench->arena, "%s%s", project, rest), 1);
    bench_run(bench, "a");
}

static const float *heard_in(Bench *bench, int deliverable) {
    SoundInfo info;
    const float *samples = bench_read(bench, bench_output(bench, deliverable, 0, 0), &info);
    assert_int_equal(info.channel_count, EARS);
    assert_int_equal(info.frame_count, FRAMES);
    return samples;
}

/* Largest difference beside the largest sample, in dB. */
static double difference_db(const float *a, const float *b) {
    double difference = 0.0;
    double peak = 0.0;
    for (int sample = 0; sample < EARS * FRAMES; ++sample) {
        difference = fmax(difference, fabs((double)a[sample] - (double)b[sample]));
        peak = fmax(peak, fabs((double)a[sample]));
    }
    return 20.0 * log10((difference + 1e-12) / (peak + 1e-12));
}

static const char *const four_heads =
    "deliverables:\n"
    "  a: {layout: binaural, bits: 32f}\n"
    "  b: {layout: binaural, bits: 32f, hrtf: magls}\n"
    "  c: {layout: binaural, bits: 32f, hrtf: speakers}\n"
    "  d: {layout: binaural, bits: 32f, hrtf: speakers, speakers: 5.1}\n";

static void ambisonic_layers_sound_different_in_every_way(void **state) {
    (void)state;
    const float *heard[4];
    Bench bench;
    open_or_skip(&bench);
    write_pulse(&bench, "f.wav", 4, 3, PULSE);
    render(&bench,
           arena_format(bench.arena, "layers: {fx: {file: f.wav, layout: foa}}\n%s", four_heads));
    assert_int_equal(bench.mix->bus_count, 4);
    for (int way = 0; way < 4; ++way) {
        heard[way] = heard_in(&bench, way);
        for (int other = 0; other < way; ++other) {
            assert_true(difference_db(heard[way], heard[other]) > -30.0);
        }
    }
    bench_close(&bench);
}

static void a_place_is_the_same_by_magls_and_a_loudspeaker_where_one_stands(void **state) {
    (void)state;
    Bench bench;
    open_or_skip(&bench);
    write_pulse(&bench, "f.wav", 1, 0, PULSE);
    render(&bench, arena_format(bench.arena, "layers: {fx: {file: f.wav, pan: {az: 110 deg}}}\n%s",
                                four_heads));
    assert_memory_equal(heard_in(&bench, 0), heard_in(&bench, 1), EARS * FRAMES * sizeof(float));
    assert_true(difference_db(heard_in(&bench, 0), heard_in(&bench, 2)) > -20.0);
    assert_true(difference_db(heard_in(&bench, 0), heard_in(&bench, 3)) < -110.0);
    bench_close(&bench);
}

/* rows: [4][EARS][taps] of first order. */
static float *magls_rows(Bench *bench, int *taps) {
    static const MixFile file = {.path = "default.sofa",
                                 .real_path = "/usr/share/libmysofa/default.sofa"};
    const HeadFile head = {.file = &file};
    void *self = NULL;
    bench_must(bench, binaural_magls.create(bench->mix->buses[0].layout, RATE_HZ, &head,
                                            bench->arena, &self, bench->errors));
    *taps = binaural_magls.tap_count(self);
    float *rows = arena_array(bench->arena, (size_t)4 * EARS * (size_t)*taps, sizeof *rows);
    const DecoderShape shape = {1, EARS, *taps};
    bench_must(bench,
               decoder_responses(&binaural_magls, self, &shape, bench->arena, rows, bench->errors));
    return rows;
}

static void expect_row(const float *heard, const float *row, int taps) {
    for (int tap = -50; tap < taps + 50; ++tap) {
        for (int ear = 0; ear < EARS; ++ear) {
            const double wanted =
                tap >= 0 && tap < taps ? 0.5 * (double)row[ear * taps + tap] : 0.0;
            assert_true(fabs((double)heard[EARS * (PULSE + tap) + ear] - wanted) < 3e-7);
        }
    }
}

static void layers_and_rooms_go_through_the_decoder(void **state) {
    (void)state;
    static const char layer[] = "layers: {fx: {file: f.wav, layout: foa}}\n"
                                "deliverables: {a: {layout: binaural, bits: 32f, hrtf: magls}}\n";
    static const char room[] =
        "rooms: {hall: {ir: ir.wav, layout: foa, normalise: no}}\n"
        "layers: {fx: {file: m.wav, send: {hall: 0 dB}}}\n"
        "deliverables: {a: {layout: binaural, bits: 32f, hrtf: magls, stems: [fx.wet]}}\n";
    Bench bench;
    int taps = 0;
    open_or_skip(&bench);
    write_pulse(&bench, "f.wav", 4, 1, PULSE);
    render(&bench, layer);
    const float *rows = magls_rows(&bench, &taps);
    expect_row(heard_in(&bench, 0), rows + (size_t)1 * EARS * (size_t)taps, taps);
    write_pulse(&bench, "m.wav", 1, 0, PULSE);
    const double response[4] = {1.0, 0.0, 0.0, 0.0};
    bench_write_wav(&bench, "ir.wav", FLOAT_32, 4, response, 1);
    render(&bench, room);
    expect_row(heard_in(&bench, 0), rows, taps);
    bench_close(&bench);
}

static void copy_file(Bench *bench, const char *from, const char *to) {
    const char *command = arena_format(bench->arena, "cp %s %s", from, to);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
}

/* The file's bytes become nonsense, its size and time stay. */
static void destroy_secretly(const char *path) {
    enum { BLOCK_BYTES = 4096 };
    static const char nonsense[BLOCK_BYTES] = "not a SOFA file";
    struct stat before;
    assert_int_equal(stat(path, &before), 0);
    const int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    for (off_t at = 0; at + BLOCK_BYTES < before.st_size; at += BLOCK_BYTES) {
        assert_int_equal(pwrite(file, nonsense, BLOCK_BYTES, at), BLOCK_BYTES);
    }
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(futimens(file, times), 0);
    close(file);
}

/* What is new in the second job are its gains: rooms, layers and decoders find their ears in the
 * store. */
static void a_warm_render_reads_no_sofa_file(void **state) {
    (void)state;
    static const char job[] = "rooms:\n"
                              "  a: {ir: ir.wav, gain: %d dB}\n"
                              "  b: {ir: ir4.wav, layout: foa, gain: %d dB}\n"
                              "  c: {shoebox: {size: [6 m, 8 m, 3 m], t60: 0.3 s}, gain: %d dB}\n"
                              "layers:\n"
                              "  fx: {file: m.wav, send: {a: 0 dB, b: 0 dB, c: 0 dB}}\n"
                              "  wind: {file: f.wav, layout: foa, stem: fx}\n"
                              "deliverables:\n"
                              "  a: {layout: binaural, sofa: ears.sofa}\n"
                              "  b: {layout: binaural, sofa: ears.sofa, hrtf: magls}\n"
                              "  c: {layout: binaural, sofa: ears.sofa, hrtf: speakers}\n";
    Bench bench;
    open_or_skip(&bench);
    const char *sofa = path_join(bench.arena, bench.folder, "ears.sofa");
    copy_file(&bench, default_sofa, sofa);
    write_pulse(&bench, "m.wav", 1, 0, PULSE);
    write_pulse(&bench, "f.wav", 4, 0, PULSE);
    write_pulse(&bench, "ir.wav", 1, 0, 0);
    write_pulse(&bench, "ir4.wav", 4, 0, 0);
    render(&bench, arena_format(bench.arena, job, -3, -3, -3));
    bench_plan(
        &bench,
        arena_format(bench.arena, "%s%s", project, arena_format(bench.arena, job, -6, -6, -6)), 1);
    destroy_secretly(sofa);
    bench_run(&bench, "a");
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ambisonic_layers_sound_different_in_every_way),
        cmocka_unit_test(a_place_is_the_same_by_magls_and_a_loudspeaker_where_one_stands),
        cmocka_unit_test(layers_and_rooms_go_through_the_decoder),
        cmocka_unit_test(a_warm_render_reads_no_sofa_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
