/* SMPTE ST 12-1 timecode at every frame rate of the format, drop-frame included, without rounding.
 */
#include "jobs/timecode.h"

#include <stdio.h>
#include <string.h>

static const FrameRate frame_rates[] = {
    {"23.976",  "23.976 fps",       24000, 1001, 24, 0},
    {"24",      "24 fps",           24,    1,    24, 0},
    {"25",      "25 fps",           25,    1,    25, 0},
    {"29.97",   "29.97 fps",        30000, 1001, 30, 0},
    {"29.97df", "29.97 drop-frame", 30000, 1001, 30, 2},
    {"30",      "30 fps",           30,    1,    30, 0},
    {"30df",    "30 drop-frame",    30,    1,    30, 2},
    {"47.952",  "47.952 fps",       48000, 1001, 48, 0},
    {"48",      "48 fps",           48,    1,    48, 0},
    {"50",      "50 fps",           50,    1,    50, 0},
    {"59.94",   "59.94 fps",        60000, 1001, 60, 0},
    {"59.94df", "59.94 drop-frame", 60000, 1001, 60, 4},
    {"60",      "60 fps",           60,    1,    60, 0},
};

const FrameRate *frame_rate_find(const char *name) {
    for (int index = 0; frame_rate_at(index); index++) {
        if (strcmp(frame_rates[index].name, name) == 0) {
            return &frame_rates[index];
        }
    }
    return NULL;
}

const FrameRate *frame_rate_at(int index) {
    const int count = (int)(sizeof frame_rates / sizeof *frame_rates);
    return index >= 0 && index < count ? &frame_rates[index] : NULL;
}

/* One or two digits; -1 when there are none. */
static int read_field(const char **text, int digits_at_least) {
    int value = 0;
    int digit_count = 0;
    while (digit_count < 2 && **text >= '0' && **text <= '9') {
        value = value * 10 + (**text - '0');
        digit_count++;
        ++*text;
    }
    return digit_count >= digits_at_least ? value : -1;
}

typedef struct Fields {
    int hours, minutes, seconds, frames;
    char separator; /* in front of the frames */
} Fields;

static bool skip(const char **text, char expected) {
    if (**text != expected) {
        return false;
    }
    ++*text;
    return true;
}

static bool read_fields(const char *text, Fields *fields) {
    fields->hours = read_field(&text, 1);
    if (fields->hours < 0 || !skip(&text, ':')) {
        return false;
    }
    fields->minutes = read_field(&text, 2);
    if (fields->minutes < 0 || !skip(&text, ':')) {
        return false;
    }
    fields->seconds = read_field(&text, 2);
    fields->separator = *text;
    if (fields->seconds < 0 || (!skip(&text, ':') && !skip(&text, ';'))) {
        return false;
    }
    fields->frames = read_field(&text, 2);
    return fields->frames >= 0 && *text == '\0';
}

/* The count that ST 12-1 gives to these numbers. */
static int64_t count_frames(Fields fields, const FrameRate *rate) {
    const int64_t minutes = (int64_t)fields.hours * 60 + fields.minutes;
    const int64_t numbered = (minutes * 60 + fields.seconds) * rate->nominal + fields.frames;
    return numbered - rate->dropped_per_minute * (minutes - minutes / 10);
}

TimecodeFault timecode_read(const char *text, const FrameRate *rate, int64_t *frames) {
    Fields fields = {0};
    *frames = 0;
    if (!read_fields(text, &fields)) {
        return TIMECODE_NOT_ONE;
    }
    if (fields.separator == ';' && rate->dropped_per_minute == 0) {
        return TIMECODE_SEMICOLON;
    }
    if (fields.hours > 23) {
        return TIMECODE_HOURS;
    }
    if (fields.minutes > 59) {
        return TIMECODE_MINUTES;
    }
    if (fields.seconds > 59) {
        return TIMECODE_SECONDS;
    }
    if (fields.frames >= rate->nominal) {
        return TIMECODE_FRAMES;
    }
    if (fields.minutes % 10 != 0 && fields.seconds == 0 &&
        fields.frames < rate->dropped_per_minute) {
        fields.frames = rate->dropped_per_minute;
        *frames = count_frames(fields, rate);
        return TIMECODE_DROPPED;
    }
    *frames = count_frames(fields, rate);
    return TIMECODE_GOOD;
}

Rational timecode_seconds(int64_t frames, const FrameRate *rate) {
    Rational seconds;
    rational_multiply((Rational){frames, 1}, (Rational){rate->denominator, rate->numerator},
                      &seconds);
    return seconds;
}

int64_t timecode_frames_at(Rational seconds, const FrameRate *rate) {
    Rational frames;
    rational_multiply(seconds, (Rational){rate->numerator, rate->denominator}, &frames);
    const int64_t quotient = frames.numerator / frames.denominator;
    return quotient - (frames.numerator % frames.denominator < 0);
}

/* The number of a frame: the count plus the numbers that were left out before it. */
static int64_t number_of_frame(int64_t frames, const FrameRate *rate) {
    const int dropped = rate->dropped_per_minute;
    if (dropped == 0) {
        return frames;
    }
    const int64_t per_minute = (int64_t)rate->nominal * 60 - dropped;
    const int64_t per_ten_minutes = per_minute * 10 + dropped;
    const int64_t tens = frames / per_ten_minutes;
    const int64_t rest = frames % per_ten_minutes; /* minute 0 of the ten drops nothing */
    const int64_t minutes = rest < dropped ? 0 : (rest - dropped) / per_minute;
    return frames + dropped * (9 * tens + minutes);
}

void timecode_format(int64_t frames, const FrameRate *rate, TimecodeText text) {
    const int64_t number = number_of_frame(frames < 0 ? -frames : frames, rate);
    const int64_t seconds = number / rate->nominal;
    snprintf(text, sizeof(TimecodeText), "%s%02d:%02d:%02d%c%02d", frames < 0 ? "-" : "",
             (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
             rate->dropped_per_minute ? ';' : ':', (int)(number % rate->nominal));
}
