#ifndef JOBS_OTIO_H
#define JOBS_OTIO_H
/* Timelines in the JSON of OpenTimelineIO: cuts and markers.
 *
 * Every clip of a video track begins with a cut; gaps and transitions do not. Markers may lie on
 * the timeline's stack, its tracks and their items, each in the time of what holds it. A timeline
 * without `global_start_time` begins with the programme. Times are rational: 23.976 frames a second
 * are 24000/1001. (OpenTimelineIO, "Serialized Data" and "Time Ranges".)
 */
#include "jobs/job_files.h"
#include "jobs/value.h"

typedef struct OtioTime {
    Rational seconds; /* since midnight */
    const char *name; /* of a marker; "" without one */
    Place place;
} OtioTime;

typedef struct OtioTimes {
    OtioTime *times;
    int count, capacity;
} OtioTimes;

typedef struct OtioList {
    OtioTimes cuts, markers;
} OtioList;

/* base: its start_seconds is where the programme begins. Ends with the first thing that is wrong:
 * E101, E427. */
Status otio_read(
    const JobFile *file, const TimeBase *base, Arena *arena, OtioList *list, ErrorList *errors);

#endif
