#ifndef JOBS_SOURCE_TEXT_H
#define JOBS_SOURCE_TEXT_H
/* The text of a file as its author sees it: numbered lines, and columns that count code points. */
#include <stdbool.h>
#include <stddef.h>

typedef struct SourceLine { /* a view: without the line end, on line 1 without a byte order mark */
    const char *bytes;
    size_t size_bytes;
} SourceLine;

/* Bytes of a UTF-8 byte order mark at the start, 0 or 3. */
size_t source_mark_bytes(const char *bytes, size_t size_bytes);

/* Line 1 is the first; LF, CR LF and CR end a line. false when there are fewer lines. */
bool source_line(const char *bytes, size_t size_bytes, int line, SourceLine *out);

typedef struct SourceCursor { /* zeroed but for the text: before the first line */
    const char *bytes;
    size_t size_bytes;
    size_t at; /* of what is not read yet */
    int line;  /* number of the line that was read last */
} SourceCursor;

/* All lines in turn, in one pass; false behind the last. An empty last line is none. */
bool source_next(SourceCursor *cursor, SourceLine *out);

/* Line and column (1-based) of the byte at offset. */
void source_locate(const char *bytes, size_t size_bytes, size_t offset, int *line, int *column);

#endif
