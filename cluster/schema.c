/* The JSON schema of the job format, row by row from the key table. */
#include "cluster/schema.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/job_schema.h"
#include "spatial/layout_table.h"

static json_t *member(json_t *object, const char *name) {
    json_t *value = json_object_get(object, name);
    if (!json_is_object(value)) {
        value = json_object();
        json_object_set_new(object, name, value);
    }
    return value;
}

/* One step of a path: `*` any id, `name[]` the entries of a list, else a member. */
static json_t *step(json_t *schema, const char *part) {
    const size_t length = strlen(part);
    if (!strcmp(part, "*")) {
        return member(schema, "additionalProperties");
    }
    json_t *properties = member(schema, "properties");
    if (length > 2 && !strcmp(part + length - 2, "[]")) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)(length - 2), part);
        return member(member(properties, name), "items");
    }
    return member(properties, part);
}

/* The schema at a path, and that of the map it is a member of. */
static json_t *walk(json_t *root, const char *path, json_t **parent, Arena *arena) {
    char *parts = arena_copy_text(arena, path);
    char *rest = NULL;
    json_t *at = root;
    for (char *part = strtok_r(parts, ".", &rest); part; part = strtok_r(NULL, ".", &rest)) {
        *parent = at;
        at = step(at, part);
    }
    return at;
}

static void set_types(json_t *schema, const char *first, const char *second) {
    if (second) {
        json_object_set_new(schema, "type", json_pack("[s, s]", first, second));
    } else {
        json_object_set_new(schema, "type", json_string(first));
    }
}

/* Words that look like numbers are numbers to a language server. */
static void add_word(json_t *words, const char *word, size_t length) {
    char text[64];
    char *end = NULL;
    snprintf(text, sizeof text, "%.*s", (int)length, word);
    json_array_append_new(words, json_string(text));
    const double number = strtod(text, &end);
    if (end != text && !*end) {
        json_array_append_new(words, strchr(text, '.') ? json_real(number)
                                                       : json_integer((json_int_t)number));
    }
}

static void set_words(json_t *schema, const char *words) {
    json_t *list = json_array();
    while (*words) {
        const size_t length = strcspn(words, " ");
        add_word(list, words, length);
        words += length;
        words += strspn(words, " ");
    }
    json_object_set_new(schema, "enum", list);
}

static void set_layouts(json_t *schema) {
    json_t *list = json_array();
    for (int index = 0; layout_at(index); index++) {
        const char *name = layout_at(index)->name;
        add_word(list, name, strlen(name));
    }
    json_object_set_new(schema, "enum", list);
}

/* A text with its unit; only 0 may stand alone. */
static void set_quantity(json_t *schema, QuantityKind kind) {
    if (kind == QUANTITY_NUMBER) {
        set_types(schema, "string", "number");
        json_object_set_new(schema, "pattern", json_string(quantity_pattern(kind)));
        return;
    }
    json_object_set_new(schema, "anyOf",
                        json_pack("[{s:s, s:s}, {s:i}]", "type", "string", "pattern",
                                  quantity_pattern(kind), "const", 0));
}

static void set_list(json_t *schema, int at_least, int at_most) {
    set_types(schema, "array", NULL);
    json_object_set_new(schema, "minItems", json_integer(at_least));
    if (at_most > 0) {
        json_object_set_new(schema, "maxItems", json_integer(at_most));
    }
}

/* A scalar or a map of members; only members that the table lists. */
static void set_map(json_t *schema, const char *other_type) {
    set_types(schema, "object", other_type);
    if (!json_object_get(schema, "additionalProperties")) {
        json_object_set_new(schema, "additionalProperties", json_false());
    }
}

/* "$code $reel" -> what is no other wildcard. */
static const char *template_pattern(const SchemaKey *key, Arena *arena) {
    char *words = arena_copy_text(arena, key->values);
    char *rest = NULL;
    const char *known = "";
    for (const char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        known = arena_format(arena, "%s%s%s(?![a-z])", known, *known ? "|" : "", word + 1);
    }
    return arena_format(arena, "^([^$]|[$](%s))*$", known);
}

/* What such a text can never be; NULL: all texts are well. */
static const char *text_pattern(const SchemaKey *key, Arena *arena) {
    switch (key->type) {
    case VALUE_POINT:
        return "^(?![0-9]+:[0-9]+$)"; /* 1:30 is two things */
    case VALUE_PATH:
        return "^(?!/|~.|[.][.]/)";
    case VALUE_SELECTOR:
    case VALUE_CONDITION:
        return "^(?!.*(&&|[|][|]|==))";
    case VALUE_TEMPLATE:
        return template_pattern(key, arena);
    default:
        return NULL;
    }
}

static void set_text(json_t *schema, const SchemaKey *key, Arena *arena) {
    const char *pattern = text_pattern(key, arena);
    set_types(schema, "string", "number");
    if (pattern) {
        json_object_set_new(schema, "pattern", json_string(pattern));
    }
}

static void set_scalar(json_t *schema, const SchemaKey *key, Arena *arena) {
    QuantityKind kind = QUANTITY_NUMBER;
    if (key->type == VALUE_ENUM || key->type == VALUE_FRAME_RATE || key->type == VALUE_VERSION) {
        set_words(schema, job_schema_words(key, arena).words);
    } else if (key->type == VALUE_BOOL) {
        set_words(schema, "yes no");
    } else if (key->type == VALUE_LAYOUT && strcmp(key->path, "deliverables.*.layout") != 0) {
        /* a deliverable's may be a layout of the job's own */
        set_layouts(schema);
    } else if (job_schema_quantity(key->type, &kind)) {
        set_quantity(schema, kind);
    } else {
        set_text(schema, key, arena);
    }
}

static void set_shape(json_t *schema, const SchemaKey *key, Arena *arena) {
    switch (key->type) {
    case VALUE_ANY:
    case VALUE_POLICY: /* a path or a map with members of `list checks` */
        break;
    case VALUE_JOB_FILES:
    case VALUE_TIMES:
        set_list(schema, 0, 0);
        set_types(member(schema, "items"), "string", NULL);
        break;
    case VALUE_MAP:
    case VALUE_TABLE:
        set_map(schema, NULL);
        break;
    case VALUE_PAN:
    case VALUE_SOFA:
        set_map(schema, "string");
        break;
    case VALUE_FILTER:
        set_map(schema, "string");
        json_object_set_new(schema, "pattern", json_string(quantity_pattern(QUANTITY_FREQUENCY)));
        break;
    case VALUE_TRIPLE:
        set_list(schema, 3, 3);
        set_quantity(member(schema, "items"), QUANTITY_DISTANCE);
        break;
    case VALUE_POINTS:
    case VALUE_CURVE:
        set_list(schema, 2, 0);
        set_list(member(schema, "items"), 2, 2);
        break;
    case VALUE_MAPS:
    case VALUE_TEMPO:
        set_list(schema, key->type == VALUE_TEMPO, 0);
        set_map(member(schema, "items"), NULL);
        break;
    case VALUE_SPAN:
        json_object_set_new(schema, "type", json_pack("[s, s]", "string", "array"));
        break;
    case VALUE_PARAMETER:
        set_words(schema, key->values);
        break;
    case VALUE_TAGS:
        set_list(schema, 0, 0);
        set_types(member(schema, "items"), "string", "number");
        break;
    case VALUE_WORDS:
        set_list(schema, 0, 0);
        set_words(member(schema, "items"), job_schema_words(key, arena).words);
        break;
    case VALUE_PATHS:
    case VALUE_OUTPUTS:
        set_list(schema, 1, 0);
        set_types(member(schema, "items"), "string", NULL);
        break;
    default:
        set_scalar(schema, key, arena);
    }
}

static void describe(json_t *schema, const SchemaKey *key, Arena *arena) {
    const char *text =
        key->values ? arena_format(arena, "%s [%s]", key->meaning, key->values) : key->meaning;
    json_object_set_new(schema, "description", json_string(text));
    if (key->fallback && *key->fallback != '(') {
        json_object_set_new(schema, "default", json_string(key->fallback));
    }
}

static void require(json_t *parent, const char *path) {
    const char *name = strrchr(path, '.');
    json_t *names = json_object_get(parent, "required");
    if (!names) {
        names = json_array();
        json_object_set_new(parent, "required", names);
    }
    json_array_append_new(names, json_string(name ? name + 1 : path));
}

/* A file may hold parts of what it extends, includes or is included by; entries of lists are
 * whole. */
static bool is_required(const SchemaKey *key) {
    return key->flags & KEY_REQUIRED && !key->fallback &&
           (strcmp(key->path, "nocturne") == 0 || strstr(key->path, "[]"));
}

static void add_row(json_t *root, const SchemaKey *key, Arena *arena) {
    json_t *parent = root;
    json_t *schema = walk(root, key->path, &parent, arena);
    describe(schema, key, arena);
    set_shape(schema, key, arena);
    if (is_required(key)) {
        require(parent, key->path);
    }
}

/* Appends a type to those of a schema. */
static void add_type(json_t *schema, const char *type) {
    json_t *types = json_object_get(schema, "type");
    if (json_is_string(types)) {
        types = json_pack("[O]", types);
        json_object_set_new(schema, "type", types);
    }
    if (types) {
        json_array_append_new(types, json_string(type));
    }
}

/* The entries of a table are maps unless a row of their own (`markers.*`) said what they are; `~`
 * takes one away. */
static void close_entries(json_t *root, const SchemaKey *key, Arena *arena) {
    json_t *parent = root;
    json_t *entries =
        json_object_get(walk(root, key->path, &parent, arena), "additionalProperties");
    if (json_object_get(entries, "properties") && !json_object_get(entries, "type")) {
        set_map(entries, NULL);
    }
    add_type(entries, "null");
}

/* A named position has the members of a layer's. */
static void share_positions(json_t *root, const SchemaKey *key, Arena *arena) {
    json_t *parent = root;
    json_t *schema = walk(root, key->path, &parent, arena);
    const json_t *pan = walk(root, "layers.*.pan", &parent, arena);
    if (!json_object_get(schema, "properties")) {
        json_object_set_new(schema, "properties",
                            json_deep_copy(json_object_get(pan, "properties")));
    }
}

/* The points of a cue's tempo map are those of the job's, whose rows stand below `tempo[]`. */
static void share_points(json_t *root, const SchemaKey *key, Arena *arena) {
    json_t *parent = root;
    json_t *schema = walk(root, key->path, &parent, arena);
    const json_t *points = json_object_get(walk(root, "tempo", &parent, arena), "items");
    if (json_object_get(schema, "items") != points) {
        json_object_set_new(schema, "items", json_deep_copy(points));
    }
}

static json_t *make_schema(Arena *arena) {
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:b, s:{s:{}}}", "$schema",
                             "http://json-schema.org/draft-07/schema#", "$id", "nocturne-job-v1",
                             "title", "nocturne job v1", "type", "object", "additionalProperties",
                             0, "patternProperties", "^x-");
    for (int row = 0; job_schema_at(row); row++) {
        if (job_schema_at(row)->type != VALUE_PLANNED) {
            add_row(root, job_schema_at(row), arena);
        }
    }
    for (int row = 0; job_schema_at(row); row++) {
        if (job_schema_at(row)->type == VALUE_TABLE) {
            close_entries(root, job_schema_at(row), arena);
        } else if (job_schema_at(row)->type == VALUE_TEMPO) {
            share_points(root, job_schema_at(row), arena);
        } else if (job_schema_at(row)->type == VALUE_PAN) {
            share_positions(root, job_schema_at(row), arena);
        }
    }
    return root;
}

const char *schema_text(Arena *arena) {
    const size_t flags = JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(9);
    json_t *schema = make_schema(arena);
    const size_t size_bytes = json_dumpb(schema, NULL, 0, flags);
    char *text = arena_alloc(arena, size_bytes + 2);
    json_dumpb(schema, text, size_bytes, flags);
    text[size_bytes] = '\n';
    json_decref(schema);
    return text;
}
