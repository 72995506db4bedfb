#ifndef JOBS_TIME_POINT_H
#define JOBS_TIME_POINT_H
/* Points in time as authors write them: a timecode, a clock, a length from the start, or a marker,
 * any of them ± durations.
 *
 *     TimePoint point;
 *     TRY(time_point_read(node, &base, arena, &point, errors)); // "m_door - 12 fr"
 *     // point.name "m_door", point.seconds -1/2
 */
#include "jobs/value.h"

typedef struct TimePoint {
    const char *name; /* the marker that `seconds` is added to, or NULL */
    Place name_place;
    Rational seconds; /* from project.start when there is no name */
} TimePoint;

/* E206, E210, E211, E319; E202 for edges of scenes and cues, which are planned. */
Status time_point_read(
    const Node *node, const TimeBase *base, Arena *arena, TimePoint *point, ErrorList *errors);

/* A timecode alone, as frames since midnight. E211. */
Status
timecode_node_read(const Node *node, const TimeBase *base, int64_t *frames, ErrorList *errors);

#endif
