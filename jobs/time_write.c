/* From exact seconds to a time that a job may hold. */
#include "jobs/time_write.h"

#include <inttypes.h>
#include <string.h>

int64_t timecode_day_frames(const FrameRate *rate) {
    enum { MINUTES = 24 * 60 };
    return (int64_t)MINUTES * 60 * rate->nominal -
           (int64_t)rate->dropped_per_minute * (MINUTES - MINUTES / 10);
}

/* "12.5": digits behind the point only where they say something. */
static const char *format_samples(double samples, Arena *arena) {
    char *text = arena_format(arena, "%.12f", samples);
    size_t length = strlen(text);
    while (text[length - 1] == '0') {
        length--;
    }
    length -= text[length - 1] == '.';
    text[length] = '\0';
    return text;
}

/* Whole frames as a timecode between 00:00:00:00 and the last of the day, and the rest. */
static const char *write_frames(int64_t frames, const FrameRate *rate, Arena *arena) {
    const int64_t day = timecode_day_frames(rate);
    TimecodeText text;
    if (frames >= 0 && frames < day) {
        timecode_format(frames, rate, text);
        return arena_copy_text(arena, text);
    }
    const int64_t within = frames < 0 ? 0 : frames % day;
    timecode_format(within, rate, text);
    return arena_format(arena, "%s %c %" PRId64 " fr", text, frames < 0 ? '-' : '+',
                        frames < 0 ? -frames : frames - within);
}

const char *time_write(Rational seconds, const TimeBase *base, Arena *arena) {
    const int64_t frames = timecode_frames_at(seconds, base->frame_rate);
    const char *text = write_frames(frames, base->frame_rate, arena);
    Rational rest = {0, 1};
    rational_subtract(seconds, timecode_seconds(frames, base->frame_rate), &rest);
    if (rest.numerator == 0) {
        return text;
    }
    const double samples = (double)rest.numerator * base->rate_hz / (double)rest.denominator;
    return arena_format(arena, "%s + %s smp", text, format_samples(samples, arena));
}
