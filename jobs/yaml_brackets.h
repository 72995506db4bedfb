#ifndef JOBS_YAML_BRACKETS_H
#define JOBS_YAML_BRACKETS_H
/* Syntax errors in and around brackets: never closed, text behind them, commas and colons. */
#include "jobs/yaml_scene.h"

Detective yaml_explain_unclosed_bracket; /* `[a, b` */
Detective yaml_explain_bracket_text;     /* `{title}_{stem}` */
Detective yaml_explain_missing_comma;    /* `[{a: 1} {b: 2}]` */
Detective yaml_explain_missing_space;    /* `{a:}` */

#endif
