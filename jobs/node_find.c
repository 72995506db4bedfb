/* Values by their path, and the paths of all values. */
#include "jobs/node_find.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/suggest.h"

enum { DEPTH_MAX = 64, SUGGESTIONS_MAX = 10000 };

static const Node *step_into(const Node *node, const char *part) {
    if (node->kind == NODE_LIST) {
        char *end = NULL;
        const long index = strtol(part, &end, 10);
        return *part && !*end && index >= 0 && index < node->count ? node->items[index] : NULL;
    }
    return node_get(node, part);
}

static Status
fail_part(const Node *node, const char *path, const char *part, Arena *arena, ErrorList *errors) {
    fail(errors, E320, NO_PLACE, "the job has no `%s`", path);
    if (node->kind == NODE_LIST) {
        error_note(errors, "the list has %d entries, counted from 0", node->count);
        return E320;
    }
    const int count = node->kind == NODE_MAP && node->count < SUGGESTIONS_MAX ? node->count : 0;
    const char **keys = arena_array(arena, (size_t)count + 1, sizeof *keys);
    for (int pair = 0; pair < count; pair++) {
        keys[pair] = node->pairs[pair].key;
    }
    const char *best = suggest_nearest(part, keys, count);
    if (best) {
        error_help(errors, "instead of `%s`, did you mean `%s`?", part, best);
    }
    return E320;
}

Status
node_find(const Node *root, const char *path, Arena *arena, const Node **node, ErrorList *errors) {
    const Node *at = root;
    for (const char *rest = path; *rest;) {
        const size_t length = strcspn(rest, ".[]");
        const char *part = arena_copy_bytes(arena, rest, length);
        const Node *next = step_into(at, part);
        if (!next) {
            return fail_part(at, path, part, arena, errors);
        }
        at = next;
        rest += length;
        rest += strspn(rest, ".[]");
    }
    *node = at;
    return DONE;
}

typedef struct Walk { /* a collection that is being walked */
    const Node *node;
    const char *path;
    int next;
} Walk;

typedef struct Leaves {
    NodeLeaves list;
    int capacity;
    Arena *arena;
} Leaves;

static void add_leaf(Leaves *leaves, const char *path, const Node *node) {
    leaves->list.leaves = arena_grow(leaves->arena, leaves->list.leaves, leaves->list.count,
                                     &leaves->capacity, sizeof *leaves->list.leaves);
    leaves->list.leaves[leaves->list.count++] = (NodeLeaf){path, node};
}

static const char *child_path(const Walk *walk, Arena *arena) {
    const char *dot = *walk->path ? "." : "";
    return walk->node->kind == NODE_MAP
               ? arena_format(arena, "%s%s%s", walk->path, dot, walk->node->pairs[walk->next].key)
               : arena_format(arena, "%s%s%d", walk->path, dot, walk->next);
}

NodeLeaves node_leaves(const Node *root, Arena *arena) {
    Leaves leaves = {.arena = arena};
    Walk walks[DEPTH_MAX];
    int depth = 0;
    walks[depth++] = (Walk){root, "", 0};
    while (depth > 0) {
        Walk *walk = &walks[depth - 1];
        if (walk->node->kind == NODE_SCALAR || walk->next == walk->node->count) {
            depth--;
            continue;
        }
        const char *path = child_path(walk, arena);
        const Node *child = walk->node->kind == NODE_MAP ? walk->node->pairs[walk->next].value
                                                         : walk->node->items[walk->next];
        walk->next++;
        if (child->kind == NODE_SCALAR || child->count == 0 || depth == DEPTH_MAX) {
            add_leaf(&leaves, path, child);
        } else {
            walks[depth++] = (Walk){child, path, 0};
        }
    }
    return leaves.list;
}
