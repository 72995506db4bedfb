/* The sources of a stem: every channel of every layer as a mono signal with a place. */
#include "render/stages/source.h"

#include <math.h>
#include <string.h>

enum { SENT_GRID_SAMPLES = 512 };

/* The prepare task is among the needs exactly when the plan found that the layer may sound in the
 * span. */
static bool is_needed(const Task *task, int prepare_task) {
    for (int need = 0; need < task->need_count; need++) {
        if (task->needs[need] == prepare_task) {
            return true;
        }
    }
    return false;
}

Lane source_ceiling_lane(const MixCeiling *ceiling, double gain_db, Arena *arena) {
    const int count = ceiling->share.segment_count;
    LaneSegment *segments = arena_array(arena, (size_t)count, sizeof *segments);
    for (int index = 0; index < count; index++) {
        segments[index] = ceiling->share.segments[index];
        segments[index].from *= gain_db;
        segments[index].to *= gain_db;
    }
    return (Lane){.kind = LANE_GAIN, .segments = segments, .segment_count = count};
}

static Status read_gain(const Stage *stage, int task, double *gain_db, ErrorList *errors) {
    StoredAudio audio;
    float stored = 0.0F;
    TRY(stored_audio_open(stage->workplace->store, stage->plan->tasks[task].outputs[0], &audio,
                          errors));
    stored_audio_read(&audio, 0, 0, 1, &stored);
    stored_audio_close(&audio);
    *gain_db = (double)stored;
    return DONE;
}

Status source_ceilings(const Stage *stage, int layer, CeilingLanes *ceilings, ErrorList *errors) {
    const Mix *mix = stage->mix;
    Lane *lanes = arena_array(stage->scratch, (size_t)mix->ceiling_count + 1, sizeof *lanes);
    *ceilings = (CeilingLanes){.lanes = lanes};
    for (int index = 0; index < mix->ceiling_count; index++) {
        const MixCeiling *ceiling = &mix->ceilings[index];
        const int task = stage->plan->analyse_tasks[index];
        if (ceiling->is_in[layer] && is_needed(stage->task, task)) {
            double gain_db = 0.0;
            TRY(read_gain(stage, task, &gain_db, errors));
            lanes[ceilings->count++] = source_ceiling_lane(ceiling, gain_db, stage->scratch);
        }
    }
    return DONE;
}

Status source_list_open(const Stage *stage, SourceList *list, ErrorList *errors) {
    const Mix *mix = stage->mix;
    int channel_total = 0;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        channel_total += mix_layer_channel_count(&mix->layers[layer]);
    }
    *list = (SourceList){
        .audios = arena_array(stage->scratch, (size_t)mix->layer_count, sizeof *list->audios),
        .sources = arena_array(stage->scratch, (size_t)channel_total, sizeof *list->sources),
        .inputs = layer_inputs_create(stage, stage->scratch, errors)};
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const int task = stage->plan->prepare_tasks[layer];
        const MixLayer *subject = &mix->layers[layer];
        if (subject->stem != stage->task->subject || !is_needed(stage->task, task)) {
            continue;
        }
        LayerAudio *audio = &list->audios[list->audio_count];
        TRY(layer_audio_open(list->inputs, layer, audio, errors));
        list->audio_count++;
        CeilingLanes ceilings;
        TRY(source_ceilings(stage, layer, &ceilings, errors));
        for (int channel = 0; channel < mix_layer_channel_count(subject); channel++) {
            list->sources[list->source_count++] = (Source){subject, audio, channel, ceilings};
        }
    }
    return DONE;
}

void source_list_rest(const SourceList *list) {
    for (int audio = 0; audio < list->audio_count; audio++) {
        layer_audio_rest(&list->audios[audio]);
    }
}

Status source_list_check(const SourceList *list, ErrorList *errors) {
    return layer_inputs_check(list->inputs, errors);
}

void source_list_close(SourceList *list) {
    for (int audio = 0; audio < list->audio_count; audio++) {
        layer_audio_close(&list->audios[audio]);
    }
    layer_inputs_close(list->inputs);
    list->audio_count = 0;
}

static void lower_by(const Lane *lane, SampleTime begin, int64_t count, float *samples) {
    enum { PORTION = 512 };
    double gains[PORTION];
    for (int64_t at = 0; at < count; at += PORTION) {
        const int64_t part = count - at < PORTION ? count - at : PORTION;
        for (int64_t sample = 0; sample < part; sample++) {
            gains[sample] = 1.0;
        }
        lane_multiply_gains(lane, begin + at, part, gains);
        for (int64_t sample = 0; sample < part; sample++) {
            samples[at + sample] = (float)(samples[at + sample] * gains[sample]);
        }
    }
}

void source_read(const Source *source, SampleTime begin, int64_t count, float *samples) {
    const Span span = {begin, begin + count};
    layer_audio_read(source->audio, source->channel, begin - source->layer->start, count, samples);
    for (int index = 0; index < source->ceilings.count; index++) {
        const Lane *lane = &source->ceilings.lanes[index];
        if (!lane_is_constant(lane, span) || lane_value(lane, begin) != 0.0) {
            lower_by(lane, begin, count, samples);
        }
    }
}

static bool has_path_gain(const Trajectory *path) {
    bool has_gain = false;
    for (int point = 0; point < path->point_count; point++) {
        has_gain = has_gain || path->points[point].state.gain_db != 0.0;
    }
    return has_gain;
}

static double path_gain(const Trajectory *path, int64_t cell) {
    return gain_from_db(trajectory_object_at(path, cell * SENT_GRID_SAMPLES).gain_db);
}

/* Exact on the absolute grid, straight lines between. */
void source_read_sent(const Source *source, SampleTime begin, int64_t count, float *samples) {
    const Trajectory *path = &source->layer->path;
    source_read(source, begin, count, samples);
    if (!has_path_gain(path)) {
        return;
    }
    int64_t cell = INT64_MIN;
    double from = 1.0;
    double to = 1.0;
    for (int64_t sample = 0; sample < count; sample++) {
        const SampleTime time = begin + sample;
        const int64_t now = time / SENT_GRID_SAMPLES - (time % SENT_GRID_SAMPLES < 0);
        if (now != cell) {
            cell = now;
            from = path_gain(path, cell);
            to = path_gain(path, cell + 1);
        }
        const double u = (double)(time - cell * SENT_GRID_SAMPLES) / SENT_GRID_SAMPLES;
        samples[sample] = (float)(samples[sample] * (from + u * (to - from)));
    }
}

static double wrap_deg(double azimuth_deg) {
    while (azimuth_deg > 180.0) {
        azimuth_deg -= 360.0;
    }
    while (azimuth_deg <= -180.0) {
        azimuth_deg += 360.0;
    }
    return azimuth_deg;
}

bool source_is_lfe_send(const Source *source) {
    return source->channel == source->layer->layout->channel_count;
}

/* DECISIONS 6: where the channel is when its layer is there. */
static Position place_channel(const Source *source, double width, Position at) {
    enum { MONO = 1, STEREO = 2 };
    static const double stereo_half_angle_deg = 30.0;
    const MixLayer *layer = source->layer;
    if (layer->layout->channel_count == MONO || source_is_lfe_send(source)) {
        return at;
    }
    if (layer->layout->channel_count == STEREO) {
        const double side = source->channel == 0 ? 1.0 : -1.0;
        at.azimuth_deg = wrap_deg(at.azimuth_deg + side * stereo_half_angle_deg * width);
        return at;
    }
    const Position own = layout_real_position(layer->layout, source->channel);
    at.azimuth_deg = wrap_deg(own.azimuth_deg * width + at.azimuth_deg);
    at.elevation_deg = own.elevation_deg;
    return at;
}

static double width_at(const MixLayer *layer, SampleTime time) {
    double width = layer->width_lane ? lane_value(layer->width_lane, time) : layer->width;
    for (int factor = 0; factor < layer->width_factor_count; factor++) {
        width *= lane_value(&layer->width_factors[factor], time);
    }
    return width;
}

ObjectState source_object_along(const Source *source, SampleTime time, PathLeg *leg) {
    const MixLayer *layer = source->layer;
    ObjectState state = trajectory_object_along(&layer->path, time, leg);
    if (layer->distance_lane) {
        state.position.distance_m = exact_exp(lane_value(layer->distance_lane, time));
    }
    state.position = place_channel(source, width_at(layer, time), state.position);
    return state;
}

ObjectState source_object(const Source *source, SampleTime time) {
    PathLeg leg = {.is_known = false};
    return source_object_along(source, time, &leg);
}

ObjectState source_object_of_point(const Source *source, int point) {
    ObjectState state = trajectory_object_of_point(&source->layer->path, point);
    state.position = place_channel(source, source->layer->width, state.position);
    return state;
}

/* -0 and 0 are not the same. */
static bool are_same(const double *a, const double *b, int count) {
    bool are = true;
    for (int number = 0; number < count; number++) {
        are = are && a[number] == b[number] && !signbit(a[number]) == !signbit(b[number]);
    }
    return are;
}

bool source_stays(const Source *source, SampleTime from, SampleTime to) {
    enum { NUMBERS = 15 };
    double numbers[2][NUMBERS];
    ObjectState states[2];
    for (int end = 0; end < 2; end++) {
        states[end] = source_object(source, end ? to : from);
        const ObjectState *at = &states[end];
        const double own[NUMBERS] = {at->position.azimuth_deg,
                                     at->position.elevation_deg,
                                     at->position.distance_m,
                                     at->position.spread_deg,
                                     at->x,
                                     at->y,
                                     at->z,
                                     at->width,
                                     at->height,
                                     at->depth,
                                     at->divergence,
                                     at->divergence_range,
                                     at->lock_distance,
                                     at->diffuse,
                                     at->gain_db};
        memcpy(numbers[end], own, sizeof own);
    }
    return are_same(numbers[0], numbers[1], NUMBERS) &&
           states[0].is_cartesian == states[1].is_cartesian &&
           states[0].is_locked == states[1].is_locked &&
           states[0].has_lock_distance == states[1].has_lock_distance &&
           states[0].zones == states[1].zones && states[0].zone_count == states[1].zone_count;
}

Position source_plain_place(const Source *source, const ObjectState *state) {
    static const double all_around_deg = 360.0;
    Position at = state->position;
    const double extent_deg = state->is_cartesian ? 0.0 : (state->width + state->height) / 2.0;
    at.spread_deg = at.spread_deg > extent_deg ? at.spread_deg : extent_deg;
    if (source->layer->is_spread_near && at.distance_m < 1.0) {
        at.spread_deg += (1.0 - at.distance_m) * (all_around_deg - at.spread_deg);
    }
    return at;
}

double source_direct_gain(const Source *source, const ObjectState *state) {
    const MixLayer *layer = source->layer;
    return gain_from_db(state->gain_db + layer->direct_db) *
           distance_gain(&layer->distance, trajectory_distance_m(state));
}

bool source_is_lfe(const Source *source) {
    return source_is_lfe_send(source) ||
           source->layer->layout->channels[source->channel].role == CHANNEL_LFE;
}

bool source_has_lanes(const Source *source) {
    const MixLayer *layer = source->layer;
    const bool has_width = layer->width_lane || layer->width_factor_count > 0;
    return layer->distance_lane || (has_width && layer->layout->channel_count > 1);
}

bool source_moves(const Source *source) {
    return trajectory_moves(&source->layer->path) != 0 || source_has_lanes(source);
}

/* An LFE has no direction, so it never moves. */
bool source_has_moving_filter(const Source *source) {
    return source_moves(source) && !source_is_lfe(source);
}

int source_slot(const Mix *mix, const Source *source) {
    const bool is_moving = source_has_moving_filter(source);
    int slot = 0;
    for (const MixLayer *layer = mix->layers; layer <= source->layer; layer++) {
        const bool is_own = layer == source->layer;
        const int channel_count = is_own ? source->channel : layer->layout->channel_count;
        for (int channel = 0; layer->stem == source->layer->stem && channel < channel_count;
             channel++) {
            const Source before = {.layer = layer, .channel = channel};
            slot += source_has_moving_filter(&before) == is_moving;
        }
    }
    return slot;
}
