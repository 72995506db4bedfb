#ifndef JOBS_YAML_TEXT_H
#define JOBS_YAML_TEXT_H
/* The text behind libyaml's marks, which count code points and not bytes. */
#include <yaml.h>

#include "render/base/error.h"

typedef struct YamlText { /* bytes: without the byte order mark */
    const char *file, *bytes;
    size_t size_bytes;
    size_t cursor_index, cursor_offset; /* of the last mark asked for: the next one is near */
} YamlText;

/* Byte offset of a mark. */
size_t yaml_text_offset(YamlText *text, const yaml_mark_t *mark);

/* From mark to mark, if both are on one line; else to the end of the first one's line. */
Place yaml_text_place(YamlText *text, const yaml_mark_t *start, const yaml_mark_t *end);

/* One code point at the mark. */
Place yaml_text_point(const YamlText *text, const yaml_mark_t *mark);

/* The byte at offset, NUL behind the end. */
char yaml_text_byte(const YamlText *text, size_t offset);

/* Offset of the first byte of the line that offset lies on, and of its line end. */
size_t yaml_text_line_begin(const YamlText *text, size_t offset);
size_t yaml_text_line_end(const YamlText *text, size_t offset);

/* Offset behind blanks, line ends and comments. */
size_t yaml_text_skip_space(const YamlText *text, size_t offset);

/* The mark behind `&name` and the space that follows: an anchor is not part of its value. */
yaml_mark_t yaml_text_skip_anchor(YamlText *text, yaml_mark_t mark, size_t name_bytes);

#endif
