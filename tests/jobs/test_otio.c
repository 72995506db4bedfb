/* OpenTimelineIO: where clips begin, markers of every holder, rational times, and what is no
 * timeline. */
#include "jobs/otio.h"

#include "tests/support/job_desk.h"

#define TIME(value, rate) "{'OTIO_SCHEMA':'RationalTime.1','rate':" #rate ",'value':" #value "}"
#define RANGE(start, length, rate)                                                                 \
    "{'OTIO_SCHEMA':'TimeRange.1','start_time':" TIME(start, rate) ",'duration':" TIME(length,     \
                                                                                       rate) "}"
#define CLIP(start, length, more)                                                                  \
    "{'OTIO_SCHEMA':'Clip.1','source_range':" RANGE(start, length, 24) more "}"
#define TIMELINE(head, stack, children)                                                            \
    "{'OTIO_SCHEMA':'Timeline.1'," head "\n'tracks':{'OTIO_SCHEMA':'Stack.1'," stack               \
    "\n'children':[" children "]}}"
#define TRACK(kind, children)                                                                      \
    "{'OTIO_SCHEMA':'Track.1','kind':'" kind "','children':[" children "]}"

static Status read_otio(Desk *desk, const char *rate, const char *text, OtioList *list) {
    char *json = arena_copy_text(desk->arena, text);
    for (char *byte = json; *byte; byte++) {
        *byte = (char)(*byte == '\'' ? '"' : *byte);
    }
    const JobFile file = {"cut.otio", json, strlen(json)};
    const TimeBase base = {
        .frame_rate = frame_rate_find(rate), .rate_hz = 48000, .start_seconds = {3600, 1}
    };
    desk->errors = errors_create(desk->arena);
    return otio_read(&file, &base, desk->arena, list, desk->errors);
}

static void assert_time(Rational seconds, int64_t numerator, int64_t denominator) {
    assert_int_equal(seconds.numerator, numerator);
    assert_int_equal(seconds.denominator, denominator);
}

// clang-format off
static void a_cut_is_where_a_clip_of_a_video_track_begins(void **state) {
    OtioList list;
    assert_int_equal(read_otio(
                         *state, "24",
                         TIMELINE("'global_start_time':" TIME(86400.0, 24.0) ",", "",
                                  TRACK(
                                      "Video",
                                      CLIP(100, 48, "") ",{'OTIO_SCHEMA':'Transition.1'}," CLIP(
                                          0, 24, "") ",{'OTIO_SCHEMA':'Gap.1','source_range'"
                                                     ":" RANGE(0, 12,
                                                               24) "}," CLIP(7, 5,
                                                                             "")) "," TRACK("Audio",
                                                                                            CLIP(0, 9, "") "," CLIP(
                                                                                                0,
                                                                                                9,
                                                                                                ""))),
                         &list),
                     DONE);
    assert_int_equal(list.cuts.count, 3);
    assert_time(list.cuts.times[0].seconds, 3600, 1);
    assert_time(list.cuts.times[1].seconds, 3602, 1);
    assert_time(list.cuts.times[2].seconds, 7207, 2);
    assert_int_equal(list.cuts.times[0].place.line, 3);
}
// clang-format on

/* 0 of the timeline is the start of the programme when nothing else is said. */
static void rates_of_ntsc_are_exact(void **state) {
    static const char *const rates[] = {"23.976", "23.98", "23.976023976023978"};
    Desk *desk = *state;
    for (size_t rate = 0; rate < 3; rate++) {
        OtioList list;
        const char *range = arena_format(
            desk->arena, "{'start_time':{'value':0,'rate':%s},'duration':{'value':24,'rate':%s}}",
            rates[rate], rates[rate]);
        const char *clip =
            arena_format(desk->arena, "{'OTIO_SCHEMA':'Clip.1','source_range':%s}", range);
        const char *text = arena_format(
            desk->arena, TIMELINE("'global_start_time':null,", "", TRACK("Video", "%s,%s")), clip,
            clip);
        assert_int_equal(read_otio(desk, "23.976", text, &list), DONE);
        assert_time(list.cuts.times[0].seconds, 3600, 1);
        assert_time(list.cuts.times[1].seconds, 3600 * 1000 + 1001, 1000);
    }
}

/* On the stack, in the time of the timeline; on a clip, in that of its media. */
static void markers_count_in_the_time_of_their_holder(void **state) {
    OtioList list;
    assert_int_equal(
        read_otio(
            *state, "24",
            TIMELINE(
                "", "'markers':[{'name':'Top','marked_range':" RANGE(48, 1, 24) "}],",
                TRACK("Video", CLIP(0, 24, "") "," CLIP(
                                   100, 24,
                                   ",'markers':[{'name':'D\\u00e4 \\\"x\\\"','marked_range':" RANGE(
                                       106, 0, 24) "}]"))),
            &list),
        DONE);
    assert_int_equal(list.markers.count, 2);
    assert_string_equal(list.markers.times[0].name, "Top");
    assert_time(list.markers.times[0].seconds, 3602, 1);
    assert_string_equal(list.markers.times[1].name, "D\u00e4 \"x\"");
    assert_time(list.markers.times[1].seconds, 3601 * 4 + 1, 4);
    assert_int_equal(list.markers.times[1].place.line, 3);
}

/* Clip.2 names its media by key; without a range of its own all of it is used. */
static void a_clip_without_a_range_is_as_long_as_its_media(void **state) {
    OtioList list;
    assert_int_equal(
        read_otio(*state, "24",
                  TIMELINE("", "",
                           TRACK("Video",
                                 "{'OTIO_SCHEMA':'Clip.2','source_range':null,"
                                 "'active_media_reference_key':'b','media_references':{'a':{},'b':"
                                 "{'available_range':" RANGE(0, 48, 24) "}}}," CLIP(0, 1, ""))),
                  &list),
        DONE);
    assert_time(list.cuts.times[1].seconds, 3602, 1);
}

static void what_is_no_timeline_is_told_with_its_place(void **state) {
    // clang-format off
    static const struct {
        const char *text;
        int line, column;
    } wrong[] = {
        {"",                                                                        1, 1 },
        {"[1, 2]",                                                                  1, 1 },
        {"{'OTIO_SCHEMA':'Clip.1'}",                                                1, 1 },
        {"{\n 'a': 1,\n 'a': 2}",                                                   3, 4 },
        {"{\n 'a': [1, 2",                                                          2, 11},
        {TIMELINE("", "", "{'children':[\n {'OTIO_SCHEMA':'Clip.1'}]}"),            4, 2 },
        {TIMELINE("", "", "{'children':[{'source_range':\n{'start_time':1,'duration':2}}]}"),
         4, 15                                                                           },
        {TIMELINE("'global_start_time':\n{'value':0,'rate':25},", "", ""),          2, 19},
        {TIMELINE("'global_start_time':\n{'value':'0','rate':24},", "", ""),        2, 10},
        {TIMELINE("'global_start_time':\n{'value':0,'rate':0},", "", ""),           2, 19},
    };
    // clang-format on
    Desk *desk = *state;
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        OtioList list;
        assert_int_equal(read_otio(desk, "24", wrong[index].text, &list), E427);
        const ErrorEntry *entry = errors_first(desk->errors);
        assert_int_equal(entry->place.line, wrong[index].line);
        assert_int_equal(entry->place.column, wrong[index].column);
        assert_int_equal(errors_count(desk->errors), 1);
    }
}

static void a_timeline_may_end_anywhere(void **state) {
    Desk *desk = *state;
    OtioList list;
    const char *whole =
        TIMELINE("", "", TRACK("Video", CLIP(0, 24, ",'markers':[]") "," CLIP(0, 24, "")));
    for (size_t length = 0; length < strlen(whole); length++) {
        assert_int_equal(read_otio(desk, "24", arena_copy_bytes(desk->arena, whole, length), &list),
                         E427);
    }
    assert_int_equal(read_otio(desk, "24", whole, &list), DONE);
}

/* Deep nesting is refused or read, never a crash; one long line is read in one pass. */
static void deep_and_long_texts_end(void **state) {
    Desk *desk = *state;
    OtioList list;
    enum { DEPTH = 100000, CLIPS = 20000 };
    char *deep = arena_alloc(desk->arena, DEPTH + 1);
    memset(deep, '[', DEPTH);
    assert_int_equal(read_otio(desk, "24", deep, &list), E427);
    const char *clip = CLIP(0, 24, "") ",";
    const size_t length = strlen(clip);
    char *clips = arena_alloc(desk->arena, CLIPS * length + 1);
    for (size_t index = 0; index < CLIPS; index++) {
        memcpy(clips + index * length, clip, length);
    }
    clips[CLIPS * length - 1] = '\0';
    const char *text = arena_format(desk->arena, TIMELINE("", "", TRACK("Video", "%s")), clips);
    assert_int_equal(read_otio(desk, "24", text, &list), DONE);
    assert_time(list.cuts.times[CLIPS - 1].seconds, 3600 + CLIPS - 1, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cut_is_where_a_clip_of_a_video_track_begins, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(rates_of_ntsc_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markers_count_in_the_time_of_their_holder, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_clip_without_a_range_is_as_long_as_its_media, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_timeline_is_told_with_its_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_timeline_may_end_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deep_and_long_texts_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
