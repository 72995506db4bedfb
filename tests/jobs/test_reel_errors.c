/* Reels, leaders and pops that cannot be: the message, its place and what is near. */
#include "tests/support/job_desk.h"

static const char head[] = "nocturne: 1\n"
                           "project: {title: T, code: T, length: 60 s, frame_rate: %s,\n"
                           "          start: \"01:00:00:00\"}\n"
                           "stems: {mx: {role: music}}\n"
                           "layers: {mx: {file: n.wav}}\n";

typedef struct Fault {
    const char *rate, *reels, *deliverable;
    Status status;
    int line, column;
    const char *message, *help;
} Fault;

/* behind a reel */
#define SCENES                                                                                     \
    "a: {in: 0 s, out: 60 s}}\nscenes: {s1: {in: 0 s, out: 10 s}, s2: {in: 9 s, out: 20 s}, s3: "  \
    "{in: 30.01 s, out: 40 s}"

static const Fault faults[] = {
    {"24",     "a: {in: 0 s, out: 10.02 s}",                        "layout: 2.0",                                     E350, 6, 27,
     "reel a ends between two frames",                                                                                                                                          "the nearest frames at 24 are 01:00:10:00 and 01:00:10:01"    },
    {"23.976", "a: {in: 1 s, out: 240 fr}",                         "layout: 2.0",                                     E350, 6, 17,
     "reel a begins between two frames",                                                                                                                                        "the nearest frames at 23.976 are 01:00:00:23 and 01:00:01:00"},
    {"24",     "b: {in: 9 s, out: 20 s}, a: {in: 0 s, out: 10 s}",  "layout: 2.0",                                     E351, 6, 17,
     "reel b begins before reel a ends",                                                                                                                                        NULL                                                          },
    {"24",     "a: {in: 10 s, out: 10 s}",                          "layout: 2.0",                                     E312, 6, 28, "reel a ends before it starts",
     NULL                                                                                                                                                                                                                                     },
    {"23.976", NULL,                                                "layout: 2.0, leader: {length: 8 s}",              E350, 6, 50,
     "`leader.length` is not a whole number of frames",                                                                                                                         "at 23.976 write 191 fr or 192 fr"                            },
    {"24",     NULL,                                                "layout: 2.0, leader: {length: 24 fr}, pop: {}",   E353, 6, 58,
     "the pop begins 48 frames before the programme, its leader has 24",                                                                                                        NULL                                                          },
    {"24",     NULL,                                                "layout: 2.0, pop: {}",                            E353, 6, 33,
     "the pop begins 48 frames before the programme, its leader has 0",                                                                                                         "a pop stands in a leader: write `leader: {}`"                },
    {"24",     NULL,                                                "layout: 2.0, leader: {}, pop: {length: 49 fr}",   E353, 6, 45,
     "the pop is 49 frames long and begins 48 before the programme",                                                                                                            NULL                                                          },
    {"24",     NULL,                                                "layout: 2.0, leader: {tail: 1 s}, pop: {}",       E353, 6, 54,
     "the tail pop ends 48 frames behind the programme, its tail has 24",                                                                                                       "make `leader.tail` longer, or write `pop: {tail: no}`"       },
    {"24",     NULL,                                                "layout: adm, container: bw64, leader: {}",        E208, 6, 50,
     "layout adm is one file from the begin of the programme to its end",                                                                                                       NULL                                                          },
    {"24",     SCENES,                                              "layout: 2.0, scenes: [s1, s2]",                   E351, 8, 41,
     "scene s2 begins before scene s1 ends",                                                                                                                                    "files of one deliverable do not overlap: take two"           },
    {"24",     SCENES,                                              "layout: 2.0, scenes: [all]",                      E350, 7, 71, "scene s3 begins between two frames",
     NULL                                                                                                                                                                                                                                     },
    {"24",     SCENES,                                              "layout: 2.0, scenes: [s1, s9]",                   E301, 8, 41, "no scene is called `s9`",                  NULL                                                          },
    {"24",     SCENES,                                              "layout: adm, container: bw64, scenes: [s1]",      E208, 8, 58,
     "layout adm is one file from the begin of the programme to its end",                                                                                                       NULL                                                          },
    {"24",     SCENES,                                              "layout: 2.0, scenes: [s1, s3], name: $stem",      E350, 7, 71,
     "scene s3 begins between two frames",                                                                                                                                      NULL                                                          },
    {"24",     NULL,                                                "layout: 2.0, forbid: [leader], leader: {}",       E208, 6, 51,
     "the receiver forbids a leader",                                                                                                                                           "take it out, or write a `forbid` of your own, with a `note`" },
    {"24",     NULL,                                                "layout: 2.0, forbid: [pop], leader: {}, pop: {}", E208, 6, 60,
     "the receiver forbids a pop",                                                                                                                                              NULL                                                          },
    {"24",     NULL,                                                "layout: 2.0, forbid: [tape]",                     E205, 6, 42, "unknown forbid `tape`",                    NULL                                                          },
    {"24",     NULL,                                                "layout: 2.0, start: \"01:00:00:24\"",             E211, 6, 40,
     "`01:00:00:24` is not a timecode at 24 fps",                                                                                                                               NULL                                                          },
    {"24",     "a: {in: 0 s, out: 10 s}, b: {in: 10 s, out: 60 s}", "layout: 2.0, name: $stem",                        E216, 7,
     39,                                                                                                                            "two outputs would get the same file name", "add `$reel` to the name"                                     },
};

static const char *job_of(Desk *desk, const Fault *fault) {
    const char *reels =
        fault->reels ? arena_format(desk->arena, "reels: {%s}\n", fault->reels) : "";
    return arena_format(desk->arena, "%s%sdeliverables: {a: {%s}}\n",
                        arena_format(desk->arena, head, fault->rate), reels, fault->deliverable);
}

static bool has_help(const ErrorEntry *entry, const char *text) {
    for (const ErrorLine *line = entry->lines; line; line = line->next) {
        if (strcmp(line->text, text) == 0) {
            return true;
        }
    }
    return false;
}

static void every_fault_has_its_message_and_place(void **state) {
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof faults / sizeof *faults; row++) {
        const Fault *fault = &faults[row];
        assert_int_equal(load(desk, job_of(desk, fault)), fault->status);
        const ErrorEntry *entry = errors_first(desk->errors);
        assert_string_equal(entry->message, fault->message);
        assert_int_equal(entry->place.line, fault->line);
        assert_int_equal(entry->place.column, fault->column);
        assert_true(!fault->help || has_help(entry, fault->help));
    }
}

static void what_lies_in_no_reel_is_told(void **state) {
    Desk *desk = *state;
    const Fault gap = {
        "24", "a: {in: 0 s, out: 10 s}, b: {in: 11 s, out: 60 s}", "layout: 2.0", E352, 0, 0, NULL,
        NULL};
    assert_int_equal(load(desk, job_of(desk, &gap)), DONE);
    assert_int_equal(warnings_count(desk->errors), 1);
    assert_int_equal(errors_first(desk->errors)->status, E352);
    assert_string_equal(errors_first(desk->errors)->message,
                        "01:00:10:00 to 01:00:11:00 lies in no reel");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_fault_has_its_message_and_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_lies_in_no_reel_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
