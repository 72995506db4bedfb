/* Rooms and parts of stems as an author may get them wrong. */
#include "tests/support/job_desk.h"

typedef struct Fault {
    const char *body;
    Status status;
    const char *message, *caret; /* caret NULL: not looked at */
} Fault;

static void check(Desk *desk, const Fault *fault) {
    assert_int_equal(load_body(desk, fault->body), fault->status);
    const ErrorEntry *entry = errors_first(desk->errors);
    assert_non_null(strstr(entry->message, fault->message));
    assert_true(entry->place.line > 0);
    if (fault->caret) {
        assert_non_null(entry->caret);
        assert_string_equal(entry->caret, fault->caret);
    }
}

static void parts_are_those_of_stems(void **state) {
    static const Fault faults[] = {
        {"deliverables: {d: {layout: 5.1, stems: [mx.drry]}}",  E301,
         "no part of a stem is called `drry`",                                                         "did you mean `mx.dry`?"},
        {"deliverables: {d: {layout: 5.1, stems: [full.wet]}}", E301,
         "`full` has no parts, stems have",                                                            NULL                    },
        {"deliverables: {d: {layout: 5.1, stems: [me.dry]}}",   E301, "`me` has no parts, stems have",
         NULL                                                                                                                  },
        {"deliverables: {d: {layout: 5.1, stems: [nx.wet]}}",   E301, "no stem is called `nx`",        NULL                    },
    };
    for (size_t fault = 0; fault < sizeof faults / sizeof *faults; fault++) {
        check(*state, &faults[fault]);
    }
}

static void inputs_fit_their_rooms(void **state) {
    static const Fault faults[] = {
        {"rooms: {r: {shoebox: {size: [2 m, 2 m, 2 m], t60: 1 s}, input: mono}}", E303,
         "a shoebox has no `input`",                                                               NULL},
        {"rooms: {r: {ir: a.wav, layout: 5.1, input: true-stereo}}",              E303,
         "true stereo is 2.0, not 5.1",                                                            NULL},
        {"rooms: {r: {ir: a.wav, input: truestereo}}",                            E205, "unknown",
         "did you mean `true-stereo`?"                                                                 },
    };
    for (size_t fault = 0; fault < sizeof faults / sizeof *faults; fault++) {
        check(*state, &faults[fault]);
    }
}

static void a_room_nobody_sends_to_is_told(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk, "rooms: {a: {ir: a.wav}, b: {ir: b.wav}}\n"
                                     "layers: {mx: {file: m.wav, purpose: x, send: {a: 0}}}\n"
                                     "deliverables: {d: {layout: 2.0}}\n"),
                     DONE);
    job_lint(desk->job, desk->errors);
    assert_int_equal(warnings_count(desk->errors), 1);
    assert_int_equal(errors_first(desk->errors)->status, E342);
    assert_string_equal(errors_first(desk->errors)->message, "no layer sends to rooms.b");
}

static void scenes_that_mix_many_rooms_are_told(void **state) {
    Desk *desk = *state;
    static const char job[] =
        "rooms: {a: {ir: a.wav}, b: {ir: b.wav}, c: {ir: c.wav}, d: {ir: d.wav}}\n"
        "scenes:\n"
        "  one: {in: 0 s, out: 10 s}\n"
        "  two: {in: 10 s, out: 20 s}\n"
        "  three: {in: 20 s, out: 30 s, room: d}\n"
        "cues: {1m1: {in: 12 s, out: 30 s}}\n"
        "layers:\n"
        "  x: {file: m.wav, stem: mx, purpose: x, at: 1 s, send: {a: 0, d: 0}}\n" /* d is closed in
                                                                                     one */
        "  y: {file: m.wav, stem: mx, purpose: y, at: 2 s, send: {b: 0}}\n"
        "  z: {file: m.wav, stem: mx, purpose: z, cue: 1m1, send: {a: 0, b: 0, d: 0}}\n"
        "  m: {file: m.wav, stem: mx, purpose: m, at: 21 s, send: {c: 0}, mute: yes}\n"
        "deliverables: {d: {layout: 2.0}}\n";
    assert_int_equal(load_body(desk, job), DONE);
    job_lint(desk->job, desk->errors);
    assert_int_equal(warnings_count(desk->errors), 1);
    assert_int_equal(errors_first(desk->errors)->status, E343);
    assert_string_equal(errors_first(desk->errors)->message, "scenes.three mixes 3 rooms: a, b, d");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_are_those_of_stems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inputs_fit_their_rooms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_nobody_sends_to_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scenes_that_mix_many_rooms_are_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
