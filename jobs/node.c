/* The tree of a YAML file: every value with its place, nothing typed yet. */
#include "jobs/node.h"

#include <string.h>

bool node_is_null(const Node *node) {
    if (!node) {
        return true;
    }
    if (node->kind != NODE_SCALAR || node->is_quoted) {
        return false;
    }
    return node->text[0] == '\0' || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0;
}

NodePair *node_get_pair(const Node *map, const char *key) {
    if (!map || map->kind != NODE_MAP) {
        return NULL;
    }
    for (int pair = 0; pair < map->count; pair++) {
        if (strcmp(map->pairs[pair].key, key) == 0) {
            return &map->pairs[pair];
        }
    }
    return NULL;
}

Node *node_get(const Node *map, const char *key) {
    const NodePair *pair = node_get_pair(map, key);
    return pair ? pair->value : NULL;
}
