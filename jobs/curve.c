/* Curves of the score over exact time. */
#include "jobs/curve.h"

static const Rational hold_step_s = {1, 50}; /* DECISIONS 15: 20 ms */

static void add_piece(Curve *curve, CurvePiece piece) {
    curve->pieces[curve->piece_count++] = piece;
}

/* From point to point. to_lane: what the values become; NULL: nothing. */
static void
add_points(const JobCurve *written, CurveShape shape, const Parameter *to_lane, Curve *curve) {
    for (int point = 0; point + 1 < written->point_count; point++) {
        const JobCurvePoint *from = &written->points[point];
        const JobCurvePoint *to = from + 1;
        add_piece(
            curve,
            (CurvePiece){.begin_s = from->time.seconds,
                         .end_s = to->time.seconds,
                         .from = to_lane ? parameter_to_lane(to_lane, from->value) : from->value,
                         .to = to_lane ? parameter_to_lane(to_lane, to->value) : to->value,
                         .shape = shape});
    }
}

Curve curve_of_arc(const JobArc *arc, Arena *arena) {
    const size_t limit = (size_t)arc->curve.point_count + 2;
    Curve curve = {.pieces = arena_array(arena, limit, sizeof *curve.pieces)};
    add_points(&arc->curve, CURVE_LINEAR, NULL, &curve);
    if (arc->has_build) {
        add_piece(&curve, (CurvePiece){arc->build.from.seconds, arc->build.to.seconds, 0.0, 1.0,
                                       (CurveShape)arc->build.shape.index});
    }
    if (arc->has_release) {
        Rational end_s = arc->release.from.seconds;
        rational_add(end_s, arc->release.over.seconds, &end_s);
        add_piece(&curve, (CurvePiece){arc->release.from.seconds, end_s, 1.0, 0.0,
                                       (CurveShape)arc->release.shape.index});
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
    Curve curve = {.pieces = arena_array(arena, limit, sizeof *curve.pieces)};
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
            count = add_segment(segments, count,
                                (LaneSegment){begin, step, piece->from, piece->from, SHAPE_LINEAR});
            begin = step;
        }
        count =
            add_segment(segments, count,
                        (LaneSegment){begin, end, piece->from, piece->to, shapes[piece->shape]});
    }
    return count;
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
