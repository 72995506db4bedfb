#ifndef RENDER_BASE_WILDCARD_H
#define RENDER_BASE_WILDCARD_H
/* Patterns of names. */
#include <stdbool.h>

/* `*` in the pattern stands for any characters, also none. */
bool wildcard_matches(const char *pattern, const char *value);

#endif
