/* The text of a file as its author sees it: numbered lines, and columns that count code points. */
#include "jobs/source_text.h"

#include <string.h>

#include "jobs/utf8.h"

size_t source_mark_bytes(const char *bytes, size_t size_bytes) {
    return size_bytes >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static size_t find_line_end(const char *bytes, size_t size_bytes, size_t from) {
    while (from < size_bytes && bytes[from] != '\n' && bytes[from] != '\r') {
        from++;
    }
    return from;
}

static size_t skip_line_end(const char *bytes, size_t size_bytes, size_t at) {
    const bool is_pair = at + 1 < size_bytes && bytes[at] == '\r' && bytes[at + 1] == '\n';
    return at + (is_pair ? 2 : 1);
}

bool source_line(const char *bytes, size_t size_bytes, int line, SourceLine *out) {
    size_t begin = source_mark_bytes(bytes, size_bytes);
    for (int current = 1;; current++) {
        const size_t end = find_line_end(bytes, size_bytes, begin);
        if (current == line) {
            *out = (SourceLine){bytes + begin, end - begin};
            return true;
        }
        if (end >= size_bytes) {
            return false;
        }
        begin = skip_line_end(bytes, size_bytes, end);
    }
}

bool source_next(SourceCursor *cursor, SourceLine *out) {
    if (cursor->line == 0) {
        cursor->at = source_mark_bytes(cursor->bytes, cursor->size_bytes);
    }
    if (cursor->at >= cursor->size_bytes) {
        return false;
    }
    const size_t end = find_line_end(cursor->bytes, cursor->size_bytes, cursor->at);
    *out = (SourceLine){cursor->bytes + cursor->at, end - cursor->at};
    cursor->at = end;
    if (end < cursor->size_bytes) {
        cursor->at = skip_line_end(cursor->bytes, cursor->size_bytes, end);
    }
    cursor->line++;
    return true;
}

void source_locate(const char *bytes, size_t size_bytes, size_t offset, int *line, int *column) {
    size_t begin = source_mark_bytes(bytes, size_bytes);
    for (*line = 1;; (*line)++) {
        const size_t end = find_line_end(bytes, size_bytes, begin);
        if (offset <= end || end >= size_bytes) {
            break;
        }
        begin = skip_line_end(bytes, size_bytes, end);
    }
    *column = 1 + (offset > begin ? (int)utf8_count(bytes + begin, offset - begin) : 0);
}
