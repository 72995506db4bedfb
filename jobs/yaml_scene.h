#ifndef JOBS_YAML_SCENE_H
#define JOBS_YAML_SCENE_H
/* What the detectives of a syntax error look at, and what they share. */
#include <stdbool.h>
#include <yaml.h>

#include "jobs/yaml_syntax.h"

enum { QUOTE_MAX_BYTES = 100 }; /* longer texts are not repeated in a message */

typedef struct Scene {
    const yaml_parser_t *parser;
    YamlText *text;
    const YamlScalar *last;
    size_t problem, line_begin; /* offsets of the problem and of its line */
    ErrorList *errors;
} Scene;

typedef bool Detective(const Scene *scene); /* true: it added the message */

static const char scene_invalid_line[] = "this line is not valid YAML";
static const char scene_help_quotes[] = "put the text in quotes";

bool scene_text_has(const char *text, const char *part); /* text may be NULL */
char scene_problem_byte(const Scene *scene);
Place scene_problem_place(const Scene *scene);
Place scene_context_place(const Scene *scene);
size_t scene_skip_blanks(const YamlText *text, size_t offset);
bool scene_is_word_byte(char byte); /* of a key or a name */

/* The message "this `[` is never closed", at its opening; always true. */
bool scene_report_unclosed(const Scene *scene, const yaml_mark_t *opener);

#endif
