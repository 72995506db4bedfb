/* Timelines in the JSON of OpenTimelineIO: where clips begin, and markers. */
#include "jobs/otio.h"

#include <math.h>
#include <string.h>

#include "jobs/json_reader.h"

enum { TIMES_MAX = 100000 };

typedef struct OtioReader {
    const TimeBase *base;
    Arena *arena;
    OtioList *list;
    ErrorList *errors;
    Rational start_s; /* of the timeline */
} OtioReader;

static const Rational zero_s = {0, 1};

/* "Clip" of "Clip.2". */
static bool is_schema(const Node *node, const char *name) {
    const Node *schema = node_get(node, "OTIO_SCHEMA");
    const size_t length = strlen(name);
    return schema && schema->kind == NODE_SCALAR && strncmp(schema->text, name, length) == 0 &&
           schema->text[length] == '.';
}

static const Node *get_value(const Node *node, const char *key) {
    const Node *value = node_get(node, key);
    return node_is_null(value) ? NULL : value;
}

static Status fail_time(const OtioReader *reader, const Node *node, const char *what) {
    return fail(reader->errors, E427, node->place, "this is not %s", what);
}

static Status add_time(const OtioReader *reader, OtioTimes *times, const OtioTime *time) {
    if (times->count == TIMES_MAX) {
        return fail(reader->errors, E106, time->place, "a list holds at most %d times", TIMES_MAX);
    }
    times->times = arena_grow(reader->arena, times->times, times->count, &times->capacity,
                              sizeof *times->times);
    times->times[times->count++] = *time;
    return DONE;
}

/* ---- rational times ---- */

static Status read_number(const OtioReader *reader, const Node *number, Rational *value) {
    return number && number->kind == NODE_SCALAR && !number->is_quoted &&
                   rational_parse(number->text, value)
               ? DONE
               : fail(reader->errors, E427, number ? number->place : NO_PLACE,
                      "this is not a number of a time");
}

/* 23.976, 23.98 and 23.976023976 are 24000/1001. */
static Rational exact_rate(Rational rate) {
    static const double nearness_hz = 0.005;
    for (int index = 0; frame_rate_at(index); index++) {
        const FrameRate *known = frame_rate_at(index);
        const double known_hz = (double)known->numerator / known->denominator;
        if (fabs(rational_value(rate) - known_hz) < nearness_hz) {
            return (Rational){known->numerator, known->denominator};
        }
    }
    return rate;
}

static Status read_rate(const OtioReader *reader, const Node *time, Rational *rate) {
    const Node *written = node_get(time, "rate");
    TRY(read_number(reader, written ? written : time, rate));
    *rate = exact_rate(*rate);
    return rate->numerator > 0 ? DONE
                               : fail(reader->errors, E427, written->place,
                                      "`%s` is not a frame rate", written->text);
}

/* {"value": 48, "rate": 24} */
static Status read_time(const OtioReader *reader, const Node *time, Rational *seconds) {
    Rational rate = zero_s;
    Rational value = zero_s;
    if (time->kind != NODE_MAP) {
        return fail_time(reader, time, "a time {value, rate}");
    }
    TRY(read_rate(reader, time, &rate));
    const Node *written = node_get(time, "value");
    TRY(read_number(reader, written ? written : time, &value));
    return rational_multiply(value, (Rational){rate.denominator, rate.numerator}, seconds)
               ? DONE
               : fail_time(reader, time, "a time that can be counted");
}

/* {"start_time": ..., "duration": ...} */
static Status
read_range(const OtioReader *reader, const Node *range, Rational *start_s, Rational *duration_s) {
    const Node *start = get_value(range, "start_time");
    const Node *duration = get_value(range, "duration");
    if (!start || !duration) {
        return fail_time(reader, range, "a range {start_time, duration}");
    }
    TRY(read_time(reader, start, start_s));
    return read_time(reader, duration, duration_s);
}

/* ---- markers ---- */

/* offset_s: from the time of what holds the markers to that of the timeline. */
static Status add_markers(const OtioReader *reader, const Node *holder, Rational offset_s) {
    const Node *markers = get_value(holder, "markers");
    const int count = markers && markers->kind == NODE_LIST ? markers->count : 0;
    for (int index = 0; index < count; index++) {
        const Node *marker = markers->items[index];
        const Node *range = get_value(marker, "marked_range");
        const Node *name = get_value(marker, "name");
        Rational start_s = zero_s;
        Rational ignored = zero_s;
        if (!range) {
            return fail_time(reader, marker, "a marker with a marked_range");
        }
        TRY(read_range(reader, range, &start_s, &ignored));
        const bool is_named = name && name->kind == NODE_SCALAR;
        OtioTime time = {.name = is_named ? name->text : "",
                         .place = is_named ? name->place : marker->place};
        if (!rational_add(start_s, offset_s, &time.seconds)) {
            return fail_time(reader, range, "a time that can be counted");
        }
        TRY(add_time(reader, &reader->list->markers, &time));
    }
    return DONE;
}

/* ---- items ---- */

static const Node *media_range(const Node *item) {
    const Node *media = get_value(item, "media_reference");
    const Node *all = get_value(item, "media_references");
    const Node *active = get_value(item, "active_media_reference_key");
    if (all && active && active->kind == NODE_SCALAR) {
        media = get_value(all, active->text);
    }
    return media ? get_value(media, "available_range") : NULL;
}

/* What of the item is used: its own range, else all of its media. */
static Status read_item_range(const OtioReader *reader,
                              const Node *item,
                              Rational *start_s,
                              Rational *duration_s) {
    const Node *range = get_value(item, "source_range");
    range = range ? range : media_range(item);
    if (range) {
        return read_range(reader, range, start_s, duration_s);
    }
    fail(reader->errors, E427, item->place, "this item of a track has no length");
    error_help(reader->errors, "export the timeline with `source_range` on every item");
    return E427;
}

/* at_s: where the item begins on the timeline; moves behind it. */
static Status
read_item(const OtioReader *reader, const Node *item, bool is_picture, Rational *at_s) {
    Rational start_s = zero_s;
    Rational duration_s = zero_s;
    Rational offset_s = zero_s;
    if (is_schema(item, "Transition")) {
        return DONE; /* lies over its neighbours */
    }
    TRY(read_item_range(reader, item, &start_s, &duration_s));
    if (duration_s.numerator < 0) {
        return fail(reader->errors, E427, item->place,
                    "this item of a track is shorter than nothing");
    }
    const OtioTime cut = {.seconds = *at_s, .name = "", .place = item->place};
    const bool is_cut =
        is_picture && !is_schema(item, "Gap") && rational_compare(*at_s, reader->start_s) >= 0;
    if (is_cut) {
        TRY(add_time(reader, &reader->list->cuts, &cut));
    }
    if (!rational_subtract(*at_s, start_s, &offset_s) || !rational_add(*at_s, duration_s, at_s)) {
        return fail_time(reader, item, "an item whose times can be counted");
    }
    return add_markers(reader, item, offset_s);
}

/* Where the time of a stack or track begins on the timeline: its range may cut its head off. */
static Status find_origin(const OtioReader *reader, const Node *holder, Rational *origin_s) {
    const Node *range = get_value(holder, "source_range");
    Rational start_s = zero_s;
    Rational ignored = zero_s;
    *origin_s = reader->start_s;
    if (range) {
        TRY(read_range(reader, range, &start_s, &ignored));
        rational_subtract(*origin_s, start_s, origin_s);
    }
    return DONE;
}

static Status read_track(const OtioReader *reader, const Node *track) {
    const Node *kind = get_value(track, "kind");
    const Node *children = get_value(track, "children");
    const bool is_picture =
        !kind || (kind->kind == NODE_SCALAR && strcmp(kind->text, "Video") == 0);
    Rational at_s = zero_s;
    TRY(find_origin(reader, track, &at_s));
    TRY(add_markers(reader, track, at_s));
    if (children && children->kind != NODE_LIST) {
        return fail_time(reader, children, "a list of items");
    }
    for (int item = 0; children && item < children->count; item++) {
        TRY(read_item(reader, children->items[item], is_picture, &at_s));
    }
    return DONE;
}

/* ---- the timeline ---- */

static Status check_rate(const OtioReader *reader, const Node *start) {
    const FrameRate *job = reader->base->frame_rate;
    Rational rate = zero_s;
    TRY(read_rate(reader, start, &rate));
    if (rational_compare(rate, (Rational){job->numerator, job->denominator}) == 0) {
        return DONE;
    }
    fail(reader->errors, E427, node_get(start, "rate")->place,
         "this timeline counts %g frames a second, the job counts %s", rational_value(rate),
         job->spoken);
    if (reader->base->frame_rate_place.line > 0) {
        error_mark(reader->errors, reader->base->frame_rate_place, "the job's frame rate");
    }
    error_help(reader->errors, "export the timeline at project.frame_rate, or correct that");
    return E427;
}

static Status find_start(OtioReader *reader, const Node *timeline) {
    const Node *start = get_value(timeline, "global_start_time");
    reader->start_s = reader->base->start_seconds;
    if (!start) {
        return DONE;
    }
    TRY(read_time(reader, start, &reader->start_s));
    return check_rate(reader, start);
}

static Status read_timeline(OtioReader *reader, const Node *timeline) {
    const Node *stack = get_value(timeline, "tracks");
    const Node *tracks = stack ? get_value(stack, "children") : NULL;
    if (!is_schema(timeline, "Timeline") || !tracks || tracks->kind != NODE_LIST) {
        fail(reader->errors, E427, timeline->place,
             "this JSON is not a timeline of OpenTimelineIO");
        error_help(reader->errors, "it begins with {\"OTIO_SCHEMA\": \"Timeline.1\", ...} and has "
                                   "`tracks`");
        return E427;
    }
    Rational origin_s = zero_s;
    TRY(find_start(reader, timeline));
    TRY(find_origin(reader, stack, &origin_s));
    TRY(add_markers(reader, stack, origin_s));
    for (int track = 0; track < tracks->count; track++) {
        TRY(read_track(reader, tracks->items[track]));
    }
    return DONE;
}

Status otio_read(
    const JobFile *file, const TimeBase *base, Arena *arena, OtioList *list, ErrorList *errors) {
    OtioReader reader = {
        .base = base, .arena = arena, .list = list, .errors = errors, .start_s = zero_s};
    Node *root = NULL;
    *list = (OtioList){0};
    TRY(json_read(file, arena, &root, errors));
    return read_timeline(&reader, root);
}
