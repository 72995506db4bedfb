/* Responses of ambisonic layers by plane waves: where they sound, how loud, and when not at all. */
#include "spatial/ambisonic_layer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "scene.h"
#include "spatial/decoder_matrix.h"
#include "spatial/harmonics.h"

enum { CHANNELS = 64 };

typedef struct Heard { /* a layer in the bus of a scene */
    Scene *scene;
    const Layout *layout;
    float *responses;
    int row_samples;
} Heard;

static Heard hear(const char *layer_layout, const char *bus_layout, double azimuth_deg) {
    Heard heard = {.scene = open_scene(bus_layout), .layout = layout_find(layer_layout)};
    const MixBus *const bus = &heard.scene->bus;
    const PathPoint *const point = &(PathPoint){
        .state.position = {azimuth_deg, 12.0, 1.0, 0.0}
    };
    const MixLayer layer = {
        .layout = heard.layout, .path = {.points = point, .point_count = 1},
             .width = 0.5
    };
    void *self = NULL;
    assert_int_equal(bus->panner->create(bus->layout, RATE_HZ,
                                         bus->sofa_file < 0 ? NULL : &default_head,
                                         heard.scene->arena, &self, heard.scene->errors),
                     DONE);
    assert_int_equal(ambisonic_layer_responses(&layer, bus, self, heard.scene->arena,
                                               &heard.responses, heard.scene->errors),
                     DONE);
    const int tap_count = bus->panner->tap_count(self);
    heard.row_samples = bus->layout->channel_count * (tap_count > 0 ? tap_count : 1);
    return heard;
}

/* What a plane wave from a direction becomes. out: [row_samples]. */
static void play_wave(const Heard *heard, Direction from, double *out) {
    double values[CHANNELS];
    harmonics_at(from, 7, values);
    for (int sample = 0; sample < heard->row_samples; ++sample) {
        out[sample] = 0.0;
        for (int acn = 0; acn < heard->layout->channel_count; ++acn) {
            out[sample] +=
                values[acn] * (double)heard->responses[acn * heard->row_samples + sample];
        }
    }
}

static void ambisonic_buses_get_the_channels_they_have_in_common(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"hoa3", "hoa3"},
        {"hoa3", "foa" },
        {"hoa1", "hoa5"}
    };
    for (size_t pair = 0; pair < sizeof pairs / sizeof *pairs; ++pair) {
        Heard heard = hear(pairs[pair][0], pairs[pair][1], 0.0);
        for (int acn = 0; acn < heard.layout->channel_count; ++acn) {
            for (int channel = 0; channel < heard.row_samples; ++channel) {
                const float expected = acn == channel ? 1.0F : 0.0F;
                assert_true(heard.responses[acn * heard.row_samples + channel] == expected);
            }
        }
        close_scene(heard.scene);
    }
}

static void an_azimuth_turns_the_scene_to_the_left(void **state) {
    (void)state;
    Heard heard = hear("hoa4", "hoa4", 50.0);
    double found[CHANNELS];
    double expected[CHANNELS];
    play_wave(&heard, direction_of(-20.0, 35.0), found);
    harmonics_at(direction_of(30.0, 35.0), 4, expected);
    for (int acn = 0; acn < 25; ++acn) {
        assert_true(fabs(found[acn] - expected[acn]) < 1e-6);
    }
    close_scene(heard.scene);
}

static void loudspeakers_get_the_decoder_of_the_standard(void **state) {
    (void)state;
    double matrix[12 * 9];
    Heard heard = hear("hoa2", "7.1.4", 0.0);
    Heard turned = hear("hoa2", "7.1.4", 90.0);
    double plain[12];
    double wave[12];
    assert_int_equal(decoder_matrix(layout_find("7.1.4"), 2, DECODER_BS2127, heard.scene->arena,
                                    matrix, heard.scene->errors),
                     DONE);
    for (int acn = 0; acn < 9; ++acn) {
        for (int channel = 0; channel < 12; ++channel) {
            assert_true(heard.responses[acn * 12 + channel] == (float)matrix[channel * 9 + acn]);
        }
    }
    play_wave(&heard, direction_of(90.0, 0.0), plain);
    play_wave(&turned, direction_of(0.0, 0.0), wave);
    for (int channel = 0; channel < 12; ++channel) {
        assert_true(fabs(plain[channel] - wave[channel]) < 1e-6);
        assert_true(wave[channel] <= wave[4]); /* Lss */
    }
    close_scene(heard.scene);
    close_scene(turned.scene);
}

static double ear_energy(const Heard *heard, const double *pair, int ear) {
    const int taps = heard->row_samples / 2;
    double energy = 0.0;
    for (int tap = 0; tap < taps; ++tap) {
        energy += pair[ear * taps + tap] * pair[ear * taps + tap];
    }
    return energy;
}

static void ears_hear_a_wave_from_its_side(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Heard heard = hear("hoa3", "binaural", 90.0);
    double *const pair = arena_array(heard.scene->arena, (size_t)heard.row_samples, sizeof *pair);
    play_wave(&heard, direction_of(0.0, 0.0), pair); /* turned to the left */
    assert_true(ear_energy(&heard, pair, 0) > 3.0 * ear_energy(&heard, pair, 1));
    play_wave(&heard, direction_of(180.0, 0.0), pair);
    assert_true(ear_energy(&heard, pair, 1) > 3.0 * ear_energy(&heard, pair, 0));
    close_scene(heard.scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ambisonic_buses_get_the_channels_they_have_in_common),
        cmocka_unit_test(an_azimuth_turns_the_scene_to_the_left),
        cmocka_unit_test(loudspeakers_get_the_decoder_of_the_standard),
        cmocka_unit_test(ears_hear_a_wave_from_its_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
