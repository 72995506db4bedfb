/* A text that is made piece by piece: twice the room whenever it is full. */
#include "render/base/growing_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_room(Text *text, size_t size) {
    const size_t capacity = 2 * (text->capacity + size + 256);
    char *bytes = arena_alloc(text->arena, capacity);
    if (text->length) {
        memcpy(bytes, text->bytes, text->length);
    }
    text->bytes = bytes;
    text->capacity = capacity;
}

void text_add(Text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    const size_t size = length > 0 ? (size_t)length : 0;
    if (text->length + size + 1 > text->capacity) {
        make_room(text, size);
    }
    vsnprintf(text->bytes + text->length, size + 1, format, again);
    va_end(again);
    text->length += size;
}
