/* Sound at another speed: sines and clicks where arithmetic says they are. */
#include "render/dsp/retimer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 6000, MARGIN = 2000 };

static const RetimeRatio ratios[] = {
    {1001, 1000}, /* 23.976 to 24 */
    {1001, 960 }, /* to 25 */
    {1000, 1001},
    {1,    2   },
    {2,    1   },
    {160,  147 }, /* 48 to 44.1 kHz */
    {572,  525 }, /* and 23.976 to 24 in one */
};
enum { RATIO_COUNT = sizeof ratios / sizeof *ratios };

typedef struct Run {
    Arena *arena;
    Retimer *retimer;
    double *input; /* from -MARGIN on */
    double *result;
} Run;

static Run begin_run(RetimeRatio ratio) {
    Arena *arena = arena_create();
    return (Run){.arena = arena,
                 .retimer = retimer_create(ratio, arena),
                 .input = arena_array(arena, 4 * COUNT + 2 * MARGIN, sizeof(double)),
                 .result = arena_array(arena, COUNT, sizeof(double))};
}

static void make(Run *run, Span out) {
    const Span needed = retimer_reach(run->retimer, out);
    assert_true(needed.begin >= -MARGIN && needed.end <= 4 * COUNT + MARGIN);
    assert_true(needed.end - needed.begin <=
                retimer_reach_samples(run->retimer, out.end - out.begin));
    retimer_run(run->retimer, run->input + MARGIN + needed.begin, needed.begin, out,
                run->result + out.begin);
}

/* A sine of f cycles an input sample is one of f * input / output cycles an output sample, in
 * phase: -120 dB of it may differ. */
static void sines_keep_level_and_phase(void **state) {
    (void)state;
    static const double shares[] = {0.0, 0.01, 0.3, 0.7, 0.9}; /* of the lower Nyquist */
    for (int row = 0; row < RATIO_COUNT; row++) {
        const double step = (double)ratios[row].input / (double)ratios[row].output;
        for (int share = 0; share < 5; share++) {
            const double turn = pi * shares[share] / fmax(1.0, step);
            Run run = begin_run(ratios[row]);
            for (int at = -MARGIN; at < 4 * COUNT + MARGIN; at++) {
                run.input[at + MARGIN] = cos(turn * at + 0.3);
            }
            make(&run, (Span){0, COUNT});
            for (int at = 0; at < COUNT; at++) {
                assert_true(fabs(run.result[at] - cos(turn * at * step + 0.3)) < 1e-6);
            }
            arena_destroy(&run.arena);
        }
    }
}

/* What the new rate cannot hold is 130 dB down. */
static void what_does_not_fit_is_gone(void **state) {
    (void)state;
    Run run = begin_run((RetimeRatio){2, 1});
    for (int at = -MARGIN; at < 4 * COUNT + MARGIN; at++) {
        run.input[at + MARGIN] = cos(pi * 0.505 * at);
    }
    make(&run, (Span){0, COUNT});
    for (int at = 0; at < COUNT; at++) {
        assert_true(fabs(run.result[at]) < 3.2e-7);
    }
    arena_destroy(&run.arena);
}

/* A click at a whole place stays one and is mirrored around it. */
static void a_click_stays_where_it_is(void **state) {
    (void)state;
    for (int row = 0; row < 3; row++) {
        Run run = begin_run(ratios[row]);
        const int64_t place = 2 * ratios[row].output;
        run.input[MARGIN + 2 * ratios[row].input] = 1.0;
        make(&run, (Span){0, COUNT});
        for (int at = 0; at < COUNT; at++) {
            assert_true(fabs(run.result[at]) <= run.result[place]);
        }
        for (int away = 1; away < 200; away++) {
            assert_true(fabs(run.result[place + away] - run.result[place - away]) < 1e-12);
        }
        arena_destroy(&run.arena);
    }
}

static void portions_change_no_bit(void **state) {
    (void)state;
    static double whole[COUNT];
    for (int row = 0; row < RATIO_COUNT; row++) {
        Run run = begin_run(ratios[row]);
        for (int at = -MARGIN; at < 4 * COUNT + MARGIN; at++) {
            run.input[at + MARGIN] = sin(at * 0.001 * at);
        }
        make(&run, (Span){0, COUNT});
        memcpy(whole, run.result, sizeof whole);
        for (SampleTime at = 0; at < COUNT;) {
            const SampleTime end = at + 1 + at % 977;
            make(&run, (Span){at, end < COUNT ? end : COUNT});
            at = end;
        }
        assert_memory_equal(run.result, whole, sizeof whole);
        arena_destroy(&run.arena);
    }
}

static void lengths_are_rounded_from_the_exact_ratio(void **state) {
    (void)state;
    assert_int_equal(retimed_samples(ratios[0], 2002), 2000);
    assert_int_equal(retimed_samples(ratios[0], 172972800), 172800000);
    assert_int_equal(retimed_samples(ratios[1], 2002), 1920);
    assert_int_equal(retimed_samples((RetimeRatio){2, 1}, 1), 0);
    assert_int_equal(retimed_samples((RetimeRatio){2, 1}, 3), 2);
    assert_int_equal(retimed_samples(ratios[0], INT64_C(12) * 3600 * 192000), 8286113886);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_keep_level_and_phase),
        cmocka_unit_test(what_does_not_fit_is_gone),
        cmocka_unit_test(a_click_stays_where_it_is),
        cmocka_unit_test(portions_change_no_bit),
        cmocka_unit_test(lengths_are_rounded_from_the_exact_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
