/* Mistakes in what a layer does to its sound: one message each, at its place. */
#include "tests/support/job_desk.h"

typedef struct Mistake {
    const char *layer; /* members of layers.mx, from column 1 of line 4 on */
    Status status;
    int column;
    const char *message;
} Mistake;

/* One message, as expected; else it says what there was. */
static bool is_right(const Mistake *mistake, const ErrorEntry *entry) {
    const bool is_so = entry && !entry->next && entry->status == mistake->status &&
                       entry->place.line == 4 && entry->place.column == mistake->column &&
                       strcmp(entry->message, mistake->message) == 0;
    if (!is_so) {
        print_error("%s\n", mistake->layer);
    }
    for (; !is_so && entry; entry = entry->next) {
        print_error("   E%03d %d:%d %s\n", (int)entry->status, entry->place.line,
                    entry->place.column, entry->message);
    }
    return is_so;
}

static void hold_mistakes(Desk *desk, const Mistake *mistakes, size_t count) {
    int wrong_count = 0;
    for (size_t row = 0; row < count; row++) {
        load_body(desk, arena_format(desk->arena,
                                     "layers: {mx: {\n%s\n}}\n"
                                     "deliverables: {st: {layout: 2.0}}\n",
                                     mistakes[row].layer));
        wrong_count += !is_right(&mistakes[row], errors_first(desk->errors));
    }
    assert_int_equal(wrong_count, 0);
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

static void every_mistake_in_a_placement_has_its_place(void **state) {
    static const Mistake mistakes[] = {
        {"takes: {t1: a.wav, t2: b.wav}, take: t3",               E302, 38, "layers.mx has no take `t3`"                 },
        {"file: a.wav, take: t1",                                 E302, 20, "layers.mx has no take `t1`"                 },
        {"takes: {t1: a.wav}, file: b.wav",                       E303, 27, "give file or takes, not both"               },
        {"takes: {t1: ../a.wav, t2: b.wav}, take: t2",            E402, 13, "this path leaves the job folder"            },
        {"takes: {t1: a.wav, t 2: b.wav}, take: t1",              E306, 20, "`t 2` is not an id"                         },
        {"takes: a.wav",                                          E202, 8,  "expected a map keyed by name, found a value"},
        {"file: a.wav, clips: {at: 1 s}",                         E202, 21, "expected a list of maps, found a map"       },
        {"file: a.wav, clips: [{from: 1 s}]",                     E203, 22, "layers.mx.clips.1 has no `at`"              },
        {"file: a.wav, at: 1 s, clips: [{at: 1 s}]",              E303, 18, "give clips or at, not both"                 },
        {"file: a.wav, to: 1 s, clips: [{at: 1 s}]",              E303, 18, "give clips or to, not both"                 },
        {"file: a.wav, clips: [{at: 1 s}], from: 1 s",            E303, 40, "give clips or from, not both"               },
        {"file: a.wav, clips: [{at: 1 s}], fade_in: 1 s",         E303, 43,
         "give clips or fade_in, not both"                                                                               },
        {"file: a.wav, clips: [{at: 1 s, from: 2 s, to: 1 s}]",   E312, 47,
         "layers.mx ends before it starts"                                                                               },
        {"file: a.wav, clips: [{at: 61 s}]",                      E310, 27,
         "this time is after the programme ends (00:01:01:00 > 00:01:00:00)"                                             },
        {"file: a.wav, clips: [{at: m_nowhere}]",                 E301, 27, "no marker is called `m_nowhere`"            },
        {"file: a.wav, clips: [{at: 1 s, gain: 30 dB}]",          E206, 38,
         "`30 dB` is outside -96 dB … +24 dB"                                                                          },
        {"file: a.wav, snap: {onset: bar}",                       E205, 28, "unknown onset `bar`"                        },
        {"file: a.wav, snap: {detect: -30 dB}",                   E203, 14, "layers.mx.snap has no `onset`"              },
        {"file: a.wav, snap: {onset: frame, detect: 3 dB}",       E206, 43,
         "`3 dB` is outside -80 dB … -1 dB"                                                                            },
        {"file: a.wav, clips: [{at: 1 s}], snap: {onset: frame}", E303, 48,
         "give clips or snap, not both"                                                                                  },
        {"file: a.wav, nudge: 1.5 s",                             E206, 21, "`1.5 s` is outside -1 s … +1 s"           },
        {"file: a.wav, nudge: -3",                                E210, 21, "this duration has no unit"                  },
        {"file: a.wav, speed: 20 %",                              E206, 21, "`20 %` is outside 25 % … 400 %"           },
        {"file: a.wav, speed: 2",                                 E210, 21, "this percentage has no unit"                },
    };
    hold_mistakes(*state, mistakes, sizeof mistakes / sizeof *mistakes);
}

static void every_mistake_in_shaping_has_its_place(void **state) {
    static const Mistake mistakes[] = {
        {"file: a.wav, lfe: {below: 80 Hz}",               E203, 14, "layers.mx.lfe has no `send`"           },
        {"file: a.wav, lfe: {send: -100 dB}",              E206, 26, "`-100 dB` is outside -96 dB … +24 dB"},
        {"file: a.wav, lfe: {send: -10 dB, below: 10 Hz}", E206, 41,
         "`10 Hz` is outside 20 Hz … 250 Hz"                                                               },
        {"file: a.wav, lfe: -10 dB",                       E202, 19, "expected a map, found a value"         },
        {"file: a.wav, transient: {attack: 13 dB}",        E206, 34, "`13 dB` is outside -12 dB … +12 dB"  },
        {"file: a.wav, transient: {sustain: -2}",          E210, 35, "this level has no unit"                },
        {"file: a.wav, transient: 3 dB",                   E202, 25, "expected a map, found a value"         },
        {"file: a.wav, transient: {atack: 3 dB}",          E202, 26,
         "unknown key `atack` in layers.mx.transient"                                                        },
    };
    hold_mistakes(*state, mistakes, sizeof mistakes / sizeof *mistakes);
}

static void several_takes_need_a_word(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk, "layers: {mx: {takes: {a: a.wav, b: b.wav}}}\n"
                                     "deliverables: {st: {layout: 2.0}}\n"),
                     E203);
    assert_string_equal(errors_first(desk->errors)->message, "layers.mx has takes and no `take`");
    assert_int_equal(errors_count(desk->errors), 1);
    assert_int_equal(load_body(desk, "layers: {mx: {takes: {}}}\n"
                                     "deliverables: {st: {layout: 2.0}}\n"),
                     E203);
    assert_int_equal(errors_count(desk->errors), 1);
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
        cmocka_unit_test_setup_teardown(every_mistake_in_a_placement_has_its_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_mistake_in_shaping_has_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_takes_need_a_word, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_band_that_says_no_q_has_that_of_its_kind, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
