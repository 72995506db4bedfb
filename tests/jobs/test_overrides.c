/* Overrides of a deliverable: its stems against those of its twin without any. */
#include "tests/support/test_sounds.h"

#include <math.h>

#include "tests/support/assert_near.h"

enum { LENGTH = 48000 };

#define HEAD                                                                                       \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 1 s, joins: sample}\n"                                   \
    "rooms: {hall: {shoebox: {size: [9 m, 12 m, 5 m], t60: 0.3 s}}}\n"                             \
    "layers:\n"                                                                                    \
    "  a: {file: a.wav, stem: mx, pan: {az: 20 deg}, send: {hall: -6 dB}}\n"                       \
    "  b: {file: b.wav, stem: fx}\n"

#define STEMS "stems: [full, mx, fx]"

static const float *read_output(Bench *bench, int deliverable, int output) {
    SoundInfo info;
    return bench_read(bench, bench_output(bench, deliverable, output, 0), &info);
}

static void open_bench(Bench *bench) {
    bench_open(bench);
    bench_write_noise(bench, "a.wav", FLOAT_32, 1, LENGTH, 0.05);
    bench_write_noise(bench, "b.wav", FLOAT_32, 1, LENGTH, 0.05);
}

static int count_tasks(const Plan *plan, TaskKind kind) {
    int count = 0;
    for (int task = 0; task < plan->task_count; task++) {
        count += plan->tasks[task].kind == kind;
    }
    return count;
}

static void a_stem_is_trimmed_with_its_room_and_nothing_is_rendered_again(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    bench_plan(&bench, HEAD "deliverables: {d: {layout: 5.1, bits: 64f, " STEMS "}}\n", 1);
    const int alone = count_tasks(bench.plan, TASK_SPATIALIZE);
    bench_plan(&bench,
               HEAD "deliverables:\n"
                    "  d: {layout: 5.1, bits: 64f, " STEMS "}\n"
                    "  home: {layout: 5.1, bits: 64f, " STEMS ",\n"
                    "         overrides: {note: less music, stems: {mx: -6 dB}}}\n"
                    "  off: {layout: 5.1, bits: 64f, " STEMS ",\n"
                    "        overrides: {note: none, stems: {mx: -inf, fx: 3 dB}}}\n"
                    "  all: {layout: 5.1, bits: 64f, " STEMS ",\n"
                    "        overrides: {note: softer, gain: -9 dB, stems: {mx: 3 dB}}}\n",
               1);
    assert_int_equal(count_tasks(bench.plan, TASK_SPATIALIZE), alone);
    bench_run(&bench, "trims");
    const double six_down = pow(10.0, -6.0 / 20.0);
    const double nine_down = pow(10.0, -9.0 / 20.0);
    const double three_up = pow(10.0, 3.0 / 20.0);
    const double gains[4][2] = {
        {1.0,      1.0      },
        {six_down, 1.0      },
        {0.0,      three_up },
        {six_down, nine_down}
    };
    const float *music = read_output(&bench, 0, 1);
    const float *effects = read_output(&bench, 0, 2);
    for (int deliverable = 1; deliverable < 4; deliverable++) {
        const double *gain = gains[deliverable];
        for (int output = 0; output < 3; output++) {
            const float *own = read_output(&bench, deliverable, output);
            for (ptrdiff_t sample = 0; sample < (ptrdiff_t)6 * LENGTH; sample++) {
                const double mx = gain[0] * (double)music[sample];
                const double fx = gain[1] * (double)effects[sample];
                const double sum = output == 0 ? mx + fx : mx;
                assert_near((double)own[sample], output == 2 ? fx : sum, 1e-7);
            }
        }
    }
    bench_close(&bench);
}

/* 5.1 with 6 dB less, folded to 2.0 with 3 dB less. */
static void what_is_folded_down_has_the_trims_on_its_way(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    bench_plan(&bench,
               HEAD "deliverables:\n"
                    "  a: {layout: 5.1, bits: 64f, " STEMS "}\n"
                    "  b: {layout: 5.1, bits: 64f, " STEMS ",\n"
                    "      overrides: {note: less, stems: {mx: -6 dB}}}\n"
                    "  plain: {layout: 2.0, from: a, bits: 64f, " STEMS "}\n"
                    "  less: {layout: 2.0, from: b, bits: 64f, " STEMS ",\n"
                    "         overrides: {note: still less, stems: {mx: -3 dB}}}\n",
               1);
    bench_run(&bench, "folds");
    const float *plain = read_output(&bench, 2, 1);
    const float *less = read_output(&bench, 3, 1);
    const double gain = pow(10.0, -9.0 / 20.0);
    for (ptrdiff_t sample = 0; sample < (ptrdiff_t)2 * LENGTH; sample++) {
        assert_near((double)less[sample], gain * (double)plain[sample], 1e-7);
    }
    bench_close(&bench);
}

/* Of the first task of a kind, when the music is trimmed by gain. */
static Key key_for(Bench *bench, TaskKind kind, const char *note, const char *gain) {
    const char *job = arena_format(bench->arena,
                                   HEAD "deliverables: {d: {layout: 5.1, bits: 24, " STEMS ",\n"
                                        "    overrides: {note: %s, stems: {mx: %s}}}}\n",
                                   note, gain);
    bench_plan(bench, job, 1);
    int task = 0;
    while (bench->plan->tasks[task].kind != kind) {
        task++;
    }
    return bench->plan->tasks[task].outputs[0];
}

static void another_trim_is_another_master_but_no_other_render(void **state) {
    (void)state;
    static const TaskKind delivered[] = {TASK_MASTER, TASK_ENCODE, TASK_INSPECT};
    Bench bench;
    open_bench(&bench);
    for (int row = 0; row < 3; row++) {
        const Key one = key_for(&bench, delivered[row], "less", "-1 dB");
        assert_false(key_equal(one, key_for(&bench, delivered[row], "less", "-1.01 dB")));
    }
    assert_true(key_equal(key_for(&bench, TASK_SPATIALIZE, "less", "-1 dB"),
                          key_for(&bench, TASK_SPATIALIZE, "less", "-9 dB")));
    assert_true(key_equal(key_for(&bench, TASK_MASTER, "less", "-1 dB"),
                          key_for(&bench, TASK_MASTER, "as asked", "-1 dB")));
    bench_close(&bench);
}

/* Integers: full is the sum of the stems, sample by sample. */
static void a_trimmed_delivery_nulls(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    bench_plan(&bench,
               HEAD "deliverables: {d: {layout: 2.0, bits: 24, " STEMS ",\n"
                    "    overrides: {note: less, stems: {mx: -1.3 dB, fx: 0.7 dB}}}}\n",
               1);
    bench_run(&bench, "null");
    const float *full = read_output(&bench, 0, 0);
    const float *music = read_output(&bench, 0, 1);
    const float *effects = read_output(&bench, 0, 2);
    for (ptrdiff_t sample = 0; sample < (ptrdiff_t)2 * LENGTH; sample++) {
        assert_true((double)full[sample] == (double)music[sample] + (double)effects[sample]);
    }
    bench_close(&bench);
}

static void what_is_wrong_with_overrides_is_said(void **state) {
    (void)state;
    static const struct {
        const char *deliverable;
        Status status;
    } rows[] = {
        {"layout: 2.0, overrides: {note: why}",                         DONE},
        {"layout: 2.0, overrides: {stems: {mx: 1 dB}}",                 E203},
        {"layout: 2.0, overrides: {note: why, stems: {mu: 1 dB}}",      E301},
        {"layout: 2.0, overrides: {note: why, stems: {mx: 100 dB}}",    E206},
        {"layout: foa, overrides: {note: why, stems: {mx: 1 dB}}",      E208},
        {"layout: adm, container: bw64, overrides: {note: w}",          E208},
        {"layout: 2.0, overrides: {note: why, rooms: {hall: 1 dB}}",    E202},
        {"layout: binaural, headphone_eq: a.wav, overrides: {note: w}", E208},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        Arena *arena = arena_create();
        ErrorList *errors = errors_create(arena);
        const char *text =
            arena_format(arena, HEAD "deliverables: {d: {%s}}\n", rows[row].deliverable);
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        JobSpec *job = NULL;
        const Status status = job_load(&source, arena, &job, errors);
        if (status != rows[row].status || errors_count(errors) != (status != DONE)) {
            print_error("%s gives E%03d\n", rows[row].deliverable, (int)status);
            assert_true(false);
        }
        arena_destroy(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stem_is_trimmed_with_its_room_and_nothing_is_rendered_again),
        cmocka_unit_test(what_is_folded_down_has_the_trims_on_its_way),
        cmocka_unit_test(another_trim_is_another_master_but_no_other_render),
        cmocka_unit_test(a_trimmed_delivery_nulls),
        cmocka_unit_test(what_is_wrong_with_overrides_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
