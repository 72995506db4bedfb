#ifndef RENDER_MODEL_LANE_H
#define RENDER_MODEL_LANE_H
/* A parameter of a layer over time: what arcs, automation and rules become.
 *
 *     const double level_db = lane_value(&lane, time);
 *     lane_gains(layer->lanes, layer->lane_count, time, count, gains);
 *
 * Law: a value depends on the segments and the absolute time only; gains go along cells of the
 * absolute grid of LANE_GRID_SAMPLES, whatever piece is asked for.
 */
#include <stdbool.h>

#include "render/base/units.h"

/* 24 dB in 10 ms along an s-curve stay within 0.01 dB of it; a grid of 64 missed it by 0.05 dB. */
enum { LANE_GRID_SAMPLES = 16 };

typedef enum LaneKind {
    LANE_GAIN,     /* dB; lanes of one layer multiply */
    LANE_FADE,     /* amplitude, 0 .. 1; multiplies too */
    LANE_HPF,      /* log2 Hz */
    LANE_LPF,      /* log2 Hz */
    LANE_TILT,     /* dB */
    LANE_SEND,     /* dB, into `room`; multiplies the send */
    LANE_GATE,     /* amplitude, 0 .. 1, into `room` */
    LANE_WIDTH,    /* 1 = 100 % */
    LANE_DISTANCE, /* natural log of metres */
    LANE_ATTACK,   /* dB */
    LANE_SUSTAIN,  /* dB */
    LANE_AIR,      /* metres */
} LaneKind;

/* From 0 to 1 over u = 0 .. 1; DECISIONS 15. */
typedef enum LaneShape {
    SHAPE_LINEAR,  /* u */
    SHAPE_S_CURVE, /* 3u^2 - 2u^3 */
    SHAPE_EXP,     /* (e^4u - 1) / (e^4 - 1) */
    SHAPE_BLOOM,   /* 0.2 at u = 0.85, then an s-curve to 1 */
    SHAPE_PEEL,    /* bloom mirrored in time */
    SHAPE_SINE,    /* sin(u pi / 2): two of them hand over at equal power */
    SHAPE_COSINE,  /* 1 - cos(u pi / 2): the other hand */
} LaneShape;

typedef struct LaneSegment { /* half open; from == to holds */
    SampleTime begin, end;   /* begin < end; where the next one begins this one is over */
    double from, to;
    LaneShape shape;
    SampleTime lead_samples; /* so much of the shape lies before `begin` and was cut off */
} LaneSegment;

/* Before the first segment what it begins with, after a segment its `to` until the next begins. */
typedef struct Lane {
    LaneKind kind;
    int room; /* LANE_SEND, LANE_GATE */
    const LaneSegment *segments;
    int segment_count; /* >= 1, their begins ascending */
} Lane;

/* How far a shape has come: 0 .. 1 over u = 0 .. 1. */
double lane_shape_value(LaneShape shape, double u);

double lane_value(const Lane *lane, SampleTime time);
/* The value that the lane has come to at a time, whatever begins there. */
double lane_value_before(const Lane *lane, SampleTime time);
/* Where a segment is over: at its end or where the next one begins. */
SampleTime lane_segment_end(const Lane *lane, int segment);

/* The grid point at or before a time. */
SampleTime lane_grid_floor(SampleTime time);

/* true: the value does not change over [begin, end). */
bool lane_is_constant(const Lane *lane, Span span);

/* gains [count] *= the amplitudes of the lane from `begin` on. In a cell dB go in a straight line
 * of dB, amplitudes of amplitude. kind: LANE_GAIN or LANE_SEND (dB), LANE_FADE or LANE_GATE. */
void lane_multiply_gains(const Lane *lane, SampleTime begin, int64_t count, double *gains);

#endif
