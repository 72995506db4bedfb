/* Minimum phase: known responses come back, any magnitude is kept, a delay is found. */
#include "render/dsp/minimum_phase.h"

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 256 };

typedef struct Bench {
    Arena *arena;
    ErrorList *errors;
    MinimumPhase *phase;
    float *logs;
} Bench;

static int open_bench(void **state) {
    Arena *const arena = arena_create();
    Bench *const bench = arena_alloc(arena, sizeof *bench);
    bench->arena = arena;
    bench->errors = errors_create(arena);
    bench->logs = arena_array(arena, PHASE_BINS, sizeof(float));
    *state = bench;
    return minimum_phase_create(arena, &bench->phase, bench->errors) == DONE ? 0 : -1;
}

static int close_bench(void **state) {
    Bench *const bench = *state;
    Arena *arena = bench->arena;
    minimum_phase_destroy(&bench->phase);
    assert_null(bench->phase);
    arena_destroy(&arena);
    return 0;
}

/* Zeros and poles inside the unit circle: it is its own minimum-phase response. */
static void fill_minimum(double *response, int begin) {
    double state = 0.0;
    for (int sample = begin; sample < COUNT; ++sample) {
        const double in = sample == begin ? 1.0 : 0.0;
        const double last = sample == begin + 1 ? 1.0 : 0.0;
        state = in + 0.6 * last + 0.7 * state;
        response[sample] = 0.3 * state;
    }
}

static void a_minimum_phase_response_comes_back(void **state) {
    Bench *const bench = *state;
    double response[COUNT] = {0};
    double found[COUNT];
    fill_minimum(response, 0);
    minimum_phase_read(bench->phase, response, COUNT, bench->logs);
    minimum_phase_write(bench->phase, bench->logs, found, COUNT);
    for (int sample = 0; sample < COUNT; ++sample) {
        assert_true(fabs(found[sample] - response[sample]) < 1e-5);
    }
}

/* 1 + 2 z^-1 has its zero outside; with the same magnitude inside: 2 + z^-1. */
static void a_zero_outside_is_mirrored_into_the_circle(void **state) {
    Bench *const bench = *state;
    const double response[2] = {1.0, 2.0};
    double found[8];
    minimum_phase_read(bench->phase, response, 2, bench->logs);
    minimum_phase_write(bench->phase, bench->logs, found, 8);
    assert_true(fabs(found[0] - 2.0) < 1e-5 && fabs(found[1] - 1.0) < 1e-5);
    for (int sample = 2; sample < 8; ++sample) {
        assert_true(fabs(found[sample]) < 1e-5);
    }
}

static void logarithms_are_those_of_the_magnitude(void **state) {
    Bench *const bench = *state;
    double response[COUNT] = {0};
    fill_minimum(response, 100);
    minimum_phase_read(bench->phase, response, COUNT, bench->logs);
    for (int bin = 0; bin < PHASE_BINS; bin += 64) {
        double complex sum = 0.0;
        for (int sample = 0; sample < COUNT; ++sample) {
            sum += response[sample] *
                   cexp(-2.0 * I * 3.14159265358979323846 * bin * sample / PHASE_SIZE);
        }
        assert_true(fabs((double)bench->logs[bin] - log(cabs(sum))) < 1e-4);
    }
}

static const double wide_band[2] = {0.02, 0.2};
static const int any_lag[2] = {-500, 500};

static void the_lag_is_how_much_later_a_response_is(void **state) {
    Bench *const bench = *state;
    static const int delays[] = {0, 1, 17, 150};
    for (int index = 0; index < 4; ++index) {
        double response[COUNT] = {0};
        fill_minimum(response, delays[index]);
        minimum_phase_read(bench->phase, response, COUNT, bench->logs);
        const double lag = minimum_phase_lag(bench->phase, bench->logs, wide_band, any_lag);
        assert_true(fabs(lag - delays[index]) < 0.01);
    }
}

/* The response is at 17. */
static void a_lag_is_looked_for_in_its_range_alone(void **state) {
    Bench *const bench = *state;
    const int range[2] = {5, 40};
    const int beyond[2] = {40, 200};
    double response[COUNT] = {0};
    fill_minimum(response, 17);
    minimum_phase_read(bench->phase, response, COUNT, bench->logs);
    assert_true(fabs(minimum_phase_lag(bench->phase, bench->logs, wide_band, range) - 17.0) < 0.01);
    const double lag = minimum_phase_lag(bench->phase, bench->logs, wide_band, beyond);
    assert_true(lag >= 39.0 && lag <= 201.0);
}

/* What a pure delay has in excess of itself is nothing; turned by the angles of one, a response is
 * delayed by it, and what then lies ahead of it is kept. */
static void phases_are_measured_and_turned(void **state) {
    Bench *const bench = *state;
    enum { LOWS = 400, LEAD = 8, DELAY = 5 };
    double response[COUNT] = {0};
    double moved[LEAD + COUNT] = {0};
    double angles[PHASE_BINS];
    fill_minimum(response, 17);
    minimum_phase_read(bench->phase, response, COUNT, bench->logs);
    minimum_phase_lag(bench->phase, bench->logs, wide_band, any_lag);
    minimum_phase_excess(bench->phase, 20.0, angles, LOWS);
    for (int bin = 0; bin < LOWS; ++bin) {
        const double wanted = 2.0 * 3.14159265358979323846 * 3.0 * bin / PHASE_SIZE;
        assert_true(fabs(sin(0.5 * (angles[bin] - wanted))) < 1e-4);
    }
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int bin = 0; bin < PHASE_BINS; ++bin) {
            angles[bin] = -sign * 2.0 * 3.14159265358979323846 * DELAY * bin / PHASE_SIZE;
        }
        memcpy(moved + LEAD, response, sizeof response);
        minimum_phase_turn(bench->phase, angles, moved + LEAD, COUNT, LEAD);
        for (int sample = LEAD; sample < COUNT - LEAD; ++sample) {
            assert_true(fabs(moved[LEAD + sample + sign * DELAY] - response[sample]) < 1e-5);
        }
    }
}

/* A half-sample delay by a mean of neighbours has linear phase of half a sample exactly. */
static void the_lag_knows_parts_of_a_sample(void **state) {
    Bench *const bench = *state;
    const double response[4] = {0.0, 0.2, 1.0, 0.2}; /* symmetric around sample 2 */
    minimum_phase_read(bench->phase, response, 4, bench->logs);
    double found[8];
    minimum_phase_write(bench->phase, bench->logs, found, 8);
    const double low_band[2] = {0.0, 0.02};
    const double lag = minimum_phase_lag(bench->phase, bench->logs, low_band, any_lag);
    /* at low frequencies the delay of the minimum-phase response is its centre of gravity */
    double moment = 0.0;
    double sum = 0.0;
    for (int sample = 0; sample < 8; ++sample) {
        moment += sample * found[sample];
        sum += found[sample];
    }
    assert_true(fabs(lag - (2.0 - moment / sum)) < 0.02);
}

static void silence_stays_silent(void **state) {
    Bench *const bench = *state;
    const double response[COUNT] = {0};
    double found[COUNT];
    minimum_phase_read(bench->phase, response, COUNT, bench->logs);
    assert_true(minimum_phase_lag(bench->phase, bench->logs, wide_band, any_lag) == 0.0);
    minimum_phase_write(bench->phase, bench->logs, found, COUNT);
    for (int sample = 0; sample < COUNT; ++sample) {
        assert_true(fabs(found[sample]) < 1e-11);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
    const struct CMUnitTest tests[] = {
        TEST(a_minimum_phase_response_comes_back),
        TEST(a_zero_outside_is_mirrored_into_the_circle),
        TEST(logarithms_are_those_of_the_magnitude),
        TEST(the_lag_is_how_much_later_a_response_is),
        TEST(a_lag_is_looked_for_in_its_range_alone),
        TEST(phases_are_measured_and_turned),
        TEST(the_lag_knows_parts_of_a_sample),
        TEST(silence_stays_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
