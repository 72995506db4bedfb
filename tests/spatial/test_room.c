/* Rooms: decay by Schroeder's integral, level by definition, files straight through. */
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

#include "spatial/decode_ambisonics.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"
#include "spatial/registry.h"
#include "spatial/shoebox.h"

enum { RATE_HZ = 48000 };
static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";

/* One room, one bus. */
typedef struct Scene {
    Arena *arena;
    ErrorList *errors;
    MixFile files[2]; /* impulse response, SOFA */
    MixRoom room;
    MixBus bus;
    Mix mix;
} Scene;

static Scene *open_scene(const char *bus_layout) {
    Arena *const arena = arena_create();
    Scene *const scene = arena_alloc(arena, sizeof *scene);
    scene->arena = arena;
    scene->errors = errors_create(arena);
    scene->room = (MixRoom){
        .id = "hall",
        .is_shoebox = true,
        .shoebox = {.size_m = {12.0, 20.0, 8.0}, .t60_s = 1.2, .t60_hf_s = 0.6},
        .normalise = true,
        .gain = 1.0,
        .truncate_db = -100.0,
    };
    scene->bus.layout = layout_find(bus_layout);
    scene->bus.panner = spatializer_for(scene->bus.layout);
    scene->bus.sofa_file = scene->bus.layout->kind == LAYOUT_BINAURAL ? 1 : -1;
    scene->files[1].path = sofa_path;
    scene->files[1].real_path = sofa_path;
    scene->mix = (Mix){.rate_hz = RATE_HZ,
                       .seed = 20,
                       .files = scene->files,
                       .file_count = 2,
                       .rooms = &scene->room,
                       .room_count = 1,
                       .buses = &scene->bus,
                       .bus_count = 1};
    return scene;
}

static void close_scene(Scene *scene) {
    Arena *arena = scene->arena;
    arena_destroy(&arena);
}

static AudioBlock make(Scene *scene) {
    AudioBlock block;
    assert_int_equal(room_impulse(&scene->mix, 0, 0, scene->arena, &block, scene->errors), DONE);
    assert_int_equal(block.channel_count, scene->bus.layout->channel_count);
    return block;
}

static double energy_of(const AudioBlock *block, int channel) {
    double energy = 0.0;
    for (int64_t sample = 0; sample < block->sample_count; ++sample) {
        energy += (double)block->samples[channel][sample] * (double)block->samples[channel][sample];
    }
    return energy;
}

static double total_energy(const AudioBlock *block) {
    double energy = 0.0;
    for (int channel = 0; channel < block->channel_count; ++channel) {
        energy += energy_of(block, channel);
    }
    return energy;
}

/* ---- decay ---- */

/* Two band-pass sections after each other (RBJ, constant peak gain), q 2. */
static void filter_band(const float *in, int64_t count, double centre_hz, double *out) {
    const double w = 2.0 * 3.14159265358979323846 * centre_hz / RATE_HZ;
    const double alpha = sin(w) / 4.0;
    for (int64_t sample = 0; sample < count; ++sample) {
        out[sample] = (double)in[sample];
    }
    for (int section = 0; section < 2; ++section) {
        double x1 = 0.0;
        double x2 = 0.0;
        double y1 = 0.0;
        double y2 = 0.0;
        for (int64_t sample = 0; sample < count; ++sample) {
            const double x = out[sample];
            const double y =
                (alpha * (x - x2) + 2.0 * cos(w) * y1 - (1.0 - alpha) * y2) / (1.0 + alpha);
            x2 = x1;
            x1 = x;
            y2 = y1;
            y1 = y;
            out[sample] = y;
        }
    }
}

/* Schroeder 1965: the slope of the energy still to come, from -5 to -35 dB, as ISO 3382. */
static double measured_t60_s(const AudioBlock *block, double centre_hz) {
    const int64_t count = block->sample_count;
    double *const band = calloc((size_t)count, sizeof *band);
    double *const left = calloc((size_t)count + 1, sizeof *left);
    for (int channel = 0; channel < block->channel_count; ++channel) {
        filter_band(block->samples[channel], count, centre_hz, band);
        double sum = 0.0;
        for (int64_t sample = count - 1; sample >= 0; --sample) {
            sum += band[sample] * band[sample];
            left[sample] += sum;
        }
    }
    int64_t begin = 0;
    while (left[begin] > left[0] * pow(10.0, -0.5)) {
        ++begin;
    }
    int64_t end = begin;
    while (left[end] > left[0] * pow(10.0, -3.5)) {
        ++end;
    }
    free(band);
    free(left);
    return 2.0 * (double)(end - begin) / RATE_HZ;
}

static void the_tail_decays_as_asked_at_every_frequency(void **state) {
    (void)state;
    static const double times_s[][2] = {
        {1.2, 0.6},
        {3.2, 1.6},
        {0.4, 0.4},
        {0.5, 1.5}
    };
    for (int index = 0; index < 4; ++index) {
        Scene *const scene = open_scene("hoa3");
        scene->room.shoebox.t60_s = times_s[index][0];
        scene->room.shoebox.t60_hf_s = times_s[index][1];
        const AudioBlock block = make(scene);
        const double low_s = measured_t60_s(&block, 250.0);
        const double mid_s = measured_t60_s(&block, 600.0);
        const double high_s = measured_t60_s(&block, 10000.0);
        const double between_s = measured_t60_s(&block, 2828.4);
        print_message("T60 %.2f %.2f: %.3f %.3f %.3f, %.3f\n", times_s[index][0], times_s[index][1],
                      low_s, mid_s, high_s, between_s);
        assert_true(fabs(low_s / times_s[index][0] - 1.0) < 0.05);
        assert_true(fabs(mid_s / times_s[index][0] - 1.0) < 0.05);
        assert_true(fabs(high_s / times_s[index][1] - 1.0) < 0.05);
        /* 2828 Hz is half way in log frequency: the geometric mean, blurred by the band */
        assert_true(fabs(between_s / sqrt(times_s[index][0] * times_s[index][1]) - 1.0) < 0.12);
        close_scene(scene);
    }
}

static void decay_times_are_log_log_between_the_two_given(void **state) {
    (void)state;
    const MixShoebox shoebox = {.t60_s = 2.0, .t60_hf_s = 0.5};
    assert_true(shoebox_t60_s(&shoebox, 0.0) == 2.0 && shoebox_t60_s(&shoebox, 1000.0) == 2.0);
    assert_true(shoebox_t60_s(&shoebox, 8000.0) == 0.5 && shoebox_t60_s(&shoebox, 24000.0) == 0.5);
    assert_true(fabs(shoebox_t60_s(&shoebox, 2000.0) - 2.0 * pow(0.25, 1.0 / 3.0)) < 1e-12);
    assert_true(fabs(shoebox_t60_s(&shoebox, sqrt(8e6)) - 1.0) < 1e-12);
}

static void the_tail_waits_for_the_early_part_and_keeps_its_law(void **state) {
    (void)state;
    Scene *const scene = open_scene("hoa3");
    scene->room.normalise = false;
    const AudioBlock whole = make(scene);
    scene->room.early_s = 0.08;
    const AudioBlock late = make(scene);
    const int64_t begin = 3840;
    for (int channel = 0; channel < 16; ++channel) {
        for (int64_t sample = 0; sample < begin; ++sample) {
            assert_true(late.samples[channel][sample] == 0.0F);
        }
        for (int64_t sample = begin + 240; sample < begin + 20000; ++sample) {
            assert_true(late.samples[channel][sample] == whole.samples[channel][sample]);
        }
        assert_true(late.samples[channel][begin + 120] != 0.0F);
    }
    close_scene(scene);
}

/* Equal power in all N3D harmonics, no two of them alike. */
static void the_field_is_diffuse(void **state) {
    (void)state;
    Scene *const scene = open_scene("hoa3");
    scene->room.shoebox.t60_s = 4.0;
    scene->room.shoebox.t60_hf_s = 4.0;
    const AudioBlock block = make(scene);
    double energies[16];
    for (int channel = 0; channel < 16; ++channel) {
        energies[channel] = energy_of(&block, channel);
        const double n3d = energies[channel] * (2 * harmonic_degree(channel) + 1);
        assert_true(fabs(10.0 * log10(n3d / energies[0])) < 0.3);
        for (int other = 0; other < channel; ++other) {
            double product = 0.0;
            for (int64_t sample = 0; sample < block.sample_count; ++sample) {
                product +=
                    (double)block.samples[channel][sample] * (double)block.samples[other][sample];
            }
            assert_true(fabs(product) < 0.03 * sqrt(energies[channel] * energies[other]));
        }
    }
    close_scene(scene);
}

static void the_seed_and_the_room_make_the_noise(void **state) {
    (void)state;
    Scene *const scene = open_scene("5.1");
    const AudioBlock first = make(scene);
    const AudioBlock again = make(scene);
    assert_int_equal(first.sample_count, again.sample_count);
    for (int channel = 0; channel < 6; ++channel) {
        assert_memory_equal(first.samples[channel], again.samples[channel],
                            sizeof(float) * (size_t)first.sample_count);
    }
    scene->mix.seed = 21;
    const AudioBlock seeded = make(scene);
    assert_memory_not_equal(first.samples[0], seeded.samples[0], 4000);
    scene->mix.seed = 20;
    scene->room.id = "plate";
    const AudioBlock named = make(scene);
    assert_memory_not_equal(first.samples[0], named.samples[0], 4000);
    close_scene(scene);
}

/* ---- level ---- */

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
    assert_true(fabs(10.0 * log10(total_energy(&block))) < 1.5);
    close_scene(scene);
}

/* ---- decoders ---- */

/* W = 1 from everywhere has power 1 on the mean, left and right mirrored; 5200 other points. */
static void decoders_keep_the_mean_power_and_the_mirror(void **state) {
    (void)state;
    enum { POINTS = 3000, CHANNELS = 12 };
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    const Layout *const layout = layout_find("7.1.4");
    const Spatializer *const panner = spatializer_for(layout);
    void *self = NULL;
    assert_int_equal(panner->create(layout, RATE_HZ, NULL, arena, &self, errors), DONE);
    for (int order = 1; order <= 3; ++order) {
        float decoder[16][CHANNELS];
        double mean = 0.0;
        double means[CHANNELS] = {0};
        const DecoderShape shape = {order, CHANNELS, 1};
        decoder_responses(panner, self, &shape, arena, &decoder[0][0]);
        for (int point = 0; point < POINTS; ++point) {
            double values[16];
            const double z = 1.0 - (2.0 * point + 1.0) / POINTS;
            harmonics_at(direction_of(point * 137.50776405003785, asin(z) * 57.29577951308232),
                         order, values);
            for (int channel = 0; channel < CHANNELS; ++channel) {
                double gain = 0.0;
                for (int harmonic = 0; harmonic < (order + 1) * (order + 1); ++harmonic) {
                    gain += values[harmonic] * (double)decoder[harmonic][channel];
                }
                means[channel] += gain * gain / POINTS;
            }
        }
        for (int channel = 0; channel < CHANNELS; ++channel) {
            mean += means[channel];
        }
        assert_true(fabs(mean - 1.0) < 1e-3);
        assert_true(fabs(means[0] - means[1]) < 1e-3 && fabs(means[8] - means[9]) < 1e-3);
        for (int harmonic = 0; harmonic < (order + 1) * (order + 1); ++harmonic) {
            const int degree = harmonic_degree(harmonic);
            const bool is_odd = harmonic < degree * (degree + 1); /* sine: odd in y */
            const float left = decoder[harmonic][0];
            const float right = decoder[harmonic][1];
            assert_true(fabsf(left - (is_odd ? -right : right)) < 1e-6F);
        }
        assert_true(decoder[0][3] == 0.0F); /* LFE */
    }
    arena_destroy(&arena);
}

/* ---- files ---- */

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

static void channels_go_to_their_places_and_the_lfe_to_an_lfe(void **state) {
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
            assert_true(straight.samples[channel][frame] == (frame == channel ? 1.0F : 0.0F));
        }
    }
    drop_file(same);
    Scene *const wide = open_scene("7.1.4");
    give_file(wide, "5.1", RATE_HZ, pulses, 8);
    const AudioBlock spread = make(wide);
    for (int channel = 0; channel < 4; ++channel) { /* L R C LFE are the same places */
        assert_true(fabsf(spread.samples[channel][channel] - 1.0F) < 1e-6F);
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
    assert_int_equal(scene->bus.panner->create(scene->bus.layout, RATE_HZ, sofa_path, scene->arena,
                                               &self, scene->errors),
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
    const Status status = room_impulse(&scene->mix, 0, 0, scene->arena, &block, scene->errors);
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
    assert_int_equal(room_impulse(&scene->mix, 0, 0, scene->arena, &block, scene->errors), E410);
    assert_non_null(strstr(errors_last(scene->errors)->lines->text, "hall"));
    scene->files[0].real_path = scene->files[0].path;
    drop_file(scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_decays_as_asked_at_every_frequency),
        cmocka_unit_test(decay_times_are_log_log_between_the_two_given),
        cmocka_unit_test(the_tail_waits_for_the_early_part_and_keeps_its_law),
        cmocka_unit_test(the_field_is_diffuse),
        cmocka_unit_test(the_seed_and_the_room_make_the_noise),
        cmocka_unit_test(normalised_rooms_have_energy_one),
        cmocka_unit_test(truncation_cuts_below_its_level),
        cmocka_unit_test(a_room_in_two_ears_is_as_loud_left_as_right),
        cmocka_unit_test(decoders_keep_the_mean_power_and_the_mirror),
        cmocka_unit_test(a_mono_pulse_sounds_from_the_centre_alone),
        cmocka_unit_test(channels_go_to_their_places_and_the_lfe_to_an_lfe),
        cmocka_unit_test(an_ambisonic_file_of_a_plane_wave_sounds_from_its_side),
        cmocka_unit_test(a_loudspeaker_file_is_encoded_for_an_ambisonic_bus),
        cmocka_unit_test(a_pulse_in_two_ears_is_the_response_of_its_place),
        cmocka_unit_test(files_of_other_rates_keep_their_effect),
        cmocka_unit_test(normalised_files_have_energy_one_over_all_channels),
        cmocka_unit_test(unusable_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
