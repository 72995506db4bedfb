#ifndef RENDER_BASE_ERROR_H
#define RENDER_BASE_ERROR_H
/* Every problem found, each with its id, its place and what to do about it.
 *
 *     if (gain_db > 24) {
 *         return fail(errors, E206, place, "`%g dB` is outside -96 dB … +24 dB", gain_db);
 *     }
 *     TRY(layer_read(node, &layer, errors));
 *
 * A function that can fail returns Status (0 = DONE, else the id of the message) and takes the
 * ErrorList as its last parameter. Richer messages add to the newest entry:
 *
 *     fail(errors, E202, place, "unknown key `%s` in %s", key, owner);
 *     error_caret(errors, "did you mean `%s`?", best);
 *     error_note(errors, "keys of a layer: `nocturne list keys layers`");
 */
#include <stdbool.h>
#include <stddef.h>

#include "render/base/arena.h"

/* 1-based, columns count code points; line 0 = no place. length: code points under the caret, 0
 * = 1. */
typedef struct Place {
    const char *file;
    int line, column, length;
} Place;

#define NO_PLACE ((Place){0})

/* One line a message: X(number, exit code, title, the long text of `nocturne explain`). */
typedef enum Status {
    DONE = 0,
#define X(number, exit_code, title, text) E##number = (number),
#include "render/base/error_list.def"
#undef X
} Status;

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

typedef struct ErrorMark { /* another place involved, underlined with dashes */
    Place place;
    const char *label;
    struct ErrorMark *next;
} ErrorMark;

typedef struct ErrorLine { /* one `= note:` or `= help:` line, in order of adding */
    const char *kind, *text;
    struct ErrorLine *next;
} ErrorLine;

typedef struct ErrorEntry {
    Status status;
    Severity severity;
    bool is_warning; /* by nature: keeps its W### when --strict makes it an error */
    Place place;
    const char *message;
    const char *caret; /* text behind the caret, or NULL */
    ErrorMark *marks;
    ErrorLine *lines;
    struct ErrorEntry *next;
} ErrorEntry;

typedef struct ErrorList ErrorList;

#define TRY(call)                                                                                  \
    do {                                                                                           \
        const Status try_status = (call);                                                          \
        if (try_status != DONE) {                                                                  \
            return try_status;                                                                     \
        }                                                                                          \
    } while (0)

/* The list lives in the arena and needs no destroy. */
ErrorList *errors_create(Arena *arena);

/* Adds an error entry and returns its status. */
Status fail(ErrorList *errors, Status status, Place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds a warning (printed as W###); rendering goes on. */
void warn(ErrorList *errors, Status status, Place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* These add to the newest entry. */
void error_caret(ErrorList *errors, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_mark(ErrorList *errors, Place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void error_note(ErrorList *errors, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_help(ErrorList *errors, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the note `while <...>` to every entry younger than `after` (NULL: all of them). */
void errors_within(ErrorList *errors, const ErrorEntry *after, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Gives what was added behind `after` (NULL: all) and has no place this one. */
void errors_place(ErrorList *errors, const ErrorEntry *after, Place place);

/* Adds a copy of an entry of another list, whose texts have to stay. */
void errors_add(ErrorList *errors, const ErrorEntry *entry);

const ErrorEntry *errors_first(const ErrorList *errors); /* in order of adding */
const ErrorEntry *errors_last(const ErrorList *errors);
int errors_count(const ErrorList *errors);       /* errors, without warnings */
int warnings_count(const ErrorList *errors);     /* warnings only */
void errors_promote_warnings(ErrorList *errors); /* --strict */

/* Exit code of the first error by the table, 0 without errors. */
int errors_exit_code(const ErrorList *errors);

/* The table of messages, for `explain`, `list errors` and tests; NULL when there is none. */
typedef struct StatusInfo {
    Status status;
    int exit_code;
    const char *title, *text;
} StatusInfo;
const StatusInfo *status_info(Status status);
const StatusInfo *status_table(size_t *count);

#endif
