#ifndef JOBS_NODE_MERGE_H
#define JOBS_NODE_MERGE_H
/* One job on top of another (job-format, 3).
 *
 *     Node *merged = node_merge(base, over, arena, errors);
 *
 * Maps merge deeply, every other value replaces, lists whole, `~` removes. The entries of the base
 * come first, in its order: the order of stems is that of every sum. Neither tree is changed; a
 * value that replaced another knows it as `under`.
 */
#include "jobs/node.h"
#include "render/base/arena.h"

/* base NULL: nothing is below. `~` for what is not there: E301 with did-you-mean. */
Node *node_merge(const Node *base, const Node *over, Arena *arena, ErrorList *errors);

/* A shallow copy of a map with room for `more` pairs. */
Node *node_copy_map(const Node *map, int more, Arena *arena);

#endif
