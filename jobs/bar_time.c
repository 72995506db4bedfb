/* Musical positions as they are written: bar|beat|tick, and the metre that gives them their length.
 */
#include "jobs/bar_time.h"

#include <stdio.h>
#include <string.h>

enum { MAX_DIGITS = 6, TICKS_PER_WHOLE = 4 * TICKS_PER_QUARTER };

/* One to six digits; moves *text behind them. */
static bool read_digits(const char **text, int *value) {
    const size_t length = strspn(*text, "0123456789");
    *value = 0;
    for (size_t digit = 0; digit < length && digit < MAX_DIGITS; digit++) {
        *value = *value * 10 + ((*text)[digit] - '0');
    }
    *text += length;
    return length > 0 && length <= MAX_DIGITS;
}

static bool skip(const char **text, char expected) {
    const bool is_there = **text == expected;
    *text += is_there;
    return is_there;
}

bool bar_time_read(const char *text, BarTime *time) {
    *time = (BarTime){1, 1, 0};
    const bool is_negative = skip(&text, '-');
    if (!read_digits(&text, &time->bar) || !skip(&text, '|') || !read_digits(&text, &time->beat)) {
        return false;
    }
    if (skip(&text, '|') && !read_digits(&text, &time->tick)) {
        return false;
    }
    time->bar = is_negative ? -time->bar : time->bar;
    return *text == '\0';
}

bool metre_read(const char *text, Metre *metre) {
    if (!read_digits(&text, &metre->beats) || !skip(&text, '/') ||
        !read_digits(&text, &metre->unit) || *text != '\0') {
        return false;
    }
    const bool is_note = metre->unit > 0 && (metre->unit & (metre->unit - 1)) == 0;
    return metre->beats >= 1 && metre->beats <= 32 && is_note && metre->unit <= 32;
}

int metre_beat_ticks(Metre metre) {
    return TICKS_PER_WHOLE / metre.unit;
}

int metre_bar_ticks(Metre metre) {
    return metre.beats * metre_beat_ticks(metre);
}

void bar_time_format(BarTime time, BarTimeText text) {
    const int length = snprintf(text, sizeof(BarTimeText), "%d|%d", time.bar, time.beat);
    if (time.tick != 0) {
        snprintf(text + length, sizeof(BarTimeText) - (size_t)length, "|%d", time.tick);
    }
}
