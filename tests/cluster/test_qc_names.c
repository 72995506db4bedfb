/* Words in file names: parts, groups and programmes. */
#include "cluster/qc_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct Case {
    const char *path;
    QcPart part;
    const char *group, *programme;
} Case;

static void words_tell_what_a_file_is(void **state) {
    (void)state;
    static const Case cases[] = {
        {"out/Night_51_Mix.wav",     PART_MIX,           "out/Night_51_",         "out/Night_"},
        {"out/Night_5.1_DX.wav",     PART_DIALOGUE_STEM, "out/Night_5.1_",        "out/Night_"},
        {"Night 20 M&E.wav",         PART_ME,            "Night_20_",             "Night_"    },
        {"mx-night-v2.flac",         PART_STEM,          "night_v2_",             "night_v2_" },
        {"a.b/remix_of_the_day.wav", PART_UNKNOWN,       "a.b/remix_of_the_day_",
         "a.b/remix_of_the_day_"                                                              },
        {"full",                     PART_MIX,           "",                      ""          },
    };
    Arena *arena = arena_create();
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const QcName name = qc_name_read(cases[row].path, arena);
        assert_int_equal(name.part, cases[row].part);
        assert_string_equal(name.group, cases[row].group);
        assert_string_equal(name.programme, cases[row].programme);
    }
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_tell_what_a_file_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
