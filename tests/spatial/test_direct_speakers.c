/* Beds against the reference renderer of BS.2127, and the order of its rules. */
#include "spatial/direct_speakers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bs2127.h"
#include "spatial/direct_speakers_remap.h"
#include "spatial/point_source.h"

static BoundedValue exactly(double value) {
    return (BoundedValue){value, value, value};
}

static DirectSpeaker speaker_at(double azimuth_deg, double elevation_deg) {
    return (DirectSpeaker){.azimuth = exactly(azimuth_deg),
                           .elevation = exactly(elevation_deg),
                           .distance = exactly(1.0)};
}

static DirectSpeakers *speakers_of(const char *system, Arena *arena) {
    DirectSpeakers *speakers = NULL;
    const Layout *const layout = layout_find_bs2051(system);
    assert_int_equal(direct_speakers_create(layout, arena, &speakers, errors_create(arena)), DONE);
    return speakers;
}

/* Rows without a label have their first cells empty. */
static void compare_row(Reference *reference, const DirectSpeakers *speakers) {
    const bool has_pack = strcmp(reference->oracle.cells[0], "pack") == 0;
    const int missing = has_pack ? 0 : 3;
    const char *const label = reference->oracle.cells[3];
    DirectSpeaker input = speaker_at(reference_number(reference, 4 - missing),
                                     reference_number(reference, 5 - missing));
    if (has_pack) {
        assert_string_equal(remap_layout_of_pack(reference->oracle.cells[1]),
                            reference->oracle.cells[2]);
        input.pack_id = reference->oracle.cells[1];
        input.labels = &label;
        input.label_count = 1;
        /* the common definitions lock M+SC and M-SC to the edges of the screen */
        const char *const name = direct_speaker_label(label);
        input.horizontal_edge = strcmp(name, "M+SC") == 0   ? SCREEN_LEFT_OR_TOP
                                : strcmp(name, "M-SC") == 0 ? SCREEN_RIGHT_OR_BOTTOM
                                                            : NO_SCREEN_EDGE;
    }
    double gains[LAYOUT_MAX_CHANNELS];
    direct_speakers_gains(speakers, &input, gains);
    reference_compare(reference, missing, gains, 1.0);
}

static void every_row_of_the_reference_renderer_is_met(void **state) {
    (void)state;
    int row_count = 0;
    double largest_error = 0.0;
    for (int system = 0; system < REFERENCE_SYSTEMS; ++system) {
        Arena *arena = arena_create();
        Reference reference = reference_open("directspeakers", reference_systems[system], "g_");
        const DirectSpeakers *const speakers = speakers_of(reference_systems[system], arena);
        while (reference_next(&reference)) {
            compare_row(&reference, speakers);
        }
        row_count += reference.row_count;
        largest_error = fmax(largest_error, reference.largest_error);
        arena_destroy(&arena);
    }
    reference_report("directspeakers", row_count, largest_error);
    assert_int_equal(row_count, 8 * 128);
    assert_true(largest_error < reference_tolerance);
}

/* "M+030 0.707 ..." of the channels that play, in the order of the layout. */
static void assert_plays(const char *system, const DirectSpeaker *input, const char *expected) {
    Arena *arena = arena_create();
    const Layout *const layout = layout_find_bs2051(system);
    const DirectSpeakers *const speakers = speakers_of(system, arena);
    double gains[LAYOUT_MAX_CHANNELS];
    char found[512] = "";
    direct_speakers_gains(speakers, input, gains);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const size_t used = strlen(found);
        if (gains[channel] != 0.0) {
            snprintf(found + used, sizeof found - used, "%s %.3f ",
                     layout_bs2051_label(layout, channel), gains[channel]);
        }
    }
    assert_string_equal(found, expected);
    arena_destroy(&arena);
}

static void assert_label_plays(const char *system, const char *label, const char *expected) {
    DirectSpeaker input = speaker_at(7.0, 3.0); /* a place that no loudspeaker has */
    input.labels = &label;
    input.label_count = 1;
    assert_plays(system, &input, expected);
}

static void a_label_of_the_layout_is_played_there(void **state) {
    (void)state;
    assert_label_plays("4+7+0", "M+135", "M+135 1.000 ");
    assert_label_plays("4+7+0", "urn:itu:bs:2051:0:speaker:U-045", "U-045 1.000 ");
    assert_label_plays("4+7+0", "urn:itu:bs:2051:17:speaker:LFE", "LFE1 1.000 ");
    assert_label_plays("9+10+3", "LFER", "LFE2 1.000 ");
    assert_label_plays("9+10+3", "LFEL", "LFE1 1.000 ");
    assert_label_plays("4+9+0", "M-SC", "M-SC 1.000 ");
    assert_label_plays("4+7+0", "RC_Rrs", "M-135 1.000 ");
    assert_label_plays("4+7+0", "RC_LFE", "LFE1 1.000 ");
    assert_string_equal(direct_speaker_label("urn:itu:bs:2051::speaker:LFE"),
                        "urn:itu:bs:2051::speaker:LFE");
    assert_string_equal(direct_speaker_label("RC_Lts"), "U+090");
}

static void the_first_label_that_the_layout_has_wins(void **state) {
    (void)state;
    static const char *const labels[] = {"M+060", "M+090", "M+030"};
    DirectSpeaker input = speaker_at(60.0, 0.0);
    input.labels = labels;
    input.label_count = 3;
    assert_plays("4+7+0", &input, "M+090 1.000 ");
    assert_plays("9+10+3", &input, "M+060 1.000 ");
    assert_plays("0+5+0", &input, "M+030 1.000 ");
}

static void the_loudspeaker_nearest_inside_the_bounds_plays(void **state) {
    (void)state;
    DirectSpeaker input = speaker_at(100.0, 0.0);
    input.azimuth.least = 80.0;
    input.azimuth.most = 140.0;
    assert_plays("4+7+0", &input, "M+090 1.000 ");
    input.azimuth.value = 120.0;
    assert_plays("4+7+0", &input, "M+135 1.000 ");
    input.elevation.most = 40.0; /* U+135 is inside too, but farther */
    assert_plays("4+7+0", &input, "M+135 1.000 ");
    input.distance = exactly(1.5); /* none there: sin 15 to sin 30 degrees */
    assert_plays("4+7+0", &input, "M+090 0.460 M+135 0.888 ");
}

static void two_loudspeakers_equally_near_are_panned(void **state) {
    (void)state;
    DirectSpeaker input = speaker_at(180.0, 0.0);
    input.azimuth.least = 100.0;
    input.azimuth.most = -100.0;
    assert_plays("0+5+0", &input, "M+110 0.707 M-110 0.707 ");
    input.azimuth.value = 179.0;
    assert_plays("0+5+0", &input, "M+110 1.000 ");
}

static void an_exact_place_is_played_by_its_loudspeaker(void **state) {
    (void)state;
    const DirectSpeaker side = speaker_at(-135.0, 30.0);
    assert_plays("4+7+0", &side, "U-135 1.000 ");
    const DirectSpeaker top = speaker_at(77.0, 90.0); /* at the pole every azimuth is right */
    assert_plays("9+10+3", &top, "T+000 1.000 ");
}

static void cartesian_bounds_are_those_of_the_cube(void **state) {
    (void)state;
    DirectSpeaker input = {
        .is_cartesian = true, .x = exactly(-1.0), .y = exactly(-1.0), .z = exactly(1.0)};
    assert_plays("4+7+0", &input, "U+135 1.000 ");
    input.y = (BoundedValue){-0.6, -1.0, 0.0};
    assert_plays("4+7+0", &input, "U+135 1.000 ");
    input.y = exactly(0.0); /* between U+045 and U+135: panned in the cube */
    assert_plays("4+7+0", &input, "U+045 0.707 U+135 0.707 ");
}

static void a_channel_locked_to_the_screen_stands_at_its_edge(void **state) {
    (void)state;
    DirectSpeaker input = speaker_at(40.0, 0.0);
    input.horizontal_edge = SCREEN_LEFT_OR_TOP;
    assert_plays("0+5+0", &input, "M+030 0.999 M+000 0.036 "); /* sin 29 to sin 1 degree */
    input.horizontal_edge = SCREEN_RIGHT_OR_BOTTOM;
    input.azimuth.least = -30.0; /* bounds stay where they are */
    input.azimuth.most = 0.0;
    assert_plays("0+5+0", &input, "M-030 1.000 ");
    DirectSpeaker corner = {.is_cartesian = true,
                            .x = exactly(1.0),
                            .y = exactly(1.0),
                            .z = exactly(0.0),
                            .horizontal_edge = SCREEN_LEFT_OR_TOP};
    Arena *arena = arena_create();
    double gains[6];
    direct_speakers_gains(speakers_of("0+5+0", arena), &corner, gains);
    assert_true(gains[0] > 0.99 && gains[1] == 0.0 && gains[2] > 0.0);
    /* half a screen of 1.78 : 1 is atan(tan 29 / 1.78) = 17.3 degrees high */
    DirectSpeaker top = speaker_at(0.0, -5.0);
    const DirectSpeaker placed = speaker_at(0.0, 17.2970889);
    double expected[10];
    double found[10];
    top.vertical_edge = SCREEN_LEFT_OR_TOP;
    direct_speakers_gains(speakers_of("4+5+0", arena), &top, found);
    direct_speakers_gains(speakers_of("4+5+0", arena), &placed, expected);
    for (int channel = 0; channel < 10; ++channel) {
        assert_true(fabs(found[channel] - expected[channel]) < 1e-6);
    }
    arena_destroy(&arena);
}

static void low_frequency_channels_go_to_an_lfe_or_nowhere(void **state) {
    (void)state;
    DirectSpeaker input = speaker_at(0.0, 0.0);
    input.low_pass_hz = 120.0;
    assert_true(direct_speaker_is_lfe(&input));
    assert_plays("0+5+0", &input, "LFE1 1.000 ");
    assert_plays("0+2+0", &input, "");
    input.azimuth = exactly(-45.0);
    input.elevation = exactly(-30.0);
    assert_plays("9+10+3", &input, "LFE2 1.000 ");
    input.high_pass_hz = 20.0;
    assert_false(direct_speaker_is_lfe(&input));
    input.high_pass_hz = 0.0;
    input.low_pass_hz = 201.0;
    assert_false(direct_speaker_is_lfe(&input));
}

static void an_lfe_does_not_play_in_a_loudspeaker_of_its_label(void **state) {
    (void)state;
    const char *label = "M+000";
    DirectSpeaker input = speaker_at(0.0, 0.0);
    input.labels = &label;
    input.label_count = 1;
    input.low_pass_hz = 120.0;
    assert_plays("0+5+0", &input, "LFE1 1.000 ");
}

static void packs_that_are_not_common_follow_their_labels(void **state) {
    (void)state;
    const char *label = "M+090";
    DirectSpeaker input = speaker_at(90.0, 0.0);
    input.labels = &label;
    input.label_count = 1;
    input.pack_id = "AP_00010009";
    assert_plays("0+5+0", &input, "M+030 0.577 M+110 0.816 ");
    input.pack_id = "AP_0001000f";
    assert_plays("0+5+0", &input, "M+030 0.707 M+110 0.707 ");
    input.pack_id = "AP_00011001"; /* the panner's own answer */
    double gains[6];
    double expected[6];
    Arena *arena = arena_create();
    PointSource *point_source = NULL;
    const Layout *const layout = layout_find_bs2051("0+5+0");
    assert_int_equal(point_source_create(layout, arena, &point_source, errors_create(arena)), DONE);
    direct_speakers_gains(speakers_of("0+5+0", arena), &input, gains);
    point_source_gains(point_source, (double[]){-1.0, 0.0, 0.0}, expected);
    assert_memory_equal(gains, expected, sizeof gains);
    arena_destroy(&arena);
}

/* What every rule of the table keeps: the power is at most 1 and mirrored inputs are mirrored. */
static void the_table_mirrors_left_and_right(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"M+060", "M-060"},
        {"M+090", "M-090"},
        {"M+135", "M-135"},
        {"U+030", "U-030"},
        {"U+090", "U-090"},
        {"U+135", "U-135"},
        {"B+045", "B-045"}
    };
    for (size_t pair = 0; pair < sizeof pairs / sizeof *pairs; ++pair) {
        for (int index = 0; speaker_layout_at(index); ++index) {
            const Layout *const layout = speaker_layout_at(index);
            double left[LAYOUT_MAX_CHANNELS] = {0.0};
            double right[LAYOUT_MAX_CHANNELS] = {0.0};
            const bool has_left = remap_gains("9+10+3", pairs[pair][0], layout, left);
            assert_int_equal(remap_gains("9+10+3", pairs[pair][1], layout, right), has_left);
            double power = 0.0;
            for (int channel = 0; channel < layout->channel_count; ++channel) {
                const int mirrored = mirror_channel(layout, channel);
                power += left[channel] * left[channel];
                assert_true(mirrored < 0 || left[channel] == right[mirrored]);
            }
            assert_true(power < 1.0 + 1e-15);
        }
    }
}

static void layouts_without_loudspeakers_are_refused(void **state) {
    (void)state;
    Arena *arena = arena_create();
    DirectSpeakers *speakers = NULL;
    assert_int_equal(
        direct_speakers_create(layout_find("binaural"), arena, &speakers, errors_create(arena)),
        E213);
    assert_null(speakers);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_reference_renderer_is_met),
        cmocka_unit_test(a_label_of_the_layout_is_played_there),
        cmocka_unit_test(the_first_label_that_the_layout_has_wins),
        cmocka_unit_test(the_loudspeaker_nearest_inside_the_bounds_plays),
        cmocka_unit_test(two_loudspeakers_equally_near_are_panned),
        cmocka_unit_test(an_exact_place_is_played_by_its_loudspeaker),
        cmocka_unit_test(cartesian_bounds_are_those_of_the_cube),
        cmocka_unit_test(a_channel_locked_to_the_screen_stands_at_its_edge),
        cmocka_unit_test(low_frequency_channels_go_to_an_lfe_or_nowhere),
        cmocka_unit_test(an_lfe_does_not_play_in_a_loudspeaker_of_its_label),
        cmocka_unit_test(packs_that_are_not_common_follow_their_labels),
        cmocka_unit_test(the_table_mirrors_left_and_right),
        cmocka_unit_test(layouts_without_loudspeakers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
