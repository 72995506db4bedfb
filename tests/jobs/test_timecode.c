/* Timecode against counting by hand, frame by frame, and against published pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "jobs/timecode.h"

static int64_t frames_of(const char *text, const char *rate) {
    int64_t frames = -1;
    assert_int_equal(timecode_read(text, frame_rate_find(rate), &frames), TIMECODE_GOOD);
    return frames;
}

static void drop_frame_counts_the_published_pairs(void **state) {
    (void)state;
    assert_int_equal(frames_of("01:00:00;00", "29.97df"), 107892); /* SMPTE ST 12-1 */
    assert_int_equal(frames_of("00:10:00;00", "29.97df"), 17982);
    assert_int_equal(frames_of("00:00:59;29", "29.97df"), 1799);
    assert_int_equal(frames_of("00:01:00;02", "29.97df"), 1800);
    assert_int_equal(frames_of("23:59:59;29", "29.97df"), 2589407);
    assert_int_equal(frames_of("01:00:00;00", "59.94df"), 215784);
    assert_int_equal(frames_of("00:01:00;04", "59.94df"), 3600);
    assert_int_equal(frames_of("01:00:00;00", "30df"), 107892);
    assert_int_equal(frames_of("01:00:00:00", "29.97"), 108000);
}

/* All numbers in order, leaving out those that drop-frame leaves out. */
static void check_every_number(const FrameRate *rate, int minutes) {
    int64_t count = 0;
    for (int second = 0; second < minutes * 60; second++) {
        for (int frame = 0; frame < rate->nominal; frame++) {
            TimecodeText text;
            const int minute = second / 60;
            const bool is_dropped =
                minute % 10 != 0 && second % 60 == 0 && frame < rate->dropped_per_minute;
            snprintf(text, sizeof text, "%02d:%02d:%02d%c%02d", minute / 60, minute % 60,
                     second % 60, rate->dropped_per_minute ? ';' : ':', frame);
            int64_t frames = -1;
            const TimecodeFault fault = timecode_read(text, rate, &frames);
            assert_int_equal(frames, count); /* of a dropped number: the next that exists */
            assert_int_equal(fault, is_dropped ? TIMECODE_DROPPED : TIMECODE_GOOD);
            if (is_dropped) {
                continue;
            }
            TimecodeText formatted;
            timecode_format(count, rate, formatted);
            assert_string_equal(formatted, text);
            assert_int_equal(timecode_frames_at(timecode_seconds(count, rate), rate), count);
            count++;
        }
    }
}

static void every_number_of_every_rate_is_counted_once(void **state) {
    (void)state;
    int rate_count = 0;
    for (; frame_rate_at(rate_count); rate_count++) {
        check_every_number(frame_rate_at(rate_count), 23);
    }
    assert_int_equal(rate_count, 13);
}

static void an_hour_at_23_976_is_exactly_3603_6_seconds(void **state) {
    (void)state;
    const FrameRate *rate = frame_rate_find("23.976");
    const Rational hour = timecode_seconds(frames_of("01:00:00:00", "23.976"), rate);
    assert_int_equal(hour.numerator, 18018);
    assert_int_equal(hour.denominator, 5);
    assert_int_equal(rational_to_samples(hour, 48000), 172972800);
    const Rational frame = timecode_seconds(1, rate);
    assert_int_equal(frame.numerator, 1001);
    assert_int_equal(frame.denominator, 24000);
    assert_int_equal(rational_to_samples(frame, 48000), 2002);
}

static void drop_frame_stays_near_the_clock(void **state) {
    (void)state;
    const FrameRate *rate = frame_rate_find("29.97df");
    const double hour_s =
        rational_value(timecode_seconds(frames_of("01:00:00;00", "29.97df"), rate));
    assert_true(hour_s > 3599.9 && hour_s < 3600.1); /* that is what it is for */
}

static TimecodeFault fault_of(const char *text, const char *rate) {
    int64_t frames = 0;
    return timecode_read(text, frame_rate_find(rate), &frames);
}

static void each_fault_is_told_apart(void **state) {
    (void)state;
    assert_int_equal(fault_of("24:00:00:00", "24"), TIMECODE_HOURS);
    assert_int_equal(fault_of("01:60:00:00", "24"), TIMECODE_MINUTES);
    assert_int_equal(fault_of("01:00:60:00", "24"), TIMECODE_SECONDS);
    assert_int_equal(fault_of("01:00:10:24", "24"), TIMECODE_FRAMES);
    assert_int_equal(fault_of("01:00:10:24", "23.976"), TIMECODE_FRAMES);
    assert_int_equal(fault_of("01:01:00;00", "29.97df"), TIMECODE_DROPPED);
    assert_int_equal(fault_of("01:01:00:01", "29.97df"), TIMECODE_DROPPED);
    assert_int_equal(fault_of("01:01:00;03", "59.94df"), TIMECODE_DROPPED);
    assert_int_equal(fault_of("01:10:00;00", "29.97df"), TIMECODE_GOOD);
    assert_int_equal(fault_of("01:00:00;00", "29.97"), TIMECODE_SEMICOLON);
    const char *const others[] = {"",
                                  "1:30",
                                  "01:00:00",
                                  "01:00:00:00:00",
                                  "01:00:00:0",
                                  "01:00:00:001",
                                  "01:00:00.00",
                                  "aa:00:00:00",
                                  "-1:00:00:00",
                                  " 01:00:00:00",
                                  "01:0:00:00"};
    for (size_t other = 0; other < sizeof others / sizeof *others; other++) {
        assert_int_equal(fault_of(others[other], "24"), TIMECODE_NOT_ONE);
    }
}

static void times_before_midnight_have_a_sign(void **state) {
    (void)state;
    TimecodeText text;
    timecode_format(-25, frame_rate_find("24"), text);
    assert_string_equal(text, "-00:00:01:01");
    const Rational half_frame = {-1, 48};
    assert_int_equal(timecode_frames_at(half_frame, frame_rate_find("24")), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drop_frame_counts_the_published_pairs),
        cmocka_unit_test(every_number_of_every_rate_is_counted_once),
        cmocka_unit_test(an_hour_at_23_976_is_exactly_3603_6_seconds),
        cmocka_unit_test(drop_frame_stays_near_the_clock),
        cmocka_unit_test(each_fault_is_told_apart),
        cmocka_unit_test(times_before_midnight_have_a_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
