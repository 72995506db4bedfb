/* Every key of `pan` from a job to its samples: one layer for each, one after the other, held to
 * the gains of BS.2127 of what the key means. */
#include <math.h>

#include "spatial/object_gains.h"
#include "spatial/pan_vbap.h"
#include "spatial/zone_presets.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, SOUND_FRAMES = 3840, SLOT_FRAMES = 4800, MOST_CHANNELS = 24 };
/* Where the constant has been through every decorrelator: an all-pass of 512 samples, whose gain at
 * 0 Hz is 1. */
enum { LOOK_FRAME = 2400 };

static const double level = 0.125;

typedef struct Case {
    const char *words; /* of the layer */
    ObjectState state;
    const char *zones;
    double gain_db;
} Case;

#define POLAR(az, el, dist) .position = {az, el, dist, 0.0}

static const Case cases[] = {
    {.words = "pan: {az: 47 deg}",                                             .state = {POLAR(47.0, 0.0, 1.0)}                },
    {.words = "pan: {az: -80 deg, el: 21 deg}",                                .state = {POLAR(-80.0, 21.0, 1.0)}              },
    {.words = "pan: {az: 10 deg, dist: 3 m, width: 60 deg}",
     .state = {POLAR(10.0, 0.0, 3.0), .width = 60.0}                                                                           },
    {.words = "pan: {az: 20 deg, width: 70 deg, height: 25 deg}",
     .state = {POLAR(20.0, 0.0, 1.0), .width = 70.0, .height = 25.0}                                                           },
    {.words = "pan: {az: 20 deg, width: 50 deg, depth: 60 %}",
     .state = {POLAR(20.0, 0.0, 1.0), .width = 50.0, .depth = 0.6}                                                             },
    {.words = "pan: {az: 12 deg, divergence: 40 %}",
     .state = {POLAR(12.0, 0.0, 1.0), .divergence = 0.4, .divergence_range = 45.0}                                             },
    {.words = "pan: {az: 12 deg, divergence: 40 %, divergence_range: 80 deg}",
     .state = {POLAR(12.0, 0.0, 1.0), .divergence = 0.4, .divergence_range = 80.0}                                             },
    {.words = "pan: {az: 74 deg, el: 9 deg, lock: yes}",
     .state = {POLAR(74.0, 9.0, 1.0), .is_locked = true}                                                                       },
    {.words = "pan: {az: 74 deg, el: 9 deg, lock: yes, lock_distance: 5 %}",
     .state = {POLAR(74.0, 9.0, 1.0), .is_locked = true, .has_lock_distance = true,
               .lock_distance = 0.05}                                                                                          },
    {.words = "pan: {az: 5 deg, zones: no-centre}",
     .state = {POLAR(5.0, 0.0, 1.0)},
     .zones = "no-centre"},
    {.words = "pan: {az: 100 deg, zones: no-sides}",
     .state = {POLAR(100.0, 0.0, 1.0)},
     .zones = "no-sides"},
    {.words = "pan: {az: 150 deg, zones: no-rear}",
     .state = {POLAR(150.0, 0.0, 1.0)},
     .zones = "no-rear"},
    {.words = "pan: {az: 40 deg, el: 25 deg, zones: no-heights}",
     .state = {POLAR(40.0, 25.0, 1.0)},
     .zones = "no-heights"},
    {.words = "pan: {az: 120 deg, zones: screen-only}",
     .state = {POLAR(120.0, 0.0, 1.0)},
     .zones = "screen-only"},
    {.words = "pan: {az: 60 deg, diffuse: 30 %}",                                                                        .state = {POLAR(60.0, 0.0, 1.0), .diffuse = 0.3}                                                                       },
    {.words = "pan: {az: 33 deg, gain: -7 dB}",                                                   .state = {POLAR(33.0, 0.0, 1.0)},                                                                                                   .gain_db = -7.0},
    {.words = "pan: {x: 30 %, y: -45 %, z: 70 %}",
     .state = {POLAR(0.0, 0.0, 1.0), .is_cartesian = true, .x = 0.3, .y = -0.45, .z = 0.7}},
    {.words = "pan: {x: 30 %, y: -45 %, z: 20 %, width: 40 %, depth: 25 %, height: 10 %}",
     .state = {POLAR(0.0, 0.0, 1.0), .is_cartesian = true, .x = 0.3, .y = -0.45, .z = 0.2,
               .width = 0.4,
               .height = 0.25, /* BS.2127 takes the sizes along x, y, z in this order */
               .depth = 0.1}},
    {.words = "pan: {x: 10 %, y: 80 %, divergence: 50 %, divergence_range: 40 %}",
     .state = {POLAR(0.0, 0.0, 1.0), .is_cartesian = true, .x = 0.1, .y = 0.8, .divergence = 0.5,
               .divergence_range = 0.4}                                     },
};
enum { CASES = (int)(sizeof cases / sizeof *cases) };

static void write_constant(Bench *bench) {
    double *samples = calloc(SOUND_FRAMES, sizeof *samples);
    for (int frame = 0; frame < SOUND_FRAMES; frame++) {
        samples[frame] = level;
    }
    bench_write_wav(bench, "one.wav", FLOAT_32, 1, samples, SOUND_FRAMES);
    free(samples);
}

static const float *render(Bench *bench, const char *layers, const char *layout, int *width) {
    SoundInfo info;
    write_constant(bench);
    bench_plan(bench,
               arena_format(bench->arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: 2.5 s, tail: 0 s}\n"
                            "stems: {mx: {role: music}}\n"
                            "layers:\n%s"
                            "deliverables: {a: {layout: %s, bits: 64f, channel_order: itu}}\n",
                            layers, layout),
               16);
    bench_run(bench, "a");
    const float *out = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    *width = info.channel_count;
    return out;
}

static void expect_gains(
    const char *words, const double *expected, double gain_db, const float *found, int width) {
    const double scale = level * pow(10.0, gain_db / 20.0);
    for (int channel = 0; channel < width; channel++) {
        if (!(fabs(found[channel] - scale * expected[channel]) < 2e-7)) {
            fail_msg("%s: channel %d has %.7f, not %.7f", words, channel, found[channel],
                     scale * expected[channel]);
        }
    }
}

static void
expect_case(const ObjectPanner *panner, const Case *held, const float *found, int width) {
    double direct[MOST_CHANNELS] = {0};
    double diffuse[MOST_CHANNELS] = {0};
    ObjectState state = held->state;
    if (held->zones) {
        state.zones = zone_preset(held->zones, &state.zone_count);
    }
    object_panner_gains(panner, &state, direct, diffuse);
    for (int channel = 0; channel < width; channel++) {
        direct[channel] += diffuse[channel];
    }
    expect_gains(held->words, direct, held->gain_db, found, width);
}

static void expect_keys_on(const char *layout) {
    Bench bench;
    ObjectPanner *panner = NULL;
    int width = 0;
    bench_open(&bench);
    const char *layers = "";
    for (int index = 0; index < CASES; index++) {
        layers =
            arena_format(bench.arena, "%s  l%d: {file: one.wav, stem: mx, at: %d ms, %s}\n", layers,
                         index, index * SLOT_FRAMES * 1000 / RATE_HZ, cases[index].words);
    }
    const float *out = render(&bench, layers, layout, &width);
    bench_must(&bench, object_panner_create(bench.mix->buses[0].layout, bench.arena, &panner,
                                            bench.errors));
    for (int index = 0; index < CASES; index++) {
        const int64_t frame = (int64_t)index * SLOT_FRAMES + LOOK_FRAME;
        expect_case(panner, &cases[index], out + frame * width, width);
    }
    bench_close(&bench);
}

static void every_key_of_pan_reaches_the_loudspeakers(void **state) {
    (void)state;
    expect_keys_on("7.1.4");
    expect_keys_on("22.2");
    expect_keys_on("5.1");
}

/* `panner` of a layer and of the project: the other one's gains. */
static void both_panners_can_be_asked_for(void **state) {
    (void)state;
    static const Position at = {-58.0, 17.0, 1.0, 0.0};
    Bench bench;
    float vbap[MOST_CHANNELS] = {0};
    double expected[MOST_CHANNELS] = {0};
    int width = 0;
    void *self = NULL;
    bench_open(&bench);
    const float *out = render(
        &bench, "  a: {file: one.wav, stem: mx, panner: vbap, pan: {az: -58 deg, el: 17 deg}}\n",
        "7.1.4", &width);
    bench_must(&bench, pan_vbap.create(bench.mix->buses[0].layout, RATE_HZ, NULL, bench.arena,
                                       &self, bench.errors));
    pan_vbap.respond(self, at, vbap);
    for (int channel = 0; channel < width; channel++) {
        expected[channel] = vbap[channel];
    }
    expect_gains("vbap", expected, 0.0, out + (int64_t)LOOK_FRAME * width, width);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_pan_reaches_the_loudspeakers),
        cmocka_unit_test(both_panners_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
