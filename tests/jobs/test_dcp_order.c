/* Files in the order of a DCP: sixteen channels, where HI and VI-N hold what their stems give. */
#include <math.h>

#include "tests/support/job_desk.h"
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, FRAMES = RATE_HZ / 10, WIDTH = 16 };

#define SHORT "nocturne: 1\nproject: {title: T, code: T, length: 0.1 s, tail: 0 s}\n"

/* A number for every channel that no other channels sum to; music is below the dialogue. */
static double level_of(int channel, bool is_music) {
    return (float)(0.01 * sqrt(2.0 + channel) * (is_music ? 0.3 : 1.0));
}

static void write_constants(Bench *bench, const char *name, int channels, bool is_music) {
    double *samples = calloc((size_t)FRAMES * (size_t)channels, sizeof *samples);
    for (int64_t value = 0; value < (int64_t)FRAMES * channels; value++) {
        samples[value] = level_of((int)(value % channels), is_music);
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, FRAMES);
    free(samples);
}

/* From the middle of the file, before its last fade. */
static const float *middle_frame(Bench *bench, int output, int *width) {
    SoundInfo info;
    const float *samples = bench_read(bench, bench_output(bench, 0, output, 0), &info);
    assert_int_equal(info.frame_count, FRAMES);
    assert_int_equal(info.channel_mask, 0);
    *width = info.channel_count;
    return samples + (int64_t)(FRAMES / 2) * info.channel_count;
}

/* expected: which channel of the bed each channel of the file is, -1: silence. */
static void expect_places(const char *layout, int channels, const int *expected) {
    Bench bench;
    bench_open(&bench);
    write_constants(&bench, "bed.wav", channels, false);
    bench_plan(&bench,
               arena_format(bench.arena,
                            SHORT "layers: {fx: {file: bed.wav, layout: '%s'}}\n"
                                  "deliverables: {th: {layout: '%s', bits: 32f, channel_order: "
                                  "dcp}}\n",
                            layout, layout),
               1);
    bench_run(&bench, "a");
    int width = 0;
    const float *frame = middle_frame(&bench, 0, &width);
    assert_int_equal(width, WIDTH);
    for (int channel = 0; channel < WIDTH; channel++) {
        const int from = expected[channel];
        assert_true(frame[channel] == (from < 0 ? 0.0F : (float)level_of(from, false)));
    }
    bench_close(&bench);
}

/* ISDCF document 4; 7.1 of a job is L R C LFE Lss Rss Lrs Rrs. */
static void loudspeakers_stand_where_a_cinema_expects_them(void **state) {
    (void)state;
    static const int of_5_1[WIDTH] = {0, 1, 2, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    static const int of_7_1[WIDTH] = {0, 1, 2, 3, 4, 5, -1, -1, -1, -1, 6, 7, -1, -1, -1, -1};
    static const int of_2_0[WIDTH] = {0, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    expect_places("5.1", 6, of_5_1);
    expect_places("7.1", 8, of_7_1);
    expect_places("2.0", 2, of_2_0);
}

/* BS.775-3, annex 4: C + 0.7071 (L + R) + 0.5 (Ls + Rs), no LFE. */
static double mono_of(bool is_music) {
    return level_of(2, is_music) + sqrt(0.5) * (level_of(0, is_music) + level_of(1, is_music)) +
           0.5 * (level_of(4, is_music) + level_of(5, is_music));
}

static const char slots_job[] =
    SHORT "layers:\n"
          "  dx: {file: dx.wav, layout: 5.1}\n"
          "  mx: {file: mx.wav, layout: 5.1}\n"
          "  vo: {file: vo.wav}\n"
          "stems: {dx: {role: dialogue}, mx: {role: music}, vo: {role: dialogue, in: [optional]}}\n"
          "deliverables:\n"
          "  th: {layout: 5.1, bits: %s, channel_order: dcp, stems: [full, me, dx, vo],\n"
          "    slots: {dx: {hi: 0 dB}, mx: {hi: %s}, vo: {vi: -3 dB}}}\n";

static void plan_slots(Bench *bench, const char *bits) {
    bench_open(bench);
    write_constants(bench, "dx.wav", 6, false);
    write_constants(bench, "mx.wav", 6, true);
    write_constants(bench, "vo.wav", 1, false);
    bench_plan(bench, arena_format(bench->arena, slots_job, bits, "-12 dB"), 1);
    bench_run(bench, "a");
}

static void hi_and_vi_hold_the_mono_of_their_stems(void **state) {
    (void)state;
    enum { FULL, ME, DX, VO };
    Bench bench;
    plan_slots(&bench, "32f");
    const double dialogue = mono_of(false);
    const double music = pow(10.0, -12.0 / 20.0) * mono_of(true);
    const double narration = pow(10.0, -3.0 / 20.0) * level_of(0, false);
    const struct {
        int output;
        double hi, vi;
    } expected[] = {
        {FULL, dialogue + music, 0.0      },
        {ME,   music,            0.0      },
        {DX,   dialogue,         0.0      },
        {VO,   0.0,              narration}
    };
    for (size_t row = 0; row < sizeof expected / sizeof *expected; row++) {
        int width = 0;
        const float *frame = middle_frame(&bench, expected[row].output, &width);
        assert_int_equal(width, WIDTH);
        assert_true(fabs(frame[6] - expected[row].hi) < 1e-7);
        assert_true(fabs(frame[7] - expected[row].vi) < 1e-7);
    }
    bench_close(&bench);
}

static void another_level_of_a_slot_is_another_file(void **state) {
    (void)state;
    Bench bench;
    plan_slots(&bench, "24");
    const Key quiet = bench.plan->tasks[bench.plan->encode_tasks[0]].outputs[0];
    const Key master = bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0];
    bench_plan(&bench, arena_format(bench.arena, slots_job, "24", "-11.9 dB"), 1);
    assert_false(key_equal(quiet, bench.plan->tasks[bench.plan->encode_tasks[0]].outputs[0]));
    assert_true(key_equal(master, bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0]));
    bench_close(&bench);
}

/* Dithered: full minus what it is the sum of is zero in every sample, HI included. */
static void the_slots_null_to_digital_zero_too(void **state) {
    (void)state;
    SoundInfo info;
    Bench bench;
    plan_slots(&bench, "16");
    const float *full = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const float *me = bench_read(&bench, bench_output(&bench, 0, 1, 0), &info);
    const float *dx = bench_read(&bench, bench_output(&bench, 0, 2, 0), &info);
    int moving = 0;
    for (int64_t sample = 0; sample < info.frame_count * info.channel_count; sample++) {
        assert_true(full[sample] - me[sample] - dx[sample] == 0.0F);
        moving += sample % WIDTH == 6 && sample >= WIDTH && full[sample] != full[sample - WIDTH];
    }
    assert_true(moving > FRAMES / 4); /* its own dither */
    bench_close(&bench);
}

typedef struct Refusal {
    const char *deliverable;
    Status status;
    const char *words;
} Refusal;

static void what_no_dcp_can_hold_is_refused(void **state) {
    static const Refusal refusals[] = {
        {"{layout: 7.1.4, channel_order: dcp}",                         E208, "`Ltf` of 7.1.4"   },
        {"{layout: foa, channel_order: dcp}",                           E208, "has no place in a"},
        {"{layout: 5.1, channel_order: dcp, split: mono}",              E208, "no order"         },
        {"{layout: 5.1, channel_order: dcp, container: bw64}",          E208, "ADM has no word"  },
        {"{layout: 5.1, channel_order: dcp, container: flac}",          E217, "16 channels"      },
        {"{layout: 5.1, slots: {dx: {hi: 0 dB}}}",                      E208, "order of a DCP"   },
        {"{layout: 5.1, channel_order: dcp, slots: {dy: {hi: 0 dB}}}",  E301, "dy"               },
        {"{layout: 5.1, channel_order: dcp, slots: {dx: {}}}",          E208, "gives nothing"    },
        {"{layout: 5.1, channel_order: dcp, slots: {dx: {hi: loud}}}",  E210, "loud"             },
        {"{layout: 5.1, channel_order: dcp, slots: {dx: {vi: 25 dB}}}", E206, "25 dB"            },
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        const char *body =
            arena_format(desk->arena, "layers: {dx: {file: a.wav}}\ndeliverables:\n  th: %s\n",
                         refusals[row].deliverable);
        assert_int_equal(load_body(desk, body), refusals[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_int_equal(errors_first(desk->errors)->place.line, 5);
        assert_non_null(strstr(errors_first(desk->errors)->message, refusals[row].words));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loudspeakers_stand_where_a_cinema_expects_them),
        cmocka_unit_test(hi_and_vi_hold_the_mono_of_their_stems),
        cmocka_unit_test(another_level_of_a_slot_is_another_file),
        cmocka_unit_test(the_slots_null_to_digital_zero_too),
        cmocka_unit_test_setup_teardown(what_no_dcp_can_hold_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
