/* Virtual loudspeakers: sums of the responses of their places. */
#include "spatial/binaural_speakers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "spatial/binaural.h"
#include "spatial/decode_ambisonics.h"
#include "spatial/decoder_matrix.h"
#include "spatial/pan_bs2127.h"

#include "scene.h"

enum { EARS = 2, MOST_TAPS = 1024 };

typedef struct Listener {
    Scene *scene;
    void *direct, *speakers, *panner; /* selves */
    const Layout *layout;
    int samples; /* of both ears */
    float *heard, *wanted;
} Listener;

static Listener open_listener(const char *layout) {
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Scene *const scene = open_scene("binaural");
    Arena *const arena = scene->arena;
    const Layout *const bus = scene->bus.layout;
    Listener listener = {.scene = scene, .layout = layout_find(layout)};
    const HeadFile head = {.file = &default_sofa, .speakers = listener.layout};
    assert_int_equal(
        binaural.create(bus, RATE_HZ, &default_head, arena, &listener.direct, scene->errors), DONE);
    assert_int_equal(
        binaural_speakers.create(bus, RATE_HZ, &head, arena, &listener.speakers, scene->errors),
        DONE);
    assert_int_equal(
        pan_bs2127.create(listener.layout, RATE_HZ, NULL, arena, &listener.panner, scene->errors),
        DONE);
    listener.samples = EARS * binaural.tap_count(listener.direct);
    listener.heard = arena_array(arena, (size_t)16 * EARS * MOST_TAPS, sizeof(float));
    listener.wanted = arena_array(arena, (size_t)EARS * MOST_TAPS, sizeof(float));
    return listener;
}

/* Adds a loudspeaker, heard at its place, to what is wanted. */
static void add_speaker(Listener *listener, const char *label, double gain) {
    float pair[EARS * MOST_TAPS];
    for (int channel = 0; channel < listener->layout->channel_count; ++channel) {
        const Channel *const of = &listener->layout->channels[channel];
        Position at = of->position;
        at.distance_m = 1.0;
        if (strcmp(of->label, label) == 0) {
            binaural.respond(listener->direct, at, pair);
            for (int sample = 0; sample < listener->samples; ++sample) {
                listener->wanted[sample] += (float)gain * pair[sample];
            }
        }
    }
}

static void expect_wanted(Listener *listener, const float *heard) {
    for (int sample = 0; sample < listener->samples; ++sample) {
        assert_true(fabsf(heard[sample] - listener->wanted[sample]) < 2e-6F);
        listener->wanted[sample] = 0.0F;
    }
}

static void places_between_two_loudspeakers_are_heard_from_both(void **state) {
    (void)state;
    Listener listener = open_listener("5.1");
    const double half = sqrt(0.5);
    binaural_speakers.respond(listener.speakers, (Position){30.0, 0.0, 5.0, 0.0}, listener.heard);
    add_speaker(&listener, "L", 1.0);
    expect_wanted(&listener, listener.heard);
    binaural_speakers.respond(listener.speakers, (Position){0.0, 0.0, 0.3, 0.0}, listener.heard);
    add_speaker(&listener, "C", 1.0);
    expect_wanted(&listener, listener.heard);
    binaural_speakers.respond(listener.speakers, (Position){180.0, 0.0, 1.0, 0.0}, listener.heard);
    add_speaker(&listener, "Ls", half);
    add_speaker(&listener, "Rs", half);
    expect_wanted(&listener, listener.heard);
    close_scene(listener.scene);
}

static void ambisonic_channels_are_decoded_to_the_layout(void **state) {
    (void)state;
    enum { ORDER = 1, HARMONICS = 4 };
    Listener listener = open_listener("7.1.4");
    double matrix[12 * HARMONICS];
    const DecoderShape shape = {ORDER, EARS, listener.samples / EARS};
    assert_int_equal(decoder_matrix(listener.layout, ORDER, DECODER_BS2127, listener.scene->arena,
                                    matrix, listener.scene->errors),
                     DONE);
    assert_int_equal(decoder_responses(&binaural_speakers, listener.speakers, &shape,
                                       listener.scene->arena, listener.heard,
                                       listener.scene->errors),
                     DONE);
    for (int acn = 0; acn < HARMONICS; ++acn) {
        for (int channel = 0; channel < 12; ++channel) {
            add_speaker(&listener, listener.layout->channels[channel].label,
                        matrix[channel * HARMONICS + acn]);
        }
        expect_wanted(&listener, listener.heard + acn * listener.samples);
    }
    close_scene(listener.scene);
}

static void objects_keep_their_extent_and_lose_only_diffuseness(void **state) {
    (void)state;
    Listener listener = open_listener("7.1.4");
    ObjectState wide = {
        .position = {40.0, 10.0, 1.0, 0.0},
          .width = 90.0, .height = 30.0, .diffuse = 0.5
    };
    float gains[12];
    float unused[12];
    float diffuse[EARS] = {1.0F, 1.0F};
    binaural_speakers.respond_object(listener.speakers, &wide, listener.heard, diffuse);
    assert_true(diffuse[0] == 0.0F && diffuse[1] == 0.0F);
    wide.diffuse = 0.0;
    pan_bs2127.respond_object(listener.panner, &wide, gains, unused);
    for (int channel = 0; channel < 12; ++channel) {
        add_speaker(&listener, listener.layout->channels[channel].label, (double)gains[channel]);
    }
    expect_wanted(&listener, listener.heard);
    close_scene(listener.scene);
}

static void without_a_layout_there_is_nothing_to_hear(void **state) {
    (void)state;
    Listener listener = open_listener("5.1");
    void *self = NULL;
    assert_int_equal(binaural_speakers.create(listener.scene->bus.layout, RATE_HZ, &default_head,
                                              listener.scene->arena, &self, listener.scene->errors),
                     E415);
    close_scene(listener.scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_between_two_loudspeakers_are_heard_from_both),
        cmocka_unit_test(ambisonic_channels_are_decoded_to_the_layout),
        cmocka_unit_test(objects_keep_their_extent_and_lose_only_diffuseness),
        cmocka_unit_test(without_a_layout_there_is_nothing_to_hear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
