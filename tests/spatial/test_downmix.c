/* Named folds against their written formulas. */
#include "spatial/downmix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "spatial/layout_table.h"

static const double a3 = 0.70710678118654752;

/* The formula of one output: "L 1 C 0.707 Ls 0.707" with exact numbers in gains. */
typedef struct Formula {
    const char *downmix, *output;
    const char *inputs; /* labels in the order of gains, a space behind each */
    double gains[5];
} Formula;

static int channel_named(const Layout *layout, const char *label, size_t length) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const char *const name = layout->channels[channel].label;
        if (strlen(name) == length && strncmp(name, label, length) == 0) {
            return channel;
        }
    }
    return -1;
}

static void assert_formula(const Formula *formula, bool is_shifted) {
    Arena *arena = arena_create();
    const Downmix *const downmix = downmix_find(formula->downmix);
    const Layout *const from = layout_find(downmix->from);
    const Layout *const to = layout_find(downmix->to);
    double gains[12 * 12];
    double expected[12] = {0.0};
    Status (*const matrix)(const Downmix *, const Layout *, const Layout *, double *, ErrorList *) =
        is_shifted ? downmix_shifted_matrix : downmix_matrix;
    assert_int_equal(matrix(downmix, from, to, gains, errors_create(arena)), DONE);
    const char *label = formula->inputs;
    for (int term = 0; *label; ++term) {
        const size_t length = strcspn(label, " ");
        expected[channel_named(from, label, length)] = formula->gains[term];
        label += length + 1;
    }
    const int output = channel_named(to, formula->output, strlen(formula->output));
    assert_memory_equal(gains + (ptrdiff_t)output * from->channel_count, expected,
                        (size_t)from->channel_count * sizeof *expected);
    arena_destroy(&arena);
}

static void folds_are_their_written_formulas(void **state) {
    (void)state;
    const Formula formulas[] = {
  /* BS.775-3, annex 4: s = 0.7071, 0.5, 0; the LFE is dropped */
        {"lo-ro",       "L",   "L C Ls ",      {1.0, a3, a3}          },
        {"lo-ro",       "R",   "R C Rs ",      {1.0, a3, a3}          },
        {"lo-ro-6",     "L",   "L C Ls ",      {1.0, a3, 0.5}         },
        {"lo-ro-6",     "R",   "R C Rs ",      {1.0, a3, 0.5}         },
        {"lo-ro-front", "L",   "L C ",         {1.0, a3}              },
        {"lo-ro-front", "R",   "R C ",         {1.0, a3}              },
        {"mono-5.1",    "C",   "L R C Ls Rs ", {a3, a3, 1.0, 0.5, 0.5}},
        {"mono",        "C",   "L R ",         {0.5, 0.5}             },
        {"mono-power",  "C",   "L R ",         {a3, a3}               },
        {"lt-rt",       "L",   "L C ",         {1.0, a3}              },
        {"lt-rt-pl2",   "R",   "R C ",         {1.0, a3}              },
        {"7.1-5.1",     "Ls",  "Lss Lrs ",     {1.0, 1.0}             },
        {"7.1-5.1-3",   "Rs",  "Rss Rrs ",     {a3, a3}               },
        {"7.1-5.1",     "LFE", "LFE ",         {1.0}                  },
        {"7.1.4-5.1.2", "Ltf", "Ltf Ltb ",     {1.0, a3}              },
        {"7.1.4-5.1.2", "Rs",  "Rss Rrs ",     {1.0, 1.0}             },
        {"5.1.4-5.1.2", "Rtf", "Rtf Rtb ",     {1.0, a3}              },
        {"7.1.4-7.1",   "Lrs", "Lrs Ltb ",     {1.0, 1.0}             },
        {"7.1.4-5.1",   "L",   "L Ltf ",       {1.0, 1.0}             },
        {"7.1.4-5.1",   "Rs",  "Rss Rrs Rtb ", {1.0, 1.0, 1.0}        },
        {"5.1.4-5.1",   "Ls",  "Ls Ltb ",      {1.0, 1.0}             },
        {"5.1.2-5.1",   "R",   "R Rtf ",       {1.0, 1.0}             },
        {"7.1.2-7.1",   "Lss", "Lss Ltm ",     {1.0, 1.0}             },
    };
    for (size_t index = 0; index < sizeof formulas / sizeof *formulas; ++index) {
        assert_formula(&formulas[index], false);
    }
}

static void surrounds_of_matrix_folds_are_shifted(void **state) {
    (void)state;
    const Formula formulas[] = {
        {"lt-rt",     "L", "Ls Rs ", {-a3, -a3}        },
        {"lt-rt",     "R", "Ls Rs ", {a3, a3}          },
        {"lt-rt-pl2", "L", "Ls Rs ", {-0.8710, -0.4898}},
        {"lt-rt-pl2", "R", "Ls Rs ", {0.4898, 0.8710}  },
        {"lo-ro",     "L", "",       {0}               },
    };
    for (size_t index = 0; index < sizeof formulas / sizeof *formulas; ++index) {
        assert_formula(&formulas[index], true);
    }
    /* Pro Logic II: -1.2 dB near and -6.2 dB far, together the power of the surround */
    assert_true(fabs(20.0 * log10(0.8710) + 1.2) < 0.01);
    assert_true(fabs(20.0 * log10(0.4898) + 6.2) < 0.01);
    assert_true(fabs(0.8710 * 0.8710 + 0.4898 * 0.4898 - 1.0) < 0.002);
}

static void the_table_lists_complete_folds_under_one_name_each(void **state) {
    (void)state;
    Arena *arena = arena_create();
    int count = 0;
    for (; downmix_at(count); ++count) {
        const Downmix *const downmix = downmix_at(count);
        if (!downmix->rows) {
            continue; /* by rules, for any layouts */
        }
        const Layout *const from = layout_find(downmix->from);
        const Layout *const to = layout_find(downmix->to);
        double gains[12 * 12];
        double shifted[12 * 12];
        assert_ptr_equal(downmix_find(downmix->name), downmix);
        assert_true(*downmix->summary && *downmix->source);
        assert_int_equal(downmix_matrix(downmix, from, to, gains, errors_create(arena)), DONE);
        assert_int_equal(downmix_shifted_matrix(downmix, from, to, shifted, errors_create(arena)),
                         DONE);
        for (int output = 0; output < to->channel_count; ++output) {
            double sum = 0.0;
            for (int input = 0; input < from->channel_count; ++input) {
                sum += fabs(gains[output * from->channel_count + input]);
            }
            assert_true(sum >= 1.0 - 1e-15); /* every output plays */
        }
    }
    assert_int_equal(count, 18);
    assert_null(downmix_at(-1));
    assert_null(downmix_find("stereo"));
    arena_destroy(&arena);
}

/* Left and right of every fold are mirror images, and every input but the LFE is heard. */
static void folds_keep_every_channel_but_the_lfe(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (int index = 0; downmix_at(index); ++index) {
        const Downmix *const downmix = downmix_at(index);
        if (!downmix->rows) {
            continue;
        }
        const Layout *const from = layout_find(downmix->from);
        const Layout *const to = layout_find(downmix->to);
        double gains[12 * 12];
        double shifted[12 * 12];
        downmix_matrix(downmix, from, to, gains, errors_create(arena));
        downmix_shifted_matrix(downmix, from, to, shifted, errors_create(arena));
        for (int input = 0; input < from->channel_count; ++input) {
            double power = 0.0;
            for (int output = 0; output < to->channel_count; ++output) {
                const int cell = output * from->channel_count + input;
                power += gains[cell] * gains[cell] + shifted[cell] * shifted[cell];
            }
            const bool is_lfe = from->channels[input].role == CHANNEL_LFE;
            const bool is_left_out = strcmp(downmix->name, "lo-ro-front") == 0 && input > 3;
            assert_true(is_left_out || (is_lfe && downmix_drops_lfe(downmix)) == (power == 0.0));
            assert_true(power <= 1.0 + 1e-12 || strcmp(downmix->name, "mono-power") == 0);
        }
    }
    arena_destroy(&arena);
}

static void levels_are_bounded_as_published(void **state) {
    (void)state;
    /* 2.414 = +7.66 dB */
    const double peak_gain = downmix_peak_gain(downmix_find("lo-ro"));
    assert_true(fabs(peak_gain - (1.0 + sqrt(2.0))) < 1e-15);
    assert_true(fabs(20.0 * log10(peak_gain) - 7.66) < 0.005);
    assert_true(fabs(downmix_peak_gain(downmix_find("mono")) - 1.0) < 1e-15);
    assert_true(downmix_peak_gain(downmix_find("7.1.4-5.1")) == 3.0);
    assert_true(fabs(downmix_peak_gain(downmix_find("lt-rt")) - (1.0 + 3.0 * a3)) < 1e-15);
}

static void the_lfe_is_dropped_or_ten_decibels_louder_than_written(void **state) {
    (void)state;
    assert_true(downmix_drops_lfe(downmix_find("lo-ro")));
    assert_true(downmix_drops_lfe(downmix_find("mono-5.1")));
    assert_true(downmix_drops_lfe(downmix_find("lt-rt-pl2")));
    assert_false(downmix_drops_lfe(downmix_find("7.1.4-5.1")));
    assert_false(downmix_drops_lfe(downmix_find("mono")));
    assert_true(downmix_lfe_gain(0.0) == 0.0);
    assert_true(fabs(20.0 * log10(downmix_lfe_gain(0.25) / 0.25) - 10.0) < 1e-12);
    assert_true(downmix_lfe_gain(0.9) == downmix_lfe_gain(0.5));
}

static void a_layout_without_a_channel_of_the_fold_is_refused(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    double gains[12 * 12];
    const Downmix *const downmix = downmix_find("lo-ro");
    assert_int_equal(downmix_matrix(downmix, layout_find("7.1"), layout_find("2.0"), gains, errors),
                     E208);
    assert_non_null(strstr(errors_last(errors)->message, "Ls"));
    assert_int_equal(downmix_matrix(downmix, layout_find("5.1"), layout_find("1.0"), gains, errors),
                     E208);
    /* 5.0 has all that Lo/Ro asks for */
    assert_int_equal(downmix_matrix(downmix, layout_find("5.0"), layout_find("2.0"), gains, errors),
                     DONE);
    assert_true(gains[0] == 1.0 && gains[3] == a3 && gains[5 + 4] == a3);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_their_written_formulas),
        cmocka_unit_test(surrounds_of_matrix_folds_are_shifted),
        cmocka_unit_test(the_table_lists_complete_folds_under_one_name_each),
        cmocka_unit_test(folds_keep_every_channel_but_the_lfe),
        cmocka_unit_test(levels_are_bounded_as_published),
        cmocka_unit_test(the_lfe_is_dropped_or_ten_decibels_louder_than_written),
        cmocka_unit_test(a_layout_without_a_channel_of_the_fold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
