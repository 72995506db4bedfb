/* From bars to seconds and back: exact on steps, in closed form on ramps. */
#include "jobs/tempo_map.h"

#include <math.h>

#include "jobs/flick.h"
#include "render/base/exact_math.h"

/* One bpm is 16 ticks a second: 960 ticks a quarter, 60 seconds a minute. */
enum { TICKS_PER_SECOND_PER_BPM = TICKS_PER_QUARTER / 60, TICK_FRACTIONS = 65536 };

static const int64_t max_denominator = INT64_C(1) << 31;

TempoMap *tempo_map_create(int max_point_count, Arena *arena) {
    TempoMap *map = arena_alloc(arena, sizeof *map);
    map->points = arena_array(arena, (size_t)max_point_count, sizeof *map->points);
    return map;
}

static int64_t floor_divide(int64_t dividend, int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0);
}

static int64_t floor_rational(Rational value) {
    return floor_divide(value.numerator, value.denominator);
}

/* atanh(s)/s of s = (b1 - b0)/(b1 + b0), which is the arithmetic mean of b0 and b1 over their
 * logarithmic mean (b1 - b0)/ln(b1/b0): without cancellation when both are nearly equal. */
static double mean_ratio(double b0, double b1) {
    const double s = (b1 - b0) / (b1 + b0);
    if (fabs(s) > 0.1) {
        return exact_log(b1 / b0) / (2.0 * s);
    }
    double sum = 0.0; /* 1 + s^2/3 + s^4/5 + ...; the next term is below 1e-19 */
    for (int power = 18; power >= 0; power -= 2) {
        sum = sum * s * s + 1.0 / (power + 1);
    }
    return sum;
}

static Rational round_ticks(double ticks) {
    Rational rounded;
    rational_make((int64_t)rint(ticks * TICK_FRACTIONS), TICK_FRACTIONS, &rounded);
    return rounded;
}

static Rational add_ticks(Rational a, Rational b) {
    Rational sum;
    return rational_add(a, b, &sum) ? sum : round_ticks(rational_value(a) + rational_value(b));
}

/* Whether the stretch behind this point is a ramp. */
static bool is_ramp(const TempoMap *map, const TempoPoint *point) {
    return point < &map->points[map->point_count - 1] && point[1].step.is_linear &&
           rational_compare(point[0].step.bpm, point[1].step.bpm) != 0;
}

/* Whether a place that find_point gave to this point has a time that is a fraction. */
static bool is_exact_there(const TempoMap *map, const TempoPoint *point, bool is_before_point) {
    return point->is_exact && (is_before_point || !is_ramp(map, point));
}

/* bpm at so many ticks behind a point; before the first one its own. */
static double bpm_behind(const TempoMap *map, const TempoPoint *point, double ticks) {
    const double b0 = rational_value(point->step.bpm);
    if (ticks <= 0.0 || !is_ramp(map, point)) {
        return b0;
    }
    const double length = (double)(point[1].step.ticks - point->step.ticks);
    return b0 + (rational_value(point[1].step.bpm) - b0) * (ticks / length);
}

/* Seconds from a point to so many ticks behind it, on the stretch that begins there. */
static double seconds_behind(const TempoMap *map, const TempoPoint *point, double ticks) {
    const double b0 = rational_value(point->step.bpm);
    const double b1 = bpm_behind(map, point, ticks);
    return ticks / (TICKS_PER_SECOND_PER_BPM * (b0 + b1) / 2.0) * mean_ratio(b0, b1);
}

/* The same on a step, as a fraction; false: it does not fit. */
static bool exact_behind(const TempoPoint *point, Rational ticks, Rational *seconds) {
    const Rational bpm = point->step.bpm;
    Rational rest;
    Rational per_tick;
    return rational_subtract(ticks, (Rational){point->step.ticks, 1}, &rest) &&
           rational_multiply((Rational){bpm.denominator, bpm.numerator},
                             (Rational){1, TICKS_PER_SECOND_PER_BPM}, &per_tick) &&
           rational_multiply(rest, per_tick, seconds) &&
           rational_add(point->exact_seconds, *seconds, seconds);
}

/* Time of the newest point, from the one before it; of the first one from bar 1 beat 1. */
static void set_time(const TempoMap *map, TempoPoint *point) {
    const bool is_first = point == map->points;
    const TempoPoint origin = {
        .step.bpm = point->step.bpm, .exact_seconds = {0, 1}
    };
    const TempoPoint *before = is_first ? &origin : point - 1;
    const bool was_exact = is_first || (before->is_exact && !is_ramp(map, before));
    point->is_exact =
        was_exact && exact_behind(before, (Rational){point->step.ticks, 1}, &point->exact_seconds);
    if (point->is_exact) {
        point->seconds = rational_value(point->exact_seconds);
    } else if (is_first) {
        point->seconds = (double)point->step.ticks /
                         (TICKS_PER_SECOND_PER_BPM * rational_value(point->step.bpm));
    } else {
        const double ticks = (double)(point->step.ticks - before->step.ticks);
        point->seconds = before->seconds + seconds_behind(map, before, ticks);
    }
}

void tempo_map_add(TempoMap *map, TempoStep step) {
    TempoPoint *point = &map->points[map->point_count];
    *point = (TempoPoint){.step = step, .bar = 1, .bar_ticks = 0};
    if (map->point_count > 0) {
        const Metre metre = point[-1].step.metre;
        point->bar = point[-1].bar;
        point->bar_ticks = point[-1].bar_ticks;
        if (metre.beats != step.metre.beats || metre.unit != step.metre.unit) {
            const int64_t bars = (step.ticks - point->bar_ticks) / metre_bar_ticks(metre);
            point->bar += (int)bars;
            point->bar_ticks = step.ticks;
        }
    }
    map->point_count++;
    set_time(map, point);
}

typedef enum SearchKey { BY_BAR, BY_TICKS, BY_SECONDS } SearchKey;

static bool is_behind(const TempoPoint *point, SearchKey key, Rational value) {
    switch (key) {
    case BY_BAR:
        return value.numerator < point->bar;
    case BY_TICKS:
        return rational_compare(value, (Rational){point->step.ticks, 1}) < 0;
    default:
        return point->is_exact ? rational_compare(value, point->exact_seconds) < 0
                               : rational_value(value) < point->seconds;
    }
}

/* The last point at or before a place; the first one for all that lies before it. */
static const TempoPoint *find_point(const TempoMap *map, SearchKey key, Rational value) {
    int low = 0;
    int high = map->point_count;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (is_behind(&map->points[middle], key, value)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return &map->points[low];
}

BarFault tempo_map_ticks(const TempoMap *map, BarTime time, int64_t *ticks) {
    const TempoPoint *point = find_point(map, BY_BAR, (Rational){time.bar, 1});
    const Metre metre = point->step.metre;
    *ticks = point->bar_ticks + ((int64_t)time.bar - point->bar) * metre_bar_ticks(metre) +
             (int64_t)(time.beat - 1) * metre_beat_ticks(metre) + time.tick;
    if (time.beat < 1 || time.beat > metre.beats) {
        return BAR_BEAT;
    }
    return time.tick >= 0 && time.tick < metre_beat_ticks(metre) ? BAR_GOOD : BAR_TICK;
}

Metre tempo_map_metre(const TempoMap *map, int64_t ticks) {
    return find_point(map, BY_TICKS, (Rational){ticks, 1})->step.metre;
}

BarTime tempo_map_bar_time(const TempoMap *map, int64_t ticks) {
    const TempoPoint *point = find_point(map, BY_TICKS, (Rational){ticks, 1});
    const Metre metre = point->step.metre;
    const int64_t rest = ticks - point->bar_ticks;
    const int64_t bars = floor_divide(rest, metre_bar_ticks(metre));
    const int in_bar = (int)(rest - bars * metre_bar_ticks(metre));
    return (BarTime){.bar = point->bar + (int)bars,
                     .beat = in_bar / metre_beat_ticks(metre) + 1,
                     .tick = in_bar % metre_beat_ticks(metre)};
}

Rational tempo_map_seconds(const TempoMap *map, Rational ticks) {
    const TempoPoint *point = find_point(map, BY_TICKS, ticks);
    Rational seconds;
    if (is_exact_there(map, point, is_behind(point, BY_TICKS, ticks)) &&
        exact_behind(point, ticks, &seconds) && seconds.denominator <= max_denominator) {
        return seconds;
    }
    const double rest = rational_value(ticks) - (double)point->step.ticks;
    return flick_round(point->seconds + seconds_behind(map, point, rest));
}

/* Ticks behind a point on a step; false: the fraction does not fit. */
static bool exact_ticks_at(const TempoPoint *point, Rational seconds, Rational *ticks) {
    Rational rest;
    return rational_subtract(seconds, point->exact_seconds, &rest) &&
           rational_multiply(rest, point->step.bpm, ticks) &&
           rational_multiply(*ticks, (Rational){TICKS_PER_SECOND_PER_BPM, 1}, ticks) &&
           rational_add(*ticks, (Rational){point->step.ticks, 1}, ticks) &&
           ticks->denominator <= max_denominator;
}

/* Newton's method on the closed form, whose slope is 1/bpm: convex, so it converges from the
 * straight line, and a fixed number of steps gives the same bits everywhere. */
static double ticks_behind(const TempoMap *map, const TempoPoint *point, double seconds) {
    enum { STEPS = 8 };
    double ticks = seconds * rational_value(point->step.bpm) * TICKS_PER_SECOND_PER_BPM;
    if (ticks <= 0.0 || !is_ramp(map, point)) {
        return ticks;
    }
    const double length = (double)(point[1].step.ticks - point->step.ticks);
    for (int step = 0; step < STEPS; step++) {
        ticks = fmin(fmax(ticks, 0.0), length);
        const double error_s = seconds - seconds_behind(map, point, ticks);
        ticks += error_s * bpm_behind(map, point, ticks) * TICKS_PER_SECOND_PER_BPM;
    }
    return ticks;
}

Rational tempo_map_ticks_at(const TempoMap *map, Rational seconds) {
    const TempoPoint *point = find_point(map, BY_SECONDS, seconds);
    Rational ticks;
    if (is_exact_there(map, point, is_behind(point, BY_SECONDS, seconds)) &&
        exact_ticks_at(point, seconds, &ticks)) {
        return ticks;
    }
    const double rest = ticks_behind(map, point, rational_value(seconds) - point->seconds);
    return add_ticks(round_ticks(rest), (Rational){point->step.ticks, 1});
}

BarTime tempo_map_bar_time_at(const TempoMap *map, Rational seconds) {
    return tempo_map_bar_time(map, rational_to_samples(tempo_map_ticks_at(map, seconds), 1));
}

/* Whole bars keep the place in the bar; the rest of a bar has the metre of the bar it ends in. */
static Rational advance_bars(const TempoMap *map, Rational ticks, Rational amount) {
    const int64_t whole = floor_rational(amount);
    const int64_t whole_ticks = floor_rational(ticks);
    BarTime bar = tempo_map_bar_time(map, whole_ticks);
    int64_t begin = 0;
    int64_t target = 0;
    bar.beat = 1;
    bar.tick = 0;
    tempo_map_ticks(map, bar, &begin);
    bar.bar += (int)whole;
    tempo_map_ticks(map, bar, &target);
    Rational part;
    rational_subtract(amount, (Rational){whole, 1}, &part);
    rational_multiply(part, (Rational){metre_bar_ticks(tempo_map_metre(map, target)), 1}, &part);
    return add_ticks(add_ticks(ticks, part), (Rational){target - begin, 1});
}

Rational
tempo_map_advance(const TempoMap *map, Rational seconds, Rational amount, MusicalUnit unit) {
    Rational ticks = tempo_map_ticks_at(map, seconds);
    if (unit == MUSICAL_BARS) {
        return tempo_map_seconds(map, advance_bars(map, ticks, amount));
    }
    const Metre metre = tempo_map_metre(map, floor_rational(ticks));
    Rational rest;
    rational_multiply(amount, (Rational){metre_beat_ticks(metre), 1}, &rest);
    return tempo_map_seconds(map, add_ticks(ticks, rest));
}
