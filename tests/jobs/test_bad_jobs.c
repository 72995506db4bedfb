/* Every wrong job of tests/jobs/bad gets exactly the message that stands beside it. */
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

#include "jobs/diagnostic.h"
#include "render/base/files.h"

static const char *const served[] = {
    "01-unknown-key",       "02-no-unit",
    "03-wrong-unit",        "04-enum-typo",
    "05-layout-typo",       "06-duplicate-key",
    "07-comma-in-text",     "08-unknown-ref",
    "09-scene-order",       "10-bad-timecode",
    "11-drop-frame",        "12-two-field-time",
    "13-bar-without-tempo", "14-meter-inside-bar",
    "15-anchor-cycle",      "16-selector-syntax",
    "17-selector-empty",    "18-path-escape",
    "19-wildcard",          "20-name-collision",
    "21-braces-name",       "22-tab",
    "23-unclosed",          "24-alias-bomb",
    "25-two-writers",       "26-temp-leak",
};
typedef struct Loaded {
    Arena *arena;
    ErrorList *errors;
    Status status;
    char *name, *printed;
    const char *bytes;
} Loaded;

static const char *read_golden(Arena *arena, const char *name, const char *extension) {
    ErrorList *errors = errors_create(arena);
    FileBytes file = {0};
    const char *path = arena_format(arena, TESTS_FOLDER "/jobs/bad/%s%s", name, extension);
    assert_int_equal(file_read(path, 1 << 20, NO_PLACE, arena, &file, errors), DONE);
    return file.bytes;
}

static char *print(const Loaded *loaded, DiagnosticFormat format) {
    char *printed = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&printed, &size_bytes);
    const DiagnosticSource source = {.file = loaded->name, .bytes = loaded->bytes};
    diagnostics_print(loaded->errors, format, &source, 1, NULL, false, out);
    fclose(out);
    return printed;
}

static Loaded load(const char *name) {
    Loaded loaded = {.arena = arena_create()};
    loaded.errors = errors_create(loaded.arena);
    loaded.name = arena_format(loaded.arena, "%s.yaml", name);
    loaded.bytes = read_golden(loaded.arena, name, ".yaml");
    const JobSource source = {.path = loaded.name,
                              .bytes = loaded.bytes,
                              .size_bytes = strlen(loaded.bytes),
                              .grade = -1};
    JobSpec *job = NULL;
    loaded.status = job_load(&source, loaded.arena, &job, loaded.errors);
    loaded.printed = print(&loaded, FORMAT_HUMAN);
    return loaded;
}

static void unload(Loaded *loaded) {
    free(loaded->printed);
    arena_destroy(&loaded->arena);
}

static void served_jobs_print_their_golden_text(void **state) {
    (void)state;
    int different_count = 0;
    for (size_t row = 0; row < sizeof served / sizeof *served; row++) {
        Loaded loaded = load(served[row]);
        const char *expected = read_golden(loaded.arena, served[row], ".expected.txt");
        if (strcmp(loaded.printed, expected) != 0) {
            different_count++;
            print_error("%s prints\n%sand not\n%s", loaded.name, loaded.printed, expected);
        }
        unload(&loaded);
    }
    assert_int_equal(different_count, 0);
}

/* The three forms are made from the same entry: id, file, line and column agree. */
static void every_form_names_the_same_place(void **state) {
    (void)state;
    for (size_t row = 0; row < sizeof served / sizeof *served; row++) {
        Loaded loaded = load(served[row]);
        const ErrorEntry *entry = errors_first(loaded.errors);
        assert_non_null(entry);
        const Place *place = &entry->place;
        const int id = (int)entry->status;
        const bool is_warning = entry->severity == SEVERITY_WARNING;
        const char *word = is_warning ? "warning" : "error";
        const char letter = is_warning ? 'W' : 'E';
        const char *expected[3] = {
            arena_format(loaded.arena, "%s:%d:%d: %s[%c%03d]: ", loaded.name, place->line,
                         place->column, word, letter, id),
            arena_format(loaded.arena,
                         "{\"id\":\"%c%03d\",\"severity\":\"%s\",\"file\":\"%s\","
                         "\"line\":%d,\"column\":%d,",
                         letter, id, word, loaded.name, place->line, place->column),
            arena_format(loaded.arena, "::%s file=%s,line=%d,col=%d,title=%c%03d::", word,
                         loaded.name, place->line, place->column, letter, id),
        };
        static const DiagnosticFormat formats[3] = {FORMAT_SHORT, FORMAT_JSON, FORMAT_GITHUB};
        for (int form = 0; form < 3; form++) {
            char *printed = print(&loaded, formats[form]);
            assert_ptr_equal(strstr(printed, expected[form]), printed);
            free(printed);
        }
        unload(&loaded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(served_jobs_print_their_golden_text),
        cmocka_unit_test(every_form_names_the_same_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
