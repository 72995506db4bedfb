#ifndef JOBS_TIMECODE_H
#define JOBS_TIMECODE_H
/* SMPTE ST 12-1 timecode at every frame rate of the format, drop-frame included, without rounding.
 *
 *     int64_t frames;
 *     if (timecode_read("01:00:00;00", frame_rate_find("29.97df"), &frames) == TIMECODE_GOOD) {
 *         Rational seconds = timecode_seconds(frames, rate); // 107892 x 1001/30000
 *     }
 */
#include <stdint.h>

#include "render/base/rational.h"

typedef struct FrameRate {
    const char *name;           /* as written in a job */
    const char *spoken;         /* "29.97 drop-frame" */
    int numerator, denominator; /* frames a second */
    int nominal;                /* frames counted in one second of timecode */
    int dropped_per_minute;     /* frame numbers left out in minutes not divisible by ten, or 0 */
} FrameRate;

const FrameRate *frame_rate_find(const char *name); /* NULL: not one of them */
const FrameRate *frame_rate_at(int index);          /* NULL past the end */

typedef enum TimecodeFault {
    TIMECODE_GOOD,
    TIMECODE_NOT_ONE, /* not hh:mm:ss:ff */
    TIMECODE_HOURS,
    TIMECODE_MINUTES,
    TIMECODE_SECONDS,
    TIMECODE_FRAMES,    /* frames beyond the nominal rate */
    TIMECODE_DROPPED,   /* a number that drop-frame leaves out; frames: the next that exists */
    TIMECODE_SEMICOLON, /* `;` at a rate without drop-frame */
} TimecodeFault;

/* frames since 00:00:00:00. With drop-frame both `;` and `:` may stand before the frames. */
TimecodeFault timecode_read(const char *text, const FrameRate *rate, int64_t *frames);

Rational timecode_seconds(int64_t frames, const FrameRate *rate);
/* The frame that is on screen at this time (floor). */
int64_t timecode_frames_at(Rational seconds, const FrameRate *rate);

typedef char TimecodeText[32];
/* Before 00:00:00:00 with a minus sign; hours beyond 23 are not wrapped. */
void timecode_format(int64_t frames, const FrameRate *rate, TimecodeText text);

#endif
