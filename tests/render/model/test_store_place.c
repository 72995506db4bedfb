/* Intermediates that lie on the disk of one host: who sees them, who can read them, and when they
 * are forgotten. gethostname and write are those below: they say what a test wants. */
#include "render/model/store_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "render/base/files.h"

#include "tests/support/temp_folder.h"

enum { SIZE_BYTES = 700000 }; /* more than one portion of the writer */

static const char text[] = "the text";
static const char *host_name;
static int scratch_writes; /* so many pieces have room in a scratch; -1: all */

int gethostname(char *name, size_t size) {
    snprintf(name, size, "%s", host_name);
    return 0;
}

static bool is_in_scratch(int descriptor) {
    char link[32];
    char path[4096] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    return readlink(link, path, sizeof path - 1) > 0 && strstr(path, "-scratch/");
}

ssize_t write(int descriptor, const void *bytes, size_t size_bytes) {
    if (scratch_writes >= 0 && is_in_scratch(descriptor) && scratch_writes-- == 0) {
        syscall(SYS_write, descriptor, bytes, size_bytes / 2);
        scratch_writes = 0;
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, descriptor, bytes, size_bytes);
}

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    Store *one, *two; /* two hosts with one store */
    const char *folder;
    char *bytes; /* [SIZE_BYTES] */
    Key key;
} Fixture;

static Store *open_sharing(const Fixture *fixture, const char *host) {
    Store *store = NULL;
    host_name = host;
    assert_int_equal(store_open(path_join(fixture->arena, fixture->folder, "shared"),
                                fixture->arena, &store, fixture->errors),
                     DONE);
    store_use_scratch(store, arena_format(fixture->arena, "%s/%s-scratch", fixture->folder, host),
                      fixture->arena);
    return store;
}

static Store *open_on(const Fixture *fixture, const char *host) {
    Store *store = open_sharing(fixture, host);
    store_keep_intermediates(store);
    return store;
}

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    scratch_writes = -1;
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    fixture->key = key_of_text(text);
    fixture->bytes = arena_alloc(fixture->arena, SIZE_BYTES);
    for (int byte = 0; byte < SIZE_BYTES; byte++) {
        fixture->bytes[byte] = (char)(byte * 7 + byte / 251);
    }
    fixture->one = open_on(fixture, "one");
    fixture->two = open_on(fixture, "two");
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
    return arena_format(fixture->arena, "%s/%s/objects/%.2s/%s", fixture->folder, folder, name,
                        name + 2);
}

static off_t size_of(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 ? facts.st_size : -1;
}

static void put_all(const Fixture *fixture, StoreWriter *writer) {
    const size_t half = SIZE_BYTES / 2;
    assert_int_equal(store_write(writer, fixture->bytes, half, fixture->errors), DONE);
    assert_int_equal(store_write(writer, fixture->bytes + half, half, fixture->errors), DONE);
    assert_int_equal(store_put_commit(&writer, fixture->errors), DONE);
}

static void put_on_one(const Fixture *fixture) {
    StoreWriter *writer = NULL;
    assert_int_equal(
        store_put_begin_intermediate(fixture->one, fixture->key, text, &writer, fixture->errors),
        DONE);
    put_all(fixture, writer);
}

static void put_damaged_on_one(const Fixture *fixture) {
    put_on_one(fixture);
    const int file = open(object_in(fixture, "one-scratch"), O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(file, "x", 1, 5000), 1);
    close(file);
}

static void check_reads(const Fixture *fixture, Store *store) {
    StoreObject object;
    assert_true(store_has(store, fixture->key));
    assert_int_equal(store_map(store, fixture->key, &object, fixture->errors), DONE);
    assert_int_equal(object.size_bytes, SIZE_BYTES);
    assert_memory_equal(object.bytes, fixture->bytes, SIZE_BYTES);
    assert_true(store_object_is_of(&object, text));
    store_unmap(&object);
}

static void check_missing(const Fixture *fixture, Store *store) {
    StoreObject object;
    ErrorList *errors = errors_create(fixture->arena);
    assert_false(store_has(store, fixture->key));
    assert_int_equal(store_map(store, fixture->key, &object, errors), E606);
    assert_int_equal(errors_count(errors) + warnings_count(errors), 1);
}

static void it_is_done_for_all_and_read_by_others_when_it_was_shared(void **state) {
    const Fixture *fixture = *state;
    char host[STORE_HOST_BYTES];
    const char *key_text = NULL;
    put_on_one(fixture);
    assert_in_range(size_of(object_in(fixture, "shared")), 1, 200);
    assert_true(store_has_text(fixture->one, fixture->key, text));
    assert_true(store_has_text(fixture->two, fixture->key, text));
    assert_false(store_has_text(fixture->two, fixture->key, "another text"));
    check_reads(fixture, fixture->one);
    check_missing(fixture, fixture->two);
    assert_true(store_find_place(fixture->two, fixture->key, host));
    assert_string_equal(host, "one");
    assert_int_equal(
        store_key_text(fixture->two, fixture->key, fixture->arena, &key_text, fixture->errors),
        DONE);
    assert_string_equal(key_text, text);
    assert_int_equal(store_share(fixture->two, fixture->key, fixture->errors), DONE); /* has none */
    check_missing(fixture, fixture->two);
    assert_int_equal(store_share(fixture->one, fixture->key, fixture->errors), DONE);
    assert_false(store_find_place(fixture->two, fixture->key, host));
    check_reads(fixture, fixture->two);
    check_reads(fixture, fixture->one);
}

/* What is not intermediate is written for all. */
static void results_of_the_run_are_shared_at_once(void **state) {
    const Fixture *fixture = *state;
    assert_int_equal(
        store_put(fixture->one, fixture->key, text, fixture->bytes, SIZE_BYTES, fixture->errors),
        DONE);
    check_reads(fixture, fixture->two);
}

static void a_lost_scratch_is_found_out_and_forgotten(void **state) {
    const Fixture *fixture = *state;
    put_on_one(fixture);
    assert_int_equal(unlink(object_in(fixture, "one-scratch")), 0);
    assert_false(store_has_text(fixture->one, fixture->key, text));
    assert_true(store_has_text(fixture->two, fixture->key, text)); /* it cannot know */
    assert_int_equal(store_share(fixture->one, fixture->key, fixture->errors), DONE);
    assert_false(store_has_text(fixture->two, fixture->key, text));
    put_on_one(fixture);
    assert_int_equal(unlink(object_in(fixture, "one-scratch")), 0);
    check_missing(fixture, fixture->one);
    assert_int_equal(size_of(object_in(fixture, "shared")), -1);
}

static void a_damaged_one_is_missing_and_made_again(void **state) {
    const Fixture *fixture = *state;
    put_damaged_on_one(fixture);
    StoreObject object;
    ErrorList *errors = errors_create(fixture->arena);
    assert_int_equal(store_map(fixture->one, fixture->key, &object, errors), E606);
    assert_false(store_has_text(fixture->two, fixture->key, text));
    put_on_one(fixture);
    check_reads(fixture, fixture->one);
}

/* Damage that nobody saw before it was shared is seen where it is read. */
static void damage_does_not_pass_the_sharing(void **state) {
    const Fixture *fixture = *state;
    put_damaged_on_one(fixture);
    StoreObject object;
    ErrorList *errors = errors_create(fixture->arena);
    assert_int_equal(store_share(fixture->one, fixture->key, fixture->errors), DONE);
    assert_int_equal(store_map(fixture->two, fixture->key, &object, errors), E606);
    assert_int_equal(errors_first(errors)->status, E701);
}

static void a_forgotten_place_is_that_of_no_shared_object(void **state) {
    const Fixture *fixture = *state;
    put_on_one(fixture);
    store_forget_place(fixture->two, fixture->key);
    assert_false(store_has_text(fixture->two, fixture->key, text));
    put_on_one(fixture);
    assert_int_equal(store_share(fixture->one, fixture->key, fixture->errors), DONE);
    store_forget_place(fixture->two, fixture->key);
    check_reads(fixture, fixture->two);
}

/* However far the writing came: what was written moves to where there is room. */
static void without_room_on_the_scratch_it_is_shared(void **state) {
    const Fixture *fixture = *state;
    for (int room = 0; room < 4; room++) {
        char host[STORE_HOST_BYTES];
        scratch_writes = room;
        put_on_one(fixture);
        scratch_writes = -1;
        assert_int_equal(size_of(object_in(fixture, "one-scratch")), -1);
        assert_false(store_find_place(fixture->two, fixture->key, host));
        check_reads(fixture, fixture->two);
        assert_int_equal(unlink(object_in(fixture, "shared")), 0);
        assert_int_equal(unlink(object_in(fixture, "two-scratch")), 0);
    }
}

static void it_is_lent_from_where_it_lies(void **state) {
    Fixture *fixture = *state;
    Store *other = NULL;
    put_on_one(fixture);
    assert_int_equal(store_open(path_join(fixture->arena, fixture->folder, "other"), fixture->arena,
                                &other, fixture->errors),
                     DONE);
    ErrorList *errors = errors_create(fixture->arena);
    assert_int_equal(store_lend(fixture->two, other, fixture->key, fixture->arena, errors), E606);
    assert_int_equal(store_lend(fixture->one, other, fixture->key, fixture->arena, fixture->errors),
                     DONE);
    check_reads(fixture, other);
}

static void put_spare(const Fixture *fixture, Store *store) {
    StoreWriter *writer = NULL;
    assert_int_equal(store_put_begin_spare(store, fixture->key, text, &writer, fixture->errors),
                     DONE);
    put_all(fixture, writer);
}

static void what_no_task_needs_stays_on_each_host_that_made_it(void **state) {
    const Fixture *fixture = *state;
    Store *three = open_sharing(fixture, "three"), *four = open_sharing(fixture, "four");
    put_spare(fixture, three);
    assert_in_range(size_of(object_in(fixture, "shared")), 1, 200);
    check_reads(fixture, three);
    check_missing(fixture, four);
    put_spare(fixture, four);
    check_reads(fixture, three);
    check_reads(fixture, four);
    assert_in_range(size_of(object_in(fixture, "shared")), 1, 200);
}

static void without_a_scratch_what_no_task_needs_is_shared(void **state) {
    const Fixture *fixture = *state;
    Store *plain = NULL;
    assert_int_equal(store_open(path_join(fixture->arena, fixture->folder, "shared"),
                                fixture->arena, &plain, fixture->errors),
                     DONE);
    put_spare(fixture, plain);
    check_reads(fixture, plain);
    check_reads(fixture, fixture->two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(it_is_done_for_all_and_read_by_others_when_it_was_shared),
        TEST(results_of_the_run_are_shared_at_once),
        TEST(a_lost_scratch_is_found_out_and_forgotten),
        TEST(a_damaged_one_is_missing_and_made_again),
        TEST(damage_does_not_pass_the_sharing),
        TEST(a_forgotten_place_is_that_of_no_shared_object),
        TEST(without_room_on_the_scratch_it_is_shared),
        TEST(it_is_lent_from_where_it_lies),
        TEST(what_no_task_needs_stays_on_each_host_that_made_it),
        TEST(without_a_scratch_what_no_task_needs_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
