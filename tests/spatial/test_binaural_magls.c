/* Ambisonics at two ears by least squares: truer than virtual loudspeakers, on time, kept. */
#include "spatial/binaural_magls.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"
#include "spatial/binaural.h"
#include "spatial/decode_ambisonics.h"
#include "spatial/harmonics.h"

#include "scene.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { EARS = 2, MOST_TAPS = 1024, MOST_HARMONICS = 64, MOST_ORDER = 7 };
static const double two_pi = 6.283185307179586;

typedef struct Listener {
    Scene *scene;
    void *direct, *magls; /* selves */
    int taps;
    float *decoder; /* [harmonic][ear][tap] */
    float *pair;    /* [ear][tap] */
} Listener;

static Listener open_listener(void) {
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Scene *const scene = open_scene("binaural");
    Listener listener = {.scene = scene};
    const Layout *const bus = scene->bus.layout;
    assert_int_equal(
        binaural.create(bus, RATE_HZ, &default_head, scene->arena, &listener.direct, scene->errors),
        DONE);
    assert_int_equal(binaural_magls.create(bus, RATE_HZ, &default_head, scene->arena,
                                           &listener.magls, scene->errors),
                     DONE);
    listener.taps = binaural.tap_count(listener.direct);
    listener.decoder =
        arena_array(scene->arena, (size_t)MOST_HARMONICS * EARS * MOST_TAPS, sizeof(float));
    listener.pair = arena_array(scene->arena, (size_t)EARS * MOST_TAPS, sizeof(float));
    return listener;
}

static void decode(Listener *listener, const Spatializer *panner, const void *self, int order) {
    const DecoderShape shape = {order, EARS, listener->taps};
    assert_int_equal(decoder_responses(panner, self, &shape, listener->scene->arena,
                                       listener->decoder, listener->scene->errors),
                     DONE);
}

/* A plane wave of the order. out: [ear][tap] */
static void play_wave(const Listener *listener, Position from, int order, float *out) {
    double values[MOST_HARMONICS];
    harmonics_at(direction_of(from.azimuth_deg, from.elevation_deg), order, values);
    for (int sample = 0; sample < EARS * listener->taps; ++sample) {
        double sum = 0.0;
        for (int acn = 0; acn < (order + 1) * (order + 1); ++acn) {
            sum += values[acn] * (double)listener->decoder[acn * EARS * listener->taps + sample];
        }
        out[sample] = (float)sum;
    }
}

static double complex bin_of(const float *taps, int count, double frequency_hz) {
    double complex sum = 0.0;
    for (int tap = 0; tap < count; ++tap) {
        sum += (double)taps[tap] * cexp(-I * two_pi * frequency_hz * tap / RATE_HZ);
    }
    return sum;
}

/* Mean difference of levels from 2 to 16 kHz, both ears, every twelfth of an octave. */
static double spectrum_error_db(const float *a, const float *b, int taps) {
    double sum_db = 0.0;
    int count = 0;
    for (double frequency_hz = 2000.0; frequency_hz < 16000.0; frequency_hz *= 1.0594631) {
        for (int ear = 0; ear < EARS; ++ear) {
            const double complex have = bin_of(a + ear * taps, taps, frequency_hz);
            const double complex want = bin_of(b + ear * taps, taps, frequency_hz);
            sum_db += fabs(20.0 * log10(cabs(have) / cabs(want)));
            ++count;
        }
    }
    return sum_db / count;
}

static double wave_error_db(Listener *listener, Position from, int order) {
    float *const heard = arena_array(listener->scene->arena, EARS * MOST_TAPS, sizeof *heard);
    binaural.respond(listener->direct, from, listener->pair);
    play_wave(listener, from, order, heard);
    return spectrum_error_db(heard, listener->pair, listener->taps);
}

static void waves_keep_their_colour_better_than_by_virtual_loudspeakers(void **state) {
    (void)state;
    static const Position places[] = {
        {0.0,   0.0,  1.0, 0.0},
        {30.0,  0.0,  1.0, 0.0},
        {-75.0, 20.0, 1.0, 0.0},
        {140.0, 0.0,  1.0, 0.0}
    };
    enum { PLACES = sizeof places / sizeof *places };
    Listener listener = open_listener();
    for (int order = 1; order <= 3; ++order) {
        double errors_db[2][PLACES];
        double means_db[2] = {0.0, 0.0};
        for (int way = 0; way < 2; ++way) {
            decode(&listener, way ? &binaural_magls : &binaural,
                   way ? listener.magls : listener.direct, order);
            for (int place = 0; place < PLACES; ++place) {
                errors_db[way][place] = wave_error_db(&listener, places[place], order);
                means_db[way] += errors_db[way][place] / PLACES;
            }
        }
        print_message("order %d: front %.2f -> %.2f dB, mean of four %.2f -> %.2f dB\n", order,
                      errors_db[0][0], errors_db[1][0], means_db[0], means_db[1]);
        assert_true(errors_db[1][0] < errors_db[0][0]);
        assert_true(means_db[1] < means_db[0]);
    }
    close_scene(listener.scene);
}

/* By how much the right ear hears later: phases from 200 Hz to 1 kHz, unwrapped, on a line through
 * 0. */
static double lag_samples(const float *pair, int taps) {
    double weight = 0.0;
    double slope = 0.0;
    double phase = 0.0;
    for (double frequency_hz = 200.0; frequency_hz <= 1000.0; frequency_hz += 50.0) {
        const double complex left = bin_of(pair, taps, frequency_hz);
        const double complex right = bin_of(pair + taps, taps, frequency_hz);
        phase += carg(right * conj(left) * cexp(-I * phase));
        slope += phase * frequency_hz;
        weight += frequency_hz * frequency_hz;
    }
    return -slope / weight * RATE_HZ / two_pi;
}

static void waves_arrive_when_places_do(void **state) {
    (void)state;
    enum { ORDER = 3, EARLY = 12 };
    double worst = 0.0;
    Listener listener = open_listener();
    float *const heard = arena_array(listener.scene->arena, EARS * MOST_TAPS, sizeof *heard);
    decode(&listener, &binaural_magls, listener.magls, ORDER);
    for (double azimuth_deg = -150.0; azimuth_deg <= 180.0; azimuth_deg += 30.0) {
        const Position at = {azimuth_deg, 0.0, 1.0, 0.0};
        binaural.respond(listener.direct, at, listener.pair);
        play_wave(&listener, at, ORDER, heard);
        const double late =
            lag_samples(heard, listener.taps) - lag_samples(listener.pair, listener.taps);
        double early = 0.0;
        double whole = 0.0;
        for (int sample = 0; sample < EARS * listener.taps; ++sample) {
            const double power = (double)heard[sample] * (double)heard[sample];
            whole += power;
            early += sample % listener.taps < EARLY ? power : 0.0;
        }
        worst = fmax(worst, fabs(late));
        assert_true(fabs(late) < 1.0);
        assert_true(10.0 * log10(early / whole) < -20.0); /* rings ahead for less than 1 ms */
    }
    print_message("ITD within %.2f samples\n", worst);
    close_scene(listener.scene);
}

static double band_power(const float *taps, int count, double centre_hz) {
    double power = 0.0;
    for (int step = -8; step <= 8; ++step) {
        const double size = cabs(bin_of(taps, count, centre_hz * exp2(step / 32.0)));
        power += size * size / 17.0;
    }
    return power;
}

/* Both ears of a diffuse field have the level they have in a real one, in every octave. */
static void a_diffuse_field_keeps_its_spectrum(void **state) {
    (void)state;
    enum { POINTS = 200 };
    Listener listener = open_listener();
    for (double centre_hz = 250.0; centre_hz < 16000.0; centre_hz *= 2.0) {
        double wanted = 0.0;
        for (int point = 0; point < POINTS; ++point) {
            const double z = 1.0 - (2.0 * point + 1.0) / POINTS;
            const Position at = {point * 137.50776405003785, asin(z) * 57.29577951308232, 1.0, 0.0};
            binaural.respond(listener.direct, at, listener.pair);
            wanted += (band_power(listener.pair, listener.taps, centre_hz) +
                       band_power(listener.pair + listener.taps, listener.taps, centre_hz)) /
                      POINTS;
        }
        for (int order = 1; order <= 3; ++order) {
            double found = 0.0;
            decode(&listener, &binaural_magls, listener.magls, order);
            for (int row = 0; row < EARS * (order + 1) * (order + 1); ++row) {
                const int n3d = 2 * harmonic_degree(row / EARS) + 1;
                found +=
                    band_power(listener.decoder + row * listener.taps, listener.taps, centre_hz) /
                    n3d;
            }
            assert_true(fabs(10.0 * log10(found / wanted)) < 0.5);
        }
    }
    close_scene(listener.scene);
}

static void mirrored_waves_are_heard_by_the_other_ear(void **state) {
    (void)state;
    enum { ORDER = 2 };
    Listener listener = open_listener();
    float *const heard = arena_array(listener.scene->arena, EARS * MOST_TAPS, sizeof *heard);
    decode(&listener, &binaural_magls, listener.magls, ORDER);
    for (double azimuth_deg = 20.0; azimuth_deg < 180.0; azimuth_deg += 40.0) {
        double difference = 0.0;
        double power = 0.0;
        play_wave(&listener, (Position){azimuth_deg, 10.0, 1.0, 0.0}, ORDER, heard);
        play_wave(&listener, (Position){-azimuth_deg, 10.0, 1.0, 0.0}, ORDER, listener.pair);
        for (int tap = 0; tap < listener.taps; ++tap) {
            const double apart = (double)heard[tap] - (double)listener.pair[listener.taps + tap];
            difference += apart * apart;
            power += (double)heard[tap] * (double)heard[tap];
        }
        assert_true(difference < 1e-4 * power); /* KEMAR is not quite symmetric */
    }
    close_scene(listener.scene);
}

/* The object whose text begins with the name of the decoder. */
static const char *find_decoder(Arena *arena, const char *folder) {
    char path[256] = {0};
    const char *command = arena_format(arena, "grep -rla 'magls [0-9]' %s/objects", folder);
    FILE *answer = popen(command, "r"); // NOLINT(cert-env33-c)
    assert_non_null(fgets(path, sizeof path, answer));
    pclose(answer);
    path[strcspn(path, "\n")] = '\0';
    return arena_copy_text(arena, path);
}

static void turn_bit(const char *path, long at) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, at, SEEK_SET);
    const int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 16, file);
    fclose(file);
}

static void a_decoder_is_kept_and_not_believed_when_damaged(void **state) {
    (void)state;
    enum { ORDER = 1, SAMPLES = 4 * EARS };
    char folder[] = "/tmp/nocturne-magls-XXXXXX";
    Listener listener = open_listener();
    Arena *const arena = listener.scene->arena;
    ErrorList *const errors = listener.scene->errors;
    MixFile file = default_sofa;
    HeadFile head = {.file = &file};
    float *rounds[3];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(file_sha256(sofa_path, NO_PLACE, file.sha256, errors), DONE);
    assert_int_equal(store_open(folder, arena, &head.store, errors), DONE);
    for (int round = 0; round < 3; ++round) {
        void *self = NULL;
        rounds[round] = arena_array(arena, (size_t)SAMPLES * MOST_TAPS, sizeof(float));
        assert_int_equal(
            binaural_magls.create(listener.scene->bus.layout, RATE_HZ, &head, arena, &self, errors),
            DONE);
        assert_int_equal(binaural_magls.decode(self, ORDER, arena, rounds[round], errors), DONE);
        if (round == 1) {
            assert_null(errors_last(errors));
            turn_bit(find_decoder(arena, folder), 5000);
        }
    }
    assert_int_equal(errors_last(errors)->status, E701);
    decode(&listener, &binaural_magls, listener.magls, ORDER);
    for (int round = 0; round < 3; ++round) {
        assert_memory_equal(rounds[round], listener.decoder,
                            (size_t)(SAMPLES * listener.taps) * sizeof(float));
    }
    assert_int_equal(folder_remove(folder, errors), DONE);
    close_scene(listener.scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_keep_their_colour_better_than_by_virtual_loudspeakers),
        cmocka_unit_test(waves_arrive_when_places_do),
        cmocka_unit_test(a_diffuse_field_keeps_its_spectrum),
        cmocka_unit_test(mirrored_waves_are_heard_by_the_other_ear),
        cmocka_unit_test(a_decoder_is_kept_and_not_believed_when_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
