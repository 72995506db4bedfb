/* Layouts against BS.2051, BS.1770 and the masks that WAVE readers know. */
#include "spatial/layout_table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"

static void layouts_stand_in_the_order_of_the_job_format(void **state) {
    (void)state;
    static const char *const names[] = {
        "1.0",   "2.0",   "3.0",   "4.0",   "quad",  "5.0",   "5.1",  "7.1",      "3.1.2",
        "5.1.2", "5.1.4", "7.1.2", "7.1.4", "9.1.4", "9.1.6", "22.2", "binaural", "foa",
        "hoa1",  "hoa2",  "hoa3",  "hoa4",  "hoa5",  "hoa6",  "hoa7"};
    const int count = (int)(sizeof names / sizeof *names);
    for (int index = 0; index < count; ++index) {
        assert_string_equal(layout_at(index)->name, names[index]);
        assert_ptr_equal(layout_find(names[index]), layout_at(index));
    }
    assert_null(layout_at(count));
    assert_null(layout_at(-1));
    assert_null(layout_find("6.2"));
}

static void layouts_have_the_channel_counts_of_their_names(void **state) {
    (void)state;
    for (int index = 0; layout_at(index); ++index) {
        const Layout *const layout = layout_at(index);
        if (layout->kind != LAYOUT_SPEAKERS) {
            continue;
        }
        int mid = 0;
        int lfe = 0;
        int height = 0;
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            const Channel *const of = &layout->channels[channel];
            lfe += of->role == CHANNEL_LFE;
            height += of->role == CHANNEL_SPEAKER && of->position.elevation_deg > 0.0;
            mid += of->role == CHANNEL_SPEAKER && of->position.elevation_deg <= 0.0;
        }
        int named[3] = {0};
        if (sscanf(layout->name, "%d.%d.%d", &named[0], &named[1], &named[2]) == 0) {
            continue; /* quad */
        }
        assert_int_equal(lfe, named[1]);
        assert_int_equal(mid + height, named[0] + named[2]);
        assert_true(named[0] == 22 || height == named[2]);
    }
    for (int order = 1; order <= 7; ++order) {
        char name[8];
        snprintf(name, sizeof name, "hoa%d", order);
        assert_int_equal(layout_find(name)->channel_count, (order + 1) * (order + 1));
        assert_int_equal(layout_find(name)->kind, LAYOUT_AMBISONIC);
    }
    assert_int_equal(layout_find("foa")->channel_count, 4);
    assert_string_equal(layout_find("hoa7")->channels[63].label, "ACN63");
    assert_string_equal(layout_find("hoa7")->channels[27].label, "ACN27");
    assert_int_equal(layout_find("hoa3")->channels[3].role, CHANNEL_HARMONIC);
}

/* Every loudspeaker of the standard's system is one of ours at the same place, and no other. */
static void positions_are_those_of_bs2051(void **state) {
    (void)state;
    static const char *const systems[] = {"0+2+0", "0+5+0", "2+5+0",  "4+5+0", "4+5+1",
                                          "3+7+0", "4+9+0", "9+10+3", "0+7+0", "4+7+0"};
    for (size_t system = 0; system < sizeof systems / sizeof *systems; ++system) {
        const Layout *const layout = layout_find_bs2051(systems[system]);
        Oracle oracle;
        int rows = 0;
        oracle_open(&oracle, "layouts_bs2051.csv");
        while (oracle_next(&oracle)) {
            if (strcmp(oracle.cells[0], systems[system]) != 0) {
                continue;
            }
            double cube[3];
            const Channel *const of = &layout->channels[rows];
            assert_string_equal(layout_bs2051_label(layout, rows), oracle.cells[2]);
            assert_true(layout_cube_position(layout, rows, cube));
            for (int axis = 0; axis < 3; ++axis) {
                assert_true(cube[axis] == oracle_number(&oracle, 6 + axis));
            }
            const bool is_lfe = oracle_number(&oracle, 3) != 0.0;
            assert_int_equal(of->role == CHANNEL_LFE, is_lfe);
            if (!is_lfe) {
                assert_true(of->position.azimuth_deg == oracle_number(&oracle, 4));
                assert_true(of->position.elevation_deg == oracle_number(&oracle, 5));
            }
            ++rows;
        }
        assert_int_equal(rows, layout->channel_count);
    }
    assert_ptr_equal(layout_find_bs2051("4+7+0"), layout_find("7.1.4"));
    assert_null(layout_find_bs2051("1+2+3"));
    assert_string_equal(layout_bs2051_label(layout_find("binaural"), 0), "");
    assert_false(layout_cube_position(layout_find("foa"), 0, (double[3]){0}));
}

static void loudness_weights_follow_the_rule_of_bs1770(void **state) {
    (void)state;
    for (int index = 0; layout_at(index); ++index) {
        const Layout *const layout = layout_at(index);
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            const Channel *const of = &layout->channels[channel];
            const double azimuth_deg = fabs(of->position.azimuth_deg);
            const bool is_side = fabs(of->position.elevation_deg) < 30.0 && azimuth_deg >= 60.0 &&
                                 azimuth_deg <= 120.0;
            if (of->role == CHANNEL_LFE) {
                assert_true(of->loudness_weight == 0.0);
            } else if (of->role == CHANNEL_SPEAKER) {
                assert_true(of->loudness_weight == (is_side ? 1.41 : 1.0));
            }
        }
    }
}

/* "L R C ..." of a file in the given order. */
static void assert_order(const char *name, ChannelOrder order, const char *labels, uint32_t mask) {
    const Layout *const layout = layout_find(name);
    int bus_channel[LAYOUT_MAX_CHANNELS];
    uint32_t found_mask = 1;
    char found[256] = "";
    assert_int_equal(layout_file_order(layout, order, bus_channel, &found_mask),
                     layout->channel_count);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        strcat(found, channel ? " " : "");
        strcat(found, layout->channels[bus_channel[channel]].label);
    }
    assert_string_equal(found, labels);
    assert_int_equal(found_mask, mask);
}

static void smpte_files_ascend_in_mask_bits_where_a_mask_exists(void **state) {
    (void)state;
    assert_order("1.0", ORDER_SMPTE, "C", 0x4);
    assert_order("2.0", ORDER_SMPTE, "L R", 0x3);
    assert_order("4.0", ORDER_SMPTE, "L R C Cs", 0x107);
    assert_order("quad", ORDER_SMPTE, "L R Ls Rs", 0x33);
    assert_order("5.1", ORDER_SMPTE, "L R C LFE Ls Rs", 0x3F);
    assert_order("7.1", ORDER_SMPTE, "L R C LFE Lrs Rrs Lss Rss", 0x63F);
    assert_order("5.1.2", ORDER_SMPTE, "L R C LFE Ls Rs Ltf Rtf", 0x503F);
    assert_order("5.1.4", ORDER_SMPTE, "L R C LFE Ls Rs Ltf Rtf Ltb Rtb", 0x2D03F);
    assert_order("7.1.4", ORDER_SMPTE, "L R C LFE Lrs Rrs Lss Rss Ltf Rtf Ltb Rtb", 0x2D63F);
    assert_order("3.1.2", ORDER_SMPTE, "L R C LFE Ltf Rtf", 0x500F);
}

/* ISDCF document 4: L R C LFE Ls Rs HI VI Lc Rc Lrs Rrs and four that hold no sound of the mix. */
static void a_dcp_has_sixteen_places_and_knows_who_has_none(void **state) {
    (void)state;
    static const int places[] = {0, 1, 2, 3, 4, 5, -1, -1, -1, -1, 6, 7, -1, -1, -1, -1};
    int order[LAYOUT_MAX_CHANNELS];
    uint32_t mask = 1;
    assert_int_equal(layout_file_order(layout_find("7.1"), ORDER_DCP, order, &mask), DCP_CHANNELS);
    assert_int_equal(mask, 0);
    for (int place = 0; place < DCP_CHANNELS; ++place) {
        assert_int_equal(order[place], places[place]);
    }
    static const char *const able[] = {"1.0", "2.0", "3.0", "quad", "5.0", "5.1", "7.1"};
    for (size_t name = 0; name < sizeof able / sizeof *able; ++name) {
        assert_null(layout_dcp_stray(layout_find(able[name])));
    }
    assert_string_equal(layout_dcp_stray(layout_find("4.0")), "Cs");
    assert_string_equal(layout_dcp_stray(layout_find("7.1.4")), "Ltf");
    assert_string_equal(layout_dcp_stray(layout_find("binaural")), "LE");
}

static void files_without_a_true_mask_keep_production_order_and_mask_zero(void **state) {
    (void)state;
    assert_order("7.1.2", ORDER_SMPTE, "L R C LFE Lss Rss Lrs Rrs Ltm Rtm", 0);
    assert_order("9.1.6", ORDER_SMPTE, "L R C LFE Lss Rss Lrs Rrs Lw Rw Ltf Rtf Ltm Rtm Ltb Rtb",
                 0);
    assert_order("binaural", ORDER_SMPTE, "LE RE", 0);
    assert_order("foa", ORDER_SMPTE, "ACN0 ACN1 ACN2 ACN3", 0);
    assert_order("22.2", ORDER_SMPTE,
                 "Lw Rw C LFE1 Lrs Rrs L R Cs LFE2 Lss Rss Ltf Rtf Tfc Tc Ltb Rtb Ltm Rtm Tbc Bfc "
                 "Bfl Bfr",
                 0);
}

static void film_files_put_the_centre_second_and_the_lfe_before_heights(void **state) {
    (void)state;
    assert_order("2.0", ORDER_FILM, "L R", 0x3);
    assert_order("3.0", ORDER_FILM, "L C R", 0);
    assert_order("4.0", ORDER_FILM, "L C R Cs", 0);
    assert_order("5.1", ORDER_FILM, "L C R Ls Rs LFE", 0);
    assert_order("7.1", ORDER_FILM, "L C R Lss Rss Lrs Rrs LFE", 0);
    assert_order("7.1.4", ORDER_FILM, "L C R Lss Rss Lrs Rrs LFE Ltf Rtf Ltb Rtb", 0);
    assert_order("7.1.2", ORDER_FILM, "L C R Lss Rss Lrs Rrs LFE Ltm Rtm", 0);
    assert_order("9.1.6", ORDER_FILM, "L C R Lw Rw Lss Rss Lrs Rrs LFE Ltf Rtf Ltm Rtm Ltb Rtb", 0);
    assert_order("hoa1", ORDER_FILM, "ACN0 ACN1 ACN2 ACN3", 0);
}

static void itu_files_keep_production_order(void **state) {
    (void)state;
    assert_order("5.1", ORDER_ITU, "L R C LFE Ls Rs", 0x3F);
    assert_order("7.1", ORDER_ITU, "L R C LFE Lss Rss Lrs Rrs", 0);
    assert_order("7.1.4", ORDER_ITU, "L R C LFE Lss Rss Lrs Rrs Ltf Rtf Ltb Rtb", 0);
}

static void channel_counts_name_only_unambiguous_layouts(void **state) {
    (void)state;
    static const char *const names[] = {
        [1] = "1.0", [2] = "2.0", [6] = "5.1", [8] = "7.1", [12] = "7.1.4"};
    for (int count = 0; count <= 65; ++count) {
        const Layout *const layout = layout_for_channel_count(count);
        if (count < 13 && names[count]) {
            assert_string_equal(layout->name, names[count]);
        } else {
            assert_null(layout);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_stand_in_the_order_of_the_job_format),
        cmocka_unit_test(layouts_have_the_channel_counts_of_their_names),
        cmocka_unit_test(positions_are_those_of_bs2051),
        cmocka_unit_test(loudness_weights_follow_the_rule_of_bs1770),
        cmocka_unit_test(smpte_files_ascend_in_mask_bits_where_a_mask_exists),
        cmocka_unit_test(a_dcp_has_sixteen_places_and_knows_who_has_none),
        cmocka_unit_test(files_without_a_true_mask_keep_production_order_and_mask_zero),
        cmocka_unit_test(film_files_put_the_centre_second_and_the_lfe_before_heights),
        cmocka_unit_test(itu_files_keep_production_order),
        cmocka_unit_test(channel_counts_name_only_unambiguous_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
