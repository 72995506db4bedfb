/* Mistakes in what a layer does to its sound: one message each, at its place. */
#include "tests/support/job_desk.h"

typedef struct Mistake {
    const char *layer; /* members of layers.mx, from column 1 of line 4 on */
    Status status;
    int column;
    const char *message;
} Mistake;

static void hold_mistakes(Desk *desk, const Mistake *mistakes, size_t count) {
    for (size_t row = 0; row < count; row++) {
        const Mistake *mistake = &mistakes[row];
        load_body(desk, arena_format(desk->arena,
                                     "layers: {mx: {\n%s\n}}\n"
                                     "deliverables: {st: {layout: 2.0}}\n",
                                     mistake->layer));
        const ErrorEntry *entry = errors_first(desk->errors);
        if (!entry || entry->status != mistake->status || entry->place.line != 4 ||
            entry->place.column != mistake->column || entry->next ||
            strcmp(entry->message, mistake->message) != 0) {
            print_error("%s\n", mistake->layer);
        }
        assert_non_null(entry);
        assert_string_equal(entry->message, mistake->message);
        assert_int_equal(entry->status, mistake->status);
        assert_int_equal(entry->place.line, 4);
        assert_int_equal(entry->place.column, mistake->column);
        assert_null(entry->next);
    }
}

static void every_mistake_in_a_filter_has_its_place(void **state) {
    static const Mistake mistakes[] = {
        {"file: a.wav, eq: {type: bell}",                                   E202, 18, "expected a list of maps, found a map"},
        {"file: a.wav, eq: [bell]",                                         E202, 19, "expected a map, found a value"       },
        {"file: a.wav, eq: [{type: bell, freq: 1 kHz}]",                    E203, 19, "layers.mx.eq.1 has no `gain`"        },
        {"file: a.wav, eq: [{freq: 1 kHz, gain: 1 dB}]",                    E203, 19, "layers.mx.eq.1 has no `type`"        },
        {"file: a.wav, eq: [{type: notch}]",                                E203, 19, "layers.mx.eq.1 has no `freq`"        },
        {"file: a.wav, eq: [{type: peak, freq: 1 kHz, gain: 1 dB}]",        E205, 26,
         "unknown type `peak`"                                                                                              },
        {"file: a.wav, eq: [{type: notch, freq: 1 kHz, gain: -9 dB}]",      E208, 52,
         "a notch has no `gain`: it takes out all"                                                                          },
        {"file: a.wav, eq: [{type: bell, freq: 30 kHz, gain: 1 dB}]",       E207, 38,
         "`30 kHz` is above half the sample rate (24 kHz)"                                                                  },
        {"file: a.wav, eq: [{type: bell, freq: 1 kHz, gain: 30 dB}]",       E206, 51,
         "`30 dB` is outside -24 dB … +24 dB"                                                                             },
        {"file: a.wav, eq: [{type: bell, freq: 1 kHz, gain: 1 dB, q: 50}]", E206, 60,
         "`50` is outside 0.1 … 40"                                                                                       },
        {"file: a.wav, eq: [{type: bell, freq: 1 kHz, gain: 1 dB, Q: 5}]",  E202, 57,
         "unknown key `Q` in layers.mx.eq.1"                                                                                },
        {"file: a.wav, tilt: 13 dB",                                        E206, 20, "`13 dB` is outside -12 dB … +12 dB"},
        {"file: a.wav, tilt: 3",                                            E210, 20, "this level has no unit"              },
    };
    hold_mistakes(*state, mistakes, sizeof mistakes / sizeof *mistakes);
}

static void a_band_that_says_no_q_has_that_of_its_kind(void **state) {
    static const double expected[] = {1.0, 0.707, 0.707, 10.0, 3.0};
    Desk *desk = *state;
    load_body(desk,
              "layers: {mx: {file: a.wav, eq: [{type: bell, freq: 1 kHz, gain: 1 dB},\n"
              " {type: low-shelf, freq: 1 kHz, gain: 1 dB}, {type: high-shelf, freq: 1 kHz,\n"
              " gain: 1 dB}, {type: notch, freq: 1 kHz}, {type: notch, freq: 1 kHz, q: 3}]}}\n"
              "deliverables: {st: {layout: 2.0}}\n");
    assert_int_equal(errors_count(desk->errors), 0);
    for (int band = 0; band < 5; band++) {
        assert_true(desk->job->layers[0].eq[band].q.value == expected[band]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_mistake_in_a_filter_has_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_band_that_says_no_q_has_that_of_its_kind, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
