#ifndef JOBS_EXCERPT_H
#define JOBS_EXCERPT_H
/* The source lines of a message with what is underlined on them. */
#include "jobs/diagnostic.h"
#include "render/base/arena.h"

typedef struct Palette { /* escape sequences, all empty without colour */
    const char *error, *warning, *frame, *bold, *reset;
} Palette;

typedef struct LoadedText { /* a file that was read for its lines; bytes NULL: not readable */
    const char *file, *bytes;
    size_t size_bytes;
    struct LoadedText *next;
} LoadedText;

typedef struct DiagnosticPrinter { /* where the lines come from and how they are shown */
    FILE *out;
    Arena *arena;
    Palette palette;
    const DiagnosticSource *sources;
    int source_count;
    const char *base_folder;
    LoadedText *loaded;
} DiagnosticPrinter;

/* Prints the block from ` --> file:line:column` down to the last underlined line; nothing for an
 * entry without a place. Returns the width of the gutter, which the lines below it share. */
int excerpt_print(DiagnosticPrinter *printer, const ErrorEntry *entry);

#endif
