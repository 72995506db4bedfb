/* Points in time as authors write them: timecode, clock, length from the start, marker ± durations.
 */
#include "jobs/time_point.h"

#include <stdlib.h>
#include <string.h>

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
static Status fail_bars(const Node *node, ErrorList *errors) {
    const char *colon = strrchr(node->text, ':');
    const char *text = colon ? colon + 1 : node->text;
    int64_t bar = 0;
    fail(errors, E319, node->place, "this time is in bars, but the job has no tempo map");
    if (read_whole(&text, '|', &bar) && is_whole(text, strcspn(text, "|"))) {
        error_caret(errors, "bar %lld, beat %ld", (long long)bar, strtol(text, NULL, 10));
    }
    error_help(errors, "add `tempo: [{at: 1|1, bpm: 92, meter: 4/4}]`");
    return E319;
}

static Status
read_absolute(const Node *node, const TimeBase *base, Rational *seconds, ErrorList *errors) {
    int64_t frames = 0;
    TRY(timecode_node_read(node, base, &frames, errors));
    rational_subtract(timecode_seconds(frames, base->frame_rate), base->start_seconds, seconds);
    return DONE;
}

static bool is_edge(const char *text) {
    const char *point = strrchr(text, '.');
    return point && id_is_text(text, (size_t)(point - text)) &&
           word_is_in("in out start end from to", point + 1, strlen(point + 1));
}

static bool is_number(const char *text) {
    Rational ignored;
    return number_scan(&text, &ignored) != NUMBER_NONE;
}

static Status
read_number_or_name(const Node *node, const TimeBase *base, TimePoint *point, ErrorList *errors) {
    if (is_edge(node->text)) {
        fail(errors, E202, node->place, "`%s` is planned: this version does not serve it yet",
             node->text);
        error_note(errors,
                   "names in times are markers; edges of scenes, cues and lines will follow");
        return E202;
    }
    const size_t length = strlen(node->text);
    const bool is_name = id_is_text(node->text, length);
    Rational ignored;
    const char *rest = node->text;
    number_scan(&rest, &ignored);
    if (is_name && (!is_number(node->text) || (*rest && id_is_text(rest, strlen(rest)) &&
                                               strcspn(rest, "0123456789") < strlen(rest)))) {
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

static Status
read_base(const Node *node, const TimeBase *base, TimePoint *point, ErrorList *errors) {
    if (strchr(node->text, '|')) {
        return fail_bars(node, errors);
    }
    const int field_count = count_character(node->text, ':') + count_character(node->text, ';') + 1;
    switch (field_count) {
    case 1:
        return read_number_or_name(node, base, point, errors);
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

static Status add_durations(const Node *node,
                            size_t begin,
                            const TimeBase *base,
                            Arena *arena,
                            TimePoint *point,
                            ErrorList *errors) {
    while (node->text[begin]) {
        begin += strspn(node->text + begin, " ");
        const bool is_minus = node->text[begin] == '-';
        begin++;
        const size_t end = begin + operand_length(node->text + begin);
        const Node part = part_of(node, begin, end, arena);
        Rational duration;
        TRY(quantity_read(QUANTITY_DURATION, &part, base, &duration, errors));
        const bool fits = is_minus ? rational_subtract(point->seconds, duration, &point->seconds)
                                   : rational_add(point->seconds, duration, &point->seconds);
        if (!fits) {
            return fail(errors, E206, part.place, "`%s` is too large a number", part.text);
        }
        begin = end;
    }
    return DONE;
}

Status time_point_read(
    const Node *node, const TimeBase *base, Arena *arena, TimePoint *point, ErrorList *errors) {
    *point = (TimePoint){
        .seconds = {0, 1}
    };
    const size_t length = operand_length(node->text);
    if (node->text[length] == '\0') {
        return read_base(node, base, point, errors);
    }
    Node *first = arena_alloc(arena, sizeof *first);
    *first = part_of(node, 0, length, arena);
    TRY(read_base(first, base, point, errors));
    return add_durations(node, length, base, arena, point, errors);
}
