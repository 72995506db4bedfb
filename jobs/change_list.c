/* What became of a cut of the picture in the next one: passages that both hold, and where. */
#include "jobs/change_list.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/edl.h"
#include "jobs/flick.h"
#include "jobs/name_table.h"

/* Beyond every programme: the first and the last passage go on without end. */
enum { ENDLESS_S = 400000 };

typedef struct Shot { /* an event of a picture track; all in frames */
    const char *source;
    int64_t source_in, record_in, length;
    int next_of_source; /* index into the shots, -1: none */
} Shot;

typedef struct Shots { /* by record_in */
    Shot *shots;
    int count;
} Shots;

typedef struct Stretch { /* a passage in frames since midnight */
    int64_t old_in, new_in, length;
} Stretch;

typedef struct Matching {
    Shots before;
    NameTable first_of_source; /* in `before` */
    Arena *arena;
    Stretch *stretches;
    int count, capacity;
} Matching;

/* A shot that does not run at its own speed is itself only as a whole. */
static Shot make_shot(const EdlEvent *event, Arena *arena) {
    const int64_t length = event->record_out.frames - event->record_in.frames;
    const bool is_plain = event->source_in.frames >= 0 && event->source_out.frames >= 0 &&
                          event->source_out.frames - event->source_in.frames == length;
    const char *clip = event->clip ? event->clip : "";
    const char *source =
        is_plain ? arena_format(arena, "%s\n%s", event->reel, clip)
                 : arena_format(arena, "%s\n%s\n%s %s %lld", event->reel, clip,
                                event->source_in.text, event->source_out.text, (long long)length);
    return (Shot){.source = source,
                  .source_in = is_plain ? event->source_in.frames : 0,
                  .record_in = event->record_in.frames,
                  .length = length,
                  .next_of_source = -1};
}

static int compare_shots(const void *left, const void *right) {
    const Shot *first = left;
    const Shot *second = right;
    const int by_record =
        (first->record_in > second->record_in) - (first->record_in < second->record_in);
    return by_record ? by_record : strcmp(first->source, second->source);
}

static Shots find_shots(const EdlList *list, Arena *arena) {
    Shots shots = {.shots = arena_array(arena, (size_t)list->event_count + 1, sizeof(Shot))};
    for (int event = 0; event < list->event_count; event++) {
        const Shot shot = make_shot(&list->events[event], arena);
        if (list->events[event].is_picture && shot.length > 0) {
            shots.shots[shots.count++] = shot;
        }
    }
    qsort(shots.shots, (size_t)shots.count, sizeof(Shot), compare_shots);
    return shots;
}

/* From the last to the first, so that the chains of a source ascend. */
static void chain_sources(Matching *matching) {
    for (int index = matching->before.count - 1; index >= 0; index--) {
        Shot *shot = &matching->before.shots[index];
        shot->next_of_source = name_table_find(&matching->first_of_source, shot->source);
        name_table_set(&matching->first_of_source, shot->source, index, matching->arena);
    }
}

static int64_t end_of_old(const Matching *matching) {
    if (matching->count == 0) {
        return INT64_MIN;
    }
    const Stretch *last = &matching->stretches[matching->count - 1];
    return last->old_in + last->length;
}

/* The old shot that shows a frame of a source; NULL: none does, and *next is the first frame behind
 * it that one shows, or untouched. */
static const Shot *
find_frame(const Matching *matching, const char *source, int64_t frame, int64_t *next) {
    const int64_t before = end_of_old(matching);
    const Shot *best = NULL;
    int index = name_table_find(&matching->first_of_source, source);
    for (; index >= 0; index = matching->before.shots[index].next_of_source) {
        const Shot *shot = &matching->before.shots[index];
        const int64_t into = frame - shot->source_in;
        if (into < 0 || into >= shot->length) {
            *next = into < 0 && shot->source_in < *next ? shot->source_in : *next;
            continue;
        }
        if (shot->record_in + into == before) {
            return shot;
        }
        const bool is_earlier_in_order =
            best && best->record_in + (frame - best->source_in) >= before;
        best = is_earlier_in_order || (best && shot->record_in + into < before) ? best : shot;
    }
    return best;
}

/* One that goes on where the last one ends in both cuts makes it longer. */
static void add_stretch(Matching *matching, Stretch stretch) {
    Stretch *last = matching->count > 0 ? &matching->stretches[matching->count - 1] : NULL;
    if (last && last->old_in + last->length == stretch.old_in &&
        last->new_in + last->length == stretch.new_in) {
        last->length += stretch.length;
        return;
    }
    matching->stretches = arena_grow(matching->arena, matching->stretches, matching->count,
                                     &matching->capacity, sizeof *matching->stretches);
    matching->stretches[matching->count++] = stretch;
}

static void match_shot(Matching *matching, const Shot *shot) {
    const int64_t end = shot->source_in + shot->length;
    int64_t frame = shot->source_in;
    while (frame < end) {
        int64_t next = end;
        const Shot *old = find_frame(matching, shot->source, frame, &next);
        if (!old) {
            frame = next;
            continue;
        }
        const int64_t old_end = old->source_in + old->length;
        const int64_t length = (old_end < end ? old_end : end) - frame;
        add_stretch(matching, (Stretch){.old_in = old->record_in + frame - old->source_in,
                                        .new_in = shot->record_in + frame - shot->source_in,
                                        .length = length});
        frame += length;
    }
}

/* The time of a frame since midnight, from project.start. */
static Rational frame_seconds(const TimeBase *base, int64_t frames) {
    Rational seconds = {0, 1};
    rational_subtract(timecode_seconds(frames, base->frame_rate), base->start_seconds, &seconds);
    return seconds;
}

static int compare_old(const void *left, const void *right) {
    const Passage *first = *(const Passage *const *)left;
    const Passage *second = *(const Passage *const *)right;
    const int by_old = rational_compare(first->old_in, second->old_in);
    return by_old ? by_old : (first > second) - (first < second);
}

static void sort_by_old(ChangeList *list, Arena *arena) {
    const size_t size_bytes = sizeof(void *); /* pointers: the passages stay where they are */
    const Passage **sorted = arena_array(arena, (size_t)list->count + 1, size_bytes);
    for (int passage = 0; passage < list->count; passage++) {
        sorted[passage] = &list->passages[passage];
    }
    qsort(sorted, (size_t)list->count, size_bytes, compare_old);
    list->by_old = arena_array(arena, (size_t)list->count + 1, sizeof *list->by_old);
    for (int place = 0; place < list->count; place++) {
        list->by_old[place] = (int)(sorted[place] - list->passages);
    }
}

static Rational add(Rational one, Rational other) {
    Rational sum = {0, 1};
    flick_add(one, other, &sum);
    return sum;
}

static Rational minus(Rational value) {
    return (Rational){-value.numerator, value.denominator};
}

/* What lies outside the lists goes with their first and last passages. */
static void open_ends(const Matching *matching, const Shots *after, ChangeList *list) {
    static const Rational endless = {ENDLESS_S, 1};
    const Shots *before = &matching->before;
    if (list->count == 0) {
        return;
    }
    Passage *first = &list->passages[0];
    const Stretch *stretch = &matching->stretches[0];
    if (list->by_old[0] == 0 && stretch->old_in == before->shots[0].record_in &&
        stretch->new_in == after->shots[0].record_in) {
        first->old_in = add(first->old_in, minus(endless));
        first->new_in = add(first->new_in, minus(endless));
    }
    const Shot *old_last = &before->shots[before->count - 1];
    const Shot *new_last = &after->shots[after->count - 1];
    stretch = &matching->stretches[list->count - 1];
    if (list->by_old[list->count - 1] == list->count - 1 &&
        stretch->old_in + stretch->length == old_last->record_in + old_last->length &&
        stretch->new_in + stretch->length == new_last->record_in + new_last->length) {
        Passage *last = &list->passages[list->count - 1];
        last->old_out = add(last->old_out, endless);
        last->new_out = add(last->new_out, endless);
    }
}

void change_list_make(const EdlList *old_list,
                      const EdlList *new_list,
                      const TimeBase *base,
                      Arena *arena,
                      ChangeList *list) {
    enum { USUAL_COUNT = 64 };
    Matching matching = {.before = find_shots(old_list, arena),
                         .arena = arena,
                         .stretches = arena_array(arena, USUAL_COUNT, sizeof(Stretch)),
                         .capacity = USUAL_COUNT};
    const Shots after = find_shots(new_list, arena);
    chain_sources(&matching);
    for (int shot = 0; shot < after.count; shot++) {
        match_shot(&matching, &after.shots[shot]);
    }
    *list = (ChangeList){.passages =
                             arena_array(arena, (size_t)matching.count + 1, sizeof *list->passages),
                         .count = matching.count};
    for (int passage = 0; passage < list->count; passage++) {
        const Stretch *stretch = &matching.stretches[passage];
        list->passages[passage] =
            (Passage){.old_in = frame_seconds(base, stretch->old_in),
                      .old_out = frame_seconds(base, stretch->old_in + stretch->length),
                      .new_in = frame_seconds(base, stretch->new_in),
                      .new_out = frame_seconds(base, stretch->new_in + stretch->length)};
    }
    sort_by_old(list, arena);
    open_ends(&matching, &after, list);
}

/* The last passage of the old cut that does not begin behind a time; -1: none. */
static int find_old(const ChangeList *list, Rational seconds) {
    int low = 0;
    int high = list->count;
    while (low < high) {
        const int middle = (low + high) / 2;
        const Passage *passage = &list->passages[list->by_old[middle]];
        if (rational_compare(passage->old_in, seconds) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - 1;
}

bool change_list_keeps(const ChangeList *list, Rational seconds) {
    const int place = find_old(list, seconds);
    return place >= 0 && rational_compare(seconds, list->passages[list->by_old[place]].old_out) < 0;
}

Rational change_list_map(const ChangeList *list, Rational seconds) {
    const int place = find_old(list, seconds);
    if (list->count == 0) {
        return seconds;
    }
    if (place < 0) {
        return list->passages[list->by_old[0]].new_in;
    }
    const Passage *passage = &list->passages[list->by_old[place]];
    if (rational_compare(seconds, passage->old_out) >= 0) {
        return passage->new_out;
    }
    return add(seconds, add(passage->new_in, minus(passage->old_in)));
}

Rational change_list_unmap(const ChangeList *list, Rational seconds) {
    int low = 0;
    int high = list->count;
    while (low < high) { /* the first passage that ends behind it */
        const int middle = (low + high) / 2;
        if (rational_compare(list->passages[middle].new_out, seconds) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (list->count == 0) {
        return seconds;
    }
    const Passage *passage = &list->passages[low < list->count ? low : list->count - 1];
    return add(seconds, add(passage->old_in, minus(passage->new_in)));
}

PassageSamples passage_samples(const Passage *passage, int rate_hz) {
    return (PassageSamples){.old_begin = rational_to_samples(passage->old_in, rate_hz),
                            .old_end = rational_to_samples(passage->old_out, rate_hz),
                            .new_begin = rational_to_samples(passage->new_in, rate_hz)};
}
