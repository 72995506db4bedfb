#ifndef JOBS_DIAGNOSTIC_H
#define JOBS_DIAGNOSTIC_H
/* Errors as people and tools read them: source line, caret, notes. */
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

/* Sorted by file and line, at most 20 entries. Files that are not among the sources are read from
 * disk relative to base_folder (NULL: the current folder). */
void diagnostics_print(const ErrorList *errors,
                       DiagnosticFormat format,
                       const DiagnosticSource *sources,
                       int source_count,
                       const char *base_folder,
                       bool has_colour,
                       FILE *out);

#endif
