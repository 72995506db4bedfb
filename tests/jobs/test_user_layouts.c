/* Layouts of a job: what may stand where, where sounds go then, and what is refused. */
#include <math.h>

#include "tests/support/job_desk.h"

#include "jobs/user_layout.h"
#include "spatial/adm_frame.h"
#include "spatial/layout_range.h"
#include "spatial/layout_table.h"
#include "spatial/point_source.h"

enum { RANDOM_DIRECTIONS = 100000 };

static const Layout *own_layout(Desk *desk, const char *layouts) {
    const Status status =
        load_body(desk, arena_format(desk->arena, "layouts: {x: {%s}}\n", layouts));
    if (status != DONE) {
        print_error("%s\n%s\n", errors_first(desk->errors)->message, layouts);
    }
    assert_int_equal(status, DONE);
    return job_layout_find(desk->job, "x");
}

static PointSource *open_panner(Desk *desk, const Layout *layout) {
    PointSource *panner = NULL;
    assert_int_equal(point_source_create(layout, desk->arena, &panner, desk->errors), DONE);
    return panner;
}

static void
pan(const PointSource *panner, double azimuth_deg, double elevation_deg, double *gains) {
    const Direction at = adm_vector(azimuth_deg, elevation_deg, 1.0);
    point_source_gains(panner, (double[]){at.x, at.y, at.z}, gains);
}

static void a_sound_at_the_real_place_is_played_by_that_speaker_alone(void **state) {
    Desk *desk = *state;
    const Layout *layout =
        own_layout(desk, "base: 7.1.4, speakers: {L: {az: 41 deg}, M-090: {az: -103 deg},"
                         " U+135: {az: 121 deg, el: 44 deg}}");
    static const struct {
        int channel;
        double azimuth_deg, elevation_deg;
    } places[] = {
        {0,  41.0,   0.0 },
        {1,  -30.0,  0.0 },
        {5,  -103.0, 0.0 },
        {10, 121.0,  44.0},
        {11, -135.0, 30.0},
    };
    PointSource *panner = open_panner(desk, layout);
    for (size_t row = 0; row < sizeof places / sizeof *places; row++) {
        double gains[POINT_SOURCE_CHANNELS] = {0.0};
        pan(panner, places[row].azimuth_deg, places[row].elevation_deg, gains);
        assert_true(fabs(gains[places[row].channel] - 1.0) < 1e-9);
    }
    assert_int_equal(layout->channel_count, 12);
    assert_true(layout->channels[0].position.azimuth_deg == 30.0); /* nominal stays */
    assert_string_equal(layout_bs2051_label(layout, 10), "U+135");
    assert_string_equal(layout_bs2051_system(layout), "4+7+0");
}

/* Two in the plane of the ears: tangents of the law of triangles, sin ratio of the half planes. */
static void between_two_real_places_gains_follow_the_sines(void **state) {
    Desk *desk = *state;
    const Layout *layout =
        own_layout(desk, "base: 5.1, speakers: {Ls: {az: 118 deg}, Rs: {az: -101 deg}}");
    PointSource *panner = open_panner(desk, layout);
    const double rad = 3.14159265358979323846 / 180.0;
    double gains[POINT_SOURCE_CHANNELS] = {0.0};
    pan(panner, 70.0, 0.0, gains);
    const double left = sin((118.0 - 70.0) * rad);
    const double surround = sin((70.0 - 30.0) * rad);
    const double length = sqrt(left * left + surround * surround);
    assert_true(fabs(gains[0] - left / length) < 1e-9);
    assert_true(fabs(gains[4] - surround / length) < 1e-9);
}

/* BS.2127-1, 6.1.3.1: real places within 30 degrees count as 15, others as 45. */
static void screen_speakers_have_two_nominal_places(void **state) {
    Desk *desk = *state;
    const Layout *layout =
        own_layout(desk, "base: 4+9+0, speakers: {M+SC: {az: 25 deg}, M-SC: {az: -36 deg},"
                         " L: {az: 31 deg}, R: {az: -30 deg}}");
    assert_true(layout->channels[12].position.azimuth_deg == 15.0);
    assert_true(layout->channels[13].position.azimuth_deg == -45.0);
    assert_string_equal(layout_bs2051_label(layout, 13), "M-SC");
    double gains[POINT_SOURCE_CHANNELS] = {0.0};
    pan(open_panner(desk, layout), -36.0, 0.0, gains);
    assert_true(fabs(gains[13] - 1.0) < 1e-9);
}

static void speakers_without_a_base_stand_anywhere_in_written_order(void **state) {
    Desk *desk = *state;
    const Layout *layout =
        own_layout(desk, "speakers: {C: {az: 12 deg}, back: {az: 180 deg, el: 20 deg, gain: -6 dB,"
                         " delay: 2 ms}, L: {az: 80 deg}, R: {az: -70 deg}, sub: {lfe: yes}}");
    assert_int_equal(layout->channel_count, 5);
    assert_string_equal(layout->channels[1].label, "back");
    assert_int_equal(layout->channels[4].role, CHANNEL_LFE);
    assert_true(layout->channels[0].position.azimuth_deg == 0.0);
    assert_true(layout->loudspeakers[0].real.azimuth_deg == 12.0);
    assert_true(fabs(layout->loudspeakers[1].gain - 0.501187233627) < 1e-12);
    assert_true(layout->loudspeakers[1].delay_s == 0.002);
    assert_true(layout->channels[2].loudness_weight == 1.41); /* BS.1770-5: at 80 degrees */
    assert_true(layout->channels[4].loudness_weight == 0.0);
    assert_null(layout->base);
}

static void align_makes_nearer_speakers_later_and_lower(void **state) {
    Desk *desk = *state;
    const Layout *layout = own_layout(
        desk, "align: yes, base: '2.0', speakers: {L: {dist: 2 m}, R: {dist: 3 m, gain: -6 dB}}");
    assert_true(fabs(layout->loudspeakers[0].gain - 2.0 / 3.0) < 1e-12);
    assert_true(fabs(layout->loudspeakers[0].delay_s - 1.0 / 343.0) < 1e-12);
    assert_true(fabs(layout->loudspeakers[1].gain - 0.501187233627) < 1e-12);
    assert_true(layout->loudspeakers[1].delay_s == 0.0);
}

static double next_random(uint64_t *random) { /* Knuth's MMIX, -1 .. 1 */
    *random = *random * 6364136223846793005U + 1442695040888963407U;
    return (double)(*random >> 11) * 0x1p-52 - 1.0;
}

static void next_direction(uint64_t *random, double direction[3]) {
    double square = 2.0;
    while (square > 1.0 || square < 0.01) {
        square = 0.0;
        for (int axis = 0; axis < 3; axis++) {
            direction[axis] = next_random(random);
            square += direction[axis] * direction[axis];
        }
    }
    for (int axis = 0; axis < 3; axis++) {
        direction[axis] /= sqrt(square);
    }
}

/* Every loudspeaker of a system at a random place of its range. */
static const Layout *random_layout(Desk *desk, const Layout *base, uint64_t *random) {
    const char *text = arena_format(desk->arena, "base: '%s', speakers: {", base->name);
    for (int channel = 0; channel < base->channel_count; channel++) {
        LayoutRange range;
        if (base->channels[channel].role == CHANNEL_LFE ||
            !layout_range_find(base, channel, &range)) {
            continue;
        }
        const double u = 0.5 + 0.5 * next_random(random);
        const double v = 0.5 + 0.5 * next_random(random);
        double azimuth_deg =
            range.azimuth_min_deg + u * (range.azimuth_max_deg - range.azimuth_min_deg);
        if (range.gap_max_deg > 0.0) { /* wide ones could change places with M+-030 */
            azimuth_deg = (azimuth_deg < 0.0 ? -1.0 : 1.0) * (5.0 + 20.0 * u);
        }
        text = arena_format(desk->arena, "%s'%s': {az: %.6f deg, el: %.6f deg}, ", text,
                            layout_bs2051_label(base, channel), azimuth_deg,
                            range.elevation_min_deg +
                                v * (range.elevation_max_deg - range.elevation_min_deg));
    }
    return own_layout(desk, arena_format(desk->arena, "%s}", text));
}

static double power_of(const double *gains, int count) {
    double power = 0.0;
    for (int channel = 0; channel < count; channel++) {
        power += gains[channel] * gains[channel];
    }
    return power;
}

static double largest_step(const double *before, const double *after, int count) {
    double largest = 0.0;
    for (int channel = 0; channel < count; channel++) {
        largest = fmax(largest, fabs(after[channel] - before[channel]));
    }
    return largest;
}

/* Power 1 and no step above 0.05 per 0.1 degrees, as for the nominal systems. */
static void random_real_places_keep_power_and_smoothness(void **state) {
    Desk *desk = *state;
    static const char *const systems[] = {"0+5+0", "4+5+1", "4+5+0", "4+9+0", "9+10+3", "4+7+0"};
    const double step_rad = 0.1 * 3.14159265358979323846 / 180.0;
    uint64_t random = 5;
    for (size_t system = 0; system < sizeof systems / sizeof *systems; system++) {
        const Layout *layout = random_layout(desk, layout_find_bs2051(systems[system]), &random);
        const PointSource *panner = open_panner(desk, layout);
        for (int count = 0; count < RANDOM_DIRECTIONS / 4; count++) {
            double at[3];
            double offset[3];
            double before[POINT_SOURCE_CHANNELS];
            double after[POINT_SOURCE_CHANNELS];
            next_direction(&random, at);
            next_direction(&random, offset);
            point_source_gains(panner, at, before);
            assert_true(fabs(power_of(before, layout->channel_count) - 1.0) < 1e-9);
            for (int axis = 0; axis < 3; axis++) {
                at[axis] += step_rad * offset[axis];
            }
            point_source_gains(panner, at, after);
            assert_true(largest_step(before, after, layout->channel_count) < 0.05);
        }
    }
}

static void ranges_are_mirror_images_and_hold_their_nominal_place(void **state) {
    (void)state;
    static const char *const systems[] = {"0+2+0", "0+5+0", "2+5+0",  "4+5+0", "4+5+1",
                                          "3+7+0", "4+9+0", "9+10+3", "0+7+0", "4+7+0"};
    for (size_t system = 0; system < sizeof systems / sizeof *systems; system++) {
        const Layout *layout = layout_find_bs2051(systems[system]);
        for (int channel = 0; channel < layout->channel_count; channel++) {
            const Position *at = &layout->channels[channel].position;
            LayoutRange range;
            if (layout_range_find(layout, channel, &range)) {
                assert_true(layout_range_holds(&range, at->azimuth_deg, at->elevation_deg));
                assert_false(layout_range_holds(&range, at->azimuth_deg, -60.0));
                assert_true(fabs(at->elevation_deg) == 90.0 ||
                            !layout_range_holds(&range, at->azimuth_deg > 90.0 ? 70.0 : 160.0,
                                                at->elevation_deg) ||
                            strcmp(systems[system], "3+7+0") == 0);
            }
        }
    }
    LayoutRange left;
    LayoutRange right;
    assert_true(layout_range_find(layout_find("22.2"), 0, &left)); /* M+060: 45 .. 60, 0 .. 5 */
    assert_true(layout_range_find(layout_find("22.2"), 1, &right));
    assert_true(left.azimuth_min_deg == 45.0 && right.azimuth_max_deg == -45.0);
    assert_true(left.azimuth_max_deg == 60.0 && right.azimuth_min_deg == -60.0);
    assert_true(right.elevation_max_deg == 5.0);
    assert_false(layout_range_find(layout_find("9.1.6"), 0, &left));
}

typedef struct Refusal {
    const char *body;
    Status status;
    int line;
    const char *words;
} Refusal;

static void wrong_layouts_are_refused_with_their_place(void **state) {
    Desk *desk = *state;
    static const Refusal refusals[] = {
        {"layouts:\n  x: {base: 7.1.4, speakers: {\n    L: {az: 60 deg}}}",                     E206, 5,
         "outside its range in 4+7+0"                                                                                                  },
        {"layouts:\n  x: {base: 4+9+0, speakers: {\n    M+SC: {az: 30 deg}}}",                  E206, 5,
         "outside its range in 4+9+0"                                                                                                  },
        {"layouts:\n  x: {base: 5.1, speakers: {\n    Lss: {az: 90 deg}}}",                     E301, 5, "Lss"                         },
        {"layouts:\n  x: {base: 5.1, speakers: {\n    L: {}, M+030: {}}}",                      E303, 5,
         "are one speaker"                                                                                                             },
        {"layouts:\n  x: {base: 7.4.1, speakers: {}}",                                          E213, 4, "7.4.1"                       },
        {"layouts:\n  x: {base: foa, speakers: {}}",                                            E213, 4, "foa"                         },
        {"layouts:\n  x: {speakers: {\n    a: {az: 0 deg}, b: {az: 0.2 deg}}}",                 E303, 5,
         "`b` stands where `a` stands"                                                                                                 },
        {"layouts:\n  x: {speakers: {\n    a: {el: 10 deg}}}",                                  E203, 5, "no `az`"                     },
        {"layouts:\n  x: {speakers: {}}",                                                       E213, 4, "no loudspeakers"             },
        {"layouts:\n  x: {speakers: {LFE: {}}}",                                                E213, 4, "no loudspeakers"             },
        {"layouts:\n  foa: {speakers: {C: {}}}",                                                E306, 4, "is a built-in layout"        },
        {"layouts:\n  x: {base: 5.1, speakers: {\n    L: {dist: 0 m}}}",                        E206, 5, "zero distance"               },
        {"layouts:\n  x: {base: 5.1, speakers: {\n    L: {az: .nan deg}}}",                     E210, 5, "nan"                         },
        {"layouts:\n  x: {base: 5.1, speakers: {\n    L: {gain: 13 dB}}}",                      E206, 5, "13 dB"                       },
        {"layouts:\n  x: {base: 5.1, speakers: {\n    L: {delay: 501 ms}}}",                    E206, 5, "501 ms"                      },
        {"layouts:\n  x: {base: '2.0', align: yes, speakers: {\n    L: {dist: 1 m}}}",          E203, 4,
         "no `dist`"                                                                                                                   },
        {"layouts:\n  x: {speakers: {\n    'L/R': {az: 0 deg}}}",                               E306, 5, "label"                       },
        {"layouts:\n  x: {base: 3+7+0, speakers: {\n    M+090: {az: 124 deg}, M+135: {az: 72 "
         "deg}}}",                                                                     E213, 5, "stands beyond its neighbours"},
        {"layouts:\n  x: {base: 4+9+0, speakers: {\n    L: {az: 44 deg}, M+SC: {az: 36 deg}}}",
         E213,                                                                                        5, "stands beyond its neighbours"},
        {"layouts: {x: {speakers: {C: {}}}}\ndeliverables: {a: {layout: adm,\n beds: x}}",      E208, 5,
         "a bed of ADM"                                                                                                                },
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        assert_int_equal(load_body(desk, refusals[row].body), refusals[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_int_equal(errors_first(desk->errors)->place.line, refusals[row].line);
        assert_non_null(strstr(errors_first(desk->errors)->message, refusals[row].words));
    }
}

static void two_hundred_speakers_are_too_many(void **state) {
    Desk *desk = *state;
    const char *text = "layouts:\n  x: {speakers: {";
    for (int speaker = 0; speaker < 200; speaker++) {
        text = arena_format(desk->arena, "%ss%d: {az: %.1f deg}, ", text, speaker,
                            1.7 * speaker - 170.0);
    }
    assert_int_equal(load_body(desk, arena_format(desk->arena, "%s}}", text)), E213);
    assert_int_equal(errors_first(desk->errors)->place.line, 4);
    assert_non_null(strstr(errors_first(desk->errors)->message, "200 speakers"));
}

/* Loudspeakers in front only: the documented behaviour is a rear that is folded to the sides. */
static void a_front_alone_plays_every_direction(void **state) {
    Desk *desk = *state;
    const Layout *layout = own_layout(
        desk, "speakers: {a: {az: 40 deg}, b: {az: 0 deg}, c: {az: -40 deg}, d: {az: 0 deg,"
              " el: 40 deg}}");
    const PointSource *panner = open_panner(desk, layout);
    uint64_t random = 3;
    for (int count = 0; count < RANDOM_DIRECTIONS; count++) {
        double at[3];
        double gains[POINT_SOURCE_CHANNELS];
        next_direction(&random, at);
        point_source_gains(panner, at, gains);
        assert_true(fabs(power_of(gains, 4) - 1.0) < 1e-9);
    }
}

/* Length 0 counts as the front; below the hull and far away are directions like any other. */
static void bad_positions_have_finite_gains(void **state) {
    Desk *desk = *state;
    const PointSource *panner = open_panner(desk, layout_find("7.1.4"));
    static const double places[][3] = {
        {0.0,    0.0,      0.0   },
        {0.0,    0.0,      -1.0  },
        {1e-300, 0.0,      0.0   },
        {0.0,    1e300,    0.0   },
        {0.3,    0.2,      -0.93 },
        {0.0,    0.0,      1e-200},
        {NAN,    0.0,      0.0   },
        {1.0,    INFINITY, 0.0   },
        {5e-324, 0.0,      0.0   },
    };
    for (size_t row = 0; row < sizeof places / sizeof *places; row++) {
        double gains[POINT_SOURCE_CHANNELS];
        point_source_gains(panner, places[row], gains);
        assert_true(fabs(power_of(gains, 12) - 1.0) < 1e-9);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_sound_at_the_real_place_is_played_by_that_speaker_alone),
        TEST(between_two_real_places_gains_follow_the_sines),
        TEST(screen_speakers_have_two_nominal_places),
        TEST(speakers_without_a_base_stand_anywhere_in_written_order),
        TEST(align_makes_nearer_speakers_later_and_lower),
        TEST(random_real_places_keep_power_and_smoothness),
        TEST(ranges_are_mirror_images_and_hold_their_nominal_place),
        TEST(wrong_layouts_are_refused_with_their_place),
        TEST(two_hundred_speakers_are_too_many),
        TEST(a_front_alone_plays_every_direction),
        TEST(bad_positions_have_finite_gains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
