/* Times of ADM: both ways of writing them, and what is none. */
#include "spatial/adm/adm_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void times_are_exact(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t numerator, denominator;
    } cases[] = {
        {"00:00:00.00000",       0,           1         },
        {"00:00:00",             0,           1         },
        {"01:02:03.50000",       7447,        2         },
        {"00:00:00.00001",       1,           100000    },
        {"00:00:01.00001S00003", 4,           3         },
        {"99:59:59.47999S48000", 17279999999, 48000     },
        {"0:0:0.1",              1,           10        },
        {"00:00:00.123456789",   123456789,   1000000000},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; ++index) {
        Rational time = {0, 1};
        assert_true(adm_time_parse(cases[index].text, &time));
        const Rational wanted = {cases[index].numerator, cases[index].denominator};
        assert_int_equal(rational_compare(time, wanted), 0);
    }
}

static void other_texts_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "1.5",
                                        "00:00",
                                        "00:60:00",
                                        "00:00:60",
                                        "-00:00:01",
                                        "00:00:00.",
                                        "00:00:00.1x",
                                        "00:00:00.1S",
                                        "00:00:00.1S0",
                                        "00:00:00.S",
                                        "00:00:00.4S3",
                                        "00:00:00.1S1 ",
                                        "aa:bb:cc",
                                        "00:00:00,5",
                                        "00:00:00.1234567890123456789012345",
                                        "9999999999:00:00"};
    for (size_t index = 0; index < sizeof texts / sizeof *texts; ++index) {
        Rational time;
        if (adm_time_parse(texts[index], &time)) {
            fail_msg("`%s`", texts[index]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
