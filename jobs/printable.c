/* Text of unknown origin on a terminal: one column a code point, nothing that steers it. */
#include "jobs/printable.h"

#include <stdbool.h>
#include <string.h>

#include "jobs/utf8.h"

enum { ARROW = 0x2192, PICTURES = 0x2400, PICTURE_DELETE = 0x2421, REPLACEMENT = 0xFFFD };

/* Embeddings, overrides and isolates reorder what follows: a name could look like another one. */
static bool turns_direction(uint32_t code_point) {
    return (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

uint32_t printable_symbol(uint32_t code_point) {
    if (code_point == '\t') {
        return ARROW;
    }
    if (code_point < 0x20) {
        return PICTURES + code_point;
    }
    if (code_point == 0x7F) {
        return PICTURE_DELETE;
    }
    return utf8_is_control(code_point) || turns_direction(code_point) ? REPLACEMENT : code_point;
}

static void write_code_point(FILE *out, uint32_t code_point) {
    if (code_point < 0x80) {
        fputc((int)code_point, out);
        return;
    }
    if (code_point < 0x800) {
        fputc((int)(0xC0 | code_point >> 6), out);
    } else if (code_point < 0x10000) {
        fputc((int)(0xE0 | code_point >> 12), out);
        fputc((int)(0x80 | (code_point >> 6 & 0x3F)), out);
    } else {
        fputc((int)(0xF0 | code_point >> 18), out);
        fputc((int)(0x80 | (code_point >> 12 & 0x3F)), out);
        fputc((int)(0x80 | (code_point >> 6 & 0x3F)), out);
    }
    fputc((int)(0x80 | (code_point & 0x3F)), out);
}

void printable_write(FILE *out, const char *bytes, size_t size_bytes) {
    for (size_t at = 0; at < size_bytes;) {
        uint32_t code_point = REPLACEMENT;
        const size_t length = utf8_decode(bytes + at, size_bytes - at, &code_point);
        write_code_point(out, length > 0 ? printable_symbol(code_point) : REPLACEMENT);
        at += length > 0 ? length : 1;
    }
}

void printable_write_text(FILE *out, const char *text) {
    printable_write(out, text, strlen(text));
}
