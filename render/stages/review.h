#ifndef RENDER_STAGES_REVIEW_H
#define RENDER_STAGES_REVIEW_H
/* The QC of a deliverable by its policy: its files as they were written (METER), and its stems and
 * layers against what the job says of them (INSPECT).
 *
 * Law: facts of the files, of the stems behind the master's gain, and of the policy alone.
 */
#include <jansson.h>

#include "render/stages/stage.h"

/* One output. folder: of its files. *review: NULL without a policy, else {findings}: an array of
 * objects of finding_json.h, each with the `output` that it is found in; of the full mix, too, what
 * it is like elsewhere. The caller owns it. */
Status review_output(
    const Stage *stage, const char *folder, int output, json_t **review, ErrorList *errors);
/* Adds to {findings} of a deliverable with a policy what its stems and layers show. */
Status review_score(const Stage *stage, json_t *review, ErrorList *errors);

#endif
