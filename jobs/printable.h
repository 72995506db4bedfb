#ifndef JOBS_PRINTABLE_H
#define JOBS_PRINTABLE_H
/* Text of unknown origin on a terminal: one column a code point, nothing that steers it. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What is shown for a code point: tab U+2192, other control characters their picture (ESC U+241B),
 * what cannot be shown U+FFFD, all others themselves. */
uint32_t printable_symbol(uint32_t code_point);

/* Prints the text with every code point (and every broken byte) as its symbol. */
void printable_write(FILE *out, const char *bytes, size_t size_bytes);
void printable_write_text(FILE *out, const char *text);

#endif
