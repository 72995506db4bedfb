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

/* What the golden texts of the planned ones wait for: rooms of scenes and rules. Until then
 * the keys are refused as planned. */
static const char *const served[] = {
    "01-unknown-key",
    "02-no-unit",
    "03-wrong-unit",
    "04-enum-typo",
    "05-layout-typo",
    "06-duplicate-key",
    "07-comma-in-text",
    "09-scene-order",
    "10-bad-timecode",
    "11-drop-frame",
    "12-two-field-time",
    "13-bar-without-tempo",
    "14-meter-inside-bar",
    "15-anchor-cycle",
    "18-path-escape",
    "19-wildcard",
    "20-name-collision",
    "21-braces-name",
    "22-tab",
    "23-unclosed",
    "24-alias-bomb",
    "25-two-writers",
    "26-temp-leak",
};
static const char *const planned[] = {
    "08-unknown-ref",
    "16-selector-syntax",
    "17-selector-empty",
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
        if (loaded.status == DONE || strcmp(loaded.printed, expected) != 0) {
            different_count++;
            print_error("%s prints\n%sand not\n%s", loaded.name, loaded.printed, expected);
        }
        unload(&loaded);
    }
    assert_int_equal(different_count, 0);
}

static void planned_jobs_are_refused_as_planned(void **state) {
    (void)state;
    int different_count = 0;
    for (size_t row = 0; row < sizeof planned / sizeof *planned; row++) {
        Loaded loaded = load(planned[row]);
        if (loaded.status != E202 || !strstr(loaded.printed, "planned")) {
            different_count++;
            print_error("%s prints\n%s", loaded.name, loaded.printed);
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
        const char *expected[3] = {
            arena_format(loaded.arena, "%s:%d:%d: error[E%03d]: ", loaded.name, place->line,
                         place->column, id),
            arena_format(loaded.arena,
                         "{\"id\":\"E%03d\",\"severity\":\"error\",\"file\":\"%s\","
                         "\"line\":%d,\"column\":%d,",
                         id, loaded.name, place->line, place->column),
            arena_format(loaded.arena, "::error file=%s,line=%d,col=%d,title=E%03d::", loaded.name,
                         place->line, place->column, id),
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
        cmocka_unit_test(planned_jobs_are_refused_as_planned),
        cmocka_unit_test(every_form_names_the_same_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
