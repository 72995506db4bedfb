/* Messages are printed exactly as the format's page shows them, whatever the job holds. */
#include "jobs/diagnostic.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

#include "jobs/printable.h"
#include "jobs/source_text.h"
#include "jobs/utf8.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    char *printed;
} Fixture;

static int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_create();
    fixture->errors = errors_create(fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    Fixture *fixture = *state;
    free(fixture->printed);
    arena_destroy(&fixture->arena);
    free(fixture);
    return 0;
}

static const char *
print_as(Fixture *fixture, DiagnosticFormat format, const char *bytes, bool has_colour) {
    size_t size_bytes = 0;
    free(fixture->printed);
    FILE *out = open_memstream(&fixture->printed, &size_bytes);
    const DiagnosticSource source = {.file = "job.yaml", .bytes = bytes};
    diagnostics_print(fixture->errors, format, &source, 1, TESTS_FOLDER "/jobs/bad", has_colour,
                      out);
    fclose(out);
    return fixture->printed;
}

static const char *print(Fixture *fixture, const char *bytes) {
    return print_as(fixture, FORMAT_HUMAN, bytes, false);
}

static Place at(int line, int column, int length) {
    return (Place){"job.yaml", line, column, length};
}

/* ---- the human form ---- */

static void two_marks_on_a_line_hang_the_earlier_label(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E312, at(1, 7, 3), "scene ends before it starts");
    error_caret(fixture->errors, "12 s");
    error_mark(fixture->errors, at(1, 1, 2), "30 s");
    error_note(fixture->errors, "a note");
    error_help(fixture->errors, "a help");
    assert_string_equal(print(fixture, "in    out\n"), "error[E312]: scene ends before it starts\n"
                                                       " --> job.yaml:1:7\n"
                                                       "  |\n"
                                                       "1 | in    out\n"
                                                       "  | --    ^^^ 12 s\n"
                                                       "  | | 30 s\n"
                                                       "  = note: a note\n"
                                                       "  = help: a help\n");
}

static void three_marks_on_a_line_hang_from_right_to_left(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E312, at(1, 1, 2), "three");
    error_caret(fixture->errors, "first");
    error_mark(fixture->errors, at(1, 9, 2), "third");
    error_mark(fixture->errors, at(1, 5, 2), "second");
    assert_string_equal(print(fixture, "aa  bb  cc"), "error[E312]: three\n"
                                                      " --> job.yaml:1:1\n"
                                                      "  |\n"
                                                      "1 | aa  bb  cc\n"
                                                      "  | ^^  --  -- third\n"
                                                      "  | |   | second\n"
                                                      "  | | first\n");
}

static void the_gutter_fits_the_largest_line_number(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E104, at(10, 1, 1), "twice");
    error_mark(fixture->errors, at(9, 1, 1), "here");
    error_mark(fixture->errors, at(2, 1, 1), "and here");
    error_help(fixture->errors, "once");
    assert_string_equal(print(fixture, "1\nb\n3\n4\n5\n6\n7\n8\ni\nj\n"), "error[E104]: twice\n"
                                                                          "  --> job.yaml:10:1\n"
                                                                          "   |\n"
                                                                          " 2 | b\n"
                                                                          "   | - and here\n"
                                                                          "...\n"
                                                                          " 9 | i\n"
                                                                          "   | - here\n"
                                                                          "10 | j\n"
                                                                          "   | ^\n"
                                                                          "   = help: once\n");
}

static void columns_count_code_points_and_tabs_are_arrows(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E205, at(1, 7, 2), "unknown");
    assert_string_equal(print(fixture, "\xEF\xBB\xBF"
                                       "é\t🎻 x:ab\r\nnext"),
                        "error[E205]: unknown\n"
                        " --> job.yaml:1:7\n"
                        "  |\n"
                        "1 | é→🎻 x:ab\n"
                        "  |       ^^\n");
}

/* NOLINTBEGIN(misc-misleading-bidirectional): that such a character is not printed is the test */
static void control_characters_never_reach_the_terminal(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E101, at(1, 4, 1), "bad `\x1b[2J\n` and \xFF");
    assert_string_equal(print(fixture, "a: \x1b]0;x\x07\xC3(\x7F\xE2\x80\xAE!"),
                        "error[E101]: bad `␛[2J␊` and \xEF\xBF\xBD\n"
                        " --> job.yaml:1:4\n"
                        "  |\n"
                        "1 | a: ␛]0;x␇\xEF\xBF\xBD(␡\xEF\xBF\xBD!\n"
                        "  |    ^\n");
}
/* NOLINTEND(misc-misleading-bidirectional) */

static void entries_without_a_place_have_no_excerpt(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E001, NO_PLACE, "unknown verb `rendr`");
    error_caret(fixture->errors, "did you mean `render`?");
    assert_string_equal(print(fixture, ""), "error[E001]: unknown verb `rendr`\n"
                                            "  = help: did you mean `render`?\n");
}

static void a_file_without_a_line_is_named(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E109, (Place){.file = "job.yaml"}, "the file is empty");
    assert_string_equal(print(fixture, ""), "error[E109]: the file is empty\n --> job.yaml\n");
}

static void warnings_become_errors_and_keep_their_w_when_strict(void **state) {
    Fixture *fixture = *state;
    warn(fixture->errors, E305, NO_PLACE, "no layer");
    assert_string_equal(print(fixture, ""), "warning[W305]: no layer\n");
    errors_promote_warnings(fixture->errors);
    assert_string_equal(print(fixture, ""), "error[W305]: no layer\n");
}

static void other_files_are_read_from_the_folder(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E301, at(1, 1, 1), "two files");
    error_mark(fixture->errors, (Place){"22-tab.yaml", 4, 2, 4}, "the other");
    assert_string_equal(print(fixture, "a"), "error[E301]: two files\n"
                                             " --> job.yaml:1:1\n"
                                             "  |\n"
                                             "1 | a\n"
                                             "  | ^\n"
                                             " ::: 22-tab.yaml:4:2\n"
                                             "  |\n"
                                             "4 | →vln1: {file: a.wav, stem: mx}\n"
                                             "  |  ---- the other\n");
}

static void labels_become_notes_when_the_file_is_gone(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E301, (Place){"gone.yaml", 4, 2, 4}, "lost");
    error_caret(fixture->errors, "look here");
    assert_string_equal(print(fixture, "a"), "error[E301]: lost\n"
                                             " --> gone.yaml:4:2\n"
                                             "  = note: look here\n");
}

static void a_place_behind_the_end_of_its_line_is_shown_there(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E203, at(1, 4, 50), "end");
    assert_string_equal(print(fixture, "ab:"), "error[E203]: end\n"
                                               " --> job.yaml:1:4\n"
                                               "  |\n"
                                               "1 | ab:\n"
                                               "  |    ^\n");
}

static void long_lines_are_shown_around_the_place(void **state) {
    Fixture *fixture = *state;
    char line[5000];
    memset(line, 'a', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    line[3000] = 'X'; /* column 3001 */
    fail(fixture->errors, E106, at(1, 3001, 1), "long");
    const char *printed = print(fixture, line);
    assert_true(strlen(printed) < 700);
    assert_non_null(strstr(printed, "1 | …aaa"));
    assert_non_null(strstr(printed, "aaa…\n"));
    const char *source = strstr(printed, "1 | ") + 4;
    const char *marks = strstr(source, "\n  | ") + 5;
    const size_t before = (size_t)(strchr(source, 'X') - source);
    assert_int_equal(utf8_count(source, before), strchr(marks, '^') - marks);
}

/* ---- the list ---- */

static void entries_are_sorted_by_place_and_separated(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E202, at(2, 1, 1), "third");
    fail(fixture->errors, E202, at(1, 2, 1), "second");
    fail(fixture->errors, E202, at(1, 1, 1), "first");
    fail(fixture->errors, E203, at(2, 1, 1), "fourth");
    assert_string_equal(print_as(fixture, FORMAT_SHORT, "ab\nc", false),
                        "job.yaml:1:1: error[E202]: first\n"
                        "job.yaml:1:2: error[E202]: second\n"
                        "job.yaml:2:1: error[E202]: third\n"
                        "job.yaml:2:1: error[E203]: fourth\n");
    assert_non_null(strstr(print(fixture, "ab\nc"), "1 | ab\n  | ^\n\nerror[E202]: second\n"));
}

static void twenty_are_shown_and_errors_before_warnings(void **state) {
    Fixture *fixture = *state;
    for (int line = 1; line <= 30; line++) {
        warn(fixture->errors, E305, at(line, 1, 1), "warning %d", line);
    }
    fail(fixture->errors, E202, at(40, 1, 1), "the error");
    const char *printed = print_as(fixture, FORMAT_SHORT, "", false);
    assert_non_null(strstr(printed, "warning 19\n"));
    assert_null(strstr(printed, "warning 20\n"));
    assert_non_null(strstr(printed, "error[E202]: the error\n... and 11 more\n"));
    printed = print(fixture, "");
    assert_non_null(strstr(printed, "\n\n... and 11 more\n"));
}

static void the_count_line_counts(void **state) {
    Fixture *fixture = *state;
    static const char *const expected[] = {"", "1 error. Nothing was rendered.\n",
                                           "2 errors, 1 warning. Nothing was rendered.\n",
                                           "2 errors, 2 warnings.\n"};
    for (int step = 0; step < 4; step++) {
        if (step == 1 || step == 2) {
            fail(fixture->errors, E202, NO_PLACE, "error");
        }
        if (step >= 2) {
            warn(fixture->errors, E305, NO_PLACE, "warning");
        }
        char *line = NULL;
        size_t size_bytes = 0;
        FILE *out = open_memstream(&line, &size_bytes);
        diagnostics_count_line(fixture->errors, step < 3 ? "Nothing was rendered." : NULL, out);
        fclose(out);
        assert_string_equal(line, expected[step]);
        free(line);
    }
}

static void colour_adds_escapes_and_nothing_else(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E312, at(1, 7, 3), "colour");
    error_caret(fixture->errors, "12 s");
    error_mark(fixture->errors, at(1, 1, 2), "30 s");
    error_note(fixture->errors, "a note");
    char *plain = strdup(print(fixture, "in    out\n"));
    char *coloured = strdup(print_as(fixture, FORMAT_HUMAN, "in    out\n", true));
    assert_null(strchr(plain, '\x1b'));
    assert_non_null(strchr(coloured, '\x1b'));
    char *to = coloured;
    for (const char *from = coloured; *from;) { /* without the escapes */
        if (*from == '\x1b') {
            from = strchr(from, 'm') + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    assert_string_equal(coloured, plain);
    free(plain);
    free(coloured);
}

/* ---- for tools ---- */

static void json_holds_everything(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E104, at(6, 3, 4), "`a\"\\\x1b\n\xFF` twice");
    error_caret(fixture->errors, "second");
    error_mark(fixture->errors, at(4, 3, 5), "first");
    error_note(fixture->errors, "n1");
    error_note(fixture->errors, "n2");
    error_help(fixture->errors, "h");
    const char *printed = print_as(fixture, FORMAT_JSON, "", false);
    assert_ptr_equal(strchr(printed, '\n'), printed + strlen(printed) - 1);
    json_t *object = json_loads(printed, 0, NULL);
    assert_non_null(object);
    const char *id = NULL;
    const char *severity = NULL;
    const char *file = NULL;
    const char *message = NULL;
    const char *caret = NULL;
    const char *second_note = NULL;
    const char *label = NULL;
    json_int_t line = 0;
    json_int_t column = 0;
    json_int_t length = 0;
    json_int_t mark_length = 0;
    json_t *helps = NULL;
    assert_int_equal(json_unpack(object,
                                 "{s:s,s:s,s:s,s:I,s:I,s:I,s:s,s:s,s:[s,s],s:o,s:[{s:s,s:I}]}",
                                 "id", &id, "severity", &severity, "file", &file, "line", &line,
                                 "column", &column, "length", &length, "message", &message, "caret",
                                 &caret, "notes", &second_note, &second_note, "helps", &helps,
                                 "marks", "label", &label, "length", &mark_length),
                     0);
    assert_string_equal(id, "E104");
    assert_string_equal(severity, "error");
    assert_string_equal(file, "job.yaml");
    assert_int_equal(line, 6);
    assert_int_equal(column, 3);
    assert_int_equal(length, 4);
    assert_string_equal(message, "`a\"\\\x1b\n\xEF\xBF\xBD` twice");
    assert_string_equal(caret, "second");
    assert_string_equal(second_note, "n2");
    assert_string_equal(label, "first");
    assert_int_equal(mark_length, 5);
    assert_int_equal(json_array_size(helps), 1);
    json_decref(object);
}

static void json_has_every_entry(void **state) {
    Fixture *fixture = *state;
    for (int line = 1; line <= 50; line++) {
        fail(fixture->errors, E202, at(line, 1, 1), "error");
    }
    int line_count = 0;
    for (const char *c = print_as(fixture, FORMAT_JSON, "", false); *c; c++) {
        line_count += *c == '\n';
    }
    assert_int_equal(line_count, 50);
}

static void github_commands_escape_their_separators(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E301, (Place){"a,b:c.yaml", 6, 35, 4}, "100 %% of\nit");
    error_caret(fixture->errors, "did you mean `alley`?");
    error_help(fixture->errors, "help");
    assert_string_equal(print_as(fixture, FORMAT_GITHUB, "", false),
                        "::error file=a%2Cb%3Ac.yaml,line=6,col=35,title=E301::100 %25 of%0Ait"
                        "%0Adid you mean `alley`?%0Ahelp: help\n");
}

static void short_entries_without_a_place_stand_alone(void **state) {
    Fixture *fixture = *state;
    fail(fixture->errors, E002, NO_PLACE, "bad value");
    assert_string_equal(print_as(fixture, FORMAT_SHORT, "", false), "error[E002]: bad value\n");
}

/* ---- what it stands on ---- */

static void lines_end_with_lf_crlf_or_cr(void **state) {
    (void)state;
    static const char text[] = "one\r\ntwo\rthree\n\nfive";
    static const char *const expected[] = {"one", "two", "three", "", "five"};
    for (int number = 1; number <= 5; number++) {
        SourceLine line = {0};
        assert_true(source_line(text, sizeof text - 1, number, &line));
        assert_int_equal(line.size_bytes, strlen(expected[number - 1]));
        assert_memory_equal(line.bytes, expected[number - 1], line.size_bytes);
        int found_line = 0;
        int column = 0;
        source_locate(text, sizeof text - 1, (size_t)(line.bytes - text), &found_line, &column);
        assert_int_equal(found_line, number);
        assert_int_equal(column, 1);
    }
    SourceLine line = {0};
    assert_false(source_line(text, sizeof text - 1, 6, &line));
}

/* RFC 3629, section 3: the first and last of every length, and their neighbours outside. */
static void utf8_is_what_the_rfc_says(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        uint32_t code_point;
    } rows[] = {
        {"\x7F",             1, 0x7F    },
        {"\xC2\x80",         2, 0x80    },
        {"\xDF\xBF",         2, 0x7FF   },
        {"\xE0\xA0\x80",     3, 0x800   },
        {"\xEF\xBF\xBF",     3, 0xFFFF  },
        {"\xF0\x90\x80\x80", 4, 0x10000 },
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
        {"\x80",             0, 0       }, /* continuation alone */
        {"\xC1\xBF",         0, 0       }, /* overlong */
        {"\xE0\x9F\xBF",     0, 0       },
        {"\xF0\x8F\xBF\xBF", 0, 0       },
        {"\xED\xA0\x80",     0, 0       }, /* surrogate */
        {"\xF4\x90\x80\x80", 0, 0       }, /* above the last */
        {"\xC3(",            0, 0       },
        {"\xE2\x82",         0, 0       }, /* cut */
        {"\xFF",             0, 0       },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(rows[row].bytes, strlen(rows[row].bytes), &code_point);
        assert_int_equal(length, rows[row].length);
        assert_int_equal(code_point, rows[row].code_point);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(two_marks_on_a_line_hang_the_earlier_label),
        TEST(three_marks_on_a_line_hang_from_right_to_left),
        TEST(the_gutter_fits_the_largest_line_number),
        TEST(columns_count_code_points_and_tabs_are_arrows),
        TEST(control_characters_never_reach_the_terminal),
        TEST(entries_without_a_place_have_no_excerpt),
        TEST(a_file_without_a_line_is_named),
        TEST(warnings_become_errors_and_keep_their_w_when_strict),
        TEST(other_files_are_read_from_the_folder),
        TEST(labels_become_notes_when_the_file_is_gone),
        TEST(a_place_behind_the_end_of_its_line_is_shown_there),
        TEST(long_lines_are_shown_around_the_place),
        TEST(entries_are_sorted_by_place_and_separated),
        TEST(twenty_are_shown_and_errors_before_warnings),
        TEST(the_count_line_counts),
        TEST(colour_adds_escapes_and_nothing_else),
        TEST(json_holds_everything),
        TEST(json_has_every_entry),
        TEST(github_commands_escape_their_separators),
        TEST(short_entries_without_a_place_stand_alone),
        cmocka_unit_test(lines_end_with_lf_crlf_or_cr),
        cmocka_unit_test(utf8_is_what_the_rfc_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
