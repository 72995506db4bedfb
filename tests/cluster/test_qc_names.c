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

static void words_tell_format_rate_and_depth(void **state) {
    (void)state;
    const QcNameFacts all = qc_name_facts("out_44k1/Night_7.1.4_96kHz_24bit_Mix.wav");
    assert_int_equal(all.channel_count, 12);
    assert_string_equal(all.format_word, "7.1.4");
    assert_int_equal(all.rate_hz, 96000);
    assert_int_equal(all.bits, 24);
    const QcNameFacts few = qc_name_facts("Night_51_20_R2.48k.wav"); /* 48k: no word of its own */
    assert_int_equal(few.channel_count, 6);
    assert_true(few.rate_hz == 0 && few.bits == 0 && !few.rate_word && !few.bits_word);
    assert_int_equal(qc_name_facts("Episode 10 - take 20.wav").channel_count, 0);
    assert_int_equal(qc_name_facts("master_51__0_2_0.wav").channel_count, 0);
    assert_int_equal(qc_name_facts("promo-STEREO-44.1k.flac").rate_hz, 44100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_tell_what_a_file_is),
        cmocka_unit_test(words_tell_format_rate_and_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
