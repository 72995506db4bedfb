/* CMX 3600 lists: what an event says, times beyond 23:00, and every way to be no such list. */
#include "jobs/edl.h"

#include "tests/support/job_desk.h"

static const char first_event[] = "001  AX V C 00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00\n";

static TimeBase base_of(const char *rate) {
    return (TimeBase){
        .frame_rate = frame_rate_find(rate), .rate_hz = 48000, .start_seconds = {0, 1}
    };
}

static Status read_edl(Desk *desk, const char *rate, const char *text, EdlList *list) {
    const JobFile file = {"cut.edl", text, strlen(text)};
    const TimeBase base = base_of(rate);
    desk->errors = errors_create(desk->arena);
    return edl_read(&file, &base, desk->arena, list, desk->errors);
}

/* All of the list behind one good event. */
static Status read_behind(Desk *desk, const char *lines) {
    EdlList list;
    return read_edl(desk, "24", arena_format(desk->arena, "%s%s", first_event, lines), &list);
}

static void assert_place(const Desk *desk, int line, int column) {
    const ErrorEntry *entry = errors_first(desk->errors);
    assert_string_equal(entry->place.file, "cut.edl");
    assert_int_equal(entry->place.line, line);
    assert_int_equal(entry->place.column, column);
    assert_int_equal(errors_count(desk->errors), 1);
}

static void an_event_holds_what_its_line_and_comments_say(void **state) {
    EdlList list;
    assert_int_equal(read_edl(*state, "25",
                              "TITLE: Reel 2\r\nFCM: NON-DROP FRAME\r\n\r\n"
                              "007  A001C003 AA/V  C        10:00:00:00 10:00:05:00 01:00:00:00 "
                              "01:00:05:00\r\n"
                              "* FROM CLIP NAME:  kitchen wide \r\n"
                              "M2   A001C003       025.0                10:00:00:00\r\n",
                              &list),
                     DONE);
    assert_string_equal(list.title, "Reel 2");
    assert_int_equal(list.event_count, 1);
    const EdlEvent *event = list.events;
    assert_string_equal(event->number, "007");
    assert_string_equal(event->reel, "A001C003");
    assert_string_equal(event->clip, "kitchen wide");
    assert_true(event->is_picture);
    assert_int_equal(event->transition, EDL_CUT);
    assert_int_equal(event->source_in.frames, 10 * 3600 * 25);
    assert_int_equal(event->record_in.frames, 3600 * 25);
    assert_int_equal(event->record_out.frames, 3605 * 25);
    assert_int_equal(event->record_out.place.line, 4);
    assert_int_equal(event->record_out.place.column, 66);
}

/* Its length is a field of its own and moves no time; each line of the pair has its clip. */
static void a_dissolve_keeps_its_length_apart(void **state) {
    EdlList list;
    assert_int_equal(read_edl(*state, "24",
                              "003 A1 V C     00:00:00:00 00:00:00:00 01:00:05:00 01:00:05:00\n"
                              "003 A2 V D 024 00:00:10:00 00:00:15:00 01:00:05:00 01:00:10:00\n"
                              "* FROM CLIP NAME: one\n* TO CLIP NAME: two\n"
                              "004 A3 V W001 012 00:00:10:00 00:00:15:00 01:00:10:00 01:00:15:00\n"
                              "005 A3 V K B 000 00:00:10:00 00:00:15:00 01:00:15:00 01:00:20:00\n",
                              &list),
                     DONE);
    assert_int_equal(list.event_count, 4);
    assert_string_equal(list.events[0].clip, "one");
    assert_string_equal(list.events[1].clip, "two");
    assert_int_equal(list.events[1].transition, EDL_DISSOLVE);
    assert_int_equal(list.events[1].transition_frames, 24);
    assert_int_equal(list.events[1].record_in.frames, 3605 * 24);
    assert_int_equal(list.events[2].transition, EDL_WIPE);
    assert_int_equal(list.events[2].transition_frames, 12);
    assert_int_equal(list.events[3].transition, EDL_KEY);
}

static void record_times_beyond_23_00_and_midnight_go_on_counting(void **state) {
    EdlList list;
    assert_int_equal(read_edl(*state, "24",
                              "001 A V C 00:00:00:00 00:00:05:00 23:59:50:00 23:59:55:00\n"
                              "002 A V C 00:00:00:00 00:00:10:00 23:59:55:00 00:00:05:00\n"
                              "003 A V C 00:00:00:00 00:00:05:00 00:00:05:00 00:00:10:00\n",
                              &list),
                     DONE);
    const int64_t day = (int64_t)24 * 86400;
    assert_int_equal(list.events[0].record_in.frames, day - 10 * 24);
    assert_int_equal(list.events[1].record_out.frames, day + 5 * 24);
    assert_int_equal(list.events[2].record_in.frames, day + 5 * 24);
    assert_int_equal(list.events[2].record_out.frames, day + 10 * 24);
}

static void drop_frame_lists_fit_drop_frame_jobs_only(void **state) {
    Desk *desk = *state;
    EdlList list;
    const char *drop =
        "FCM: DROP FRAME\n001 A V C 00:00:00;00 00:00:05;00 01:00:00;00 01:01:00;02\n";
    assert_int_equal(read_edl(desk, "29.97df", drop, &list), DONE);
    assert_int_equal(list.events[0].record_in.frames, 107892);
    assert_int_equal(list.events[0].record_out.frames, 107892 + 1800);
    assert_int_equal(read_edl(desk, "29.97", drop, &list), E427);
    assert_place(desk, 1, 1);
    assert_int_equal(read_edl(desk, "29.97df", "FCM: NON-DROP FRAME\n", &list), E427);
    assert_place(desk, 1, 1);
    const char *later = arena_format(desk->arena, "%sFCM: DROP FRAME\n", first_event);
    assert_int_equal(read_edl(desk, "24", later, &list), DONE); /* of a source */
}

static void a_wrong_frame_rate_is_told_at_its_first_time(void **state) {
    Desk *desk = *state;
    assert_int_equal(read_behind(desk,
                                 "002 AX V C 00:00:00:29 00:00:05:00 01:00:05:00 01:00:07:24\n"
                                 "003 AX V C 00:00:00:00 00:00:05:00 01:00:07:24 01:00:09:29\n"),
                     E211);
    assert_place(desk, 2, 48);
}

static void what_does_not_hold_together_is_told_with_its_place(void **state) {
    static const struct {
        const char *lines;
        Status status;
        int column;
    } wrong[] = {
        {"002 AX V C 00:00:00:00 00:00:05:00 01:00:07:00 01:00:06:00\n", E427, 48},
        {"002 AX V C 00:00:00:00 00:00:05:00 00:59:59:23 01:00:06:00\n", E427, 36},
        {"002 AX V C 00:00:00:00 00:00:05:00 01:00:05:00\n",             E427, 1 },
        {"002 AX V X 00:00:00:00 00:00:05:00 01:00:05:00 01:00:06:00\n", E427, 10},
        {"002 AX V D 00:00:00:00 00:00:05:00 01:00:05:00 01:00:06:00\n", E427, 10},
        {"002 AX V C hello 00:00:05:00 01:00:05:00 01:00:06:00\n",       E427, 12},
        {"002 AX V C 00:00:00:00 00:00:05:00 01:00:05:00 hello\n",       E211, 48},
        {"* LOC: 01:00:10:24 RED door\n",                                E211, 8 },
        {"\x01\n",                                                       E101, 1 },
        {"\xff\n",                                                       E101, 1 },
    };
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        assert_int_equal(read_behind(*state, wrong[index].lines), wrong[index].status);
        assert_place(*state, 2, wrong[index].column);
    }
}

static void a_file_without_events_is_another_file(void **state) {
    Desk *desk = *state;
    EdlList list;
    assert_int_equal(read_edl(desk, "24", "", &list), E427);
    assert_int_equal(read_edl(desk, "24", "TITLE: empty\n", &list), E427);
    assert_int_equal(read_edl(desk, "24", "TITLE: x\nid,in,out\n", &list), E427);
    assert_place(desk, 2, 1);
    char *line = arena_alloc(desk->arena, 5001);
    memset(line, 'x', 5000);
    assert_int_equal(read_edl(desk, "24", line, &list), E106);
    assert_place(desk, 1, 1);
}

static void tracks_are_ordered_each_for_itself(void **state) {
    EdlList list;
    assert_int_equal(read_edl(*state, "24",
                              "001 A V  C 00:00:00:00 00:00:05:00 01:00:05:00 01:00:10:00\n"
                              "002 A A2 C 00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00\n",
                              &list),
                     DONE);
    assert_false(list.events[1].is_picture);
}

/* Every piece of a good list is read or refused, never more. */
static void a_list_may_end_anywhere(void **state) {
    Desk *desk = *state;
    EdlList list;
    const char *whole = "TITLE: x\nFCM: NON-DROP FRAME\n"
                        "001 A V D 024 00:00:00:00 00:00:05:00 01:00:05:00 01:00:10:00\n"
                        "* LOC: 01:00:06:00 RED door\n* FROM CLIP NAME: a\n";
    for (size_t length = 0; length <= strlen(whole); length++) {
        read_edl(desk, "24", arena_copy_bytes(desk->arena, whole, length), &list);
    }
    assert_int_equal(list.locator_count, 1);
    assert_string_equal(list.locators[0].text, "door");
    assert_int_equal(list.locators[0].text_place.column, 24);
}

static void a_hundred_thousand_events_are_the_most(void **state) {
    Desk *desk = *state;
    enum { COUNT = 100001, LINE = 70 };
    char *text = arena_alloc(desk->arena, (size_t)COUNT * LINE);
    char *end = text;
    for (int event = 0; event < COUNT; event++) {
        const int seconds = event / 2;
        end += snprintf(end, LINE,
                        "%06d A V C 00:00:00:00 00:00:05:00 %02d:%02d:%02d:00 %02d:%02d:%02d:01\n",
                        event, seconds / 3600, seconds / 60 % 60, seconds % 60, seconds / 3600,
                        seconds / 60 % 60, seconds % 60);
    }
    EdlList list;
    assert_int_equal(read_edl(desk, "24", text, &list), E106);
    assert_int_equal(list.event_count, 100000);
    assert_int_equal(list.events[99999].record_in.frames, (int64_t)49999 * 24);
    assert_place(desk, COUNT, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_holds_what_its_line_and_comments_say, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_dissolve_keeps_its_length_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(record_times_beyond_23_00_and_midnight_go_on_counting,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(drop_frame_lists_fit_drop_frame_jobs_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_frame_rate_is_told_at_its_first_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_hold_together_is_told_with_its_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_without_events_is_another_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tracks_are_ordered_each_for_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_may_end_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_events_are_the_most, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
