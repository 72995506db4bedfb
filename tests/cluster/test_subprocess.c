/* Other programs: their words, their codes, their time. */
#include "cluster/subprocess.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/clock.h"

#include <cmocka.h>

static void words_and_codes_of_several_arrive(void **state) {
    (void)state;
    const char *const speaks[] = {"sh", "-c", "echo out; echo err >&2; exit 3", NULL};
    const char *const dies[] = {"sh", "-c", "kill -9 $$", NULL};
    const char *const missing[] = {"/nowhere/program", NULL};
    Subprocess *all = calloc(3, sizeof *all);
    subprocess_start(speaks, &all[0]);
    subprocess_start(dies, &all[1]);
    subprocess_start(missing, &all[2]);
    subprocess_wait_all(all, 3, 10.0);
    assert_int_equal(all[0].exit_code, 3);
    assert_non_null(strstr(all[0].text, "out\n"));
    assert_non_null(strstr(all[0].text, "err\n"));
    assert_int_equal(all[1].exit_code, 128 + 9);
    assert_int_equal(all[2].exit_code, SUBPROCESS_NOT_STARTED);
    free(all);
}

static void one_that_does_not_end_is_ended_with_its_children(void **state) {
    (void)state;
    const char *const sleeps[] = {"sh", "-c", "sleep 60 & echo here; sleep 60", NULL};
    Subprocess *process = calloc(1, sizeof *process);
    const double begin_s = clock_now_s();
    subprocess_start(sleeps, process);
    subprocess_wait_all(process, 1, 0.3);
    assert_int_equal(process->exit_code, SUBPROCESS_TIMED_OUT);
    assert_string_equal(process->text, "here\n");
    assert_true(clock_now_s() - begin_s < 20.0);
    free(process);
}

static void a_text_is_its_input(void **state) {
    (void)state;
    const char *const reads[] = {"sh", "-c", "test \"$(cat)\" = 'the outcome'", NULL};
    const char *const ignores[] = {"true", NULL};
    assert_int_equal(subprocess_run_with(reads, "the outcome", 10.0), 0);
    assert_int_equal(subprocess_run_with(reads, "another", 10.0), 1);
    assert_int_equal(subprocess_run_with(ignores, "the outcome", 10.0), 0);
}

static void too_many_words_are_cut_and_do_not_block(void **state) {
    (void)state;
    const char *const talks[] = {"sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; exit 4", NULL};
    Subprocess *process = calloc(1, sizeof *process);
    subprocess_start(talks, process);
    subprocess_wait_all(process, 1, 30.0);
    assert_int_equal(process->exit_code, 4);
    assert_int_equal(strlen(process->text), SUBPROCESS_TEXT_BYTES - 1);
    free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_codes_of_several_arrive),
        cmocka_unit_test(one_that_does_not_end_is_ended_with_its_children),
        cmocka_unit_test(a_text_is_its_input),
        cmocka_unit_test(too_many_words_are_cut_and_do_not_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
