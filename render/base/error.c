/* Every problem found, each with its id, its place and what to do about it. */
#include "render/base/error.h"

#include <stdarg.h>

struct ErrorList {
    Arena *arena;
    ErrorEntry *first, *last;
};

static const StatusInfo infos[] = {
#define X(number, exit_code, title, text) {E##number, exit_code, title, text},
#include "render/base/error_list.def"
#undef X
};

/* What it names may be closed before it is shown. */
static Place keep_place(const ErrorList *errors, Place place) {
    place.file = place.file ? arena_copy_text(errors->arena, place.file) : NULL;
    return place;
}

static ErrorEntry *
add_entry(ErrorList *errors, Severity severity, Status status, Place place, const char *message) {
    ErrorEntry *entry = arena_alloc(errors->arena, sizeof *entry);
    *entry = (ErrorEntry){.status = status,
                          .severity = severity,
                          .is_warning = severity == SEVERITY_WARNING,
                          .place = keep_place(errors, place),
                          .message = message};
    if (errors->last) {
        errors->last->next = entry;
    } else {
        errors->first = entry;
    }
    errors->last = entry;
    return entry;
}

static void add_line(Arena *arena, ErrorEntry *entry, const char *kind, const char *text) {
    ErrorLine **end = &entry->lines;
    while (*end) {
        end = &(*end)->next;
    }
    *end = arena_alloc(arena, sizeof **end);
    **end = (ErrorLine){.kind = kind, .text = text};
}

ErrorList *errors_create(Arena *arena) {
    ErrorList *errors = arena_alloc(arena, sizeof *errors);
    errors->arena = arena;
    return errors;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): text is a name that is declared */
#define FORMAT_TEXT(text, errors, format)                                                          \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    const char *text = arena_format_list((errors)->arena, format, arguments);                      \
    va_end(arguments)

/* NOLINTEND(bugprone-macro-parentheses) */

Status fail(ErrorList *errors, Status status, Place place, const char *format, ...) {
    FORMAT_TEXT(message, errors, format);
    add_entry(errors, SEVERITY_ERROR, status, place, message);
    return status;
}

void warn(ErrorList *errors, Status status, Place place, const char *format, ...) {
    FORMAT_TEXT(message, errors, format);
    add_entry(errors, SEVERITY_WARNING, status, place, message);
}

void error_caret(ErrorList *errors, const char *format, ...) {
    FORMAT_TEXT(text, errors, format);
    if (errors->last) {
        errors->last->caret = text;
    }
}

void error_mark(ErrorList *errors, Place place, const char *format, ...) {
    FORMAT_TEXT(text, errors, format);
    if (!errors->last) {
        return;
    }
    ErrorMark **end = &errors->last->marks;
    while (*end) {
        end = &(*end)->next;
    }
    *end = arena_alloc(errors->arena, sizeof **end);
    **end = (ErrorMark){.place = keep_place(errors, place), .label = text};
}

void error_note(ErrorList *errors, const char *format, ...) {
    FORMAT_TEXT(text, errors, format);
    if (errors->last) {
        add_line(errors->arena, errors->last, "note", text);
    }
}

void error_help(ErrorList *errors, const char *format, ...) {
    FORMAT_TEXT(text, errors, format);
    if (errors->last) {
        add_line(errors->arena, errors->last, "help", text);
    }
}

void errors_within(ErrorList *errors, const ErrorEntry *after, const char *format, ...) {
    FORMAT_TEXT(text, errors, format);
    for (ErrorEntry *entry = errors->first; entry; entry = entry->next) {
        if (after) { /* still among the older ones */
            after = entry == after ? NULL : after;
            continue;
        }
        add_line(errors->arena, entry, "note", arena_format(errors->arena, "while %s", text));
    }
}

void errors_place(ErrorList *errors, const ErrorEntry *after, Place place) {
    for (ErrorEntry *entry = errors->first; entry; entry = entry->next) {
        if (after) { /* still among the older ones */
            after = entry == after ? NULL : after;
        } else if (!entry->place.file) {
            entry->place = keep_place(errors, place);
        }
    }
}

void errors_add(ErrorList *errors, const ErrorEntry *entry) {
    ErrorEntry *added = add_entry(errors, entry->severity, entry->status, entry->place, "");
    ErrorEntry whole = *entry;
    whole.place = added->place;
    whole.next = NULL;
    *added = whole;
}

const ErrorEntry *errors_first(const ErrorList *errors) {
    return errors->first;
}

const ErrorEntry *errors_last(const ErrorList *errors) {
    return errors->last;
}

static int count_severity(const ErrorList *errors, Severity severity) {
    int count = 0;
    for (const ErrorEntry *entry = errors->first; entry; entry = entry->next) {
        count += entry->severity == severity;
    }
    return count;
}

int errors_count(const ErrorList *errors) {
    return count_severity(errors, SEVERITY_ERROR);
}

int warnings_count(const ErrorList *errors) {
    return count_severity(errors, SEVERITY_WARNING);
}

void errors_promote_warnings(ErrorList *errors) {
    for (ErrorEntry *entry = errors->first; entry; entry = entry->next) {
        entry->severity = SEVERITY_ERROR;
    }
}

int errors_exit_code(const ErrorList *errors) {
    for (const ErrorEntry *entry = errors->first; entry; entry = entry->next) {
        if (entry->severity == SEVERITY_ERROR) {
            const StatusInfo *info = status_info(entry->status);
            return info ? info->exit_code : 1;
        }
    }
    return 0;
}

const StatusInfo *status_info(Status status) {
    for (size_t row = 0; row < sizeof infos / sizeof *infos; row++) {
        if (infos[row].status == status) {
            return &infos[row];
        }
    }
    return NULL;
}

const StatusInfo *status_table(size_t *count) {
    *count = sizeof infos / sizeof *infos;
    return infos;
}
