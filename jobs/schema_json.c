/* The job format as a JSON Schema (draft-07): every served row of the key table. */
#include "jobs/schema_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/job_schema.h"
#include "jobs/number.h"
#include "spatial/layout_table.h"

enum { MAX_KEYS = 512 };

#define ID_PATTERN   "^[A-Za-z0-9_]+$"
#define UNIT_PATTERN "[0-9.]+ *(ms|s|min|h|fr|smp|beats?|bars?)"
#define BARS_PATTERN "-?[0-9]{1,6}[|][0-9]{1,2}([|][0-9]{1,4})?"
#define TIME_PATTERN                                                                               \
    "^([0-9]{1,2}:[0-9]{2}:[0-9]{2}[:;][0-9]{2}|[0-9]+:[0-9]{1,2}:[0-9]{1,2}([.][0-9]*)?|0|"       \
    "-?" UNIT_PATTERN "|([A-Za-z0-9_]+:)?" BARS_PATTERN                                            \
    "|[A-Za-z0-9_]+([.][A-Za-z0-9_]+){0,2})( +[+-] *" UNIT_PATTERN ")*$"

typedef struct SchemaBuilder {
    Arena *arena;
    json_t *root;
    json_t *schemas[MAX_KEYS]; /* of each row, borrowed */
    json_t *owners[MAX_KEYS];  /* where the members of each row go, borrowed */
} SchemaBuilder;

/* "string number null" */
static json_t *make_types(const char *types) {
    json_t *list = json_array();
    for (const char *type = types; *type;) {
        const size_t length = strcspn(type, " ");
        json_array_append_new(list, json_stringn(type, length));
        type += length;
        type += *type == ' ';
    }
    return list;
}

static json_t *make_typed(const char *types, const char *pattern) {
    json_t *schema = json_object();
    json_object_set_new(schema, "type", make_types(types));
    if (pattern) {
        json_object_set_new(schema, "pattern", json_string(pattern));
    }
    return schema;
}

static json_t *make_map(void) {
    json_t *schema = make_typed("object null", NULL);
    json_object_set_new(schema, "properties", json_object());
    json_object_set_new(schema, "additionalProperties", json_false());
    return schema;
}

/* Words that look like numbers are numbers to an editor: 24, 5.1. */
static void append_word(json_t *words, const char *word) {
    json_array_append_new(words, json_string(word));
    Rational number;
    const char *rest = word;
    if (number_scan(&rest, &number) == NUMBER_GOOD && *rest == '\0') {
        json_array_append_new(words, number.denominator == 1 ? json_integer(number.numerator)
                                                             : json_real(rational_value(number)));
    }
}

static json_t *make_enum(const char *words, Arena *arena) {
    json_t *list = json_array();
    for (const char *word = words; *word;) {
        const size_t length = strcspn(word, " ");
        append_word(list, arena_copy_bytes(arena, word, length));
        word += length;
        word += *word == ' ';
    }
    json_array_append_new(list, json_null());
    json_t *schema = json_object();
    json_object_set_new(schema, "enum", list);
    return schema;
}

static json_t *make_layouts(void) {
    json_t *list = json_array();
    const Layout *layout = NULL;
    for (int index = 0; (layout = layout_at(index)) != NULL; index++) {
        append_word(list, layout->name);
    }
    json_array_append_new(list, json_null());
    json_t *schema = json_object();
    json_object_set_new(schema, "enum", list);
    return schema;
}

/* Only 0 may be written without a unit. */
static json_t *make_quantity(QuantityKind kind) {
    json_t *schema = make_typed("string number null", quantity_pattern(kind));
    json_object_set_new(schema, "minimum", json_integer(0));
    json_object_set_new(schema, "maximum", json_integer(0));
    return schema;
}

static json_t *make_whole(const SchemaKey *key) {
    json_t *schema = make_typed("string integer null", "^[0-9]+$");
    QuantityRange range = {
        {0,         1},
        {INT64_MAX, 1}
    };
    quantity_read_range(QUANTITY_NUMBER, key->values, NULL, &range);
    json_object_set_new(schema, "minimum", json_integer(range.low.numerator));
    json_object_set_new(schema, "maximum", json_integer(range.high.numerator));
    return schema;
}

static json_t *make_number(const SchemaKey *key) {
    json_t *schema = make_typed("string number null", quantity_pattern(QUANTITY_NUMBER));
    QuantityRange range;
    if (quantity_read_range(QUANTITY_NUMBER, key->values, NULL, &range)) {
        json_object_set_new(schema, "minimum", json_integer(range.low.numerator));
        json_object_set_new(schema, "maximum", json_integer(range.high.numerator));
    }
    return schema;
}

static json_t *make_text(const SchemaKey *key) {
    json_t *schema = make_typed("string number boolean null", NULL);
    QuantityRange range;
    if (quantity_read_range(QUANTITY_NUMBER, key->values, NULL, &range)) {
        json_object_set_new(schema, "minLength", json_integer(range.low.numerator));
        json_object_set_new(schema, "maxLength", json_integer(range.high.numerator));
    }
    return schema;
}

static json_t *make_list(json_t *items, int least, int most) {
    json_t *schema = make_typed("array null", NULL);
    json_object_set_new(schema, "items", items);
    json_object_set_new(schema, "minItems", json_integer(least));
    if (most > 0) {
        json_object_set_new(schema, "maxItems", json_integer(most));
    }
    return schema;
}

static json_t *make_any(json_t *first, json_t *second) {
    json_t *schema = json_object();
    json_t *list = json_array();
    json_array_append_new(list, first);
    json_array_append_new(list, second);
    json_object_set_new(schema, "anyOf", list);
    return schema;
}

static int index_of(const char *path) {
    int index = 0;
    while (job_schema_at(index) && strcmp(job_schema_at(index)->path, path) != 0) {
        index++;
    }
    return index;
}

/* [time, position]; the schema of a position is that of `pan`, which stands above. */
static json_t *make_points(const SchemaBuilder *builder) {
    json_t *pair = json_array();
    json_array_append_new(pair, make_typed("string number null", TIME_PATTERN));
    json_array_append(pair, builder->schemas[index_of("layers.*.pan")]);
    return make_list(make_list(pair, 2, 2), 2, 0);
}

/* The one of `pan` is a name or a map; a named position is that map, whose members stand above. */
static json_t *make_position(const SchemaBuilder *builder, const SchemaKey *key, json_t **owner) {
    static const char pan[] = "layers.*.pan";
    if (strcmp(key->path, pan) != 0) {
        return json_deep_copy(builder->owners[index_of(pan)]);
    }
    *owner = make_map();
    return make_any(make_typed("string null", NULL), *owner);
}

static json_t *make_words(const SchemaBuilder *builder, const SchemaKey *key) {
    return make_enum(job_schema_words(key, builder->arena).words, builder->arena);
}

static json_t *make_bool(void) {
    json_t *schema = json_object();
    json_t *words = json_array();
    json_array_append_new(words, json_string("yes"));
    json_array_append_new(words, json_string("no"));
    json_array_append_new(words, json_true()); /* what YAML 1.1 editors make of yes */
    json_array_append_new(words, json_false());
    json_array_append_new(words, json_null());
    json_object_set_new(schema, "enum", words);
    return schema;
}

static json_t *make_scalar(const SchemaBuilder *builder, const SchemaKey *key) {
    QuantityKind kind = QUANTITY_NUMBER;
    switch (key->type) {
    case VALUE_VERSION:
        return make_enum("1", builder->arena);
    case VALUE_ENUM:
    case VALUE_FRAME_RATE:
        return make_words(builder, key);
    case VALUE_BOOL:
        return make_bool();
    case VALUE_LAYOUT:
        return make_layouts();
    case VALUE_WHOLE:
        return make_whole(key);
    case VALUE_START:
    case VALUE_TIMECODE:
        return make_typed("string null", "^[0-9]{1,2}:[0-9]{2}:[0-9]{2}[:;][0-9]{2}$");
    case VALUE_BARS:
        return make_typed("string null", "^" BARS_PATTERN "$");
    case VALUE_METRE:
        return make_typed("string null", "^[0-9]{1,2}/(1|2|4|8|16|32)$");
    case VALUE_NUMBER:
        return make_number(key);
    case VALUE_POINT:
        return make_typed("string number null", TIME_PATTERN);
    case VALUE_SLUG:
        return make_typed("string number null", "^[A-Za-z0-9-]{1,16}$");
    case VALUE_FAMILY:
        return make_typed("string number null", "^[A-Za-z0-9_-]{1,32}$");
    case VALUE_SHA256:
        return make_typed("string null", "^[0-9a-f]{64}$");
    default:
        return job_schema_quantity(key->type, &kind) ? make_quantity(kind) : make_text(key);
    }
}

/* A list of maps, whose rows stand below the job's own; of a cue, a copy of that one. */
static json_t *make_tempo(const SchemaBuilder *builder, const SchemaKey *key, json_t **owner) {
    static const char shared[] = "tempo";
    if (strcmp(key->path, shared) != 0) {
        return json_deep_copy(builder->schemas[index_of(shared)]);
    }
    *owner = make_map();
    return make_list(*owner, 1, 0);
}

/* The schema of one row; *owner: where its members go, NULL when it has none. */
static json_t *make_schema(const SchemaBuilder *builder, const SchemaKey *key, json_t **owner) {
    *owner = NULL;
    switch (key->type) {
    case VALUE_MAP:
        return *owner = make_map();
    case VALUE_TABLE: {
        json_t *schema = make_map();
        *owner = make_map();
        json_t *entries = json_object();
        json_object_set_new(entries, ID_PATTERN, *owner);
        json_object_set_new(schema, "patternProperties", entries);
        return schema;
    }
    case VALUE_PAN:
        return make_position(builder, key, owner);
    case VALUE_EXTENT:
        return make_any(make_quantity(QUANTITY_ANGLE), make_quantity(QUANTITY_PERCENT));
    case VALUE_PAIR:
        return make_list(make_quantity(QUANTITY_NUMBER), 2, 2);
    case VALUE_FILTER:
        *owner = make_map();
        return make_any(make_quantity(QUANTITY_FREQUENCY), *owner);
    case VALUE_SOFA:
        *owner = make_map();
        return make_any(make_typed("string null", NULL), *owner);
    case VALUE_POINTS:
        return make_points(builder);
    case VALUE_TEMPO:
        return make_tempo(builder, key, owner);
    case VALUE_TRIPLE:
        return make_list(make_quantity(QUANTITY_DISTANCE), 3, 3);
    case VALUE_OUTPUTS:
        return make_list(make_typed("string number", NULL), 1, 0);
    default:
        return make_scalar(builder, key);
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

/* The map that holds a row: the root, a map, or the entries of a table. */
static json_t *holder_of(const SchemaBuilder *builder, const SchemaKey *key) {
    const char *last = strrchr(key->path, '.');
    if (!last) {
        return builder->root;
    }
    size_t length = (size_t)(last - key->path);
    if (length > 2 && (strncmp(last - 2, ".*", 2) == 0 || strncmp(last - 2, "[]", 2) == 0)) {
        length -= 2;
    }
    return builder->owners[index_of(arena_copy_bytes(builder->arena, key->path, length))];
}

static void require(json_t *holder, const char *member) {
    json_t *list = json_object_get(holder, "required");
    if (!list) {
        list = json_array();
        json_object_set_new(holder, "required", list);
    }
    json_array_append_new(list, json_string(member));
}

static void add_row(SchemaBuilder *builder, int index) {
    const SchemaKey *key = job_schema_at(index);
    json_t *owner = NULL;
    json_t *schema = make_schema(builder, key, &owner);
    json_t *holder = holder_of(builder, key);
    describe(schema, key, builder->arena);
    builder->schemas[index] = schema;
    builder->owners[index] = owner;
    const char *last = strrchr(key->path, '.');
    const char *member = last ? last + 1 : key->path;
    if (strcmp(member, "*") == 0) { /* a table of values: the entry itself */
        json_object_clear(holder);
        json_object_update(holder, schema);
        json_decref(schema);
        builder->schemas[index] = holder;
        return;
    }
    json_object_set_new(json_object_get(holder, "properties"), member, schema);
    if ((key->flags & KEY_REQUIRED) && key->type != VALUE_STEM) {
        require(holder, member);
    }
}

void job_schema_print_json_schema(FILE *out) {
    SchemaBuilder builder = {.arena = arena_create(), .root = make_map()};
    json_t *free_keys = json_object();
    json_object_set_new(free_keys, "^x-", json_true());
    json_object_set_new(builder.root, "patternProperties", free_keys);
    json_object_set_new(builder.root, "type", json_string("object"));
    json_object_set_new(builder.root, "$schema",
                        json_string("http://json-schema.org/draft-07/schema#"));
    json_object_set_new(builder.root, "title", json_string("nocturne job v1"));
    for (int index = 0; index < MAX_KEYS && job_schema_at(index); index++) {
        if (job_schema_at(index)->type != VALUE_PLANNED) {
            add_row(&builder, index);
        }
    }
    json_dumpf(builder.root, out, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
    fputc('\n', out);
    json_decref(builder.root);
    arena_destroy(&builder.arena);
}
