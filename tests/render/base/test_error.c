/* The list of problems: order, decoration, and the table of messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/base/error.h"

static Status report_range(ErrorList *errors, double gain_db) { /* above cmocka's macro `fail` */
    const Place place = {"job.yaml", 12, 5, 3};
    return fail(errors, E206, place, "`%g dB` is too much", gain_db);
}

static Status report_plain(ErrorList *errors, Status status) {
    return fail(errors, status, NO_PLACE, "plain");
}

static Status report_through_try(ErrorList *errors) {
    TRY(DONE);
    TRY(report_range(errors, 30));
    return report_plain(errors, E101); /* never reached */
}

#include <cmocka.h>

static void entries_hold_what_was_said_in_order(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    assert_null(errors_first(errors));
    assert_int_equal(errors_exit_code(errors), 0);
    assert_int_equal(report_range(errors, 30), E206);
    error_caret(errors, "try `%d dB`", 24);
    error_mark(errors, (Place){"job.yaml", 3, 1, 4}, "limit of %s", "gain");
    error_mark(errors, (Place){"job.yaml", 4, 1, 4}, "second");
    error_note(errors, "first");
    error_help(errors, "then");
    warn(errors, E101, NO_PLACE, "odd");
    const ErrorEntry *first = errors_first(errors);
    assert_string_equal(first->message, "`30 dB` is too much");
    assert_int_equal(first->place.line, 12);
    assert_string_equal(first->caret, "try `24 dB`");
    assert_string_equal(first->marks->label, "limit of gain");
    assert_string_equal(first->marks->next->label, "second");
    assert_string_equal(first->lines->kind, "note");
    assert_string_equal(first->lines->next->kind, "help");
    assert_ptr_equal(first->next, errors_last(errors));
    assert_int_equal(errors_last(errors)->severity, SEVERITY_WARNING);
    assert_int_equal(errors_count(errors), 1);
    assert_int_equal(warnings_count(errors), 1);
    arena_destroy(&arena);
}

static void decoration_without_an_entry_does_nothing(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    error_caret(errors, "nothing");
    error_mark(errors, NO_PLACE, "nothing");
    error_note(errors, "nothing");
    error_help(errors, "nothing");
    errors_within(errors, NULL, "nothing");
    assert_int_equal(errors_count(errors) + warnings_count(errors), 0);
    arena_destroy(&arena);
}

static void trail_is_added_to_younger_entries_only(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    report_plain(errors, E101);
    const ErrorEntry *before = errors_last(errors);
    report_plain(errors, E102);
    report_plain(errors, E103);
    errors_within(errors, before, "rendering bus '%s'", "music");
    assert_null(before->lines);
    assert_string_equal(before->next->lines->text, "while rendering bus 'music'");
    assert_string_equal(errors_last(errors)->lines->text, "while rendering bus 'music'");
    errors_within(errors, NULL, "all");
    assert_string_equal(before->lines->text, "while all");
    arena_destroy(&arena);
}

static void try_returns_the_first_failure(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    assert_int_equal(report_through_try(errors), E206);
    assert_int_equal(errors_count(errors), 1);
    arena_destroy(&arena);
}

static void exit_code_is_that_of_the_first_error(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    warn(errors, E001, NO_PLACE, "not an error");
    assert_int_equal(errors_exit_code(errors), 0);
    report_plain(errors, E515);
    report_plain(errors, E101);
    assert_int_equal(errors_exit_code(errors), 5);
    errors_promote_warnings(errors);
    assert_int_equal(errors_exit_code(errors), 2);
    assert_int_equal(errors_count(errors), 3);
    assert_int_equal(warnings_count(errors), 0);
    arena_destroy(&arena);
}

static void table_is_sorted_complete_and_within_the_exit_codes(void **state) {
    (void)state;
    size_t count = 0;
    const StatusInfo *table = status_table(&count);
    assert_true(count > 50);
    for (size_t row = 0; row < count; row++) {
        assert_true(row == 0 || table[row].status > table[row - 1].status);
        assert_true(table[row].exit_code >= 0 && table[row].exit_code <= 130);
        assert_true(strlen(table[row].title) > 3 && strlen(table[row].text) > 10);
        assert_ptr_equal(status_info(table[row].status), &table[row]);
    }
    assert_null(status_info((Status)9999));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_hold_what_was_said_in_order),
        cmocka_unit_test(decoration_without_an_entry_does_nothing),
        cmocka_unit_test(trail_is_added_to_younger_entries_only),
        cmocka_unit_test(try_returns_the_first_failure),
        cmocka_unit_test(exit_code_is_that_of_the_first_error),
        cmocka_unit_test(table_is_sorted_complete_and_within_the_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
