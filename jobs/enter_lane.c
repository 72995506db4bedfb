/* Fades that follow from arcs: layers that come in above a value, and layers that leave during a
 * release. */
#include "jobs/enter_lane.h"

#include <math.h>

#include "jobs/lower_splice.h"

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
    const double lead = (double)segment->lead_samples;
    const double length = (double)(segment->end - segment->begin) + lead;
    double low = lead / length;
    double high = 1.0;
    for (int halving = 0; halving < HALVINGS; halving++) {
        const double middle = low + (high - low) / 2.0;
        if (lane_shape_value(segment->shape, middle) < share) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high * length - lead;
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
        (LaneSegment){time, time + (length > 0 ? length : 1), from, level, SHAPE_LINEAR, 0};
}

static void walk_segment(Entry *entry, const Lane *arc, int index) {
    const LaneSegment *segment = &arc->segments[index];
    const double from = lane_value(arc, segment->begin);
    const double to = lane_value_before(arc, lane_segment_end(arc, index));
    const bool is_in = entry->level > 0.5;
    const double limit = is_in ? entry->below : entry->above;
    const bool is_past = is_in ? from < limit : from >= limit;
    const bool gets_past = is_in ? to < limit : to >= limit;
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
    const Curve *const curves[] = {&curve};
    const Lane *arc = curve_lane(job, curves, 1, lower_splice_half_samples(job, layer),
                                 &(Lane){.kind = LANE_FADE}, arena);
    const int arc_count = arc ? arc->segment_count : 0;
    const double above = layer->enter.above_percent.value / 100.0;
    Entry entry = {.above = above,
                   .below = above - layer->enter.hysteresis_percent.value / 100.0,
                   .fade_samples = rational_to_samples(layer->enter.fade.seconds, job->rate_hz),
                   .segments = arena_array(arena, (size_t)arc_count + 2, sizeof *entry.segments)};
    entry.level = arc && lane_value(arc, arc->segments[0].begin) >= above ? 1.0 : 0.0;
    const double first = entry.level;
    for (int segment = 0; segment < arc_count; segment++) {
        walk_segment(&entry, arc, segment);
    }
    if (entry.count == 0) { /* it never turns */
        entry.segments[entry.count++] = (LaneSegment){0, 1, first, first, SHAPE_LINEAR, 0};
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

typedef struct Share { /* of a release */
    int place, count;
} Share;

static const Lane *leaving_lane(
    const JobSpec *job, const JobArc *arc, const JobLayer *layer, Share share, Arena *arena) {
    const Curve whole = curve_of_arc(arc, arena);
    const CurvePiece *release = &whole.pieces[whole.piece_count - 1];
    const Rational over_s = arc->release.over.seconds;
    CurvePiece piece = *release;
    Rational length_s = {0, 1};
    rational_multiply(over_s, (Rational){share.place, share.count}, &length_s);
    rational_add(release->begin_s, length_s, &piece.begin_s);
    rational_multiply(over_s, (Rational){1, share.count}, &length_s);
    rational_add(piece.begin_s, length_s, &piece.end_s);
    piece.shape = CURVE_LINEAR;
    const Curve curve = {&piece, 1, whole.is_old};
    return curve_lane(job, (const Curve *const[]){&curve}, 1, lower_splice_half_samples(job, layer),
                      &(Lane){.kind = LANE_FADE}, arena);
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
    return leaving_lane(job, arc, &job->layers[layer], (Share){place, leaving}, arena);
}
