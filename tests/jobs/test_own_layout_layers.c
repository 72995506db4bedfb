/* Layers and rooms whose loudspeakers stand where a layout of the job says. */
#include <math.h>

#include "spatial/layout_table.h"
#include "spatial/object_gains.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, FRAMES = 4800, OWN_CHANNELS = 4, MOST_CHANNELS = 24 };

static const Position own_places[OWN_CHANNELS] = {
    {50.0,  0.0,  1.0, 0.0},
    {-50.0, 0.0,  1.0, 0.0},
    {165.0, 12.0, 1.0, 0.0},
    {-20.0, 40.0, 1.0, 0.0},
};

#define OWN(moved)                                                                                 \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 100 ms, tail: 0 s, joins: sample}\n"                     \
    "layouts:\n"                                                                                   \
    "  club: {speakers: {a: {az: " moved                                                           \
    " deg}, b: {az: -50 deg}, c: {az: 165 deg, el: 12 deg},\n"                                     \
    "         top: {az: -20 deg, el: 40 deg, gain: -6 dB}}}\n"                                     \
    "  mine: {base: 5.1, speakers: {Ls: {az: 105 deg}, Rs: {az: -118 deg}}}\n"                     \
    "stems: {mx: {role: music}}\n"

static double level_of(int channel) {
    return (float)(0.01 * sqrt(2.0 + channel));
}

/* Constants, or in channel c an impulse at c * 100. */
static void write_file(Bench *bench, const char *name, int channels, bool has_impulses) {
    double *samples = calloc((size_t)FRAMES * (size_t)channels, sizeof *samples);
    for (int64_t value = 0; value < (int64_t)FRAMES * channels; value++) {
        const int channel = (int)(value % channels);
        const bool is_impulse = value / channels == (int64_t)channel * 100;
        samples[value] = has_impulses ? is_impulse : level_of(channel);
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, FRAMES);
    free(samples);
}

static const float *render(Bench *bench, const char *body, int *width) {
    SoundInfo info;
    bench_plan(bench, arena_format(bench->arena, OWN("50") "%s", body), 1);
    bench_run(bench, "a");
    const float *out = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    *width = info.channel_count;
    return out;
}

static void expect_frame(const float *found, const double *expected, int width) {
    for (int channel = 0; channel < width; channel++) {
        if (!(fabs(found[channel] - expected[channel]) < 2e-7)) {
            fail_msg("channel %d has %.8f, not %.8f", channel, found[channel], expected[channel]);
        }
    }
}

/* Gains of BS.2127 of a place on a built-in layout. */
static void gains_of(Bench *bench, const char *layout, Position at, double *gains) {
    ObjectPanner *panner = NULL;
    double diffuse[MOST_CHANNELS];
    const ObjectState state = {.position = at};
    bench_must(bench,
               object_panner_create(layout_find(layout), bench->arena, &panner, bench->errors));
    object_panner_gains(panner, &state, gains, diffuse);
}

static void a_bed_is_heard_from_where_its_loudspeakers_stand(void **state) {
    (void)state;
    static const char *const layouts[] = {"22.2", "7.1.4", "5.1"};
    for (size_t layout = 0; layout < sizeof layouts / sizeof *layouts; layout++) {
        Bench bench;
        int width = 0;
        double expected[MOST_CHANNELS] = {0};
        bench_open(&bench);
        write_file(&bench, "bed.wav", OWN_CHANNELS, false);
        const float *out =
            render(&bench,
                   arena_format(bench.arena,
                                "layers: {mx: {file: bed.wav, layout: club}}\n"
                                "deliverables: {a: {layout: %s, bits: 32f, channel_order: itu}}\n",
                                layouts[layout]),
                   &width);
        for (int input = 0; input < OWN_CHANNELS; input++) {
            double gains[MOST_CHANNELS] = {0};
            gains_of(&bench, layouts[layout], own_places[input], gains);
            for (int channel = 0; channel < width; channel++) {
                expected[channel] += level_of(input) * gains[channel];
            }
        }
        expect_frame(out + (int64_t)(FRAMES / 2) * width, expected, width);
        bench_close(&bench);
    }
}

/* Each channel is its loudspeaker's; their gain is what is delivered. */
static void on_its_own_layout_a_bed_stays_as_it_is(void **state) {
    (void)state;
    Bench bench;
    int width = 0;
    double expected[OWN_CHANNELS];
    bench_open(&bench);
    write_file(&bench, "bed.wav", OWN_CHANNELS, false);
    const float *out = render(&bench,
                              "layers: {mx: {file: bed.wav, layout: club}}\n"
                              "deliverables: {a: {layout: club, bits: 32f}}\n",
                              &width);
    assert_int_equal(width, OWN_CHANNELS);
    for (int channel = 0; channel < OWN_CHANNELS; channel++) {
        expected[channel] = level_of(channel) * (channel == 3 ? pow(10.0, -6.0 / 20.0) : 1.0);
    }
    expect_frame(out + (int64_t)(FRAMES / 2) * width, expected, width);
    bench_close(&bench);
}

/* Inside the ranges of BS.2051 an L is an L. */
static void a_varied_5_1_goes_to_the_same_labels(void **state) {
    (void)state;
    Bench bench;
    int width = 0;
    double expected[6];
    bench_open(&bench);
    write_file(&bench, "bed.wav", 6, false);
    const float *out = render(&bench,
                              "layers: {mx: {file: bed.wav, layout: mine}}\n"
                              "deliverables: {a: {layout: 5.1, bits: 32f, channel_order: itu}}\n",
                              &width);
    for (int channel = 0; channel < 6; channel++) {
        expected[channel] = level_of(channel);
    }
    expect_frame(out + (int64_t)(FRAMES / 2) * width, expected, width);
    bench_close(&bench);
}

static void one_loudspeaker_of_it_can_be_a_layer(void **state) {
    (void)state;
    Bench bench;
    int width = 0;
    double gains[MOST_CHANNELS] = {0};
    bench_open(&bench);
    write_file(&bench, "one.wav", 1, false);
    const float *out = render(&bench,
                              "layers: {mx: {file: one.wav, layout: club, speaker: c}}\n"
                              "deliverables: {a: {layout: 7.1.4, bits: 32f, channel_order: itu}}\n",
                              &width);
    gains_of(&bench, "7.1.4", own_places[2], gains);
    for (int channel = 0; channel < width; channel++) {
        gains[channel] *= level_of(0);
    }
    expect_frame(out + (int64_t)(FRAMES / 2) * width, gains, width);
    bench_close(&bench);
}

/* A response that is an impulse in every channel, each at its own time. */
static void the_channels_of_a_room_sound_from_there_too(void **state) {
    (void)state;
    Bench bench;
    int width = 0;
    bench_open(&bench);
    write_file(&bench, "ir.wav", OWN_CHANNELS, true);
    double *click = calloc(FRAMES, sizeof *click);
    click[0] = 0.5;
    bench_write_wav(&bench, "click.wav", FLOAT_32, 1, click, FRAMES);
    free(click);
    const float *out =
        render(&bench,
               "rooms: {hall: {ir: ir.wav, layout: club, input: mono, normalise: no}}\n"
               "layers: {mx: {file: click.wav, send: {hall: 0 dB}}}\n"
               "deliverables:\n"
               "  a: {layout: 22.2, bits: 32f, channel_order: itu, stems: [mx.wet]}\n",
               &width);
    for (int input = 0; input < OWN_CHANNELS; input++) {
        double gains[MOST_CHANNELS] = {0};
        gains_of(&bench, "22.2", own_places[input], gains);
        for (int channel = 0; channel < width; channel++) {
            gains[channel] *= 0.5;
        }
        expect_frame(out + (int64_t)input * 100 * width, gains, width);
    }
    bench_close(&bench);
}

static Key key_of(Bench *bench, const char *head, const char *body) {
    bench_plan(bench, arena_format(bench->arena, "%s%s", head, body), 1);
    return bench->plan->tasks[bench->plan->spatialize_tasks[0]].outputs[0];
}

static void the_keys_know_where_they_stand(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "layers: {mx: {file: bed.wav, layout: club}}\ndeliverables: {a: {layout: 5.1}}\n",
        "rooms: {hall: {ir: bed.wav, layout: club}}\n"
        "layers: {mx: {file: one.wav, send: {hall: 0 dB}}}\ndeliverables: {a: {layout: 5.1}}\n",
    };
    Bench bench;
    bench_open(&bench);
    write_file(&bench, "bed.wav", OWN_CHANNELS, false);
    write_file(&bench, "one.wav", 1, false);
    for (size_t body = 0; body < sizeof bodies / sizeof *bodies; body++) {
        const Key here = key_of(&bench, OWN("50"), bodies[body]);
        const Key again = key_of(&bench, OWN("50"), bodies[body]);
        const Key moved = key_of(&bench, OWN("51"), bodies[body]);
        assert_memory_equal(&here, &again, sizeof here);
        assert_memory_not_equal(&here, &moved, sizeof here);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bed_is_heard_from_where_its_loudspeakers_stand),
        cmocka_unit_test(on_its_own_layout_a_bed_stays_as_it_is),
        cmocka_unit_test(a_varied_5_1_goes_to_the_same_labels),
        cmocka_unit_test(one_loudspeaker_of_it_can_be_a_layer),
        cmocka_unit_test(the_channels_of_a_room_sound_from_there_too),
        cmocka_unit_test(the_keys_know_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
