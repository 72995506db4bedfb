/* Film and nearfield beds: the same job in both, sample by sample. */
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, FRAMES = 2 * RATE_HZ, BED_CHANNELS = 6, LS = 4, RS = 5 };

static double noise_at(uint64_t *random) {
    *random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(int32_t)(*random >> 32U) / 2147483648.0;
}

/* Pink to a tenth of a dB by Kellet's poles: a sum of three one-pole filters. */
static void write_pink(Bench *bench, const char *name, int channels) {
    double *samples = calloc((size_t)FRAMES * (size_t)channels, sizeof *samples);
    uint64_t random = 5;
    double poles[BED_CHANNELS][3] = {{0}};
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        for (int channel = 0; channel < channels; channel++) {
            const double white = noise_at(&random);
            double *pole = poles[channel];
            pole[0] = 0.99765 * pole[0] + white * 0.0990460;
            pole[1] = 0.96300 * pole[1] + white * 0.2965164;
            pole[2] = 0.57000 * pole[2] + white * 1.0526913;
            samples[frame * channels + channel] =
                0.01 * (pole[0] + pole[1] + pole[2] + white * 0.1848);
        }
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, FRAMES);
    free(samples);
}

static const char form[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 2 s}\n"
    "rooms: {hall: {shoebox: {size: [6 m, 8 m, 3 m], t60: 400 ms}}}\n"
    "layers:\n"
    "  side: {file: pink.wav, stem: fx, pan: {az: 110 deg}}\n"
    "  front: {file: pink.wav, stem: mx, pan: {az: 10 deg}, send: {hall: -6 dB}, lfe: {send: -10 "
    "dB}}\n"
    "  bed: {file: bed.wav, stem: amb, layout: '5.1', reference: %s}\n"
    "deliverables:\n"
    "  near: {layout: 5.1, bits: 32f, stems: [fx, mx, amb]}\n"
    "  film: {layout: 5.1, bits: 32f, stems: [fx, mx, amb], reference: film}\n"
    "  high: {layout: 5.1.4, bits: 32f, stems: [fx, mx, amb]}\n"
    "  highfilm: {layout: 5.1.4, bits: 32f, stems: [fx, mx, amb], reference: film}\n"
    "  fold: {layout: 2.0, from: film, bits: 32f, stems: [fx, mx, amb]}\n"
    "  nearfold: {layout: 2.0, from: near, bits: 32f, stems: [fx, mx, amb]}\n";

enum { NEAR, FILM, HIGH, HIGH_FILM, FOLD, NEAR_FOLD };
enum { FX, MX, AMB };

static void render(Bench *bench, const char *bed_reference) {
    bench_open(bench);
    write_pink(bench, "pink.wav", 1);
    write_pink(bench, "bed.wav", BED_CHANNELS);
    bench_plan(bench, arena_format(bench->arena, form, bed_reference), 2);
    bench_run(bench, "a");
}

static const float *stem_of(Bench *bench, int deliverable, int stem, int64_t *value_count) {
    SoundInfo info;
    const float *samples = bench_read(bench, bench_output(bench, deliverable, stem, 0), &info);
    *value_count = info.frame_count * info.channel_count;
    return samples;
}

static double level_db(const float *samples, int channel) {
    double sum = 0.0;
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        const double sample = (double)samples[frame * BED_CHANNELS + channel];
        sum += sample * sample;
    }
    return 10 * log10(sum / FRAMES);
}

static bool is_equal(const float *one, const float *other, int channel) {
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        const int64_t value = frame * BED_CHANNELS + channel;
        if (one[value] != other[value]) {
            return false;
        }
    }
    return true;
}

static void film_has_each_surround_3_db_hotter_and_nothing_else_differs(void **state) {
    (void)state;
    Bench bench;
    render(&bench, "nearfield");
    for (int stem = FX; stem <= AMB; stem++) {
        int64_t count = 0;
        const float *near = stem_of(&bench, NEAR, stem, &count);
        const float *film = stem_of(&bench, FILM, stem, &count);
        for (int channel = 0; channel < BED_CHANNELS; channel++) {
            const bool is_surround = channel == LS || channel == RS;
            if (!is_surround) {
                assert_true(is_equal(near, film, channel));
            } else if (level_db(near, channel) > -100.0) {
                const double hotter_db = level_db(film, channel) - level_db(near, channel);
                assert_true(fabs(hotter_db - 3.0) < 0.001);
            }
        }
    }
    int64_t count = 0;
    const float *near = stem_of(&bench, NEAR, FX, &count);
    const float *film = stem_of(&bench, FILM, FX, &count);
    assert_true(level_db(near, LS) > -60.0); /* pink at 110 degrees is in Ls alone */
    assert_true(fabs(level_db(film, LS) - level_db(near, LS) - 3.0) < 0.05);
    bench_close(&bench);
}

static void layouts_with_heights_and_folds_of_film_have_no_offset(void **state) {
    (void)state;
    static const int pairs[][2] = {
        {HIGH,      HIGH_FILM},
        {NEAR_FOLD, FOLD     }
    };
    Bench bench;
    render(&bench, "nearfield");
    for (int pair = 0; pair < 2; pair++) {
        for (int stem = FX; stem <= AMB; stem++) {
            int64_t count = 0;
            const float *one = stem_of(&bench, pairs[pair][0], stem, &count);
            const float *other = stem_of(&bench, pairs[pair][1], stem, &count);
            assert_memory_equal(one, other, (size_t)count * sizeof *one);
        }
    }
    bench_close(&bench);
}

static void a_film_bed_goes_through_a_film_job_and_is_converted_for_nearfield(void **state) {
    (void)state;
    Bench bench;
    render(&bench, "film");
    SoundInfo info;
    int64_t count = 0;
    const float *input = bench_read(&bench, path_join(bench.arena, bench.folder, "bed.wav"), &info);
    const float *near = stem_of(&bench, NEAR, AMB, &count);
    const float *film = stem_of(&bench, FILM, AMB, &count);
    for (int channel = 0; channel < BED_CHANNELS; channel++) {
        const bool is_surround = channel == LS || channel == RS;
        const double near_db = level_db(near, channel) - level_db(input, channel);
        const double film_db = level_db(film, channel) - level_db(input, channel);
        assert_true(fabs(near_db - (is_surround ? -3.0 : 0.0)) < 0.03);
        assert_true(fabs(film_db) < 0.03); /* the end is faded */
    }
    bench_close(&bench);
}

static void harmonics_have_no_reference(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    double silence[400] = {0};
    bench_write_wav(&bench, "w.wav", PCM_24, 4, silence, 100);
    static const char text[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 1 s}\n"
                               "layers: {mx: {file: w.wav, layout: foa, reference: film}}\n"
                               "deliverables: {a: {layout: 5.1}}\n";
    const JobSource source = bench_source(&bench, text);
    JobSpec *job = NULL;
    bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
    assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors), E208);
    const ErrorEntry *entry = errors_first(bench.errors);
    assert_string_equal(entry->message, "`reference` is for loudspeaker channels, `mx` is foa");
    assert_int_equal(entry->place.line, 3);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(film_has_each_surround_3_db_hotter_and_nothing_else_differs),
        cmocka_unit_test(layouts_with_heights_and_folds_of_film_have_no_offset),
        cmocka_unit_test(harmonics_have_no_reference),
        cmocka_unit_test(a_film_bed_goes_through_a_film_job_and_is_converted_for_nearfield),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
