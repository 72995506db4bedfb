/* "did you mean ...?" finds slips of the keyboard and nothing else. */
#include "jobs/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const layouts[] = {"1.0",   "2.0",   "3.0",   "4.0",   "5.0",   "5.1",
                                      "7.1",   "3.1.2", "5.1.2", "5.1.4", "7.1.2", "7.1.4",
                                      "9.1.4", "9.1.6", "22.2",  "foa",   "adm",   "binaural"};
static const char *const keys[] = {"file", "stem", "gain", "role", "pan", "purpose", "family"};

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static void every_kind_of_slip_is_found(void **state) {
    (void)state;
    assert_string_equal(suggest_nearest("gian", keys, COUNT(keys)), "gain");  /* swapped */
    assert_string_equal(suggest_nearest("gan", keys, COUNT(keys)), "gain");   /* missing */
    assert_string_equal(suggest_nearest("gaiin", keys, COUNT(keys)), "gain"); /* extra */
    assert_string_equal(suggest_nearest("gaim", keys, COUNT(keys)), "gain");  /* wrong */
    assert_string_equal(suggest_nearest("GAIN", keys, COUNT(keys)), "gain");  /* case */
    assert_string_equal(suggest_nearest("purpsoe", keys, COUNT(keys)), "purpose");
}

static void digits_of_a_layout_may_be_swapped(void **state) {
    (void)state;
    assert_string_equal(suggest_nearest("7.4.1", layouts, COUNT(layouts)), "7.1.4");
    assert_string_equal(suggest_nearest("5.4.1", layouts, COUNT(layouts)), "5.1.4");
}

static void words_of_the_trade_are_found(void **state) {
    (void)state;
    const char *const roles[] = {"solo", "melody", "bed"};
    const char *const wildcards[] = {"$code", "$cut", "$deliverable", "$stem"};
    const char *const rooms[] = {"stage", "alley", "valley"};
    assert_string_equal(suggest_nearest("melodie", roles, COUNT(roles)), "melody");
    assert_string_equal(suggest_nearest("$deliverabel", wildcards, COUNT(wildcards)),
                        "$deliverable");
    assert_string_equal(suggest_nearest("ally", rooms, COUNT(rooms)), "alley");
}

static void the_nearer_one_wins_and_the_first_letter_settles_ties(void **state) {
    (void)state;
    const char *const near[] = {"valleys", "valley"};
    const char *const tied[] = {"bold", "cord", "cold"};
    assert_string_equal(suggest_nearest("valey", near, COUNT(near)), "valley");
    assert_string_equal(suggest_nearest("cald", tied, COUNT(tied)), "cold");
    assert_string_equal(suggest_nearest("cobd", tied, COUNT(tied)), "cord");
    assert_string_equal(suggest_nearest("hold", tied, COUNT(tied)), "bold");
}

static void what_is_not_near_is_not_suggested(void **state) {
    (void)state;
    char long_word[300];
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    const char *const one[] = {long_word};
    assert_null(suggest_nearest("trumpet", keys, COUNT(keys)));
    assert_null(suggest_nearest("", keys, COUNT(keys)));
    assert_null(suggest_nearest("gain", keys, 0));
    assert_null(suggest_nearest(long_word, keys, COUNT(keys)));
    assert_null(suggest_nearest("aaa", one, 1));
    assert_null(suggest_nearest("xy", layouts, COUNT(layouts)));
}

/* The number of slips is a metric between the words it accepts: the same from both sides. */
static void nearness_is_the_same_from_both_sides(void **state) {
    (void)state;
    for (int a = 0; a < COUNT(layouts); a++) {
        for (int b = 0; b < COUNT(layouts); b++) {
            const char *forth = suggest_nearest(layouts[a], &layouts[b], 1);
            const char *back = suggest_nearest(layouts[b], &layouts[a], 1);
            if (strlen(layouts[a]) == strlen(layouts[b])) {
                assert_true((forth == NULL) == (back == NULL));
            }
            if (a == b) {
                assert_non_null(forth);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_slip_is_found),
        cmocka_unit_test(digits_of_a_layout_may_be_swapped),
        cmocka_unit_test(words_of_the_trade_are_found),
        cmocka_unit_test(the_nearer_one_wins_and_the_first_letter_settles_ties),
        cmocka_unit_test(what_is_not_near_is_not_suggested),
        cmocka_unit_test(nearness_is_the_same_from_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
