#ifndef JOBS_YAML_SYNTAX_H
#define JOBS_YAML_SYNTAX_H
/* Why the parser gave up, in the author's words: it names the place where it noticed, we look for
 * the place where it went wrong. */
#include <stdbool.h>
#include <yaml.h>

#include "jobs/yaml_text.h"
#include "render/base/error.h"

typedef struct YamlScalar { /* the newest scalar event; is_set false: there was none */
    bool is_set, is_quoted;
    yaml_mark_t start, end;
} YamlScalar;

/* Adds the one message for the error that parser stopped with (E101, E103, E109, E515). */
Status yaml_syntax_explain(const yaml_parser_t *parser,
                           YamlText *text,
                           const YamlScalar *last,
                           ErrorList *errors);

#endif
