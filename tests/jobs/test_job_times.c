/* Times of whole jobs: bars, edges and markers, down to the second they mean; and what is refused.
 */
#include "tests/support/job_desk.h"

#include <stdlib.h>

static void assert_seconds(JobTime time, int64_t numerator, int64_t denominator) {
    assert_int_equal(time.seconds.numerator, numerator);
    assert_int_equal(time.seconds.denominator, denominator);
}

static const char session[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 300 s, start: 01:00:00:00, frame_rate: 24}\n"
    "tempo:\n"
    "  - {at: 1|1, bpm: 120, meter: 4/4, zero: 01:00:02:00}\n"
    "  - {at: 5|1, bpm: 60, meter: 6/8}\n"
    "markers:\n"
    "  door: 5|4\n" /* 2 + 8 + 1.5 */
    "  pick: 0|4\n"
    "scenes:\n"
    "  sc1: {in: door + 12 fr, out: l1.out - 1 s}\n"
    "lines:\n"
    "  l1: {in: 100 s, out: l1.in + 2 bars}\n" /* 2 x 3 quarters at 60 */
    "cues:\n"
    "  1m1: {in: sc1.in, out: 1m1:17|1|480, tempo: [{at: 1|1, bpm: 90}]}\n"
    "  1m2: {in: 200 s, out: 201 s}\n"
    "layers:\n"
    "  mx: {file: a, cue: 1m1, at: 2|1}\n"
    "  fx: {file: a, at: 2|1}\n"
    "  fol: {file: a, cue: 1m2}\n"
    "  dx: {file: a, at: 1m1:2|1, path: {points: [[1m1.in, front], [1m1.out + 1 beat, front]]}}\n";

static void bars_edges_and_markers_become_seconds(void **state) {
    Desk *desk = *state;
    assert_int_equal(load(desk, session), DONE);
    const JobSpec *job = desk->job;
    assert_seconds(job->markers[0].time, 23, 2);
    assert_seconds(job->markers[1].time, 3, 2);
    assert_seconds(job->scenes[0].in, 12, 1);
    assert_seconds(job->lines[0].out, 106, 1);
    assert_seconds(job->scenes[0].out, 105, 1);
    assert_seconds(job->cues[0].in, 12, 1);
    assert_seconds(job->cues[0].out, 55, 1);   /* 64 1/2 quarters of 2/3 s behind 12 s */
    assert_seconds(job->layers[0].at, 44, 3);  /* the cue's bar 2 */
    assert_seconds(job->layers[1].at, 4, 1);   /* the job's bar 2 */
    assert_seconds(job->layers[2].at, 200, 1); /* a cue's in by default */
    assert_seconds(job->layers[3].at, 44, 3);
    assert_seconds(job->layers[3].path[1].time, 111, 2); /* 55 s, and a beat of 6/8 at 60 */
}

/* F006: what counts from a moved anchor moves by as much, and nothing else. */
static void a_moved_marker_moves_what_counts_from_it(void **state) {
    static const int moves_frames[] = {1, 7, 100};
    Desk *desk = *state;
    for (int move = 0; move < 3; move++) {
        assert_int_equal(load(desk, session), DONE);
        const JobSpec *before = desk->job;
        const char *set = arena_format(desk->arena, "markers.door=5|4 + %d fr", moves_frames[move]);
        assert_int_equal(load_set(desk, session, set), DONE);
        const JobSpec *after = desk->job;
        const double moved_s = moves_frames[move] / 24.0;
        const struct {
            JobTime before, after;
            double moved_s;
        } rows[] = {
            {before->markers[0].time, after->markers[0].time, moved_s},
            {before->scenes[0].in,    after->scenes[0].in,    moved_s},
            {before->cues[0].out,     after->cues[0].out,     moved_s},
            {before->layers[0].at,    after->layers[0].at,    moved_s},
            {before->layers[3].at,    after->layers[3].at,    moved_s},
            {before->layers[1].at,    after->layers[1].at,    0.0    },
            {before->layers[2].at,    after->layers[2].at,    0.0    },
            {before->scenes[0].out,   after->scenes[0].out,   0.0    },
        };
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            const double found_s =
                rational_value(rows[row].after.seconds) - rational_value(rows[row].before.seconds);
            assert_true(found_s - rows[row].moved_s < 1e-12);
            assert_true(found_s - rows[row].moved_s > -1e-12);
        }
    }
}

static void every_frame_rate_places_its_timecodes_exactly(void **state) {
    static const struct {
        const char *rate, *timecode;
        int64_t numerator, denominator;
    } rows[] = {
        {"23.976",  "00:00:01:00", 1001, 1000}, /* 24 frames of 1001/24000 s */
        {"24",      "00:00:01:00", 1,    1   },
        {"25",      "00:00:01:00", 1,    1   },
        {"29.97",   "00:01:00:00", 3003, 50  }, /* 1800 frames */
        {"29.97df", "00:01:00;02", 3003, 50  }, /* the same frame */
        {"30",      "00:01:00:00", 60,   1   },
        {"30df",    "00:01:00;02", 60,   1   },
        {"47.952",  "00:00:01:00", 1001, 1000},
        {"48",      "00:00:00:01", 1,    48  },
        {"50",      "00:00:00:49", 49,   50  },
        {"59.94",   "00:00:01:00", 1001, 1000},
        {"59.94df", "00:01:00;04", 3003, 50  },
        {"60",      "00:00:00:59", 59,   60  },
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        assert_int_equal(
            load(desk, arena_format(desk->arena,
                                    "nocturne: 1\nproject: {title: T, code: T, length: 99 s,"
                                    " frame_rate: %s}\nmarkers: {m: %s}",
                                    rows[row].rate, rows[row].timecode)),
            DONE);
        assert_seconds(desk->job->markers[0].time, rows[row].numerator, rows[row].denominator);
    }
}

typedef struct Fault {
    const char *body;
    Status status;
    const char *message, *caret;
} Fault;

static void every_mistake_gets_its_message(void **state) {
    static const Fault faults[] = {
        {"tempo: {at: 1|1}",                                                                     E202, "expected a list such as [{at: 1|1, bpm: 92}], found a map",
         NULL                                                                                                                                                                                              },
        {"tempo: []",                                                                            E203, "this tempo map has no points",                              NULL                                   },
        {"tempo: [{at: 1|1}]",                                                                   E203, "tempo.1 has no `bpm`",                                      NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90, metre: 3/4}]",                                              E202, "unknown key `metre` in tempo.1",
         "did you mean `meter`?"                                                                                                                                                                           },
        {"tempo: [{at: 1|1, bpm: 401}]",                                                         E206, "`401` is outside 10 … 400",                               NULL                                   },
        {"tempo: [{at: 1|1, bpm: 9.99}]",                                                        E206, "`9.99` is outside 10 … 400",                              NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90 Hz}]",                                                       E210, "`Hz` is not a unit of number",                              NULL                                   },
        {"tempo: [{at: 1, bpm: 90}]",                                                            E211, "`1` is not a position in bars",
         "write bar|beat or bar|beat|tick, for example `12|3`"                                                                                                                                             },
        {"tempo: [{at: 1|5, bpm: 90}]",                                                          E211, "`1|5` does not exist in 4/4",
         "beats run from 1 to 4"                                                                                                                                                                           },
        {"tempo: [{at: 1|1|960, bpm: 90}]",                                                      E211, "`1|1|960` does not exist in 4/4",
         "ticks run from 0 to 959"                                                                                                                                                                         },
        {"tempo: [{at: 1|1, bpm: 90, meter: 4/3}]",                                              E206, "`4/3` is not a metre",
         "write 1 … 32 beats over 1, 2, 4, 8, 16 or 32, for example `6/8`"                                                                                                                               },
        {"tempo: [{at: 1|1, bpm: 90, curve: liner}]",                                            E205, "unknown curve `liner`",
         "did you mean `linear`?"                                                                                                                                                                          },
        {"tempo: [{at: 1|1, bpm: 90, curve: linear}]",                                           E208,
         "the first point has none before it to come from",                                                                                                         NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90}, {at: 2|1, bpm: 91, zero: 00:00:01:00}]",                   E208,
         "`zero` belongs to the first point only",                                                                                                                  NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90, zero: 00:00:01:24}]",                                       E211,
         "`00:00:01:24` is not a timecode at 24 fps",                                                                                                               "frames run from 00 to 23"             },
        {"tempo: [{at: 3|1, bpm: 90}, {at: 3|1, bpm: 91}]",                                      E313, "tempo points must ascend",                                  NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90}, {at: 2|1|5, bpm: 91, meter: 3/4}]",                        E314,
         "the metre may only change at the start of a bar",                                                                                                         "this is tick 5 of beat 1 of bar 2"    },
        {"cues: {1m1: {in: 0, out: 9 s, tempo: [{at: 1|1, bpm: 90, zero: 00:00:01:00}]}}",       E208,
         "a cue's map has no `zero`",                                                                                                                               NULL                                   },
        {"cues: {1m1: {in: 0, out: 9 s, tempo: [{at: 2|1, bpm: 90}, {at: 1|1, bpm: 91}]}}",      E313,
         "tempo points must ascend",                                                                                                                                NULL                                   },
        {"cues: {1m1: {in: 0, out: 9 s}}\nmarkers: {a: 1m1:5|1}",                                E319,
         "this time is in bars of cue 1m1, which has no tempo map",                                                                                                 "bar 5, beat 1"                        },
        {"markers: {a: 1 s, b: a + 2 beats}",                                                    E319,
         "this time counts beats, but the job has no tempo map",                                                                                                    NULL                                   },
        {"cues: {1m1: {in: 0, out: 9 s}}\nmarkers: {a: 1m2:5|1}",                                E301, "no cue is called `1m2`",
         "did you mean `1m1`?"                                                                                                                                                                             },
        {"cues: {1m1: {in: 0, out: 9 s}}\nlayers: {mx: {file: a, cue: m1}}",                     E301,
         "no cue is called `m1`",                                                                                                                                   "did you mean `1m1`?"                  },
        {"markers: {m_door: 1 s}\nlayers: {mx: {file: a, at: m_dor - 3 fr}}",                    E301,
         "no marker is called `m_dor`",                                                                                                                             "did you mean `m_door`?"               },
        {"scenes: {sc21: {in: 0, out: 9 s}}\nmarkers: {a: sc12.in}",                             E301,
         "no scene, cue or line is called `sc12`",                                                                                                                  "did you mean `sc21`?"                 },
        {"markers: {a: sc12.in}",                                                                E301, "no scene, cue or line is called `sc12`",                    NULL                                   },
        {"scenes: {sc21: {in: 0, out: 9 s}}\nmarkers: {a: sc21.our}",                            E301,
         "scene sc21 has no edge `our`",                                                                                                                            "did you mean `sc21.out`?"             },
        {"scenes: {sc21: {in: 0, out: 9 s}}\nmarkers: {a: sc21.middle}",                         E301,
         "scene sc21 has no edge `middle`",                                                                                                                         "write `sc21.in` or `sc21.out`"        },
        {"scenes: {sc21: {in: 0, out: 9 s}}\nmarkers: {a: sc21}",                                E301,
         "scene sc21 is not one time",                                                                                                                              "write `sc21.in` or `sc21.out`"        },
        {"markers: {a: 1 s, b: a.in}",                                                           E301, "marker a has no edges",                                     "write `a`"                            },
        {"scenes: {x: {in: 0, out: 9 s}}\nlines: {x: {in: 1 s, out: 2 s}}\nmarkers: {a: x.out}",
         E309,                                                                                         "`x.out` is the name of two times",                          "write `scenes.x.out` or `lines.x.out`"},
        {"scenes: {x: {in: 0}}",                                                                 E203, "scenes.x has no `out`",                                     NULL                                   },
        {"lines: {x: {in: 2 s, out: 2 s}}",                                                      E312, "line x ends before it starts",                              "2.000 s"                              },
        {"cues: {x: {in: x.out, out: x.in}}",                                                    E308, "these times depend on each other in a circle",
         "cues.x.in needs cues.x.out"                                                                                                                                                                      },
        {"scenes: {x: {in: 0, out: 99 min}}",                                                    E310,
         "this time is after the programme ends (01:39:00:00 > 00:01:00:00)",                                                                                       NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90}]\nmarkers: {a: 9|5}",                                       E211, "`9|5` does not exist in 4/4",
         "beats run from 1 to 4"                                                                                                                                                                           },
        {"tempo: [{at: 1|1, bpm: 90}]\nmarkers: {a: 9000 h + 1 bar}",                            E206,
         "this time is too large a number",                                                                                                                         NULL                                   },
        {"tempo: [{at: 1|1, bpm: 90}]\nmarkers: {a: 999999|1}",                                  E310,
         "this time is after the programme ends (740:44:21:08 > 00:01:00:00)",                                                                                      NULL                                   },
        {"layers: {mx: {file: a, fade_in: 2 beats}}",                                            E202,
         "`2 beats` is planned here: this version does not serve it yet",                                                                                           NULL                                   },
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof faults / sizeof *faults; row++) {
        const Status status = load_body(desk, faults[row].body);
        const ErrorEntry *entry = errors_first(desk->errors);
        if (!entry || strcmp(entry->message, faults[row].message) != 0) {
            print_error("%s says\n%s", faults[row].body, entry ? entry->message : "nothing");
        }
        assert_non_null(entry);
        assert_string_equal(entry->message, faults[row].message);
        assert_int_equal(status, faults[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
        if (faults[row].caret) {
            if (!entry->caret) {
                print_error("%s has no caret", faults[row].body);
            }
            assert_non_null(entry->caret);
            assert_string_equal(entry->caret, faults[row].caret);
        }
    }
}

/* The example says itself where its bar 9 lies: at 27.505 s, behind sixteen tempi of a beat each.
 */
static void the_push_of_the_first_night_ends_where_its_author_says(void **state) {
    Desk *desk = *state;
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&text, &size_bytes);
    fprintf(out, "nocturne: 1\nproject: {title: T, code: T, length: 46 s, start: 01:00:00:00}\n"
                 "tempo:\n  - {at: 1|1, bpm: 66, meter: 4/4}\n");
    for (int beat = 1; beat <= 16; beat++) {
        fprintf(out, "  - {at: %d|%d, bpm: %g}\n", 5 + beat / 4, 1 + beat % 4, 66 + 1.125 * beat);
    }
    fprintf(out, "  - {at: 10|1, bpm: 60}\nmarkers: {arrival: 9|1, exhale: 10|1}\n");
    fclose(out);
    assert_int_equal(load(desk, text), DONE);
    free(text);
    const double arrival_s = rational_value(desk->job->markers[0].time.seconds);
    const double exhale_s = rational_value(desk->job->markers[1].time.seconds);
    assert_true(arrival_s > 27.5045 && arrival_s < 27.5055);
    assert_true(exhale_s - arrival_s - 4 * 60.0 / 84 < 1e-8);
    assert_true(exhale_s - arrival_s - 4 * 60.0 / 84 > -1e-8);
}

/* Bytes that a whole job with so many markers and layers takes: what is looked up or copied once
 * too often for each of them shows here as well as in the time, and always the same. */
static size_t cost_bytes(int count) {
    void *state = NULL;
    set_up(&state);
    Desk *desk = state;
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&text, &size_bytes);
    fprintf(out, "nocturne: 1\nproject: {title: T, code: T, length: 2 h}\n"
                 "tempo: [{at: 1|1, bpm: 96}]\nmarkers:\n");
    for (int marker = 0; marker < count; marker++) { /* chains of a hundred */
        if (marker % 100 == 99) {
            fprintf(out, "  m%d: 12|3\n", marker);
        } else {
            fprintf(out, "  m%d: m%d + 1 s\n", marker, marker + 1);
        }
    }
    fprintf(out, "layers:\n");
    for (int layer = 0; layer < count; layer++) {
        fprintf(out, "  v%d: {file: a.wav, stem: mx, at: m%d - 2 beats}\n", layer, layer);
    }
    fclose(out);
    assert_int_equal(load(desk, text), DONE);
    const size_t bytes = arena_size_bytes(desk->arena);
    free(text);
    tear_down(&state);
    return bytes;
}

static void ten_times_the_anchors_take_at_most_twelve_times_the_memory(void **state) {
    (void)state;
    assert_true(cost_bytes(9000) <= 12 * cost_bytes(900));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bars_edges_and_markers_become_seconds),
        TEST(a_moved_marker_moves_what_counts_from_it),
        TEST(every_frame_rate_places_its_timecodes_exactly),
        TEST(every_mistake_gets_its_message),
        TEST(the_push_of_the_first_night_ends_where_its_author_says),
        TEST(ten_times_the_anchors_take_at_most_twelve_times_the_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
