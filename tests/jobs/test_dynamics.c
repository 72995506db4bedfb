/* `dynamics` on tones whose loudness, peaks and ratios are known. */
#include <jansson.h>
#include <math.h>

#include "render/base/units.h"
#include "tests/support/render_job.h"

/* behind cmocka */
#include "tests/support/assert_near.h"

enum { RATE_HZ = 48000, LENGTH_S = 10, FRAMES = RATE_HZ * LENGTH_S };

/* The same in every channel; `later` from 6 s on. */
static void write_tone(
    Bench *bench, const char *name, int channels, double hz, double level_db, double later_db) {
    double *samples = arena_array(bench->arena, (size_t)(FRAMES * channels), sizeof *samples);
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        const double gain = gain_from_db(frame < 6 * RATE_HZ ? level_db : later_db);
        for (int channel = 0; channel < channels; channel++) {
            samples[frame * channels + channel] =
                gain * sin(2.0 * pi * hz * (double)frame / RATE_HZ);
        }
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, FRAMES);
}

/* A tone of 1 kHz in two channels has as many LUFS as its peak has dBFS (BS.1770-5). */
static const char *job_of(Bench *bench, const char *dynamics) {
    return arena_format(bench->arena,
                        "nocturne: 1\nproject: {title: T, code: T, length: 10 s}\n"
                        "markers: {door: 6 s, late: 7 s}\n"
                        "layers:\n  tune: {file: tune.wav, stem: mx, role: melody}\n"
                        "  bed: {file: bed.wav, stem: fx}\n  low: {file: low.wav, stem: fx}\n"
                        "dynamics: {%s}\ndeliverables: {st: {layout: 2.0, bits: 32f}}\n",
                        dynamics);
}

static json_t *review_job(Bench *bench, const char *job) {
    StoreObject object = {0};
    bench_plan(bench, job, 64);
    bench_run(bench, "one");
    const Task *inspect = &bench->plan->tasks[bench->plan->inspect_tasks[0]];
    bench_must(bench,
               store_map(bench->workplace.store, inspect->outputs[0], &object, bench->errors));
    json_t *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    store_unmap(&object);
    return facts;
}

static json_t *review(Bench *bench, const char *dynamics) {
    return review_job(bench, job_of(bench, dynamics));
}

/* found: the one finding of it, or none when text is NULL. */
static json_t *assert_finds(
    Bench *bench, const char *dynamics, const char *check, const char *text, double value) {
    json_t *facts = review(bench, dynamics);
    const json_t *findings = json_object_get(facts, "findings");
    assert_true(json_is_array(findings));
    assert_true((json_array_size(findings) > 0) == (text != NULL)); /* one a channel */
    if (text) {
        const json_t *found = json_array_get(findings, 0);
        assert_string_equal(json_string_value(json_object_get(found, "check")), check);
        assert_string_equal(json_string_value(json_object_get(found, "severity")), "fail");
        assert_non_null(strstr(json_string_value(json_object_get(found, "text")), text));
        assert_near(json_number_value(json_object_get(found, "value")), value, 0.25);
        return facts;
    }
    return facts;
}

static void open_tones(Bench *bench) {
    bench_open(bench);
    write_tone(bench, "tune.wav", 2, 1000.0, -20.0, -40.0);
    write_tone(bench, "bed.wav", 2, 1010.0, -26.0, -26.0);
    write_tone(bench, "low.wav", 2, 60.0, -15.0, -15.0);
}

/* Of 71 windows of 3 s 31 are loud throughout, and 20 more have at least 10 of 30 slots. */
static void the_share_of_a_window_is_that_of_its_short_term_values(void **state) {
    (void)state;
    Bench bench;
    open_tones(&bench);
    json_t *facts =
        assert_finds(&bench, "primary: {select: stem=mx, window: -25 LKFS..-15 LKFS, share: 72 %}",
                     "primary_range", "of the time within -25 … -15 LUFS", 100.0 * 51 / 71);
    assert_near(json_number_value(json_object_get(facts, "primary_share_percent")), 100.0 * 51 / 71,
                1e-9);
    json_decref(facts);
    json_decref(assert_finds(&bench,
                             "primary: {select: stem=mx, window: -25 LKFS..-15 LKFS, share: 71 %}",
                             "", NULL, 0.0));
    /* one layer of a stem is measured on its own */
    json_decref(assert_finds(
        &bench, "primary: {select: id=bed, window: -27 LKFS .. -25 LKFS, share: 100 %}", "", NULL,
        0.0));
    bench_close(&bench);
}

/* Ceiling -1 dBTP; the sum of the tones stays below -9 dBTP, and is -3.1 dBTP from 6 s on. */
static void climaxes_may_use_what_other_passages_leave(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_tone(&bench, "tune.wav", 2, 1000.0, -20.0, -4.0);
    write_tone(&bench, "bed.wav", 2, 1000.0, -40.0, -40.0);
    write_tone(&bench, "low.wav", 2, 1000.0, -60.0, -60.0);
    const double loud_dbtp = db_from_gain(gain_from_db(-4.0) + 0.01 + 0.001);
    json_t *facts = assert_finds(&bench, "headroom: {normal: 6 dB, climax: 1 dB, climaxes: [door]}",
                                 "", NULL, 0.0);
    const json_t *headroom = json_object_get(facts, "headroom");
    assert_near(json_number_value(json_object_get(headroom, "climax_dbtp")), loud_dbtp, 0.05);
    assert_near(json_number_value(json_object_get(headroom, "normal_dbtp")),
                db_from_gain(0.1 + 0.01 + 0.001), 0.15); /* the step at 6 s rings ahead */
    json_decref(facts);
    facts = assert_finds(&bench, "headroom: {normal: 6 dB, climaxes: [late]}", "headroom",
                         "outside the climaxes", loud_dbtp);
    const json_t *found = json_array_get(json_object_get(facts, "findings"), 0);
    assert_near(json_number_value(json_object_get(found, "at_s")), 6.0, 0.2);
    assert_near(json_number_value(json_object_get(found, "limit")), -7.0, 1e-9);
    json_decref(facts);
    json_decref(assert_finds(&bench, "headroom: {normal: 6 dB, climax: 4 dB, climaxes: [door]}",
                             "headroom", "in a climax", loud_dbtp));
    bench_close(&bench);
}

/* 6 dB above the bed up to 6 s, 14 dB below it from then on; 60 Hz is not of the middle. */
static void a_lead_is_held_to_its_ratio(void **state) {
    (void)state;
    Bench bench;
    open_tones(&bench);
    static const char *const kept[] = {
        "leads: {tune: {over: [0 s, 6 s], select: role=melody, ratio: 5.5 dB, band: mid}}",
        "leads: {tune: {select: role=melody, ratio: 5.5 dB, band: mid}}", /* where it sounds */
    };
    for (size_t row = 0; row < sizeof kept / sizeof *kept; row++) {
        json_decref(assert_finds(&bench, kept[row], "", NULL, 0.0));
    }
    json_decref(assert_finds(
        &bench, "leads: {tune: {over: [0 s, 6 s], select: role=melody, ratio: 6.5 dB, band: mid}}",
        "lead", "lead `tune`", 6.0));
    json_decref(assert_finds(
        &bench, "leads: {tune: {over: [6 s, 10 s], select: role=melody, ratio: -3 dB, band: mid}}",
        "lead", "lead `tune`", -14.0));
    bench_close(&bench);
}

/* mx: 2 s that are meant, then 6 s that are not; fx never stops. */
static void silence_of_a_stem_is_listed_and_what_is_meant_is_known(void **state) {
    (void)state;
    static const char job[] =
        "nocturne: 1\nproject: {title: T, code: T, length: 10 s}\npolicy: {}\nlayers:\n"
        "  tune: {file: tune.wav, stem: mx, to: 4 s, fade_out: 10 ms}\n"
        "  bed: {file: bed.wav, stem: fx}\n"
        "rules: {hush: {over: [1 s, 3 s], select: stem=mx, gain: -inf, ramp: 10 ms}}\n"
        "deliverables: {st: {layout: 2.0, bits: 32f}}\n";
    static const double expected[2][2] = {
        {1.0, 2.0},
        {4.0, 6.0}
    };
    Bench bench;
    open_tones(&bench);
    json_t *facts = review_job(&bench, job);
    const json_t *silences = json_object_get(facts, "silences");
    assert_int_equal(json_array_size(silences), 2);
    for (size_t row = 0; row < 2; row++) {
        const json_t *of = json_array_get(silences, row);
        assert_string_equal(json_string_value(json_object_get(of, "stem")), "mx");
        assert_near(json_number_value(json_object_get(of, "at_s")), expected[row][0], 0.11);
        assert_near(json_number_value(json_object_get(of, "length_s")), expected[row][1], 0.11);
        assert_true(json_is_true(json_object_get(of, "is_meant")) == (row == 0));
    }
    json_decref(facts);
    bench_close(&bench);
}

static void assert_told(const char *dynamics, Status status, const char *says) {
    Bench bench;
    JobSpec *job = NULL;
    bench_open(&bench);
    const char *text = job_of(&bench, dynamics);
    const JobSource source = bench_source(&bench, text);
    assert_int_equal(job_load(&source, bench.arena, &job, bench.errors), status);
    assert_non_null(strstr(errors_first(bench.errors)->message, says));
    bench_close(&bench);
}

static void what_is_wrong_is_told(void **state) {
    (void)state;
    assert_told("primary: {select: stem=mx, window: -25 LKFS}", E210, "is not a window");
    assert_told("primary: {select: stem=mx, window: -15 LKFS..-25 LKFS}", E206, "softest");
    assert_told("primary: {select: stem=mx, window: -25 dB..-15 dB}", E210,
                "`dB` is not a unit of loudness");
    assert_told("primary: {window: -25 LKFS..-15 LKFS}", E203, "select");
    assert_told("headroom: {normal: 6 dB, climaxes: [dor]}", E301, "dor");
    assert_told("leads: {t: {over: [3 s, 2 s], select: stem=mx}}", E312, "dynamics.leads.t");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_of_a_window_is_that_of_its_short_term_values),
        cmocka_unit_test(climaxes_may_use_what_other_passages_leave),
        cmocka_unit_test(a_lead_is_held_to_its_ratio),
        cmocka_unit_test(silence_of_a_stem_is_listed_and_what_is_meant_is_known),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
