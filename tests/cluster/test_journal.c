/* The journal: what was added comes back, whatever happens to its tail. */
#include "cluster/journal.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xxhash.h>

#include "cluster/message.h"

#include "tests/support/temp_folder.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    const char *folder, *path;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    fixture->path = path_join(fixture->arena, fixture->folder, "journal");
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

typedef struct Seen {
    int count, last_task;
    char last_event[32];
} Seen;

static void see(void *context, const json_t *event) {
    Seen *seen = context;
    seen->count++;
    seen->last_task = (int)json_integer_value(json_object_get(event, "task"));
    snprintf(seen->last_event, sizeof seen->last_event, "%s",
             json_string_value(json_object_get(event, "ev")));
    assert_non_null(json_string_value(json_object_get(event, "t")));
}

static void add_events(Fixture *fixture, int first, int count) {
    Journal *journal = NULL;
    assert_int_equal(journal_open(fixture->path, fixture->arena, &journal, fixture->errors), DONE);
    for (int task = first; task < first + count; task++) {
        json_t *fields = json_pack("{s:i, s:s}", "task", task, "name", "r\"oom \n \xc3\xa9");
        assert_int_equal(journal_add(journal, "task_done", fields, fixture->errors), DONE);
        json_decref(fields);
    }
    journal_close(&journal);
    assert_null(journal);
}

static Seen read_all(Fixture *fixture, long *offset) {
    Seen seen = {0};
    assert_int_equal(journal_read(fixture->path, offset, see, &seen, fixture->errors), DONE);
    return seen;
}

static char *load(const Fixture *fixture, size_t *size) {
    FILE *file = fopen(fixture->path, "rb");
    assert_non_null(file);
    char *bytes = calloc(1, 1 << 16);
    *size = fread(bytes, 1, (1 << 16) - 1, file);
    fclose(file);
    return bytes;
}

static void save(const Fixture *fixture, const char *bytes, size_t size) {
    FILE *file = fopen(fixture->path, "wb");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void a_missing_journal_is_empty(void **state) {
    Fixture *fixture = *state;
    long offset = 0;
    assert_int_equal(read_all(fixture, &offset).count, 0);
    assert_int_equal(warnings_count(fixture->errors), 0);
}

static void what_was_added_is_read_once_and_in_order(void **state) {
    Fixture *fixture = *state;
    long offset = 0;
    add_events(fixture, 0, 3);
    Seen seen = read_all(fixture, &offset);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.last_task, 2);
    assert_string_equal(seen.last_event, "task_done");
    assert_int_equal(read_all(fixture, &offset).count, 0);
    add_events(fixture, 3, 2); /* a second run appends */
    seen = read_all(fixture, &offset);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.last_task, 4);
}

static void a_line_is_sorted_json_whose_last_member_sums_the_rest(void **state) {
    Fixture *fixture = *state;
    size_t size = 0;
    add_events(fixture, 5, 1);
    char *line = load(fixture, &size);
    assert_int_equal(line[size - 1], '\n');
    line[size - 1] = '\0';
    json_t *event = json_loads(line, 0, NULL);
    char sum[17];
    snprintf(sum, sizeof sum, "%s", json_string_value(json_object_get(event, "sum")));
    json_object_del(event, "sum");
    char *text = json_dumps(event, JSON_COMPACT | JSON_SORT_KEYS);
    char expected[17];
    snprintf(expected, sizeof expected, "%016llx",
             (unsigned long long)XXH3_64bits(text, strlen(text)));
    assert_string_equal(sum, expected);
    assert_memory_equal(line, text, strlen(text) - 1); /* all but the closing brace */
    free(text);
    json_decref(event);
    free(line);
}

static void a_journal_cut_anywhere_gives_its_whole_lines_and_goes_on(void **state) {
    Fixture *fixture = *state;
    size_t size = 0;
    add_events(fixture, 0, 3);
    char *bytes = load(fixture, &size);
    for (size_t cut = 0; cut <= size; cut++) {
        int whole_lines = 0;
        for (size_t at = 0; at < cut; at++) {
            whole_lines += bytes[at] == '\n';
        }
        save(fixture, bytes, cut);
        long offset = 0;
        assert_int_equal(read_all(fixture, &offset).count, whole_lines);
        add_events(fixture, 7, 1); /* a resumed run: the torn line must not spoil its first */
        offset = 0;
        const Seen seen = read_all(fixture, &offset);
        assert_int_equal(seen.count, whole_lines + 1);
        assert_int_equal(seen.last_task, 7);
    }
    free(bytes);
}

static void a_flipped_bit_ends_the_journal_there_with_w704(void **state) {
    Fixture *fixture = *state;
    size_t size = 0;
    add_events(fixture, 0, 2);
    char *bytes = load(fixture, &size);
    const size_t second_line = (size_t)(strchr(bytes, '\n') - bytes) + 1;
    for (size_t at = second_line; at + 1 < size; at++) {
        for (int bit = 0; bit < 8; bit += 3) {
            Arena *arena = arena_create();
            ErrorList *errors = errors_create(arena);
            Seen seen = {0};
            long offset = 0;
            bytes[at] = (char)(bytes[at] ^ (1 << bit));
            save(fixture, bytes, size);
            assert_int_equal(journal_read(fixture->path, &offset, see, &seen, errors), DONE);
            assert_int_equal(seen.count, 1);
            assert_int_equal(warnings_count(errors), 1);
            assert_int_equal(errors_first(errors)->status, E704);
            bytes[at] = (char)(bytes[at] ^ (1 << bit));
            arena_destroy(&arena);
        }
    }
    free(bytes);
}

static void a_killed_writer_leaves_only_whole_events(void **state) {
    Fixture *fixture = *state;
    const pid_t child = fork();
    if (child == 0) {
        Journal *journal = NULL;
        journal_open(fixture->path, fixture->arena, &journal, fixture->errors);
        for (int task = 0;; task++) {
            json_t *fields = json_pack("{s:i}", "task", task);
            journal_add(journal, "task_start", fields, fixture->errors);
            json_decref(fields);
        }
    }
    usleep(30000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    long offset = 0;
    const Seen seen = read_all(fixture, &offset);
    assert_true(seen.count > 0);
    assert_int_equal(seen.last_task, seen.count - 1); /* none is missing in between */
}

static void a_folder_that_is_not_there_is_refused(void **state) {
    Fixture *fixture = *state;
    Journal *journal = NULL;
    assert_int_not_equal(
        journal_open("/nowhere/at/all/journal", fixture->arena, &journal, fixture->errors), DONE);
    assert_null(journal);
    journal_close(&journal); /* NULL is fine */
}

static void a_message_survives_the_journal(void **state) {
    Fixture *fixture = *state;
    const Place place = {.file = "a.yaml", .line = 3, .column = 7, .length = 4};
    ErrorList *copy = errors_create(fixture->arena);
    (fail)(fixture->errors, E417, place, "NaN at %d s", 3); /* cmocka has a macro of this name */
    error_caret(fixture->errors, "here");
    error_note(fixture->errors, "while running task `prepare a`");
    error_help(fixture->errors, "repair the file");
    warn(fixture->errors, E601, NO_PLACE, "restarted");
    for (const ErrorEntry *entry = errors_first(fixture->errors); entry; entry = entry->next) {
        json_t *fields = message_to_json(entry);
        message_from_json(fields, fixture->arena, copy);
        json_decref(fields);
    }
    assert_int_equal(errors_count(copy), 1);
    assert_int_equal(warnings_count(copy), 1);
    assert_int_equal(errors_exit_code(copy), 4);
    const ErrorEntry *entry = errors_first(copy);
    assert_int_equal(entry->status, E417);
    assert_string_equal(entry->message, "NaN at 3 s");
    assert_string_equal(entry->caret, "here");
    assert_string_equal(entry->place.file, "a.yaml");
    assert_int_equal(entry->place.line, 3);
    assert_int_equal(entry->place.column, 7);
    assert_int_equal(entry->place.length, 4);
    assert_string_equal(entry->lines->text, "while running task `prepare a`");
    assert_string_equal(entry->lines->next->kind, "help");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_missing_journal_is_empty),
        TEST(what_was_added_is_read_once_and_in_order),
        TEST(a_line_is_sorted_json_whose_last_member_sums_the_rest),
        TEST(a_journal_cut_anywhere_gives_its_whole_lines_and_goes_on),
        TEST(a_flipped_bit_ends_the_journal_there_with_w704),
        TEST(a_killed_writer_leaves_only_whole_events),
        TEST(a_folder_that_is_not_there_is_refused),
        TEST(a_message_survives_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
