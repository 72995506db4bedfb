/* `--set layers.vln.gain=-3dB`: values of the command line, above everything that is written. */
#include "jobs/job_set.h"

#include <string.h>

#include "jobs/node_merge.h"
#include "jobs/yaml_reader.h"

static const char set_file[] = "--set";

static Node *make_map(Place place, Arena *arena) {
    Node *map = arena_alloc(arena, sizeof *map);
    *map = (Node){.kind = NODE_MAP, .place = place};
    return map;
}

/* The pair of this key in a map with room for one more. */
static NodePair *add_pair(Node *map, const char *key, Place place) {
    NodePair *pair = node_get_pair(map, key);
    if (!pair) {
        pair = &map->pairs[map->count++];
        *pair = (NodePair){.key = key, .key_place = place};
    }
    return pair;
}

static Status read_value(const char *text, Arena *arena, Node **value, ErrorList *errors) {
    if (*text && strcmp(text, "~") != 0) { /* `~` alone is no file, but takes the value away */
        return yaml_read(set_file, text, strlen(text), arena, value, errors);
    }
    *value = arena_alloc(arena, sizeof **value);
    **value = (Node){.kind = NODE_SCALAR, .text = ""};
    return DONE;
}

Status job_set_apply(Node **root, const char *set, Arena *arena, ErrorList *errors) {
    const char *equals = strchr(set, '=');
    if (!equals || equals == set) {
        return fail(errors, E002, NO_PLACE, "--set needs path=value, not `%s`", set);
    }
    Node *value = NULL;
    TRY(read_value(equals + 1, arena, &value, errors));
    const Place place = {.file = set_file, .line = 1, .column = 1};
    Node **slot = root;
    for (const char *part = set; part < equals;) {
        if (!*slot || node_is_null(*slot)) {
            *slot = make_map(place, arena);
        }
        if ((*slot)->kind != NODE_MAP) {
            return fail(errors, E002, NO_PLACE, "--set %.*s: `%.*s` is not a map",
                        (int)(equals - set), set, (int)(part - set - 1), set);
        }
        const size_t length = strcspn(part, ".=");
        *slot = node_copy_map(*slot, 1, arena); /* the old one may be shared by an alias */
        slot = &add_pair(*slot, arena_copy_bytes(arena, part, length), place)->value;
        part += length + 1;
    }
    value->under = *slot;
    *slot = value;
    return DONE;
}
