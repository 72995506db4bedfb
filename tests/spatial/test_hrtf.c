/* Head-related responses: what a head does to sound, and how well the gaps are filled. */
#include "spatial/hrtf.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "spatial/binaural.h"
#include "spatial/layout_table.h"

static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";
static const int rate_hz = 48000;

typedef struct Head {
    Arena *arena;
    ErrorList *errors;
    HrirGrid grid;
    HrtfSet *hrtf;
    int tap_count;
    float *pair; /* [EAR_COUNT][tap_count] */
} Head;

static int open_head(void **state) {
    Head *const head = calloc(1, sizeof *head);
    *state = head;
    if (access(sofa_path, R_OK) != 0) {
        print_message("skipped: no %s\n", sofa_path);
        return 0;
    }
    head->arena = arena_create();
    head->errors = errors_create(head->arena);
    if (sofa_read(sofa_path, head->arena, &head->grid, head->errors) != DONE ||
        hrtf_create(&head->grid, rate_hz, head->arena, &head->hrtf, head->errors) != DONE) {
        return -1;
    }
    head->tap_count = hrtf_tap_count(head->hrtf);
    head->pair = arena_array(head->arena, 2 * (size_t)head->tap_count, sizeof(float));
    return 0;
}

static int close_head(void **state) {
    Head *const head = *state;
    arena_destroy(&head->arena);
    free(head);
    return 0;
}

static Head *need_head(void **state) {
    Head *const head = *state;
    if (!head->hrtf) {
        skip();
    }
    return head;
}

static void listen(const Head *head, double azimuth_deg, double elevation_deg) {
    hrtf_respond(head->hrtf, direction_of(azimuth_deg, elevation_deg), head->pair);
}

static double ear_energy(const Head *head, int ear) {
    double energy = 0.0;
    for (int tap = 0; tap < head->tap_count; ++tap) {
        const double value = (double)head->pair[ear * head->tap_count + tap];
        energy += value * value;
    }
    return energy;
}

/* The lag of best agreement of both ears below 1.5 kHz or so (a moving mean), in microseconds;
 * found on the responses themselves, not on the onsets that built them. Positive: right is later.
 */
static double itd_us(const Head *head) {
    enum { LAG = 60, WIDTH = 16, MOST_TAPS = 1024 };
    double smooth[2][MOST_TAPS] = {{0}};
    double sums[2 * LAG + 1];
    for (int ear = 0; ear < 2; ++ear) {
        for (int tap = 0; tap < head->tap_count; ++tap) {
            for (int back = 0; back < WIDTH && back <= tap; ++back) {
                smooth[ear][tap] += (double)head->pair[ear * head->tap_count + tap - back];
            }
        }
    }
    int best = 0;
    for (int lag = -LAG; lag <= LAG; ++lag) {
        double sum = 0.0;
        for (int tap = lag > 0 ? lag : 0; tap < head->tap_count + (lag < 0 ? lag : 0); ++tap) {
            sum += smooth[0][tap - lag] * smooth[1][tap];
        }
        sums[lag + LAG] = sum;
        best = sum > sums[best + LAG] || lag == -LAG ? lag : best;
    }
    if (best <= -LAG || best >= LAG) {
        return best / (double)rate_hz * 1e6;
    }
    const double before = sums[best + LAG - 1];
    const double peak = sums[best + LAG];
    const double after = sums[best + LAG + 1];
    const double part = 0.5 * (before - after) / (before - 2.0 * peak + after);
    return (best + part) / (double)rate_hz * 1e6;
}

static void the_file_is_read_whole(void **state) {
    const Head *const head = need_head(state);
    assert_int_equal(head->grid.count, 710);
    assert_int_equal(head->grid.length_samples, 512);
    assert_int_equal(head->grid.rate_hz, 44100);
    assert_int_equal(head->tap_count % 16, 0);
    assert_true(head->tap_count <= 640);
}

static void a_source_at_the_left_is_louder_and_earlier_in_the_left_ear(void **state) {
    const Head *const head = need_head(state);
    listen(head, 90.0, 0.0);
    const double ild_db = 10.0 * log10(ear_energy(head, 0) / ear_energy(head, 1));
    assert_true(ild_db > 6.0 && ild_db < 25.0);
    const double left_itd_us = itd_us(head);
    print_message("at 90 deg: ITD %.1f us, ILD %.1f dB\n", left_itd_us, ild_db);
    assert_true(left_itd_us > 600.0 && left_itd_us < 800.0);
    listen(head, -90.0, 0.0);
    assert_true(fabs(itd_us(head) + left_itd_us) < 20.0);
    assert_true(fabs(10.0 * log10(ear_energy(head, 1) / ear_energy(head, 0)) - ild_db) < 1.0);
}

static void onsets_tell_the_time_between_the_ears(void **state) {
    const Head *const head = need_head(state);
    double onsets[2];
    hrtf_onsets(head->hrtf, direction_of(90.0, 0.0), onsets);
    const double side_us = (onsets[1] - onsets[0]) / rate_hz * 1e6;
    assert_true(side_us > 600.0 && side_us < 800.0);
    hrtf_onsets(head->hrtf, direction_of(0.0, 0.0), onsets);
    assert_true(fabs(onsets[1] - onsets[0]) / rate_hz * 1e6 < 20.0);
}

static void a_source_in_the_median_plane_reaches_both_ears_at_once(void **state) {
    const Head *const head = need_head(state);
    for (double elevation_deg = -90.0; elevation_deg <= 90.0; elevation_deg += 15.0) {
        listen(head, 0.0, elevation_deg);
        assert_true(fabs(itd_us(head)) <= 20.0);
        assert_true(fabs(10.0 * log10(ear_energy(head, 0) / ear_energy(head, 1))) < 0.5);
    }
}

static void the_response_moves_without_a_step(void **state) {
    const Head *const head = need_head(state);
    float *const before = arena_array(head->arena, 2 * (size_t)head->tap_count, sizeof *before);
    double worst = 0.0;
    for (int circle = 0; circle < 3; ++circle) {
        for (int step = 0; step <= 3600; ++step) {
            const double elevation_deg = -80.0 + 60.0 * circle;
            double change = 0.0;
            listen(head, step * 0.1, elevation_deg);
            for (int tap = 0; step > 0 && tap < 2 * head->tap_count; ++tap) {
                const double difference = (double)head->pair[tap] - (double)before[tap];
                change += difference * difference;
            }
            worst = fmax(worst, change / (ear_energy(head, 0) + ear_energy(head, 1)));
            memcpy(before, head->pair, sizeof(float) * 2 * (size_t)head->tap_count);
        }
    }
    print_message("largest change in 0.1 deg: %.1f dB\n", 10.0 * log10(worst));
    assert_true(worst < 0.01); /* -20 dB */
}

/* Magnitude in dB of one ear at a frequency: a plain sum. */
static double magnitude_db(const float *taps, int count, double frequency_hz) {
    const double complex turn =
        cexp(-2.0 * I * 3.14159265358979323846 * frequency_hz / (double)rate_hz);
    double complex sum = 0.0;
    double complex step = 1.0;
    for (int tap = 0; tap < count; ++tap) {
        sum += (double)taps[tap] * step;
        step *= turn;
    }
    return 20.0 * log10(cabs(sum) + 1e-9);
}

/* Power in 1/6 octave around a frequency, in dB. */
static double band_db(const float *taps, int count, double centre_hz) {
    double power = 0.0;
    for (int step = -3; step <= 3; ++step) {
        const double level_db = magnitude_db(taps, count, centre_hz * exp2(step / 36.0));
        power += pow(10.0, level_db / 10.0);
    }
    return 10.0 * log10(power / 7.0);
}

enum { SPHERE_POINTS = 400 };

/* Even points of the sphere; those below the grid hear its closing pole. */
static void listen_evenly(const Head *head, int point) {
    const double elevation_deg =
        asin(1.0 - (2.0 * point + 1.0) / SPHERE_POINTS) * 180.0 / 3.14159265358979323846;
    listen(head, point * 137.50776405003785, elevation_deg);
}

static void a_diffuse_field_is_flat_in_every_third_from_40_hz_to_14_khz(void **state) {
    const Head *const head = need_head(state);
    enum { THIRDS = 26, LINES = 5 };
    double power[THIRDS] = {0};
    double mean_db = 0.0;
    for (int point = 0; point < SPHERE_POINTS; ++point) {
        listen_evenly(head, point);
        for (int line = 0; line < THIRDS * LINES; ++line) {
            const double frequency_hz =
                1000.0 * exp2((line / LINES - 14) / 3.0 + (line % LINES - 2) / 15.0);
            for (int ear = 0; ear < 2; ++ear) {
                const float *const taps = head->pair + ear * head->tap_count;
                power[line / LINES] +=
                    pow(10.0, magnitude_db(taps, head->tap_count, frequency_hz) / 10.0);
            }
        }
    }
    for (int third = 0; third < THIRDS; ++third) {
        power[third] = 10.0 * log10(power[third] / (SPHERE_POINTS * LINES));
        mean_db += power[third] / THIRDS;
    }
    for (int third = 0; third < THIRDS; ++third) {
        print_message("%.0f:%+.2f ", 1000.0 * exp2((third - 14) / 3.0), power[third] - mean_db);
        assert_true(fabs(power[third] - mean_db) <= 1.5);
    }
    print_message("dB\n");
    /* the level of the set is where it says */
    assert_true(fabs(mean_db - hrtf_level_offset_db(head->hrtf)) < 0.5);
}

/* 1.5 .. 8 kHz in steps of 25 Hz. */
enum { BAND_LINES = 262 };

typedef struct Pair {
    const float *left, *right;
    int count, rate_hz;
} Pair;

/* Left times the conjugate of right, line by line. */
static void cross_ears(const Pair *pair, double complex *cross) {
    for (int line = 0; line < BAND_LINES; ++line) {
        const double complex turn =
            cexp(-2.0 * I * 3.14159265358979323846 * (1500.0 + 25.0 * line) / pair->rate_hz);
        double complex left = 0.0;
        double complex right = 0.0;
        double complex step = 1.0;
        for (int sample = 0; sample < pair->count; ++sample) {
            left += (double)pair->left[sample] * step;
            right += (double)pair->right[sample] * step;
            step *= turn;
        }
        cross[line] = left * conj(right);
    }
}

/* The lag at which both ears agree best; the weights of the lines are given. Right later: positive.
 */
static double band_itd_us(const double complex *cross, const double *weights) {
    double best = -INFINITY;
    double itd = 0.0;
    for (double lag_us = -1000.0; lag_us <= 1000.0; lag_us += 1.0) {
        const double w_us = -2e-6 * 3.14159265358979323846 * lag_us;
        double complex turn = cexp(I * w_us * 1500.0);
        double sum = 0.0;
        for (int line = 0; line < BAND_LINES; ++line) {
            sum += weights[line] * creal(cross[line] * turn) / cabs(cross[line]);
            turn *= cexp(I * w_us * 25.0);
        }
        if (sum > best) {
            best = sum;
            itd = lag_us;
        }
    }
    return itd;
}

static double itd_change_us(const Pair *measured, const Pair *made) {
    double complex cross[BAND_LINES];
    double weights[BAND_LINES];
    cross_ears(measured, cross);
    for (int line = 0; line < BAND_LINES; ++line) {
        weights[line] = cabs(cross[line]);
    }
    const double measured_us = band_itd_us(cross, weights);
    cross_ears(made, cross);
    return fabs(band_itd_us(cross, weights) - measured_us);
}

/* Mean of the level difference in 1/6 octave: what both ears have in common has no part in it. */
static double ild_db(const Pair *pair, double centre_hz) {
    double sum_db = 0.0;
    for (int step = -3; step <= 3; ++step) {
        const double frequency_hz = centre_hz * exp2(step / 36.0) * rate_hz / pair->rate_hz;
        sum_db += magnitude_db(pair->left, pair->count, frequency_hz) -
                  magnitude_db(pair->right, pair->count, frequency_hz);
    }
    return sum_db / 7.0;
}

/* 1.5 .. 8 kHz. The lag of best agreement jumps by a period where a far ear hears the sound from
 * around both sides of the head, so not all directions have to agree in it. */
static void times_and_levels_between_the_ears_stay_as_measured(void **state) {
    const Head *const head = need_head(state);
    enum { STRIDE = 7, SIXTHS = 15 };
    int compared = 0;
    int far_db_count = 0;
    int far_us_count = 0;
    double sum_db = 0.0;
    for (int point = 0; point < head->grid.count; point += STRIDE) {
        const int raw_count = head->grid.length_samples;
        const float *const raw = &head->grid.samples[(size_t)point * EAR_COUNT * (size_t)raw_count];
        const Pair measured = {raw, raw + raw_count, raw_count, head->grid.rate_hz};
        const Pair made = {head->pair, head->pair + head->tap_count, head->tap_count, rate_hz};
        hrtf_respond(head->hrtf, head->grid.directions[point], head->pair);
        for (int sixth = 0; sixth < SIXTHS; ++sixth) {
            const double centre_hz = 1500.0 * exp2(sixth / 6.0);
            const double change_db = fabs(ild_db(&made, centre_hz) - ild_db(&measured, centre_hz));
            sum_db += change_db;
            far_db_count += change_db > 0.5;
        }
        far_us_count += itd_change_us(&measured, &made) > 10.0;
        ++compared;
    }
    print_message("of %d directions %d change in ITD by more than 10 us; ILD %.2f dB on the mean, "
                  "%d of %d above 0.5 dB\n",
                  compared, far_us_count, sum_db / (compared * SIXTHS), far_db_count,
                  compared * SIXTHS);
    assert_true(far_us_count <= compared / 10);
    assert_true(far_db_count <= compared * SIXTHS / 100);
    assert_true(sum_db / (compared * SIXTHS) <= 0.1);
}

/* Every seventh direction of the grid is taken out and asked for. */
static void directions_left_out_come_back_within_half_a_decibel(void **state) {
    const Head *const head = need_head(state);
    enum { STRIDE = 7, BANDS = 11 };
    HrirGrid rest = head->grid;
    const size_t ear_samples = (size_t)EAR_COUNT * (size_t)rest.length_samples;
    Direction *const directions = arena_array(head->arena, (size_t)rest.count, sizeof *directions);
    float *const samples =
        arena_array(head->arena, (size_t)rest.count * ear_samples, sizeof *samples);
    double *const delays = arena_array(head->arena, (size_t)rest.count * EAR_COUNT, sizeof *delays);
    int kept = 0;
    for (int point = 0; point < head->grid.count; ++point) {
        if (point % STRIDE != 3) {
            directions[kept] = head->grid.directions[point];
            memcpy(&samples[(size_t)kept * ear_samples],
                   &head->grid.samples[(size_t)point * ear_samples], ear_samples * sizeof *samples);
            ++kept;
        }
    }
    rest.directions = directions;
    rest.samples = samples;
    rest.delays_samples = delays;
    rest.count = kept;
    HrtfSet *reduced = NULL;
    assert_int_equal(hrtf_create(&rest, rate_hz, head->arena, &reduced, head->errors), DONE);
    const int tap_count = hrtf_tap_count(reduced);
    float *const found = arena_array(head->arena, 2 * (size_t)tap_count, sizeof *found);
    double error_db = 0.0;
    double itd_error_us = 0.0;
    int compared = 0;
    for (int point = 3; point < head->grid.count; point += 3 * STRIDE) {
        const Direction at = head->grid.directions[point];
        double onsets[2][2];
        hrtf_respond(head->hrtf, at, head->pair);
        hrtf_respond(reduced, at, found);
        hrtf_onsets(head->hrtf, at, onsets[0]);
        hrtf_onsets(reduced, at, onsets[1]);
        itd_error_us +=
            fabs((onsets[0][1] - onsets[0][0]) - (onsets[1][1] - onsets[1][0])) / rate_hz * 1e6;
        for (int index = 0; index < BANDS; ++index) {
            const double centre_hz = 5000.0 * exp2(index / 6.0);
            /* the nearer ear: the farther one is 15 dB down in its own noise */
            const int ear = at.y >= 0.0 ? 0 : 1;
            error_db +=
                fabs(band_db(found + ear * tap_count, tap_count, centre_hz) -
                     band_db(head->pair + ear * head->tap_count, head->tap_count, centre_hz));
        }
        ++compared;
    }
    error_db /= BANDS * compared;
    itd_error_us /= compared;
    print_message("%d directions left out: 5-16 kHz %.2f dB, ITD %.1f us on the mean\n", compared,
                  error_db, itd_error_us);
    assert_true(error_db <= 0.5);
    assert_true(itd_error_us <= 5.0);
}

/* At a measured direction nothing is interpolated: the magnitude of the file comes back, but for
 * one filter that all directions and both ears share. */
static void measured_directions_differ_from_the_file_by_one_filter(void **state) {
    const Head *const head = need_head(state);
    enum { STRIDE = 37, RESPONSES = 40, LINES = 13 };
    double change_db[LINES][RESPONSES];
    int count = 0;
    for (int point = 0; point < head->grid.count; point += STRIDE) {
        hrtf_respond(head->hrtf, head->grid.directions[point], head->pair);
        for (int ear = 0; ear < EAR_COUNT; ++ear, ++count) {
            const float *const raw = &head->grid.samples[(size_t)(point * EAR_COUNT + ear) *
                                                         (size_t)head->grid.length_samples];
            for (int line = 0; line < LINES; ++line) {
                const double frequency_hz = 500.0 * exp2(line * 0.38);
                change_db[line][count] = magnitude_db(head->pair + ear * head->tap_count,
                                                      head->tap_count, frequency_hz) -
                                         magnitude_db(raw, head->grid.length_samples,
                                                      frequency_hz * rate_hz / head->grid.rate_hz);
            }
        }
    }
    for (int line = 0; line < LINES; ++line) {
        double mean_db = 0.0;
        double spread_db = 0.0;
        for (int response = 0; response < count; ++response) {
            mean_db += change_db[line][response] / count;
        }
        for (int response = 0; response < count; ++response) {
            spread_db += fabs(change_db[line][response] - mean_db) / count;
        }
        assert_true(spread_db < 0.25);
    }
}

static void the_same_file_gives_the_same_bits(void **state) {
    const Head *const head = need_head(state);
    HrtfSet *again = NULL;
    assert_int_equal(hrtf_create(&head->grid, rate_hz, head->arena, &again, head->errors), DONE);
    float *const pair = arena_array(head->arena, 2 * (size_t)head->tap_count, sizeof *pair);
    for (int step = 0; step < 50; ++step) {
        listen(head, step * 7.7, step * 3.0 - 75.0);
        hrtf_respond(again, direction_of(step * 7.7, step * 3.0 - 75.0), pair);
        assert_memory_equal(pair, head->pair, sizeof(float) * 2 * (size_t)head->tap_count);
    }
}

static void other_rates_hold_the_same_head(void **state) {
    const Head *const head = need_head(state);
    static const int rates_hz[] = {44100, 96000};
    for (int index = 0; index < 2; ++index) {
        HrtfSet *hrtf = NULL;
        double onsets[2][2];
        assert_int_equal(
            hrtf_create(&head->grid, rates_hz[index], head->arena, &hrtf, head->errors), DONE);
        hrtf_onsets(head->hrtf, direction_of(60.0, 10.0), onsets[0]);
        hrtf_onsets(hrtf, direction_of(60.0, 10.0), onsets[1]);
        const double itd_s = (onsets[0][1] - onsets[0][0]) / rate_hz;
        const double other_itd_s = (onsets[1][1] - onsets[1][0]) / rates_hz[index];
        assert_true(fabs(itd_s - other_itd_s) < 10e-6);
        assert_true(hrtf_tap_count(hrtf) <= 1024 && hrtf_tap_count(hrtf) % 16 == 0);
    }
}

static void the_spatializer_answers_from_any_distance(void **state) {
    const Head *const head = need_head(state);
    void *self = NULL;
    const clock_t begin = clock();
    assert_int_equal(
        binaural.create(layout_find("binaural"), rate_hz,
                        &(HeadFile){
                            .file = &(MixFile){.path = sofa_path, .real_path = sofa_path}
    },
                        head->arena, &self, head->errors),
        DONE);
    const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    print_message("create: %.3f s\n", seconds);
    assert_int_equal(binaural.tap_count(self), head->tap_count);
    float *const pair = arena_array(head->arena, 2 * (size_t)head->tap_count, sizeof *pair);
    listen(head, 30.0, 5.0);
    for (double distance_m = 1.0; distance_m < 300.0; distance_m *= 3.0) {
        binaural.respond(self, (Position){30.0, 5.0, distance_m, 0.0}, pair);
        assert_memory_equal(pair, head->pair, sizeof(float) * 2 * (size_t)head->tap_count);
    }
    const double far_db = 10.0 * log10(ear_energy(head, 0) / ear_energy(head, 1));
    binaural.respond(self, (Position){30.0, 5.0, 0.2, 0.0}, head->pair);
    assert_true(10.0 * log10(ear_energy(head, 0) / ear_energy(head, 1)) > far_db + 2.0);
}

/* ---- files that cannot be used, and grids that cannot ---- */

static Status create_from(const char *path) {
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    void *self = NULL;
    const MixFile file = {.path = path, .real_path = path};
    const HeadFile head = {.file = path ? &file : NULL};
    const Status status =
        binaural.create(layout_find("binaural"), rate_hz, &head, arena, &self, errors);
    assert_true(status == DONE || !path || strstr(errors_last(errors)->message, path));
    arena_destroy(&arena);
    return status;
}

static void files_that_are_not_sofa_are_refused_by_name(void **state) {
    (void)state;
    char path[] = "/tmp/nocturne-sofa-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "not a SOFA file\n", 16), 16);
    close(file);
    assert_int_equal(create_from(path), E426);
    unlink(path);
    assert_int_equal(create_from(path), E426);
    assert_int_equal(create_from(NULL), E420);
}

/* A grid of unit pulses at the given directions. */
static Status create_from_grid(const Direction *directions, int count, float pulse, double delay) {
    enum { LENGTH = 64, MOST = 16 };
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    float samples[MOST][EAR_COUNT][LENGTH] = {{{0}}};
    double delays[MOST][EAR_COUNT] = {{0}};
    HrtfSet *hrtf = NULL;
    for (int point = 0; point < count; ++point) {
        samples[point][0][5] = pulse;
        samples[point][1][5] = pulse;
        delays[point][1] = point == 0 ? delay : 0.0;
    }
    const HrirGrid grid = {directions, &samples[0][0][0], &delays[0][0], count, LENGTH, rate_hz};
    const Status status = hrtf_create(&grid, rate_hz, arena, &hrtf, errors);
    if (status == DONE) {
        double onsets[EAR_COUNT];
        hrtf_onsets(hrtf, directions[0], onsets);
        assert_true(fabs(onsets[1] - onsets[0] - delay) < 1e-9);
    }
    arena_destroy(&arena);
    return status;
}

static void grids_must_surround_the_listener_and_sound(void **state) {
    (void)state;
    Direction ring[8];
    for (int point = 0; point < 8; ++point) {
        ring[point] = direction_of(45.0 * point, 0.0);
    }
    assert_int_equal(create_from_grid(ring, 8, 1.0F, 12.25), DONE);
    assert_int_equal(create_from_grid(ring, 3, 1.0F, 0.0), E421);
    assert_int_equal(create_from_grid(ring, 1, 1.0F, 0.0), E421);
    assert_int_equal(create_from_grid(ring, 8, 0.0F, 0.0), E420);
    assert_int_equal(create_from_grid(ring, 8, 1.0F, 5000.0), E420);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_read_whole),
        cmocka_unit_test(a_source_at_the_left_is_louder_and_earlier_in_the_left_ear),
        cmocka_unit_test(onsets_tell_the_time_between_the_ears),
        cmocka_unit_test(a_source_in_the_median_plane_reaches_both_ears_at_once),
        cmocka_unit_test(a_diffuse_field_is_flat_in_every_third_from_40_hz_to_14_khz),
        cmocka_unit_test(times_and_levels_between_the_ears_stay_as_measured),
        cmocka_unit_test(the_response_moves_without_a_step),
        cmocka_unit_test(directions_left_out_come_back_within_half_a_decibel),
        cmocka_unit_test(measured_directions_differ_from_the_file_by_one_filter),
        cmocka_unit_test(the_same_file_gives_the_same_bits),
        cmocka_unit_test(other_rates_hold_the_same_head),
        cmocka_unit_test(the_spatializer_answers_from_any_distance),
        cmocka_unit_test(files_that_are_not_sofa_are_refused_by_name),
        cmocka_unit_test(grids_must_surround_the_listener_and_sound),
    };
    return cmocka_run_group_tests(tests, open_head, close_head);
}
