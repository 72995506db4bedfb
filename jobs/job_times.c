/* Times that name markers become seconds; then every time is held to its order and the programme.
 */
#include "jobs/job_times.h"

#include "jobs/name_table.h"
#include "jobs/reference.h"

enum { MARKER_MARGIN_S = 3600 };

typedef enum MarkerState { MARKER_WAITS, MARKER_VISITED, MARKER_KNOWN } MarkerState;

typedef struct MarkerWalk {
    JobReader *reader;
    NameTable names;
    PendingTime **pending; /* [marker_count]; NULL when the marker had an error */
    MarkerState *states;
    int *chain;
} MarkerWalk;

/* -1: the time does not belong to a marker. */
static int marker_of_time(const JobSpec *job, const JobTime *time) {
    const uintptr_t begin = (uintptr_t)job->markers;
    const uintptr_t size = (uintptr_t)job->marker_count * sizeof *job->markers;
    const uintptr_t offset = (uintptr_t)time - begin;
    return (uintptr_t)time >= begin && offset < size ? (int)(offset / sizeof *job->markers) : -1;
}

static void fail_marker(JobReader *reader, const TimePoint *point) {
    const JobSpec *job = reader->job;
    Reference *names = arena_array(reader->arena, (size_t)job->marker_count, sizeof *names);
    for (int marker = 0; marker < job->marker_count; marker++) {
        names[marker] = (Reference){job->markers[marker].id, job->markers[marker].id_place};
    }
    const ReferenceList list = {"marker", names, job->marker_count};
    reference_fail(&list, point->name, point->name_place, reader->errors);
}

static void fail_circle(const MarkerWalk *walk, int first, int count) {
    ErrorList *errors = walk->reader->errors;
    const PendingTime *start = walk->pending[walk->chain[first]];
    fail(errors, E308, start->point.name_place, "these times depend on each other in a circle");
    error_caret(errors, "%s needs markers.%s", start->owner, start->point.name);
    for (int link = first + 1; link < count; link++) {
        const TimePoint *point = &walk->pending[walk->chain[link]]->point;
        error_mark(errors, point->name_place, "and that needs markers.%s", point->name);
    }
}

static void add_marker(JobReader *reader, PendingTime *pending, const JobTime *marker) {
    if (!rational_add(marker->seconds, pending->point.seconds, &pending->time->seconds)) {
        fail(reader->errors, E206, pending->time->place, "this time is too large a number");
    }
}

/* The marker that this one counts from; -1: none, or there is no such marker (an error then). */
static int needed_marker(const MarkerWalk *walk, int marker) {
    const PendingTime *pending = walk->pending[marker];
    return pending && pending->point.name ? name_table_find(&walk->names, pending->point.name) : -1;
}

/* Walks along the names to a marker that is known or needs none; returns the length of the chain.
 */
static int follow_names(MarkerWalk *walk, int marker) {
    int count = 0;
    while (marker >= 0 && walk->states[marker] == MARKER_WAITS) {
        walk->states[marker] = MARKER_VISITED;
        walk->chain[count++] = marker;
        const int needed = needed_marker(walk, marker);
        const PendingTime *pending = walk->pending[marker];
        if (needed < 0 && pending && pending->point.name) {
            fail_marker(walk->reader, &pending->point);
        }
        marker = needed;
    }
    if (marker >= 0 && walk->states[marker] == MARKER_VISITED) {
        int first = 0;
        while (walk->chain[first] != marker) {
            first++;
        }
        fail_circle(walk, first, count);
    }
    return count;
}

static void resolve_marker(MarkerWalk *walk, int marker) {
    int count = follow_names(walk, marker);
    while (count-- > 0) {
        const int known = walk->chain[count];
        const int needed = needed_marker(walk, known);
        if (needed >= 0) {
            add_marker(walk->reader, walk->pending[known],
                       &walk->reader->job->markers[needed].time);
        }
        walk->states[known] = MARKER_KNOWN;
    }
}

void job_times_resolve(JobReader *reader) {
    JobSpec *job = reader->job;
    const size_t count = (size_t)job->marker_count;
    MarkerWalk walk = {.reader = reader,
                       .pending = arena_array(reader->arena, count, sizeof(PendingTime *)),
                       .states = arena_array(reader->arena, count, sizeof *walk.states),
                       .chain = arena_array(reader->arena, count, sizeof *walk.chain)};
    for (int marker = 0; marker < job->marker_count; marker++) {
        name_table_set(&walk.names, job->markers[marker].id, marker, reader->arena);
    }
    for (PendingTime *time = reader->first_time; time; time = time->next) {
        const int marker = marker_of_time(job, time->time);
        if (marker >= 0) {
            walk.pending[marker] = time;
        }
    }
    for (int marker = 0; marker < job->marker_count; marker++) {
        resolve_marker(&walk, marker);
    }
    for (PendingTime *time = reader->first_time; time; time = time->next) {
        if (!time->point.name || marker_of_time(job, time->time) >= 0) {
            continue;
        }
        const int marker = name_table_find(&walk.names, time->point.name);
        if (marker < 0) {
            fail_marker(reader, &time->point);
        } else {
            add_marker(reader, time, &job->markers[marker].time);
        }
    }
}

/* The timecode of a time that counts from project.start. */
static void format_time(const JobReader *reader, Rational seconds, TimecodeText text) {
    const FrameRate *rate = reader->base.frame_rate;
    Rational absolute = {0, 1};
    rational_add(seconds, reader->base.start_seconds, &absolute);
    timecode_format(timecode_frames_at(absolute, rate), rate, text);
}

/* The length that was written; false: it follows from the layers. */
static bool programme_end(const JobSpec *job, Rational *end) {
    const JobTime *written = job->end.is_set ? &job->end : &job->length;
    *end = written->seconds;
    return written->is_set;
}

/* margin_s: how far outside it may lie. */
static void check_inside(const JobReader *reader, const JobTime *time, int margin_s) {
    TimecodeText text;
    TimecodeText limit;
    Rational end;
    format_time(reader, time->seconds, text);
    if (rational_compare(time->seconds, (Rational){-margin_s, 1}) < 0) {
        format_time(reader, (Rational){0, 1}, limit);
        fail(reader->errors, E310, time->place,
             "this time is before the programme starts (%s < %s)", text, limit);
        return;
    }
    const bool has_end = programme_end(reader->job, &end);
    if (!has_end) { /* the layers decide, up to the longest programme there is */
        end = (Rational){JOB_MAX_LENGTH_S, 1};
    }
    format_time(reader, end, limit);
    Rational last = end;
    rational_add(end, (Rational){margin_s, 1}, &last);
    const int order = rational_compare(time->seconds, last);
    if (!has_end && order > 0) {
        fail(reader->errors, E206, time->place, "the programme is longer than 12 h");
    } else if (order > 0 || (order == 0 && margin_s == 0)) {
        fail(reader->errors, E310, time->place, "this time is after the programme ends (%s %s %s)",
             text, order > 0 ? ">" : "=", limit);
    }
}

static void check_end(const JobReader *reader) {
    const JobTime *end = &reader->job->end;
    if (!end->is_set) {
        return;
    }
    if (rational_compare(end->seconds, (Rational){0, 1}) <= 0) {
        TimecodeText text;
        TimecodeText start;
        format_time(reader, end->seconds, text);
        format_time(reader, (Rational){0, 1}, start);
        fail(reader->errors, E312, end->place, "the programme ends before it starts");
        error_caret(reader->errors, "%s, and it starts at %s", text, start);
        error_note(reader->errors, "`end` is exclusive and must be later than `start`");
    } else if (rational_compare(end->seconds, (Rational){JOB_MAX_LENGTH_S, 1}) > 0) {
        fail(reader->errors, E206, end->place, "the programme is longer than 12 h");
    }
}

static void check_path(const JobReader *reader, const JobLayer *layer) {
    for (int point = 0; point < layer->path_count; point++) {
        const JobTime *time = &layer->path[point].time;
        check_inside(reader, time, MARKER_MARGIN_S);
        const JobTime *before = point > 0 ? &layer->path[point - 1].time : NULL;
        if (before && rational_compare(time->seconds, before->seconds) <= 0) {
            fail(reader->errors, E316, time->place, "path points must ascend");
            error_mark(reader->errors, before->place, "%.3f s", rational_value(before->seconds));
            error_caret(reader->errors, "%.3f s", rational_value(time->seconds));
        }
    }
}

void job_times_check(const JobReader *reader) {
    const JobSpec *job = reader->job;
    check_end(reader);
    for (int marker = 0; marker < job->marker_count; marker++) {
        check_inside(reader, &job->markers[marker].time, MARKER_MARGIN_S);
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        if (job->layers[layer].at.is_set) {
            check_inside(reader, &job->layers[layer].at, 0);
        }
        check_path(reader, &job->layers[layer]);
    }
}
