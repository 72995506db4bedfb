#ifndef JOBS_TIME_WINDOWS_H
#define JOBS_TIME_WINDOWS_H
/* When a condition holds: windows of time in which the scenes, cues and lines that are on make it
 * true, and lanes that follow windows.
 *
 *     TimeWindows windows = time_windows_of(&timeline, rule, arena);
 *     Lane lane = windows_lane(&windows, &move, rate_hz, arena);
 */
#include "jobs/job.h"
#include "render/model/lane.h"

extern const char window_fact_keys[]; /* "scene scene.tag ..." */

typedef struct TimeWindow { /* half open, from project.start */
    Rational begin_s, end_s;
} TimeWindow;

typedef struct TimeWindows {
    const TimeWindow *windows; /* ascending, with gaps between */
    int count;
    bool is_always; /* no window: all the time */
} TimeWindows;

typedef struct TimelineEvent { /* a scene, cue or line */
    TimeWindow window;
    const SelectorFact *facts;
    int fact_count;
} TimelineEvent;

typedef struct Timeline {
    const TimelineEvent *events; /* by their begin */
    int event_count;
    const Rational *edges; /* all begins and ends, ascending */
    int edge_count;
} Timeline;

Timeline timeline_make(const JobSpec *job, Arena *arena);

/* Where `condition` holds (NULL: everywhere), inside `span` where one is set. */
TimeWindows time_windows_make(const Timeline *timeline,
                              const Selector *condition,
                              const JobSpan *span,
                              Arena *arena);

typedef struct WindowMove { /* what a value does around windows */
    double outside, inside;
    Rational ramp_s; /* before and behind each; two that meet share the gap */
} WindowMove;

/* Segments of a lane that is `inside` within the windows. There is at least one window. */
Lane windows_lane(
    const TimeWindows *windows, LaneKind kind, const WindowMove *move, int rate_hz, Arena *arena);

#endif
