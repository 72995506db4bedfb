/* Curves of the score over exact time. */
#include "jobs/curve.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/recut_lane.h"

static const Rational hold_step_s = {1, 50}; /* DECISIONS 15: 20 ms */

static void add_piece(Curve *curve, CurvePiece piece) {
    curve->pieces[curve->piece_count++] = piece;
}

/* In the cut that the curve belongs to. */
static Rational seconds_of(const JobTime *time, const Curve *curve) {
    return curve->is_old ? time->before : time->seconds;
}

/* One that has times of both cuts belongs to the new one. */
static bool is_old_curve(const JobCurve *written) {
    bool is_old = written->point_count > 0;
    for (int point = 0; point < written->point_count; point++) {
        is_old = is_old && !written->points[point].time.is_new;
    }
    return is_old;
}

static bool is_old_arc(const JobArc *arc) {
    if (!arc->has_build && !arc->has_release) {
        return is_old_curve(&arc->curve);
    }
    const bool is_built = !arc->has_build || (!arc->build.from.is_new && !arc->build.to.is_new);
    return is_built && (!arc->has_release || !arc->release.from.is_new);
}

/* From point to point. to_lane: what the values become; NULL: nothing. */
static void
add_points(const JobCurve *written, CurveShape shape, const Parameter *to_lane, Curve *curve) {
    for (int point = 0; point + 1 < written->point_count; point++) {
        const JobCurvePoint *from = &written->points[point];
        const JobCurvePoint *to = from + 1;
        add_piece(
            curve,
            (CurvePiece){.begin_s = seconds_of(&from->time, curve),
                         .end_s = seconds_of(&to->time, curve),
                         .from = to_lane ? parameter_to_lane(to_lane, from->value) : from->value,
                         .to = to_lane ? parameter_to_lane(to_lane, to->value) : to->value,
                         .shape = shape});
    }
}

Curve curve_of_arc(const JobArc *arc, Arena *arena) {
    const size_t limit = (size_t)arc->curve.point_count + 2;
    Curve curve = {.pieces = arena_array(arena, limit, sizeof *curve.pieces),
                   .is_old = is_old_arc(arc)};
    add_points(&arc->curve, CURVE_LINEAR, NULL, &curve);
    if (arc->has_build) {
        add_piece(&curve, (CurvePiece){seconds_of(&arc->build.from, &curve),
                                       seconds_of(&arc->build.to, &curve), 0.0, 1.0,
                                       (CurveShape)arc->build.shape.index});
    }
    if (arc->has_release) {
        const Rational begin_s = seconds_of(&arc->release.from, &curve);
        Rational end_s = begin_s;
        rational_add(end_s, arc->release.over.seconds, &end_s);
        add_piece(&curve,
                  (CurvePiece){begin_s, end_s, 1.0, 0.0, (CurveShape)arc->release.shape.index});
    }
    for (int piece = 0; piece < curve.piece_count; piece++) {
        CurvePiece *moved = &curve.pieces[piece];
        rational_subtract(moved->begin_s, arc->lead.seconds, &moved->begin_s);
        rational_subtract(moved->end_s, arc->lead.seconds, &moved->end_s);
    }
    return curve;
}

Curve curve_of_automation(const JobAutomation *automation, Arena *arena) {
    const size_t limit = (size_t)automation->curve.point_count;
    Curve curve = {.pieces = arena_array(arena, limit, sizeof *curve.pieces),
                   .is_old = is_old_curve(&automation->curve)};
    add_points(&automation->curve, (CurveShape)automation->shape.index,
               automation->parameter.parameter, &curve);
    return curve;
}

void curve_scale(Curve *curve, double zero, double one) {
    for (int piece = 0; piece < curve->piece_count; piece++) {
        CurvePiece *scaled = &curve->pieces[piece];
        scaled->from = zero + scaled->from * (one - zero);
        scaled->to = zero + scaled->to * (one - zero);
    }
}

static int add_segment(LaneSegment *segments, int count, LaneSegment segment) {
    if (segment.begin < segment.end) {
        segments[count++] = segment;
    }
    return count;
}

int curve_segments(const Curve *curve, int rate_hz, LaneSegment *segments) {
    static const LaneShape shapes[] = {
        [CURVE_LINEAR] = SHAPE_LINEAR, [CURVE_S_CURVE] = SHAPE_S_CURVE, [CURVE_EXP] = SHAPE_EXP,
        [CURVE_HOLD] = SHAPE_LINEAR,   [CURVE_BLOOM] = SHAPE_BLOOM,     [CURVE_PEEL] = SHAPE_PEEL};
    int count = 0;
    for (int index = 0; index < curve->piece_count; index++) {
        const CurvePiece *piece = &curve->pieces[index];
        SampleTime begin = rational_to_samples(piece->begin_s, rate_hz);
        const SampleTime end = rational_to_samples(piece->end_s, rate_hz);
        const SampleTime step = end - rational_to_samples(hold_step_s, rate_hz);
        if (piece->shape == CURVE_HOLD && step > begin) {
            count =
                add_segment(segments, count,
                            (LaneSegment){begin, step, piece->from, piece->from, SHAPE_LINEAR, 0});
            begin = step;
        }
        count =
            add_segment(segments, count,
                        (LaneSegment){begin, end, piece->from, piece->to, shapes[piece->shape], 0});
    }
    return count;
}

static int compare_begins(const void *left, const void *right) {
    const LaneSegment *first = left;
    const LaneSegment *second = right;
    return (first->begin > second->begin) - (first->begin < second->begin);
}

/* Of both cuts: what is new is said in its own time. */
static void merge(Lane *lane, const LaneSegment *more, int more_count, Arena *arena) {
    const size_t total = (size_t)lane->segment_count + (size_t)more_count;
    LaneSegment *all = arena_array(arena, total + 1, sizeof *all);
    if (lane->segment_count > 0) {
        memcpy(all, lane->segments, (size_t)lane->segment_count * sizeof *all);
    }
    memcpy(all + lane->segment_count, more, (size_t)more_count * sizeof *all);
    qsort(all, total, sizeof *all, compare_begins);
    lane->segments = all;
    lane->segment_count = (int)total;
}

/* Of the curves of one cut. Returns how many segments there are. */
static int
gather(const Curve *const *curves, int count, bool is_old, int rate_hz, LaneSegment *segments) {
    int segment_count = 0;
    for (int curve = 0; curve < count; curve++) {
        if (curves[curve]->is_old == is_old) {
            segment_count += curve_segments(curves[curve], rate_hz, segments + segment_count);
        }
    }
    return segment_count;
}

const Lane *curve_lane(const JobSpec *job,
                       const Curve *const *curves,
                       int count,
                       SampleTime half_samples,
                       const Lane *like,
                       Arena *arena) {
    size_t limit = 1;
    for (int curve = 0; curve < count; curve++) {
        limit += (size_t)curves[curve]->piece_count * CURVE_SEGMENTS_PER_PIECE;
    }
    LaneSegment *segments = arena_array(arena, limit, sizeof *segments);
    Lane *lane = arena_alloc(arena, sizeof *lane);
    *lane = *like;
    lane->segments = segments;
    lane->segment_count = gather(curves, count, true, job->rate_hz, segments);
    if (lane->segment_count > 0) {
        const Recut recut = {job->recut.changes, job->rate_hz, half_samples};
        *lane = recut_lane(&recut, lane, arena);
        segments = arena_array(arena, limit, sizeof *segments);
    }
    const int new_count = gather(curves, count, false, job->rate_hz, segments);
    if (new_count > 0) {
        merge(lane, segments, new_count, arena);
    }
    return lane->segment_count > 0 ? lane : NULL;
}

double curve_steepness_per_s(CurveShape shape, double length_s) {
    static const double steepest[] = {
        [CURVE_LINEAR] = 1.0,
        [CURVE_S_CURVE] = 1.5,
        [CURVE_EXP] = 4.0746294414550967, /* 4 e^4 / (e^4 - 1) */
        [CURVE_BLOOM] = 0.8 * 1.5 / 0.15, /* its s-curve: lane.c */
        [CURVE_PEEL] = 0.8 * 1.5 / 0.15,
    };
    const double step_s = rational_value(hold_step_s);
    if (shape == CURVE_HOLD) {
        return 1.0 / (length_s < step_s ? length_s : step_s);
    }
    return steepest[shape] / length_s;
}
