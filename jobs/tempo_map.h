#ifndef JOBS_TEMPO_MAP_H
#define JOBS_TEMPO_MAP_H
/* From bars to seconds and back, through steps, ramps and changes of metre.
 *
 *     TempoMap *map = tempo_map_create(2, arena);
 *     tempo_map_add(map, (TempoStep){.ticks = 0, .bpm = {96, 1}, .metre = {4, 4}});
 *     tempo_map_add(map, (TempoStep){.ticks = 61440, .bpm = {144, 1}, .metre = {4, 4}, .is_linear =
 * true}); tempo_map_ticks(map, (BarTime){9, 1, 0}, &ticks);       // 30720 Rational seconds =
 * tempo_map_seconds(map, (Rational){ticks, 1});
 *
 * Time 0 and tick 0 are bar 1 beat 1. bpm counts quarter notes in every metre. Before the first
 * point its bpm and metre hold, behind the last one its own (DECISIONS 14).
 *
 * A step of L quarters at b bpm lasts 60 L / b seconds: an exact fraction. On a ramp bpm is linear
 * in quarters, so L quarters from b0 to b1 last 60 L ln(b1/b0) / (b1 - b0) seconds (60 L / b0 when
 * they are equal), with the logarithm of render/base/exact_math.h. Results whose denominator is
 * above 2^31, and all times on and behind a ramp, are rounded to the nearest flick (jobs/flick.h),
 * which is 1/14700 sample at 48 kHz. A tick is at least 6 samples long, so bar -> sample -> bar is
 * exact.
 */
#include "jobs/bar_time.h"
#include "render/base/arena.h"
#include "render/base/rational.h"

typedef struct TempoStep {
    int64_t ticks;  /* where the point lies; ascending, a bar's begin where the metre changes */
    Rational bpm;   /* 10 .. 400 */
    Metre metre;    /* from here on */
    bool is_linear; /* bpm comes here in a straight line from the point before */
} TempoStep;

typedef struct TempoPoint {
    TempoStep step;
    int bar;           /* a bar with this metre, and where it begins: bars are counted from there */
    int64_t bar_ticks; /* position of that bar */
    bool is_exact;     /* no ramp before, and the fraction fits */
    Rational exact_seconds;
    double seconds;
} TempoPoint;

typedef struct TempoMap {
    TempoPoint *points; /* [point_count], room for as many as tempo_map_create was told */
    int point_count;
} TempoMap;

TempoMap *tempo_map_create(int max_point_count, Arena *arena);
void tempo_map_add(TempoMap *map, TempoStep step);

typedef enum BarFault {
    BAR_GOOD,
    BAR_BEAT, /* the bar has no such beat */
    BAR_TICK, /* the beat has no such tick */
} BarFault;

/* Ticks from bar 1 beat 1, negative before it. */
BarFault tempo_map_ticks(const TempoMap *map, BarTime time, int64_t *ticks);
BarTime tempo_map_bar_time(const TempoMap *map, int64_t ticks);
Metre tempo_map_metre(const TempoMap *map, int64_t ticks);

/* Seconds from bar 1 beat 1; |ticks| below 2^47. */
Rational tempo_map_seconds(const TempoMap *map, Rational ticks);
/* The inverse, |seconds| up to 1e7: exact on steps when the fraction fits, else to 1/65536 tick. */
Rational tempo_map_ticks_at(const TempoMap *map, Rational seconds);
/* The nearest tick, as bar|beat|tick. */
BarTime tempo_map_bar_time_at(const TempoMap *map, Rational seconds);

typedef enum MusicalUnit { MUSICAL_BEATS, MUSICAL_BARS } MusicalUnit;
/* The time that many beats (of the metre at `seconds`) or bars (each of its own metre) later;
 * negative: earlier. |seconds| up to 1e7, |amount| up to BAR_MAX. */
Rational
tempo_map_advance(const TempoMap *map, Rational seconds, Rational amount, MusicalUnit unit);

#endif
