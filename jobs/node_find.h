#ifndef JOBS_NODE_FIND_H
#define JOBS_NODE_FIND_H
/* Values by their path: `layers.winds.gain`, `tempo.2.bpm` or `tempo[2].bpm` (entries of lists
 * count from 0), and the values of a whole tree with their paths. */
#include "jobs/node.h"
#include "render/base/arena.h"

/* E320 when nothing stands there, with the first part that is wrong and did-you-mean. */
Status
node_find(const Node *root, const char *path, Arena *arena, const Node **node, ErrorList *errors);

typedef struct NodeLeaf { /* a scalar, or an empty map or list */
    const char *path;
    const Node *node;
} NodeLeaf;

typedef struct NodeLeaves {
    NodeLeaf *leaves; /* in the order of the tree */
    int count;
} NodeLeaves;

NodeLeaves node_leaves(const Node *root, Arena *arena);

#endif
