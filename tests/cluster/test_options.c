/* The command line: every option, where it may stand, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/options.h"

#include <cmocka.h>

enum { MOST_WORDS = 64 };

typedef struct Parsed {
    Arena *arena;
    ErrorList *errors;
    Options options;
    Status status;
} Parsed;

/* Words separated by blanks; getopt moves them, --root cuts them: they are copies. */
static Parsed parse(const char *line) {
    Parsed parsed = {.arena = arena_create()};
    char **words = arena_array(parsed.arena, MOST_WORDS, sizeof *words);
    char *rest = NULL;
    int count = 0;
    char *copy = arena_copy_text(parsed.arena, line);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        words[count++] = word;
    }
    parsed.errors = errors_create(parsed.arena);
    parsed.status = options_parse(count, words, parsed.arena, &parsed.options, parsed.errors);
    return parsed;
}

static void done(Parsed *parsed) {
    arena_destroy(&parsed->arena);
}

static void expect_refusal(const char *line, Status status, const char *message, const char *help) {
    Parsed parsed = parse(line);
    assert_int_equal(parsed.status, status);
    const ErrorEntry *entry = errors_first(parsed.errors);
    assert_string_equal(entry->message, message);
    if (help) {
        assert_non_null(entry->lines);
        assert_string_equal(entry->lines->text, help);
    } else {
        assert_null(entry->lines);
    }
    done(&parsed);
}

static void options_stand_before_between_and_behind_arguments(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne -v render a.yaml -j 3 --output=out/x --json");
    assert_int_equal(parsed.status, DONE);
    assert_string_equal(parsed.options.verb, "render");
    assert_int_equal(parsed.options.argument_count, 1);
    assert_string_equal(parsed.options.arguments[0], "a.yaml");
    assert_int_equal(parsed.options.rank_count, 3);
    assert_string_equal(parsed.options.output, "out/x");
    assert_int_equal(parsed.options.verbosity, 1);
    assert_true(parsed.options.is_json);
    done(&parsed);
}

static void nothing_written_leaves_the_defaults(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne");
    assert_int_equal(parsed.status, DONE);
    assert_null(parsed.options.verb);
    assert_int_equal(parsed.options.argument_count, 0);
    assert_int_equal(parsed.options.grade, -1);
    assert_int_equal(parsed.options.rank_count, 0);
    assert_int_equal(parsed.options.format, FORMAT_HUMAN);
    assert_int_equal(parsed.options.progress, PROGRESS_AUTO);
    assert_int_equal(parsed.options.program[0], '/');
    done(&parsed);
}

static void two_dashes_end_the_options(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne check -- --json -");
    assert_int_equal(parsed.status, DONE);
    assert_false(parsed.options.is_json);
    assert_int_equal(parsed.options.argument_count, 2);
    assert_string_equal(parsed.options.arguments[1], "-");
    done(&parsed);
}

static void words_become_their_enumerators(void **state) {
    (void)state;
    Parsed parsed =
        parse("nocturne render j --format github --progress none --grade proxy --color never");
    assert_int_equal(parsed.status, DONE);
    assert_int_equal(parsed.options.format, FORMAT_GITHUB);
    assert_int_equal(parsed.options.progress, PROGRESS_NONE);
    assert_int_equal(parsed.options.grade, 1);
    assert_false(parsed.options.has_colour);
    done(&parsed);
    parsed = parse("nocturne render j --format json --progress bar --grade final --color always");
    assert_int_equal(parsed.options.format, FORMAT_JSON);
    assert_int_equal(parsed.options.progress, PROGRESS_BAR);
    assert_int_equal(parsed.options.grade, 0);
    assert_true(parsed.options.has_colour);
    done(&parsed);
}

static void json_never_has_colour_and_prints_errors_as_json(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne check j --json --color always");
    assert_false(parsed.options.has_colour);
    assert_int_equal(parsed.options.format, FORMAT_JSON);
    done(&parsed);
}

static void colour_follows_the_environment_unless_it_is_asked_for(void **state) {
    (void)state;
    setenv("NO_COLOR", "1", 1);
    Parsed parsed = parse("nocturne check j");
    assert_false(parsed.options.has_colour);
    done(&parsed);
    parsed = parse("nocturne check j --color always");
    assert_true(parsed.options.has_colour);
    done(&parsed);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    parsed = parse("nocturne check j --color auto");
    assert_false(parsed.options.has_colour);
    done(&parsed);
}

static void roots_and_sets_keep_their_order(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne check j --root a=/x --set p.q=1=2 --root b=y/z --set r=s");
    assert_int_equal(parsed.status, DONE);
    assert_int_equal(parsed.options.root_count, 2);
    assert_string_equal(parsed.options.roots[0].name, "a");
    assert_string_equal(parsed.options.roots[0].path, "/x");
    assert_string_equal(parsed.options.roots[1].path, "y/z");
    assert_string_equal(parsed.options.sets[0], "p.q=1=2");
    assert_int_equal(parsed.options.set_count, 2);
    done(&parsed);
}

static void unknown_options_are_refused_with_a_near_one(void **state) {
    (void)state;
    expect_refusal("nocturne render --jbos 3", E001, "unknown option `--jbos`",
                   "did you mean `--jobs`?");
    expect_refusal("nocturne --allow-qcfail", E001, "unknown option `--allow-qcfail`",
                   "did you mean `--allow-qc-fail`?");
    expect_refusal("nocturne render --zzzzzz=1", E001, "unknown option `--zzzzzz`", NULL);
    expect_refusal("nocturne render -x", E001, "unknown option `-x`", NULL);
}

static void numbers_outside_their_range_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"0", "-1", "4097", "1e9", "2x", "99999999999999999999"};
    for (size_t row = 0; row < sizeof wrong / sizeof *wrong; row++) {
        Parsed parsed = parse("nocturne");
        const char *line = arena_format(parsed.arena, "nocturne render j --jobs=%s", wrong[row]);
        expect_refusal(line, E002,
                       arena_format(parsed.arena,
                                    "`--jobs` takes a whole number between 1 and 4096, not `%s`",
                                    wrong[row]),
                       NULL);
        done(&parsed);
    }
    Parsed parsed = parse("nocturne render j -j 4096 --span-blocks 65536");
    assert_int_equal(parsed.status, DONE);
    assert_int_equal(parsed.options.span_blocks, 65536);
    done(&parsed);
}

static void memory_takes_a_size_above_nothing(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne plan j --memory 1.5G");
    assert_int_equal(parsed.status, DONE);
    assert_int_equal(parsed.options.memory_bytes, 1500000000);
    done(&parsed);
    parsed = parse("nocturne render j");
    assert_int_equal(parsed.options.memory_bytes, 0);
    done(&parsed);
    expect_refusal("nocturne render j --memory 0", E002, "bad value `0` for `--memory`", NULL);
    expect_refusal("nocturne render j --memory lots", E002, "bad value `lots` for `--memory`",
                   "it takes a size such as 500M, 20G or 1.5T");
}

static void fft_takes_the_name_of_an_engine(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int fft;
    } rows[] = {
        {"nocturne render j",            -1      },
        {"nocturne render j --fft lane", FFT_LANE},
        {"nocturne render j --fft=fftw", FFT_FFTW}
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        Parsed parsed = parse(rows[row].line);
        assert_int_equal(parsed.status, DONE);
        assert_int_equal(parsed.options.fft, rows[row].fft);
        done(&parsed);
    }
    expect_refusal("nocturne render j --fft fast", E002, "bad value `fast` for `--fft`",
                   "it takes one of lane|fftw");
}

static void values_that_are_missing_or_superfluous_are_refused(void **state) {
    (void)state;
    expect_refusal("nocturne render -j", E002, "`--jobs` needs a value",
                   "a whole number between 1 and 4096");
    expect_refusal("nocturne render --grade", E002, "`--grade` needs a value",
                   "write it as --grade final|proxy");
    expect_refusal("nocturne check --json=1", E002, "`--json` takes no value", NULL);
    expect_refusal("nocturne check --format=xml", E002, "bad value `xml` for `--format`",
                   "it takes one of human|short|github|json");
    expect_refusal("nocturne check --root x", E002, "bad value `x` for `--root`",
                   "write it as NAME=DIR");
    expect_refusal("nocturne check --set =x", E002, "bad value `=x` for `--set`",
                   "write it as PATH=VALUE");
    expect_refusal("nocturne check --output=", E002, "the value of `--output` is empty", NULL);
}

static void all_faults_of_a_line_are_collected(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne render --jbos -j 0 --format=xml");
    assert_int_equal(errors_count(parsed.errors), 3);
    assert_int_equal(errors_exit_code(parsed.errors), 2);
    done(&parsed);
}

static void options_of_other_verbs_are_refused(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne check j --csv");
    assert_int_equal(parsed.status, DONE);
    assert_int_equal(options_check_verb(&parsed.options, parsed.errors), E001);
    assert_string_equal(errors_first(parsed.errors)->message,
                        "`--csv` is not an option of `nocturne check`");
    done(&parsed);
    parsed = parse("nocturne list keys --csv -q");
    assert_int_equal(options_check_verb(&parsed.options, parsed.errors), DONE);
    done(&parsed);
}

static void more_roots_than_there_is_room_for_are_refused(void **state) {
    (void)state;
    Parsed parsed = parse("nocturne");
    const char *line = "nocturne check j";
    for (int root = 0; root < 17; root++) {
        line = arena_format(parsed.arena, "%s --root r%d=x", line, root);
    }
    expect_refusal(line, E002, "`--root` stands more than 16 times", NULL);
    done(&parsed);
}

/* Help and table are one: every option that a verb takes stands in its help. */
static void help_of_a_verb_shows_its_options(void **state) {
    (void)state;
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&text, &size_bytes);
    options_print("list", out);
    fclose(out);
    assert_non_null(strstr(text, "  -q, --quiet "));
    assert_non_null(strstr(text, "      --csv "));
    assert_non_null(strstr(text, "      --format human|short|github|json"));
    assert_null(strstr(text, "--take-over"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_before_between_and_behind_arguments),
        cmocka_unit_test(nothing_written_leaves_the_defaults),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(words_become_their_enumerators),
        cmocka_unit_test(json_never_has_colour_and_prints_errors_as_json),
        cmocka_unit_test(colour_follows_the_environment_unless_it_is_asked_for),
        cmocka_unit_test(roots_and_sets_keep_their_order),
        cmocka_unit_test(unknown_options_are_refused_with_a_near_one),
        cmocka_unit_test(numbers_outside_their_range_are_refused),
        cmocka_unit_test(memory_takes_a_size_above_nothing),
        cmocka_unit_test(fft_takes_the_name_of_an_engine),
        cmocka_unit_test(values_that_are_missing_or_superfluous_are_refused),
        cmocka_unit_test(all_faults_of_a_line_are_collected),
        cmocka_unit_test(options_of_other_verbs_are_refused),
        cmocka_unit_test(more_roots_than_there_is_room_for_are_refused),
        cmocka_unit_test(help_of_a_verb_shows_its_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
