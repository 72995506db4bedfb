#ifndef JOBS_DIAGNOSTIC_H
#define JOBS_DIAGNOSTIC_H
/* Errors as people and tools read them: source line, caret, notes.
 *
 *     const DiagnosticSource source = {.file = "first-night.yaml", .bytes = bytes};
 *     diagnostics_print(errors, FORMAT_HUMAN, &source, 1, NULL, false, stderr);
 *     diagnostics_count_line(errors, "Nothing was rendered.", stderr);
 */
#include <stdio.h>

#include "render/base/error.h"

typedef enum DiagnosticFormat {
    FORMAT_HUMAN,
    FORMAT_SHORT, /* file:line:col: error[E301]: ... */
    FORMAT_JSON,  /* one object per line */
    FORMAT_GITHUB /* ::error file=...,line=...,col=...,title=E301::... */
} DiagnosticFormat;

typedef struct DiagnosticSource { /* a text that places may point into */
    const char *file, *bytes;
} DiagnosticSource;

/* Sorted by file and line, at most 20 entries (errors before warnings; JSON has all of them). Files
 * that are not among the sources are read from disk relative to base_folder (NULL: the current
 * folder). Control characters are shown as symbols, so a job cannot steer the terminal. */
void diagnostics_print(const ErrorList *errors,
                       DiagnosticFormat format,
                       const DiagnosticSource *sources,
                       int source_count,
                       const char *base_folder,
                       bool has_colour,
                       FILE *out);

/* "3 errors, 1 warning. Nothing was rendered." and a line end; nothing without entries. outcome may
 * be NULL. */
void diagnostics_count_line(const ErrorList *errors, const char *outcome, FILE *out);

#endif
