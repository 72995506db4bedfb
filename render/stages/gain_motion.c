/* The gains of a moving source from sample to sample: a smooth curve, or the standard's ramps. */
#include "render/stages/gain_motion.h"

enum { HALF_GRID_SAMPLES = GAIN_GRID_SAMPLES / 2 };

static const Trajectory *path_of(const GainMotion *motion) {
    return &motion->source->layer->path;
}

static bool is_standard(const GainMotion *motion) {
    return motion->work->stage->mix->has_standard_motion && !source_has_lanes(motion->source);
}

static void respond_at(GainMotion *motion, SampleTime time, float *row) {
    ObjectState heading;
    Direction at;
    if (motion->takes_directions &&
        trajectory_towards_along(path_of(motion), time, &motion->leg, &heading, &at)) {
        bus_work_gains_towards(motion->work, motion->source, &heading, at, row);
        return;
    }
    const ObjectState state = source_object_along(motion->source, time, &motion->leg);
    bus_work_gains(motion->work, motion->source, motion->part, &state, row);
}

/* Channels that are heard at one of the control points; most are not. */
static void find_active(GainMotion *motion) {
    motion->active_count = 0;
    for (int channel = 0; channel < motion->work->channel_count; channel++) {
        double *const own = motion->gains[motion->active_count];
        bool is_heard = false;
        for (int row = 0; row < SPLINE_CONTROLS; row++) {
            own[row] = (double)motion->rows[row][channel];
            is_heard = is_heard || own[row] != 0.0;
        }
        if (is_heard) {
            motion->active[motion->active_count++] = channel;
        }
    }
}

static void find_products(GainMotion *motion) {
    for (int row = 0; row < SPLINE_CONTROLS; row++) {
        for (int other = row; other < SPLINE_CONTROLS; other++) {
            double sum = 0.0;
            for (int index = 0; index < motion->active_count; index++) {
                sum += motion->gains[index][row] * motion->gains[index][other];
            }
            motion->spline.products[row][other] = motion->spline.products[other][row] = sum;
        }
    }
}

static void fill_controls(GainMotion *motion, int64_t centre) {
    const bool is_next = motion->is_filled && motion->place + 1 == centre;
    if (motion->is_filled && motion->place == centre) {
        return;
    }
    if (is_next) {
        float *const first = motion->rows[0];
        motion->rows[0] = motion->rows[1];
        motion->rows[1] = motion->rows[2];
        motion->rows[2] = first;
    }
    for (int row = is_next ? 2 : 0; row < SPLINE_CONTROLS; row++) {
        respond_at(motion, (centre + row - 1) * GAIN_GRID_SAMPLES, motion->rows[row]);
    }
    motion->is_filled = true;
    motion->place = centre;
    find_active(motion);
    find_products(motion);
}

static int64_t divide_down(int64_t value, int64_t by) {
    return value / by - (value % by < 0);
}

/* The point of the grid that is nearest. */
static int64_t centre_of(SampleTime time) {
    return divide_down(time + HALF_GRID_SAMPLES, GAIN_GRID_SAMPLES);
}

static SampleTime cell_begin(int64_t centre) {
    return centre * GAIN_GRID_SAMPLES - HALF_GRID_SAMPLES;
}

static void add_spline(GainMotion *motion, Span span, const float *samples, double *const *out) {
    _Alignas(64) double weighted[SPLINE_CONTROLS][GAIN_GRID_SAMPLES];
    double *const rows[] = {weighted[0], weighted[1], weighted[2]};
    const int count = (int)(span.end - span.begin);
    fill_controls(motion, centre_of(span.begin));
    motion->spline.first = (double)(span.begin - cell_begin(motion->place));
    motion->kernels->spline(samples, &motion->spline, count, rows);
    for (int index = 0; index < motion->active_count; index++) {
        motion->kernels->add_spline(rows, motion->gains[index], count, out[motion->active[index]]);
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

/* before: the point before, -1: none. */
static void fill_ends(GainMotion *motion, int before, bool is_held) {
    const int point = before < 0 ? 0 : before;
    if (!motion->is_filled || motion->place != before) {
        respond_at_point(motion, point, motion->rows[0]);
        respond_at_point(motion, is_held ? point : point + 1, motion->rows[1]);
        motion->is_filled = true;
        motion->place = before;
    }
}

/* How far a sample is on its way, as the kernel wants it: line[0] + line[1] (line[2] + n). */
static void find_line(const Trajectory *path, int point, SampleTime begin, double line[3]) {
    const PathPoint *from = &path->points[point];
    const PathPoint *to = from + 1;
    const double length = (double)(to->time - from->time) + (to->rest_samples - from->rest_samples);
    line[0] = -from->rest_samples / length;
    line[1] = 1.0 / length;
    line[2] = (double)(begin - from->time);
}

/* Between two points the gains go in a straight line, whatever the curve of the place is. */
static void add_ramp(GainMotion *motion, Span span, const float *samples, double *const *out) {
    double values[GAIN_SLICE_SAMPLES];
    double rising[GAIN_SLICE_SAMPLES];
    const Trajectory *path = path_of(motion);
    const int count = (int)(span.end - span.begin);
    const int before = trajectory_point_before(path, span.begin);
    const int point = before < 0 ? 0 : before;
    const bool is_held = before < 0 || point == path->point_count - 1 || path->curve == PATH_HOLD;
    double line[3] = {0.0, 0.0, 0.0};
    fill_ends(motion, before, is_held);
    if (!is_held) {
        find_line(path, point, span.begin, line);
    }
    for (int sample = 0; sample < count; sample++) {
        values[sample] = (double)samples[sample];
    }
    motion->kernels->ramp(values, line, count, rising);
    for (int channel = 0; channel < motion->work->channel_count; channel++) {
        const double begin = (double)motion->rows[0][channel];
        const double change = (double)motion->rows[1][channel] - begin;
        if (change != 0.0) {
            motion->kernels->add_ramped(values, rising, (double[]){begin, change}, count,
                                        out[channel]);
        } else if (begin != 0.0) {
            motion->kernels->add_scaled(values, begin, count, out[channel]);
        }
    }
}

void gain_motion_open(const BusWork *work,
                      const Source *source,
                      GainPart part,
                      GainMotion *motion) {
    Arena *arena = work->stage->scratch;
    const size_t channels = (size_t)work->channel_count;
    *motion = (GainMotion){
        .work = work,
        .source = source,
        .part = part,
        .takes_directions = part == DIRECT_PART && bus_work_takes_directions(work, source),
        .kernels = gain_kernels_at_level(cpu_level_choose()),
        .active = arena_array(arena, channels, sizeof *motion->active),
        .gains = arena_array(arena, channels + 1, sizeof *motion->gains),
        .spline = {.step = 1.0 / GAIN_GRID_SAMPLES,
                   .keeps_power = work->layout->kind == LAYOUT_SPEAKERS}
    };
    for (int row = 0; row < SPLINE_CONTROLS; row++) {
        motion->rows[row] = arena_array(arena, channels, sizeof(float));
    }
}

SampleTime gain_motion_slice_end(SampleTime begin) {
    return (divide_down(begin + HALF_GRID_SAMPLES, GAIN_SLICE_SAMPLES) + 1) * GAIN_SLICE_SAMPLES -
           HALF_GRID_SAMPLES;
}

SampleTime gain_motion_end(const GainMotion *motion, SampleTime begin) {
    if (!is_standard(motion)) {
        return cell_begin(centre_of(begin) + 1);
    }
    const Trajectory *path = path_of(motion);
    const int before = trajectory_point_before(path, begin);
    const SampleTime end = gain_motion_slice_end(begin);
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
