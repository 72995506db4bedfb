#ifndef TESTS_SUPPORT_TEMP_FOLDER_H
#define TESTS_SUPPORT_TEMP_FOLDER_H
/* What most tests begin and end with: an arena, a list of errors, and a folder of their own.
 *
 *     temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
 *     ...
 *     temp_folder_close(&fixture->arena, fixture->folder);
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "render/base/files.h"

/* behind the headers of the project: it has a macro called fail */
#include <cmocka.h>

static inline void temp_folder_open(Arena **arena, ErrorList **errors, const char **folder) {
    char path[] = "/tmp/nocturne-test.XXXXXX";
    *arena = arena_create();
    *errors = errors_create(*arena);
    assert_non_null(mkdtemp(path));
    *folder = arena_copy_text(*arena, path);
}

/* With all that is in it. */
static inline void temp_folder_close(Arena **arena, const char *folder) {
    assert_int_equal(folder_remove(folder, errors_create(*arena)), DONE);
    arena_destroy(arena);
}

#endif
