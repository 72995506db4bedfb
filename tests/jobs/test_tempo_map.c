/* Tempo maps against sums in long double, the closed form, and their own inverse. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "jobs/flick.h"
#include "jobs/tempo_map.h"

enum { ROUND_TRIPS = 1000000, RATE_HZ = 48000 };

static uint64_t random_next(uint64_t *state) { /* Knuth's MMIX constants */
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static int random_below(uint64_t *state, int limit) {
    return (int)(random_next(state) % (uint64_t)limit);
}

static int64_t ticks_of(const TempoMap *map, const char *text) {
    BarTime time;
    int64_t ticks = 0;
    assert_true(bar_time_read(text, &time));
    assert_int_equal(tempo_map_ticks(map, time, &ticks), BAR_GOOD);
    return ticks;
}

static void add(TempoMap *map, const char *at, Rational bpm, Metre metre, bool is_linear) {
    const int64_t ticks = map->point_count ? ticks_of(map, at) : 0;
    tempo_map_add(map, (TempoStep){ticks, bpm, metre, is_linear});
}

static Rational seconds_of(const TempoMap *map, const char *at) {
    return tempo_map_seconds(map, (Rational){ticks_of(map, at), 1});
}

static void assert_rational(Rational value, int64_t numerator, int64_t denominator) {
    assert_int_equal(value.numerator, numerator);
    assert_int_equal(value.denominator, denominator);
}

static void steps_give_exact_fractions(void **state) {
    Arena *arena = *state;
    TempoMap *map = tempo_map_create(3, arena);
    add(map, "1|1", (Rational){92, 1}, (Metre){4, 4}, false);
    add(map, "5|1", (Rational){66, 1}, (Metre){3, 4}, false);
    add(map, "7|1", (Rational){120, 1}, (Metre){6, 8}, false);
    assert_rational(seconds_of(map, "1|1"), 0, 1);
    assert_rational(seconds_of(map, "2|1"), 60, 23);              /* 4 quarters at 92 */
    assert_rational(seconds_of(map, "1|1|1"), 1, 16 * 92);        /* one tick */
    assert_rational(seconds_of(map, "5|1"), 240, 23);             /* 16 quarters */
    assert_rational(seconds_of(map, "6|1"), 240 * 11 + 690, 253); /* + 3 at 66: 30/11 s */
    /* 16 at 92, 6 at 66, then 7|4 is three eighths behind: 3/4 s */
    assert_rational(seconds_of(map, "7|4"), 4 * (240 * 11 + 60 * 23) + 3 * 253, 4 * 253);
    assert_rational(seconds_of(map, "0|4"), -15, 23); /* the pick-up: one quarter before */
    assert_rational(seconds_of(map, "-1|1"), -120, 23);
}

static void ticks_outside_their_beat_are_told(void **state) {
    Arena *arena = *state;
    TempoMap *map = tempo_map_create(2, arena);
    add(map, "1|1", (Rational){92, 1}, (Metre){4, 4}, false);
    add(map, "5|1", (Rational){92, 1}, (Metre){6, 8}, false);
    int64_t ticks = 0;
    assert_int_equal(tempo_map_ticks(map, (BarTime){4, 5, 0}, &ticks), BAR_BEAT);
    assert_int_equal(tempo_map_ticks(map, (BarTime){5, 6, 0}, &ticks), BAR_GOOD);
    assert_int_equal(tempo_map_ticks(map, (BarTime){5, 7, 0}, &ticks), BAR_BEAT);
    assert_int_equal(tempo_map_ticks(map, (BarTime){5, 0, 0}, &ticks), BAR_BEAT);
    assert_int_equal(tempo_map_ticks(map, (BarTime){4, 1, 959}, &ticks), BAR_GOOD);
    assert_int_equal(tempo_map_ticks(map, (BarTime){5, 1, 479}, &ticks), BAR_GOOD);
    assert_int_equal(tempo_map_ticks(map, (BarTime){5, 1, 480}, &ticks), BAR_TICK);
}

/* 1800 s with bpm linear in quarters, every second of it, against the closed form in long double.
 */
static void a_ramp_of_half_an_hour_follows_its_closed_form(void **state) {
    static const double ends[][2] = {
        {96,  144                  },
        {144, 96                   },
        {60,  60.0625              },
        {120, 120.0 + 1.0 / 1048576},
        {10,  400                  },
        {400, 10                   }
    };
    Arena *arena = *state;
    for (size_t row = 0; row < sizeof ends / sizeof *ends; row++) {
        const long double b0 = ends[row][0];
        const long double b1 = ends[row][1];
        const long double quarters = floorl(1800.0L * (b1 - b0) / (60.0L * logl(b1 / b0)));
        Rational first;
        Rational last;
        rational_make((int64_t)(ends[row][0] * 1048576), 1048576, &first);
        rational_make((int64_t)(ends[row][1] * 1048576), 1048576, &last);
        TempoMap *map = tempo_map_create(2, arena);
        tempo_map_add(map, (TempoStep){
                               0, first, {4, 4},
                                 false
        });
        const int64_t length = (int64_t)quarters * TICKS_PER_QUARTER;
        tempo_map_add(map, (TempoStep){
                               length, last, {4, 4},
                                 true
        });
        for (int step = 0; step <= 1800; step++) {
            const int64_t ticks = length * step / 1800;
            const long double x = (long double)ticks / TICKS_PER_QUARTER;
            const long double slope = (b1 - b0) / quarters;
            const long double expected_s = 60.0L * log1pl(slope * x / b0) / slope;
            const int64_t found =
                rational_to_samples(tempo_map_seconds(map, (Rational){ticks, 1}), RATE_HZ);
            const long double error = fabsl((long double)found - expected_s * RATE_HZ);
            assert_true(error < 0.5001L); /* nothing but the rounding to a sample */
        }
        /* behind the ramp the new bpm holds */
        const double behind = rational_value(tempo_map_seconds(map, (Rational){length + 960, 1})) -
                              rational_value(tempo_map_seconds(map, (Rational){length, 1}));
        assert_true(fabs(behind - 60.0 / ends[row][1]) < 1e-8);
    }
}

static void ramp_times_are_sums_of_small_steps(void **state) {
    /* 16 quarters from 60 to 120 in 1.6 million slices, the midpoint's bpm each: no logarithm */
    enum { SLICES = 1600000 };
    Arena *arena = *state;
    TempoMap *map = tempo_map_create(2, arena);
    add(map, "1|1", (Rational){60, 1}, (Metre){4, 4}, false);
    add(map, "5|1", (Rational){120, 1}, (Metre){4, 4}, true);
    long double sum_s = 0.0L;
    for (int slice = 0; slice < SLICES; slice++) {
        const long double bpm = 60.0L + 60.0L * ((long double)slice + 0.5L) / SLICES;
        sum_s += 60.0L / bpm * 16.0L / SLICES;
    }
    assert_true(fabsl(sum_s - rational_value(seconds_of(map, "5|1"))) < 1.0L / FLICKS_PER_SECOND);
}

/* Steps, ramps and metres at random; fractions and whole numbers. */
static TempoMap *make_random_map(Arena *arena, uint64_t *state, bool has_ramps) {
    enum { POINTS = 40 };
    static const int units[] = {1, 2, 4, 8, 16, 32};
    TempoMap *map = tempo_map_create(POINTS, arena);
    Metre metre = {4, 4};
    int64_t ticks = 0;
    for (int point = 0; point < POINTS; point++) {
        const bool changes = random_below(state, 3) == 0;
        if (changes) {
            metre = (Metre){1 + random_below(state, 12), units[random_below(state, 6)]};
        }
        if (point > 0) {
            const BarTime now = tempo_map_bar_time(map, ticks);
            const BarTime next = {now.bar + 1 + random_below(state, 20), 1, 0};
            tempo_map_ticks(map, next, &ticks);
        }
        const int divisor = 1 + random_below(state, 8);
        Rational bpm;
        rational_make(10 * divisor + random_below(state, 390 * divisor), divisor, &bpm);
        tempo_map_add(map, (TempoStep){ticks, bpm, metre, has_ramps && random_below(state, 2)});
    }
    return map;
}

static void check_round_trips(TempoMap *map, uint64_t *state, int count) {
    static const int rates_hz[] = {44100, 48000, 88200, 96000, 176400, 192000};
    const int64_t length = map->points[map->point_count - 1].step.ticks + 100000;
    for (int trip = 0; trip < count; trip++) {
        const int64_t ticks = (int64_t)(random_next(state) % (uint64_t)(length + 20000)) - 20000;
        const int rate_hz = rates_hz[trip % 6];
        const BarTime written = tempo_map_bar_time(map, ticks);
        int64_t read = 0;
        if (tempo_map_ticks(map, written, &read) != BAR_GOOD || read != ticks) {
            fail_msg("tick %ld is %d|%d|%d, which is tick %ld", (long)ticks, written.bar,
                     written.beat, written.tick, (long)read);
        }
        const Rational seconds = tempo_map_seconds(map, (Rational){ticks, 1});
        const int64_t sample = rational_to_samples(seconds, rate_hz);
        Rational back;
        rational_make(sample, rate_hz, &back);
        const BarTime found = tempo_map_bar_time_at(map, back);
        if (found.bar != written.bar || found.beat != written.beat || found.tick != written.tick) {
            fail_msg("%d|%d|%d comes back as %d|%d|%d", written.bar, written.beat, written.tick,
                     found.bar, found.beat, found.tick);
        }
    }
}

static void bar_to_sample_to_bar_is_exact_a_million_times(void **state) {
    enum { MAPS = 100 };
    Arena *arena = *state;
    uint64_t seed = 5;
    for (int map = 0; map < MAPS; map++) {
        check_round_trips(make_random_map(arena, &seed, map % 2), &seed, ROUND_TRIPS / MAPS);
    }
}

static void later_positions_are_later(void **state) {
    Arena *arena = *state;
    uint64_t seed = 11;
    TempoMap *map = make_random_map(arena, &seed, true);
    Rational before = tempo_map_seconds(map, (Rational){-5000, 1});
    for (int64_t ticks = -4999; ticks < 100000; ticks++) {
        const Rational now = tempo_map_seconds(map, (Rational){ticks, 1});
        assert_int_equal(rational_compare(before, now), -1);
        before = now;
    }
}

/* The score of the demo: eighteen tempi whose common denominator has more than 64 bits. */
static void many_odd_tempi_stay_within_a_flick(void **state) {
    Arena *arena = *state;
    TempoMap *map = tempo_map_create(18, arena);
    long double expected_s = 0.0L;
    tempo_map_add(map, (TempoStep){
                           0, {66, 1},
                            {4,  4},
                            false
    });
    for (int beat = 1; beat <= 16; beat++) {
        const Rational bpm = {528 + 9 * beat, 8};
        Rational reduced;
        rational_make(bpm.numerator, bpm.denominator, &reduced);
        tempo_map_add(map, (TempoStep){
                               (15 + beat) * 960 + 960 * 1, reduced, {4, 4},
                                         false
        });
    }
    expected_s += 17 * 60.0L / 66;
    for (int beat = 1; beat < 16; beat++) {
        expected_s += 60.0L * 8 / (528 + 9 * beat);
    }
    const Rational found = tempo_map_seconds(map, (Rational){32 * 960, 1});
    assert_true(fabsl(rational_value(found) - expected_s) < 0.51L / FLICKS_PER_SECOND);
    assert_int_equal(FLICKS_PER_SECOND % found.denominator, 0);
}

static void beats_and_bars_advance_through_metres(void **state) {
    Arena *arena = *state;
    TempoMap *map = tempo_map_create(3, arena);
    add(map, "1|1", (Rational){90, 1}, (Metre){4, 4}, false);
    add(map, "5|1", (Rational){120, 1}, (Metre){6, 8}, false);
    add(map, "9|1", (Rational){60, 1}, (Metre){6, 8}, true);
    static const struct {
        const char *from;
        Rational amount;
        MusicalUnit unit;
        const char *to;
    } rows[] = {
        {"2|3",     {2, 1},  MUSICAL_BEATS, "3|1"    },
        {"2|3",     {-1, 2}, MUSICAL_BEATS, "2|2|480"},
        {"5|1",     {3, 1},  MUSICAL_BEATS, "5|4"    }, /* eighths */
        {"4|1",     {2, 1},  MUSICAL_BARS,  "6|1"    },
        {"4|3|7",   {-2, 1}, MUSICAL_BARS,  "2|3|7"  },
        {"4|1",     {3, 2},  MUSICAL_BARS,  "5|4"    }, /* half of a 6/8 */
        {"7|3|100", {4, 1},  MUSICAL_BEATS, "8|1|100"}, /* on the ramp */
        {"6|2",     {5, 1},  MUSICAL_BARS,  "11|2"   }, /* across it */
        {"12|1",    {-6, 1}, MUSICAL_BARS,  "6|1"    },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        const Rational from = seconds_of(map, rows[row].from);
        const Rational to = tempo_map_advance(map, from, rows[row].amount, rows[row].unit);
        const double expected_s = rational_value(seconds_of(map, rows[row].to));
        assert_true(fabs(rational_value(to) - expected_s) < 3e-8);
        assert_int_equal(rational_to_samples(to, RATE_HZ),
                         rational_to_samples(seconds_of(map, rows[row].to), RATE_HZ));
    }
}

static void texts_are_read_and_written(void **state) {
    (void)state;
    static const char *const good[] = {"1|1", "12|3|240", "0|4", "-3|2", "999999|1"};
    static const char *const bad[] = {"",         "12",   "12|",  "|3",    "12|3|",
                                      "12|3|1|1", "a|1",  "1|-1", "12 |3", "1000000|1",
                                      "+1|1",     "1|1 ", "--1|1"};
    for (size_t row = 0; row < sizeof good / sizeof *good; row++) {
        BarTime time;
        BarTimeText text;
        assert_true(bar_time_read(good[row], &time));
        bar_time_format(time, text);
        assert_string_equal(text, good[row]);
    }
    for (size_t row = 0; row < sizeof bad / sizeof *bad; row++) {
        BarTime time;
        assert_false(bar_time_read(bad[row], &time));
    }
    Metre metre;
    assert_true(metre_read("6/8", &metre));
    assert_int_equal(metre_bar_ticks(metre), 2880);
    assert_true(metre_read("32/32", &metre));
    assert_false(metre_read("33/4", &metre));
    assert_false(metre_read("0/4", &metre));
    assert_false(metre_read("4/3", &metre));
    assert_false(metre_read("4/64", &metre));
    assert_false(metre_read("4", &metre));
    assert_false(metre_read("4/4 ", &metre));
}

static void sums_that_do_not_fit_are_rounded_to_flicks(void **state) {
    (void)state;
    const Rational odd = {3000000019, 2999999929};
    const Rational other = {7000000001, 6999999967};
    Rational sum;
    assert_false(rational_add(odd, other, &sum));
    assert_true(flick_add(odd, other, &sum));
    assert_true(fabs(rational_value(sum) - 2.0) < 1e-7);
    assert_int_equal(FLICKS_PER_SECOND % sum.denominator, 0);
    assert_true(flick_add((Rational){1, 3}, (Rational){1, 6}, &sum));
    assert_rational(sum, 1, 2);
    assert_false(flick_add((Rational){INT64_MAX, 1}, (Rational){1, 1}, &sum));
    assert_rational(flick_round(-0.5), -1, 2);
}

static int set_up(void **state) {
    *state = arena_create();
    return 0;
}

static int tear_down(void **state) {
    Arena *arena = *state;
    arena_destroy(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(steps_give_exact_fractions),
        TEST(ticks_outside_their_beat_are_told),
        TEST(a_ramp_of_half_an_hour_follows_its_closed_form),
        TEST(ramp_times_are_sums_of_small_steps),
        TEST(bar_to_sample_to_bar_is_exact_a_million_times),
        TEST(later_positions_are_later),
        TEST(many_odd_tempi_stay_within_a_flick),
        TEST(beats_and_bars_advance_through_metres),
        TEST(texts_are_read_and_written),
        TEST(sums_that_do_not_fit_are_rounded_to_flicks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
