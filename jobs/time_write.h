#ifndef JOBS_TIME_WRITE_H
#define JOBS_TIME_WRITE_H
/* The way back from exact seconds to a time that a job may hold.
 *
 *     time_write((Rational){86401, 24}, &base, arena)   "01:00:00:01"
 *
 * A timecode; what lies between two frames follows in samples ("01:00:00:01 + 12.5 smp"), to
 * 1e-12 sample, so that it rounds to the same sample again. A day and more after midnight is
 * written as frames behind the timecode of the day before, since no timecode reaches it.
 */
#include "jobs/value.h"
#include "render/base/arena.h"

/* seconds: since midnight. */
const char *time_write(Rational seconds, const TimeBase *base, Arena *arena);

/* Frames of 24 hours of timecode. */
int64_t timecode_day_frames(const FrameRate *rate);

#endif
