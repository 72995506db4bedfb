/* Trees of values that no YAML file wrote. */
#include "jobs/node_build.h"

Node *node_make_text(const char *text, Place place, Arena *arena) {
    Node *node = arena_alloc(arena, sizeof *node);
    *node = (Node){.kind = NODE_SCALAR, .place = place, .text = text, .is_quoted = true};
    return node;
}

Node *node_make_map(int most, Place place, Arena *arena) {
    Node *node = arena_alloc(arena, sizeof *node);
    *node = (Node){.kind = NODE_MAP, .place = place};
    node->pairs = arena_array(arena, (size_t)most + 1, sizeof *node->pairs);
    return node;
}

Node *node_make_list(int most, Place place, Arena *arena) {
    const size_t size_bytes = sizeof(void *); /* pointers: the nodes stay where they are */
    Node *node = arena_alloc(arena, sizeof *node);
    *node = (Node){.kind = NODE_LIST, .place = place};
    node->items = arena_array(arena, (size_t)most + 1, size_bytes);
    return node;
}

void node_add_pair(Node *map, const char *key, Place key_place, Node *value) {
    map->pairs[map->count++] = (NodePair){.key = key, .key_place = key_place, .value = value};
}

void node_add_item(Node *list, Node *item) {
    list->items[list->count++] = item;
}
