/* No file is too hostile: the limits hold early, and mutated jobs are read or refused. */
#include "tests/support/yaml_bench.h"

#include <time.h>

#include "jobs/diagnostic.h"
#include "render/base/files.h"
#include "render/base/hash.h"

/* ---- limits ---- */

/* `count` times `piece`, in the fixture. */
static void make(Fixture *fixture, const char *head, const char *piece, int count) {
    size_t size_bytes = 0;
    free(fixture->made);
    FILE *out = open_memstream(&fixture->made, &size_bytes);
    fputs(head, out);
    for (int at = 0; at < count; at++) {
        fprintf(out, piece, at);
    }
    fclose(out);
}

static void assert_made_is_refused(Fixture *fixture, Status status, const char *part) {
    assert_int_equal(read_text(fixture, fixture->made), status);
    assert_null(fixture->root);
    assert_first_error(fixture, status, part);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void deep_nesting_is_refused_early(void **state) {
    Fixture *fixture = *state;
    make(fixture, "a: ", "[", 31);
    size_t length = strlen(fixture->made);
    fixture->made = realloc(fixture->made, length + 40);
    memset(fixture->made + length, ']', 31);
    fixture->made[length + 31] = '\0';
    read_good(fixture, fixture->made); /* 32 levels with the root */
    const clock_t start = clock();
    make(fixture, "a: ", "[", 100000);
    assert_made_is_refused(fixture, E106, "nested deeper than 32");
    assert_int_equal(errors_first(fixture->errors)->place.column, 35);
    make(fixture, "", "{a: ", 100000);
    assert_made_is_refused(fixture, E106, "nested deeper than 32");
    size_t size_bytes = 0;
    free(fixture->made);
    FILE *out = open_memstream(&fixture->made, &size_bytes);
    for (int level = 0; level < 1000; level++) {
        fprintf(out, "%*sa:\n", level, "");
    }
    fclose(out);
    assert_made_is_refused(fixture, E106, "nested deeper than 32");
    assert_int_equal(errors_first(fixture->errors)->place.line, 33);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1.0);
}

static void sizes_are_limited(void **state) {
    Fixture *fixture = *state;
    make(fixture, "a: ", "x", 65536);
    read_good(fixture, fixture->made);
    make(fixture, "b: 1\na: ", "x", 65537);
    assert_made_is_refused(fixture, E106, "64 KiB");
    assert_place(errors_first(fixture->errors)->place, 2, 4, 65537);
    make(fixture, "", "x", (4 << 20) + 1);
    assert_made_is_refused(fixture, E106, "4 MiB");
    assert_first_error(fixture, E106, "too large");
    make(fixture, "", "k%d: 1\n", 10000);
    read_good(fixture, fixture->made);
    make(fixture, "", "k%d: 1\n", 10001);
    assert_made_is_refused(fixture, E106, "more than 10 000 keys");
    assert_int_equal(errors_first(fixture->errors)->place.line, 10001);
    make(fixture, "[", "1, ", 200001);
    assert_made_is_refused(fixture, E106, "more than 200 000 nodes");
}

static void merged_keys_count_too(void **state) {
    Fixture *fixture = *state;
    make(fixture, "a: &a\n", " k%d: 1\n", 6000);
    char *first = fixture->made;
    fixture->made = NULL;
    make(fixture, "b: &b\n", " j%d: 1\n", 6000);
    char *both = NULL;
    assert_true(asprintf(&both, "%s%sc: {<<: [*a, *b]}\n", first, fixture->made) > 0);
    free(first);
    free(fixture->made);
    fixture->made = both;
    assert_made_is_refused(fixture, E106, "more than 10 000 keys");
}

static void alias_bombs_are_stopped(void **state) {
    Fixture *fixture = *state;
    const clock_t start = clock();
    size_t size_bytes = 0;
    FILE *out = open_memstream(&fixture->made, &size_bytes);
    fputs("a0: &a0 [lol]\n", out);
    for (int level = 1; level <= 8; level++) {
        fprintf(out, "a%d: &a%d [", level, level);
        for (int alias = 0; alias < 9; alias++) {
            fprintf(out, "%s*a%d", alias ? ", " : "", level - 1);
        }
        fputs("]\n", out);
    }
    fclose(out);
    assert_made_is_refused(fixture, E107, "100 000 nodes");
    make(fixture, "a: &a\n", " k%d: 1\n", 9999);
    char *map = fixture->made;
    fixture->made = NULL;
    make(fixture, "", "m%d: {<<: *a}\n", 10000);
    char *bomb = NULL;
    assert_true(asprintf(&bomb, "%s%s", map, fixture->made) > 0);
    free(map);
    free(fixture->made);
    fixture->made = bomb;
    assert_made_is_refused(fixture, E107, "100 000 nodes");
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1.0);
    assert_true(arena_size_bytes(fixture->arena) < (size_t)64 << 20);
}

static void a_hundred_thousand_expanded_nodes_are_fine(void **state) {
    Fixture *fixture = *state;
    make(fixture, "- &a [", "1,", 999);
    char *list = fixture->made;
    fixture->made = NULL;
    make(fixture, "]\n", "- *a\n", 100);
    char *text = NULL;
    assert_true(asprintf(&text, "%s%s", list, fixture->made) > 0);
    read_good(fixture, text); /* 100 times a list of 999 and itself */
    free(text);
    assert_true(asprintf(&text, "%s%s- *a\n", list, fixture->made) > 0);
    free(list);
    free(fixture->made);
    fixture->made = text;
    assert_made_is_refused(fixture, E107, "100 000 nodes");
}
#pragma GCC diagnostic pop

/* ---- anything at all ---- */

static uint64_t hash_of(uint64_t seed, uint64_t index) {
    const uint64_t words[2] = {seed, index};
    return key_of_bytes(words, sizeof words).low;
}

/* Reads and prints; whatever comes out, it comes out whole. */
static void read_and_print(const char *bytes, size_t size_bytes) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Node *root = NULL;
    const Status status = yaml_read("job.yaml", bytes, size_bytes, arena, &root, errors);
    assert_true((status == DONE) == (errors_count(errors) == 0));
    assert_true(status != DONE || root);
    char *printed = NULL;
    size_t printed_bytes = 0;
    FILE *out = open_memstream(&printed, &printed_bytes);
    const DiagnosticSource source = {.file = "job.yaml", .bytes = bytes};
    diagnostics_print(errors, FORMAT_HUMAN, &source, 1, NULL, false, out);
    fclose(out);
    assert_null(strchr(printed, '\x1b'));
    free(printed);
    arena_destroy(&arena);
}

/* One to four bytes are replaced, removed or doubled: by YAML's own characters or any. */
static size_t mutate(char *bytes, size_t size_bytes, uint64_t seed) {
    static const char special[] = "{}[]:,\"'#&*!|>-?%@`\n\r\t \\<~\0\xC3\xFF\x1b";
    const uint64_t change_count = 1 + hash_of(seed, 0) % 4;
    for (uint64_t change = 1; change <= change_count; change++) {
        const uint64_t dice = hash_of(seed, change);
        const size_t at = (size_t)(dice >> 16) % size_bytes;
        char byte = (char)(dice >> 8);
        if (dice & 1) {
            byte = special[(dice >> 1) % (sizeof special - 1)];
        }
        switch (dice >> 4 & 3) {
        case 0: /* remove */
            memmove(bytes + at, bytes + at + 1, size_bytes - at - 1);
            size_bytes--;
            break;
        case 1: /* insert */
            memmove(bytes + at + 1, bytes + at, size_bytes - at);
            bytes[at] = byte;
            size_bytes++;
            break;
        default:
            bytes[at] = byte;
            break;
        }
    }
    bytes[size_bytes] = '\0';
    return size_bytes;
}

static void mutated_jobs_are_read_or_refused_and_never_crash(void **state) {
    Fixture *fixture = *state;
    static const char *const names[] = {"01-first-night.yaml", "02-reel2.yaml",
                                        "03-reel2-cut8.yaml"};
    for (size_t name = 0; name < sizeof names / sizeof *names; name++) {
        FileBytes file = {0};
        const char *path =
            arena_format(fixture->arena, TESTS_FOLDER "/jobs/examples/%s", names[name]);
        assert_int_equal(file_read(path, 4 << 20, NO_PLACE, fixture->arena, &file, fixture->errors),
                         DONE);
        for (uint64_t round = 0; round < 1000; round++) {
            char *bytes = malloc(file.size_bytes + 8); /* exactly: a sanitizer sees overruns */
            memcpy(bytes, file.bytes, file.size_bytes);
            const size_t size_bytes = mutate(bytes, file.size_bytes, 1000 * (uint64_t)name + round);
            read_and_print(bytes, size_bytes);
            free(bytes);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(deep_nesting_is_refused_early),
        TEST(sizes_are_limited),
        TEST(merged_keys_count_too),
        TEST(alias_bombs_are_stopped),
        TEST(a_hundred_thousand_expanded_nodes_are_fine),
        TEST(mutated_jobs_are_read_or_refused_and_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
