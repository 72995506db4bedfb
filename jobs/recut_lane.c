/* A lane of the cut before in the new one.
 *
 * Every passage shows its part of the old segments, their shapes uncut: a shape that was cut off
 * in front begins with a lead, one that is cut off behind is over where the next begins. What lies
 * before a change is therefore written as it was, and is found in the store.
 */
#include "jobs/recut_lane.h"

#include <math.h>

typedef struct LaneCut {
    const Lane *old;
    LaneSegment *segments;
    int count, capacity;
    Arena *arena;
} LaneCut;

/* Of any lane: a billionth of a dB, of an octave, of full amplitude. */
static const double least_step = 1e-9;

static SampleTime length_of(const PassageSamples *passage) {
    return passage->old_end - passage->old_begin;
}

static SampleTime new_end_of(const PassageSamples *passage) {
    return passage->new_begin + length_of(passage);
}

PassageSamples *recut_passages(const Recut *recut,
                               bool (*is_step)(const void *curve, SampleTime out, SampleTime in),
                               const void *curve,
                               Arena *arena) {
    const int count = recut->changes->count;
    PassageSamples *passages = arena_array(arena, (size_t)count + 1, sizeof *passages);
    SampleTime room = 0; /* at the end of the passage before, for half a splice */
    for (int index = 0; index < count; index++) {
        PassageSamples *passage = &passages[index];
        PassageSamples *before = index > 0 ? passage - 1 : NULL;
        *passage = passage_samples(&recut->changes->passages[index], recut->rate_hz);
        const SampleTime half = length_of(passage) / 2;
        const SampleTime own = half < recut->half_samples ? half : recut->half_samples;
        if (before && new_end_of(before) == passage->new_begin &&
            is_step(curve, before->old_end, passage->old_begin)) {
            before->old_end -= room;
            passage->old_begin += own;
            passage->new_begin += own;
        }
        room = own;
    }
    return passages;
}

static bool lane_steps(const void *curve, SampleTime out, SampleTime in) {
    return fabs(lane_value_before(curve, out) - lane_value(curve, in)) > least_step;
}

static void add(LaneCut *cut, LaneSegment segment) {
    cut->segments =
        arena_grow(cut->arena, cut->segments, cut->count, &cut->capacity, sizeof *cut->segments);
    cut->segments[cut->count++] = segment;
}

/* Whether the lane rests on a value at a time of the new cut without another word. */
static bool rests_on(const LaneCut *cut, SampleTime time, double value) {
    const LaneSegment *last = cut->count > 0 ? &cut->segments[cut->count - 1] : NULL;
    return last && last->end <= time && last->to == value;
}

static void hold(LaneCut *cut, SampleTime time, double value) {
    if (!rests_on(cut, time, value)) {
        add(cut, (LaneSegment){time, time + 1, value, value, SHAPE_LINEAR, 0});
    }
}

/* The last segment that has begun at a time; -1: none. */
static int find_begun(const Lane *lane, SampleTime time) {
    int low = 0;
    int high = lane->segment_count;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (lane->segments[middle].begin <= time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - 1;
}

static void add_moved(LaneCut *cut, const LaneSegment *segment, const PassageSamples *passage) {
    const SampleTime shift = passage->new_begin - passage->old_begin;
    const SampleTime late = passage->old_begin - segment->begin;
    LaneSegment moved = *segment;
    moved.begin += shift + (late > 0 ? late : 0);
    moved.lead_samples += late > 0 ? late : 0;
    moved.end += shift;
    add(cut, moved);
}

static void add_passage(LaneCut *cut, const PassageSamples *passage) {
    const Lane *old = cut->old;
    int index = find_begun(old, passage->old_begin);
    if (length_of(passage) <= 0) {
        return;
    }
    const bool is_under_way = index >= 0 && lane_segment_end(old, index) > passage->old_begin;
    const bool is_first = cut->count == 0 && index < 0 && old->segments[0].begin < passage->old_end;
    if (is_under_way) {
        add_moved(cut, &old->segments[index], passage);
    } else if (!is_first) { /* nothing is said before the first segment */
        hold(cut, passage->new_begin, lane_value(old, passage->old_begin));
    }
    for (index++; index < old->segment_count && old->segments[index].begin < passage->old_end;
         index++) {
        add_moved(cut, &old->segments[index], passage);
    }
}

/* A splice, or new picture. */
static void add_between(LaneCut *cut, const PassageSamples *before, const PassageSamples *behind) {
    const double from = lane_value_before(cut->old, before->old_end);
    const double to = lane_value(cut->old, behind->old_begin);
    const SampleTime begin = new_end_of(before);
    if (begin < behind->new_begin && (from != to || !rests_on(cut, begin, from))) {
        add(cut, (LaneSegment){begin, behind->new_begin, from, to, SHAPE_LINEAR, 0});
    }
}

Lane recut_lane(const Recut *recut, const Lane *old, Arena *arena) {
    const int count = recut->changes->count;
    const PassageSamples *passages = recut_passages(recut, lane_steps, old, arena);
    LaneCut cut = {.old = old, .capacity = old->segment_count + 1, .arena = arena};
    cut.segments = arena_array(arena, (size_t)cut.capacity, sizeof *cut.segments);
    for (int index = 0; index < count; index++) {
        if (index > 0) {
            add_between(&cut, &passages[index - 1], &passages[index]);
        }
        add_passage(&cut, &passages[index]);
    }
    const PassageSamples *last = &passages[count - 1];
    hold(&cut, new_end_of(last), lane_value_before(old, last->old_end));
    Lane lane = *old;
    lane.segments = cut.segments;
    lane.segment_count = cut.count;
    return lane;
}
