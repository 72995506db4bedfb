/* A parameter of a layer over time: segments with shapes, and gains along the absolute grid.
 *
 * Law: each cell is walked from its own beginning, never from the sample before the piece.
 */
#include "render/model/lane.h"

static const double bloom_knee = 0.85; /* where the slow part ends */
static const double bloom_level = 0.2; /* and how far it has come */
static const double exp_steepness = 4.0;

static double s_curve(double u) {
    return u * u * (3.0 - 2.0 * u);
}

static double bloom(double u) {
    if (u <= bloom_knee) {
        return bloom_level * u / bloom_knee;
    }
    return bloom_level + (1.0 - bloom_level) * s_curve((u - bloom_knee) / (1.0 - bloom_knee));
}

double lane_shape_value(LaneShape shape, double u) {
    switch (shape) {
    case SHAPE_LINEAR:
        return u;
    case SHAPE_S_CURVE:
        return s_curve(u);
    case SHAPE_EXP:
        return (exact_exp(exp_steepness * u) - 1.0) / (exact_exp(exp_steepness) - 1.0);
    case SHAPE_BLOOM:
        return bloom(u);
    case SHAPE_PEEL:
        return 1.0 - bloom(1.0 - u);
    case SHAPE_SINE:
        return exact_sin(u * pi / 2.0);
    case SHAPE_COSINE:
        return 1.0 - exact_cos(u * pi / 2.0);
    }
    return u;
}

static double segment_value(const LaneSegment *segment, SampleTime time) {
    if (segment->from == segment->to || time >= segment->end) {
        return segment->to;
    }
    const SampleTime origin = segment->begin - segment->lead_samples;
    const SampleTime into = time > segment->begin ? time - origin : segment->lead_samples;
    if (into <= 0) {
        return segment->from;
    }
    const double u = (double)into / (double)(segment->end - origin);
    return segment->from + lane_shape_value(segment->shape, u) * (segment->to - segment->from);
}

/* The last segment that has begun at `time`; the first when none has. */
static const LaneSegment *find_segment(const Lane *lane, SampleTime time) {
    int low = 0;
    int high = lane->segment_count;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (lane->segments[middle].begin <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &lane->segments[low];
}

double lane_value(const Lane *lane, SampleTime time) {
    return segment_value(find_segment(lane, time), time);
}

double lane_value_before(const Lane *lane, SampleTime time) {
    return segment_value(find_segment(lane, time - 1), time);
}

SampleTime lane_segment_end(const Lane *lane, int segment) {
    const SampleTime end = lane->segments[segment].end;
    const bool is_last = segment + 1 == lane->segment_count;
    return is_last || lane->segments[segment + 1].begin > end ? end
                                                              : lane->segments[segment + 1].begin;
}

/* Where a stretch begins that holds `time` and in which nothing but one segment happens. */
typedef struct Stretch {
    SampleTime begin, end; /* end: INT64_MAX behind the last segment */
    bool is_constant;
} Stretch;

static Stretch find_stretch(const Lane *lane, SampleTime time) {
    const LaneSegment *segment = find_segment(lane, time);
    if (time < segment->begin) { /* before the first */
        return (Stretch){INT64_MIN, segment->begin, true};
    }
    const SampleTime end = lane_segment_end(lane, (int)(segment - lane->segments));
    if (time < end) {
        return (Stretch){segment->begin, end, segment->from == segment->to};
    }
    const bool is_last = segment == &lane->segments[lane->segment_count - 1];
    return (Stretch){segment->end, is_last ? INT64_MAX : segment[1].begin, true};
}

bool lane_is_constant(const Lane *lane, Span span) {
    const double value = lane_value(lane, span.begin);
    SampleTime time = span.begin;
    while (time < span.end) {
        const Stretch stretch = find_stretch(lane, time);
        if (!stretch.is_constant || lane_value(lane, time) != value) {
            return false;
        }
        time = stretch.end;
    }
    return true;
}

static SampleTime lower(SampleTime one, SampleTime other) {
    return one < other ? one : other;
}

static SampleTime higher(SampleTime one, SampleTime other) {
    return one > other ? one : other;
}

SampleTime lane_grid_floor(SampleTime time) {
    const SampleTime rest = time % LANE_GRID_SAMPLES;
    return time - (rest < 0 ? rest + LANE_GRID_SAMPLES : rest);
}

static bool is_in_db(const Lane *lane) {
    return lane->kind == LANE_GAIN || lane->kind == LANE_SEND;
}

static double amplitude(const Lane *lane, double value) {
    return is_in_db(lane) ? gain_from_db(value) : value;
}

/* One cell of a moving stretch, from its own begin; [from, to) of it is wanted. The value at the
 * end of the segment is its `to`, even where the next one begins with another. */
static void multiply_cell(const Lane *lane, Span cell, Span wanted, double *gains) {
    const LaneSegment *segment = find_segment(lane, cell.begin);
    const double first = segment_value(segment, cell.begin);
    const double last = segment_value(segment, cell.end);
    const double length = (double)(cell.end - cell.begin);
    double gain = amplitude(lane, first);
    if (is_in_db(lane)) {
        const double ratio = gain_from_db((last - first) / length);
        for (SampleTime time = cell.begin; time < wanted.end; time++) {
            if (time >= wanted.begin) {
                gains[time - wanted.begin] *= gain;
            }
            gain *= ratio;
        }
        return;
    }
    for (SampleTime time = wanted.begin; time < wanted.end; time++) {
        gains[time - wanted.begin] *= first + (last - first) * (double)(time - cell.begin) / length;
    }
}

void lane_multiply_gains(const Lane *lane, SampleTime begin, int64_t count, double *gains) {
    const SampleTime end = begin + count;
    SampleTime time = begin;
    while (time < end) {
        const Stretch stretch = find_stretch(lane, time);
        if (stretch.is_constant) {
            const double gain = amplitude(lane, lane_value(lane, time));
            for (; time < lower(stretch.end, end); time++) {
                gains[time - begin] *= gain;
            }
            continue;
        }
        const SampleTime floor = lane_grid_floor(time);
        const Span cell = {higher(floor, stretch.begin),
                           lower(floor + LANE_GRID_SAMPLES, stretch.end)};
        const Span wanted = {time, lower(cell.end, end)};
        multiply_cell(lane, cell, wanted, gains + (time - begin));
        time = wanted.end;
    }
}
