#ifndef RENDER_STAGES_REVIEW_H
#define RENDER_STAGES_REVIEW_H
/* The QC of a deliverable by its policy: its files as they were written, and its stems and layers
 * against what the job says of them. Part of INSPECT.
 *
 * Law: facts of the files, of the stems behind the master's gain, and of the policy alone.
 */
#include <jansson.h>

#include "render/stages/stage.h"

/* folder: of the encoded files. *review: NULL without a policy, else {findings, translation}: an
 * array of objects of finding_json.h, each with the `output` that it is found in, and what the full
 * mix is like elsewhere (null: not known). The caller owns it. */
Status review_run(const Stage *stage, const char *folder, json_t **review, ErrorList *errors);

#endif
