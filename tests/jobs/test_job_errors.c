/* Whole jobs with mistakes: all at once, each at its place, nothing that follows from another. */
#include "tests/support/job_desk.h"

/* How many entries have this id on this line. */
static int count_of(const Desk *desk, Status status, int line) {
    int count = 0;
    for (const ErrorEntry *entry = errors_first(desk->errors); entry; entry = entry->next) {
        count += entry->status == status && entry->place.line == line;
    }
    return count;
}

static void all_errors_come_at_once_each_on_its_line(void **state) {
    static const struct {
        Status status;
        int line;
    } expected[] = {
        {E203, 2 }, /* no title */
        {E204, 2 }, /* code */
        {E207, 3 }, /* rate */
        {E205, 3 }, /* grade */
        {E202, 4 }, /* layer: */
        {E306, 5 }, /* 10ms */
        {E205, 6 }, /* role */
        {E303, 7 }, /* neither ir nor shoebox */
        {E203, 9 }, /* no file */
        {E206, 9 }, /* 500 dB */
        {E209, 10}, /* true */
        {E206, 10}, /* zero distance */
        {E207, 10}, /* 30 kHz */
        {E202, 11}, /* subsonic is a tag now */
    };
    const int count = (int)(sizeof expected / sizeof *expected);
    Desk *desk = *state;
    load(desk, "nocturne: 1\n"
               "project: {code: \"a b\",\n"
               "          tail: 1 s, grade: fina, rate: 47 kHz}\n"
               "layer: {}\n"
               "markers: {10ms: 1 s}\n"
               "stems: {mx: {role: musi}}\n"
               "rooms: {r: {}}\n"
               "layers:\n"
               "  x: {stem: mx, gain: 500 dB}\n"
               "  y: {file: a.wav, stem: mx, mute: true, pan: {dist: 0}, hpf: 30 kHz,\n"
               "      fade_in: 1 s, fade_out: 2 s, subsonic: yes}\n");
    for (int row = 0; row < count; row++) {
        assert_int_equal(count_of(desk, expected[row].status, expected[row].line), 1);
    }
    assert_int_equal(errors_count(desk->errors), count);
    assert_int_equal(errors_exit_code(desk->errors), 3);
}

static void what_follows_from_a_wrong_value_is_held_back(void **state) {
    Desk *desk = *state;
    /* the stem, the room, the path and the time are wrong, too, but the gain may be the reason */
    assert_int_equal(load_body(desk,
                               "layers: {a: {file: ../a.wav, stem: nope, at: 99 s, gain: -3,\n"
                               "             send: {hall: 0}}}"),
                     E210);
    assert_int_equal(errors_count(desk->errors), 1);
    assert_int_not_equal(load_body(desk, "layers: {a: {file: ../a.wav, stem: nope, at: 99 s,\n"
                                         "             send: {hall: 0}}}"),
                         DONE);
    assert_int_equal(errors_count(desk->errors), 3); /* the time waits for the names */
    assert_int_equal(count_of(desk, E402, 3), 1);
    assert_int_equal(count_of(desk, E301, 3), 1);
    assert_int_equal(count_of(desk, E301, 4), 1);
}

typedef struct Fault {
    const char *body;
    Status status;
    const char *message, *caret; /* caret NULL: not looked at */
} Fault;

/* Each body holds one mistake and gets one message. */
static void check_faults(Desk *desk, const Fault *faults, size_t count) {
    for (size_t row = 0; row < count; row++) {
        const Status status = load_body(desk, faults[row].body);
        const ErrorEntry *entry = errors_first(desk->errors);
        assert_non_null(entry);
        assert_string_equal(entry->message, faults[row].message);
        assert_int_equal(status, faults[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
        if (faults[row].caret) {
            assert_string_equal(entry->caret, faults[row].caret);
        }
    }
}

static void shapes_are_checked(void **state) {
    static const Fault faults[] = {
        {"layers: []",                                                   E202, "expected a map keyed by name, found a list",           NULL},
        {"layers: {mx: [a]}",                                            E202, "expected a map, found a list",                         NULL},
        {"layers: {mx: {file: {a: b}}}",                                 E202, "expected a value, found a map",                        NULL},
        {"layers: {mx: {file: a, send: -3 dB}}",                         E202,
         "expected a map keyed by name, found a value",                                                                                NULL},
        {"deliverables: {d: {layout: 5.1, stems: full}}",                E202,
         "expected a list, such as [full, dx], found a value",                                                                         NULL},
        {"deliverables: {d: {layout: 5.1, stems: []}}",                  E203,
         "this list is empty: nothing would be written",                                                                               NULL},
        {"layers: {mx: {file: a, pan: [left]}}",                         E202,
         "expected `front`, a name or a map {az, el, dist, spread}, found a list",                                                     NULL},
        {"layers: {mx: {file: a, pan: {screen: 1}}}",                    E202,
         "expected a list of two numbers such as [-0.4, 0.1], found a value",                                                          NULL},
        {"layers: {mx: {file: a, pan: {screen: [1, 2]}}}",               E206, "`2` is outside -1 … 1",                              NULL},
        {"layers: {mx: {file: a, pan: {screen: [nan, 0]}}}",             E210, "`nan` is not a number",                                NULL},
        {"layers: {mx: {file: a, pan: {width: 361 deg}}}",               E206,
         "`361 deg` is outside 0 deg … 360 deg",                                                                                     NULL},
        {"layers: {mx: {file: a, pan: {x: 0, width: 101 %}}}",           E206,
         "`101 %` is outside 0 % … 100 %",                                                                                           NULL},
        {"layers: {mx: {file: a, pan: {width: 40 %}}}",                  E210,
         "the extent of an object on the sphere is in deg",                                                                            NULL},
        {"layers: {mx: {file: a, pan: {x: 0, height: 40 deg}}}",         E210,
         "the extent of an object in the cube is in %",                                                                                NULL},
        {"positions: {a: left}",                                         E202, "expected a map {az, el, dist, spread}, found a value",
         NULL                                                                                                                              },
        {"layers: {mx: {file: a, path: {points: [[1 s, front]]}}}",      E316,
         "a path needs at least two points",                                                                                           NULL},
        {"layers: {mx: {file: a, path: {points: [[1 s, front], 2 s]}}}", E202,
         "expected a point [time, position], found a value",                                                                           NULL},
        {"rooms: {r: {shoebox: {size: [1 m, 2 m], t60: 1 s}}}",          E202,
         "expected three distances such as [12 m, 20 m, 6 m], found 2",                                                                NULL},
        {"layers: {mx: {}}",                                             E203, "layers.mx has no `file`",                              NULL},
        {"layers: {a: {file: a}}",                                       E203, "layers.a has no `stem`",                               NULL},
        {"layers: {mx: {file: \"\"}}",                                   E204, "this text is empty",                                   NULL},
        {"layers: {mx: {file: a, lpf: {slope: 6 dB/oct}}}",              E203, "layers.mx.lpf has no `freq`",
         NULL                                                                                                                              },
        {"stems: {full: {role: other}}",                                 E306, "`full` is not a stem's own name",                      NULL},
    };
    check_faults(*state, faults, sizeof faults / sizeof *faults);
}

static void keys_that_exclude_each_other_are_found(void **state) {
    static const Fault faults[] = {
        {"rooms: {r: {ir: a.wav, shoebox: {size: [1 m, 2 m, 2 m], t60: 1 s}}}",                   E303,
         "give ir or shoebox, not both",                                                                                                                                                 NULL},
        {"layers: {mx: {file: a, pan: front, path: {points: [[1 s, front], [2 s, front]]}}}",     E303,
         "give pan or path, not both",                                                                                                                                                   NULL},
        {"layers: {mx: {file: a, from: 2 s, to: 1 s}}",                                           E312, "layers.mx ends before it starts",
         "1.000 s"                                                                                                                                                                           },
        {"deliverables: {d: {layout: 9.1.6, container: flac}}",                                   E217,
         "flac cannot carry 16 channels",                                                                                                                                                NULL},
        {"deliverables: {d: {layout: 2.0, container: flac, bits: 32f}}",                          E217,
         "flac carries 16 or 24 bits only",                                                                                                                                              NULL},
        {"deliverables: {d: {layout: 7.1.4, container: opus}}",                                   E217,
         "opus has no places for the channels of 7.1.4",                                                                                                                                 NULL},
        {"deliverables: {d: {layout: 4.0, container: opus}}",                                     E217,
         "opus has no places for the channels of 4.0",                                                                                                                                   NULL},
        {"deliverables: {d: {layout: 2.0, container: opus, rate: 96 kHz}}",                       E217,
         "an Opus file has 48 kHz, not 96 kHz",                                                                                                                                          NULL},
        {"deliverables: {d: {layout: 2.0, container: opus, bitrate: 600 kbit/s}}",                E206,
         "an Opus file of 2 channels takes 12 to 512 kbit/s, not 600",                                                                                                                   NULL},
        {"deliverables: {d: {layout: 5.1, container: opus, split: mono, bitrate: 257 kbit/s}}",
         E206,                                                                                          "an Opus file of 1 channel takes 6 to 256 kbit/s, not 257",                      NULL},
        {"deliverables: {d: {layout: 2.0, container: opus, bitrate: 600 kHz}}",                   E210,
         "`kHz` is not a unit of bit rate",                                                                                                                                              NULL},
        {"deliverables: {d: {layout: 2.0, bitrate: 60 kbit/s}}",                                  E208,
         "only `container: opus` has a `bitrate`",                                                                                                                                       NULL},
        {"deliverables: {d: {layout: 5.1, container: opus, channel_order: film}}",                E208,
         "opus has its own order of channels",                                                                                                                                           NULL},
        {"deliverables: {d: {layout: foa, container: opus, normalisation: n3d}}",                 E208,
         "ambisonics in opus are SN3D",                                                                                                                                                  NULL},
        {"deliverables: {d: {layout: 2.0, container: opus, leader: {length: 2 s}}}",              E208,
         "opus holds nothing but the programme: its leader would not come back silent",                                                                                                  NULL},
        {"deliverables: {d: {layout: 2.0, container: opus, pop: {tail: yes}}}",                   E208,
         "opus holds nothing but the programme: its pop would not come back as it was",                                                                                                  NULL},
        {"deliverables: {d: {layout: 7.1.4, loudness: {on: 5.1}}}",                               E208,
         "7.1.4 is measured as it is written",                                                                                                                                           NULL},
        {"deliverables: {d: {layout: hoa1, loudness: {on: binaural}}}",                           E208,
         "`binaural` has no loudspeakers to measure on",                                                                                                                                 NULL},
        {"deliverables: {d: {layout: hoa1, loudness: {on: 5.9}}}",                                E213, "unknown layout `5.9`",
         NULL                                                                                                                                                                                },
        {"deliverables: {d: {layout: 2.0, sofa: a.sofa}}",                                        E208,
         "only binaural deliverables have a `sofa`",                                                                                                                                     NULL},
        {"deliverables: {d: {layout: 2.0, hrtf: magls}}",                                         E208,
         "only binaural deliverables have an `hrtf`",                                                                                                                                    NULL},
        {"deliverables: {d: {layout: binaural, speakers: 5.1}}",                                  E208,
         "`speakers` belongs to `hrtf: speakers`",                                                                                                                                       NULL},
        {"deliverables: {d: {layout: binaural, hrtf: speakers, speakers: foa}}",                  E208,
         "`foa` has no loudspeakers",                                                                                                                                                    NULL},
        {"deliverables: {d: {layout: binaural, hrtf: maggles}}",                                  E205, "unknown hrtf `maggles`",
         "did you mean `magls`?"                                                                                                                                                             },
        {"deliverables: {d: {layout: 2.0, headphone_eq: a.wav}}",                                 E208,
         "only binaural deliverables have a `headphone_eq`",                                                                                                                             NULL},
        {"layers: {mx: {file: a.wav}}\ndeliverables: {d: {layout: 2.0, loudness: {gate: "
         "dialogue}}}",                                                                  E208, "a dialogue gate needs a stem with `role: dialogue` that some layer belongs to",
         NULL                                                                                                                                                                                },
        {"layers: {dx: {file: a.wav, mute: yes}}\ndeliverables: {d: {layout: 2.0, loudness: {gate: "
         "dialogue}}}",                                                                  E208, "a dialogue gate needs a stem with `role: dialogue` that some layer belongs to",
         NULL                                                                                                                                                                                },
        {"deliverables: {d: {layout: 2.0, loudness: {link: stems}}}",                             E205, "unknown link `stems`",
         NULL                                                                                                                                                                                },
        {"deliverables: {d: {layout: hoa1, reference: film}}",                                    E208,
         "only loudspeaker deliverables have a `reference`",                                                                                                                             NULL},
        {"deliverables: {d: {layout: adm, container: bw64, beds: 5.1, reference: film}}",         E208,
         "objects beside a film bed of 5.1 have no level of their own",                                                                                                                  NULL},
        {"deliverables: {d: {layout: 2.0, loudness: {target: -24 LKFS, scope: programme}}}",      E203,
         "`scope: programme` needs `reels`: the jobs of the other reels",                                                                                                                NULL},
        {"deliverables: {d: {layout: 2.0, loudness: {target: -24 LKFS, reels: [b.yaml]}}}",       E208,
         "`reels` belongs to `scope: programme`",                                                                                                                                        NULL},
        {"deliverables: {d: {layout: 2.0, loudness: {scope: programme, reels: [b.yaml]}}}",       E203,
         "`scope: programme` needs a `target` that holds",                                                                                                                               NULL},
        {"layers: {dx: {file: a.wav}}\ndeliverables: {d: {layout: 2.0, loudness: {target: -24 "
         "LKFS, gate: dialogue, scope: programme, reels: [b.yaml]}}}",                   E208, "the loudness of a programme is that of all of it: `gate: program`",             NULL},
        {"deliverables: {d: {layout: 2.0, loudness: {target: -24 LKFS, scope: programme, reels: "
         "b.yaml}}}",                                                                    E202, "expected a list of files, such as [reel1.yaml, reel2.yaml], found a value",     NULL},
        {"deliverables: {d: {layout: 2.0, frame_rate: 30}}",                                      E208,
         "a programme at 24 cannot be shown at 30",                                                                                                                                      NULL},
        {"layers: {mx: {file: a, pan: {az: 3 deg, screen: [0, 0]}}}",                             E303,
         "give screen or az and el, not both",                                                                                                                                           NULL},
        {"layers: {mx: {file: a, pan: {x: 3 %, screen: [0, 0]}}}",                                E303,
         "give screen or x, y and z, not both",                                                                                                                                          NULL},
        {"layers: {mx: {file: a, pan: {x: 3 %, dist: 2 m}}}",                                     E303,
         "a position is a direction or in the cube",                                                                                                                                     NULL},
        {"layers: {mx: {file: a, path: {points: [[1 s, {z: 3 %, az: 9 deg}], [2 s, front]]}}}",
         E303,                                                                                          "a position is a direction or in the cube",                                      NULL},
        {"positions: {a: {y: 3 %, el: 2 deg}}",                                                   E303, "a position is a direction or in the cube",
         NULL                                                                                                                                                                                },
        {"rooms: {r: {shoebox: {size: [2 m, 2 m, 2 m], t60: 1 s, listener: [1 m, 2 m, 1 m]}}}",
         E206,                                                                                          "the listener stands at 2 m in a room 2 m deep",                                 NULL},
        {"rooms: {r: {shoebox: {size: [2 m, 2 m, 2 m], t60: 1 s, listener: [1 m, 0.1 m, 1 m]}}}",
         E206,                                                                                          "`0.1 m` is outside 0.2 m … 199.8 m",                                          NULL},
        {"rooms: {r: {shoebox: {size: [2 m, 2 m, 2 m], t60: 1 s, listener: [1 m, 1 m]}}}",        E202,
         "expected three distances such as [12 m, 20 m, 6 m], found 2",                                                                                                                  NULL},
        {"rooms: {r: {shoebox: {size: [2 m, 2 m, 2 m], t60: 1 s, order: 7}}}",                    E206,
         "`7` is outside 0 … 6",                                                                                                                                                       NULL},
    };
    check_faults(*state, faults, sizeof faults / sizeof *faults);
    assert_int_equal(
        load(*state, "nocturne: 1\nproject: {title: T, code: T, end: 5 s, length: 60 s}"), E303);
    const Desk *desk = *state;
    assert_string_equal(errors_first(desk->errors)->message, "give end or length, not both");
    assert_int_equal(errors_first(desk->errors)->marks->place.column, 35);
}

static void names_that_refer_to_nothing_are_found(void **state) {
    static const Fault faults[] = {
        {"layers: {a: {file: a, stem: mu}}",                                      E301, "no stem is called `mu`",               "did you mean `mx`?"   },
        {"positions: {door: {az: 9 deg}}\nlayers: {mx: {file: a, pan: dor}}",     E301,
         "no position is called `dor`",                                                                                         "did you mean `door`?" },
        {"layers: {mx: {file: a, path: {points: [[0 s, frnt], [1 s, front]]}}}",  E301,
         "no position is called `frnt`",                                                                                        "did you mean `front`?"},
        {"positions: {front: {az: 9 deg}}",                                       E306, "`front` is not a position's own name", NULL                   },
        {"rooms: {alley: {ir: a.wav}}\nlayers: {mx: {file: a, send: {ally: 0}}}", E301,
         "no room is called `ally`",                                                                                            "did you mean `alley`?"},
        {"deliverables: {d: {layout: 5.1, stems: [ful]}}",                        E301, "no stem is called `ful`",
         "did you mean `full`?"                                                                                                                        },
        {"markers: {door: 1 s}\nlayers: {mx: {file: a, at: dor + 1 s}}",          E301,
         "no marker is called `dor`",                                                                                           "did you mean `door`?" },
        {"roots: {lib: media}\nlayers: {mx: {file: lab:a}}",                      E301, "no root is called `lab`",
         "did you mean `lib`?"                                                                                                                         },
    };
    Desk *desk = *state;
    check_faults(desk, faults, sizeof faults / sizeof *faults);
    assert_int_equal(errors_first(desk->errors)->marks->place.line, 3); /* roots: is defined here */
}

static void markers_in_a_circle_are_shown_in_full(void **state) {
    Desk *desk = *state;
    assert_int_equal(
        load_body(desk, "markers:\n  a: b + 1 s\n  b: c\n  c: a - 2 fr\n  d: a\n  e: e"), E308);
    assert_int_equal(errors_count(desk->errors), 2);
    const ErrorEntry *circle = errors_first(desk->errors);
    assert_int_equal(circle->place.line, 4);
    assert_int_equal(circle->place.length, 1);
    assert_string_equal(circle->caret, "markers.a needs markers.b");
    assert_string_equal(circle->marks->label, "and that needs markers.c");
    assert_int_equal(circle->marks->next->place.line, 6);
    assert_string_equal(circle->marks->next->label, "and that needs markers.a");
    assert_null(circle->marks->next->next);
    assert_string_equal(circle->next->caret, "markers.e needs markers.e");
}

static void times_outside_the_programme_are_found(void **state) {
    static const Fault faults[] = {
        {"layers: {mx: {file: a, at: 60 s}}",                                     E310,
         "this time is after the programme ends (00:01:00:00 = 00:01:00:00)",     NULL     },
        {"layers: {mx: {file: a, at: -1 fr}}",                                    E310,
         "this time is before the programme starts (-00:00:00:01 < 00:00:00:00)", NULL     },
        {"markers: {m: 2 h}",                                                     E310,
         "this time is after the programme ends (02:00:00:00 > 00:01:00:00)",     NULL     },
        {"layers: {mx: {file: a, path: {points: [[2 s, front], [2 s, front]]}}}", E316,
         "path points must ascend",                                               "2.000 s"},
    };
    Desk *desk = *state;
    check_faults(desk, faults, sizeof faults / sizeof *faults);
    assert_int_equal(load_body(desk, "markers: {m: -30 min, n: 61 min}"), DONE);
    /* without an end the layers decide, but not for a year */
    static const char endless[] = "nocturne: 1\nproject: {title: T, code: T}\n";
    assert_int_equal(
        load(desk, arena_format(desk->arena, "%slayers: {mx: {file: a, at: 9000 h}}", endless)),
        E206);
    assert_string_equal(errors_first(desk->errors)->message, "the programme is longer than 12 h");
    assert_int_equal(
        load(desk, arena_format(desk->arena, "%slayers: {mx: {file: a, at: 11 h}}", endless)),
        DONE);
    assert_int_equal(load(desk,
                          "nocturne: 1\n"
                          "project: {title: T, code: T, start: 01:00:00:00, end: 00:59:00:00}"),
                     E312);
    assert_int_equal(load(desk,
                          "nocturne: 1\n"
                          "project: {title: T, code: T, start: 01:00:00:00, end: 01:10:00:00}\n"
                          "layers: {mx: {file: a, at: 00:59:58:00}}"),
                     E310);
    assert_string_equal(errors_first(desk->errors)->message,
                        "this time is before the programme starts (00:59:58:00 < 01:00:00:00)");
}

static void a_reel_is_not_normalised_alone(void **state) {
    static const struct {
        const char *reel, *loudness;
        Status status;
    } cases[] = {
        {"R2",        "{target: -24 LKFS}",                                     E208},
        {"reel-3",    "{target: -24 LKFS, gate: program}",                      E208},
        {"r1",        "{target: -24 LKFS, scope: programme, reels: [r2.yaml]}", DONE},
        {"r1",        "{target: -24 LKFS, scope: job}",                         DONE},
        {"r1",        "{target: -24 LKFS, report_only: yes}",                   DONE},
        {"r1",        "{peak: -2 dBTP}",                                        DONE},
        {"s01e01",    "{target: -24 LKFS}",                                     DONE},
        {"rehearsal", "{target: -24 LKFS}",                                     DONE},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        desk->errors = errors_create(desk->arena);
        const char *text =
            arena_format(desk->arena,
                         "nocturne: 1\nproject: {title: T, code: T, reel: %s, length: 60 s}\n"
                         "layers: {mx: {file: a.wav}}\n"
                         "deliverables: {d: {layout: 2.0, loudness: %s}}\n",
                         cases[row].reel, cases[row].loudness);
        assert_int_equal(load(desk, text), cases[row].status);
        if (cases[row].status != DONE) {
            const ErrorEntry *entry = errors_first(desk->errors);
            assert_string_equal(
                entry->message,
                arena_format(desk->arena, "reel %s would be normalised alone", cases[row].reel));
            assert_int_equal(entry->place.line, 4);
            assert_int_equal(entry->place.column, 52);
            assert_int_equal(entry->marks->place.line, 2);
        }
    }
}

static void paths_stay_below_their_roots(void **state) {
    static const char *const good[] = {"a.wav",     "./a.wav",          "x/../a.wav",
                                       "lib:a.wav", "sys:default.sofa", "a/b//c.wav",
                                       "..a.wav",   "./a:b.wav"};
    static const char *const bad[] = {"../a.wav", "/etc/passwd", "~/a.wav", "a/../../b.wav",
                                      "lib:../a", "lib:/a",      "..",      "sys:../x"};
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof good / sizeof *good; row++) {
        const char *body = arena_format(
            desk->arena, "roots: {lib: media}\nlayers: {mx: {file: \"%s\"}}", good[row]);
        assert_int_equal(load_body(desk, body), DONE);
    }
    for (size_t row = 0; row < sizeof bad / sizeof *bad; row++) {
        const char *body = arena_format(
            desk->arena, "roots: {lib: media}\nlayers: {mx: {file: \"%s\"}}", bad[row]);
        assert_int_equal(load_body(desk, body), E402);
        assert_int_equal(errors_count(desk->errors), 1);
    }
    assert_int_equal(load_body(desk, "roots: {up: ../media}"), E402);
    assert_int_equal(load_body(desk, "roots: {abs: /srv/media}"), DONE);
    load_body(desk, "layers:\n  a: {file: ../../secret/a.wav, stem: mx}");
    const ErrorEntry *entry = errors_first(desk->errors);
    assert_string_equal(entry->caret, "resolves to ../../secret/a.wav, outside the job folder");
    assert_string_equal(entry->lines->text,
                        "add the folder to `roots:` and write `name:a.wav`, or start nocturne with "
                        "--root name=../../secret");
}

static void outputs_do_not_share_a_name(void **state) {
    static const Fault faults[] = {
        {"deliverables:\n  th: {layout: 5.1, stems: [full, dx, mx], name: $code_$deliverable}",
         E216,                                                                                        "two outputs would get the same file name",                  "T_th.wav is used by full, dx and mx"},
        {"deliverables:\n  th: {layout: 5.1, stems: [full, dx], name: $code, split: mono}",     E216,
         "two outputs would get the same file name",                                                                                                               "T_L.wav is used by full and dx"     },
        {"stems: {a: {role: music}, A: {role: music}}\n"
         "deliverables: {d: {layout: 5.1, stems: [a, A]}}",                            E216, "two outputs would get file names that differ only in case",
         "T_v1_d_a.wav and T_v1_d_A.wav"                                                                                                                                                                },
        {"deliverables: {d: {layout: 5.1, stems: [full, mx, full]}}",                           E216,
         "`full` is listed twice",                                                                                                                                 NULL                                 },
        {"deliverables: {d: {layout: 5.1, name: ../$code}}",                                    E402,
         "`../T.wav` leaves the output folder",                                                                                                                    NULL                                 },
        {"deliverables: {d: {layout: 5.1, name: $code $cut}}",                                  E215,
         "`T v1.wav` is not a portable file name",                                                                                                                 NULL                                 },
    };
    check_faults(*state, faults, sizeof faults / sizeof *faults);
}

static void temp_sources_do_not_reach_a_final_deliverable(void **state) {
    static const char body[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 60 s, grade: final}\n"
                               "layers:\n"
                               "  brass: {file: a.wav, stem: mx, status: temp}\n"
                               "stems: {mx: {role: music}}\n"
                               "deliverables: {th: {layout: 5.1}}\n";
    Desk *desk = *state;
    assert_int_equal(load(desk, body), E431);
    const ErrorEntry *entry = errors_first(desk->errors);
    assert_string_equal(entry->message, "a temp source would reach a final deliverable");
    assert_int_equal(entry->place.column, 34);
    assert_int_equal(entry->place.length, 12); /* `status: temp` */
    assert_int_equal(entry->marks->place.length, 12);
    assert_string_equal(entry->lines->text, "it reaches deliverables.th through stem mx");

    JobSource source = source_of(body);
    source.grade = 1; /* --grade proxy */
    assert_int_equal(job_load(&source, desk->arena, &desk->job, errors_create(desk->arena)), DONE);
    assert_int_equal(desk->job->grade.index, 1);
    assert_int_equal(load_set(desk, body, "layers.brass.mute=yes"), DONE);
    assert_int_equal(load_set(desk, body, "deliverables.th.stems=[dx]"), DONE);
    assert_int_equal(load_set(desk, body, "deliverables.th.stems=[me]"), E431);
    assert_int_equal(load_set(desk, body, "stems.mx.role=dialogue"), E431);
}

static void the_version_stands_first(void **state) {
    Desk *desk = *state;
    assert_int_equal(load(desk, "nocturne: 2\nproject: {title: T, code: T}"), E201);
    assert_string_equal(errors_first(desk->errors)->message,
                        "this file says nocturne: 2, this build reads 1");
    assert_int_equal(load(desk, "project: {title: T, code: T}"), E203);
    assert_int_equal(load(desk, "nocturne: 1"), E203);
    assert_int_equal(load(desk, "[1, 2]"), E202);
}

static void numbers_of_the_project_have_bounds(void **state) {
    static const struct {
        const char *project;
        Status status;
    } rows[] = {
        {"seed: 9223372036854775808",  E206},
        {"seed: 99999999999999999999", E206},
        {"seed: -1",                   E206},
        {"seed: x",                    E210},
        {"version: 0",                 E206},
        {"version: 10000",             E206},
        {"version: 1.5",               E206},
        {"tail: 61 s",                 E206},
        {"tail: -1 s",                 E206},
        {"length: 13 h",               E206},
        {"length: 0",                  E206},
        {"length: 1 smp",              E206},
        {"language: d",                E204},
        {"language: de_AT",            E204},
        {"cut: 12345678901234567",     E204},
        {"panner: vbab",               E205},
        {"start: 1 s",                 E211},
        {"start: 24:00:00:00",         E211},
        {"frame_rate: 26",             E205},
        {"rate: 22.05 kHz",            E207},
        {"rate: 48000",                E210},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        const char *text = arena_format(
            desk->arena, "nocturne: 1\nproject: {title: T, code: T, %s}", rows[row].project);
        assert_int_equal(load(desk, text), rows[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
    }
    const char *long_title = "nocturne: 1\nproject: {code: T, title: %0120d}";
    char text[256];
    snprintf(text, sizeof text, long_title, 1);
    assert_int_equal(load(desk, text), DONE);
    snprintf(text, sizeof text, "nocturne: 1\nproject: {code: T, title: %0121d}", 1);
    assert_int_equal(load(desk, text), E204);
}

static void a_wrong_frame_rate_does_not_blame_the_timecodes(void **state) {
    Desk *desk = *state;
    assert_int_equal(load(desk, "nocturne: 1\nproject: {title: T, code: T, frame_rate: 52,\n"
                                "          start: 01:00:00:24}\nmarkers: {m: 01:00:00:49}"),
                     E205);
    assert_int_equal(errors_count(desk->errors), 1);
}

static void keys_of_the_draft_are_told_what_replaced_them(void **state) {
    static const char *const bodies[][2] = {
        {"silences: {}",                                  "write a rule: "               },
        {"moods: {}",                                     "write a rule: "               },
        {"motifs: {}",                                    "write a tag: "                },
        {"lines: {l: {in: 0 s, out: 1 s, mood: sorrow}}", "write a tag: "                },
        {"layers: {mx: {file: a, purpose_class: drama}}", "write a tag: "                },
        {"layers: {mx: {file: a, subsonic: yes}}",        "write a tag: "                },
        {"references: {r: {file: a}}",                    "is a policy"                  },
        {"translation: {phone: on}",                      "policy: {checks: {translation"},
    };
    Desk *desk = *state;
    for (size_t body = 0; body < sizeof bodies / sizeof *bodies; body++) {
        assert_int_equal(load_body(desk, bodies[body][0]), E202);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_non_null(errors_first(desk->errors)->lines);
        assert_non_null(strstr(errors_first(desk->errors)->lines->text, bodies[body][1]));
    }
}

static void planned_keys_are_known(void **state) {
    static const char *const bodies[] = {"protect: {}", "yields: {y: {select: all}}",
                                         "deliverables: {d: {layout: stereo-lrt}}"};
    Desk *desk = *state;
    for (size_t body = 0; body < sizeof bodies / sizeof *bodies; body++) {
        assert_int_equal(load_body(desk, bodies[body]), E202);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_non_null(strstr(errors_first(desk->errors)->message,
                               "is planned: this version does not serve it yet"));
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_errors_come_at_once_each_on_its_line),
        TEST(what_follows_from_a_wrong_value_is_held_back),
        TEST(shapes_are_checked),
        TEST(keys_that_exclude_each_other_are_found),
        TEST(names_that_refer_to_nothing_are_found),
        TEST(markers_in_a_circle_are_shown_in_full),
        TEST(times_outside_the_programme_are_found),
        TEST(a_reel_is_not_normalised_alone),
        TEST(paths_stay_below_their_roots),
        TEST(outputs_do_not_share_a_name),
        TEST(temp_sources_do_not_reach_a_final_deliverable),
        TEST(the_version_stands_first),
        TEST(numbers_of_the_project_have_bounds),
        TEST(a_wrong_frame_rate_does_not_blame_the_timecodes),
        TEST(keys_of_the_draft_are_told_what_replaced_them),
        TEST(planned_keys_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
