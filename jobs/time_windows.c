/* When a condition holds: windows of time, and lanes that follow them. */
#include "jobs/time_windows.h"

#include <stdlib.h>

const char window_fact_keys[] =
    "scene scene.tag scene.polarity cue cue.tag line line.tag line.character line.critical";

enum { SINGLE_FACTS = 3 };

typedef struct EventFacts { /* what one kind of event says of itself */
    const char *tag_key;
    SelectorFact single[SINGLE_FACTS];
    const JobTags *tags;
} EventFacts;

static TimelineEvent
make_event(const JobTime *in, const JobTime *out, const EventFacts *of, Arena *arena) {
    const size_t limit = SINGLE_FACTS + (size_t)of->tags->count;
    SelectorFact *facts = arena_array(arena, limit, sizeof *facts);
    int count = 0;
    for (int fact = 0; fact < SINGLE_FACTS; fact++) {
        if (of->single[fact].value) {
            facts[count++] = of->single[fact];
        }
    }
    for (int tag = 0; tag < of->tags->count; tag++) {
        facts[count++] = (SelectorFact){of->tag_key, of->tags->words[tag]};
    }
    return (TimelineEvent){
        {in->seconds, out->seconds},
        facts, count
    };
}

static TimelineEvent make_scene(const JobScene *scene, Arena *arena) {
    const EventFacts facts = {
        .tag_key = "scene.tag",
        .single = {{"scene", scene->id}, {"scene.polarity", scene->polarity.text}},
        .tags = &scene->tags
    };
    return make_event(&scene->in, &scene->out, &facts, arena);
}

static TimelineEvent make_cue(const JobCue *cue, Arena *arena) {
    const EventFacts facts = {
        .tag_key = "cue.tag", .single = {{"cue", cue->id}}, .tags = &cue->tags};
    return make_event(&cue->in, &cue->out, &facts, arena);
}

static TimelineEvent make_line(const JobLine *line, Arena *arena) {
    const EventFacts facts = {
        .tag_key = "line.tag",
        .single = {{"line", line->id},
                   {"line.character", line->character.text},
                   {"line.critical", line->critical.value ? "yes" : "no"}},
        .tags = &line->tags
    };
    return make_event(&line->in, &line->out, &facts, arena);
}

static int compare_edges(const void *one, const void *other) {
    return rational_compare(*(const Rational *)one, *(const Rational *)other);
}

static int compare_events(const void *one, const void *other) {
    const TimelineEvent *a = one;
    const TimelineEvent *b = other;
    return rational_compare(a->window.begin_s, b->window.begin_s);
}

Timeline timeline_make(const JobSpec *job, Arena *arena) {
    const size_t count =
        (size_t)job->scene_count + (size_t)job->cue_count + (size_t)job->line_count;
    TimelineEvent *events = arena_array(arena, count + 1, sizeof *events);
    Rational *edges = arena_array(arena, 2 * count + 1, sizeof *edges);
    int event = 0;
    for (int scene = 0; scene < job->scene_count; scene++) {
        events[event++] = make_scene(&job->scenes[scene], arena);
    }
    for (int cue = 0; cue < job->cue_count; cue++) {
        events[event++] = make_cue(&job->cues[cue], arena);
    }
    for (int line = 0; line < job->line_count; line++) {
        events[event++] = make_line(&job->lines[line], arena);
    }
    for (size_t index = 0; index < count; index++) {
        edges[2 * index] = events[index].window.begin_s;
        edges[2 * index + 1] = events[index].window.end_s;
    }
    qsort(edges, 2 * count, sizeof *edges, compare_edges);
    qsort(events, count, sizeof *events, compare_events);
    return (Timeline){events, event, edges, 2 * event};
}

typedef struct Sweep { /* what is on, walking along the edges */
    const TimelineEvent **active;
    int active_count, next_event;
    SelectorFact *facts;
} Sweep;

static void step_to(const Timeline *timeline, Sweep *sweep, Rational time_s) {
    int kept = 0;
    for (int index = 0; index < sweep->active_count; index++) {
        if (rational_compare(sweep->active[index]->window.end_s, time_s) > 0) {
            sweep->active[kept++] = sweep->active[index];
        }
    }
    sweep->active_count = kept;
    while (sweep->next_event < timeline->event_count &&
           rational_compare(timeline->events[sweep->next_event].window.begin_s, time_s) <= 0) {
        sweep->active[sweep->active_count++] = &timeline->events[sweep->next_event++];
    }
}

static bool holds(const Sweep *sweep, const Selector *condition) {
    int count = 0;
    for (int index = 0; index < sweep->active_count; index++) {
        const TimelineEvent *event = sweep->active[index];
        for (int fact = 0; fact < event->fact_count; fact++) {
            sweep->facts[count++] = event->facts[fact];
        }
    }
    return selector_matches(condition, sweep->facts, count);
}

static const Rational long_ago_s = {-86400, 1};
static const Rational far_away_s = {172800, 1};

typedef struct WindowList {
    TimeWindow *windows;
    int count;
} WindowList;

/* Windows that touch are one. */
static void add_window(WindowList *list, Rational begin_s, Rational end_s) {
    TimeWindow *last = list->count ? &list->windows[list->count - 1] : NULL;
    if (last && rational_compare(last->end_s, begin_s) >= 0) {
        last->end_s = end_s;
    } else {
        list->windows[list->count++] = (TimeWindow){begin_s, end_s};
    }
}

static WindowList find_windows(const Timeline *timeline, const Selector *condition, Arena *arena) {
    size_t fact_limit = 1;
    for (int event = 0; event < timeline->event_count; event++) {
        fact_limit += (size_t)timeline->events[event].fact_count;
    }
    const size_t event_limit = (size_t)timeline->event_count + 1;
    Sweep sweep = {.active = arena_array(arena, event_limit, sizeof(TimelineEvent *)),
                   .facts = arena_array(arena, fact_limit, sizeof *sweep.facts)};
    WindowList list = {
        .windows = arena_array(arena, (size_t)timeline->edge_count + 2, sizeof *list.windows)};
    for (int edge = -1; edge < timeline->edge_count; edge++) {
        const Rational begin_s = edge < 0 ? long_ago_s : timeline->edges[edge];
        const Rational end_s =
            edge + 1 < timeline->edge_count ? timeline->edges[edge + 1] : far_away_s;
        if (rational_compare(begin_s, end_s) == 0) {
            continue;
        }
        step_to(timeline, &sweep, begin_s);
        if (holds(&sweep, condition)) {
            add_window(&list, begin_s, end_s);
        }
    }
    return list;
}

static Rational later(Rational one, Rational other) {
    return rational_compare(one, other) > 0 ? one : other;
}

static Rational earlier(Rational one, Rational other) {
    return rational_compare(one, other) < 0 ? one : other;
}

static void clip(WindowList *list, const JobSpan *span) {
    int kept = 0;
    for (int index = 0; index < list->count; index++) {
        const TimeWindow window = {later(list->windows[index].begin_s, span->in.seconds),
                                   earlier(list->windows[index].end_s, span->out.seconds)};
        if (rational_compare(window.begin_s, window.end_s) < 0) {
            list->windows[kept++] = window;
        }
    }
    list->count = kept;
}

TimeWindows time_windows_make(const Timeline *timeline,
                              const Selector *condition,
                              const JobSpan *span,
                              Arena *arena) {
    WindowList list = {.windows = arena_array(arena, 1, sizeof *list.windows)};
    if (condition) {
        list = find_windows(timeline, condition, arena);
    } else {
        add_window(&list, long_ago_s, far_away_s);
    }
    if (span->is_set) {
        clip(&list, span);
    }
    const bool is_always = list.count == 1 &&
                           rational_compare(list.windows->begin_s, long_ago_s) == 0 &&
                           rational_compare(list.windows->end_s, far_away_s) == 0;
    return (TimeWindows){list.windows, list.count, is_always};
}

static int add_segment(
    LaneSegment *segments, int count, SampleTime begin, SampleTime end, double from, double to) {
    if (begin < end) {
        segments[count++] = (LaneSegment){begin, end, from, to, SHAPE_LINEAR, 0};
    }
    return count;
}

Lane windows_lane(
    const TimeWindows *windows, LaneKind kind, const WindowMove *move, int rate_hz, Arena *arena) {
    enum { SEGMENTS_A_WINDOW = 3 };
    const SampleTime ramp = rational_to_samples(move->ramp_s, rate_hz);
    LaneSegment *segments =
        arena_array(arena, (size_t)windows->count * SEGMENTS_A_WINDOW + 1, sizeof *segments);
    int count = 0;
    SampleTime gap_before = 2 * ramp;
    for (int index = 0; index < windows->count; index++) {
        const TimeWindow *window = &windows->windows[index];
        const SampleTime begin = rational_to_samples(window->begin_s, rate_hz);
        const SampleTime end = rational_to_samples(window->end_s, rate_hz);
        const bool is_last = index + 1 == windows->count;
        const SampleTime gap_behind =
            is_last ? 2 * ramp : rational_to_samples(window[1].begin_s, rate_hz) - end;
        const SampleTime in = gap_before < 2 * ramp ? gap_before - gap_before / 2 : ramp;
        const SampleTime out = gap_behind < 2 * ramp ? gap_behind / 2 : ramp;
        count = add_segment(segments, count, begin - in, begin, move->outside, move->inside);
        count = add_segment(segments, count, begin, end, move->inside, move->inside);
        count = add_segment(segments, count, end, end + out, move->inside, move->outside);
        gap_before = gap_behind;
    }
    return (Lane){.kind = kind, .segments = segments, .segment_count = count};
}
