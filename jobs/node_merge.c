/* One job on top of another: a worklist of maps that meet, no recursion. */
#include "jobs/node_merge.h"

#include <string.h>

#include "jobs/name_table.h"
#include "jobs/suggest.h"

typedef struct Meeting { /* a map of the base and the one over it */
    const Node *base, *over;
    Node *result;
    const char *path; /* "layers.low", NULL: the top */
    struct Meeting *next;
} Meeting;

typedef struct Merge {
    Arena *arena;
    ErrorList *errors;
    Meeting *first;
} Merge;

Node *node_copy_map(const Node *map, int more, Arena *arena) {
    Node *copy = arena_alloc(arena, sizeof *copy);
    *copy = *map;
    copy->pairs = arena_array(arena, (size_t)map->count + (size_t)more, sizeof *copy->pairs);
    if (map->count > 0) {
        memcpy(copy->pairs, map->pairs, (size_t)map->count * sizeof *copy->pairs);
    }
    return copy;
}

static Node *meet(Merge *merge, const Node *base, const Node *over, const char *path) {
    Meeting *meeting = arena_alloc(merge->arena, sizeof *meeting);
    *meeting =
        (Meeting){base, over, node_copy_map(base, over->count, merge->arena), path, merge->first};
    meeting->result->place = over->place;
    merge->first = meeting;
    return meeting->result;
}

static void fail_nothing_there(Merge *merge, const Meeting *meeting, const NodePair *pair) {
    const Node *base = meeting->base;
    const char **keys = arena_array(merge->arena, (size_t)base->count, sizeof *keys);
    for (int key = 0; key < base->count; key++) {
        keys[key] = base->pairs[key].key;
    }
    fail(merge->errors, E301, pair->key_place, "there is no `%s` to remove%s%s", pair->key,
         meeting->path ? " from " : "", meeting->path ? meeting->path : "");
    const char *best = suggest_nearest(pair->key, keys, base->count);
    if (best) {
        error_caret(merge->errors, "did you mean `%s`?", best);
    }
}

static Node *replace(Merge *merge, const Node *under, const Node *over) {
    Node *copy = arena_alloc(merge->arena, sizeof *copy);
    *copy = *over;
    copy->under = under;
    return copy;
}

static void
merge_pair(Merge *merge, const Meeting *meeting, NodePair *found, const NodePair *over) {
    const bool are_maps = found->value->kind == NODE_MAP && over->value->kind == NODE_MAP;
    found->key_place = over->key_place;
    if (are_maps) {
        const char *path = meeting->path
                               ? arena_format(merge->arena, "%s.%s", meeting->path, over->key)
                               : over->key;
        found->value = meet(merge, found->value, over->value, path);
    } else {
        found->value = replace(merge, found->value, over->value);
    }
}

static void drop_removed(Node *map) {
    int kept = 0;
    for (int pair = 0; pair < map->count; pair++) {
        if (map->pairs[pair].value) {
            map->pairs[kept++] = map->pairs[pair];
        }
    }
    map->count = kept;
}

static void merge_maps(Merge *merge, const Meeting *meeting) {
    Node *result = meeting->result;
    NameTable names = {0};
    for (int pair = 0; pair < result->count; pair++) {
        name_table_set(&names, result->pairs[pair].key, pair, merge->arena);
    }
    for (int pair = 0; pair < meeting->over->count; pair++) {
        const NodePair *over = &meeting->over->pairs[pair];
        const int index = name_table_find(&names, over->key);
        if (index < 0 && node_is_null(over->value)) {
            fail_nothing_there(merge, meeting, over);
        } else if (index < 0) {
            result->pairs[result->count++] = *over;
        } else if (node_is_null(over->value)) {
            result->pairs[index].value = NULL;
        } else {
            merge_pair(merge, meeting, &result->pairs[index], over);
        }
    }
    drop_removed(result);
}

Node *node_merge(const Node *base, const Node *over, Arena *arena, ErrorList *errors) {
    Merge merge = {.arena = arena, .errors = errors};
    if (!base || base->kind != NODE_MAP || over->kind != NODE_MAP) {
        return replace(&merge, base, over);
    }
    Node *root = meet(&merge, base, over, NULL);
    while (merge.first) {
        const Meeting *meeting = merge.first;
        merge.first = meeting->next;
        merge_maps(&merge, meeting);
    }
    return root;
}
