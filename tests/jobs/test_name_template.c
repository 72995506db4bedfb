/* File names: wildcards, what is empty, and what every file system takes. */
#include "jobs/name_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

static const Place here = {.file = "job.yaml", .line = 4, .column = 26, .length = 10};

static int set_up(void **state) {
    *state = arena_create();
    return 0;
}

static int tear_down(void **state) {
    Arena *arena = *state;
    arena_destroy(&arena);
    return 0;
}

typedef struct Expansion {
    const char *text, *name;
} Expansion;

static void wildcards_become_values_and_empty_ones_vanish(void **state) {
    static const Expansion expansions[] = {
        {"$code_$reel_$cut_$deliverable_$stem", "FNGT_v1_th_full"}, /* no reel */
        {"$code-$reel-$cut",                    "FNGT-v1"        },
        {"$code/$reel/$stem",                   "FNGT/full"      },
        {"a$reel$code",                         "aFNGT"          },
        {"$code__$reel",                        "FNGT_"          }, /* one `_` goes, one stays */
        {"$reel_$code",                         "_FNGT"          },
        {"mix v$version",                       "mix v3"         },
        {"$layout.$bits",                       "7.1.4.24"       },
        {"plain",                               "plain"          },
    };
    NameValues values = {{NULL}};
    values.texts[WILDCARD_CODE] = "FNGT";
    values.texts[WILDCARD_REEL] = "";
    values.texts[WILDCARD_CUT] = "v1";
    values.texts[WILDCARD_VERSION] = "3";
    values.texts[WILDCARD_DELIVERABLE] = "th";
    values.texts[WILDCARD_STEM] = "full";
    values.texts[WILDCARD_LAYOUT] = "7.1.4";
    values.texts[WILDCARD_BITS] = "24";
    for (size_t row = 0; row < sizeof expansions / sizeof *expansions; row++) {
        assert_string_equal(name_template_expand(expansions[row].text, &values, *state),
                            expansions[row].name);
    }
}

static void a_wildcard_ends_at_the_first_that_is_no_letter(void **state) {
    (void)state;
    assert_true(name_template_has("$code_$stem", WILDCARD_STEM));
    assert_true(name_template_has("$stem2", WILDCARD_STEM));
    assert_false(name_template_has("$stems", WILDCARD_STEM));
    assert_false(name_template_has("stem", WILDCARD_STEM));
}

static Status check(Arena *arena, const char *text, bool is_quoted, const ErrorEntry **entry) {
    ErrorList *errors = errors_create(arena);
    const Node node = {.kind = NODE_SCALAR, .place = here, .text = text, .is_quoted = is_quoted};
    const Status status = name_template_check(&node, errors);
    *entry = errors_last(errors);
    return status;
}

static void an_unknown_wildcard_is_pointed_at(void **state) {
    const ErrorEntry *entry = NULL;
    assert_int_equal(check(*state, "$code_$deliverabel_$stem", false, &entry), E215);
    assert_string_equal(entry->message, "unknown wildcard `$deliverabel`");
    assert_string_equal(entry->caret, "did you mean `$deliverable`?");
    assert_int_equal(entry->place.column, 26 + 6);
    assert_int_equal(entry->place.length, 12);
    assert_int_equal(check(*state, "$codx", true, &entry), E215);
    assert_int_equal(entry->place.column, 27); /* behind the quote */
    assert_int_equal(check(*state, "$", false, &entry), E215);
    assert_int_equal(check(*state, "$5", false, &entry), E215);
    assert_int_equal(check(*state, "", false, &entry), E215);
    assert_int_equal(check(*state, "$Code", false, &entry), E215);
}

static void planned_wildcards_are_told_apart(void **state) {
    const char *const planned[] = {"$cue", "$scene", "$date"};
    const ErrorEntry *entry = NULL;
    for (size_t word = 0; word < sizeof planned / sizeof *planned; word++) {
        assert_int_equal(check(*state, planned[word], false, &entry), E202);
        assert_non_null(strstr(entry->message, "planned"));
    }
    assert_int_equal(check(*state,
                           "$code$reel$cut$version$deliverable$layout$stem$channel$lang$rate$bits",
                           false, &entry),
                     DONE);
}

static void names_are_portable(void **state) {
    ErrorList *errors = errors_create(*state);
    const char *const good[] = {"a.wav",       "A-b_c.1.wav", "x/y/z.wav",
                                "console.wav", "com10.wav",   "lpt.wav"};
    for (size_t name = 0; name < sizeof good / sizeof *good; name++) {
        assert_int_equal(name_check_portable(good[name], here, errors), DONE);
    }
    const char *const bad[] = {"a b.wav",  "a:b.wav", "é.wav",    "a\\b.wav",     "a//b.wav",
                               "con.wav",  "x/NUL",   "Com1.wav", "lpt9.tar.wav", ".hidden.wav",
                               "a./b.wav", "a/",      "$x.wav",   "a*.wav",       "a\n.wav"};
    for (size_t name = 0; name < sizeof bad / sizeof *bad; name++) {
        assert_int_equal(name_check_portable(bad[name], here, errors), E215);
    }
    const char *const outside[] = {"../a.wav", "a/../b.wav", "/a.wav", "a/.."};
    for (size_t name = 0; name < sizeof outside / sizeof *outside; name++) {
        assert_int_equal(name_check_portable(outside[name], here, errors), E402);
    }
    assert_int_equal(name_check_portable("a..b.wav", here, errors), DONE);
}

static void names_end_at_200_bytes(void **state) {
    ErrorList *errors = errors_create(*state);
    char name[202];
    memset(name, 'a', sizeof name);
    name[200] = '\0';
    assert_int_equal(name_check_portable(name, here, errors), DONE);
    name[200] = 'a';
    name[201] = '\0';
    assert_int_equal(name_check_portable(name, here, errors), E215);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wildcards_become_values_and_empty_ones_vanish, set_up,
                                        tear_down),
        cmocka_unit_test(a_wildcard_ends_at_the_first_that_is_no_letter),
        cmocka_unit_test_setup_teardown(an_unknown_wildcard_is_pointed_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(planned_wildcards_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_portable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_end_at_200_bytes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
