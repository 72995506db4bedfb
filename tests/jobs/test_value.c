/* Every kind of value: what is taken, what it means, and what is said about the rest. */
#include "jobs/job_schema.h"
#include "jobs/time_point.h"
#include "jobs/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

typedef struct Desk {
    Arena *arena;
    ErrorList *errors;
    TimeBase base;
} Desk;

static int set_up(void **state) {
    Arena *arena = arena_create();
    Desk *desk = arena_alloc(arena, sizeof *desk);
    *desk = (Desk){
        .arena = arena,
        .errors = errors_create(arena),
        .base = {
                 .frame_rate = frame_rate_find("24"), .rate_hz = 48000, .start_seconds = {3600, 1}}
    };
    *state = desk;
    return 0;
}

static int tear_down(void **state) {
    Arena *arena = ((Desk *)*state)->arena;
    arena_destroy(&arena);
    return 0;
}

static Node scalar(const char *text) {
    return (Node){
        .kind = NODE_SCALAR,
        .text = text,
        .place = {.file = "job.yaml", .line = 1, .column = 5, .length = 3}
    };
}

typedef struct GoodValue {
    QuantityKind kind;
    const char *text;
    int64_t numerator, denominator;
} GoodValue;

static void every_unit_is_read_exactly(void **state) {
    static const GoodValue values[] = {
        {QUANTITY_GAIN,                "-3 dB",     -3,    1    },
        {QUANTITY_GAIN,                "-3dB",      -3,    1    },
        {QUANTITY_GAIN,                "+2.5 dB",   5,     2    },
        {QUANTITY_GAIN,                "0",         0,     1    },
        {QUANTITY_GAIN,                "-0.0",      0,     1    },
        {QUANTITY_GAIN,                "-inf",      -1000, 1    },
        {QUANTITY_GAIN,                "-inf dB",   -1000, 1    },
        {QUANTITY_FREQUENCY,           "48 kHz",    48000, 1    },
        {QUANTITY_FREQUENCY,           "44.1 kHz",  44100, 1    },
        {QUANTITY_FREQUENCY,           "80 Hz",     80,    1    },
        {QUANTITY_FREQUENCY,           "1e3 Hz",    1000,  1    },
        {QUANTITY_ANGLE,               "-30 deg",   -30,   1    },
        {QUANTITY_DISTANCE,            "2.5 m",     5,     2    },
        {QUANTITY_PERCENT,             "40 %",      40,    1    },
        {QUANTITY_LOUDNESS,            "-24 LKFS",  -24,   1    },
        {QUANTITY_LOUDNESS,            "-23 LUFS",  -23,   1    },
        {QUANTITY_LOUDNESS_DIFFERENCE, "1 LU",      1,     1    },
        {QUANTITY_TRUE_PEAK,           "-2 dBTP",   -2,    1    },
        {QUANTITY_SLOPE,               "24 dB/oct", 24,    1    },
        {QUANTITY_DURATION,            "250 ms",    1,     4    },
        {QUANTITY_DURATION,            "2 s",       2,     1    },
        {QUANTITY_DURATION,            "1.5 min",   90,    1    },
        {QUANTITY_DURATION,            "2 h",       7200,  1    },
        {QUANTITY_DURATION,            "12 fr",     1,     2    },
        {QUANTITY_DURATION,            "480 smp",   1,     100  },
        {QUANTITY_DURATION,            "1 smp",     1,     48000},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof values / sizeof *values; row++) {
        const Node node = scalar(values[row].text);
        Rational value;
        assert_int_equal(quantity_read(values[row].kind, &node, &desk->base, &value, desk->errors),
                         DONE);
        assert_int_equal(value.numerator, values[row].numerator);
        assert_int_equal(value.denominator, values[row].denominator);
    }
}

static void film_frames_stay_fractions(void **state) {
    Desk *desk = *state;
    desk->base.frame_rate = frame_rate_find("23.976");
    const Node node = scalar("24 fr");
    Rational value;
    assert_int_equal(quantity_read(QUANTITY_DURATION, &node, &desk->base, &value, desk->errors),
                     DONE);
    assert_int_equal(value.numerator, 1001);
    assert_int_equal(value.denominator, 1000);
}

typedef struct BadValue {
    QuantityKind kind;
    const char *text;
    Status status;
    const char *message, *caret;
} BadValue;

static void every_wrong_number_says_what_is_wrong(void **state) {
    static const BadValue values[] = {
        {QUANTITY_GAIN,     "-3",                       E210, "this gain has no unit",            "write `-3 dB`" },
        {QUANTITY_GAIN,     "-3 ms",                    E210, "`ms` is not a unit of gain",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_GAIN,     "-3 db",                    E210, "`db` is not a unit of gain",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_GAIN,     "loud",                     E210, "`loud` is not a gain",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_GAIN,     "-3,5 dB",                  E210, "`-3,5 dB` has a decimal comma",
         "write a decimal point: `-3.5 dB`"                                                                       },
        {QUANTITY_GAIN,     "nan",                      E210, "`nan` is not a number",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_GAIN,     "nan dB",                   E210, "`nan dB` is not a number",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_GAIN,     "inf",                      E210, "`inf` is not a number",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_LEVEL,    "-inf",                     E210, "`-inf` is not a number",
         "expected a value in dB, for example `-60 dB`"                                                           },
        {QUANTITY_GAIN,     "1e999",                    E206, "`1e999` is too large a number",    NULL            },
        {QUANTITY_GAIN,     "1e999 dB",                 E206, "`1e999 dB` is too large a number", NULL            },
        {QUANTITY_GAIN,     "99999999999999999999 dB",  E206,
         "`99999999999999999999 dB` is too large a number",                                       NULL            },
        {QUANTITY_GAIN,     "0.1234567890123456789 dB", E206,
         "`0.1234567890123456789 dB` has more than 18 digits",                                    NULL            },
        {QUANTITY_GAIN,     "0x10 dB",                  E210, "`x10 dB` is not a unit of gain",
         "expected a value in dB, for example `0 dB`"                                                             },
        {QUANTITY_GAIN,     "--3 dB",                   E210, "`--3 dB` is not a gain",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_GAIN,     "",                         E210, "`` is not a gain",
         "expected a value in dB, for example `-3 dB`"                                                            },
        {QUANTITY_DURATION, "250",                      E210, "this duration has no unit",        "write `250 s`" },
        {QUANTITY_DURATION, "250 Hz",                   E210, "`Hz` is not a unit of duration",
         "expected a value in ms, s, min, h, fr or smp, for example `250 s`"                                      },
        {QUANTITY_DURATION, "2 m",                      E210, "`m` is not a unit of duration",
         "expected a value in ms, s, min, h, fr or smp, for example `2 s`"                                        },
        {QUANTITY_DURATION, "2 beats",                  E202,
         "`2 beats` is planned here: this version does not serve it yet",                         NULL            },
        {QUANTITY_ANGLE,    "30",                       E210, "this angle has no unit",           "write `30 deg`"},
        {QUANTITY_NUMBER,   "5 dB",                     E210, "`dB` is not a unit of number",
         "expected a number without a unit"                                                                       },
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof values / sizeof *values; row++) {
        const Node node = scalar(values[row].text);
        Rational value;
        assert_int_equal(quantity_read(values[row].kind, &node, &desk->base, &value, desk->errors),
                         values[row].status);
        const ErrorEntry *entry = errors_last(desk->errors);
        assert_string_equal(entry->message, values[row].message);
        assert_int_equal(entry->place.column, 5);
        if (values[row].caret) {
            assert_string_equal(entry->caret, values[row].caret);
        } else {
            assert_null(entry->caret);
        }
    }
}

static Status check_range(Desk *desk, QuantityKind kind, const char *text, const char *range) {
    const Node node = scalar(text);
    Rational value;
    assert_int_equal(quantity_read(kind, &node, &desk->base, &value, desk->errors), DONE);
    return quantity_check_range(kind, &node, &desk->base, value, range, desk->errors);
}

static void ranges_hold_their_bounds(void **state) {
    static const char gains[] = "-96 dB … +24 dB";
    Desk *desk = *state;
    assert_int_equal(check_range(desk, QUANTITY_GAIN, "-96 dB", gains), DONE);
    assert_int_equal(check_range(desk, QUANTITY_GAIN, "24 dB", gains), DONE);
    assert_int_equal(check_range(desk, QUANTITY_GAIN, "-inf", gains), DONE);
    assert_int_equal(check_range(desk, QUANTITY_GAIN, "24.0001 dB", gains), E206);
    assert_int_equal(check_range(desk, QUANTITY_GAIN, "500 dB", gains), E206);
    assert_string_equal(errors_last(desk->errors)->message, "`500 dB` is outside -96 dB … +24 dB");
    assert_int_equal(check_range(desk, QUANTITY_DURATION, "1 fr", "1 fr … 12 h"), DONE);
    assert_int_equal(check_range(desk, QUANTITY_DURATION, "1999 smp", "1 fr … 12 h"), E206);
    assert_int_equal(check_range(desk, QUANTITY_DURATION, "721 min", "1 fr … 12 h"), E206);
    assert_int_equal(check_range(desk, QUANTITY_GAIN, "500 dB", "anything"), DONE);
}

static void every_range_of_the_key_table_can_be_read(void **state) {
    Desk *desk = *state;
    int checked = 0;
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        QuantityKind kind = QUANTITY_NUMBER;
        const bool is_seed = key->store == STORE_UINT64;
        if (!key->values || !strstr(key->values, " … ") || is_seed ||
            !job_schema_quantity(key->type, &kind)) {
            continue;
        }
        QuantityRange range;
        assert_true(quantity_read_range(kind, key->values, &desk->base, &range));
        assert_true(rational_compare(range.low, range.high) < 0);
        checked++;
    }
    assert_true(checked > 25);
}

static void yes_and_no_are_the_only_truths(void **state) {
    Desk *desk = *state;
    bool value = false;
    Node node = scalar("yes");
    assert_int_equal(bool_read(&node, &value, desk->errors), DONE);
    assert_true(value);
    node = scalar("no");
    assert_int_equal(bool_read(&node, &value, desk->errors), DONE);
    assert_false(value);
    const char *const others[] = {"true", "Yes", "NO", "on", "1", "0", "", "y"};
    for (size_t other = 0; other < sizeof others / sizeof *others; other++) {
        node = scalar(others[other]);
        assert_int_equal(bool_read(&node, &value, desk->errors), E209);
    }
}

static void words_are_found_suggested_and_listed(void **state) {
    static const WordList roles = {"role", "melody solo bed", "choirboy"};
    Desk *desk = *state;
    int index = -1;
    Node node = scalar("solo");
    assert_int_equal(word_read(&node, &roles, &index, desk->errors), DONE);
    assert_int_equal(index, 1);
    node = scalar("melodie");
    assert_int_equal(word_read(&node, &roles, &index, desk->errors), E205);
    const ErrorEntry *entry = errors_last(desk->errors);
    assert_string_equal(entry->message, "unknown role `melodie`");
    assert_string_equal(entry->caret, "did you mean `melody`?");
    assert_string_equal(entry->lines->text, "roles: melody solo bed");
    node = scalar("choirboy");
    assert_int_equal(word_read(&node, &roles, &index, desk->errors), E202);
    node = scalar("sol");
    assert_int_equal(word_read(&node, &roles, &index, desk->errors), E205);
}

static void ids_do_not_look_like_values(void **state) {
    Desk *desk = *state;
    const Place place = {.file = "job.yaml", .line = 1, .column = 1};
    const char *const good[] = {"vln1", "1m1", "2m3", "m_door", "A", "_", "007b", "e5", "3rd"};
    for (size_t id = 0; id < sizeof good / sizeof *good; id++) {
        assert_int_equal(id_check(good[id], place, desk->errors), DONE);
    }
    const char *const bad[] = {"2m",  "10ms", "3dB", "12fr", "42", "1e5", "a-b",
                               "a b", "",     "é",   "a.b",  "$x", "5s",  "2beats"};
    for (size_t id = 0; id < sizeof bad / sizeof *bad; id++) {
        assert_int_equal(id_check(bad[id], place, desk->errors), E306);
    }
}

typedef struct GoodTime {
    const char *text, *name;
    int64_t numerator, denominator;
} GoodTime;

/* project.start is 01:00:00:00 at 24 fps, 48 kHz. */
static void every_form_of_a_time_is_read(void **state) {
    static const GoodTime times[] = {
        {"01:00:10:12",           NULL,             21,    2},
        {"00:59:59:00",           NULL,             -1,    1},
        {"1:02:03.250",           NULL,             14893, 4},
        {"0:01:30",               NULL,             90,    1},
        {"90 s",                  NULL,             90,    1},
        {"1500 ms",               NULL,             3,     2},
        {"36 fr",                 NULL,             3,     2},
        {"24000 smp",             NULL,             1,     2},
        {"-5 s",                  NULL,             -5,    1},
        {"0",                     NULL,             0,     1},
        {"m_door",                "m_door",         0,     1},
        {"1m1",                   "1m1",            0,     1},
        {"m_door - 12 fr",        "m_door",         -1,    2},
        {"m_door + 2 s - 500 ms", "m_door",         3,     2},
        {"01:00:10:12 + 12 fr",   NULL,             11,    1},
        {"10 s +1 s",             NULL,             11,    1},
        {"sc21.in",               "sc21.in",        0,     1},
        {"scenes.1m1.out + 1 s",  "scenes.1m1.out", 1,     1},
        {"5.5 s",                 NULL,             11,    2},
        {"12|3|240 - 1 s",        NULL,             -1,    1},
        {"2m3:0|4",               "2m3",            0,     1},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof times / sizeof *times; row++) {
        const Node node = scalar(times[row].text);
        TimePoint point;
        assert_int_equal(time_point_read(&node, &desk->base, desk->arena, &point, desk->errors),
                         DONE);
        assert_int_equal(point.seconds.numerator, times[row].numerator);
        assert_int_equal(point.seconds.denominator, times[row].denominator);
        if (times[row].name) {
            assert_string_equal(point.name, times[row].name);
        } else {
            assert_null(point.name);
        }
    }
}

static void wrong_times_say_what_is_wrong(void **state) {
    static const BadValue times[] = {
        {QUANTITY_TIME, "1:30",                E211, "`1:30` could be minutes:seconds or hours:minutes",
         "write `90 s`, `0:01:30` or `00:01:30:00`"                                                                     },
        {QUANTITY_TIME, "10;30",               E211, "`10;30` is not a time",                             NULL          },
        {QUANTITY_TIME, "75:00",               E211, "`75:00` could be minutes:seconds or hours:minutes",
         "write `4500 s`, `1:15:00` or `01:15:00:00`"                                                                   },
        {QUANTITY_TIME, "01:00:10:24",         E211, "`01:00:10:24` is not a timecode at 24 fps",
         "frames run from 00 to 23"                                                                                     },
        {QUANTITY_TIME, "12|",                 E211, "`12|` is not a time",
         "write bar|beat|tick, for example `12|3` or `12|3|240`"                                                        },
        {QUANTITY_TIME, "a b:12|3",            E211, "`a b:12|3` is not a time",
         "write bar|beat|tick, for example `12|3` or `12|3|240`"                                                        },
        {QUANTITY_TIME, "2 beats",             E211, "`2 beats` is not a time",
         "write bar|beat, for example `12|3`, or `door + 2 beats`"                                                      },
        {QUANTITY_TIME, "door + 2000000 bars", E206, "`2000000 bars` is too large a number",              NULL          },
        {QUANTITY_TIME, "90",                  E210, "this time has no unit",                             "write `90 s`"},
        {QUANTITY_TIME, "1:60:00",             E211, "`1:60:00` is not a time",
         "minutes and seconds run from 00 to 59"                                                                        },
        {QUANTITY_TIME, "0:00:60",             E211, "`0:00:60` is not a time",
         "minutes and seconds run from 00 to 59"                                                                        },
        {QUANTITY_TIME, "0:00:-1",             E211, "`0:00:-1` is not a time",
         "write h:mm:ss.s, for example `0:01:02.5`"                                                                     },
        {QUANTITY_TIME, "the door",            E211, "`the door` is not a time",
         "for example `90 s`, `01:00:10:12`, `0:01:30` or a marker"                                                     },
        {QUANTITY_TIME, "m_door + 12",         E210, "this duration has no unit",                         "write `12 s`"},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof times / sizeof *times; row++) {
        const Node node = scalar(times[row].text);
        TimePoint point;
        assert_int_equal(time_point_read(&node, &desk->base, desk->arena, &point, desk->errors),
                         times[row].status);
        const ErrorEntry *entry = errors_last(desk->errors);
        assert_string_equal(entry->message, times[row].message);
        if (times[row].caret) {
            assert_string_equal(entry->caret, times[row].caret);
        }
    }
}

static void a_wrong_part_of_a_time_is_pointed_at(void **state) {
    Desk *desk = *state;
    const Node node = scalar("m_door + 12 dB");
    TimePoint point;
    assert_int_equal(time_point_read(&node, &desk->base, desk->arena, &point, desk->errors), E210);
    assert_int_equal(errors_last(desk->errors)->place.column, 5 + 9);
    assert_int_equal(errors_last(desk->errors)->place.length, 5);
}

static void a_dropped_number_names_the_next_that_exists(void **state) {
    Desk *desk = *state;
    desk->base.frame_rate = frame_rate_find("29.97df");
    desk->base.frame_rate_place = (Place){.file = "job.yaml", .line = 1, .column = 2};
    const Node node = scalar("01:01:00;00");
    TimePoint point;
    assert_int_equal(time_point_read(&node, &desk->base, desk->arena, &point, desk->errors), E211);
    const ErrorEntry *entry = errors_last(desk->errors);
    assert_string_equal(entry->message, "`01:01:00;00` does not exist in 29.97 drop-frame");
    assert_string_equal(entry->marks->label, "drop-frame is set here");
    assert_string_equal(entry->lines->text, "the next valid timecode is `01:01:00;02`");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_unit_is_read_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(film_frames_stay_fractions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_wrong_number_says_what_is_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ranges_hold_their_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_range_of_the_key_table_can_be_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(yes_and_no_are_the_only_truths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_are_found_suggested_and_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_do_not_look_like_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_form_of_a_time_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_times_say_what_is_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_part_of_a_time_is_pointed_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dropped_number_names_the_next_that_exists, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
