#ifndef JOBS_TEXT_CHECK_H
#define JOBS_TEXT_CHECK_H
/* Is it clean UTF-8 text? libyaml would take UTF-16 silently and name no line for a broken byte. */
#include "render/base/error.h"

/* The bytes of a whole file (a byte order mark is fine). E101 with the place of the first byte that
 * is not UTF-8, the first control character, or the hint that the file is UTF-16. */
Status text_check_file(const char *file, const char *bytes, size_t size_bytes, ErrorList *errors);

/* A value after its escapes were read ("\x1b" smuggles what text_check_file refuses): E101 at
 * place. */
Status text_check_value(const char *bytes, size_t size_bytes, Place place, ErrorList *errors);

#endif
