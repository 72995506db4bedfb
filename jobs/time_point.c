/* Points in time as authors write them: timecode, clock, length from the start, bars or a name,
 * each ± durations. */
#include "jobs/time_point.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/flick.h"
#include "jobs/number.h"

static void note_frame_rate(const TimeBase *base, ErrorList *errors) {
    error_note(errors, "project.frame_rate is %s%s", base->frame_rate->name,
               base->frame_rate_place.line > 0 ? "" : " (default)");
}

static Status
fail_dropped(const Node *node, const TimeBase *base, int64_t next_frames, ErrorList *errors) {
    fail(errors, E211, node->place, "`%s` does not exist in %s", node->text,
         base->frame_rate->spoken);
    if (base->frame_rate_place.line > 0) {
        error_mark(errors, base->frame_rate_place, "drop-frame is set here");
    }
    error_caret(errors, "frames %s are dropped in every minute not divisible by ten",
                base->frame_rate->dropped_per_minute == 2 ? ";00 and ;01"
                                                          : ";00, ;01, ;02 and ;03");
    TimecodeText next;
    timecode_format(next_frames, base->frame_rate, next);
    error_help(errors, "the next valid timecode is `%s`", next);
    return E211;
}

static Status fail_timecode(TimecodeFault fault,
                            const Node *node,
                            const TimeBase *base,
                            int64_t frames,
                            ErrorList *errors) {
    if (fault == TIMECODE_DROPPED) {
        return fail_dropped(node, base, frames, errors);
    }
    fail(errors, E211, node->place, "`%s` is not a timecode at %s", node->text,
         base->frame_rate->spoken);
    switch (fault) {
    case TIMECODE_HOURS:
        error_caret(errors, "hours run from 00 to 23: a day ends with 23:59:59");
        break;
    case TIMECODE_MINUTES:
        error_caret(errors, "minutes run from 00 to 59");
        break;
    case TIMECODE_SECONDS:
        error_caret(errors, "seconds run from 00 to 59");
        break;
    case TIMECODE_FRAMES:
        error_caret(errors, "frames run from 00 to %02d", base->frame_rate->nominal - 1);
        break;
    case TIMECODE_SEMICOLON:
        error_caret(errors, "`;` is for drop-frame rates");
        break;
    default:
        error_caret(errors, "write hh:mm:ss:ff, for example `01:00:10:12`");
        return E211;
    }
    note_frame_rate(base, errors);
    return E211;
}

Status
timecode_node_read(const Node *node, const TimeBase *base, int64_t *frames, ErrorList *errors) {
    const TimecodeFault fault = timecode_read(node->text, base->frame_rate, frames);
    if (base->is_unsure && fault != TIMECODE_NOT_ONE) {
        return DONE;
    }
    return fault == TIMECODE_GOOD ? DONE : fail_timecode(fault, node, base, *frames, errors);
}

static int count_character(const char *text, char character) {
    int count = 0;
    for (; *text; text++) {
        count += *text == character;
    }
    return count;
}

static bool is_whole(const char *text, size_t length) {
    return length > 0 && length <= 9 && strspn(text, "0123456789") >= length;
}

/* "1:30": two fields, which could be either of two things. */
static Status fail_two_fields(const Node *node, ErrorList *errors) {
    const size_t first_length = strcspn(node->text, ":;");
    const char *second = node->text + first_length + 1;
    if (node->text[first_length] == ';' || !is_whole(node->text, first_length) ||
        !is_whole(second, strlen(second))) {
        return fail(errors, E211, node->place, "`%s` is not a time", node->text);
    }
    const long seconds = strtol(node->text, NULL, 10) * 60 + strtol(second, NULL, 10);
    fail(errors, E211, node->place, "`%s` could be minutes:seconds or hours:minutes", node->text);
    error_caret(errors, "write `%ld s`, `%ld:%02ld:%02ld` or `%02ld:%02ld:%02ld:00`", seconds,
                seconds / 3600, seconds / 60 % 60, seconds % 60, seconds / 3600, seconds / 60 % 60,
                seconds % 60);
    return E211;
}

static bool read_whole(const char **text, char end, int64_t *value) {
    const size_t length = strspn(*text, "0123456789");
    if (!is_whole(*text, length) || (*text)[length] != end) {
        return false;
    }
    *value = strtoll(*text, NULL, 10);
    *text += length + 1;
    return true;
}

/* "1:02:03.250": hours, minutes and seconds from project.start. */
static Status read_clock(const Node *node, Rational *seconds, ErrorList *errors) {
    const char *text = node->text;
    int64_t hours = 0;
    int64_t minutes = 0;
    Rational rest = {0, 1};
    if (!read_whole(&text, ':', &hours) || !read_whole(&text, ':', &minutes) || *text == '-' ||
        *text == '+' || number_scan(&text, &rest) != NUMBER_GOOD || *text != '\0') {
        fail(errors, E211, node->place, "`%s` is not a time", node->text);
        error_caret(errors, "write h:mm:ss.s, for example `0:01:02.5`");
        return E211;
    }
    if (minutes > 59 || rational_compare(rest, (Rational){60, 1}) >= 0) {
        fail(errors, E211, node->place, "`%s` is not a time", node->text);
        error_caret(errors, "minutes and seconds run from 00 to 59");
        return E211;
    }
    return rational_add((Rational){hours * 3600 + minutes * 60, 1}, rest, seconds)
               ? DONE
               : fail(errors, E206, node->place, "`%s` has more than 18 digits", node->text);
}

/* "12|3" or "2m3:12|3|240". */
static Status read_bars(const Node *node, Arena *arena, TimePoint *point, ErrorList *errors) {
    const char *colon = strchr(node->text, ':');
    const size_t cue_length = colon ? (size_t)(colon - node->text) : 0;
    const char *bars = colon ? colon + 1 : node->text;
    if ((colon && !id_is_text(node->text, cue_length)) || !bar_time_read(bars, &point->bars)) {
        fail(errors, E211, node->place, "`%s` is not a time", node->text);
        error_caret(errors, "write bar|beat|tick, for example `12|3` or `12|3|240`");
        return E211;
    }
    point->origin = TIME_IN_BARS;
    point->name = colon ? arena_copy_bytes(arena, node->text, cue_length) : NULL;
    point->name_place = node->place;
    return DONE;
}

static Status
read_absolute(const Node *node, const TimeBase *base, Rational *seconds, ErrorList *errors) {
    int64_t frames = 0;
    TRY(timecode_node_read(node, base, &frames, errors));
    rational_subtract(timecode_seconds(frames, base->frame_rate), base->start_seconds, seconds);
    return DONE;
}

static bool is_number(const char *text) {
    Rational ignored;
    return number_scan(&text, &ignored) != NUMBER_NONE;
}

/* An id that is no number with a unit: "m_door", "1m1", but not "2" or "10ms". */
static bool is_id(const char *text, size_t length, Arena *arena) {
    const char *id = arena_copy_bytes(arena, text, length);
    const char *rest = id;
    Rational ignored;
    if (!id_is_text(id, length)) {
        return false;
    }
    return number_scan(&rest, &ignored) == NUMBER_NONE ||
           (*rest && id_is_text(rest, strlen(rest)) && strcspn(rest, "0123456789") < strlen(rest));
}

/* "sc21.in" or "scenes.sc21.in"; the id in front keeps it apart from "5.ms". */
static bool is_edge(const char *text, Arena *arena) {
    const size_t first_length = strcspn(text, ".");
    const char *rest = text + first_length;
    if (*rest != '.' || !is_id(text, first_length, arena)) {
        return false;
    }
    const size_t second_length = strcspn(rest + 1, ".");
    const char *last = rest + 1 + second_length;
    return id_is_text(rest + 1, second_length) &&
           (*last == '\0' || id_is_text(last + 1, strlen(last + 1)));
}

static Status read_number_or_name(
    const Node *node, const TimeBase *base, Arena *arena, TimePoint *point, ErrorList *errors) {
    if (is_edge(node->text, arena) || is_id(node->text, strlen(node->text), arena)) {
        point->origin = TIME_FROM_NAME;
        point->name = node->text;
        point->name_place = node->place;
        return DONE;
    }
    if (!is_number(node->text)) {
        fail(errors, E211, node->place, "`%s` is not a time", node->text);
        error_caret(errors, "for example `90 s`, `01:00:10:12`, `0:01:30` or a marker");
        return E211;
    }
    return quantity_read(QUANTITY_TIME, node, base, &point->seconds, errors);
}

static Status read_base(
    const Node *node, const TimeBase *base, Arena *arena, TimePoint *point, ErrorList *errors) {
    if (strchr(node->text, '|')) {
        return read_bars(node, arena, point, errors);
    }
    const int field_count = count_character(node->text, ':') + count_character(node->text, ';') + 1;
    switch (field_count) {
    case 1:
        return read_number_or_name(node, base, arena, point, errors);
    case 2:
        return fail_two_fields(node, errors);
    case 3:
        return read_clock(node, &point->seconds, errors);
    default:
        return read_absolute(node, base, &point->seconds, errors);
    }
}

/* Length of the first operand: up to ` +` or ` -` that is not in front. */
static size_t operand_length(const char *text) {
    for (size_t byte = 1; text[byte]; byte++) {
        if (text[byte - 1] == ' ' && (text[byte] == '+' || text[byte] == '-')) {
            return byte - 1;
        }
    }
    return strlen(text);
}

/* A part of a value as a node of its own, so that messages point at it alone. */
static Node part_of(const Node *node, size_t begin, size_t end, Arena *arena) {
    while (begin < end && node->text[begin] == ' ') {
        begin++;
    }
    while (end > begin && node->text[end - 1] == ' ') {
        end--;
    }
    return (Node){.kind = NODE_SCALAR,
                  .place = place_within(node, begin, end - begin),
                  .text = arena_copy_bytes(arena, node->text + begin, end - begin)};
}

/* Seconds are summed up as long as no beats or bars stand before them. */
static bool add_offset(TimePoint *point, Duration offset) {
    if (point->offset_count == 0 && offset.unit == DURATION_SECONDS) {
        return flick_add(point->seconds, offset.amount, &point->seconds);
    }
    point->offsets[point->offset_count++] = offset;
    return true;
}

typedef struct OffsetReader {
    const Node *node;
    const TimeBase *base;
    Arena *arena;
} OffsetReader;

static Status
read_offsets(const OffsetReader *reader, size_t begin, TimePoint *point, ErrorList *errors) {
    const char *text = reader->node->text;
    const size_t most = strlen(text) / 3 + 1; /* "+ 1" is the shortest */
    point->offsets = arena_array(reader->arena, most, sizeof *point->offsets);
    while (text[begin]) {
        begin += strspn(text + begin, " ");
        const bool is_minus = text[begin] == '-';
        begin++;
        const size_t end = begin + operand_length(text + begin);
        const Node part = part_of(reader->node, begin, end, reader->arena);
        Duration offset;
        TRY(duration_read(&part, reader->base, &offset, errors));
        offset.amount.numerator *= is_minus ? -1 : 1;
        if (!add_offset(point, offset)) {
            return fail(errors, E206, part.place, "`%s` is too large a number", part.text);
        }
        begin = end;
    }
    return DONE;
}

Status time_point_read(
    const Node *node, const TimeBase *base, Arena *arena, TimePoint *point, ErrorList *errors) {
    *point = (TimePoint){
        .place = node->place, .seconds = {0, 1}
    };
    const size_t length = operand_length(node->text);
    if (node->text[length] == '\0') {
        return read_base(node, base, arena, point, errors);
    }
    Node *first = arena_alloc(arena, sizeof *first);
    *first = part_of(node, 0, length, arena);
    TRY(read_base(first, base, arena, point, errors));
    const OffsetReader offsets = {node, base, arena};
    return read_offsets(&offsets, length, point, errors);
}
