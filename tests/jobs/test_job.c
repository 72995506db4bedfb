/* Whole jobs: every member filled, every error at once, nothing that follows from another. */
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

typedef struct Desk {
    Arena *arena;
    ErrorList *errors;
    JobSpec *job;
} Desk;

static int set_up(void **state) {
    Arena *arena = arena_create();
    Desk *desk = arena_alloc(arena, sizeof *desk);
    *desk = (Desk){.arena = arena, .errors = errors_create(arena)};
    *state = desk;
    return 0;
}

static int tear_down(void **state) {
    Arena *arena = ((Desk *)*state)->arena;
    arena_destroy(&arena);
    return 0;
}

static JobSource source_of(const char *text) {
    return (JobSource){
        .path = "work/job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
}

static Status load(Desk *desk, const char *text) {
    const JobSource source = source_of(text);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

static Status load_set(Desk *desk, const char *text, const char *set) {
    JobSource source = source_of(text);
    source.sets = &set;
    source.set_count = 1;
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

/* The body stands behind a version and a smallest project. */
static Status load_body(Desk *desk, const char *body) {
    return load(desk,
                arena_format(desk->arena,
                             "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n%s", body));
}

#define HEAD "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n"

static const char night[] =
    "nocturne: 1\n"
    "x-notes: [free, {for: anything}]\n"
    "project:\n"
    "  title: First Night\n"
    "  code: FNGT\n"
    "  reel: R1\n"
    "  cut: v7\n"
    "  version: 12\n"
    "  language: de-AT\n"
    "  grade: proxy\n"
    "  rate: 96 kHz\n"
    "  frame_rate: 23.976\n"
    "  start: 01:00:00:00\n"
    "  length: 46 s\n"
    "  tail: 3 s\n"
    "  seed: 9223372036854775807\n"
    "roots: {lib: media/library}\n"
    "markers:\n"
    "  exhale: arrival + 24 fr\n" /* defined below */
    "  arrival: 01:00:10:00\n"
    "stems:\n"
    "  mx: {role: music, gain: -1.5 dB}\n"
    "  dx: {role: dialogue}\n"
    "rooms:\n"
    "  valley: {shoebox: {size: [60 m, 90 m, 25 m], t60: 3.2 s}, predelay: 35 ms, gain: -3 dB}\n"
    "  booth: {shoebox: {size: [2 m, 3 m, 1.6 m], t60: 300 ms, t60_hf: 0.2 s,\n"
    "                    listener: [1.5 m, 1 m, 1.2 m]}, early: 20 ms}\n"
    "  hall: {ir: lib:hall.wav, layout: foa, normalise: no, truncate: -80 dB}\n"
    "layers:\n"
    "  violin: {file: stems/violin.flac, stem: mx, family: strings, role: solo, gain: -inf,\n"
    "           pan: {az: 18 deg, el: 5 deg, dist: 2 m, spread: 20 deg}, width: 40 %,\n"
    "           send: {valley: -14 dB, hall: 0}, purpose: \"carries, the theme\"}\n"
    "  cart: {file: ./fx//cart.wav, stem: fx, at: exhale - 12 fr, from: 250 ms, to: 2 s,\n"
    "         fade_in: 10 ms, fade_out: 1 s, mute: yes, invert: yes, status: temp,\n"
    "         hpf: 80 Hz, lpf: {freq: 12 kHz, slope: 24 dB/oct}, layout: 2.0}\n"
    "  amb: {file: lib:wind.wav, path: {curve: spline, points: [[2 s, front],\n"
    "        [exhale, {az: -110 deg, dist: 12 m}]]}}\n"
    "deliverables:\n"
    "  th: {layout: 5.1, bits: 32f, container: rf64, stems: [full, me, fx], split: mono,\n"
    "       channel_order: film}\n"
    "  st: {layout: 2.0, name: $code/$lang-$rate/$deliverable_$alt2, loudness: {target: -24 "
    "LKFS}}\n"
    "  hp: {layout: binaural, sofa: {file: lib:ears.sofa}, loudness: {peak: -2 dBTP,\n"
    "       tolerance: 0.5 LU, report_only: yes}}\n";

static Status load_night(Desk *desk) {
    /* $alt2 would be planned; the name is written without it */
    char text[sizeof night];
    memcpy(text, night, sizeof night);
    char *wildcard = strstr(text, "_$alt2");
    memset(wildcard, ' ', strlen("_$alt2"));
    return load(desk, arena_copy_text(desk->arena, text));
}

static void assert_seconds(JobTime time, int64_t numerator, int64_t denominator) {
    assert_int_equal(time.seconds.numerator, numerator);
    assert_int_equal(time.seconds.denominator, denominator);
}

static void the_project_is_read(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobSpec *job = desk->job;
    assert_string_equal(job->title.text, "First Night");
    assert_int_equal(job->title.place.line, 4);
    assert_string_equal(job->code.text, "FNGT");
    assert_string_equal(job->reel.text, "R1");
    assert_string_equal(job->cut.text, "v7");
    assert_int_equal(job->version, 12);
    assert_string_equal(job->language.text, "de-AT");
    assert_int_equal(job->grade.index, 1);
    assert_int_equal(job->rate_hz, 96000);
    assert_int_equal(job->frame_rate_numerator, 24000);
    assert_int_equal(job->frame_rate_denominator, 1001);
    assert_false(job->is_drop_frame);
    assert_int_equal(job->start_frames, 86400);
    assert_seconds(job->start, 18018, 5);
    assert_seconds(job->length, 46, 1);
    assert_true(job->length.is_set);
    assert_false(job->end.is_set);
    assert_seconds(job->tail, 3, 1);
    assert_true(job->seed == UINT64_C(9223372036854775807));
}

static void times_follow_markers_and_film_frames(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobSpec *job = desk->job;
    assert_int_equal(job->marker_count, 2);
    assert_string_equal(job->markers[0].id, "exhale");
    assert_seconds(job->markers[1].time, 1001, 100);   /* 240 frames of 1001/24000 s */
    assert_seconds(job->markers[0].time, 11011, 1000); /* 264 of them */
}

static void stems_keep_their_order_and_built_in_ones_follow(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobSpec *job = desk->job;
    static const char *const ids[] = {"mx", "dx", "fx", "amb"};
    static const int roles[] = {1, 0, 2, 3};
    assert_int_equal(job->stem_count, 4);
    for (int stem = 0; stem < 4; stem++) {
        assert_string_equal(job->stems[stem].id, ids[stem]);
        assert_int_equal(job->stems[stem].role.index, roles[stem]);
    }
    assert_true(job->stems[0].gain_db.value == -1.5);
    assert_int_equal(job->stems[2].id_place.line, 0);
    assert_int_equal(job->layers[0].stem_index, 0);
    assert_int_equal(job->layers[1].stem_index, 2);
    assert_int_equal(job->layers[2].stem_index, 3); /* called like the stem */
}

static void rooms_get_their_defaults(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobRoom *valley = &desk->job->rooms[0];
    assert_true(valley->has_shoebox);
    assert_true(valley->size_m[1] == 90.0 && valley->t60_s == 3.2 && valley->t60_hf_s == 1.6);
    assert_true(valley->listener_m[0] == 30.0 && valley->listener_m[1] == 45.0 &&
                valley->listener_m[2] == 1.7);
    assert_seconds(valley->early, 2, 25);
    assert_seconds(valley->predelay, 7, 200);
    assert_true(valley->gain_db.value == -3.0 && valley->normalise.value);
    const JobRoom *booth = &desk->job->rooms[1];
    assert_true(booth->t60_hf_s == 0.2 && booth->listener_m[0] == 1.5);
    const JobRoom *hall = &desk->job->rooms[2];
    assert_false(hall->has_shoebox);
    assert_string_equal(hall->ir.text, "lib:hall.wav");
    assert_string_equal(hall->layout.text, "foa");
    assert_false(hall->normalise.value);
    assert_true(hall->truncate_db.value == -80.0 && hall->gain_db.value == 0.0);
}

static void a_low_room_puts_the_listener_at_half_its_height(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk, "rooms: {r: {shoebox: {size: [2 m, 2 m, 1.5 m], t60: 1 s}}}"),
                     DONE);
    assert_true(desk->job->rooms[0].listener_m[2] == 0.75);
}

static void layers_are_read(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobLayer *violin = &desk->job->layers[0];
    assert_true(violin->gain_db.value == silence_db);
    assert_int_equal(violin->role.index, 1);
    assert_int_equal(violin->status.index, 0);
    assert_true(violin->pan.position.azimuth_deg == 18.0);
    assert_true(violin->pan.position.elevation_deg == 5.0);
    assert_true(violin->pan.position.distance_m == 2.0);
    assert_true(violin->pan.position.spread_deg == 20.0);
    assert_true(violin->width_percent.value == 40.0);
    assert_int_equal(violin->send_count, 2);
    assert_string_equal(violin->sends[0].room, "valley");
    assert_true(violin->sends[0].level_db.value == -14.0 && violin->sends[1].level_db.value == 0.0);
    assert_string_equal(violin->purpose.text, "carries, the theme");
    assert_false(violin->at.is_set || violin->to.is_set || violin->hpf.is_set);
    assert_seconds(violin->at, 0, 1);

    const JobLayer *cart = &desk->job->layers[1];
    assert_int_equal(cart->role.index, -1);
    assert_true(cart->mute.value && cart->invert.value);
    assert_seconds(cart->at, 21021, 2000); /* 252 frames of 1001/24000 s */
    assert_seconds(cart->from, 1, 4);
    assert_seconds(cart->fade_out, 1, 1);
    assert_true(cart->hpf.is_set && cart->hpf.frequency_hz == 80.0);
    assert_int_equal(cart->hpf.slope_db_per_octave, 12);
    assert_true(cart->lpf.frequency_hz == 12000.0);
    assert_int_equal(cart->lpf.slope_db_per_octave, 24);
    assert_true(cart->pan.position.distance_m == 1.0 && cart->width_percent.value == 100.0);

    const JobLayer *amb = &desk->job->layers[2];
    assert_int_equal(amb->path_count, 2);
    assert_int_equal(amb->path_curve.index, PATH_SPLINE);
    assert_seconds(amb->path[0].time, 2, 1);
    assert_true(amb->path[0].at.position.distance_m == 1.0);
    assert_true(amb->path[1].at.position.azimuth_deg == -110.0);
    assert_true(rational_compare(amb->path[1].time.seconds, desk->job->markers[0].time.seconds) ==
                0);
}

static void deliverables_are_read_and_named(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobDeliverable *theatre = &desk->job->deliverables[0];
    assert_string_equal(theatre->layout_table->name, "5.1");
    assert_int_equal(theatre->format.index, FLOAT_32);
    assert_int_equal(theatre->container.index, CONTAINER_RF64);
    assert_int_equal(theatre->channel_order.index, 1);
    assert_int_equal(theatre->output_count, 3);
    assert_int_equal(theatre->outputs[0].kind, OUTPUT_FULL);
    assert_int_equal(theatre->outputs[1].kind, OUTPUT_ME);
    assert_int_equal(theatre->outputs[2].kind, OUTPUT_STEM);
    assert_int_equal(theatre->outputs[2].stem_index, 2);
    assert_string_equal(theatre->outputs[0].files[0], "FNGT_R1_v7_th_full_L.wav");
    assert_string_equal(theatre->outputs[2].files[3], "FNGT_R1_v7_th_fx_LFE.wav");
    assert_false(theatre->has_loudness || theatre->has_target);
    assert_true(theatre->peak_dbtp.value == -1.0 && theatre->tolerance_lu.value == 1.0);

    const JobDeliverable *stream = &desk->job->deliverables[1];
    assert_int_equal(stream->output_count, 1);
    assert_string_equal(stream->outputs[0].files[0], "FNGT/de-AT-96000/st.wav");
    assert_true(stream->has_loudness && stream->has_target);
    assert_true(stream->target_lufs.value == -24.0 && stream->tolerance_lu.value == 1.0);
    assert_int_equal(stream->format.index, PCM_24);

    const JobDeliverable *ears = &desk->job->deliverables[2];
    assert_string_equal(ears->sofa.text, "lib:ears.sofa");
    assert_true(ears->has_loudness && !ears->has_target && ears->report_only.value);
    assert_true(ears->peak_dbtp.value == -2.0 && ears->tolerance_lu.value == 0.5);
}

static void a_small_job_has_all_defaults(void **state) {
    Desk *desk = *state;
    assert_int_equal(load(desk,
                          "nocturne: 1\nproject: {title: T, code: T}\n"
                          "layers: {mx: {file: a.wav}}\ndeliverables: {d: {layout: binaural}}\n"),
                     DONE);
    const JobSpec *job = desk->job;
    assert_string_equal(job->cut.text, "v1");
    assert_string_equal(job->language.text, "und");
    assert_null(job->reel.text);
    assert_int_equal(job->version, 1);
    assert_int_equal(job->grade.index, 0);
    assert_int_equal(job->rate_hz, 48000);
    assert_int_equal(job->frame_rate_numerator, 24);
    assert_int_equal(job->start_frames, 0);
    assert_seconds(job->start, 0, 1);
    assert_seconds(job->tail, 0, 1);
    assert_false(job->end.is_set || job->length.is_set);
    assert_true(job->seed == 0);
    assert_string_equal(job->deliverables[0].sofa.text, "sys:default.sofa");
    assert_int_equal(job->deliverables[0].sofa.place.line, 0);
    assert_string_equal(job->deliverables[0].outputs[0].files[0], "T_v1_d_full.wav");
    assert_int_equal(job->layers[0].stem_index, 0);
}

static void a_tilde_takes_back_what_is_written(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk,
                               "layers:\n  a: ~\n  b: {file: a.wav, stem: mx, gain: ~, pan: }\n"
                               "rooms: ~\n"),
                     DONE);
    assert_int_equal(desk->job->layer_count, 1);
    assert_true(desk->job->layers[0].gain_db.value == 0.0);
    assert_true(desk->job->layers[0].pan.position.distance_m == 1.0);
}

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
        {E202, 11}, /* lfe is planned */
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
               "      fade_in: 1 s, fade_out: 2 s, lfe: {send: 0}}\n");
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
        {"layers: []",                                                   E202, "expected a map keyed by name, found a list", NULL},
        {"layers: {mx: [a]}",                                            E202, "expected a map, found a list",               NULL},
        {"layers: {mx: {file: {a: b}}}",                                 E202, "expected a value, found a map",              NULL},
        {"layers: {mx: {file: a, send: -3 dB}}",                         E202,
         "expected a map keyed by name, found a value",                                                                      NULL},
        {"deliverables: {d: {layout: 5.1, stems: full}}",                E202,
         "expected a list, such as [full, dx], found a value",                                                               NULL},
        {"deliverables: {d: {layout: 5.1, stems: []}}",                  E203,
         "this list is empty: nothing would be written",                                                                     NULL},
        {"layers: {mx: {file: a, pan: left}}",                           E202,
         "named positions are planned: this version does not serve `left` yet",                                              NULL},
        {"layers: {mx: {file: a, path: {points: [[1 s, front]]}}}",      E316,
         "a path needs at least two points",                                                                                 NULL},
        {"layers: {mx: {file: a, path: {points: [[1 s, front], 2 s]}}}", E202,
         "expected a point [time, {az, el, dist, spread}], found a value",                                                   NULL},
        {"rooms: {r: {shoebox: {size: [1 m, 2 m], t60: 1 s}}}",          E202,
         "expected three distances such as [12 m, 20 m, 6 m], found 2",                                                      NULL},
        {"layers: {mx: {}}",                                             E203, "layers.mx has no `file`",                    NULL},
        {"layers: {a: {file: a}}",                                       E203, "layers.a has no `stem`",                     NULL},
        {"layers: {mx: {file: \"\"}}",                                   E204, "this text is empty",                         NULL},
        {"layers: {mx: {file: a, lpf: {slope: 6 dB/oct}}}",              E203, "layers.mx.lpf has no `freq`",
         NULL                                                                                                                    },
        {"stems: {full: {role: other}}",                                 E306, "`full` is not a stem's own name",            NULL},
    };
    check_faults(*state, faults, sizeof faults / sizeof *faults);
}

static void keys_that_exclude_each_other_are_found(void **state) {
    static const Fault faults[] = {
        {"rooms: {r: {ir: a.wav, shoebox: {size: [1 m, 2 m, 2 m], t60: 1 s}}}",                 E303,
         "give ir or shoebox, not both",                                                                                                                 NULL},
        {"layers: {mx: {file: a, pan: front, path: {points: [[1 s, front], [2 s, front]]}}}",   E303,
         "give pan or path, not both",                                                                                                                   NULL},
        {"layers: {mx: {file: a, from: 2 s, to: 1 s}}",                                         E312, "layers.mx ends before it starts",
         "1.000 s"                                                                                                                                           },
        {"deliverables: {d: {layout: 9.1.6, container: flac}}",                                 E217,
         "flac cannot carry 16 channels",                                                                                                                NULL},
        {"deliverables: {d: {layout: 2.0, container: flac, bits: 32f}}",                        E217,
         "flac carries 16 or 24 bits only",                                                                                                              NULL},
        {"deliverables: {d: {layout: 2.0, sofa: a.sofa}}",                                      E208,
         "only binaural deliverables have a `sofa`",                                                                                                     NULL},
        {"deliverables: {d: {layout: 2.0, rate: 96 kHz}}",                                      E202,
         "a rate that is not project.rate is planned: this version does not serve it yet",                                                               NULL},
        {"rooms: {r: {shoebox: {size: [2 m, 2 m, 2 m], t60: 1 s, listener: [1 m, 2 m, 1 m]}}}",
         E206,                                                                                        "the listener of rooms.r stands outside the room", NULL},
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
        {"layers: {a: {file: a, stem: mu}}",                                      E301, "no stem is called `mu`",  "did you mean `mx`?"   },
        {"rooms: {alley: {ir: a.wav}}\nlayers: {mx: {file: a, send: {ally: 0}}}", E301,
         "no room is called `ally`",                                                                               "did you mean `alley`?"},
        {"deliverables: {d: {layout: 5.1, stems: [ful]}}",                        E301, "no stem is called `ful`",
         "did you mean `full`?"                                                                                                           },
        {"markers: {door: 1 s}\nlayers: {mx: {file: a, at: dor + 1 s}}",          E301,
         "no marker is called `dor`",                                                                              "did you mean `door`?" },
        {"roots: {lib: media}\nlayers: {mx: {file: lab:a}}",                      E301, "no root is called `lab`",
         "did you mean `lib`?"                                                                                                            },
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

static void long_chains_of_markers_are_followed(void **state) {
    enum { LINKS = 2000 };
    Desk *desk = *state;
    const char *body = "markers:\n";
    for (int link = 0; link < LINKS; link++) {
        char line[64];
        snprintf(line, sizeof line, "  m_%d: m_%d + 1 ms\n", link, link + 1);
        body = arena_format(desk->arena, "%s%s", body, line);
    }
    body = arena_format(desk->arena, "%s  m_%d: 1 s\n", body, LINKS);
    assert_int_equal(load_body(desk, body), DONE);
    assert_seconds(desk->job->markers[0].time, 3, 1);
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

static void paths_resolve_to_their_folders(void **state) {
    const JobRootOption option = {.name = "lib", .path = "/srv/library"};
    Desk *desk = *state;
    JobSource source = source_of(HEAD "roots: {lib: media, sfx: a/./b/../sfx}\n");
    source.roots = &option;
    source.root_count = 1;
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), DONE);
    char current[1024];
    assert_non_null(getcwd(current, sizeof current));
    const struct {
        const char *written, *real, *folder;
    } paths[] = {
        {"x/../y.wav",             arena_format(desk->arena, "%s/work/y.wav",                        current),
         arena_format(desk->arena, "%s/work", current)},
        {"lib:a.wav", "/srv/library/a.wav",                "/srv/library"                                             }, /* the option wins */
        {"sfx:b.wav",              arena_format(desk->arena,                  "%s/work/a/sfx/b.wav",                           current),
         arena_format(desk->arena, "%s/work/a/sfx", current)},
        {"sys:default.sofa",              "/usr/share/libmysofa/default.sofa", "/usr/share/libmysofa"},
    };
    for (size_t row = 0; row < sizeof paths / sizeof *paths; row++) {
        const JobText written = {.text = paths[row].written};
        const char *real = NULL;
        const char *folder = NULL;
        assert_int_equal(
            job_resolve_path(desk->job, &written, desk->arena, &real, &folder, desk->errors), DONE);
        assert_string_equal(real, paths[row].real);
        assert_string_equal(folder, paths[row].folder);
    }
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

static void values_of_the_command_line_win(void **state) {
    static const char body[] = HEAD "x-pan: &p {az: 5 deg}\n"
                                    "layers:\n"
                                    "  a: {file: a.wav, stem: mx, gain: -3 dB, pan: *p}\n"
                                    "  b: {file: b.wav, stem: mx, pan: *p}\n";
    Desk *desk = *state;
    assert_int_equal(load_set(desk, body, "layers.a.gain=+6dB"), DONE);
    assert_true(desk->job->layers[0].gain_db.value == 6.0);
    assert_string_equal(desk->job->layers[0].gain_db.place.file, "--set");
    assert_int_equal(load_set(desk, body, "layers.a.pan={az: 10 deg, dist: 3 m}"), DONE);
    assert_true(desk->job->layers[0].pan.position.azimuth_deg == 10.0);
    assert_true(desk->job->layers[1].pan.position.azimuth_deg == 5.0);
    assert_int_equal(load_set(desk, body, "layers.a.pan.az=20 deg"), DONE);
    assert_true(desk->job->layers[0].pan.position.azimuth_deg == 20.0);
    assert_true(desk->job->layers[1].pan.position.azimuth_deg ==
                5.0); /* the alias is not touched */
    assert_int_equal(load_set(desk, body, "deliverables.d.layout=7.1.4"), DONE);
    assert_int_equal(desk->job->deliverable_count, 1);
    assert_int_equal(load_set(desk, body, "layers.a="), DONE);
    assert_int_equal(desk->job->layer_count, 1);
    assert_int_equal(load_set(desk, body, "layers.a.gain=-3"), E210);
    assert_int_equal(load_set(desk, body, "layers.a.gian=-3 dB"), E202);
    assert_int_equal(load_set(desk, body, "layers.a.gain"), E002);
    assert_int_equal(load_set(desk, body, "=3"), E002);
    assert_int_equal(load_set(desk, body, "layers.a.file.x=3"), E002);
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
        {"panner: bs2127",             E202},
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

static void planned_keys_are_known(void **state) {
    static const char *const bodies[] = {
        "scenes: {}",
        "tempo: []",
        "vars: {a: b}",
        "extends: base.yaml",
        "layouts: {}",
        "layers: {mx: {file: a, lfe: {send: 0}}}",
        "layers: {mx: {file: a, pan: {screen: [0, 0]}}}",
        "rooms: {r: {shoebox: {size: [3 m, 3 m, 3 m], t60: 1 s, order: 2}}}",
        "deliverables: {d: {layout: 5.1, profile: x}}",
        "deliverables: {d: {layout: adm}}",
        "deliverables: {d: {layout: 5.1, loudness: {gate: dialogue}}}"};
    Desk *desk = *state;
    for (size_t body = 0; body < sizeof bodies / sizeof *bodies; body++) {
        assert_int_equal(load_body(desk, bodies[body]), E202);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_non_null(strstr(errors_first(desk->errors)->message,
                               "is planned: this version does not serve it yet"));
    }
}

static void work_is_required_for_a_render_only(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk, ""), DONE);
    assert_int_equal(job_require_work(desk->job, desk->errors), E203);
    assert_int_equal(errors_count(desk->errors), 2);
    assert_int_equal(load_body(desk, "layers: {mx: {file: a}}\ndeliverables: {d: {layout: 5.1}}"),
                     DONE);
    assert_int_equal(job_require_work(desk->job, desk->errors), DONE);
}

static void lints_warn_and_do_not_fail(void **state) {
    Desk *desk = *state;
    assert_int_equal(
        load_body(desk, "layers: {mx: {file: a}, fx: {file: b, purpose: why}}\n"
                        "deliverables: {d: {layout: binaural},\n"
                        "  e: {layout: binaural, sofa: {file: sys:default.sofa, sha256: "
                        "0000000000000000000000000000000000000000000000000000000000000000}}}"),
        DONE);
    assert_int_equal(warnings_count(desk->errors), 0);
    job_lint(desk->job, desk->errors);
    assert_int_equal(errors_count(desk->errors), 0);
    assert_int_equal(warnings_count(desk->errors), 2);
    assert_string_equal(errors_first(desk->errors)->message, "layers.mx has no purpose");
    assert_int_equal(errors_last(desk->errors)->status, E421);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_project_is_read),
        TEST(times_follow_markers_and_film_frames),
        TEST(stems_keep_their_order_and_built_in_ones_follow),
        TEST(rooms_get_their_defaults),
        TEST(a_low_room_puts_the_listener_at_half_its_height),
        TEST(layers_are_read),
        TEST(deliverables_are_read_and_named),
        TEST(a_small_job_has_all_defaults),
        TEST(a_tilde_takes_back_what_is_written),
        TEST(all_errors_come_at_once_each_on_its_line),
        TEST(what_follows_from_a_wrong_value_is_held_back),
        TEST(shapes_are_checked),
        TEST(keys_that_exclude_each_other_are_found),
        TEST(names_that_refer_to_nothing_are_found),
        TEST(markers_in_a_circle_are_shown_in_full),
        TEST(long_chains_of_markers_are_followed),
        TEST(times_outside_the_programme_are_found),
        TEST(paths_stay_below_their_roots),
        TEST(paths_resolve_to_their_folders),
        TEST(outputs_do_not_share_a_name),
        TEST(temp_sources_do_not_reach_a_final_deliverable),
        TEST(values_of_the_command_line_win),
        TEST(the_version_stands_first),
        TEST(numbers_of_the_project_have_bounds),
        TEST(a_wrong_frame_rate_does_not_blame_the_timecodes),
        TEST(planned_keys_are_known),
        TEST(work_is_required_for_a_render_only),
        TEST(lints_warn_and_do_not_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
