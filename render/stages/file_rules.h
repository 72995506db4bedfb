#ifndef RENDER_STAGES_FILE_RULES_H
#define RENDER_STAGES_FILE_RULES_H
/* What every written file has to say and to hold, beside its sound: read back from the disk. */
#include <jansson.h>

#include "render/stages/stage.h"

/* Tests each file of an output below `folder` against what its deliverable asks for. result, which
 * the caller owns: {"tested": [names of rules that some file has], "broken": [{"file", "rule",
 * "text"}]}. Errors: those of sound_open. */
Status file_rules_check(
    const Stage *stage, const char *folder, int output, json_t **result, ErrorList *errors);
/* Adds such a result to another one. */
void file_rules_merge(json_t *all, const json_t *more);

#endif
