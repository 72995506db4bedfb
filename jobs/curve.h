#ifndef JOBS_CURVE_H
#define JOBS_CURVE_H
/* Curves of the score over exact time: what arcs and automation are before they become lanes.
 *
 *     Curve curve = curve_of_arc(arc, arena);       // 0 .. 1
 *     curve_scale(&curve, -6.0, 0.0);               // dB
 *     count = curve_segments(&curve, rate_hz, segments); // room for CURVE_SEGMENTS_PER_PIECE each
 */
#include "jobs/job.h"
#include "render/model/lane.h"

typedef enum CurveShape { /* the words of the keys */
                          CURVE_LINEAR,
                          CURVE_S_CURVE,
                          CURVE_EXP,
                          CURVE_HOLD, /* the whole step within the last 20 ms */
                          CURVE_BLOOM,
                          CURVE_PEEL,
} CurveShape;

enum { CURVE_SEGMENTS_PER_PIECE = 2 };

typedef struct CurvePiece {
    Rational begin_s, end_s; /* from project.start */
    double from, to;
    CurveShape shape;
} CurvePiece;

/* Before the first piece its `from`, behind a piece its `to`. */
typedef struct Curve {
    CurvePiece *pieces;
    int piece_count;
    bool is_old; /* its times are those of the cut before (`conform`) */
} Curve;

/* 0 .. 1; its `lead` is taken off. After job_arcs_complete. */
Curve curve_of_arc(const JobArc *arc, Arena *arena);
/* The written values, in the unit of the parameter's lane. */
Curve curve_of_automation(const JobAutomation *automation, Arena *arena);
/* 0 becomes `zero`, 1 becomes `one`. */
void curve_scale(Curve *curve, double zero, double one);

/* Pieces without a sample are left out. Returns how many there are. */
int curve_segments(const Curve *curve, int rate_hz, LaneSegment *segments);

/* One lane of curves, with kind and room of `like`: those of the cut before first, then the others,
 * both in the order of time. What is old follows the list of changes of the job; half_samples: half
 * a splice. NULL: no curve has a sample. */
const Lane *curve_lane(const JobSpec *job,
                       const Curve *const *curves,
                       int count,
                       SampleTime half_samples,
                       const Lane *like,
                       Arena *arena);

/* How fast a step of 1 over so many seconds changes at its steepest, per second. */
double curve_steepness_per_s(CurveShape shape, double length_s);

#endif
