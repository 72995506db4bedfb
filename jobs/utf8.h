#ifndef JOBS_UTF8_H
#define JOBS_UTF8_H
/* UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one code point. Returns its length in bytes, 0 when the bytes are not valid UTF-8 (or
 * size_bytes is 0). */
size_t utf8_decode(const char *bytes, size_t size_bytes, uint32_t *code_point);

/* Bytes of the code point at bytes[0], or 1 for a byte that is not valid: never 0, so that a walk
 * always moves on. size_bytes > 0. */
size_t utf8_step(const char *bytes, size_t size_bytes);

/* Number of steps from the start to size_bytes. */
size_t utf8_count(const char *bytes, size_t size_bytes);

/* What may not stand in a text: control characters but tab and line ends, the line separators
 * U+0085 U+2028 U+2029 (they would shift line numbers), U+FEFF inside a text and non-characters. */
bool utf8_is_control(uint32_t code_point);

#endif
