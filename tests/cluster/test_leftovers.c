/* What a launch leaves on a host is found and taken away, and nothing else is. */
#include "cluster/leftovers.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster/host_network.h"
#include "cluster/launch_folder.h"
#include "cluster/process.h"
#include "render/base/files.h"

#include "tests/support/temp_folder.h"

typedef struct Bench {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
} Bench;

static int open_bench(void **state) {
    Bench *bench = calloc(1, sizeof *bench);
    temp_folder_open(&bench->arena, &bench->errors, &bench->folder);
    *state = bench;
    return 0;
}

static int close_bench(void **state) {
    Bench *bench = *state;
    temp_folder_close(&bench->arena, bench->folder);
    free(bench);
    return 0;
}

/* A process that notes itself and then waits for its end. */
static pid_t start_rank(const Bench *bench) {
    int ends[2];
    char byte = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        leftovers_note(bench->folder);
        (void)!write(ends[1], "x", 1);
        for (;;) {
            pause();
        }
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static int signal_of_end(pid_t pid) {
    int outcome = 0;
    assert_int_equal(waitpid(pid, &outcome, 0), pid);
    return WIFSIGNALED(outcome) ? WTERMSIG(outcome) : 0;
}

static void a_rank_that_was_noted_is_ended(void **state) {
    Bench *bench = *state;
    const pid_t first = start_rank(bench);
    const pid_t second = start_rank(bench);
    assert_int_equal(leftovers_sweep(bench->folder), 2);
    assert_int_equal(signal_of_end(first), SIGKILL);
    assert_int_equal(signal_of_end(second), SIGKILL);
    assert_int_equal(leftovers_sweep(bench->folder), 0);
}

static void a_process_that_only_has_the_number_of_one_lives_on(void **state) {
    Bench *bench = *state;
    char host[256];
    BootId boot;
    const pid_t rank = start_rank(bench);
    host_own_name(host);
    process_boot_id(boot);
    const char *note =
        arena_format(bench->arena, "%s/ranks/%s.%ld", bench->folder, host, (long)rank);
    const char *texts[] = {
        arena_format(bench->arena, "1 %s\n", boot), /* an older process */
        arena_format(bench->arena, "%lld another-boot\n", process_start_ticks((long)rank)), "",
        "nonsense"};
    for (size_t text = 0; text < sizeof texts / sizeof *texts; text++) {
        assert_int_equal(
            file_write_atomically(note, texts[text], strlen(texts[text]), bench->errors), DONE);
        assert_int_equal(leftovers_sweep(bench->folder), 0);
        assert_false(file_exists(note));
    }
    assert_int_equal(waitpid(rank, NULL, WNOHANG), 0);
    kill(rank, SIGKILL);
    signal_of_end(rank);
}

static void ranks_of_another_host_are_not_ours_to_end(void **state) {
    Bench *bench = *state;
    const pid_t rank = start_rank(bench);
    char host[256];
    host_own_name(host);
    const char *note =
        arena_format(bench->arena, "%s/ranks/%s.%ld", bench->folder, host, (long)rank);
    const char *other =
        arena_format(bench->arena, "%s/ranks/x%s.%ld", bench->folder, host, (long)rank);
    assert_int_equal(rename(note, other), 0);
    assert_int_equal(leftovers_sweep(bench->folder), 0);
    assert_true(file_exists(other));
    assert_int_equal(waitpid(rank, NULL, WNOHANG), 0);
    kill(rank, SIGKILL);
    signal_of_end(rank);
}

static void a_rank_that_ends_well_leaves_no_note(void **state) {
    Bench *bench = *state;
    const char **names = NULL;
    int count = -1;
    const char *folder = path_join(bench->arena, bench->folder, "ranks");
    leftovers_note(bench->folder);
    assert_int_equal(folder_list(folder, bench->arena, &names, &count, bench->errors), DONE);
    assert_int_equal(count, 1);
    leftovers_forget(bench->folder);
    assert_int_equal(folder_list(folder, bench->arena, &names, &count, bench->errors), DONE);
    assert_int_equal(count, 0);
}

static void the_folder_of_a_launch_goes_and_no_other(void **state) {
    Bench *bench = *state;
    const char *launch = path_join(bench->arena, bench->folder, LAUNCH_PREFIX "abc");
    const char *precious = path_join(bench->arena, bench->folder, "precious");
    char host[256];
    host_own_name(host);
    const char *note = arena_format(bench->arena, "%s/ranks/%s.folder", bench->folder, host);
    assert_int_equal(leftovers_make_folder(bench->folder, launch, bench->errors), DONE);
    assert_true(folder_exists(launch));
    assert_int_equal(leftovers_make_folder(bench->folder, launch, bench->errors), DONE);
    leftovers_sweep(bench->folder);
    assert_false(folder_exists(launch));
    assert_int_equal(folder_make(precious, bench->errors), DONE);
    assert_int_equal(file_write_atomically(note, precious, strlen(precious), bench->errors), DONE);
    leftovers_sweep(bench->folder);
    assert_true(folder_exists(precious));
    assert_int_equal(symlink(precious, launch), 0);
    assert_int_equal(leftovers_make_folder(bench->folder, launch, bench->errors), E503);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rank_that_was_noted_is_ended, open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_process_that_only_has_the_number_of_one_lives_on,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(ranks_of_another_host_are_not_ours_to_end, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(a_rank_that_ends_well_leaves_no_note, open_bench,
                                        close_bench),
        cmocka_unit_test_setup_teardown(the_folder_of_a_launch_goes_and_no_other, open_bench,
                                        close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
