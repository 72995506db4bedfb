/* A JSON file as a tree of values, each with its place: jansson judges the text, which is then
 * walked once, without recursion. */
#include "jobs/json_reader.h"

#include <jansson.h>
#include <string.h>

#include "jobs/node_build.h"
#include "jobs/source_text.h"
#include "jobs/text_check.h"
#include "jobs/utf8.h"

typedef struct JsonLevel { /* an object or a list that is still open */
    Node *node;
    int capacity;
    const char *key; /* that waits for its value; NULL: none */
    Place key_place;
    struct JsonLevel *outer;
} JsonLevel;

typedef struct JsonWalk {
    const JobFile *file;
    Arena *arena;
    size_t at;
    int line;
    size_t counted_to; /* columns were counted up to here, */
    int column;        /* where this one is */
    JsonLevel *inner;
    Node *root;
} JsonWalk;

static Status fail_syntax(const JobFile *file, const json_error_t *error, ErrorList *errors) {
    Place place = {.file = file->name, .length = 1};
    const size_t position = error->position > 0 ? (size_t)error->position - 1 : 0;
    source_locate(file->bytes, file->size_bytes,
                  source_mark_bytes(file->bytes, file->size_bytes) + position, &place.line,
                  &place.column);
    fail(errors, E427, place, "this is not valid JSON");
    error_caret(errors, "%s", error->text);
    return E427;
}

static Status check_syntax(const JobFile *file, ErrorList *errors) {
    const size_t mark = source_mark_bytes(file->bytes, file->size_bytes);
    json_error_t error;
    json_t *json =
        json_loadb(file->bytes + mark, file->size_bytes - mark, JSON_REJECT_DUPLICATES, &error);
    if (!json) {
        return fail_syntax(file, &error, errors);
    }
    json_decref(json);
    return DONE;
}

static Place place_of(JsonWalk *walk, size_t length) {
    const char *bytes = walk->file->bytes;
    walk->column += (int)utf8_count(bytes + walk->counted_to, walk->at - walk->counted_to);
    walk->counted_to = walk->at;
    return (Place){.file = walk->file->name,
                   .line = walk->line,
                   .column = walk->column,
                   .length = (int)utf8_count(bytes + walk->at, length)};
}

/* Bytes of the string at `at`, with its quotes. */
static size_t string_bytes(const JsonWalk *walk) {
    size_t end = walk->at + 1;
    while (walk->file->bytes[end] != '"') {
        end += walk->file->bytes[end] == '\\' ? 2 : 1;
    }
    return end + 1 - walk->at;
}

static const char *read_string(const JsonWalk *walk, size_t length) {
    const char *bytes = walk->file->bytes + walk->at;
    if (!memchr(bytes, '\\', length)) {
        return arena_copy_bytes(walk->arena, bytes + 1, length - 2);
    }
    json_t *string = json_loadb(bytes, length, JSON_DECODE_ANY, NULL);
    const char *text = arena_copy_text(walk->arena, string ? json_string_value(string) : "");
    json_decref(string);
    return text;
}

/* One more pair or item fits behind this. */
static void make_room(JsonLevel *level, Arena *arena) {
    Node *node = level->node;
    if (node->kind == NODE_MAP) {
        node->pairs =
            arena_grow(arena, node->pairs, node->count, &level->capacity, sizeof *node->pairs);
    } else {
        node->items = arena_grow(arena, node->items, node->count, &level->capacity, sizeof(void *));
    }
}

static void add_value(JsonWalk *walk, Node *value) {
    JsonLevel *level = walk->inner;
    if (!level) {
        walk->root = value;
        return;
    }
    make_room(level, walk->arena);
    if (level->node->kind == NODE_MAP) {
        node_add_pair(level->node, level->key, level->key_place, value);
        level->key = NULL;
    } else {
        node_add_item(level->node, value);
    }
}

static void open_level(JsonWalk *walk, NodeKind kind) {
    Node *node = arena_alloc(walk->arena, sizeof *node);
    *node = (Node){.kind = kind, .place = place_of(walk, 1)};
    add_value(walk, node);
    JsonLevel *level = arena_alloc(walk->arena, sizeof *level);
    *level = (JsonLevel){.node = node, .outer = walk->inner};
    walk->inner = level;
    walk->at++;
}

static void read_text(JsonWalk *walk) {
    const size_t length = string_bytes(walk);
    const char *text = read_string(walk, length);
    const Place place = place_of(walk, length);
    JsonLevel *level = walk->inner;
    if (level && level->node->kind == NODE_MAP && !level->key) {
        level->key = text;
        level->key_place = place;
    } else {
        add_value(walk, node_make_text(text, place, walk->arena));
    }
    walk->at += length;
}

/* A number, true, false or null. */
static void read_word(JsonWalk *walk) {
    const char *bytes = walk->file->bytes + walk->at;
    const size_t length = strcspn(bytes, ",]} \t\r\n");
    Node *node = node_make_text(arena_copy_bytes(walk->arena, bytes, length),
                                place_of(walk, length), walk->arena);
    node->is_quoted = false;
    add_value(walk, node);
    walk->at += length;
}

static void read_token(JsonWalk *walk) {
    switch (walk->file->bytes[walk->at]) {
    case '{':
        open_level(walk, NODE_MAP);
        break;
    case '[':
        open_level(walk, NODE_LIST);
        break;
    case '}':
    case ']':
        walk->inner = walk->inner->outer;
        walk->at++;
        break;
    case '"':
        read_text(walk);
        break;
    case '\n':
        walk->line++;
        walk->column = 1;
        walk->counted_to = ++walk->at;
        break;
    case '\r': /* of CR LF; alone it ends no line in JSON texts that people see */
    case ' ':
    case '\t':
    case ',':
    case ':':
        walk->at++;
        break;
    default:
        read_word(walk);
    }
}

Status json_read(const JobFile *file, Arena *arena, Node **root, ErrorList *errors) {
    TRY(text_check_file(file->name, file->bytes, file->size_bytes, errors));
    TRY(check_syntax(file, errors));
    const size_t mark = source_mark_bytes(file->bytes, file->size_bytes);
    JsonWalk walk = {
        .file = file, .arena = arena, .at = mark, .line = 1, .counted_to = mark, .column = 1};
    while (walk.at < file->size_bytes) {
        read_token(&walk);
    }
    *root = walk.root;
    return DONE;
}
