/* Whole files, open ones and folders, held to what the system itself says about them. */
#include "render/base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

static const char *in_folder(const Fixture *fixture, const char *name) {
    return path_join(fixture->arena, fixture->folder, name);
}

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static bool last_message_has(const Fixture *fixture, const char *part) {
    const ErrorEntry *last = errors_last(fixture->errors);
    return last && strstr(last->message, part);
}

static Status read_text(Fixture *fixture, const char *path, FileBytes *out) {
    return file_read(path, 1000, NO_PLACE, fixture->arena, out, fixture->errors);
}

static void a_file_is_read_whole_with_a_nul_behind_it(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    put(in_folder(fixture, "a.txt"), "hello");
    assert_int_equal(read_text(fixture, in_folder(fixture, "a.txt"), &bytes), DONE);
    assert_int_equal(bytes.size_bytes, 5);
    assert_string_equal(bytes.bytes, "hello");
}

static void a_file_whose_size_is_not_known_is_read_to_its_end(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    assert_int_equal(read_text(fixture, "/proc/self/comm", &bytes), DONE);
    assert_string_equal(bytes.bytes, "test_files\n");
}

static void an_empty_file_is_empty_text(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    put(in_folder(fixture, "a.txt"), "");
    assert_int_equal(read_text(fixture, in_folder(fixture, "a.txt"), &bytes), DONE);
    assert_int_equal(bytes.size_bytes, 0);
    assert_string_equal(bytes.bytes, "");
}

static void a_file_above_the_limit_is_refused(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    char text[1002];
    memset(text, 'x', 1001);
    text[1001] = '\0';
    put(in_folder(fixture, "a.txt"), text);
    assert_int_equal(read_text(fixture, in_folder(fixture, "a.txt"), &bytes), E106);
    text[1000] = '\0';
    put(in_folder(fixture, "a.txt"), text);
    assert_int_equal(read_text(fixture, in_folder(fixture, "a.txt"), &bytes), DONE);
    assert_int_equal(bytes.size_bytes, 1000);
}

static void a_missing_file_is_named_with_its_nearest_neighbour(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    put(in_folder(fixture, "strings.wav"), "");
    put(in_folder(fixture, "choir.wav"), "");
    const Place place = {.file = "job.yaml", .line = 7};
    assert_int_equal(file_read(in_folder(fixture, "Stings.wav"), 10, place, fixture->arena, &bytes,
                               fixture->errors),
                     E410);
    assert_true(last_message_has(fixture, "Stings.wav` does not exist"));
    const ErrorEntry *last = errors_last(fixture->errors);
    assert_int_equal(last->place.line, 7);
    assert_string_equal(last->lines->kind, "help");
    assert_non_null(strstr(last->lines->text, "/strings.wav`?"));
}

static void no_neighbour_is_named_when_none_is_near(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    put(in_folder(fixture, "strings.wav"), "");
    assert_int_equal(read_text(fixture, in_folder(fixture, "brass.aiff"), &bytes), E410);
    assert_null(errors_last(fixture->errors)->lines);
    assert_int_equal(read_text(fixture, in_folder(fixture, "none/strings.wav"), &bytes), E410);
    assert_int_equal(read_text(fixture, in_folder(fixture, "strings.wav/a.wav"), &bytes), E410);
}

static void the_name_shown_stands_in_messages_and_hints(void **state) {
    Fixture *fixture = *state;
    OpenFile file;
    put(in_folder(fixture, "a1.wav"), "");
    assert_int_equal(file_open_shown(in_folder(fixture, "a2.wav"), "takes/a2.wav", NO_PLACE, &file,
                                     fixture->errors),
                     E410);
    const ErrorEntry *last = errors_last(fixture->errors);
    assert_string_equal(last->message, "`takes/a2.wav` does not exist");
    assert_string_equal(last->lines->text, "did you mean `takes/a1.wav`?");
}

static void expect_not_regular(Fixture *fixture, const char *path, const char *kind) {
    int descriptor = 0;
    assert_int_equal(file_open_regular(path, NO_PLACE, &descriptor, fixture->errors), E404);
    assert_int_equal(descriptor, -1);
    assert_true(last_message_has(fixture, "not a regular file"));
    assert_true(last_message_has(fixture, kind));
}

static void only_regular_files_are_opened_and_a_fifo_does_not_block(void **state) {
    Fixture *fixture = *state;
    const char *fifo = in_folder(fixture, "fifo");
    const char *socket_path = in_folder(fixture, "socket");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    alarm(10); /* ends the test if an open waits for a writer */
    expect_not_regular(fixture, fifo, "a FIFO");
    expect_not_regular(fixture, socket_path, "a socket");
    expect_not_regular(fixture, fixture->folder, "a folder");
    expect_not_regular(fixture, "/dev/zero", "a device");
    alarm(0);
    close(listener);
}

static void a_loop_of_links_is_unreadable(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    assert_int_equal(symlink("b", in_folder(fixture, "a")), 0);
    assert_int_equal(symlink("a", in_folder(fixture, "b")), 0);
    assert_int_equal(read_text(fixture, in_folder(fixture, "a"), &bytes), E411);
    assert_true(last_message_has(fixture, "loop"));
}

static void a_file_without_permission_is_unreadable(void **state) {
    Fixture *fixture = *state;
    const char *path = in_folder(fixture, "a.txt");
    put(path, "secret");
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(fixture->folder, 0777), 0);
    const pid_t child = fork();
    if (child == 0) { /* root may read everything */
        FileBytes bytes;
        const bool changed = geteuid() != 0 || seteuid(65534) == 0;
        const bool right =
            read_text(fixture, path, &bytes) == E411 && last_message_has(fixture, "ermission");
        _exit(changed && right ? 0 : 1);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
}

static void reading_at_an_offset_stops_at_the_end(void **state) {
    Fixture *fixture = *state;
    OpenFile file;
    char bytes[8];
    size_t got = 0;
    const char *path = in_folder(fixture, "a.txt");
    put(path, "0123456789");
    assert_int_equal(file_open_shown(path, path, NO_PLACE, &file, fixture->errors), DONE);
    assert_int_equal(file_read_at(&file, 2, bytes, 8, &got, fixture->errors), DONE);
    assert_int_equal(got, 8);
    assert_memory_equal(bytes, "23456789", 8);
    assert_int_equal(file_read_at(&file, 7, bytes, 8, &got, fixture->errors), DONE);
    assert_int_equal(got, 3);
    assert_int_equal(file_read_at(&file, 70, bytes, 8, &got, fixture->errors), DONE);
    assert_int_equal(got, 0);
    assert_int_equal(file_close(&file, fixture->errors), DONE);
    assert_int_equal(file.descriptor, -1);
    assert_int_equal(file_close(&file, fixture->errors), DONE);
}

static void an_atomic_write_replaces_and_leaves_nothing_else(void **state) {
    Fixture *fixture = *state;
    FileBytes bytes;
    const char **names = NULL;
    int count = 0;
    const char *path = in_folder(fixture, "a.txt");
    assert_int_equal(file_write_atomically(path, "one", 3, fixture->errors), DONE);
    assert_int_equal(file_write_atomically(path, "second", 6, fixture->errors), DONE);
    assert_int_equal(read_text(fixture, path, &bytes), DONE);
    assert_string_equal(bytes.bytes, "second");
    assert_int_equal(folder_list(fixture->folder, fixture->arena, &names, &count, fixture->errors),
                     DONE);
    assert_int_equal(count, 1);
}

static void an_atomic_write_of_a_name_without_folder_works(void **state) {
    Fixture *fixture = *state;
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(fixture->folder), 0);
    assert_int_equal(file_write_atomically("a.txt", "x", 1, fixture->errors), DONE);
    assert_true(file_exists("a.txt"));
    assert_int_equal(chdir(before), 0);
    free(before);
}

static void a_file_size_limit_is_told_and_the_old_file_stays(void **state) {
    Fixture *fixture = *state;
    const char *path = in_folder(fixture, "a.txt");
    put(path, "old");
    static char large[4096];
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {.rlim_cur = 1024, .rlim_max = 1024};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(file_write_atomically(path, large, sizeof large, fixture->errors) == E504 ? 0 : 1);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    FileBytes bytes;
    const char **names = NULL;
    int count = 0;
    assert_int_equal(read_text(fixture, path, &bytes), DONE);
    assert_string_equal(bytes.bytes, "old");
    folder_list(fixture->folder, fixture->arena, &names, &count, fixture->errors);
    assert_int_equal(count, 1);
}

static void a_full_device_is_told(void **state) {
    Fixture *fixture = *state;
    OpenFile full = {.descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC), .path = "x.part"};
    assert_true(full.descriptor >= 0);
    assert_int_equal(file_write_all(&full, -1, "x", 1, fixture->errors), E501);
    assert_true(last_message_has(fixture, "no space on"));
    assert_true(last_message_has(fixture, "`x.part`"));
    close(full.descriptor);
}

static void too_many_open_files_are_told(void **state) {
    Fixture *fixture = *state;
    const char *path = in_folder(fixture, "a.txt");
    put(path, "x");
    const pid_t child = fork();
    if (child == 0) {
        int descriptor = 0;
        const struct rlimit limit = {.rlim_cur = 3, .rlim_max = 3};
        setrlimit(RLIMIT_NOFILE, &limit);
        _exit(file_open_regular(path, NO_PLACE, &descriptor, fixture->errors) == E508 ? 0 : 1);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
}

static void every_write_error_has_its_status(void **state) {
    Fixture *fixture = *state;
    static const struct {
        int error_number;
        Status status;
        const char *words;
    } rows[] = {
        {ENOSPC, E501, "no space on"     },
        {EROFS,  E502, "read-only"       },
        {EACCES, E503, "permission"      },
        {EPERM,  E503, "permission"      },
        {EFBIG,  E504, "file size limit" },
        {EDQUOT, E505, "quota"           },
        {EXDEV,  E507, "same file system"},
        {EMFILE, E508, "open files"      },
        {ENFILE, E508, "open files"      },
        {EIO,    E509, "I/O error"       },
        {ENOMEM, E515, "memory"          },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        assert_int_equal(status_from_errno(rows[row].error_number), rows[row].status);
        assert_int_equal(file_fail_write("x.wav", rows[row].error_number, fixture->errors),
                         rows[row].status);
        assert_true(last_message_has(fixture, rows[row].words));
        assert_true(last_message_has(fixture, "x.wav"));
    }
}

static void reserved_room_is_not_in_the_length_of_a_file(void **state) {
    Fixture *fixture = *state;
    FileIdentity identity;
    const char *path = in_folder(fixture, "long");
    OpenFile file = {.descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0666), .path = path};
    file_reserve(&file, 0, 2 << 20);
    assert_int_equal(file_write_all(&file, -1, "some", 4, fixture->errors), DONE);
    file_reserve_end(&file, 4);
    assert_int_equal(file_close(&file, fixture->errors), DONE);
    assert_int_equal(file_identity(path, NO_PLACE, &identity, fixture->errors), DONE);
    assert_int_equal(identity.size_bytes, 4);
    file_reserve(&file, 0, 2 << 20); /* closed: nothing happens */
}

static void the_checksum_of_abc_is_that_of_fips_180(void **state) {
    Fixture *fixture = *state;
    Sha256Text sha256;
    put(in_folder(fixture, "abc"), "abc");
    assert_int_equal(file_sha256(in_folder(fixture, "abc"), NO_PLACE, sha256, fixture->errors),
                     DONE);
    assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void the_checksum_of_a_million_a_is_that_of_fips_180(void **state) {
    Fixture *fixture = *state;
    Sha256Text sha256;
    char *text = calloc(1, 1000001);
    memset(text, 'a', 1000000);
    put(in_folder(fixture, "a"), text);
    free(text);
    assert_int_equal(file_sha256(in_folder(fixture, "a"), NO_PLACE, sha256, fixture->errors), DONE);
    assert_string_equal(sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void the_identity_changes_when_a_file_is_replaced(void **state) {
    Fixture *fixture = *state;
    FileIdentity one;
    FileIdentity two;
    const char *path = in_folder(fixture, "a");
    put(path, "one");
    assert_int_equal(file_identity(path, NO_PLACE, &one, fixture->errors), DONE);
    assert_int_equal(one.size_bytes, 3);
    assert_int_equal(file_identity(path, NO_PLACE, &two, fixture->errors), DONE);
    assert_memory_equal(&one, &two, sizeof one);
    assert_int_equal(file_write_atomically(path, "two", 3, fixture->errors), DONE);
    assert_int_equal(file_identity(path, NO_PLACE, &two, fixture->errors), DONE);
    assert_true(one.inode != two.inode || one.changed_ns != two.changed_ns);
    assert_int_equal(file_identity(in_folder(fixture, "b"), NO_PLACE, &two, fixture->errors), E410);
    assert_int_equal(file_identity(fixture->folder, NO_PLACE, &two, fixture->errors), E404);
}

static void folders_are_made_with_parents_and_once_more(void **state) {
    Fixture *fixture = *state;
    const char *path = in_folder(fixture, "a//b/c/");
    assert_int_equal(folder_make(path, fixture->errors), DONE);
    assert_true(folder_exists(in_folder(fixture, "a/b/c")));
    assert_int_equal(folder_make(path, fixture->errors), DONE);
    assert_int_equal(folder_sync(path, fixture->errors), DONE);
    put(in_folder(fixture, "file"), "");
    assert_int_equal(folder_make(in_folder(fixture, "file"), fixture->errors), E510);
    assert_true(last_message_has(fixture, "not a folder"));
    assert_int_equal(folder_make(in_folder(fixture, "file/in"), fixture->errors), E510);
}

static void a_folder_is_listed_in_the_order_of_bytes(void **state) {
    Fixture *fixture = *state;
    const char **names = NULL;
    int count = 0;
    for (int number = 199; number >= 0; number--) {
        put(in_folder(fixture, arena_format(fixture->arena, "%03d", number)), "");
    }
    put(in_folder(fixture, "B"), "");
    put(in_folder(fixture, "a"), "");
    assert_int_equal(folder_list(fixture->folder, fixture->arena, &names, &count, fixture->errors),
                     DONE);
    assert_int_equal(count, 202);
    assert_string_equal(names[0], "000");
    assert_string_equal(names[199], "199");
    assert_string_equal(names[200], "B");
    assert_string_equal(names[201], "a");
    assert_int_equal(
        folder_list(in_folder(fixture, "none"), fixture->arena, &names, &count, fixture->errors),
        DONE);
    assert_int_equal(count, 0);
}

static void a_folder_is_removed_but_not_what_its_links_point_to(void **state) {
    Fixture *fixture = *state;
    folder_make(in_folder(fixture, "kept/inside"), fixture->errors);
    put(in_folder(fixture, "kept/inside/a"), "x");
    folder_make(in_folder(fixture, "gone/deep/deeper"), fixture->errors);
    put(in_folder(fixture, "gone/deep/b"), "x");
    assert_int_equal(symlink("../../kept", in_folder(fixture, "gone/deep/link")), 0);
    assert_int_equal(symlink("../kept/inside/a", in_folder(fixture, "gone/link")), 0);
    assert_int_equal(folder_remove(in_folder(fixture, "gone"), fixture->errors), DONE);
    assert_false(folder_exists(in_folder(fixture, "gone")));
    assert_true(file_exists(in_folder(fixture, "kept/inside/a")));
    assert_int_equal(folder_remove(in_folder(fixture, "gone"), fixture->errors), DONE);
}

static void a_link_in_place_of_the_folder_is_removed_alone(void **state) {
    Fixture *fixture = *state;
    folder_make(in_folder(fixture, "kept"), fixture->errors);
    put(in_folder(fixture, "kept/a"), "x");
    assert_int_equal(symlink("kept", in_folder(fixture, "link")), 0);
    assert_int_equal(folder_remove(in_folder(fixture, "link"), fixture->errors), DONE);
    assert_false(folder_exists(in_folder(fixture, "link")));
    assert_true(file_exists(in_folder(fixture, "kept/a")));
}

static void a_folder_nested_too_deep_is_refused_without_a_leak(void **state) {
    Fixture *fixture = *state;
    const char *path = in_folder(fixture, "deep");
    for (int depth = 0; depth < 40; depth++) {
        path = path_join(fixture->arena, path, "d");
    }
    folder_make(path, fixture->errors);
    assert_int_equal(folder_remove(in_folder(fixture, "deep"), fixture->errors), E509);
    /* from further down it works, and the rest then, too */
    const char *half = in_folder(fixture, "deep/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d");
    assert_int_equal(folder_remove(half, fixture->errors), DONE);
}

static void a_rename_across_file_systems_is_told(void **state) {
    Fixture *fixture = *state;
    put(in_folder(fixture, "a"), "x");
    assert_int_equal(path_rename(in_folder(fixture, "a"), in_folder(fixture, "b"), fixture->errors),
                     DONE);
    assert_true(file_exists(in_folder(fixture, "b")));
    const Status status = path_rename(in_folder(fixture, "b"), "/proc/b", fixture->errors);
    assert_int_equal(status, E507);
}

static void paths_are_joined_and_cut(void **state) {
    Fixture *fixture = *state;
    Arena *arena = fixture->arena;
    assert_string_equal(path_join(arena, "a", "b"), "a/b");
    assert_string_equal(path_join(arena, "a/", "b"), "a/b");
    assert_string_equal(path_join(arena, "", "b"), "b");
    assert_string_equal(path_join(arena, "a", "/b"), "/b");
    assert_string_equal(path_folder(arena, "a/b/c.wav"), "a/b");
    assert_string_equal(path_folder(arena, "/c.wav"), "/");
    assert_string_equal(path_folder(arena, "c.wav"), ".");
    assert_string_equal(path_name("a/b/c.wav"), "c.wav");
    assert_string_equal(path_name("c.wav"), "c.wav");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Longer than what is copied at once; the target is where a writer stands. */
static void a_copy_holds_all_or_as_much_as_is_asked_for(void **state) {
    const Fixture *fixture = *state;
    enum { ALL = 150000, PART = 70001 };
    static const int64_t sizes[] = {-1, ALL, PART, 0};
    static const size_t expected[] = {ALL, ALL, PART, 0};
    char *bytes = arena_alloc(fixture->arena, ALL);
    for (int byte = 0; byte < ALL; byte++) {
        bytes[byte] = (char)(byte * 7 + byte / 251);
    }
    const char *path = in_folder(fixture, "whole");
    assert_int_equal(file_write_atomically(path, bytes, ALL, fixture->errors), DONE);
    OpenFile from;
    assert_int_equal(file_open_shown(path, path, NO_PLACE, &from, fixture->errors), DONE);
    for (size_t row = 0; row < sizeof sizes / sizeof *sizes; row++) {
        FileBytes copy;
        OpenFile to = {.path = in_folder(fixture, "copy")};
        to.descriptor = open(to.path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        assert_int_equal(file_write_all(&to, -1, "head", 4, fixture->errors), DONE);
        assert_int_equal(file_copy(&from, &to, sizes[row], fixture->errors), DONE);
        assert_int_equal(file_close(&to, fixture->errors), DONE);
        assert_int_equal(
            file_read(to.path, ALL + 4, NO_PLACE, fixture->arena, &copy, fixture->errors), DONE);
        assert_int_equal(copy.size_bytes, 4 + expected[row]);
        assert_memory_equal(copy.bytes + 4, bytes, expected[row]);
    }
    OpenFile full = {.descriptor = open("/dev/full", O_WRONLY), .path = "/dev/full"};
    assert_int_equal(file_copy(&from, &full, -1, fixture->errors), E501);
    assert_int_equal(file_copy(&from, &full, ALL + 1, fixture->errors), E501);
    OpenFile none = {.descriptor = open("/dev/null", O_WRONLY), .path = "/dev/null"};
    assert_int_equal(file_copy(&from, &none, ALL + 1, fixture->errors), E411);
    assert_true(last_message_has(fixture, "ends too early"));
    assert_int_equal(file_copy(&none, &full, -1, fixture->errors), E411); /* not open to read */
    assert_int_equal(file_close(&none, fixture->errors), DONE);
    assert_int_equal(file_close(&full, fixture->errors), DONE);
    assert_int_equal(file_close(&from, fixture->errors), DONE);
}

static void only_what_a_killed_writer_left_is_swept(void **state) {
    const Fixture *fixture = *state;
    static const char *const left[] = {".manifest.json.4711.0.tmp", ".a.1.99.tmp"};
    static const char *const kept[] = {"manifest.json", ".a.tmp",      ".a.1.tmp", "a.1.0.tmp",
                                       ".a.x.0.tmp",    ".a.1.0.tmpx", ".1.0.tmp", ".hidden"};
    for (size_t name = 0; name < sizeof left / sizeof *left; name++) {
        fclose(fopen(in_folder(fixture, left[name]), "wb"));
    }
    for (size_t name = 0; name < sizeof kept / sizeof *kept; name++) {
        fclose(fopen(in_folder(fixture, kept[name]), "wb"));
    }
    folder_sweep_temporaries(fixture->folder);
    folder_sweep_temporaries(in_folder(fixture, "missing"));
    for (size_t name = 0; name < sizeof left / sizeof *left; name++) {
        assert_false(file_exists(in_folder(fixture, left[name])));
    }
    for (size_t name = 0; name < sizeof kept / sizeof *kept; name++) {
        assert_true(file_exists(in_folder(fixture, kept[name])));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_copy_holds_all_or_as_much_as_is_asked_for),
        TEST(a_file_is_read_whole_with_a_nul_behind_it),
        TEST(a_file_whose_size_is_not_known_is_read_to_its_end),
        TEST(an_empty_file_is_empty_text),
        TEST(a_file_above_the_limit_is_refused),
        TEST(a_missing_file_is_named_with_its_nearest_neighbour),
        TEST(no_neighbour_is_named_when_none_is_near),
        TEST(the_name_shown_stands_in_messages_and_hints),
        TEST(only_regular_files_are_opened_and_a_fifo_does_not_block),
        TEST(a_loop_of_links_is_unreadable),
        TEST(a_file_without_permission_is_unreadable),
        TEST(reading_at_an_offset_stops_at_the_end),
        TEST(an_atomic_write_replaces_and_leaves_nothing_else),
        TEST(an_atomic_write_of_a_name_without_folder_works),
        TEST(a_file_size_limit_is_told_and_the_old_file_stays),
        TEST(a_full_device_is_told),
        TEST(too_many_open_files_are_told),
        TEST(every_write_error_has_its_status),
        TEST(reserved_room_is_not_in_the_length_of_a_file),
        TEST(the_checksum_of_abc_is_that_of_fips_180),
        TEST(the_checksum_of_a_million_a_is_that_of_fips_180),
        TEST(the_identity_changes_when_a_file_is_replaced),
        TEST(folders_are_made_with_parents_and_once_more),
        TEST(a_folder_is_listed_in_the_order_of_bytes),
        TEST(a_folder_is_removed_but_not_what_its_links_point_to),
        TEST(a_link_in_place_of_the_folder_is_removed_alone),
        TEST(a_folder_nested_too_deep_is_refused_without_a_leak),
        TEST(a_rename_across_file_systems_is_told),
        TEST(paths_are_joined_and_cut),
        TEST(only_what_a_killed_writer_left_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
