/* Sets of stems: every one is the sum of the stems that say they are in it, sample by sample. */
#include "tests/support/test_sounds.h"

#include "tests/support/job_desk.h"

enum { FRAMES = 48000, STEMS = 5, SUMS = 6 };

/* Loud: the limiter acts. dx mx fx fill alt. */
static const char job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 1 s}\n"
    "stems:\n"
    "  dx: {role: dialogue}\n"
    "  mx: {role: music}\n"
    "  fx: {role: effects, in: [full, me, optional]}\n"
    "  fill: {role: effects, in: [me]}\n"
    "  alt: {role: effects, in: [optional]}\n"
    "layers:\n"
    "  dx: {file: a.wav}\n"
    "  mx: {file: b.wav}\n"
    "  fx: {file: c.wav, gain: 6 dB}\n"
    "  fl: {file: d.wav, stem: fill}\n"
    "  al: {file: e.wav, stem: alt}\n"
    "deliverables:\n"
    "  st:\n"
    "    layout: 2.0\n"
    "    loudness: {target: -9 LUFS, peak: -1 dBTP}\n"
    "    stems: [dx, mx, fx, fill, alt, full, me, optional, full-dx, full-mx-fx, me-fill]\n";

/* Which stems each sum holds. */
static const bool members[SUMS][STEMS] = {
    {1, 1, 1, 0, 0}, /* full */
    {0, 1, 1, 1, 0}, /* me: not the dialogue, which is in full alone */
    {0, 0, 1, 0, 1}, /* optional */
    {0, 1, 1, 0, 0}, /* full-dx */
    {1, 0, 0, 0, 0}, /* full-mx-fx */
    {0, 1, 1, 0, 0}, /* me-fill */
};

static void every_set_is_the_sum_of_its_stems_in_every_sample(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const char *const names[] = {"a.wav", "b.wav", "c.wav", "d.wav", "e.wav"};
    for (int file = 0; file < STEMS; file++) {
        bench_write_noise(&bench, names[file], FLOAT_32, 1, FRAMES, 0.3);
    }
    bench_plan(&bench, job, 4);
    bench_run(&bench, "all");
    SoundInfo info;
    const float *stems[STEMS];
    for (int stem = 0; stem < STEMS; stem++) {
        stems[stem] = bench_read(&bench, bench_output(&bench, 0, stem, 0), &info);
    }
    for (int sum = 0; sum < SUMS; sum++) {
        const float *made = bench_read(&bench, bench_output(&bench, 0, STEMS + sum, 0), &info);
        for (int64_t sample = 0; sample < 2 * FRAMES; sample++) {
            double expected = 0.0; /* exact: 24-bit integers */
            for (int stem = 0; stem < STEMS; stem++) {
                expected += members[sum][stem] ? (double)stems[stem][sample] : 0.0;
            }
            assert_true((double)made[sample] == expected);
        }
    }
    bench_close(&bench);
}

/* What is beside the programme is not heard by its meter and limiter. */
static void stems_beside_the_full_mix_change_nothing_of_it(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    bench_write_noise(&bench, "a.wav", FLOAT_32, 1, FRAMES, 0.3);
    bench_write_noise(&bench, "b.wav", FLOAT_32, 1, FRAMES, 0.9);
    static const char form[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 1 s}\n"
                               "stems: {dx: {role: dialogue}, gd: {role: other, in: [guide]}}\n"
                               "layers:\n"
                               "  dx: {file: a.wav}\n"
                               "  gd: {file: b.wav, stem: gd, mute: %s}\n"
                               "deliverables: {st: {layout: 2.0, stems: [full], loudness: {target: "
                               "-9 LUFS}}}\n";
    SoundInfo info;
    const float *made[2];
    const char *const mutes[] = {"no", "yes"};
    for (int run = 0; run < 2; run++) {
        bench_plan(&bench, arena_format(bench.arena, form, mutes[run]), 4);
        bench_run(&bench, mutes[run]);
        made[run] = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    }
    assert_memory_equal(made[0], made[1], sizeof(float) * 2 * FRAMES);
    bench_close(&bench);
}

static void
assert_refused(const char *stems, const char *outputs, Status status, const char *text) {
    void *state = NULL;
    set_up(&state);
    Desk *desk = state;
    const char *body = arena_format(desk->arena,
                                    "stems: {%s}\n"
                                    "layers: {dx: {file: a.wav, stem: dx}}\n"
                                    "deliverables: {st: {layout: 2.0, stems: [%s]}}\n",
                                    stems, outputs);
    assert_int_equal(load_body(desk, body), status);
    assert_string_equal(errors_first(desk->errors)->message, text);
    tear_down(&state);
}

static void sets_that_cannot_be_are_refused(void **state) {
    (void)state;
    assert_refused("dx: {role: dialogue}", "full-mx", E301,
                   "`full-mx` takes out `mx`: no stem is called so");
    assert_refused("dx: {role: dialogue}, mx: {role: music, in: [me]}", "full-mx", E301,
                   "`full-mx` takes out `mx`, which is not in it");
    assert_refused("dx: {role: dialogue}, mx: {role: music}", "me", E208,
                   "`me` would be silent: no layer is in it");
    assert_refused("dx: {role: dialogue}, mx: {role: music, in: [dx]}", "full", E306,
                   "`dx` is a set that stems.mx is in, and a stem");
    assert_refused("dx: {role: dialogue}", "optional", E301, "no stem is called `optional`");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_is_the_sum_of_its_stems_in_every_sample),
        cmocka_unit_test(stems_beside_the_full_mix_change_nothing_of_it),
        cmocka_unit_test(sets_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
