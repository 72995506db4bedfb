/* Static gain and limiter of whole jobs, measured in the files by libebur128. */
#include <ebur128.h>
#include <jansson.h>
#include <math.h>

#include "spatial/decoder_matrix.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/layout_table.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, SECONDS = 6, FRAMES = SECONDS * RATE_HZ };

static double noise_at(uint64_t *random) {
    *random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(int32_t)(*random >> 32U) / 2147483648.0;
}

/* Noise at two levels with a burst of 20 ms every 300 ms. */
static void write_music(Bench *bench, const char *name, int channels) {
    double *samples = calloc((size_t)FRAMES * (size_t)channels, sizeof *samples);
    uint64_t random = 7;
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        const bool is_burst = frame % 14400 < 960;
        const double level = is_burst ? 0.9 : frame < FRAMES / 2 ? 0.12 : 0.07;
        for (int channel = 0; channel < channels; channel++) {
            samples[frame * channels + channel] = level * noise_at(&random);
        }
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, FRAMES);
    free(samples);
}

/* A tone of 300 ms from each second's begin on; silence between. */
static void write_speech(Bench *bench, const char *name) {
    double *samples = calloc(FRAMES, sizeof *samples);
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        const bool is_on = frame % RATE_HZ < RATE_HZ * 3 / 10;
        samples[frame] = is_on ? 0.9 * sin(0.11 * (double)(frame % RATE_HZ)) : 0.0;
    }
    bench_write_wav(bench, name, FLOAT_32, 1, samples, FRAMES);
    free(samples);
}

static void render(Bench *bench, const char *text, int span_blocks) {
    bench_open(bench);
    write_music(bench, "mx.wav", 2);
    write_speech(bench, "dx.wav");
    bench_plan(bench, text, span_blocks);
    bench_run(bench, "a");
}

typedef struct Reading {
    double integrated_lufs, true_peak_dbtp;
} Reading;

static Reading read_file(Bench *bench, int deliverable, int output, bool has_lfe) {
    SoundInfo info;
    const float *samples = bench_read(bench, bench_output(bench, deliverable, output, 0), &info);
    const unsigned channels = (unsigned)info.channel_count;
    ebur128_state *judge = ebur128_init(channels, RATE_HZ, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    for (unsigned channel = 0; has_lfe && channel < channels; channel++) {
        ebur128_set_channel(judge, channel,
                            channel == 3   ? EBUR128_UNUSED
                            : channel >= 4 ? EBUR128_LEFT_SURROUND
                                           : EBUR128_LEFT);
    }
    ebur128_add_frames_float(judge, samples, (size_t)info.frame_count);
    Reading reading = {0};
    ebur128_loudness_global(judge, &reading.integrated_lufs);
    double greatest = 0.0;
    for (unsigned channel = 0; channel < channels; channel++) {
        double peak = 0.0;
        ebur128_true_peak(judge, channel, &peak);
        greatest = fmax(greatest, peak);
    }
    ebur128_destroy(&judge);
    reading.true_peak_dbtp = 20 * log10(greatest);
    return reading;
}

static json_t *read_limiter(Bench *bench, int deliverable) {
    json_t *facts = json_loads(bench_facts(bench, deliverable), 0, NULL);
    json_t *limiter = json_incref(json_object_get(facts, "limiter"));
    json_decref(facts);
    assert_non_null(limiter);
    return limiter;
}

static double number_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static double by_others_db(const json_t *limiter, const char *stem) {
    size_t index = 0;
    const json_t *entry = NULL;
    json_array_foreach(json_object_get(limiter, "stems"), index, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "stem")), stem) == 0) {
            return number_of(entry, "by_others_db");
        }
    }
    fail_msg("no stem %s", stem);
    return 0.0;
}

/* Limiting takes loudness, the more the higher the target. */
static void the_limited_mix_meets_its_target_within_0_02_lu(void **state) {
    (void)state;
    static const int targets_lufs[] = {-23, -16, -12, -8};
    static const double least_db[] = {0.0, 0.5, 3.0, 6.0};
    for (int target = 0; target < 4; target++) {
        for (int has_lfe = 0; has_lfe < 2; has_lfe++) {
            Bench bench;
            char text[256];
            snprintf(text, sizeof text,
                     "nocturne: 1\n"
                     "project: {title: T, code: T, length: 6 s}\n"
                     "layers: {mx: {file: mx.wav}}\n"
                     "deliverables: {a: {layout: '%s', loudness: {target: %d LKFS}}}\n",
                     has_lfe ? "5.1" : "2.0", targets_lufs[target]);
            render(&bench, text, 3);
            const Reading reading = read_file(&bench, 0, 0, has_lfe);
            json_t *limiter = read_limiter(&bench, 0);
            const double reduction_db = number_of(limiter, "max_reduction_db");
            assert_true(target == 0 ? reduction_db == 0.0 : reduction_db > least_db[target]);
            assert_true(by_others_db(limiter, "mx") == 0.0); /* there are no others */
            assert_true(fabs(reading.integrated_lufs - targets_lufs[target]) <= 0.02);
            assert_true(reading.true_peak_dbtp <= -1.0);
            json_decref(limiter);
            bench_close(&bench);
        }
    }
}

static void the_gain_does_not_depend_on_how_the_timeline_is_cut(void **state) {
    (void)state;
    static const char text[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 6 s}\n"
                               "layers:\n"
                               "  mx: {file: mx.wav}\n"
                               "  dx: {file: dx.wav, gain: -6 dB, pan: front}\n"
                               "deliverables:\n"
                               "  a: {layout: 2.0, stems: [full], loudness: {target: -10 LKFS}}\n";
    const float *samples[2];
    Bench benches[2];
    SoundInfo info;
    for (int cut = 0; cut < 2; cut++) {
        render(&benches[cut], text, cut ? 16 : 1);
        samples[cut] = bench_read(&benches[cut], bench_output(&benches[cut], 0, 0, 0), &info);
    }
    assert_memory_equal(samples[0], samples[1], FRAMES * 2 * sizeof(float));
    bench_close(&benches[0]);
    bench_close(&benches[1]);
}

static const char linked_job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 6 s}\n"
    "stems: {dx: {role: dialogue}, mx: {role: music}}\n"
    "layers:\n"
    "  dx: {file: dx.wav, stem: dx, gain: +9 dB, pan: front}\n"
    "  mx: {file: mx.wav, stem: mx, gain: -20 dB}\n"
    "deliverables:\n"
    "  full: {layout: 2.0, bits: 32f, stems: [full, dx, mx]}\n"
    "  linked: {layout: 2.0, bits: 32f, stems: [me, mx]}\n"
    "  set: {layout: 2.0, bits: 32f, stems: [me, mx], loudness: {link: set}}\n";

/* The speech asks for all of it, the music suffers from it. */
static void each_stem_is_told_what_the_others_cost_it(void **state) {
    (void)state;
    Bench bench;
    render(&bench, linked_job, 2);
    json_t *limiter = read_limiter(&bench, 0);
    const double reduction_db = number_of(limiter, "max_reduction_db");
    assert_true(reduction_db > 4.0);
    assert_true(fabs(by_others_db(limiter, "mx") - reduction_db) < 0.05);
    assert_true(by_others_db(limiter, "dx") < 1.0);
    /* on for 300 ms of each second, and its release: e^(-t / 150 ms) of 4 dB and more */
    const double percent = number_of(limiter, "limited_percent");
    assert_true(percent > 30.0 && percent < 100.0);
    json_decref(limiter);
    bench_close(&bench);
}

static void a_set_of_its_own_is_not_limited_by_what_it_does_not_hold(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    render(&bench, linked_job, 2);
    const float *input = bench_read(&bench, path_join(bench.arena, bench.folder, "mx.wav"), &info);
    const float *linked = bench_read(&bench, bench_output(&bench, 1, 1, 0), &info);
    const float *me = bench_read(&bench, bench_output(&bench, 2, 0, 0), &info);
    const float *mx = bench_read(&bench, bench_output(&bench, 2, 1, 0), &info);
    const double gain = pow(10, -20.0 / 20.0);
    double lowest = 1.0;
    for (int64_t value = 0; value < (FRAMES - RATE_HZ / 50) * 2; value++) {
        assert_true(fabs((double)mx[value] - gain * (double)input[value]) < 1e-7);
        assert_true(me[value] == mx[value]);
        if (fabsf(mx[value]) > 0.005F) {
            lowest = fmin(lowest, (double)(linked[value] / mx[value]));
        }
    }
    assert_true(20 * log10(lowest) < -4.0);
    json_t *limiter = read_limiter(&bench, 2);
    assert_string_equal(json_string_value(json_object_get(limiter, "link")), "set");
    assert_true(number_of(limiter, "max_reduction_db") == 0.0);
    json_decref(limiter);
    bench_close(&bench);
}

static json_t *read_full(Bench *bench, int deliverable) {
    json_t *facts = json_loads(bench_facts(bench, deliverable), 0, NULL);
    json_t *full = json_incref(json_array_get(json_object_get(facts, "outputs"), 0));
    json_decref(facts);
    assert_non_null(full);
    return full;
}

/* The speech is on for the first 300 ms of each second: libebur128 hears just those. */
static double speech_lufs(Bench *bench, int deliverable) {
    SoundInfo info;
    const float *samples = bench_read(bench, bench_output(bench, deliverable, 0, 0), &info);
    ebur128_state *judge = ebur128_init(2, RATE_HZ, EBUR128_MODE_I);
    ebur128_add_frames_float(judge, samples, 4 * RATE_HZ);
    double level_lufs = 0.0;
    ebur128_loudness_global(judge, &level_lufs);
    ebur128_destroy(&judge);
    return level_lufs;
}

/* Speech in the first 4 s of 6, so that the loud end counts for the programme alone. */
static const char gated_job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 6 s}\n"
    "layers:\n"
    "  dx: {file: talk.wav, stem: dx, pan: front}\n"
    "  mx: {file: mx.wav, stem: mx, gain: -30 dB}\n"
    "  end: {file: mx.wav, stem: mx, gain: +9 dB, at: 4.5 s}\n"
    "deliverables:\n"
    "  a: {layout: 2.0, loudness: {target: -27 LKFS, gate: dialogue}}\n"
    "  b: {layout: 2.0, loudness: {target: -27 LKFS}}\n"
    "  c: {layout: 2.0, loudness: {target: -12 LKFS, gate: dialogue}}\n"
    "  d: {layout: 2.0, loudness: {target: -27 LKFS, gate: dialogue, fallback: -24 LKFS,\n"
    "                              fallback_below: 80 %}}\n"
    "  e: {layout: 2.0, loudness: {target: -27 LKFS, gate: dialogue, fallback: -24 LKFS,\n"
    "                              fallback_below: 60 %}}\n";

static void render_talk(Bench *bench) {
    bench_open(bench);
    write_music(bench, "mx.wav", 2);
    double *samples = calloc(4 * RATE_HZ, sizeof *samples);
    for (int sample = 0; sample < 4 * RATE_HZ; sample++) {
        samples[sample] = 0.2 * sin(2 * 3.14159265358979 * 500 * sample / RATE_HZ);
    }
    bench_write_wav(bench, "talk.wav", FLOAT_32, 1, samples, 4 * RATE_HZ);
    free(samples);
    bench_plan(bench, gated_job, 2);
    bench_run(bench, "a");
}

static void the_dialogue_gate_measures_the_mix_where_the_stem_speaks(void **state) {
    (void)state;
    Bench bench;
    render_talk(&bench);
    static const double targets_lufs[] = {-27.0, 0.0, -12.0};
    for (int deliverable = 0; deliverable < 3; deliverable++) {
        json_t *full = read_full(&bench, deliverable);
        const json_t *dialogue = json_object_get(full, "dialogue");
        const double level_lufs = number_of(dialogue, "loudness_lufs");
        const double integrated_lufs = number_of(full, "integrated_lufs");
        assert_string_equal(json_string_value(json_object_get(dialogue, "anchor")), "stem");
        assert_true(fabs(number_of(dialogue, "ldr_lu") - (integrated_lufs - level_lufs)) < 1e-9);
        /* 41 of 57 blocks begin before 4 s + 10 ms less 400 ms and a bit */
        assert_true(fabs(number_of(dialogue, "speech_percent") - 100.0 * 40 / 57) < 2.0);
        assert_true(fabs(speech_lufs(&bench, deliverable) - level_lufs) < 0.3);
        if (deliverable != 1) {
            assert_true(fabs(level_lufs - targets_lufs[deliverable]) <= 0.02);
            assert_int_equal(number_of(dialogue, "dialnorm"), -targets_lufs[deliverable]);
            assert_true(integrated_lufs > level_lufs + 1.0);
        } else {
            assert_true(fabs(integrated_lufs + 27.0) <= 0.02);
        }
        json_decref(full);
    }
    bench_close(&bench);
}

/* 70 % of the blocks hold speech: too little for `d`, enough for `e`. */
static void too_little_dialogue_gives_the_target_of_the_programme(void **state) {
    (void)state;
    Bench bench;
    render_talk(&bench);
    for (int deliverable = 3; deliverable < 5; deliverable++) {
        const bool is_fallback = deliverable == 3;
        json_t *full = read_full(&bench, deliverable);
        const json_t *dialogue = json_object_get(full, "dialogue");
        assert_int_equal(json_is_true(json_object_get(dialogue, "is_fallback")), is_fallback);
        const double level_lufs =
            is_fallback ? number_of(full, "integrated_lufs") : number_of(dialogue, "loudness_lufs");
        assert_true(fabs(level_lufs - (is_fallback ? -24.0 : -27.0)) <= 0.02);
        json_decref(full);
    }
    bench_close(&bench);
}

/* An object in the rear loudspeaker of a 7.1.2 bed, at 135 degrees, is heard in the surround
 * of 5.1, at 110 degrees, which BS.1770 weighs by 1.41. */
static void objects_are_measured_on_the_loudspeakers_that_are_asked_for(void **state) {
    (void)state;
    Bench bench;
    render(
        &bench,
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 6 s}\n"
        "layers: {dx: {file: dx.wav, pan: {az: 135 deg}, gain: -12 dB}}\n"
        "deliverables:\n"
        "  own: {layout: adm, beds: 7.1.2, objects: id=dx, loudness: {report_only: yes}}\n"
        "  ring: {layout: adm, beds: 7.1.2, objects: id=dx, loudness: {on: 5.1, report_only: "
        "yes}}\n"
        "  made: {layout: adm, beds: 7.1.2, objects: id=dx, loudness: {on: 5.1, target: -20 "
        "LKFS}}\n"
        "  fold: {layout: 5.1, from: bed, fold: bs2127, overrides: {note: n, stems: {dx: -3 dB}}}\n"
        "  bed: {layout: 7.1.2}\n",
        2);
    json_t *own = read_full(&bench, 0);
    json_t *ring = read_full(&bench, 1);
    json_t *made = read_full(&bench, 2);
    assert_string_equal(json_string_value(json_object_get(own, "rendered_to")), "7.1.2");
    assert_null(json_object_get(own, "fold"));
    assert_string_equal(json_string_value(json_object_get(ring, "rendered_to")), "5.1");
    assert_string_equal(json_string_value(json_object_get(ring, "fold")), "bs2127 DirectSpeakers");
    const double rise_lu = number_of(ring, "integrated_lufs") - number_of(own, "integrated_lufs");
    assert_true(fabs(rise_lu - 10.0 * log10(1.41)) < 0.01);
    assert_true(fabs(number_of(made, "integrated_lufs") + 20.0) <= 0.02);
    json_decref(own);
    json_decref(ring);
    json_decref(made);
    bench_close(&bench);
}

/* A plane wave of order 3 from the front, decoded, against a loudspeaker in front. */
static double wave_from_the_front_lu(const Bench *bench, const char *name) {
    const Layout *layout = layout_find(name);
    double wave[16];
    double matrix[12 * 16];
    double power = 0.0;
    encode_ambisonics((Position){.distance_m = 1.0}, 3, HARMONIC_SN3D, wave);
    assert_int_equal(decoder_matrix(layout, 3, DECODER_BS2127, bench->arena, matrix, bench->errors),
                     DONE);
    for (int channel = 0; channel < layout->channel_count; channel++) {
        double gain = 0.0;
        for (int harmonic = 0; harmonic < 16; harmonic++) {
            gain += matrix[channel * 16 + harmonic] * wave[harmonic];
        }
        power += layout->channels[channel].loudness_weight * gain * gain;
    }
    return 10.0 * log10(power);
}

/* A plane wave from the front at order 3 through the decoder of BS.2127 has the power of the wave:
 * the figure is that of a loudspeaker in front within the decoder's 1.5 dB. */
static void harmonics_are_measured_on_a_rendering_that_is_named(void **state) {
    (void)state;
    Bench bench;
    render(&bench,
           "nocturne: 1\n"
           "project: {title: T, code: T, length: 6 s}\n"
           "layers: {dx: {file: dx.wav, pan: front, gain: -12 dB}}\n"
           "deliverables:\n"
           "  hoa: {layout: hoa3}\n"
           "  bed: {layout: 7.1.4}\n"
           "  loud: {layout: hoa3, loudness: {target: -20 LKFS}}\n"
           "  ring: {layout: hoa3, loudness: {on: 5.1}}\n",
           2);
    json_t *hoa = read_full(&bench, 0);
    json_t *bed = read_full(&bench, 1);
    json_t *loud = read_full(&bench, 2);
    json_t *ring = read_full(&bench, 3);
    assert_string_equal(json_string_value(json_object_get(ring, "rendered_to")), "5.1");
    const double rise_lu = number_of(ring, "integrated_lufs") - number_of(bed, "integrated_lufs");
    assert_true(fabs(rise_lu - wave_from_the_front_lu(&bench, "5.1")) < 0.01);
    assert_string_equal(json_string_value(json_object_get(hoa, "rendered_to")), "7.1.4");
    assert_string_equal(json_string_value(json_object_get(hoa, "renderer")), "bs2127 decoder");
    assert_null(json_object_get(bed, "rendered_to"));
    assert_true(fabs(number_of(hoa, "integrated_lufs") - number_of(bed, "integrated_lufs")) < 1.5);
    assert_true(fabs(number_of(loud, "integrated_lufs") + 20.0) <= 0.02);
    /* peaks are those of the file: W of a plane wave is the wave itself */
    assert_true(fabs(number_of(hoa, "sample_peak_dbfs") - (20 * log10(0.9) - 12)) < 0.01);
    json_decref(hoa);
    json_decref(bed);
    json_decref(loud);
    json_decref(ring);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limited_mix_meets_its_target_within_0_02_lu),
        cmocka_unit_test(the_gain_does_not_depend_on_how_the_timeline_is_cut),
        cmocka_unit_test(each_stem_is_told_what_the_others_cost_it),
        cmocka_unit_test(too_little_dialogue_gives_the_target_of_the_programme),
        cmocka_unit_test(the_dialogue_gate_measures_the_mix_where_the_stem_speaks),
        cmocka_unit_test(harmonics_are_measured_on_a_rendering_that_is_named),
        cmocka_unit_test(objects_are_measured_on_the_loudspeakers_that_are_asked_for),
        cmocka_unit_test(a_set_of_its_own_is_not_limited_by_what_it_does_not_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
