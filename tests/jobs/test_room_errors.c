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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_are_those_of_stems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inputs_fit_their_rooms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_nobody_sends_to_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
