#ifndef JOBS_BAR_TIME_H
#define JOBS_BAR_TIME_H
/* Musical positions as they are written: bar|beat|tick.
 *
 *     BarTime time;
 *     if (bar_time_read("12|3|240", &time)) { ... } // bar 12, beat 3, tick 240
 *
 * Bars and beats count from 1, ticks from 0, 960 to a quarter note. The bar before bar 1 is bar 0
 * and holds the pick-up, `0|4` in 4/4; the one before that is -1.
 */
#include <stdbool.h>

enum { TICKS_PER_QUARTER = 960, BAR_MAX = 999999 };

typedef struct BarTime {
    int bar, beat, tick;
} BarTime;

typedef struct Metre { /* 6/8: beats 6, unit 8 */
    int beats, unit;
} Metre;

/* `12|3` or `12|3|240`, nothing behind it; whether the bar has that beat is for the tempo map. */
bool bar_time_read(const char *text, BarTime *time);

/* `6/8`: 1 .. 32 beats of 1, 2, 4, 8, 16 or 32. */
bool metre_read(const char *text, Metre *metre);

int metre_beat_ticks(Metre metre); /* 480 in 6/8 */
int metre_bar_ticks(Metre metre);  /* 2880 in 6/8 */

typedef char BarTimeText[48];
/* `12|3`, or `12|3|240` when the tick is not 0. */
void bar_time_format(BarTime time, BarTimeText text);

#endif
