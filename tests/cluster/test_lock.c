/* The lock of an output folder: one owner, and no manual unlock when the owner is provably dead. */
#include "cluster/lock.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    const char *folder, *path;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    fixture->path = path_join(fixture->arena, fixture->folder, "lock");
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    unlink(fixture->path);
    assert_int_equal(rmdir(fixture->folder), 0); /* nothing else was left behind */
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

static void write_lock(const Fixture *fixture, const char *text) {
    FILE *file = fopen(fixture->path, "wb");
    fputs(text, file);
    fclose(file);
}

/* A child that takes the lock and lives until it is killed. */
static pid_t start_owner(const Fixture *fixture) {
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        byte = lock_take(fixture->path, false, fixture->errors) == DONE ? 1 : 0;
        if (write(ready[1], &byte, 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void end_owner(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void a_free_folder_is_taken_and_released(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_FREE);
    assert_int_equal(lock_take(fixture->path, false, fixture->errors), DONE);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_HELD);
    assert_int_equal(owner.pid, getpid());
    lock_release(fixture->path);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_FREE);
    assert_int_equal(warnings_count(fixture->errors), 0);
}

static void a_living_owner_is_named_and_kept_even_with_take_over(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    char expected[512];
    const pid_t child = start_owner(fixture);
    assert_int_equal(lock_take(fixture->path, false, fixture->errors), E701);
    lock_look(fixture->path, &owner);
    snprintf(expected, sizeof expected, "pid %d on host %s since ", (int)child, owner.host);
    assert_non_null(strstr(errors_first(fixture->errors)->message, expected));
    assert_int_equal(errors_exit_code(fixture->errors), 10);
    assert_int_equal(lock_take(fixture->path, true, fixture->errors), E701);
    lock_release(fixture->path); /* not ours: stays */
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_HELD);
    end_owner(child);
}

static void the_lock_of_a_killed_owner_is_taken_over_with_w703(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    end_owner(start_owner(fixture));
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_STALE);
    assert_int_equal(lock_take(fixture->path, false, fixture->errors), DONE);
    assert_int_equal(warnings_count(fixture->errors), 1);
    assert_int_equal(errors_first(fixture->errors)->status, E703);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_HELD);
}

/* Our own lock with one member changed. */
static void write_changed(const Fixture *fixture, const char *host, const char *boot, int ticks) {
    LockOwner own;
    char text[1024];
    ErrorList *errors = errors_create(fixture->arena);
    assert_int_equal(lock_take(fixture->path, false, errors), DONE);
    lock_look(fixture->path, &own);
    snprintf(text, sizeof text,
             "{\"pid\":%ld,\"start\":%lld,\"host\":\"%s\",\"boot\":\"%s\",\"since\":\"%s\"}",
             own.pid, own.start_ticks + ticks, host ? host : own.host, boot ? boot : own.boot_id,
             "2026-05-09T02:14:07Z");
    write_lock(fixture, text);
}

static void a_reused_pid_is_stale(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    write_changed(fixture, NULL, NULL, 0);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_HELD);
    unlink(fixture->path);
    write_changed(fixture, NULL, NULL, -100); /* our pid, but an older process */
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_STALE);
    assert_int_equal(lock_take(fixture->path, false, fixture->errors), DONE);
}

static void a_lock_from_before_the_boot_is_stale(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    write_changed(fixture, NULL, "00000000-0000-0000-0000-000000000000", 0);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_STALE);
}

static void another_host_needs_take_over(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    write_changed(fixture, "c", NULL, 0);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_ELSEWHERE);
    assert_int_equal(lock_take(fixture->path, false, fixture->errors), E701);
    assert_non_null(strstr(errors_first(fixture->errors)->message, "on host c since 02:14"));
    assert_int_equal(lock_take(fixture->path, true, fixture->errors), DONE);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_HELD);
}

/* Slurm runs a job once: what held the lock under our number is dead, wherever it was. */
static void a_job_that_slurm_started_again_takes_its_lock_over(void **state) {
    Fixture *fixture = *state;
    LockOwner owner;
    setenv("SLURM_JOB_ID", "4711", 1);
    write_lock(fixture, "{\"pid\":1,\"start\":5,\"host\":\"c\",\"boot\":\"b\",\"since\":"
                        "\"2026-05-09T02:14:07Z\",\"slurm_job\":\"4711\"}");
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_STALE);
    setenv("SLURM_JOB_ID", "4712", 1);
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_ELSEWHERE);
    unsetenv("SLURM_JOB_ID");
    assert_int_equal(lock_look(fixture->path, &owner), LOCK_ELSEWHERE);
    setenv("SLURM_JOB_ID", "4711", 1);
    assert_int_equal(lock_take(fixture->path, false, fixture->errors), DONE);
    unsetenv("SLURM_JOB_ID");
}

static void garbage_is_refused_as_an_unreadable_lock(void **state) {
    static const char *const texts[] = {"",   "\x80\xff\x01", "{",
                                        "[]", "{\"pid\":0}",  "{\"pid\":12,\"host\":3}"};
    Fixture *fixture = *state;
    for (size_t text = 0; text < sizeof texts / sizeof *texts; text++) {
        Arena *arena = arena_create();
        ErrorList *errors = errors_create(arena);
        write_lock(fixture, texts[text]);
        assert_int_equal(lock_take(fixture->path, false, errors), E701);
        assert_non_null(strstr(errors_first(errors)->message, "unreadable lock"));
        assert_int_equal(lock_take(fixture->path, true, errors), DONE);
        unlink(fixture->path);
        arena_destroy(&arena);
    }
}

enum { TAKERS = 12, ROUNDS = 5 };

/* A child that waits for the gate to open, takes the lock, says whether it got it, and lives on:
 * nobody may find the winner dead. */
static pid_t start_taker(const Fixture *fixture, const int gate[2], int results) {
    const pid_t child = fork();
    if (child == 0) {
        char byte = 0;
        close(gate[1]);
        if (read(gate[0], &byte, 1) < 0) {
            _exit(1);
        }
        byte = lock_take(fixture->path, false, fixture->errors) == DONE ? 1 : 0;
        if (write(results, &byte, 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    return child;
}

static int count_winners(const Fixture *fixture) {
    pid_t takers[TAKERS];
    int gate[2];
    int results[2];
    assert_int_equal(pipe(gate), 0);
    assert_int_equal(pipe(results), 0);
    for (int taker = 0; taker < TAKERS; taker++) {
        takers[taker] = start_taker(fixture, gate, results[1]);
    }
    close(gate[0]);
    close(gate[1]);
    int winners = 0;
    for (int taker = 0; taker < TAKERS; taker++) {
        char byte = 0;
        assert_int_equal(read(results[0], &byte, 1), 1);
        winners += byte;
    }
    for (int taker = 0; taker < TAKERS; taker++) {
        end_owner(takers[taker]);
    }
    close(results[0]);
    close(results[1]);
    return winners;
}

static void of_many_at_once_one_gets_a_stale_lock(void **state) {
    Fixture *fixture = *state;
    for (int round = 0; round < ROUNDS; round++) {
        unlink(fixture->path);
        end_owner(start_owner(fixture));
        assert_int_equal(count_winners(fixture), 1);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_free_folder_is_taken_and_released),
        TEST(a_living_owner_is_named_and_kept_even_with_take_over),
        TEST(the_lock_of_a_killed_owner_is_taken_over_with_w703),
        TEST(a_reused_pid_is_stale),
        TEST(a_lock_from_before_the_boot_is_stale),
        TEST(another_host_needs_take_over),
        TEST(a_job_that_slurm_started_again_takes_its_lock_over),
        TEST(garbage_is_refused_as_an_unreadable_lock),
        TEST(of_many_at_once_one_gets_a_stale_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
