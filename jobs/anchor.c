/* All times of a job that depend on names or bars, in an order that knows what each one needs. */
#include "jobs/anchor.h"

#include <math.h>
#include <string.h>

#include "jobs/anchor_names.h"
#include "jobs/bar_check.h"
#include "jobs/flick.h"

enum { NEED_COUNT = 2, FIRST_CAPACITY = 64 };

static const double max_seconds = 1e7; /* what tempo maps take; a programme has 43 200 */

AnchorTable *anchor_table_create(Arena *arena) {
    AnchorTable *table = arena_alloc(arena, sizeof *table);
    *table = (AnchorTable){.arena = arena, .job_map = -1};
    return table;
}

/* Room for one more: twice as much when it is full. */
static void *grow(Arena *arena, void *entries, size_t size_bytes, int count, int *capacity) {
    if (count < *capacity) {
        return entries;
    }
    *capacity = *capacity > 0 ? 2 * *capacity : FIRST_CAPACITY;
    void *grown = arena_array(arena, (size_t)*capacity, size_bytes);
    if (count > 0) {
        memcpy(grown, entries, (size_t)count * size_bytes);
    }
    return grown;
}

int anchor_table_add(AnchorTable *table, const Anchor *anchor) {
    table->anchors = grow(table->arena, table->anchors, sizeof *table->anchors, table->anchor_count,
                          &table->anchor_capacity);
    Anchor *added = &table->anchors[table->anchor_count];
    *added = *anchor;
    added->next_of_name = -1;
    if (added->is_named) {
        anchor_names_add(table, table->anchor_count);
    }
    return table->anchor_count++;
}

int anchor_table_add_map(AnchorTable *table, const AnchorMap *map) {
    table->maps = grow(table->arena, table->maps, sizeof *table->maps, table->map_count,
                       &table->map_capacity);
    table->maps[table->map_count] = *map;
    if (map->cue) {
        name_table_set(&table->cues, map->cue, table->map_count, table->arena);
    }
    return table->map_count++;
}

/* The map of bars that stand in a point, and of beats and bars that are added to it. */
static Status find_map(AnchorTable *table, const TimePoint *point, int *map, ErrorList *errors) {
    if (point->origin == TIME_IN_BARS && point->name) {
        *map = anchor_table_find_cue(table, point->name, point->name_place, errors);
        if (*map < 0) {
            return E301;
        }
    }
    const bool is_musical = point->origin == TIME_IN_BARS || point->offset_count > 0;
    if (!is_musical || (*map >= 0 && table->maps[*map].tempo)) {
        return DONE;
    }
    const char *cue = *map >= 0 ? table->maps[*map].cue : NULL;
    const char *help = "add `tempo: [{at: 1|1, bpm: 92, meter: 4/4}]`";
    if (point->origin != TIME_IN_BARS) {
        fail(errors, E319, point->place, "this time counts beats, but the job has no tempo map");
    } else if (cue) {
        fail(errors, E319, point->name_place,
             "this time is in bars of cue %s, which has no tempo map", cue);
    } else {
        fail(errors, E319, point->name_place, "this time is in bars, but the job has no tempo map");
    }
    if (point->origin == TIME_IN_BARS) {
        error_caret(errors, "bar %d, beat %d", point->bars.bar, point->bars.beat);
    }
    error_help(errors, "%s%s%s", help, cue ? " to cues." : "", cue ? cue : "");
    return E319;
}

/* Names become indices. */
static Status link_anchor(AnchorTable *table, int index, ErrorList *errors) {
    Anchor *anchor = &table->anchors[index];
    const TimePoint *point = anchor->point;
    anchor->needs[0] = -1;
    anchor->needs[1] = -1;
    TRY(find_map(table, point, &anchor->map, errors));
    const bool is_in_bars = point->origin == TIME_IN_BARS;
    if (is_in_bars) {
        int64_t ignored = 0;
        TRY(bar_check(table->maps[anchor->map].tempo, point->bars, point->name_place, &ignored,
                      errors));
    }
    if (is_in_bars || point->offset_count > 0) {
        anchor->needs[1] = table->maps[anchor->map].origin;
    }
    if (point->origin == TIME_FROM_NAME) {
        ErrorList *heard = anchor->is_twin ? errors_create(table->arena) : errors;
        TRY(anchor_names_find(table, point, &anchor->needs[0], heard));
    }
    anchor->is_good = true;
    return DONE;
}

typedef enum WalkState { WALK_WAITS, WALK_OPEN, WALK_CLOSED } WalkState;

typedef struct Walk {
    AnchorTable *table;
    ErrorList *errors;
    WalkState *states; /* [anchor_count] */
    int *next_need;    /* [anchor_count] */
    int *chain;        /* the way from where the walk began */
    int chain_count;
} Walk;

static void fail_circle(const Walk *walk, int closing) {
    Anchor *anchors = walk->table->anchors;
    int first = walk->chain_count - 1;
    while (walk->chain[first] != closing) {
        first--;
    }
    for (int link = first; link < walk->chain_count; link++) {
        const Anchor *anchor = &anchors[walk->chain[link]];
        const int needed = walk->chain[link + 1 < walk->chain_count ? link + 1 : first];
        if (link == first) {
            fail(walk->errors, E308, anchor->point->name_place,
                 "these times depend on each other in a circle");
            error_caret(walk->errors, "%s needs %s", anchor->owner, anchors[needed].owner);
        } else {
            error_mark(walk->errors, anchor->point->place, "and that needs %s",
                       anchors[needed].owner);
        }
        anchors[walk->chain[link]].is_good = false;
    }
}

/* Goes on to what the end of the chain needs next, or closes it. */
static void walk_on(Walk *walk) {
    AnchorTable *table = walk->table;
    const int anchor = walk->chain[walk->chain_count - 1];
    if (walk->next_need[anchor] == NEED_COUNT) {
        walk->states[anchor] = WALK_CLOSED;
        table->order[table->order_count++] = anchor;
        walk->chain_count--;
        return;
    }
    const int needed = table->anchors[anchor].needs[walk->next_need[anchor]++];
    if (needed < 0 || walk->states[needed] == WALK_CLOSED) {
        return;
    }
    if (walk->states[needed] == WALK_WAITS) {
        walk->states[needed] = WALK_OPEN;
        walk->chain[walk->chain_count++] = needed;
    } else if (table->anchors[needed].is_good) { /* else its circle has been shown */
        fail_circle(walk, needed);
    }
}

static void put_in_order(AnchorTable *table, ErrorList *errors) {
    const size_t count = (size_t)table->anchor_count;
    Walk walk = {.table = table,
                 .errors = errors,
                 .states = arena_array(table->arena, count, sizeof *walk.states),
                 .next_need = arena_array(table->arena, count, sizeof *walk.next_need),
                 .chain = arena_array(table->arena, count, sizeof *walk.chain)};
    table->order = arena_array(table->arena, count, sizeof *table->order);
    table->order_count = 0;
    for (int anchor = 0; anchor < table->anchor_count; anchor++) {
        if (walk.states[anchor] == WALK_WAITS) {
            walk.states[anchor] = WALK_OPEN;
            walk.chain[walk.chain_count++] = anchor;
        }
        while (walk.chain_count > 0) {
            walk_on(&walk);
        }
    }
}

static bool is_in_reach(Rational seconds) {
    return fabs(rational_value(seconds)) <= max_seconds;
}

/* Beats and bars in the tempo map where they are added; false: too large. */
static bool add_offset(const AnchorMap *map, Rational origin, Duration offset, Rational *seconds) {
    if (offset.unit == DURATION_SECONDS) {
        return flick_add(*seconds, offset.amount, seconds);
    }
    Rational local;
    const Rational minus_origin = {-origin.numerator, origin.denominator};
    if (!flick_add(*seconds, minus_origin, &local) || !is_in_reach(local)) {
        return false;
    }
    const MusicalUnit unit = offset.unit == DURATION_BEATS ? MUSICAL_BEATS : MUSICAL_BARS;
    return flick_add(origin, tempo_map_advance(map->tempo, local, offset.amount, unit), seconds);
}

static Rational anchor_seconds(const AnchorTable *table, int anchor, bool is_before) {
    return is_before ? table->anchors[anchor].before : table->anchors[anchor].seconds;
}

/* Where a point counts from. */
static Rational
begin_of(const AnchorTable *table, const Anchor *anchor, Rational origin, bool is_before) {
    Rational seconds = {0, 1};
    if (anchor->point->origin == TIME_FROM_NAME) {
        return anchor_seconds(table, anchor->needs[0], is_before);
    }
    if (anchor->point->origin == TIME_IN_BARS) {
        int64_t ticks = 0;
        const TempoMap *tempo = table->maps[anchor->map].tempo;
        tempo_map_ticks(tempo, anchor->point->bars, &ticks);
        flick_add(origin, tempo_map_seconds(tempo, (Rational){ticks, 1}), &seconds);
    }
    return seconds;
}

/* is_before: in the cut before. false: too large. */
static bool
sum_up(const AnchorTable *table, const Anchor *anchor, bool is_before, Rational *seconds) {
    const TimePoint *point = anchor->point;
    const AnchorMap no_map = {
        .origin = -1, .origin_seconds = {0, 1}
    };
    const AnchorMap *map = anchor->map >= 0 ? &table->maps[anchor->map] : &no_map;
    const Rational origin =
        map->origin < 0 ? map->origin_seconds : anchor_seconds(table, map->origin, is_before);
    *seconds = begin_of(table, anchor, origin, is_before);
    bool fits = flick_add(*seconds, point->seconds, seconds);
    for (int offset = 0; fits && offset < point->offset_count; offset++) {
        fits = add_offset(map, origin, point->offsets[offset], seconds);
    }
    return fits;
}

/* Bars are those of the music, which may be of the cut before. */
static bool is_of_new_cut(const AnchorTable *table, const Anchor *anchor) {
    const TimePoint *point = anchor->point;
    const int origin = anchor->map >= 0 ? table->maps[anchor->map].origin : -1;
    if (point->origin == TIME_IN_BARS || point->offset_count > 0) {
        return origin >= 0 && table->anchors[origin].is_new;
    }
    return anchor->is_new ||
           (point->origin == TIME_FROM_NAME && table->anchors[anchor->needs[0]].is_new);
}

static Status evaluate(AnchorTable *table, Anchor *anchor, ErrorList *errors) {
    const ChangeList *changes = table->changes;
    anchor->is_new = !changes || is_of_new_cut(table, anchor);
    Rational *first = anchor->is_new ? &anchor->seconds : &anchor->before;
    anchor->is_good = sum_up(table, anchor, !anchor->is_new, first);
    if (!anchor->is_good) {
        return fail(errors, E206, anchor->point->place, "this time is too large a number");
    }
    if (!changes) {
        anchor->before = anchor->seconds;
    } else if (anchor->is_new) {
        anchor->before = change_list_unmap(changes, anchor->seconds);
    } else {
        anchor->seconds = change_list_map(changes, anchor->before);
    }
    return DONE;
}

static bool knows_needs(const AnchorTable *table, const Anchor *anchor) {
    for (int need = 0; need < NEED_COUNT; need++) {
        if (anchor->needs[need] >= 0 && !table->anchors[anchor->needs[need]].is_good) {
            return false;
        }
    }
    return anchor->is_good;
}

Status anchor_table_resolve(AnchorTable *table, ErrorList *errors) {
    const ErrorEntry *before = errors_last(errors);
    for (int anchor = 0; anchor < table->anchor_count; anchor++) {
        link_anchor(table, anchor, errors);
    }
    put_in_order(table, errors);
    for (int place = 0; place < table->order_count; place++) {
        Anchor *anchor = &table->anchors[table->order[place]];
        anchor->is_good = knows_needs(table, anchor);
        if (anchor->is_good) {
            evaluate(table, anchor, errors);
        }
    }
    const ErrorEntry *first = before ? before->next : errors_first(errors);
    return first ? first->status : DONE;
}
