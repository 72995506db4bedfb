/* Fades that follow from arcs: layers that come in above a value, and layers that leave during a
 * release. */
#include "jobs/enter_lane.h"

#include <math.h>

typedef struct Entry {   /* of a layer, while its arc is walked along */
    double above, below; /* it comes where the arc rises to one and goes where it falls to other */
    SampleTime fade_samples;
    LaneSegment *segments;
    int count;
    double level; /* where the fade is heading: 0 or 1 */
} Entry;

/* Where a segment reaches a value, in samples from its begin: shapes never go back. */
static double crossing(const LaneSegment *segment, double value) {
    enum { HALVINGS = 60 };
    const double share = (value - segment->from) / (segment->to - segment->from);
    double low = 0.0;
    double high = 1.0;
    for (int halving = 0; halving < HALVINGS; halving++) {
        const double middle = low + (high - low) / 2.0;
        if (lane_shape_value(segment->shape, middle) < share) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high * (double)(segment->end - segment->begin);
}

/* A fade to `level` from wherever the one before has come to. */
static void turn(Entry *entry, SampleTime time, double level) {
    double from = 1.0 - level;
    LaneSegment *last = entry->count ? &entry->segments[entry->count - 1] : NULL;
    if (last && last->end > time) {
        const Lane lane = {LANE_FADE, 0, entry->segments, entry->count};
        from = lane_value(&lane, time);
        last->to = from;
        last->end = time;
        entry->count -= last->begin >= last->end;
    }
    entry->level = level;
    const double rest = fabs(level - from) * (double)entry->fade_samples;
    const SampleTime length = (SampleTime)round(rest);
    entry->segments[entry->count++] =
        (LaneSegment){time, time + (length > 0 ? length : 1), from, level, SHAPE_LINEAR};
}

static void walk_segment(Entry *entry, const LaneSegment *segment) {
    const bool is_in = entry->level > 0.5;
    const double limit = is_in ? entry->below : entry->above;
    const bool is_past = is_in ? segment->from < limit : segment->from >= limit;
    const bool gets_past = is_in ? segment->to < limit : segment->to >= limit;
    if (is_past) {
        turn(entry, segment->begin, is_in ? 0.0 : 1.0);
    } else if (gets_past) {
        const double at = crossing(segment, limit);
        turn(entry, segment->begin + (SampleTime)round(at), is_in ? 0.0 : 1.0);
    }
}

const Lane *enter_lane_make(const JobSpec *job, const JobLayer *layer, Arena *arena) {
    if (!layer->has_enter) {
        return NULL;
    }
    const Curve curve = curve_of_arc(&job->arcs[layer->enter.arc_index], arena);
    const size_t limit = (size_t)curve.piece_count * CURVE_SEGMENTS_PER_PIECE;
    LaneSegment *arc = arena_array(arena, limit + 1, sizeof *arc);
    const int arc_count = curve_segments(&curve, job->rate_hz, arc);
    const double above = layer->enter.above_percent.value / 100.0;
    Entry entry = {.above = above,
                   .below = above - layer->enter.hysteresis_percent.value / 100.0,
                   .fade_samples = rational_to_samples(layer->enter.fade.seconds, job->rate_hz),
                   .segments = arena_array(arena, limit + 2, sizeof *entry.segments)};
    entry.level = arc_count && arc[0].from >= above ? 1.0 : 0.0;
    const double first = entry.level;
    for (int segment = 0; segment < arc_count; segment++) {
        walk_segment(&entry, &arc[segment]);
    }
    if (entry.count == 0) { /* it never turns */
        entry.segments[entry.count++] = (LaneSegment){0, 1, first, first, SHAPE_LINEAR};
    }
    Lane *lane = arena_alloc(arena, sizeof *lane);
    *lane = (Lane){.kind = LANE_FADE, .segments = entry.segments, .segment_count = entry.count};
    return lane;
}

static bool is_thinned(const LayerFacts *facts, const JobArc *arc, int layer) {
    if (arc->thin.select.selector) {
        return layer_facts_match(facts, layer, &arc->thin.select);
    }
    for (int drive = 0; drive < arc->drive_count; drive++) {
        if (layer_facts_match(facts, layer, &arc->drives[drive].select)) {
            return true;
        }
    }
    return false;
}

/* The other one leaves before this one. */
static bool leaves_before(const JobSpec *job, int other, int layer) {
    const int own = job->layers[layer].priority;
    const int priority = job->layers[other].priority;
    return priority < own || (priority == own && other > layer);
}

const Lane *thin_lane_make(
    const JobSpec *job, const LayerFacts *facts, const JobArc *arc, int layer, Arena *arena) {
    if (!arc->has_thin || !is_thinned(facts, arc, layer)) {
        return NULL;
    }
    int total = 0;
    int place = 0; /* among those that leave */
    for (int other = 0; other < job->layer_count; other++) {
        if (is_thinned(facts, arc, other) && !job->layers[other].mute.value) {
            total++;
            place += leaves_before(job, other, layer);
        }
    }
    const int leaving = total - arc->thin.to_layers;
    if (place >= leaving) {
        return NULL;
    }
    Rational begin_s = arc->release.from.seconds;
    rational_subtract(begin_s, arc->lead.seconds, &begin_s);
    const SampleTime begin = rational_to_samples(begin_s, job->rate_hz);
    const SampleTime over = rational_to_samples(arc->release.over.seconds, job->rate_hz);
    LaneSegment *segment = arena_alloc(arena, sizeof *segment);
    *segment = (LaneSegment){.begin = begin + over * place / leaving,
                             .end = begin + over * (place + 1) / leaving,
                             .from = 1.0,
                             .to = 0.0,
                             .shape = SHAPE_LINEAR};
    Lane *lane = arena_alloc(arena, sizeof *lane);
    *lane = (Lane){.kind = LANE_FADE, .segments = segment, .segment_count = 1};
    return lane;
}
