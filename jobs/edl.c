/* Edit decision lists in the form of CMX 3600: one event a line, comments that belong to it. */
#include "jobs/edl.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/name_table.h"
#include "jobs/source_text.h"
#include "jobs/text_check.h"
#include "jobs/time_point.h"
#include "jobs/time_write.h"
#include "jobs/utf8.h"

enum { LINE_MAX_BYTES = 4096, EVENTS_MAX = 100000, WORDS_MAX = 12 };

typedef struct Words { /* of one line */
    const char *texts[WORDS_MAX];
    Place places[WORDS_MAX];
    int count;
} Words;

typedef struct EdlReader {
    const JobFile *file;
    const TimeBase *base;
    Arena *arena;
    EdlList *list;
    ErrorList *errors;
    SourceLine line;
    int line_number;
    int capacity, locator_capacity;
    int64_t day_frames; /* added to record times: midnights that were crossed */
    NameTable tracks;   /* the last event of each */
} EdlReader;

static Place place_of(const EdlReader *reader, size_t offset, size_t length) {
    const char *bytes = reader->line.bytes;
    return (Place){.file = reader->file->name,
                   .line = reader->line_number,
                   .column = 1 + (int)utf8_count(bytes, offset),
                   .length = (int)utf8_count(bytes + offset, length)};
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static void split_words(const EdlReader *reader, Words *words) {
    const SourceLine *line = &reader->line;
    words->count = 0;
    for (size_t at = 0; at < line->size_bytes && words->count < WORDS_MAX;) {
        size_t end = at;
        while (end < line->size_bytes && !is_blank(line->bytes[end])) {
            end++;
        }
        if (end > at) {
            words->texts[words->count] =
                arena_copy_bytes(reader->arena, line->bytes + at, end - at);
            words->places[words->count++] = place_of(reader, at, end - at);
        }
        at = end + 1;
    }
}

/* A word of the format at the begin of the line; *rest: offset of what follows it and blanks. */
static bool begins_with(const SourceLine *line, const char *word, size_t *rest) {
    const size_t length = strlen(word);
    if (line->size_bytes < length || strncasecmp(line->bytes, word, length) != 0) {
        return false;
    }
    *rest = length;
    while (*rest < line->size_bytes && is_blank(line->bytes[*rest])) {
        ++*rest;
    }
    return true;
}

static const char *copy_rest(const EdlReader *reader, size_t from) {
    size_t end = reader->line.size_bytes;
    while (end > from && is_blank(reader->line.bytes[end - 1])) {
        end--;
    }
    return arena_copy_bytes(reader->arena, reader->line.bytes + from, end - from);
}

/* ---- times ---- */

static Status read_record_time(const EdlReader *reader, EdlTime *time) {
    const Node node = {.kind = NODE_SCALAR, .text = time->text, .place = time->place};
    const ErrorEntry *before = errors_last(reader->errors);
    const Status status = timecode_node_read(&node, reader->base, &time->frames, reader->errors);
    if (status != DONE && errors_last(reader->errors) != before) {
        error_help(reader->errors, "was the list made at another frame rate?");
    }
    return status;
}

/* Only its form: a source may have been shot at another rate. */
static Status read_source_time(const EdlReader *reader, EdlTime *time) {
    const TimecodeFault fault = timecode_read(time->text, reader->base->frame_rate, &time->frames);
    if (fault != TIMECODE_GOOD) {
        time->frames = -1;
    }
    return fault == TIMECODE_NOT_ONE
               ? fail(reader->errors, E427, time->place, "`%s` is not a timecode", time->text)
               : DONE;
}

/* Half a day back can only be a step over midnight. */
static void cross_midnight(EdlReader *reader, EdlEvent *event, const EdlEvent *before) {
    const int64_t day = timecode_day_frames(reader->base->frame_rate);
    event->record_in.frames += reader->day_frames;
    if (before && before->record_in.frames - event->record_in.frames > day / 2) {
        reader->day_frames += day;
        event->record_in.frames += day;
    }
    event->record_out.frames += reader->day_frames;
    if (event->record_in.frames - event->record_out.frames > day / 2) {
        event->record_out.frames += day;
    }
}

/* ---- events ---- */

static bool is_number(const char *text) {
    const size_t length = strlen(text);
    return length > 0 && length <= 9 && strspn(text, "0123456789") == length;
}

static bool is_picture_track(const char *track) {
    return strpbrk(track, "Vv") != NULL || strcasecmp(track, "B") == 0;
}

/* What stands between the track and the four timecodes: `C`, `D 024`, `W001 012`, `K B 000`. */
static Status read_transition(const EdlReader *reader, const Words *words, EdlEvent *event) {
    const char *kind = words->texts[3];
    const int last = words->count - 5; /* in front of the timecodes */
    const char *letters = "CDWKcdwk";
    const char *letter = strchr(letters, *kind);
    if (!letter) {
        fail(reader->errors, E427, words->places[3], "`%s` is not a kind of transition", kind);
        error_caret(reader->errors, "write C, D, W001 or K");
        return E427;
    }
    event->transition = (EdlTransition)((letter - letters) % 4);
    if (event->transition == EDL_CUT && last == 3) {
        return DONE;
    }
    if (last == 3 || !is_number(words->texts[last])) {
        fail(reader->errors, E427, words->places[last], "this transition has no length");
        error_caret(reader->errors, "its frames stand behind it: `%s 024`", kind);
        return E427;
    }
    event->transition_frames = (int)strtol(words->texts[last], NULL, 10);
    return DONE;
}

static Status read_fields(const EdlReader *reader, const Words *words, EdlEvent *event) {
    if (words->count < 8 || words->count > 10) {
        fail(reader->errors, E427, place_of(reader, 0, reader->line.size_bytes),
             "this event has %d fields", words->count);
        error_note(reader->errors, "an event: number, reel, track, C or D with its frames, source "
                                   "in and out, record in and out");
        return E427;
    }
    EdlTime *const times[] = {&event->source_in, &event->source_out, &event->record_in,
                              &event->record_out};
    for (int time = 0; time < 4; time++) {
        const int word = words->count - 4 + time;
        *times[time] = (EdlTime){.text = words->texts[word], .place = words->places[word]};
        TRY(time < 2 ? read_source_time(reader, times[time])
                     : read_record_time(reader, times[time]));
    }
    event->place = words->places[0];
    event->number = words->texts[0];
    event->reel = words->texts[1];
    event->track = words->texts[2];
    event->is_picture = is_picture_track(event->track);
    return read_transition(reader, words, event);
}

static Status check_order(const EdlReader *reader, const EdlEvent *event, const EdlEvent *before) {
    if (event->record_out.frames < event->record_in.frames) {
        fail(reader->errors, E427, event->record_out.place, "event %s ends before it begins",
             event->number);
        error_mark(reader->errors, event->record_in.place, "it begins here");
        return E427;
    }
    if (before && event->record_in.frames < before->record_in.frames) {
        fail(reader->errors, E427, event->record_in.place,
             "event %s begins before the one above it", event->number);
        error_mark(reader->errors, before->record_in.place, "event %s begins here", before->number);
        error_help(reader->errors, "export the list sorted by record time");
        return E427;
    }
    return DONE;
}

static EdlEvent *add_event(EdlReader *reader) {
    EdlList *list = reader->list;
    list->events = arena_grow(reader->arena, list->events, list->event_count, &reader->capacity,
                              sizeof *list->events);
    return &list->events[list->event_count++];
}

static Status read_event(EdlReader *reader) {
    Words words;
    split_words(reader, &words);
    if (reader->list->event_count == EVENTS_MAX) {
        return fail(reader->errors, E106, place_of(reader, 0, 1), "a list holds at most %d events",
                    EVENTS_MAX);
    }
    EdlEvent event = {0};
    TRY(read_fields(reader, &words, &event));
    const int last = name_table_find(&reader->tracks, event.track);
    const EdlEvent *before = last >= 0 ? &reader->list->events[last] : NULL;
    cross_midnight(reader, &event, before);
    TRY(check_order(reader, &event, before));
    name_table_set(&reader->tracks, event.track, reader->list->event_count, reader->arena);
    *add_event(reader) = event;
    return DONE;
}

/* ---- the other lines ---- */

/* `FROM` belongs to the first of the two lines of a dissolve. */
static EdlEvent *event_of_comment(const EdlReader *reader, bool is_from) {
    const EdlList *list = reader->list;
    if (list->event_count == 0) {
        return NULL;
    }
    EdlEvent *last = &list->events[list->event_count - 1];
    const bool has_two = list->event_count > 1 && strcmp(last[-1].number, last->number) == 0;
    return is_from && has_two && last->transition != EDL_CUT ? last - 1 : last;
}

static void add_locator(EdlReader *reader, const EdlLocator *locator) {
    EdlList *list = reader->list;
    list->locators = arena_grow(reader->arena, list->locators, list->locator_count,
                                &reader->locator_capacity, sizeof *list->locators);
    list->locators[list->locator_count++] = *locator;
}

/* The offset of the word behind the one at `at`. */
static size_t skip_word(const SourceLine *line, size_t at) {
    while (at < line->size_bytes && !is_blank(line->bytes[at])) {
        at++;
    }
    while (at < line->size_bytes && is_blank(line->bytes[at])) {
        at++;
    }
    return at;
}

/* `* LOC: 01:00:05:12 RED     door`; from: offset of the time. */
static Status read_locator(EdlReader *reader, size_t from) {
    Words words;
    split_words(reader, &words);
    if (words.count < 3) {
        return DONE; /* a comment that only looks like one */
    }
    const size_t text = skip_word(&reader->line, skip_word(&reader->line, from));
    EdlLocator locator = {
        .time = {.text = words.texts[2], .place = words.places[2]},
        .text = copy_rest(reader, text),
        .text_place = place_of(reader, text, reader->line.size_bytes - text)
    };
    TRY(read_record_time(reader, &locator.time));
    locator.time.frames += reader->day_frames;
    add_locator(reader, &locator);
    return DONE;
}

static Status read_comment(EdlReader *reader) {
    static const char *const names[] = {"* FROM CLIP NAME:", "* TO CLIP NAME:", "* CLIP NAME:"};
    size_t rest = 0;
    for (int name = 0; name < 3; name++) {
        if (begins_with(&reader->line, names[name], &rest)) {
            EdlEvent *event = event_of_comment(reader, name == 0);
            if (event) {
                event->clip = copy_rest(reader, rest);
            }
            return DONE;
        }
    }
    return begins_with(&reader->line, "* LOC:", &rest) ? read_locator(reader, rest) : DONE;
}

/* Before the first event it speaks of the record times, later of sources. */
static Status check_frame_code(const EdlReader *reader, size_t rest) {
    const FrameRate *rate = reader->base->frame_rate;
    const SourceLine said = {reader->line.bytes + rest, reader->line.size_bytes - rest};
    size_t ignored = 0;
    const bool is_drop = begins_with(&said, "DROP", &ignored);
    if (reader->list->event_count > 0 || is_drop == (rate->dropped_per_minute > 0)) {
        return DONE;
    }
    fail(reader->errors, E427, place_of(reader, 0, reader->line.size_bytes),
         "this list counts %s, the job counts %s", is_drop ? "drop-frame" : "without drop-frame",
         rate->spoken);
    if (reader->base->frame_rate_place.line > 0) {
        error_mark(reader->errors, reader->base->frame_rate_place, "the job's frame rate");
    }
    error_help(reader->errors, "export the list at project.frame_rate, or correct that");
    return E427;
}

/* Notes without a star are common; a file without any event is another file. */
static Status read_other(const EdlReader *reader) {
    static const char *const known[] = {"M2",  "EFFECTS", "SPLIT", "AUD", "FINAL CUT PRO", "GPI",
                                        "BLK", "SWM",     ">",     "#",   "VIDEO",         "CDL"};
    size_t rest = 0;
    bool is_known = reader->list->event_count > 0;
    for (size_t word = 0; word < sizeof known / sizeof *known; word++) {
        is_known = is_known || begins_with(&reader->line, known[word], &rest);
    }
    if (is_known) {
        return DONE;
    }
    fail(reader->errors, E427, place_of(reader, 0, reader->line.size_bytes),
         "this line is not part of a CMX 3600 list");
    error_help(reader->errors, "is `format` right? formats: cmx3600 csv markers-csv otio-json");
    return E427;
}

static Status read_line(EdlReader *reader) {
    const SourceLine *line = &reader->line;
    size_t rest = 0;
    size_t first = 0;
    while (first < line->size_bytes && is_blank(line->bytes[first])) {
        first++;
    }
    if (first == line->size_bytes) {
        return DONE;
    }
    if (line->size_bytes > LINE_MAX_BYTES) {
        return fail(reader->errors, E106, place_of(reader, 0, 1),
                    "this line is longer than %d bytes", LINE_MAX_BYTES);
    }
    if (strchr("0123456789", line->bytes[first])) {
        return read_event(reader);
    }
    if (*line->bytes == '*') {
        return read_comment(reader);
    }
    if (begins_with(line, "TITLE:", &rest)) {
        reader->list->title = copy_rest(reader, rest);
        return DONE;
    }
    return begins_with(line, "FCM:", &rest) ? check_frame_code(reader, rest) : read_other(reader);
}

Status edl_read(
    const JobFile *file, const TimeBase *base, Arena *arena, EdlList *list, ErrorList *errors) {
    EdlReader reader = {.file = file, .base = base, .arena = arena, .list = list, .errors = errors};
    SourceCursor cursor = {.bytes = file->bytes, .size_bytes = file->size_bytes};
    *list = (EdlList){0};
    TRY(text_check_file(file->name, file->bytes, file->size_bytes, errors));
    while (source_next(&cursor, &reader.line)) {
        reader.line_number = cursor.line;
        TRY(read_line(&reader));
    }
    return list->event_count > 0
               ? DONE
               : fail(errors, E427, (Place){.file = file->name, .line = 1, .column = 1},
                      "this list has no events");
}
