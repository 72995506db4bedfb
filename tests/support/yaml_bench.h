#ifndef TESTS_SUPPORT_YAML_BENCH_H
#define TESTS_SUPPORT_YAML_BENCH_H
/* A text, its nodes and its errors: what every test of the reader starts with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

#include "jobs/yaml_reader.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    Node *root;
    char *made; /* a generated text */
} Fixture;

static inline int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create();
    fixture->errors = errors_create(fixture->arena);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state) {
    Fixture *fixture = *state;
    arena_destroy(&fixture->arena);
    free(fixture->made);
    free(fixture);
    return 0;
}

static inline Status read_bytes(Fixture *fixture, const char *bytes, size_t size_bytes) {
    fixture->errors = errors_create(fixture->arena);
    return yaml_read("job.yaml", bytes, size_bytes, fixture->arena, &fixture->root,
                     fixture->errors);
}

static inline Status read_text(Fixture *fixture, const char *text) {
    return read_bytes(fixture, text, strlen(text));
}

static inline const Node *read_good(Fixture *fixture, const char *text) {
    assert_int_equal(read_text(fixture, text), DONE);
    assert_non_null(fixture->root);
    assert_null(errors_first(fixture->errors));
    return fixture->root;
}

static inline void assert_text(const Node *map, const char *key, const char *text) {
    const Node *value = node_get(map, key);
    assert_non_null(value);
    assert_int_equal(value->kind, NODE_SCALAR);
    assert_string_equal(value->text, text);
}

static inline void assert_place(Place place, int line, int column, int length) {
    assert_string_equal(place.file, "job.yaml");
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
    assert_int_equal(place.length, length);
}

/* The first entry has this status, place and, somewhere in its texts, `part`. */
static inline void assert_first_error(const Fixture *fixture, Status status, const char *part) {
    const ErrorEntry *entry = errors_first(fixture->errors);
    assert_non_null(entry);
    assert_int_equal(entry->status, status);
    bool is_found = strstr(entry->message, part) || (entry->caret && strstr(entry->caret, part));
    for (const ErrorLine *line = entry->lines; line; line = line->next) {
        is_found = is_found || strstr(line->text, part);
    }
    if (!is_found) {
        print_error("`%s` is not in `%s`\n", part, entry->message);
    }
    assert_true(is_found);
}

static inline void assert_refused(
    Fixture *fixture, const char *text, Status status, int line, int column, const char *part) {
    assert_int_equal(read_text(fixture, text), status);
    assert_null(fixture->root);
    assert_int_equal(errors_count(fixture->errors), 1);
    assert_first_error(fixture, status, part);
    assert_int_equal(errors_first(fixture->errors)->place.line, line);
    assert_int_equal(errors_first(fixture->errors)->place.column, column);
}

#endif
