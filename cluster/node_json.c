/* Values of a job as JSON. */
#include "cluster/node_json.h"

json_t *node_to_json(const Node *node) {
    return json_pack("{s:s?, s:s?, s:i, s:i}", "value",
                     node->kind == NODE_SCALAR ? node->text : NULL, "file", node->place.file,
                     "line", node->place.line, "column", node->place.column);
}

json_t *node_leaf_to_json(const NodeLeaf *leaf) {
    json_t *object = node_to_json(leaf->node);
    json_object_set_new(object, "path", json_string(leaf->path));
    return object;
}
