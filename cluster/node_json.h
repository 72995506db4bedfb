#ifndef CLUSTER_NODE_JSON_H
#define CLUSTER_NODE_JSON_H
/* Values of a job as JSON: path, text and place. */
#include <jansson.h>

#include "jobs/node_find.h"

/* {"path", "value", "file", "line", "column"} */
json_t *node_leaf_to_json(const NodeLeaf *leaf);

/* {"value", "file", "line", "column"}; value: the text, null for a map or a list. */
json_t *node_to_json(const Node *node);

#endif
