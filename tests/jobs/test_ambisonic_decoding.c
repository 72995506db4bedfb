/* Ambisonic layers decoded and turned from a job's words, against plane waves. */
#include <math.h>

#include "spatial/decoder_matrix.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"
#include "spatial/max_re.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, LENGTH = RATE_HZ, ORDER = 3, HARMONICS = 16, SPEAKERS = 12 };

static const double level = 0.1;

typedef struct Wave { /* a plane wave of one tone; 0 Hz: a constant */
    double azimuth_deg, elevation_deg, frequency_hz;
    bool is_n3d;
} Wave;

static void write_wave(Bench *bench, const Wave *wave) {
    double values[HARMONICS];
    double *samples = calloc((size_t)LENGTH * HARMONICS, sizeof *samples);
    harmonics_at(direction_of(wave->azimuth_deg, wave->elevation_deg), ORDER, values);
    for (int64_t value = 0; value < (int64_t)LENGTH * HARMONICS; value++) {
        const int acn = (int)(value % HARMONICS);
        const double turn =
            2.0 * acos(-1.0) * wave->frequency_hz * (double)(value / HARMONICS) / RATE_HZ;
        const double norm = wave->is_n3d ? sqrt(2.0 * harmonic_degree(acn) + 1.0) : 1.0;
        samples[value] = level * cos(turn) * norm * values[acn];
    }
    bench_write_wav(bench, "h.wav", FLOAT_32, HARMONICS, samples, LENGTH);
    free(samples);
}

static void plan_wave(Bench *bench, const Wave *wave, const char *layer, const char *deliverables) {
    bench_open(bench);
    write_wave(bench, wave);
    bench_plan(bench,
               arena_format(bench->arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: 1 s, tail: 100 ms}\n"
                            "layers: {mx: {file: h.wav, layout: hoa3, %s}}\n"
                            "deliverables: {%s}\n",
                            layer, deliverables),
               16);
}

/* Gains in the middle of the render of one deliverable. */
static void
render_gains(const Wave *wave, const char *layer, const char *deliverable, double *gains) {
    Bench bench;
    SoundInfo info;
    plan_wave(&bench, wave, layer, deliverable);
    bench_run(&bench, "a");
    const float *samples = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    for (int channel = 0; channel < info.channel_count; channel++) {
        gains[channel] = samples[(int64_t)RATE_HZ / 2 * info.channel_count + channel] / level;
    }
    bench_close(&bench);
}

static const char to_714[] = "a: {layout: 7.1.4, bits: 32f, channel_order: itu}";
static const char to_222[] = "a: {layout: 22.2, bits: 32f}";
static const char *const decoders[] = {"bs2127", "allrad", "epad", "sad", "mmd"};
enum { DECODERS = sizeof decoders / sizeof *decoders };

static void every_decoder_is_its_matrix(void **state) {
    (void)state;
    const Wave wave = {35.0, 20.0, 0.0, false};
    const Layout *layout = layout_find("7.1.4");
    double values[HARMONICS];
    harmonics_at(direction_of(35.0, 20.0), ORDER, values);
    for (int row = 0; row < 2 * DECODERS; row++) {
        double matrix[SPEAKERS * HARMONICS];
        double found[SPEAKERS];
        char layer[64];
        Arena *arena = arena_create();
        ErrorList *errors = errors_create(arena);
        assert_int_equal(
            decoder_matrix(layout, ORDER, (DecoderMethod)(row / 2), arena, matrix, errors), DONE);
        if (row % 2) {
            max_re_apply(ORDER, MAX_RE_EXACT, MAX_RE_KEEPS_POWER, SPEAKERS, matrix);
        }
        snprintf(layer, sizeof layer, "decoder: %s, max_re: %s", decoders[row / 2],
                 row % 2 ? "yes" : "no");
        render_gains(&wave, layer, to_714, found);
        for (int channel = 0; channel < SPEAKERS; channel++) {
            double expected = 0.0;
            for (int acn = 0; acn < HARMONICS; acn++) {
                expected += matrix[channel * HARMONICS + acn] * values[acn];
            }
            assert_true(fabs(found[channel] - expected) < 2e-5);
        }
        arena_destroy(&arena);
    }
}

typedef struct EnergyVector {
    Direction at;
    double length, power;
} EnergyVector;

static EnergyVector energy_vector(const double *gains) {
    const Layout *layout = layout_find("22.2");
    EnergyVector energy = {0};
    Direction sum = {0.0, 0.0, 0.0};
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Position *at = &layout->channels[channel].position;
        const double power = gains[channel] * gains[channel];
        energy.power += power;
        sum = direction_add(
            sum, direction_scale(direction_of(at->azimuth_deg, at->elevation_deg), power));
    }
    sum = direction_scale(sum, 1.0 / energy.power);
    energy.length = direction_length(sum);
    energy.at = direction_normalise(sum);
    return energy;
}

/* With max-rE the energy vector is longer on the mean (not where a loudspeaker happens to catch all
 * of a side lobe), and points to where the wave comes from. */
static void max_re_lengthens_the_energy_vector(void **state) {
    (void)state;
    static const Wave waves[] = {
        {0.0,    0.0,  0.0, false},
        {45.0,   0.0,  0.0, false},
        {-90.0,  0.0,  0.0, false},
        {150.0,  0.0,  0.0, false},
        {-30.0,  30.0, 0.0, false},
        {100.0,  40.0, 0.0, false},
        {-160.0, 20.0, 0.0, false}
    };
    double longer = 0.0;
    for (size_t row = 0; row < sizeof waves / sizeof *waves; row++) {
        double gains[24];
        render_gains(&waves[row], "decoder: allrad, max_re: no", to_222, gains);
        const EnergyVector plain = energy_vector(gains);
        render_gains(&waves[row], "decoder: allrad, max_re: yes", to_222, gains);
        const EnergyVector energy = energy_vector(gains);
        const Direction from = direction_of(waves[row].azimuth_deg, waves[row].elevation_deg);
        const double angle_deg = acos(direction_dot(from, energy.at)) * 180.0 / acos(-1.0);
        assert_true(angle_deg <= 12.0);
        assert_true(fabs(10.0 * log10(energy.power)) < 3.5);
        longer += energy.length - plain.length;
    }
    assert_true(longer / 7.0 > 0.003);
}

/* The layer's word wins; two deliverables of one layout may differ. */
static void a_layer_overrules_its_deliverable(void **state) {
    (void)state;
    static const char both[] = "a: {layout: 7.1.4, bits: 32f, decoder: mmd, max_re: yes}, b: "
                               "{layout: 7.1.4, bits: 32f, channel_order: itu}";
    const Wave wave = {35.0, 20.0, 0.0, false};
    double gains[4][SPEAKERS];
    Bench bench;
    plan_wave(&bench, &wave, "gain: 0 dB", both);
    assert_int_equal(bench.mix->bus_count, 2);
    bench_close(&bench);
    render_gains(&wave, "gain: 0 dB", "a: {layout: 7.1.4, bits: 32f, decoder: mmd, max_re: yes}",
                 gains[0]);
    render_gains(&wave, "decoder: mmd, max_re: yes", "a: {layout: 7.1.4, bits: 32f}", gains[1]);
    render_gains(&wave, "decoder: bs2127, max_re: no",
                 "a: {layout: 7.1.4, bits: 32f, decoder: mmd, max_re: yes}", gains[2]);
    render_gains(&wave, "gain: 0 dB", "a: {layout: 7.1.4, bits: 32f}", gains[3]);
    assert_memory_equal(gains[0], gains[1], sizeof gains[0]);
    assert_memory_equal(gains[2], gains[3], sizeof gains[0]);
    assert_memory_not_equal(gains[0], gains[2], sizeof gains[0]);
}

static void n3d_files_sound_like_sn3d_ones(void **state) {
    (void)state;
    static const char *const deliverables[] = {to_714, "a: {layout: hoa3, bits: 32f}"};
    for (int row = 0; row < 2; row++) {
        const Wave sn3d = {35.0, 20.0, 0.0, false};
        const Wave n3d = {35.0, 20.0, 0.0, true};
        double gains[2][HARMONICS] = {{0.0}};
        render_gains(&sn3d, "gain: 0 dB", deliverables[row], gains[0]);
        render_gains(&n3d, "normalisation: n3d", deliverables[row], gains[1]);
        for (int channel = 0; channel < HARMONICS; channel++) {
            assert_true(fabs(gains[0][channel] - gains[1][channel]) < 1e-5);
        }
    }
}

typedef struct Turn {
    const char *layer;
    double from[2], to[2]; /* azimuth, elevation */
} Turn;

static void scenes_turn_as_their_words_say(void **state) {
    (void)state;
    static const Turn turns[] = {
        {"rotate: {yaw: 90 deg}",                    {0.0, 0.0},   {90.0, 0.0}  },
        {"rotate: {pitch: 30 deg}",                  {0.0, 0.0},   {0.0, 30.0}  },
        {"rotate: {roll: 40 deg}",                   {90.0, 0.0},  {90.0, -40.0}},
        {"rotate: {yaw: 90 deg, pitch: 30 deg}",     {-90.0, 0.0}, {0.0, 30.0}  },
        {"rotate: {yaw: 20 deg}, pan: {az: 25 deg}", {10.0, 15.0}, {55.0, 15.0} },
    };
    for (size_t row = 0; row < sizeof turns / sizeof *turns; row++) {
        const Wave wave = {turns[row].from[0], turns[row].from[1], 0.0, false};
        double found[HARMONICS];
        double expected[HARMONICS];
        render_gains(&wave, turns[row].layer, "a: {layout: hoa3, bits: 32f}", found);
        harmonics_at(direction_of(turns[row].to[0], turns[row].to[1]), ORDER, expected);
        for (int acn = 0; acn < HARMONICS; acn++) {
            assert_true(fabs(found[acn] - expected[acn]) < 1e-5);
        }
    }
}

static double tone_power(const Wave *wave, const char *layer) {
    Bench bench;
    SoundInfo info;
    plan_wave(&bench, wave, layer, to_714);
    bench_run(&bench, "a");
    const float *samples = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    double power = 0.0;
    for (int64_t frame = RATE_HZ / 4; frame < 3 * RATE_HZ / 4; frame++) {
        const double value = samples[frame * SPEAKERS]; /* L */
        power += value * value;
    }
    bench_close(&bench);
    return power;
}

/* The crossover of order 3 lies near 1.9 kHz. */
static void two_bands_are_plain_below_and_max_re_above(void **state) {
    (void)state;
    const Wave low = {30.0, 0.0, 100.0, false};
    const Wave high = {30.0, 0.0, 16000.0, false};
    const double two_low = tone_power(&low, "max_re: two-band");
    const double two_high = tone_power(&high, "max_re: two-band");
    assert_true(fabs(two_low / tone_power(&low, "max_re: no") - 1.0) < 1e-3);
    assert_true(fabs(two_high / tone_power(&high, "max_re: yes") - 1.0) < 1e-3);
    assert_true(fabs(two_low / two_high - 1.0) > 0.05);
}

static void every_word_of_a_scene_is_in_a_key(void **state) {
    (void)state;
    static const char *const layers[] = {
        "gain: 0 dB",           "decoder: allrad",        "decoder: mmd",
        "max_re: yes",          "max_re: two-band",       "normalisation: n3d",
        "rotate: {yaw: 1 deg}", "rotate: {pitch: 1 deg}", "rotate: {roll: 1 deg}"};
    enum { COUNT = sizeof layers / sizeof *layers };
    const Wave wave = {35.0, 20.0, 0.0, false};
    KeyText keys[COUNT];
    for (int row = 0; row < COUNT; row++) {
        Bench bench;
        plan_wave(&bench, &wave, layers[row], to_714);
        const int stem = bench.mix->layers[0].stem;
        const int task = bench.plan->spatialize_tasks[stem * bench.plan->span_count];
        key_format(bench.plan->tasks[task].outputs[0], keys[row]);
        bench_close(&bench);
        for (int other = 0; other < row; other++) {
            assert_string_not_equal(keys[row], keys[other]);
        }
    }
}

typedef struct Refusal {
    const char *layer, *deliverable, *message;
} Refusal;

static void what_is_not_ambisonic_is_not_decoded(void **state) {
    (void)state;
    static const Refusal refusals[] = {
        {"decoder: sad",                               "layout: 5.1",                   "`decoder` is for ambisonic layers, `mx` is 1.0"},
        {"max_re: no",                                 "layout: 5.1",                   "`max_re` is for ambisonic layers, `mx` is 1.0" },
        {"normalisation: n3d",                         "layout: 5.1",
         "`normalisation` is for ambisonic layers, `mx` is 1.0"                                                                         },
        {"rotate: {pitch: 3 deg}",                     "layout: 5.1",                   "`rotate` is for ambisonic layers, `mx` is 1.0" },
        {"file: h.wav, layout: foa, max_re: two-band", "layout: foa",
         "two bands are for loudspeakers, `a` is foa"                                                                                   },
        {"gain: 0 dB",                                 "layout: foa, decoder: sad",
         "only loudspeaker deliverables have a `decoder`"                                                                               },
        {"gain: 0 dB",                                 "layout: binaural, max_re: yes",
         "only loudspeaker deliverables have a `max_re`"                                                                                },
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        Bench bench;
        const double silence[4 * 480] = {0.0};
        bench_open(&bench);
        bench_write_wav(&bench, "h.wav", PCM_24, 4, silence, 480);
        bench_write_wav(&bench, "m.wav", PCM_24, 1, silence, 480);
        const char *file = strstr(refusals[row].layer, "file:") ? "" : "file: m.wav, ";
        const char *text = arena_format(bench.arena,
                                        "nocturne: 1\nproject: {title: T, code: T}\n"
                                        "layers: {mx: {%s%s}}\n"
                                        "deliverables: {a: {%s}}\n",
                                        file, refusals[row].layer, refusals[row].deliverable);
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        Status status = job_load(&source, bench.arena, &job, bench.errors);
        status = status ? status : lower_job(job, NULL, bench.arena, &bench.mix, bench.errors);
        assert_int_equal(status, E208);
        assert_string_equal(errors_first(bench.errors)->message, refusals[row].message);
        assert_true(errors_first(bench.errors)->place.line >= 3);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_decoder_is_its_matrix),
        cmocka_unit_test(max_re_lengthens_the_energy_vector),
        cmocka_unit_test(a_layer_overrules_its_deliverable),
        cmocka_unit_test(n3d_files_sound_like_sn3d_ones),
        cmocka_unit_test(scenes_turn_as_their_words_say),
        cmocka_unit_test(two_bands_are_plain_below_and_max_re_above),
        cmocka_unit_test(every_word_of_a_scene_is_in_a_key),
        cmocka_unit_test(what_is_not_ambisonic_is_not_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
