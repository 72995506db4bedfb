/* Patterns of names: the last star takes one more on a miss. */
#include "render/base/wildcard.h"

#include <stddef.h>
#include <string.h>

bool wildcard_matches(const char *pattern, const char *value) {
    const char *star = NULL;
    const char *retry = NULL;
    while (*value) {
        if (*pattern == '*') {
            star = pattern++;
            retry = value;
        } else if (*pattern == *value) {
            pattern++;
            value++;
        } else if (star) {
            pattern = star + 1;
            value = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
