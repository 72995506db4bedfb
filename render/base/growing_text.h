#ifndef RENDER_BASE_GROWING_TEXT_H
#define RENDER_BASE_GROWING_TEXT_H
/* A text that is made piece by piece.
 *
 *     Text text = {.arena = arena};
 *     text_add(&text, "rate %d\n", rate_hz);
 *     use(text.bytes);                        // NULL when nothing was added
 */
#include <stddef.h>

#include "render/base/arena.h"

typedef struct Text {
    Arena *arena;
    char *bytes;
    size_t length, capacity;
} Text;

void text_add(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
