/* The store of results: what was put comes back or is missing, never anything else. */
#include "render/base/files.h"
#include "render/model/store.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    Store *store;
    const char *folder;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    assert_int_equal(store_open(fixture->folder, fixture->arena, &fixture->store, fixture->errors),
                     DONE);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

/* By hand from the layout in the header, not by the store's own function. */
static const char *file_of(const Fixture *fixture, Key key) {
    KeyText text;
    key_format(key, text);
    return arena_format(fixture->arena, "%s/objects/%.2s/%s", fixture->folder, text, text + 2);
}

static int temp_count(const Fixture *fixture) {
    const char **names = NULL;
    int count = 0;
    folder_list(path_join(fixture->arena, fixture->folder, "tmp"), fixture->arena, &names, &count,
                fixture->errors);
    return count;
}

static Key put(const Fixture *fixture, const char *key_text, const char *payload) {
    const Key key = key_of_text(key_text);
    assert_int_equal(
        store_put(fixture->store, key, key_text, payload, strlen(payload), fixture->errors), DONE);
    return key;
}

static void assert_holds(const Fixture *fixture, Key key, const char *payload) {
    StoreObject object;
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), DONE);
    assert_int_equal(object.size_bytes, strlen(payload));
    assert_memory_equal(object.bytes, payload, object.size_bytes);
    assert_int_equal((uintptr_t)object.bytes % 64, 0);
    store_unmap(&object);
    store_unmap(&object);
}

static void what_was_put_comes_back(void **state) {
    Fixture *fixture = *state;
    const char *text = NULL;
    const Key key = put(fixture, "gain 3 dB of a.wav", "samples");
    assert_holds(fixture, key, "samples");
    assert_true(store_has(fixture->store, key));
    assert_true(file_exists(file_of(fixture, key)));
    assert_int_equal(temp_count(fixture), 0);
    assert_int_equal(store_key_text(fixture->store, key, fixture->arena, &text, fixture->errors),
                     DONE);
    assert_string_equal(text, "gain 3 dB of a.wav");
    assert_string_equal(store_path(fixture->store), fixture->folder);
}

static void nothing_is_something_too(void **state) {
    Fixture *fixture = *state;
    const Key key = put(fixture, "empty", "");
    assert_true(store_has(fixture->store, key));
    assert_holds(fixture, key, "");
}

static void pieces_of_any_size_add_up(void **state) {
    Fixture *fixture = *state;
    enum { PIECES = 60 };
    static const size_t sizes[] = {1, 0, 4096, 262143, 262144, 262145, 17, 700000};
    unsigned char *all = calloc(PIECES, 700000);
    size_t total = 0;
    StoreWriter *writer = NULL;
    const Key key = key_of_text("pieces");
    assert_int_equal(store_put_begin(fixture->store, key, "pieces", &writer, fixture->errors),
                     DONE);
    for (size_t piece = 0; piece < PIECES; piece++) {
        const size_t size_bytes = sizes[piece % 8];
        for (size_t byte = 0; byte < size_bytes; byte++) {
            all[total + byte] = (unsigned char)((total + byte) * 2654435761U >> 13);
        }
        assert_int_equal(store_write(writer, all + total, size_bytes, fixture->errors), DONE);
        total += size_bytes;
    }
    assert_false(store_has(fixture->store, key));
    assert_int_equal(store_put_commit(&writer, fixture->errors), DONE);
    assert_null(writer);
    StoreObject object;
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), DONE);
    assert_int_equal(object.size_bytes, total);
    assert_memory_equal(object.bytes, all, total);
    store_unmap(&object);
    free(all);
}

static void a_missing_object_is_told_without_a_warning(void **state) {
    Fixture *fixture = *state;
    StoreObject object;
    const Key key = key_of_text("never made");
    assert_false(store_has(fixture->store, key));
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), E606);
    assert_null(object.bytes);
    assert_int_equal(warnings_count(fixture->errors), 0);
    assert_int_equal(errors_count(fixture->errors), 1);
}

static void a_cancelled_object_leaves_nothing(void **state) {
    Fixture *fixture = *state;
    StoreWriter *writer = NULL;
    const Key key = key_of_text("cancelled");
    assert_int_equal(store_put_begin(fixture->store, key, "cancelled", &writer, fixture->errors),
                     DONE);
    assert_int_equal(temp_count(fixture), 1);
    assert_int_equal(store_write(writer, "abc", 3, fixture->errors), DONE);
    store_put_cancel(&writer);
    store_put_cancel(&writer);
    assert_int_equal(temp_count(fixture), 0);
    assert_false(store_has(fixture->store, key));
}

static void flip(const char *path, long offset) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    const int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    fputc(byte ^ 0x10, file);
    assert_int_equal(fclose(file), 0);
}

static long size_of(const char *path) {
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    return (long)facts.st_size;
}

static void assert_damaged(Fixture *fixture, Key key, const char *words) {
    StoreObject object;
    const int warnings = warnings_count(fixture->errors);
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), E606);
    assert_null(object.bytes);
    assert_int_equal(warnings_count(fixture->errors), warnings + 1);
    const char *message = "";
    for (const ErrorEntry *entry = errors_first(fixture->errors); entry; entry = entry->next) {
        message = entry->status == E701 ? entry->message : message;
    }
    assert_non_null(strstr(message, "damaged cache object removed"));
    assert_non_null(strstr(message, words));
    assert_false(file_exists(file_of(fixture, key)));
}

static void every_flipped_byte_is_seen_and_the_object_made_again(void **state) {
    Fixture *fixture = *state;
    const char *payload = "these are the samples of a cue";
    const Key key = put(fixture, "the key of a cue", payload);
    const long size_bytes = size_of(file_of(fixture, key));
    assert_int_equal(size_bytes, 64 + 30 + 16);
    for (long byte = 0; byte < size_bytes; byte++) {
        flip(file_of(fixture, key), byte);
        assert_damaged(fixture, key, "");
        put(fixture, "the key of a cue", payload);
        assert_holds(fixture, key, payload);
    }
}

/* A sum is remembered, but not over a change of the file. */
static void what_was_summed_once_is_summed_again_when_it_changes(void **state) {
    Fixture *fixture = *state;
    const char *payload = "these are the samples of a cue";
    const Key key = put(fixture, "the key of a cue", payload);
    usleep(150000); /* until the object counts as settled */
    assert_holds(fixture, key, payload);
    assert_holds(fixture, key, payload);
    flip(file_of(fixture, key), 70);
    assert_damaged(fixture, key, "its checksum differs");
}

static void every_truncation_is_seen(void **state) {
    Fixture *fixture = *state;
    const Key key = put(fixture, "the key of a cue", "these are the samples");
    const long size_bytes = size_of(file_of(fixture, key));
    for (long size = 0; size < size_bytes; size++) {
        put(fixture, "the key of a cue", "these are the samples");
        assert_int_equal(truncate(file_of(fixture, key), size), 0);
        assert_false(store_has(fixture->store, key));
        assert_damaged(fixture, key, size < 64 ? "cut short" : "");
    }
    put(fixture, "the key of a cue", "these are the samples");
    assert_int_equal(truncate(file_of(fixture, key), size_bytes + 1), 0);
    assert_damaged(fixture, key, "");
}

static void objects_that_changed_places_are_seen(void **state) {
    Fixture *fixture = *state;
    const Key one = put(fixture, "one", "111");
    const Key two = put(fixture, "two", "222");
    const char *aside = path_join(fixture->arena, fixture->folder, "aside");
    assert_int_equal(rename(file_of(fixture, one), aside), 0);
    assert_int_equal(rename(file_of(fixture, two), file_of(fixture, one)), 0);
    assert_int_equal(rename(aside, file_of(fixture, two)), 0);
    assert_false(store_has(fixture->store, one));
    assert_damaged(fixture, one, "wrong content");
    assert_damaged(fixture, two, "wrong content");
}

static void a_vanished_object_stays_readable_while_mapped(void **state) {
    Fixture *fixture = *state;
    const Key key = put(fixture, "vanishes", "still here");
    StoreObject object;
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), DONE);
    assert_int_equal(folder_remove(fixture->folder, fixture->errors), DONE);
    assert_memory_equal(object.bytes, "still here", 10);
    store_unmap(&object);
}

static void a_store_removed_during_the_run_is_made_again(void **state) {
    Fixture *fixture = *state;
    put(fixture, "one", "111");
    assert_int_equal(folder_remove(fixture->folder, fixture->errors), DONE);
    const Key two = put(fixture, "two", "222");
    assert_holds(fixture, two, "222");
}

enum { RACE_KEYS = 8, RACE_ROUNDS = 25, RACE_BYTES = 50000 };

/* Puts and maps the same keys as the other process. false: saw other bytes than were put. */
static bool race(Fixture *fixture) {
    char payload[RACE_BYTES];
    for (int round = 0; round < RACE_ROUNDS * RACE_KEYS; round++) {
        const int number = round % RACE_KEYS;
        const char *text = arena_format(fixture->arena, "race %d", number);
        memset(payload, 'a' + number, sizeof payload);
        StoreObject object;
        if (store_put(fixture->store, key_of_text(text), text, payload, sizeof payload,
                      fixture->errors) != DONE ||
            store_map(fixture->store, key_of_text(text), &object, fixture->errors) != DONE) {
            return false;
        }
        const bool is_same = object.size_bytes == sizeof payload &&
                             memcmp(object.bytes, payload, sizeof payload) == 0;
        store_unmap(&object);
        if (!is_same) {
            return false;
        }
    }
    return true;
}

static void two_processes_may_write_the_same_keys(void **state) {
    Fixture *fixture = *state;
    const pid_t child = fork();
    if (child == 0) {
        _exit(race(fixture) ? 0 : 1);
    }
    const bool parent_is_right = race(fixture);
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    assert_true(parent_is_right);
    assert_int_equal(errors_count(fixture->errors) + warnings_count(fixture->errors), 0);
    assert_int_equal(temp_count(fixture), 0);
}

/* In a child, so that its limits and mounts end with it. */
static int in_child(int (*body)(Fixture *fixture), Fixture *fixture) {
    const pid_t child = fork();
    if (child == 0) {
        _exit(body(fixture));
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    return WEXITSTATUS(ended);
}

enum { SKIPPED = 77, LARGE_BYTES = 3 * 1024 * 1024 };

static int put_into_small_file_system(Fixture *fixture) {
    if (unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", fixture->folder, "tmpfs", 0, "size=1m") != 0) {
        return SKIPPED;
    }
    char *payload = calloc(1, LARGE_BYTES);
    const Status status = store_put(fixture->store, key_of_text("large"), "large", payload,
                                    LARGE_BYTES, fixture->errors);
    free(payload);
    return status == E501 && temp_count(fixture) == 0 ? 0 : 1;
}

static int put_above_file_size_limit(Fixture *fixture) {
    const struct rlimit limit = {.rlim_cur = 1000000, .rlim_max = 1000000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    char *payload = calloc(1, LARGE_BYTES);
    const Status status = store_put(fixture->store, key_of_text("large"), "large", payload,
                                    LARGE_BYTES, fixture->errors);
    free(payload);
    return status == E504 ? 0 : 1;
}

static void a_full_disk_is_told_and_no_temp_file_stays(void **state) {
    Fixture *fixture = *state;
    const int code = in_child(put_into_small_file_system, fixture);
    if (code == SKIPPED) {
        skip(); /* no right to mount here */
    }
    assert_int_equal(code, 0);
}

static void a_file_size_limit_is_told_and_no_temp_file_stays(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(in_child(put_above_file_size_limit, fixture), 0);
    assert_int_equal(temp_count(fixture), 0);
    assert_false(store_has(fixture->store, key_of_text("large")));
}

static int map_without_permission(Fixture *fixture) {
    StoreObject object;
    if (geteuid() == 0 && seteuid(65534) != 0) {
        return SKIPPED;
    }
    const Status status =
        store_map(fixture->store, key_of_text("closed"), &object, fixture->errors);
    return status == E606 && warnings_count(fixture->errors) == 0 ? 0 : 1;
}

static void an_unreadable_object_counts_as_missing(void **state) {
    Fixture *fixture = *state;
    const Key key = put(fixture, "closed", "x");
    assert_int_equal(chmod(file_of(fixture, key), 0), 0);
    assert_int_equal(in_child(map_without_permission, fixture), 0);
    assert_true(file_exists(file_of(fixture, key)));
}

static void objects_have_the_mode_of_the_umask(void **state) {
    Fixture *fixture = *state;
    const mode_t before = umask(0007);
    const Key key = put(fixture, "group", "x");
    umask(before);
    struct stat facts;
    assert_int_equal(stat(file_of(fixture, key), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0660);
}

static void the_text_is_compared_letter_for_letter(void **state) {
    Fixture *fixture = *state;
    char text[10001]; /* longer than what is read at a time */
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const Key key = put(fixture, text, "samples");
    assert_true(store_has_text(fixture->store, key, text));
    text[9999] = 'b';
    assert_false(store_has_text(fixture->store, key, text));
    text[9999] = '\0';
    assert_false(store_has_text(fixture->store, key, text));
    assert_true(store_has(fixture->store, key));
}

static mode_t mode_of(const char *path) {
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    return facts.st_mode & 07777;
}

static void a_shared_store_has_its_modes_whatever_the_umask(void **state) {
    Fixture *fixture = *state;
    Store *shared = NULL;
    const char *folder = arena_format(fixture->arena, "%s/shared", fixture->folder);
    const char *sharing = path_join(fixture->arena, folder, "sharing");
    static const char text[] = "dir_mode 2770\nfile_mode 0660\n";
    assert_int_equal(folder_make(folder, fixture->errors), DONE);
    assert_int_equal(file_write_atomically(sharing, text, sizeof text - 1, fixture->errors), DONE);
    const mode_t before = umask(0077);
    assert_int_equal(store_open(folder, fixture->arena, &shared, fixture->errors), DONE);
    const Key key = key_of_text("shared");
    assert_int_equal(store_put(shared, key, "shared", "x", 1, fixture->errors), DONE);
    umask(before);
    KeyText name;
    key_format(key, name);
    const char *shelf = arena_format(fixture->arena, "%s/objects/%.2s", folder, name);
    assert_int_equal(mode_of(path_join(fixture->arena, shelf, name + 2)), 0660);
    assert_int_equal(mode_of(shelf), 02770);
    assert_int_equal(mode_of(path_join(fixture->arena, folder, "tmp")), 02770);
}

static void sharing_that_cannot_be_done_is_refused(void **state) {
    Fixture *fixture = *state;
    static const char *const texts[] = {"dir_mode 2790\n", "group no-such-group-here\n",
                                        "mode 0660\n", "file_mode\n"};
    for (size_t text = 0; text < sizeof texts / sizeof *texts; text++) {
        Store *shared = NULL;
        const char *folder = arena_format(fixture->arena, "%s/bad%zu", fixture->folder, text);
        const char *sharing = path_join(fixture->arena, folder, "sharing");
        assert_int_equal(folder_make(folder, fixture->errors), DONE);
        assert_int_equal(
            file_write_atomically(sharing, texts[text], strlen(texts[text]), fixture->errors),
            DONE);
        assert_int_equal(store_open(folder, fixture->arena, &shared, fixture->errors), E503);
    }
}

/* Pages of files that this process holds: the third figure of Linux's statm. */
static long file_page_count(void) {
    char figures[128];
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_non_null(fgets(figures, sizeof figures, file));
    fclose(file);
    char *rest = figures;
    long pages = 0;
    for (int figure = 0; figure < 3; figure++) {
        pages = strtol(rest, &rest, 10);
    }
    return pages;
}

static void an_object_at_rest_takes_no_memory_and_is_whole(void **state) {
    enum { SIZE_BYTES = 8 << 20 };
    const Fixture *fixture = *state;
    unsigned char *bytes = arena_alloc(fixture->arena, SIZE_BYTES);
    for (size_t at = 0; at < SIZE_BYTES; at++) {
        bytes[at] = (unsigned char)(at * 31 >> 8);
    }
    const Key key = key_of_text("large");
    assert_int_equal(store_put(fixture->store, key, "large", bytes, SIZE_BYTES, fixture->errors),
                     DONE);
    StoreObject object;
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), DONE);
    assert_memory_equal(object.bytes, bytes, SIZE_BYTES);
    const long before = file_page_count();
    store_rest(&object);
    assert_true((before - file_page_count()) * sysconf(_SC_PAGESIZE) > SIZE_BYTES / 2);
    assert_memory_equal(object.bytes, bytes, SIZE_BYTES);
    store_unmap(&object);
    store_rest(&object);
}

/* Opened by another process's eyes, so that it is summed; damage in the last piece is seen. */
static void a_long_object_is_summed_in_little_memory(void **state) {
    enum { SIZE_BYTES = 24 << 20, ROOM_BYTES = SIZE_BYTES + (3 << 20) };
    const Fixture *fixture = *state;
    struct stat facts;
    unsigned char *bytes = arena_alloc(fixture->arena, SIZE_BYTES);
    memset(bytes, 7, SIZE_BYTES);
    const Key key = key_of_text("long");
    assert_int_equal(store_put(fixture->store, key, "long", bytes, SIZE_BYTES, fixture->errors),
                     DONE);
    StoreObject object;
    const long before = file_page_count();
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), DONE);
    assert_true((file_page_count() - before) * sysconf(_SC_PAGESIZE) < SIZE_BYTES / 2);
    assert_memory_equal(object.bytes, bytes, SIZE_BYTES);
    store_unmap(&object);
    assert_int_equal(stat(file_of(fixture, key), &facts), 0);
    assert_true(facts.st_blocks * 512 < ROOM_BYTES); /* what was reserved is given back */
    flip(file_of(fixture, key), SIZE_BYTES);
    assert_int_equal(store_map(fixture->store, key, &object, fixture->errors), E606);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_comes_back),
        TEST(nothing_is_something_too),
        TEST(pieces_of_any_size_add_up),
        TEST(a_missing_object_is_told_without_a_warning),
        TEST(a_cancelled_object_leaves_nothing),
        TEST(every_flipped_byte_is_seen_and_the_object_made_again),
        TEST(what_was_summed_once_is_summed_again_when_it_changes),
        TEST(every_truncation_is_seen),
        TEST(objects_that_changed_places_are_seen),
        TEST(a_vanished_object_stays_readable_while_mapped),
        TEST(a_store_removed_during_the_run_is_made_again),
        TEST(two_processes_may_write_the_same_keys),
        TEST(a_full_disk_is_told_and_no_temp_file_stays),
        TEST(a_file_size_limit_is_told_and_no_temp_file_stays),
        TEST(an_unreadable_object_counts_as_missing),
        TEST(objects_have_the_mode_of_the_umask),
        TEST(the_text_is_compared_letter_for_letter),
        TEST(a_shared_store_has_its_modes_whatever_the_umask),
        TEST(sharing_that_cannot_be_done_is_refused),
        TEST(an_object_at_rest_takes_no_memory_and_is_whole),
        TEST(a_long_object_is_summed_in_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
