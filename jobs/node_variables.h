#ifndef JOBS_NODE_VARIABLES_H
#define JOBS_NODE_VARIABLES_H
/* `$(name)` in any value stands for the text of vars.name. */
#include "jobs/node.h"
#include "render/base/arena.h"

/* Every scalar below root, once: what a variable holds is not looked at again. `$(title)` and the
 * other wildcards of file names stay. E307 unknown variable, E204 a variable that is no text or
 * longer than 4 KiB. */
void node_expand_variables(Node *root, Arena *arena, ErrorList *errors);

#endif
