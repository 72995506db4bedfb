/* QC policies: what they set, and what is refused with its place. */
#include "jobs/qc_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "render/base/files.h"

#include <cmocka.h>

typedef struct PolicyBench {
    Arena *arena;
    ErrorList *errors;
    QcPolicy policy;
    Status status;
} PolicyBench;

static PolicyBench read_text(const char *text) {
    PolicyBench bench = {.arena = arena_create()};
    bench.errors = errors_create(bench.arena);
    bench.status =
        qc_policy_read("house.yaml", text, strlen(text), bench.arena, &bench.policy, bench.errors);
    return bench;
}

static void a_policy_moves_levels_and_limits_and_leaves_the_rest(void **state) {
    (void)state;
    PolicyBench bench = read_text("policy: 1\n"
                                  "name: house\n"
                                  "checks:\n"
                                  "  clicks: off\n"
                                  "  phase: fail\n"
                                  "  true_peak: {level: warn, max: -2 dBTP}\n"
                                  "  loudness: {target: -23 LUFS}\n"
                                  "  dead_air: {max: 1500 ms}\n");
    assert_int_equal(bench.status, DONE);
    assert_int_equal(bench.policy.levels[QC_CLICKS], QC_OFF);
    assert_int_equal(bench.policy.levels[QC_PHASE], QC_FAIL);
    assert_int_equal(bench.policy.levels[QC_TRUE_PEAK], QC_WARN);
    assert_true(qc_limit(&bench.policy, QC_TRUE_PEAK, "max") == -2.0);
    assert_int_equal(bench.policy.levels[QC_LOUDNESS], QC_FAIL); /* a map switches it on */
    assert_true(qc_limit(&bench.policy, QC_LOUDNESS, "target") == -23.0);
    assert_true(qc_limit(&bench.policy, QC_LOUDNESS, "tolerance") == 1.0);
    assert_int_equal(bench.policy.levels[QC_DEAD_AIR], QC_WARN);
    assert_true(qc_limit(&bench.policy, QC_DEAD_AIR, "max") == 1.5);
    assert_int_equal(bench.policy.levels[QC_CLIPPING], QC_FAIL);
    arena_destroy(&bench.arena);
}

static void the_default_policy_file_is_the_table(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    FileBytes file;
    const QcPolicy expected = qc_policy_default();
    QcPolicy read;
    assert_int_equal(file_read(TESTS_FOLDER "/../configs/policies/default.yaml", 1 << 20, NO_PLACE,
                               arena, &file, errors),
                     DONE);
    assert_int_equal(
        qc_policy_read("default.yaml", file.bytes, file.size_bytes, arena, &read, errors), DONE);
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        assert_int_equal(read.levels[check], expected.levels[check]);
        assert_non_null(strstr(file.bytes, qc_check_info((QcCheck)check)->name));
    }
    for (int limit = 0; qc_limit_at(limit); limit++) {
        assert_true(read.limits[limit] == expected.limits[limit]);
    }
    arena_destroy(&arena);
}

typedef struct BadPolicy {
    const char *text;
    Status status;
    int line;
    const char *message, *caret;
} BadPolicy;

static void what_is_wrong_is_refused_at_its_place(void **state) {
    (void)state;
    static const BadPolicy cases[] = {
        {"checks: {}\n",                                      E201, 1, "a QC policy says `policy: 1`",         NULL},
        {"policy: 2\n",                                       E201, 1, "a QC policy says `policy: 1`",         NULL},
        {"policy: 1\ncheks: {}\n",                            E202, 2, "unknown key `cheks` in a QC policy",
         "did you mean `checks`?"                                                                                  },
        {"policy: 1\nchecks:\n  clipp1ng: off\n",             E202, 3, "unknown key `clipp1ng` in checks",
         "did you mean `clipping`?"                                                                                },
        {"policy: 1\nchecks:\n  clicks: {ration: 3}\n",       E202, 3, "unknown key `ration` in clicks",
         "did you mean `ratio`?"                                                                                   },
        {"policy: 1\nchecks: [clicks]\n",                     E202, 2, "`checks` is a map of checks",          NULL},
        {"policy: 1\nchecks:\n  clicks: [off]\n",             E202, 3, "`clicks` is off, warn, fail or a map",
         NULL                                                                                                      },
        {"policy: 1\nchecks:\n  clicks: {ratio: [3]}\n",      E202, 3, "`ratio` is one value",                 NULL},
        {"policy: 1\nchecks:\n  clicks: maybe\n",             E205, 3, NULL,                                   NULL},
        {"policy: 1\nchecks:\n  true_peak: {max: 90 dBTP}\n", E206, 3, NULL,                                   NULL},
        {"policy: 1\nchecks:\n  true_peak: {max: -1 LUFS}\n", E210, 3, NULL,                                   NULL},
        {"policy: 1\nchecks:\n  loudness: fail\n",            E203, 3,
         "`loudness` needs `target`: the loudness asked for",                                                  NULL},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        PolicyBench bench = read_text(cases[index].text);
        const ErrorEntry *const entry = errors_first(bench.errors);
        print_message("%s", cases[index].text);
        assert_int_equal(bench.status, cases[index].status);
        assert_int_equal(entry->place.line, cases[index].line);
        if (cases[index].message) {
            assert_string_equal(entry->message, cases[index].message);
        }
        if (cases[index].caret) {
            assert_string_equal(entry->caret, cases[index].caret);
        }
        arena_destroy(&bench.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_moves_levels_and_limits_and_leaves_the_rest),
        cmocka_unit_test(the_default_policy_file_is_the_table),
        cmocka_unit_test(what_is_wrong_is_refused_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
