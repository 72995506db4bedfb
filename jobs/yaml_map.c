/* A map while it is read: duplicate keys, texts cut at a comma, merge keys. */
#include "jobs/yaml_map.h"

#include <string.h>

enum {
    KEYS_MAX = 10000,
    LINEAR_MAX = 16,   /* up to so many keys are searched one by one */
    REPEATED_MAX = 100 /* longer texts are not repeated in a message, bytes */
};

static void count_collected(YamlContext *context, Status status) {
    if (context->collected_count++ == 0) {
        context->first_status = status;
    }
}

/* ---- pairs ---- */

static int find_pair(const YamlMap *map, const char *key) {
    if (map->names.slot_count > 0) {
        return name_table_find(&map->names, key);
    }
    for (int pair = 0; pair < map->node->count; pair++) {
        if (strcmp(map->node->pairs[pair].key, key) == 0) {
            return pair;
        }
    }
    return -1;
}

static void index_pairs(YamlContext *context, YamlMap *map) {
    const Node *node = map->node;
    const int first = map->names.slot_count > 0 ? node->count - 1 : 0;
    for (int pair = first; node->count > LINEAR_MAX && pair < node->count; pair++) {
        name_table_set(&map->names, node->pairs[pair].key, pair, context->arena);
    }
}

static Status append_pair(YamlContext *context, YamlMap *map, const NodePair *pair) {
    Node *node = map->node;
    if (node->count == KEYS_MAX) {
        return fail(context->errors, E106, pair->key_place,
                    "this map is too large: more than 10 000 keys");
    }
    node->pairs =
        arena_grow(context->arena, node->pairs, node->count, &map->capacity, sizeof *node->pairs);
    node->pairs[node->count++] = *pair;
    index_pairs(context, map);
    return DONE;
}

static void report_duplicate(YamlContext *context, const YamlKey *key, Place first) {
    ErrorList *errors = context->errors;
    count_collected(context, fail(errors, E104, key->place, "`%s` is defined twice", key->text));
    error_caret(errors, "second definition");
    error_mark(errors, first, "first definition");
    if (key->is_plain && strcmp(key->text, "<<") == 0) {
        error_help(errors, "write one `<<` with a list: `<<: [*first, *second]`");
    } else {
        error_help(errors,
                   "give one of them another name; a later entry never silently replaces an "
                   "earlier one");
    }
}

/* ---- texts cut at a comma ---- */

/* `{purpose: the door, then the chase}` makes a key of the rest, plain and without a colon. */
static bool
is_rest_of_text(const YamlContext *context, const YamlMap *map, const YamlValue *value) {
    if (!map->is_flow || !map->key.is_plain || !value->is_plain || value->begin != value->end) {
        return false;
    }
    const size_t next = yaml_text_skip_space(&context->text, map->key.end);
    return (map->cut.is_set || map->plain.is_set) && yaml_text_byte(&context->text, next) != ':';
}

static void lengthen_cut(YamlMap *map) {
    if (!map->cut.is_set) {
        map->cut = map->plain;
        map->cut.rest_place = map->key.place;
    }
    map->cut.end = map->key.end;
}

static void report_cut(YamlContext *context, YamlMap *map) {
    const YamlCut *cut = &map->cut;
    const char *text = context->text.bytes + cut->begin;
    const size_t size_bytes = cut->end - cut->begin;
    ErrorList *errors = context->errors;
    if (!cut->is_set) {
        return;
    }
    count_collected(context, fail(errors, E221, cut->rest_place, "this text was cut at a comma"));
    error_caret(errors, "YAML reads this as a new, empty key");
    error_mark(errors, cut->text_place, "the text ends here");
    if (size_bytes > REPEATED_MAX || memchr(text, '"', size_bytes) ||
        memchr(text, '\\', size_bytes) || memchr(text, '\n', size_bytes)) {
        error_help(errors, "put the text in quotes");
    } else {
        error_help(errors, "put the text in quotes: `%s: \"%.*s\"`", cut->key, (int)size_bytes,
                   text);
    }
    map->cut = (YamlCut){0};
}

static void remember_plain(YamlMap *map, const YamlValue *value) {
    map->plain = (YamlCut){.is_set = value->is_plain && value->end > value->begin,
                           .key = map->key.text,
                           .begin = value->begin,
                           .end = value->end,
                           .text_place = value->node->place};
}

Status yaml_map_add(YamlContext *context, YamlMap *map, const YamlValue *value) {
    const YamlKey key = map->key;
    if (is_rest_of_text(context, map, value)) {
        lengthen_cut(map);
        map->key.is_set = false;
        return DONE;
    }
    report_cut(context, map);
    remember_plain(map, value);
    map->key.is_set = false;
    const int earlier = find_pair(map, key.text);
    if (earlier >= 0) {
        report_duplicate(context, &key, map->node->pairs[earlier].key_place);
        return DONE;
    }
    if (key.is_plain && strcmp(key.text, "<<") == 0) {
        map->merge_pair = map->node->count;
    }
    return append_pair(context, map, &(NodePair){key.text, key.place, value->node});
}

/* ---- merge keys: yaml.org/type/merge.html ---- */

static Status merge_map(YamlContext *context, YamlMap *map, const Node *from) {
    for (int pair = 0; pair < from->count; pair++) {
        if (find_pair(map, from->pairs[pair].key) < 0) {
            TRY(append_pair(context, map, &from->pairs[pair]));
        }
    }
    return DONE;
}

static bool is_mergeable(const Node *value) {
    if (value->kind != NODE_LIST) {
        return value->kind == NODE_MAP;
    }
    for (int item = 0; item < value->count; item++) {
        if (value->items[item]->kind != NODE_MAP) {
            return false;
        }
    }
    return true;
}

static NodePair take_merge_pair(YamlMap *map) {
    Node *node = map->node;
    const NodePair merge = node->pairs[map->merge_pair];
    const int behind = --node->count - map->merge_pair;
    memmove(&node->pairs[map->merge_pair], &node->pairs[map->merge_pair + 1],
            (size_t)behind * sizeof *node->pairs);
    return merge;
}

Status yaml_map_finish(YamlContext *context, YamlMap *map) {
    report_cut(context, map);
    if (map->merge_pair < 0) {
        return DONE;
    }
    const NodePair merge = take_merge_pair(map); /* indices in names now only say "is there" */
    const Node *value = merge.value;
    if (!is_mergeable(value)) {
        count_collected(context, fail(context->errors, E109, merge.key_place,
                                      "`<<` takes a map or a list of maps"));
        error_caret(context->errors, "this merges something else");
        return DONE;
    }
    if (value->kind == NODE_MAP) {
        return merge_map(context, map, value);
    }
    for (int item = 0; item < value->count; item++) { /* earlier ones win */
        TRY(merge_map(context, map, value->items[item]));
    }
    return DONE;
}
