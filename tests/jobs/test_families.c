/* Families of a stem are stems: exact parts of it, in the full mix and beside it. */
#include "tests/support/test_sounds.h"

#include "tests/support/job_desk.h"

#include <jansson.h>

enum { FRAMES = 48000, OUTPUTS = 8 };

/* dx, and a stem of two families and a layer of none; a room that all of them send to. */
static const char job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 1 s}\n"
    "rooms: {hall: {shoebox: {size: [6 m, 8 m, 3 m], t60: 300 ms}}}\n"
    "layers:\n"
    "  dx: {file: a.wav}\n"
    "  hn: {file: b.wav, stem: mx, family: brass, send: {hall: 0 dB}, gain: 6 dB}\n"
    "  vn: {file: c.wav, stem: mx, family: strings, send: {hall: 0 dB}}\n"
    "  ha: {file: d.wav, stem: mx, gain: -3 dB}\n"
    "deliverables:\n"
    "  st: {layout: 2.0, loudness: {target: -9 LUFS, peak: -1 dBTP}%s}\n";

static void render(Bench *bench, const char *stems, const char *name) {
    bench_plan(bench, arena_format(bench->arena, job, stems), 4);
    bench_run(bench, name);
}

static void open_with_noise(Bench *bench) {
    bench_open(bench);
    const char *const names[] = {"a.wav", "b.wav", "c.wav", "d.wav"};
    for (int file = 0; file < 4; file++) {
        bench_write_noise(bench, names[file], FLOAT_32, 1, FRAMES, 0.3);
    }
}

static bool is_checked(Bench *bench) {
    json_t *facts = json_loads(bench_facts(bench, 0), 0, NULL);
    const json_t *null_test = json_object_get(facts, "null");
    const bool is_good = json_is_true(json_object_get(null_test, "is_checked")) &&
                         json_is_true(json_object_get(null_test, "is_exact"));
    json_decref(facts);
    return is_good;
}

static void families_and_the_rest_are_the_stem_in_every_sample(void **state) {
    (void)state;
    static const char stems[] =
        ", stems: [full, me, dx, mx, mx.brass, mx.rest, full-mx.brass, mx-mx.rest]";
    enum { FULL, ME, DX, MX, BRASS, REST, LESS, BOTH };
    Bench bench;
    open_with_noise(&bench);
    render(&bench, stems, "families");
    SoundInfo info;
    const float *made[OUTPUTS];
    double power[OUTPUTS] = {0};
    for (int output = 0; output < OUTPUTS; output++) {
        made[output] = bench_read(&bench, bench_output(&bench, 0, output, 0), &info);
        for (int64_t sample = 0; sample < 2 * FRAMES; sample++) {
            power[output] += made[output][sample] * made[output][sample];
        }
        assert_true(power[output] > 1.0);
    }
    for (int64_t sample = 0; sample < 2 * FRAMES; sample++) { /* exact: 24-bit integers */
        const double music = (double)made[BRASS][sample] + made[REST][sample];
        assert_true(made[MX][sample] == music);
        assert_true(made[ME][sample] == music);
        assert_true(made[FULL][sample] == music + made[DX][sample]);
        assert_true(made[LESS][sample] == (double)made[REST][sample] + made[DX][sample]);
        assert_true(made[BOTH][sample] == made[BRASS][sample]);
    }
    assert_true(is_checked(&bench));
    bench_close(&bench);
}

/* What is asked for beside it changes the dither of the stem alone. */
static void a_stem_by_family_is_the_stem_but_for_its_dither(void **state) {
    (void)state;
    Bench bench;
    open_with_noise(&bench);
    SoundInfo info;
    render(&bench, ", bits: 32f, stems: [mx]", "whole");
    const float *whole = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    render(&bench, ", bits: 32f, stems: [mx, mx.brass, mx.strings, mx.rest]", "parts");
    const float *sum = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    for (int64_t sample = 0; sample < 2 * FRAMES; sample++) {
        assert_true(fabsf(whole[sample] - sum[sample]) <= 0x1p-20F);
    }
    bench_close(&bench);
}

/* Its layers have left: brass, strings and the dialogue are the whole mix then. */
static void sets_prove_the_null_where_stems_are_missing(void **state) {
    (void)state;
    static const struct {
        const char *stems;
        bool is_checked;
    } rows[] = {
        {", stems: [full, dx, mx]",           true },
        {", stems: [full, dx, me]",           true },
        {", stems: [full, dx, mx, mx.brass]", true },
        {", stems: [full, dx, mx.brass]",     false},
        {", stems: [full, me]",               false},
    };
    Bench bench;
    open_with_noise(&bench);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        render(&bench, rows[row].stems, arena_format(bench.arena, "row%d", (int)row));
        assert_int_equal(is_checked(&bench), rows[row].is_checked);
    }
    bench_close(&bench);
}

static void assert_refused(const char *outputs, const char *more, Status status, const char *text) {
    void *state = NULL;
    set_up(&state);
    Desk *desk = state;
    const char *body = arena_format(desk->arena,
                                    "stems: {mx: {role: music%s}}\n"
                                    "layers: {a: {file: a.wav, stem: mx, family: brass}}\n"
                                    "deliverables: {st: {layout: 2.0, stems: [%s]}}\n",
                                    more, outputs);
    assert_int_equal(load_body(desk, body), status);
    assert_string_equal(errors_first(desk->errors)->message, text);
    tear_down(&state);
}

static void families_that_cannot_be_are_refused(void **state) {
    (void)state;
    assert_refused("mx.bras", "", E301, "no part of a stem is called `bras`");
    assert_refused("zz.brass", "", E301, "no stem is called `zz.brass`");
    assert_refused("mx.brass, mx.rest", "", E208, "`mx.rest` would be silent: no layer is in it");
    assert_refused("mx.brass, mx.dry", "", E208, "`mx` is delivered by family, too: it has no dry");
    assert_refused("mx.brass", ", budget: -20 LUFS", E208,
                   "`mx` has a budget, which is that of all of it");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_and_the_rest_are_the_stem_in_every_sample),
        cmocka_unit_test(a_stem_by_family_is_the_stem_but_for_its_dither),
        cmocka_unit_test(sets_prove_the_null_where_stems_are_missing),
        cmocka_unit_test(families_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
