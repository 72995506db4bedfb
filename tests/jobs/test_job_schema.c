/* The key table is whole, and what is printed from it is well formed. */
#include "jobs/job_schema.h"
#include "jobs/schema_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#undef fail /* the name of our own function too */

static void every_path_stands_once(void **state) {
    (void)state;
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        for (int other = 0; other < index; other++) {
            assert_string_not_equal(job_schema_at(other)->path, key->path);
        }
        assert_non_null(job_schema_type_name(key));
        assert_true(strlen(key->meaning) > 0 && strlen(key->errors) > 0);
    }
}

static void every_member_has_its_map_above_it(void **state) {
    (void)state;
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        char parent[128];
        strncpy(parent, key->path, sizeof parent - 1);
        parent[sizeof parent - 1] = '\0';
        char *last = strrchr(parent, '.');
        if (!last) {
            continue;
        }
        *last = '\0';
        const size_t length = strlen(parent);
        if (length > 2 &&
            (strcmp(parent + length - 2, ".*") == 0 || strcmp(parent + length - 2, "[]") == 0)) {
            parent[length - 2] = '\0';
        }
        bool is_above = strstr(parent, "cues.*.tempo"); /* planned as a list inside an entry */
        for (int other = 0; other < index; other++) {
            is_above = is_above || strcmp(job_schema_at(other)->path, parent) == 0;
        }
        assert_true(is_above);
    }
}

static void the_ids_of_messages_exist(void **state) {
    (void)state;
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        for (const char *id = key->errors; *id; id += 4, id += *id == ' ') {
            assert_true(*id == 'E' || *id == 'W');
            assert_non_null(status_info((Status)strtol(id + 1, NULL, 10)));
        }
    }
}

static char *print(const char *prefix, bool as_csv, bool as_json, bool as_schema) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (as_schema) {
        job_schema_print_json_schema(out);
    } else {
        job_schema_print(out, prefix, as_csv, as_json);
    }
    fclose(out);
    return text;
}

static int count_lines(const char *text) {
    int count = 0;
    for (; *text; text++) {
        count += *text == '\n';
    }
    return count;
}

static void lists_hold_the_rows_below_a_prefix(void **state) {
    (void)state;
    int key_count = 0;
    while (job_schema_at(key_count)) {
        key_count++;
    }
    char *all = print(NULL, false, false, false);
    assert_int_equal(count_lines(all), key_count);
    assert_non_null(strstr(all, "layers.*.gain"));
    free(all);
    char *pan = print("layers.*.pan", true, false, false);
    assert_int_equal(count_lines(pan), 20); /* head, pan and its eighteen members */
    assert_non_null(strstr(pan, "\"layers.*.pan.az\",\"angle\",\"0 deg\",\"-180 deg … 180 deg\""));
    free(pan);
    char *none = print("layer", false, false, false);
    assert_string_equal(none, "");
    free(none);
}

static void the_json_list_can_be_read(void **state) {
    (void)state;
    char *text = print("project", false, true, false);
    json_t *list = json_loads(text, 0, NULL);
    assert_non_null(list);
    const json_t *first = json_array_get(json_object_get(list, "keys"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "key")), "project");
    assert_true(json_is_true(json_object_get(first, "required")));
    json_decref(list);
    free(text);
}

/* The member of a map, or of the entries of a table. */
static const json_t *member(const json_t *schema, const char *name) {
    const json_t *entries = json_object_get(schema, "patternProperties");
    const json_t *entry = json_object_get(entries, "^[A-Za-z0-9_]+$");
    return json_object_get(json_object_get(entry ? entry : schema, "properties"), name);
}

static void the_json_schema_holds_served_keys_only(void **state) {
    (void)state;
    char *text = print(NULL, false, false, true);
    json_t *root = json_loads(text, 0, NULL);
    free(text);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "$schema")),
                        "http://json-schema.org/draft-07/schema#");
    assert_true(json_is_false(json_object_get(root, "additionalProperties")));
    assert_non_null(json_object_get(json_object_get(root, "patternProperties"), "^x-"));
    assert_null(member(root, "arcs"));
    const json_t *layers = member(root, "layers");
    assert_non_null(member(layers, "gain"));
    assert_null(member(layers, "lfe"));
    assert_non_null(member(member(member(root, "rooms"), "shoebox"), "size"));
    const json_t *role = json_object_get(member(layers, "role"), "enum");
    assert_string_equal(json_string_value(json_array_get(role, 0)), "melody");
    const json_t *container = member(member(root, "deliverables"), "container");
    assert_int_equal(json_array_size(json_object_get(container, "enum")), 4); /* and null */
    const json_t *project = member(root, "project");
    assert_int_equal(json_array_size(json_object_get(project, "required")), 2);
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_stands_once),
        cmocka_unit_test(every_member_has_its_map_above_it),
        cmocka_unit_test(the_ids_of_messages_exist),
        cmocka_unit_test(lists_hold_the_rows_below_a_prefix),
        cmocka_unit_test(the_json_list_can_be_read),
        cmocka_unit_test(the_json_schema_holds_served_keys_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
