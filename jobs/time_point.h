#ifndef JOBS_TIME_POINT_H
#define JOBS_TIME_POINT_H
/* Points in time as authors write them: a timecode, a clock, a length from the start, bars, or a
 * name, any of them ± durations.
 *
 *     TimePoint point;
 *     TRY(time_point_read(node, &base, arena, &point, errors)); // "m_door - 12 fr"
 *     // point.name "m_door", point.seconds -1/2
 *
 * What the names and bars mean is settled by jobs/anchor.h, when all of a job is read.
 */
#include "jobs/bar_time.h"
#include "jobs/value.h"

typedef enum TimeOrigin {
    TIME_FROM_START,
    TIME_FROM_NAME, /* `m_door`, `sc21.in`, `scenes.sc21.in` */
    TIME_IN_BARS,   /* `12|3`, `2m3:12|3|240` */
} TimeOrigin;

typedef struct TimePoint {
    TimeOrigin origin;
    const char *name; /* TIME_FROM_NAME; TIME_IN_BARS: the cue whose bars they are, or NULL */
    Place name_place; /* of the name or the bars */
    Place place;      /* of all */
    BarTime bars;
    Rational seconds;  /* from the origin; TIME_FROM_START: from project.start */
    Duration *offsets; /* [offset_count], to be added after that, in this order */
    int offset_count;
} TimePoint;

/* E206, E210, E211. */
Status time_point_read(
    const Node *node, const TimeBase *base, Arena *arena, TimePoint *point, ErrorList *errors);

/* A timecode alone, as frames since midnight. E211. */
Status
timecode_node_read(const Node *node, const TimeBase *base, int64_t *frames, ErrorList *errors);

#endif
