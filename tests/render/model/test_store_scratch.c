/* Copies of a store's objects on this host: what is read, what is written, and what may vanish. */
#include "render/model/store_scratch.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/model/store.h"

#include "tests/support/temp_folder.h"

enum { LONG_BYTES = 3 << 20 }; /* more than one piece of the copy */

static const char text[] = "the text";

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    Store *maker, *reader; /* two hosts with one store */
    const char *shared, *scratch, *folder;
    char *bytes; /* [LONG_BYTES] */
    Key key;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    fixture->shared = path_join(fixture->arena, fixture->folder, "shared");
    fixture->scratch = path_join(fixture->arena, fixture->folder, "local");
    fixture->key = key_of_text(text);
    fixture->bytes = arena_alloc(fixture->arena, LONG_BYTES);
    for (int byte = 0; byte < LONG_BYTES; byte++) {
        fixture->bytes[byte] = (char)(byte * 7 + byte / 251);
    }
    assert_int_equal(store_open(fixture->shared, fixture->arena, &fixture->maker, fixture->errors),
                     DONE);
    assert_int_equal(store_open(fixture->shared, fixture->arena, &fixture->reader, fixture->errors),
                     DONE);
    store_use_scratch(fixture->reader, fixture->scratch, fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

static const char *object_in(const Fixture *fixture, const char *folder) {
    KeyText name;
    key_format(fixture->key, name);
    return arena_format(fixture->arena, "%s/objects/%.2s/%s", folder, name, name + 2);
}

static void put(const Fixture *fixture, Store *store) {
    assert_int_equal(
        store_put(store, fixture->key, text, fixture->bytes, LONG_BYTES, fixture->errors), DONE);
}

/* The bytes are read; is_copy: not from a mapped file. */
static void assert_read(const Fixture *fixture, bool is_copy) {
    StoreObject object;
    assert_int_equal(store_map(fixture->reader, fixture->key, &object, fixture->errors), DONE);
    assert_int_equal(object.size_bytes, LONG_BYTES);
    assert_memory_equal(object.bytes, fixture->bytes, LONG_BYTES);
    assert_int_equal((uintptr_t)object.bytes % 64, 0);
    assert_true(store_object_is_of(&object, text));
    assert_int_equal(object.is_copy, is_copy);
    store_rest(&object); /* the bytes stay */
    assert_memory_equal(object.bytes, fixture->bytes, LONG_BYTES);
    store_unmap(&object);
}

static void what_another_host_made_is_fetched_once_and_mapped(void **state) {
    Fixture *fixture = *state;
    put(fixture, fixture->maker);
    assert_false(file_exists(object_in(fixture, fixture->scratch)));
    assert_read(fixture, false);
    assert_true(file_exists(object_in(fixture, fixture->scratch)));
    assert_int_equal(unlink(object_in(fixture, fixture->shared)), 0);
    assert_read(fixture, false);                            /* of the copy alone */
    assert_false(store_has(fixture->reader, fixture->key)); /* the store is the truth */
}

static void what_this_host_makes_is_written_to_both(void **state) {
    Fixture *fixture = *state;
    FileBytes copy;
    FileBytes shared;
    put(fixture, fixture->reader);
    assert_int_equal(file_read(object_in(fixture, fixture->scratch), 1 << 24, NO_PLACE,
                               fixture->arena, &copy, fixture->errors),
                     DONE);
    assert_int_equal(file_read(object_in(fixture, fixture->shared), 1 << 24, NO_PLACE,
                               fixture->arena, &shared, fixture->errors),
                     DONE);
    assert_int_equal(copy.size_bytes, shared.size_bytes);
    assert_memory_equal(copy.bytes, shared.bytes, copy.size_bytes);
    assert_read(fixture, false);
}

static void any_level_may_vanish(void **state) {
    Fixture *fixture = *state;
    put(fixture, fixture->reader);
    assert_int_equal(unlink(object_in(fixture, fixture->scratch)), 0);
    assert_read(fixture, false);
    assert_int_equal(folder_remove(fixture->scratch, fixture->errors), DONE);
    assert_read(fixture, true); /* nowhere to keep a copy: into memory */
    assert_int_equal(unlink(object_in(fixture, fixture->shared)), 0);
    StoreObject object;
    assert_int_equal(store_map(fixture->reader, fixture->key, &object, fixture->errors), E606);
}

static void flip_byte(const char *path, off_t at) {
    char byte = 0;
    const int file = open(path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(pread(file, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(file, &byte, 1, at), 1);
    close(file);
}

static void a_damaged_copy_is_fetched_again_without_a_word(void **state) {
    Fixture *fixture = *state;
    put(fixture, fixture->maker);
    assert_read(fixture, false);
    flip_byte(object_in(fixture, fixture->scratch), 100000);
    assert_read(fixture, false);
    assert_int_equal(truncate(object_in(fixture, fixture->scratch), 10), 0);
    assert_read(fixture, false);
    assert_int_equal(warnings_count(fixture->errors), 0);
}

static void a_damaged_object_is_found_through_its_copy(void **state) {
    Fixture *fixture = *state;
    StoreObject object;
    put(fixture, fixture->maker);
    flip_byte(object_in(fixture, fixture->shared), 100000);
    assert_int_equal(store_map(fixture->reader, fixture->key, &object, fixture->errors), E606);
    assert_int_equal(warnings_count(fixture->errors), 1);
    assert_false(file_exists(object_in(fixture, fixture->shared)));
    assert_false(file_exists(object_in(fixture, fixture->scratch)));
}

static void a_scratch_of_somebody_else_is_not_used(void **state) {
    Fixture *fixture = *state;
    const char *link = path_join(fixture->arena, fixture->folder, "link");
    assert_int_equal(symlink(fixture->shared, link), 0);
    assert_null(store_scratch_open(link, fixture->arena));
    assert_null(store_scratch_open("/proc/none", fixture->arena));
    store_use_scratch(fixture->reader, link, fixture->arena);
    put(fixture, fixture->reader);
    assert_read(fixture, true);
}

static void a_cancelled_result_leaves_no_copy(void **state) {
    Fixture *fixture = *state;
    StoreWriter *writer = NULL;
    const char **names = NULL;
    int count = 0;
    assert_int_equal(store_put_begin(fixture->reader, fixture->key, text, &writer, fixture->errors),
                     DONE);
    assert_int_equal(store_write(writer, fixture->bytes, LONG_BYTES, fixture->errors), DONE);
    store_put_cancel(&writer);
    assert_int_equal(folder_list(path_join(fixture->arena, fixture->scratch, "tmp"), fixture->arena,
                                 &names, &count, fixture->errors),
                     DONE);
    assert_int_equal(count, 0);
    assert_false(file_exists(object_in(fixture, fixture->scratch)));
}

static void a_local_disk_needs_no_scratch(void **state) {
    Fixture *fixture = *state;
    assert_false(store_scratch_is_wanted(fixture->folder));
    assert_false(store_scratch_is_wanted("/no/such/folder"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_another_host_made_is_fetched_once_and_mapped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_this_host_makes_is_written_to_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_level_may_vanish, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_copy_is_fetched_again_without_a_word, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_object_is_found_through_its_copy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_scratch_of_somebody_else_is_not_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cancelled_result_leaves_no_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_local_disk_needs_no_scratch, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
