/* Early reflections against Allen and Berkley's own sum, Eyring's formula and first principles. */
#include "spatial/shoebox_images.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "render/model/direction.h"
#include "spatial/shoebox.h"

static const double forever_s = 1e9;

static MixShoebox make_hall(void) {
    return (MixShoebox){
        .size_m = {12.0, 20.0, 8.0},
        .t60_s = 1.2,
        .t60_hf_s = 0.6,
        .listener_m = {5.0,  8.0,  1.7},
        .order = 3
    };
}

static void the_first_six_are_mirrors_in_the_six_walls(void **state) {
    (void)state;
    const MixShoebox hall = make_hall();
    const double source_m[3] = {3.0, 10.0, 2.7}; /* 2 m to the left, 2 m in front, 1 m up */
    const double distance_m = 3.0;
    const Position source = {.azimuth_deg = 45.0,
                             .elevation_deg = asin(1.0 / 3.0) * 180.0 / acos(-1.0),
                             .distance_m = distance_m};
    MixShoebox first = hall;
    first.order = 1;
    ReflectionList list;
    shoebox_reflections(&first, forever_s, source, &list);
    assert_int_equal(list.count, 6);
    int found = 0;
    for (int wall = 0; wall < 6; ++wall) {
        double image_m[3] = {source_m[0], source_m[1], source_m[2]};
        const int axis = wall / 2;
        image_m[axis] = wall % 2 == 0 ? -image_m[axis] : 2.0 * hall.size_m[axis] - image_m[axis];
        const double right_m = image_m[0] - hall.listener_m[0];
        const double front_m = image_m[1] - hall.listener_m[1];
        const double up_m = image_m[2] - hall.listener_m[2];
        const double away_m = sqrt(right_m * right_m + front_m * front_m + up_m * up_m);
        for (int index = 0; index < list.count; ++index) {
            const Reflection *image = &list.entries[index];
            const Direction at = direction_of(image->from.azimuth_deg, image->from.elevation_deg);
            if (fabs(at.x - front_m / away_m) < 1e-9 && fabs(at.y + right_m / away_m) < 1e-9 &&
                fabs(at.z - up_m / away_m) < 1e-9) {
                assert_true(fabs(image->delay_s - (away_m - distance_m) / 343.2) < 1e-12);
                assert_true(fabs(image->gain - distance_m / away_m) < 1e-12);
                assert_int_equal(image->wall_count, 1);
                ++found;
            }
        }
    }
    assert_int_equal(found, 6);
}

/* Allen and Berkley 1979, eq. 10: p in {0, 1}^3 and r in Z^3 give the image (1 - 2p) x + 2 r L with
 * |r - p| + |r| walls an axis. */
static void every_image_is_one_of_allen_and_berkley(void **state) {
    (void)state;
    static const int counts[] = {0, 6, 24, 62, 128, 230, 376};
    MixShoebox hall = make_hall();
    const double source_m[3] = {5.0, 10.5, 1.7};
    const Position source = {.distance_m = 2.5};
    for (int order = 0; order <= 6; ++order) {
        hall.order = order;
        ReflectionList list;
        shoebox_reflections(&hall, forever_s, source, &list);
        assert_int_equal(list.count, counts[order]);
        double sum = 0.0; /* of gain e^(-delay), a number that depends on every image */
        for (int index = 0; index < list.count; ++index) {
            const Reflection *image = &list.entries[index];
            sum += image->gain * exp(-10.0 * image->delay_s) * image->wall_count;
        }
        double expected = 0.0;
        for (int code = 0; code < 8 * 9 * 9 * 9; ++code) {
            const int repeats[3] = {code / 8 % 9 - 4, code / 72 % 9 - 4, code / 648 - 4};
            double squared = 0.0;
            int walls = 0;
            for (int axis = 0; axis < 3; ++axis) {
                const int mirrored = code >> axis & 1;
                const double at_m =
                    (1 - 2 * mirrored) * source_m[axis] + 2.0 * repeats[axis] * hall.size_m[axis];
                squared += pow(at_m - hall.listener_m[axis], 2.0);
                walls += abs(repeats[axis] - mirrored) + abs(repeats[axis]);
            }
            if (walls > 0 && walls <= order) {
                const double away_m = sqrt(squared);
                expected += 2.5 / away_m * exp(-10.0 * (away_m - 2.5) / 343.2) * walls;
            }
        }
        assert_true(fabs(sum - expected) < 1e-9 * fmax(1.0, expected));
    }
}

static void only_what_comes_before_the_tail_is_early(void **state) {
    (void)state;
    const MixShoebox hall = make_hall();
    const Position source = {.distance_m = 1.0};
    ReflectionList all;
    ReflectionList early;
    shoebox_reflections(&hall, forever_s, source, &all);
    shoebox_reflections(&hall, 0.08, source, &early);
    int expected = 0;
    for (int index = 0; index < all.count; ++index) {
        expected += all.entries[index].delay_s < 0.08;
    }
    assert_int_equal(early.count, expected);
    assert_true(early.count > 6 && early.count < all.count);
}

static void a_source_behind_the_wall_is_kept_inside(void **state) {
    (void)state;
    MixShoebox hall = make_hall();
    hall.order = 1;
    ReflectionList far;
    ReflectionList near;
    shoebox_reflections(&hall, forever_s, (Position){.azimuth_deg = 90.0, .distance_m = 900.0},
                        &far);
    shoebox_reflections(&hall, forever_s, (Position){.azimuth_deg = 90.0, .distance_m = 4.8},
                        &near);
    for (int index = 0; index < 6; ++index) {
        assert_true(fabs(far.entries[index].delay_s - near.entries[index].delay_s) < 1e-12);
        assert_true(far.entries[index].delay_s >= 0.0);
        assert_true(far.entries[index].gain <= 1.0);
    }
}

/* The walls that Eyring's decay time asks for, band by band, at 48 and 192 kHz. */
static void walls_absorb_what_the_decay_time_asks_for(void **state) {
    (void)state;
    const MixShoebox hall = make_hall();
    static const double octaves_hz[] = {125.0,  250.0,  500.0,  1000.0,
                                        2000.0, 4000.0, 8000.0, 16000.0};
    static const int rates_hz[] = {44100, 48000, 192000};
    const double volume_m3 = 12.0 * 20.0 * 8.0;
    const double surface_m2 = 2.0 * (12.0 * 20.0 + 20.0 * 8.0 + 8.0 * 12.0);
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    for (int rate = 0; rate < 3; ++rate) {
        AudioBlock walls;
        assert_int_equal(shoebox_walls(&hall, rates_hz[rate], arena, &walls, errors), DONE);
        assert_int_equal(walls.channel_count, 3);
        for (int row = 0; row < 3; ++row) {
            for (int octave = 0; octave < 8; ++octave) {
                double real = 0.0;
                double imaginary = 0.0;
                for (int64_t tap = 0; tap < walls.sample_count; ++tap) {
                    const double phase =
                        2.0 * acos(-1.0) * octaves_hz[octave] * (double)tap / rates_hz[rate];
                    real += (double)walls.samples[row][tap] * cos(phase);
                    imaginary += (double)walls.samples[row][tap] * sin(phase);
                }
                const double t60_s = shoebox_t60_s(&hall, octaves_hz[octave]);
                /* Eyring 1930: T60 = 24 ln 10 V / (-c S ln(1 - absorption)) */
                const double kept =
                    exp(-24.0 * log(10.0) * volume_m3 / (343.2 * surface_m2 * t60_s));
                const double expected_db = 10.0 * (row + 1) * log10(kept);
                const double found_db = 10.0 * log10(real * real + imaginary * imaginary);
                assert_true(fabs(found_db - expected_db) < 0.1);
            }
        }
    }
    arena_destroy(&arena);
}

/* The energy of many images falls as the decay time says, and meets the tail's. */
static void images_and_tail_are_one_field(void **state) {
    (void)state;
    MixRoom room = {.is_shoebox = true, .shoebox = make_hall()};
    MixShoebox *hall = &room.shoebox;
    hall->size_m[0] = 9.0;
    hall->size_m[1] = 11.0; /* compact: 6 walls reach far in time */
    hall->size_m[2] = 7.0;
    hall->listener_m[0] = 4.1;
    hall->listener_m[1] = 4.9;
    hall->listener_m[2] = 3.0;
    hall->t60_hf_s = hall->t60_s;
    hall->order = 6;
    const double wall_power = exp(2.0 * shoebox_wall_log(hall, 500.0));
    ReflectionList list;
    shoebox_reflections(hall, forever_s, (Position){.azimuth_deg = 70.0, .distance_m = 1.0}, &list);
    double power = 0.0;
    for (int index = 0; index < list.count; ++index) {
        const Reflection *image = &list.entries[index];
        const bool is_inside = image->delay_s >= 0.030 && image->delay_s < 0.060;
        power += is_inside ? image->gain * image->gain * pow(wall_power, image->wall_count) : 0.0;
    }
    room.early_s = 0.030;
    const double from_30_ms = shoebox_late_power(&room, 48000);
    room.early_s = 0.060;
    const double expected = from_30_ms - shoebox_late_power(&room, 48000);
    assert_true(fabs(10.0 * log10(power / expected)) < 1.5);
}

/* From the middle of a cube the fourth walls are met across a corner, at 2 sides along one axis and
 * one along the others; in a low room between floor and ceiling; in general where the images say.
 */
static void images_last_until_one_more_wall_would_be_heard(void **state) {
    (void)state;
    assert_true(fabs(shoebox_images_s((double[]){2.0, 2.0, 2.0}, 3) - sqrt(24.0) / 343.2) < 1e-12);
    assert_true(fabs(shoebox_images_s((double[]){60.0, 40.0, 3.0}, 3) - 12.0 / 343.2) < 1e-12);
    static const double near_m = 0.2;
    static const double sizes_m[][3] = {
        {6.0,  8.0,  3.0},
        {60.0, 10.0, 5.0},
        {3.0,  4.0,  2.5}
    };
    for (int room = 0; room < 3; ++room) {
        for (int order = 0; order < 5; ++order) {
            MixShoebox box = {.t60_s = 1.0, .t60_hf_s = 1.0, .order = order + 1};
            for (int axis = 0; axis < 3; ++axis) {
                box.size_m[axis] = sizes_m[room][axis];
                box.listener_m[axis] = sizes_m[room][axis] / 2.0;
            }
            ReflectionList list;
            shoebox_reflections(&box, forever_s, (Position){.distance_m = near_m}, &list);
            double first_m = forever_s;
            for (int index = 0; index < list.count; ++index) {
                const Reflection *image = &list.entries[index];
                first_m = image->wall_count > order ? fmin(first_m, near_m / image->gain) : first_m;
            }
            assert_true(fabs(first_m / 343.2 - shoebox_images_s(box.size_m, order)) <=
                        near_m / 343.2);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_six_are_mirrors_in_the_six_walls),
        cmocka_unit_test(every_image_is_one_of_allen_and_berkley),
        cmocka_unit_test(only_what_comes_before_the_tail_is_early),
        cmocka_unit_test(a_source_behind_the_wall_is_kept_inside),
        cmocka_unit_test(walls_absorb_what_the_decay_time_asks_for),
        cmocka_unit_test(images_and_tail_are_one_field),
        cmocka_unit_test(images_last_until_one_more_wall_would_be_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
