/* The gains of a moving source from sample to sample: a smooth curve, or the standard's ramps. */
#include "render/stages/gain_motion.h"

#include <math.h>

enum { LONGEST_PIECE_SAMPLES = 4096, HALF_GRID_SAMPLES = GAIN_GRID_SAMPLES / 2 };

static const Trajectory *path_of(const GainMotion *motion) {
    return &motion->source->layer->path;
}

static bool is_standard(const GainMotion *motion) {
    return motion->work->stage->mix->has_standard_motion && !source_has_lanes(motion->source);
}

static double product(const float *a, const float *b, int count) {
    double sum = 0.0;
    for (int channel = 0; channel < count; channel++) {
        sum += (double)a[channel] * (double)b[channel];
    }
    return sum;
}

/* The quadratic B-spline at u 0 .. 1 from half a step before the middle control point. */
static void spline_weights(double u, double weights[GAIN_CONTROLS]) {
    weights[0] = 0.5 * (1.0 - u) * (1.0 - u);
    weights[2] = 0.5 * u * u;
    weights[1] = 1.0 - weights[0] - weights[2];
}

/* What brings the power of a weighted sum to the weighted sum of powers. products: of rows. */
static double power_scale(double products[GAIN_CONTROLS][GAIN_CONTROLS],
                          const double weights[GAIN_CONTROLS]) {
    double wanted = 0.0;
    double found = 0.0;
    for (int row = 0; row < GAIN_CONTROLS; row++) {
        wanted += weights[row] * products[row][row];
        for (int other = 0; other < GAIN_CONTROLS; other++) {
            found += weights[row] * weights[other] * products[row][other];
        }
    }
    return found > 0.0 ? sqrt(wanted / found) : 1.0;
}

static void respond_at(const GainMotion *motion, SampleTime time, float *row) {
    const ObjectState state = source_object(motion->source, time);
    bus_work_gains(motion->work, motion->source, motion->part, &state, row);
}

static void fill_controls(GainMotion *motion, int64_t centre) {
    const bool is_next = motion->is_filled && motion->centre + 1 == centre;
    if (motion->is_filled && motion->centre == centre) {
        return;
    }
    if (is_next) {
        float *const first = motion->rows[0];
        motion->rows[0] = motion->rows[1];
        motion->rows[1] = motion->rows[2];
        motion->rows[2] = first;
    }
    for (int row = is_next ? 2 : 0; row < GAIN_CONTROLS; row++) {
        respond_at(motion, (centre + row - 1) * GAIN_GRID_SAMPLES, motion->rows[row]);
    }
    motion->is_filled = true;
    motion->centre = centre;
}

/* The point of the grid that is nearest. */
static int64_t centre_of(SampleTime time) {
    const SampleTime from = time + HALF_GRID_SAMPLES;
    return from / GAIN_GRID_SAMPLES - (from % GAIN_GRID_SAMPLES < 0);
}

static SampleTime cell_begin(int64_t centre) {
    return centre * GAIN_GRID_SAMPLES - HALF_GRID_SAMPLES;
}

/* weights: [GAIN_CONTROLS] for every sample of the span, scaled. */
static void make_weights(const GainMotion *motion, Span span, double weights[][GAIN_CONTROLS]) {
    const int count = motion->work->channel_count;
    const bool keeps_power = motion->work->layout->kind == LAYOUT_SPEAKERS;
    double products[GAIN_CONTROLS][GAIN_CONTROLS];
    for (int row = 0; row < GAIN_CONTROLS; row++) {
        for (int other = 0; other <= row; other++) {
            products[row][other] = products[other][row] =
                product(motion->rows[row], motion->rows[other], count);
        }
    }
    for (SampleTime time = span.begin; time < span.end; time++) {
        double *const own = weights[time - span.begin];
        spline_weights((double)(time - cell_begin(motion->centre)) / GAIN_GRID_SAMPLES, own);
        const double scale = keeps_power ? power_scale(products, own) : 1.0;
        for (int row = 0; row < GAIN_CONTROLS; row++) {
            own[row] *= scale;
        }
    }
}

static void add_spline(GainMotion *motion, Span span, const float *samples, double *const *out) {
    double weights[GAIN_GRID_SAMPLES][GAIN_CONTROLS];
    fill_controls(motion, centre_of(span.begin));
    make_weights(motion, span, weights);
    for (int channel = 0; channel < motion->work->channel_count; channel++) {
        const double first = (double)motion->rows[0][channel];
        const double middle = (double)motion->rows[1][channel];
        const double last = (double)motion->rows[2][channel];
        const bool is_silent = first == 0.0 && middle == 0.0 && last == 0.0;
        double *const sum = out[channel];
        for (int64_t at = 0; !is_silent && at < span.end - span.begin; at++) {
            const double *const own = weights[at];
            sum[at] += (own[0] * first + own[1] * middle + own[2] * last) * (double)samples[at];
        }
    }
}

/* The first sample at or after the exact time of a point. */
static SampleTime point_begin(const Trajectory *path, int point) {
    const PathPoint *of = &path->points[point];
    return of->time + (of->rest_samples > 0.0);
}

static void respond_at_point(const GainMotion *motion, int point, float *row) {
    const ObjectState state = source_object_of_point(motion->source, point);
    bus_work_gains(motion->work, motion->source, motion->part, &state, row);
}

/* Between two points the gains go in a straight line, whatever the curve of the place is. */
static void add_ramp(GainMotion *motion, Span span, const float *samples, double *const *out) {
    const Trajectory *path = path_of(motion);
    const int before = trajectory_point_before(path, span.begin);
    const int point = before < 0 ? 0 : before;
    const bool is_held = before < 0 || point == path->point_count - 1 || path->curve == PATH_HOLD;
    const PathPoint *from = &path->points[point];
    const PathPoint *to = is_held ? from : from + 1;
    const double length = (double)(to->time - from->time) + (to->rest_samples - from->rest_samples);
    respond_at_point(motion, point, motion->rows[0]);
    respond_at_point(motion, is_held ? point : point + 1, motion->rows[1]);
    for (SampleTime time = span.begin; time < span.end; time++) {
        const double since = trajectory_samples_since(path, point, time);
        const double position = is_held ? 0.0 : since / length;
        const double sample = (double)samples[time - span.begin];
        for (int channel = 0; channel < motion->work->channel_count; channel++) {
            const double begin = (double)motion->rows[0][channel];
            const double end = (double)motion->rows[1][channel];
            out[channel][time - span.begin] += (begin + (end - begin) * position) * sample;
        }
    }
}

void gain_motion_open(const BusWork *work,
                      const Source *source,
                      GainPart part,
                      GainMotion *motion) {
    *motion = (GainMotion){.work = work, .source = source, .part = part};
    for (int row = 0; row < GAIN_CONTROLS; row++) {
        motion->rows[row] =
            arena_array(work->stage->scratch, (size_t)work->channel_count, sizeof(float));
    }
}

SampleTime gain_motion_end(const GainMotion *motion, SampleTime begin) {
    if (!is_standard(motion)) {
        return cell_begin(centre_of(begin) + 1);
    }
    const Trajectory *path = path_of(motion);
    const int before = trajectory_point_before(path, begin);
    const SampleTime end = begin + LONGEST_PIECE_SAMPLES;
    if (before == path->point_count - 1) {
        return end;
    }
    const SampleTime next = point_begin(path, before + 1);
    return next < end ? next : end;
}

void gain_motion_add(GainMotion *motion, Span span, const float *samples, double *const *out) {
    if (is_standard(motion)) {
        add_ramp(motion, span, samples, out);
    } else {
        add_spline(motion, span, samples, out);
    }
}
