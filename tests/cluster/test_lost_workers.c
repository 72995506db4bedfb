/* Ranks that die while others live: who notices, and what the scheduler hears. */
#include "cluster/lost_workers.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster/rank_sentry.h"

#include <cmocka.h>

static char roll[64];

static int open_roll(void **state) {
    (void)state;
    strcpy(roll, "/tmp/nocturne-roll-XXXXXX");
    const int file = mkstemp(roll);
    assert_true(file >= 0);
    close(file);
    return 0;
}

static int close_roll(void **state) {
    (void)state;
    unlink(roll);
    return 0;
}

/* The sentry is our child once its rank is gone: it ends by itself. */
static void await_all_children(void) {
    while (wait(NULL) > 0) {
    }
}

static void run_rank(int rank, int end_by) {
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    const pid_t child = fork();
    if (child == 0) {
        RankSentry sentry = rank_sentry_start(roll, rank);
        if (end_by == 0) {
            rank_sentry_dismiss(&sentry);
            _exit(0);
        }
        signal(end_by, SIG_DFL);
        kill(getpid(), end_by);
        pause();
    }
    await_all_children();
}

static void a_rank_that_dies_is_in_the_roll_whatever_killed_it(void **state) {
    (void)state;
    bool is_dead[8] = {false};
    run_rank(3, SIGKILL);
    run_rank(5, SIGTERM);
    assert_true(rank_roll_read(roll, is_dead, 8));
    for (int rank = 0; rank < 8; rank++) {
        assert_int_equal(is_dead[rank], rank == 3 || rank == 5);
    }
    assert_false(rank_roll_read(roll, is_dead, 8)); /* no news */
}

static void a_rank_that_says_farewell_is_not(void **state) {
    (void)state;
    bool is_dead[8] = {false};
    run_rank(2, 0);
    assert_false(rank_roll_read(roll, is_dead, 8));
}

static void a_roll_is_read_to_its_last_rank_and_may_be_missing(void **state) {
    (void)state;
    enum { COUNT = 4097 };
    bool is_dead[COUNT] = {false};
    run_rank(COUNT - 1, SIGKILL);
    assert_true(rank_roll_read(roll, is_dead, COUNT));
    assert_true(is_dead[COUNT - 1]);
    assert_false(is_dead[0]);
    assert_false(rank_roll_read("/nowhere/roll", is_dead, COUNT));
}

/* A transport that does what it is given at once, but for the tasks of worker 1. */
typedef struct FakeTransport {
    Transport transport;
    int done_tasks[8];
    int done_count;
    bool is_closed;
    int lost_worker;
} FakeTransport;

static Status
fake_give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    (void)attempt;
    (void)errors;
    FakeTransport *fake = (FakeTransport *)transport;
    if (worker == 0) {
        fake->done_tasks[fake->done_count++] = task;
    }
    return DONE;
}

static Status fake_take(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    (void)wait_s;
    (void)errors;
    FakeTransport *fake = (FakeTransport *)transport;
    *is_taken = fake->done_count > 0;
    if (*is_taken) {
        *result = (TaskResult){.worker = 0, .task = fake->done_tasks[--fake->done_count]};
    }
    return DONE;
}

static void fake_close(Transport *transport) {
    ((FakeTransport *)transport)->is_closed = true;
}

static void fake_lose(Transport *transport, int worker) {
    ((FakeTransport *)transport)->lost_worker = worker;
}

typedef struct Heard {
    LostWorker lost;
    int count;
} Heard;

static void hear(void *context, const LostWorker *lost) {
    Heard *heard = context;
    heard->lost = *lost;
    heard->count++;
}

static void a_lost_worker_is_told_once_with_what_it_held(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Heard heard = {.count = 0};
    FakeTransport fake = {
        .transport = {.worker_count = 3,
                      .give = fake_give,
                      .take = fake_take,
                      .close = fake_close,
                      .lose = fake_lose,
                      .hold_limit = 2}
    };
    run_rank(2, SIGKILL); /* worker 1, from the first look on */
    Transport *watched = lost_workers_watch(&fake.transport, roll, (LossHook){&heard, hear}, arena);
    assert_int_equal(watched->hold_limit, 2);
    watched->give(watched, 1, 70, 1, errors);
    watched->give(watched, 1, 71, 1, errors);
    watched->give(watched, 0, 72, 1, errors);
    TaskResult result;
    bool is_taken = false;
    watched->take(watched, 0.0, &result, &is_taken, errors);
    assert_true(is_taken);
    assert_true(result.is_worker_lost);
    assert_int_equal(result.worker, 1);
    assert_int_equal(fake.lost_worker, 1);
    assert_int_equal(heard.lost.task_count, 2);
    assert_int_equal(heard.lost.tasks[0], 70);
    assert_int_equal(heard.lost.tasks[1], 71);
    assert_int_equal(heard.lost.left_count, 2);
    watched->take(watched, 0.0, &result, &is_taken, errors);
    assert_true(is_taken);
    assert_int_equal(result.task, 72);
    watched->take(watched, 0.0, &result, &is_taken, errors);
    assert_false(is_taken);
    assert_int_equal(heard.count, 1);
    watched->close(watched);
    assert_true(fake.is_closed);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rank_that_dies_is_in_the_roll_whatever_killed_it,
                                        open_roll, close_roll),
        cmocka_unit_test_setup_teardown(a_rank_that_says_farewell_is_not, open_roll, close_roll),
        cmocka_unit_test_setup_teardown(a_roll_is_read_to_its_last_rank_and_may_be_missing,
                                        open_roll, close_roll),
        cmocka_unit_test_setup_teardown(a_lost_worker_is_told_once_with_what_it_held, open_roll,
                                        close_roll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
