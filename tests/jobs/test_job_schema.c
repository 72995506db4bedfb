/* The key table is whole, and what is printed from it is well formed. */
#include "jobs/job_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_stands_once),
        cmocka_unit_test(every_member_has_its_map_above_it),
        cmocka_unit_test(the_ids_of_messages_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
