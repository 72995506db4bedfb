/* Times that depend on times: their order, their circles, and what it costs. */
#include "jobs/anchor.h"

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
    AnchorTable *table;
} Desk;

static int set_up(void **state) {
    Arena *arena = arena_create();
    Desk *desk = arena_alloc(arena, sizeof *desk);
    *desk = (Desk){arena, errors_create(arena), anchor_table_create(arena)};
    *state = desk;
    return 0;
}

static int tear_down(void **state) {
    Arena *arena = ((Desk *)*state)->arena;
    arena_destroy(&arena);
    return 0;
}

static int add(Desk *desk, const char *owner, const char *text) {
    static const TimeBase base = {.rate_hz = 48000};
    Node node = {
        .kind = NODE_SCALAR,
        .text = text,
        .place = {"job.yaml", desk->table->anchor_count + 1, 9, (int)strlen(text)}
    };
    TimePoint *point = arena_alloc(desk->arena, sizeof *point);
    assert_int_equal(time_point_read(&node, &base, desk->arena, point, desk->errors), DONE);
    const Anchor anchor = {.owner = owner,
                           .is_named = strncmp(owner, "layers.", 7) != 0,
                           .point = point,
                           .map = desk->table->job_map};
    return anchor_table_add(desk->table, &anchor);
}

static void add_map(Desk *desk, const char *cue, int bpm, int origin) {
    TempoMap *tempo = tempo_map_create(1, desk->arena);
    tempo_map_add(tempo, (TempoStep){
                             .bpm = {bpm, 1},
                               .metre = {4,   4}
    });
    const AnchorMap map = {
        .cue = cue, .tempo = tempo, .origin = origin, .origin_seconds = {0, 1}
    };
    const int index = anchor_table_add_map(desk->table, &map);
    desk->table->job_map = cue ? desk->table->job_map : index;
}

static void assert_seconds(const Desk *desk, int anchor, int64_t numerator, int64_t denominator) {
    assert_true(desk->table->anchors[anchor].is_good);
    assert_int_equal(desk->table->anchors[anchor].seconds.numerator, numerator);
    assert_int_equal(desk->table->anchors[anchor].seconds.denominator, denominator);
}

static void times_are_known_behind_what_they_need(void **state) {
    Desk *desk = *state;
    add_map(desk, NULL, 120, -1);
    const int late = add(desk, "markers.late", "sc1.out + 500 ms");
    const int in = add(desk, "scenes.sc1.in", "3|1");
    const int out = add(desk, "scenes.sc1.out", "1m1.in - 1 s + 2 beats");
    const int cue = add(desk, "cues.1m1.in", "scenes.sc1.in + 1 bar + 250 ms");
    const int bar = add(desk, "layers.mx.at", "1m1:5|1 - 1 beat");
    add_map(desk, "1m1", 60, cue);
    assert_int_equal(anchor_table_resolve(desk->table, desk->errors), DONE);
    assert_seconds(desk, in, 4, 1);
    assert_seconds(desk, cue, 25, 4);
    assert_seconds(desk, out, 25, 4); /* 6.25 - 1 + 1 */
    assert_seconds(desk, late, 27, 4);
    assert_seconds(desk, bar, 25 * 1 + 15 * 4, 4); /* 16 beats and one back, of 1 s */
    assert_int_equal(desk->table->order_count, 5);
    int place_of[5];
    for (int place = 0; place < 5; place++) {
        place_of[desk->table->order[place]] = place;
    }
    for (int anchor = 0; anchor < 5; anchor++) {
        for (int need = 0; need < 2; need++) {
            const int needed = desk->table->anchors[anchor].needs[need];
            assert_true(needed < 0 || place_of[needed] < place_of[anchor]);
        }
    }
}

static void a_circle_through_a_tempo_map_is_found(void **state) {
    Desk *desk = *state;
    const int door = add(desk, "markers.door", "1m1:2|1");
    const int in = add(desk, "cues.1m1.in", "door + 1 s");
    const int free = add(desk, "markers.free", "1 s");
    const int hanging = add(desk, "markers.hanging", "door");
    add_map(desk, "1m1", 60, in);
    assert_int_equal(anchor_table_resolve(desk->table, desk->errors), E308);
    assert_int_equal(errors_count(desk->errors), 1); /* what hangs on it is held back */
    const ErrorEntry *circle = errors_first(desk->errors);
    assert_string_equal(circle->caret, "markers.door needs cues.1m1.in");
    assert_string_equal(circle->marks->label, "and that needs markers.door");
    assert_null(circle->marks->next);
    assert_false(desk->table->anchors[door].is_good);
    assert_false(desk->table->anchors[hanging].is_good);
    assert_seconds(desk, free, 1, 1);
}

static void every_link_of_a_long_circle_is_shown(void **state) {
    enum { LINKS = 5000 };
    Desk *desk = *state;
    for (int link = 0; link < LINKS; link++) {
        add(desk, arena_format(desk->arena, "markers.m%d", link),
            arena_format(desk->arena, "m%d + 1 s", (link + 1) % LINKS));
    }
    assert_int_equal(anchor_table_resolve(desk->table, desk->errors), E308);
    assert_int_equal(errors_count(desk->errors), 1);
    int mark_count = 0;
    for (const ErrorMark *mark = errors_first(desk->errors)->marks; mark; mark = mark->next) {
        mark_count++;
    }
    assert_int_equal(mark_count, LINKS - 1);
}

static void a_name_of_two_things_asks_which(void **state) {
    Desk *desk = *state;
    add(desk, "scenes.door.in", "1 s");
    add(desk, "scenes.door.out", "2 s");
    add(desk, "cues.door.in", "3 s");
    add(desk, "cues.door.out", "4 s");
    const int good = add(desk, "markers.good", "cues.door.in");
    add(desk, "markers.bad", "door.in");
    assert_int_equal(anchor_table_resolve(desk->table, desk->errors), E309);
    assert_int_equal(errors_count(desk->errors), 1);
    assert_string_equal(errors_first(desk->errors)->caret,
                        "write `scenes.door.in` or `cues.door.in`");
    assert_seconds(desk, good, 3, 1);
    assert_int_equal(anchor_table_find(desk->table, "door.in"), -1);
    assert_int_equal(anchor_table_find(desk->table, "cues.door.out"), 3);
}

static void other_kinds_may_be_added(void **state) {
    Desk *desk = *state;
    const int end = add(desk, "arcs.farewell.end", "arcs.farewell.start + 6 s");
    const int hit = add(desk, "markers.hit", "farewell.end - 1 s");
    add(desk, "arcs.farewell.start", "10 s");
    assert_int_equal(anchor_table_resolve(desk->table, desk->errors), DONE);
    assert_seconds(desk, end, 16, 1);
    assert_seconds(desk, hit, 15, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(times_are_known_behind_what_they_need),
        TEST(a_circle_through_a_tempo_map_is_found),
        TEST(every_link_of_a_long_circle_is_shown),
        TEST(a_name_of_two_things_asks_which),
        TEST(other_kinds_may_be_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
