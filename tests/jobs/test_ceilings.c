/* Ceilings of rules: what is rendered against a momentary meter written out after BS.1770-5, and
 * against the same job without the rule. */
#include "tests/support/test_sounds.h"

#include "tests/support/assert_near.h"

enum { RATE = 48000, LENGTH = 4 * RATE, BLOCK = RATE * 4 / 10 };

/* ---- BS.1770-5 annex 1 at 48 kHz, tables 1 and 2 ---- */

typedef struct Section {
    double b[3], a[2], x[2], y[2];
} Section;

static double pass(Section *section, double x) {
    const double y = section->b[0] * x + section->b[1] * section->x[0] +
                     section->b[2] * section->x[1] - section->a[0] * section->y[0] -
                     section->a[1] * section->y[1];
    section->x[1] = section->x[0];
    section->x[0] = x;
    section->y[1] = section->y[0];
    section->y[0] = y;
    return y;
}

/* Adds the weighted squares of a channel: [LENGTH]. */
static void
add_squares(const float *samples, int channel, int channel_count, double weight, double *squares) {
    Section shelf = {
        {1.53512485958697,  -2.69169618940638, 1.19839281085285},
        {-1.69065929318241, 0.73248077421585},
        {0},
        {0                }
    };
    Section high_pass = {
        {1.0,               -2.0, 1.0},
        {-1.99004745483398,              0.99007225036621},
        {0},
        {0                }
    };
    for (int sample = 0; sample < LENGTH; sample++) {
        const double y =
            pass(&high_pass, pass(&shelf, (double)samples[sample * channel_count + channel]));
        squares[sample] += weight * y * y;
    }
}

/* The loudest 400 ms that lie in [begin, end), found at every millisecond. Of 2.0 and 5.1. */
static double loudest_lufs(Bench *bench, const char *path, int begin, int end) {
    static const double surround_weights[] = {1.0, 1.0, 1.0, 0.0, 1.41, 1.41};
    SoundInfo info;
    const float *samples = bench_read(bench, path, &info);
    assert_int_equal(info.frame_count, LENGTH);
    double *squares = arena_array(bench->arena, LENGTH, sizeof *squares);
    for (int channel = 0; channel < info.channel_count; channel++) {
        add_squares(samples, channel, info.channel_count, surround_weights[channel], squares);
    }
    double greatest = 0.0;
    for (int first = begin; first + BLOCK <= end; first += RATE / 1000) {
        double sum = 0.0;
        for (int sample = first; sample < first + BLOCK; sample++) {
            sum += squares[sample];
        }
        greatest = fmax(greatest, sum / BLOCK);
    }
    return -0.691 + 10.0 * log10(greatest);
}

/* ---- jobs ---- */

#define HEAD                                                                                       \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 4 s}\n"                                                  \
    "deliverables:\n"                                                                              \
    "  st: {layout: '2.0', bits: 32f, stems: [mx, fx]}\n"                                          \
    "  th: {layout: '5.1', bits: 32f, stems: [mx, fx]}\n"

#define LAYERS                                                                                     \
    "layers:\n"                                                                                    \
    "  a: {file: a.wav, stem: mx, pan: {az: 20 deg}}\n"                                            \
    "  b: {file: a.wav, stem: mx, pan: {az: 110 deg}, gain: -2 dB}\n"                              \
    "  c: {file: c.wav, stem: mx, layout: 2.0}\n"                                                  \
    "  d: {file: d.wav, stem: fx}\n"

#define RULE                                                                                       \
    "rules: {breath: {over: [1.5 s, 2.5 s], select: stem=mx, ramp: 200 ms, ceiling: -30 LKFS}}\n"

static void write_sounds(Bench *bench) {
    bench_write_noise(bench, "a.wav", FLOAT_32, 1, LENGTH, 0.1);
    bench_write_noise(bench, "c.wav", FLOAT_32, 2, LENGTH, 0.05);
    bench_write_noise(bench, "d.wav", FLOAT_32, 1, LENGTH, 0.2);
}

static void render(Bench *bench, const char *job, const char *name, int span_blocks) {
    bench_plan(bench, job, span_blocks);
    bench_run(bench, name);
}

static const float *read_output(Bench *bench, int deliverable, int output, SoundInfo *info) {
    return bench_read(bench, bench_output(bench, deliverable, output, 0), info);
}

static void
assert_same(const float *one, const float *other, const SoundInfo *info, int begin, int end) {
    const size_t first = (size_t)begin * (size_t)info->channel_count;
    const size_t count = (size_t)(end - begin) * (size_t)info->channel_count;
    assert_memory_equal(one + first, other + first, count * sizeof *one);
}

static void layers_together_stay_below_their_ceiling_in_the_window_alone(void **state) {
    (void)state;
    enum { BEGIN = RATE * 3 / 2, END = RATE * 5 / 2, RAMP = RATE / 5 };
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    render(&bench, HEAD LAYERS, "free", 1);
    const float *free_music[2];
    const float *free_effects[2];
    SoundInfo info;
    for (int deliverable = 0; deliverable < 2; deliverable++) {
        free_music[deliverable] = read_output(&bench, deliverable, 0, &info);
        free_effects[deliverable] = read_output(&bench, deliverable, 1, &info);
    }
    assert_true(loudest_lufs(&bench, bench_output(&bench, 0, 0, 0), BEGIN, END) > -24.0);
    render(&bench, HEAD LAYERS RULE, "capped", 2);
    double loudest = -100.0;
    for (int deliverable = 0; deliverable < 2; deliverable++) {
        const char *path = bench_output(&bench, deliverable, 0, 0);
        loudest = fmax(loudest, loudest_lufs(&bench, path, BEGIN, END));
        const float *music = read_output(&bench, deliverable, 0, &info);
        assert_same(music, free_music[deliverable], &info, 0, BEGIN - RAMP);
        assert_same(music, free_music[deliverable], &info, END + RAMP, LENGTH);
        const float *effects = read_output(&bench, deliverable, 1, &info);
        assert_same(effects, free_effects[deliverable], &info, 0, LENGTH);
    }
    assert_true(loudest <= -30.0);
    assert_near(loudest, -30.0, 0.05); /* and not more than they have to be */
    bench_close(&bench);
}

static void what_is_soft_enough_stays_as_it_is(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    bench_open(&bench);
    write_sounds(&bench);
    render(&bench, HEAD LAYERS, "free", 4);
    const float *music = read_output(&bench, 1, 0, &info);
    render(&bench,
           HEAD LAYERS "rules: {r: {over: [1 s, 2 s], select: stem=mx, ceiling: -9 LKFS}}\n",
           "high", 4);
    assert_same(read_output(&bench, 1, 0, &info), music, &info, 0, LENGTH);
    bench_close(&bench);
}

static void what_rings_from_before_the_window_counts(void **state) {
    (void)state;
    enum { BEGIN = 2 * RATE, END = 3 * RATE };
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    render(&bench,
           HEAD "rooms: {r: {shoebox: {size: [9 m, 12 m, 4 m], t60: 1 s}}}\n"
                "layers:\n"
                "  a: {file: a.wav, stem: mx, send: {r: -6 dB}}\n"
                "  b: {file: c.wav, stem: fx, layout: 2.0}\n"
                "rules: {r: {over: [2 s, 3 s], select: all, ramp: 400 ms, ceiling: -36 LKFS}}\n",
           "rooms", 4);
    const double first = loudest_lufs(&bench, bench_output(&bench, 0, 0, 0), BEGIN, END);
    const double other = loudest_lufs(&bench, bench_output(&bench, 0, 1, 0), BEGIN, END);
    assert_true(first > -60.0 && other > -60.0);
    assert_true(10.0 * log10(pow(10.0, first / 10.0) + pow(10.0, other / 10.0)) < -35.9);
    bench_close(&bench);
}

static Key stem_key(const Bench *bench, int span) {
    return bench->plan->tasks[bench->plan->spatialize_tasks[span]].outputs[0];
}

static void a_changed_ceiling_changes_what_hears_of_it(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    bench_plan(&bench,
               HEAD LAYERS "rules: {r: {over: [2.5 s, 3 s], select: stem=mx, ceiling: -30 LKFS}}\n",
               1);
    const Plan *const first = bench.plan;
    const Key early = stem_key(&bench, 0);
    const Key late = stem_key(&bench, 4);
    const Key found = first->tasks[first->analyse_tasks[0]].outputs[0];
    bench_plan(&bench,
               HEAD LAYERS "rules: {r: {over: [2.5 s, 3 s], select: stem=mx, ceiling: -31 LKFS}}\n",
               1);
    assert_false(key_equal(found, bench.plan->tasks[bench.plan->analyse_tasks[0]].outputs[0]));
    assert_true(key_equal(early, stem_key(&bench, 0)));
    assert_false(key_equal(late, stem_key(&bench, 4)));
    const int effects = bench.plan->span_count; /* the second stem */
    assert_true(key_equal(first->tasks[first->spatialize_tasks[effects + 4]].outputs[0],
                          stem_key(&bench, effects + 4)));
    const int prepare = bench.plan->prepare_tasks[0];
    assert_true(key_equal(first->tasks[prepare].outputs[0], bench.plan->tasks[prepare].outputs[0]));
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_together_stay_below_their_ceiling_in_the_window_alone),
        cmocka_unit_test(what_is_soft_enough_stays_as_it_is),
        cmocka_unit_test(what_rings_from_before_the_window_counts),
        cmocka_unit_test(a_changed_ceiling_changes_what_hears_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
