/* The JSON schema says the same as the key table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "cluster/schema.h"
#include "jobs/job_schema.h"

#include <cmocka.h>

/* The value at steps separated by blanks, NULL when one of them is missing. */
static const json_t *get(const json_t *object, const char *path) {
    const json_t *at = object;
    char parts[256];
    char *rest = NULL;
    snprintf(parts, sizeof parts, "%s", path);
    for (char *part = strtok_r(parts, " ", &rest); part; part = strtok_r(NULL, " ", &rest)) {
        at = json_object_get(at, part);
    }
    return at;
}

static bool has_text(const json_t *array, const char *text) {
    size_t index = 0;
    const json_t *entry = NULL;
    json_array_foreach(array, index, entry) {
        if (json_is_string(entry) && !strcmp(json_string_value(entry), text)) {
            return true;
        }
    }
    return false;
}

/* "layers.*.gain" -> "properties layers additionalProperties properties gain"; "tempo[].at" ->
 * "properties tempo items properties at" */
static const json_t *find_key(const json_t *schema, const char *path) {
    char steps[512] = "";
    char parts[256];
    char *rest = NULL;
    snprintf(parts, sizeof parts, "%s", path);
    for (char *part = strtok_r(parts, ".", &rest); part; part = strtok_r(NULL, ".", &rest)) {
        const size_t used = strlen(steps);
        const bool is_any = !strcmp(part, "*");
        char *list = strstr(part, "[]");
        if (list) {
            *list = '\0';
        }
        snprintf(steps + used, sizeof steps - used, " %s%s%s",
                 is_any ? "additionalProperties" : "properties ", is_any ? "" : part,
                 list ? " items" : "");
    }
    return get(schema, steps);
}

static void every_served_key_is_in_the_schema_and_no_planned_one(void **state) {
    (void)state;
    Arena *arena = arena_create();
    json_t *schema = json_loads(schema_text(arena), 0, NULL);
    assert_non_null(schema);
    int served_count = 0;
    for (int row = 0; job_schema_at(row); row++) {
        const SchemaKey *key = job_schema_at(row);
        const json_t *entry = find_key(schema, key->path);
        if (key->type == VALUE_PLANNED) {
            assert_null(entry);
        } else {
            assert_non_null(entry);
            assert_non_null(json_object_get(entry, "description"));
            served_count++;
        }
    }
    assert_true(served_count > 60);
    json_decref(schema);
    arena_destroy(&arena);
}

static void maps_are_closed_and_required_keys_are_named(void **state) {
    (void)state;
    Arena *arena = arena_create();
    json_t *schema = json_loads(schema_text(arena), 0, NULL);
    assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
    assert_true(has_text(json_object_get(schema, "required"), "nocturne"));
    const json_t *layer = find_key(schema, "layers.*");
    assert_true(json_is_false(json_object_get(layer, "additionalProperties")));
    assert_false(has_text(json_object_get(layer, "required"), "file")); /* or takes */
    const json_t *band = find_key(schema, "layers.*.eq[]");
    assert_true(has_text(json_object_get(band, "required"), "freq"));
    assert_false(has_text(json_object_get(layer, "required"), "stem")); /* may follow from the id */
    json_decref(schema);
    arena_destroy(&arena);
}

static void values_have_their_words_or_pattern(void **state) {
    (void)state;
    Arena *arena = arena_create();
    json_t *schema = json_loads(schema_text(arena), 0, NULL);
    const json_t *layouts = json_object_get(find_key(schema, "layers.*.layout"), "enum");
    assert_true(has_text(layouts, "7.1.4"));
    assert_true(has_text(json_object_get(find_key(schema, "stems.*.role"), "enum"), "dialogue"));
    assert_true(has_text(json_object_get(find_key(schema, "layers.*.mute"), "enum"), "yes"));
    const json_t *gain = json_object_get(find_key(schema, "layers.*.gain"), "anyOf");
    assert_string_equal(json_string_value(get(json_array_get(gain, 0), "pattern")),
                        quantity_pattern(QUANTITY_GAIN));
    assert_int_equal(json_integer_value(get(json_array_get(gain, 1), "const")), 0);
    json_decref(schema);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_served_key_is_in_the_schema_and_no_planned_one),
        cmocka_unit_test(maps_are_closed_and_required_keys_are_named),
        cmocka_unit_test(values_have_their_words_or_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
