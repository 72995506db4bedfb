/* Rooms: level by definition, files straight through to their places. */
#include "spatial/room.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scene.h"
#include "spatial/harmonics.h"

static void normalised_rooms_have_energy_one(void **state) {
    (void)state;
    Scene *const ambisonic = open_scene("hoa3");
    const AudioBlock field = make(ambisonic);
    assert_true(fabs(energy_of(&field, 0) - 1.0) < 1e-4);
    ambisonic->room.gain = 0.5;
    const AudioBlock softer = make(ambisonic);
    assert_true(fabs(energy_of(&softer, 0) - 0.25) < 1e-4);
    close_scene(ambisonic);
    static const char *const names[] = {"2.0", "5.1", "7.1.4", "22.2"};
    for (int index = 0; index < 4; ++index) { /* a diffuse field of power 1, but for chance */
        Scene *const scene = open_scene(names[index]);
        const AudioBlock block = make(scene);
        const double energy_db = 10.0 * log10(total_energy(&block));
        assert_true(fabs(energy_db) < 0.5);
        for (int channel = 0; channel < block.channel_count; ++channel) {
            const bool is_lfe = scene->bus.layout->channels[channel].role == CHANNEL_LFE;
            assert_true(is_lfe == (energy_of(&block, channel) == 0.0));
        }
        close_scene(scene);
    }
}

static void truncation_cuts_below_its_level(void **state) {
    (void)state;
    Scene *const scene = open_scene("hoa3");
    int64_t before = INT64_MAX;
    for (double level_db = -100.0; level_db <= -40.0; level_db += 20.0) {
        scene->room.truncate_db = level_db;
        const AudioBlock block = make(scene);
        double peak = 0.0;
        double last = 0.0;
        for (int channel = 0; channel < 16; ++channel) {
            for (int64_t sample = 0; sample < block.sample_count; ++sample) {
                peak = fmax(peak, fabs((double)block.samples[channel][sample]));
            }
            last = fmax(last, fabs((double)block.samples[channel][block.sample_count - 1]));
        }
        assert_true(last > peak * pow(10.0, level_db / 20.0));
        assert_true(block.sample_count < before);
        before = block.sample_count;
    }
    close_scene(scene);
}

static void a_room_in_two_ears_is_as_loud_left_as_right(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Scene *const scene = open_scene("binaural");
    const AudioBlock block = make(scene);
    assert_true(fabs(10.0 * log10(energy_of(&block, 0) / energy_of(&block, 1))) < 0.5);
    /* heads are flat up to 16 kHz, and measured up to 20: a sixth of the noise's band lacks */
    assert_true(fabs(10.0 * log10(total_energy(&block)) + 1.2) < 1.2);
    close_scene(scene);
}

static void put_word(unsigned char *at, uint32_t value, int bytes) {
    for (int byte = 0; byte < bytes; ++byte) {
        at[byte] = (unsigned char)(value >> (8 * byte));
    }
}

/* A WAV file of floats; the room reads it. */
static void give_file(
    Scene *scene, const char *layout, int rate_hz, const float *interleaved, int frame_count) {
    static const char tail[] = "nocturne-room-XXXXXX";
    const int channels = layout_find(layout)->channel_count;
    const uint32_t data_bytes = (uint32_t)(frame_count * channels) * 4;
    unsigned char header[44] = "RIFF....WAVEfmt ";
    put_word(header + 4, 36 + data_bytes, 4);
    put_word(header + 16, 16, 4);
    put_word(header + 20, 3, 2);
    put_word(header + 22, (uint32_t)channels, 2);
    put_word(header + 24, (uint32_t)rate_hz, 4);
    put_word(header + 28, (uint32_t)(rate_hz * channels * 4), 4);
    put_word(header + 32, (uint32_t)channels * 4, 2);
    put_word(header + 34, 32, 2);
    memcpy(header + 36, "data", 4);
    put_word(header + 40, data_bytes, 4);
    char *const path = arena_format(scene->arena, "/tmp/%s", tail);
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, header, sizeof header), sizeof header);
    assert_int_equal(write(file, interleaved, data_bytes), data_bytes);
    close(file);
    scene->files[0].path = path;
    scene->files[0].real_path = path;
    scene->room.is_shoebox = false;
    scene->room.file = 0;
    scene->room.layout = layout_find(layout);
    scene->room.normalise = false;
}

static void drop_file(Scene *scene) {
    unlink(scene->files[0].real_path);
    close_scene(scene);
}

static void a_mono_pulse_sounds_from_the_centre_alone(void **state) {
    (void)state;
    float pulse[100] = {[0] = 0.25F};
    Scene *const scene = open_scene("5.1");
    give_file(scene, "1.0", RATE_HZ, pulse, 100);
    const AudioBlock block = make(scene);
    assert_int_equal(block.sample_count, 1);
    for (int channel = 0; channel < 6; ++channel) {
        assert_true(block.samples[channel][0] == (channel == 2 ? 0.25F : 0.0F));
    }
    drop_file(scene);
}

static void channels_go_to_their_places_and_the_lfe_nowhere(void **state) {
    (void)state;
    float pulses[8 * 6] = {0}; /* 5.1: channel c sounds at frame c */
    for (int channel = 0; channel < 6; ++channel) {
        pulses[channel * 6 + channel] = 1.0F;
    }
    Scene *const same = open_scene("5.1");
    give_file(same, "5.1", RATE_HZ, pulses, 8);
    const AudioBlock straight = make(same);
    for (int channel = 0; channel < 6; ++channel) {
        for (int64_t frame = 0; frame < straight.sample_count; ++frame) {
            const float expected = frame == channel && channel != 3 ? 1.0F : 0.0F;
            assert_true(straight.samples[channel][frame] == expected);
        }
    }
    drop_file(same);
    Scene *const wide = open_scene("7.1.4");
    give_file(wide, "5.1", RATE_HZ, pulses, 8);
    const AudioBlock spread = make(wide);
    for (int channel = 0; channel < 4; ++channel) { /* L R C are the same places */
        const float expected = channel < 3 ? 1.0F : 0.0F;
        assert_true(fabsf(spread.samples[channel][channel] - expected) < 1e-6F);
    }
    double power = 0.0; /* Ls at 110 degrees lies between Lss and Lrs */
    for (int channel = 0; channel < 12; ++channel) {
        power += (double)spread.samples[channel][4] * (double)spread.samples[channel][4];
    }
    assert_true(fabs(power - 1.0) < 1e-6);
    assert_true(spread.samples[4][4] > 0.5F && spread.samples[6][4] > 0.5F);
    drop_file(wide);
    Scene *const narrow = open_scene("2.0");
    give_file(narrow, "5.1", RATE_HZ, pulses, 8);
    const AudioBlock stereo = make(narrow);
    assert_true(stereo.samples[0][3] == 0.0F && stereo.samples[1][3] == 0.0F);
    drop_file(narrow);
}

static void an_ambisonic_file_of_a_plane_wave_sounds_from_its_side(void **state) {
    (void)state;
    float frames[4 * 4] = {0};
    double values[4];
    harmonics_at(direction_of(90.0, 0.0), 1, values);
    for (int channel = 0; channel < 4; ++channel) {
        frames[channel] = (float)values[channel];
    }
    Scene *const scene = open_scene("7.1");
    give_file(scene, "foa", RATE_HZ, frames, 4);
    const AudioBlock block = make(scene);
    assert_true(block.samples[4][0] > 0.4F);                           /* Lss */
    assert_true(fabsf(block.samples[5][0]) < block.samples[4][0] / 2); /* Rss */
    assert_true(block.samples[3][0] == 0.0F);
    drop_file(scene);
    Scene *const encoded = open_scene("hoa2");
    give_file(encoded, "foa", RATE_HZ, frames, 4);
    const AudioBlock padded = make(encoded);
    for (int channel = 0; channel < 9; ++channel) {
        assert_true(padded.samples[channel][0] == (channel < 4 ? frames[channel] : 0.0F));
    }
    drop_file(encoded);
}

static void a_loudspeaker_file_is_encoded_for_an_ambisonic_bus(void **state) {
    (void)state;
    const float pulses[2] = {0.5F, 0.0F};
    double values[9];
    Scene *const scene = open_scene("hoa2");
    give_file(scene, "2.0", RATE_HZ, pulses, 1);
    const AudioBlock block = make(scene);
    harmonics_at(direction_of(30.0, 0.0), 2, values);
    for (int channel = 0; channel < 9; ++channel) {
        assert_true(fabs((double)block.samples[channel][0] - 0.5 * values[channel]) < 1e-7);
    }
    drop_file(scene);
}

static void a_pulse_in_two_ears_is_the_response_of_its_place(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    const float pulse[1] = {1.0F};
    Scene *const scene = open_scene("binaural");
    void *self = NULL;
    float pair[2048];
    give_file(scene, "1.0", RATE_HZ, pulse, 1);
    const AudioBlock block = make(scene);
    assert_int_equal(scene->bus.panner->create(scene->bus.layout, RATE_HZ, &default_head,
                                               scene->arena, &self, scene->errors),
                     DONE);
    const int tap_count = scene->bus.panner->tap_count(self);
    scene->bus.panner->respond(self, (Position){0.0, 0.0, 1.0, 0.0}, pair);
    assert_int_equal(block.sample_count, tap_count);
    for (int tap = 0; tap < 2 * tap_count; ++tap) {
        const float found = block.samples[tap / tap_count][tap % tap_count];
        assert_true(fabsf(found - pair[tap]) < 2e-6F);
    }
    drop_file(scene);
}

static void files_of_other_rates_keep_their_effect(void **state) {
    (void)state;
    float pulse[441] = {[200] = 1.0F};
    Scene *const scene = open_scene("1.0");
    give_file(scene, "1.0", 44100, pulse, 441);
    const AudioBlock block = make(scene);
    double sum = 0.0; /* response at 0 Hz */
    int64_t peak = 0;
    for (int64_t sample = 0; sample < block.sample_count; ++sample) {
        sum += (double)block.samples[0][sample];
        peak = block.samples[0][sample] > block.samples[0][peak] ? sample : peak;
    }
    assert_true(fabs(sum - 1.0) < 1e-3);
    assert_true(llabs(peak - 218) <= 1); /* 200 * 48 / 44.1 */
    drop_file(scene);
}

static void normalised_files_have_energy_one_over_all_channels(void **state) {
    (void)state;
    const float pulses[4] = {0.3F, 0.1F, -0.2F, 0.05F};
    Scene *const scene = open_scene("2.0");
    give_file(scene, "2.0", RATE_HZ, pulses, 2);
    scene->room.normalise = true;
    const AudioBlock block = make(scene);
    assert_true(fabs(total_energy(&block) - 1.0) < 1e-6);
    assert_true(fabsf(block.samples[0][0] / block.samples[1][0] - 3.0F) < 1e-5F);
    drop_file(scene);
}

static Status
try_file(const char *layout, const char *claimed, int rate_hz, const float *frames, int count) {
    AudioBlock block;
    Scene *const scene = open_scene("5.1");
    give_file(scene, layout, rate_hz, frames, count);
    scene->room.layout = layout_find(claimed);
    const Status status = try_to_make(scene, &block);
    drop_file(scene);
    return status;
}

static void unusable_files_are_refused(void **state) {
    (void)state;
    enum { TOO_LONG = 60 * 8000 + 1 };
    static float frames[TOO_LONG];
    assert_int_equal(try_file("1.0", "1.0", RATE_HZ, frames, 100), E422);
    frames[7] = 1.0F;
    assert_int_equal(try_file("1.0", "1.0", RATE_HZ, frames, 100), DONE);
    assert_int_equal(try_file("2.0", "1.0", RATE_HZ, frames, 50), E415);
    assert_int_equal(try_file("1.0", "1.0", 8000, frames, TOO_LONG), E424);
    assert_int_equal(try_file("1.0", "1.0", 8000, frames, TOO_LONG - 1), DONE);
    Scene *const scene = open_scene("5.1");
    give_file(scene, "1.0", RATE_HZ, frames, 10);
    scene->files[0].real_path = "/nonexistent/room.wav";
    AudioBlock block;
    assert_int_equal(try_to_make(scene, &block), E410);
    assert_non_null(strstr(errors_last(scene->errors)->lines->text, "hall"));
    scene->files[0].real_path = scene->files[0].path;
    drop_file(scene);
}

static AudioBlock make_half(Scene *scene, RoomSplit split) {
    scene->room.split = split;
    return make(scene);
}

/* The first 80 ms of the response as they were, bit for bit, then the rest where it was. */
static void the_halves_of_a_room_are_its_response_cut_in_two(void **state) {
    (void)state;
    enum { LENGTH = 6000, BORDER = 3840 };
    static float pulses[LENGTH];
    for (int sample = 0; sample < LENGTH; ++sample) {
        pulses[sample] = 0.1F * (float)sin(0.37 * sample * sample);
    }
    Scene *const scene = open_scene("1.0");
    give_file(scene, "1.0", RATE_HZ, pulses, LENGTH);
    scene->room.early_s = 0.08;
    const AudioBlock early = make_half(scene, ROOM_EARLY);
    const AudioBlock late = make_half(scene, ROOM_LATE);
    assert_int_equal(early.sample_count, BORDER);
    assert_memory_equal(early.samples[0], pulses, BORDER * sizeof *pulses);
    assert_int_equal(late.sample_count, LENGTH);
    assert_memory_equal(late.samples[0] + BORDER, pulses + BORDER,
                        (LENGTH - BORDER) * sizeof *pulses);
    for (int sample = 0; sample < BORDER; ++sample) {
        assert_true(late.samples[0][sample] == 0.0F);
    }
    drop_file(scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalised_rooms_have_energy_one),
        cmocka_unit_test(truncation_cuts_below_its_level),
        cmocka_unit_test(a_room_in_two_ears_is_as_loud_left_as_right),
        cmocka_unit_test(a_mono_pulse_sounds_from_the_centre_alone),
        cmocka_unit_test(channels_go_to_their_places_and_the_lfe_nowhere),
        cmocka_unit_test(an_ambisonic_file_of_a_plane_wave_sounds_from_its_side),
        cmocka_unit_test(a_loudspeaker_file_is_encoded_for_an_ambisonic_bus),
        cmocka_unit_test(a_pulse_in_two_ears_is_the_response_of_its_place),
        cmocka_unit_test(files_of_other_rates_keep_their_effect),
        cmocka_unit_test(normalised_files_have_energy_one_over_all_channels),
        cmocka_unit_test(the_halves_of_a_room_are_its_response_cut_in_two),
        cmocka_unit_test(unusable_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
