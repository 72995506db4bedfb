/* Lanes against closed forms, and their gains against their values. */
#include "render/model/lane.h"
#include "tests/support/assert_near.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum { LENGTH = 20000 };

static void shapes_are_those_of_the_decision(void **state) {
    (void)state;
    for (int step = 0; step <= 100; step++) {
        const double u = step / 100.0;
        assert_near(lane_shape_value(SHAPE_LINEAR, u), u, 1e-15);
        assert_near(lane_shape_value(SHAPE_S_CURVE, u), 3 * u * u - 2 * u * u * u, 1e-15);
        assert_near(lane_shape_value(SHAPE_EXP, u), expm1(4 * u) / expm1(4), 1e-14);
        assert_near(lane_shape_value(SHAPE_PEEL, u), 1 - lane_shape_value(SHAPE_BLOOM, 1 - u),
                    1e-15);
        const double comes = lane_shape_value(SHAPE_SINE, u);      /* from 0 to 1 */
        const double goes = 1 - lane_shape_value(SHAPE_COSINE, u); /* from 1 to 0 */
        assert_near(comes * comes + goes * goes, 1, 1e-12);
    }
    assert_near(lane_shape_value(SHAPE_BLOOM, 0.85), 0.2, 1e-15);
    assert_near(lane_shape_value(SHAPE_BLOOM, 0.925), 0.6, 1e-12);
}

static void every_shape_goes_from_0_to_1_and_never_back(void **state) {
    (void)state;
    for (LaneShape shape = SHAPE_LINEAR; shape <= SHAPE_COSINE; shape++) {
        assert_near(lane_shape_value(shape, 0), 0, 1e-15);
        assert_near(lane_shape_value(shape, 1), 1, 1e-15);
        for (int step = 0; step < 1000; step++) {
            assert_true(lane_shape_value(shape, (step + 1) / 1000.0) >=
                        lane_shape_value(shape, step / 1000.0) - 1e-15);
        }
    }
}

static const LaneSegment ups_and_downs[] = {
    {100,   5000,  -30, -6,  SHAPE_EXP,     0},
    {5000,  5001,  -6,  -9,  SHAPE_LINEAR,  0},
    {7013,  12000, 3,   -18, SHAPE_S_CURVE, 0},
    {12000, 12100, -18, -18, SHAPE_LINEAR,  0},
};

static void a_value_holds_before_between_and_after_its_segments(void **state) {
    (void)state;
    const Lane lane = {LANE_GAIN, 0, ups_and_downs, COUNT(ups_and_downs)};
    assert_near(lane_value(&lane, -1000000), -30, 0);
    assert_near(lane_value(&lane, 100), -30, 0);
    assert_near(lane_value(&lane, 2550), -30 + 24 * expm1(2) / expm1(4), 1e-12);
    assert_near(lane_value(&lane, 5000), -6, 0);
    assert_near(lane_value(&lane, 5001), -9, 0);
    assert_near(lane_value(&lane, 7012), -9, 0);
    assert_near(lane_value(&lane, 7013), 3, 0);
    assert_near(lane_value(&lane, 1000000), -18, 0);
}

static void a_constant_part_is_known_as_one(void **state) {
    (void)state;
    const Lane lane = {LANE_GAIN, 0, ups_and_downs, COUNT(ups_and_downs)};
    assert_true(lane_is_constant(&lane, (Span){-5, 100}));
    assert_false(lane_is_constant(&lane, (Span){-5, 102}));
    assert_true(lane_is_constant(&lane, (Span){5001, 7013}));
    assert_false(lane_is_constant(&lane, (Span){5001, 7014}));
    assert_true(lane_is_constant(&lane, (Span){12000, 99999}));
}

static void gains_follow_the_curve_within_a_twentieth_of_a_decibel(void **state) {
    (void)state;
    static double gains[LENGTH];
    for (LaneShape shape = SHAPE_LINEAR; shape <= SHAPE_COSINE; shape++) {
        const bool is_steep = shape == SHAPE_BLOOM || shape == SHAPE_PEEL; /* for long ways */
        const LaneSegment fade[] = {
            {37,   is_steep ? 4837 : 517, 0,   -24, shape, 0},
            {9001, 19001,                 -24, 6,   shape, 0}
        };
        const Lane lane = {LANE_GAIN, 0, fade, COUNT(fade)};
        for (int sample = 0; sample < LENGTH; sample++) {
            gains[sample] = 1;
        }
        lane_multiply_gains(&lane, 0, LENGTH, gains);
        for (int sample = 0; sample < LENGTH; sample++) {
            assert_near(20 * log10(gains[sample]), lane_value(&lane, sample), 0.05);
        }
    }
}

static void a_fade_is_straight_in_amplitude_and_exact_at_its_edges(void **state) {
    (void)state;
    double gains[300];
    const LaneSegment fade[] = {
        {50, 250, 0, 1, SHAPE_LINEAR, 0}
    };
    const Lane lane = {LANE_FADE, 0, fade, 1};
    for (int sample = 0; sample < 300; sample++) {
        gains[sample] = 2;
    }
    lane_multiply_gains(&lane, 0, 300, gains);
    assert_true(gains[50] == 0 && gains[250] == 2);
    for (int sample = 0; sample < 300; sample++) {
        const double u = (sample - 50) / 200.0;
        assert_near(gains[sample], 2 * (u < 0 ? 0 : u > 1 ? 1 : u), 1e-12);
    }
}

static void pieces_of_any_size_give_the_same_bits(void **state) {
    (void)state;
    static double whole[LENGTH];
    static double pieces[LENGTH];
    const Lane lane = {LANE_GAIN, 0, ups_and_downs, COUNT(ups_and_downs)};
    const SampleTime begin = -333;
    for (int sample = 0; sample < LENGTH; sample++) {
        whole[sample] = pieces[sample] = 0.7;
    }
    lane_multiply_gains(&lane, begin, LENGTH, whole);
    int64_t length = 1;
    for (int64_t at = 0; at < LENGTH; at += length) {
        length = at * 31 % 190 + 1;
        length = at + length > LENGTH ? LENGTH - at : length;
        lane_multiply_gains(&lane, begin + at, length, pieces + at);
    }
    assert_memory_equal(whole, pieces, sizeof whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_those_of_the_decision),
        cmocka_unit_test(every_shape_goes_from_0_to_1_and_never_back),
        cmocka_unit_test(a_value_holds_before_between_and_after_its_segments),
        cmocka_unit_test(a_constant_part_is_known_as_one),
        cmocka_unit_test(gains_follow_the_curve_within_a_twentieth_of_a_decibel),
        cmocka_unit_test(a_fade_is_straight_in_amplitude_and_exact_at_its_edges),
        cmocka_unit_test(pieces_of_any_size_give_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
