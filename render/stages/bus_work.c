/* One bus of a SPATIALIZE task: its panners, and how every source of the stem sounds in it. */
#include "render/stages/bus_work.h"

#include <string.h>

int bus_work_slot(const BusWork *work, const Source *source) {
    const Spatializer *wish = source->layer->panner;
    return wish && wish == work->panners[OTHER_PANNER] ? OTHER_PANNER : OWN_PANNER;
}

/* The panner that some layer of the stem wants instead of the bus's; NULL: none. */
static const Spatializer *find_other_panner(const BusWork *work) {
    for (int index = 0; index < work->list->source_count; index++) {
        const Spatializer *wish = work->list->sources[index].layer->panner;
        if (wish && wish != work->panners[OWN_PANNER] && work->layout->kind == LAYOUT_SPEAKERS) {
            return wish;
        }
    }
    return NULL;
}

/* Channels that are not panned: their responses are made with those of their layer. */
static Status make_placeless(BusWork *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    const size_t taps = (size_t)(work->tap_count > 1 ? work->tap_count : 1);
    float *responses = NULL;
    work->placeless =
        arena_array(stage->scratch, (size_t)work->list->source_count, sizeof *work->placeless);
    for (int index = 0; index < work->list->source_count; index++) {
        const Source *source = &work->list->sources[index];
        if (source->channel == 0) { /* the channels of a layer follow one another */
            TRY(stage->mix->layer_responses(source->layer, &stage->mix->buses[work->bus],
                                            work->selves[OWN_PANNER], stage->scratch, &responses,
                                            errors));
        }
        if (responses) {
            work->placeless[index] =
                responses + (size_t)source->channel * (size_t)work->channel_count * taps;
        }
    }
    return DONE;
}

Status bus_work_open(
    const Stage *stage, const SourceList *list, int bus, BusWork *work, ErrorList *errors) {
    const MixBus *target = &stage->mix->buses[bus];
    *work = (BusWork){.stage = stage,
                      .list = list,
                      .bus = bus,
                      .layout = target->layout,
                      .panners = {target->panner},
                      .channel_count = target->layout->channel_count};
    work->unused = arena_array(stage->scratch, (size_t)work->channel_count, sizeof *work->unused);
    work->panners[OTHER_PANNER] = find_other_panner(work);
    for (int slot = 0; slot < PANNER_SLOTS; slot++) {
        if (work->panners[slot]) {
            TRY(stage_panner(stage, bus, work->panners[slot], &work->selves[slot], errors));
        }
    }
    work->tap_count = target->panner->tap_count(work->selves[OWN_PANNER]);
    return make_placeless(work, errors);
}

/* An LFE channel goes straight to the LFE of the bus, or is dropped. */
static void respond_lfe(const BusWork *work, const Source *source, GainPart part, float *gains) {
    const char *label = source->layer->layout->channels[source->channel].label;
    const int lfe = layout_lfe_channel(work->layout, label);
    for (int channel = 0; channel < work->channel_count; channel++) {
        gains[channel] = channel == lfe && part == DIRECT_PART ? 1.0F : 0.0F;
    }
}

static ObjectState object_at(const Source *source, SampleTime time) {
    ObjectState state = source->layer->shape;
    state.position = source_position(source, time);
    return state;
}

void bus_work_respond(const BusWork *work, const Source *source, SampleTime time, float *response) {
    const float *placeless = work->placeless[source - work->list->sources];
    const int slot = bus_work_slot(work, source);
    const Spatializer *panner = work->panners[slot];
    const size_t taps = (size_t)(work->tap_count > 1 ? work->tap_count : 1);
    if (placeless) {
        memcpy(response, placeless, (size_t)work->channel_count * taps * sizeof *response);
    } else if (source->layer->is_object && panner->respond_object) {
        const ObjectState state = object_at(source, time);
        panner->respond_object(work->selves[slot], &state, response, work->unused);
    } else {
        panner->respond(work->selves[slot], source_position(source, time), response);
    }
}

void bus_work_respond_at(const BusWork *work, const Source *source, Position at, float *response) {
    const int slot = bus_work_slot(work, source);
    work->panners[slot]->respond(work->selves[slot], at, response);
}

bool bus_work_is_diffuse(const BusWork *work, const Source *source) {
    const Spatializer *panner = work->panners[bus_work_slot(work, source)];
    return source->layer->is_object && source->layer->shape.diffuse > 0.0 &&
           panner->respond_object && panner->decorrelator && !source_is_lfe(source);
}

static void respond_part(
    const BusWork *work, const Source *source, GainPart part, SampleTime time, float *gains) {
    if (part == DIRECT_PART) {
        bus_work_respond(work, source, time, gains);
        return;
    }
    const int slot = bus_work_slot(work, source);
    const ObjectState state = object_at(source, time);
    work->panners[slot]->respond_object(work->selves[slot], &state, work->unused, gains);
}

/* BS.2127-1, 7.3.2: gains go in a straight line from one point of the path to the next. */
static void ramp_gains(
    const BusWork *work, const Source *source, GainPart part, SampleTime time, float *gains) {
    const Trajectory *path = &source->layer->path;
    int point = 0;
    while (point < path->point_count - 1 && path->points[point + 1].time <= time) {
        point++;
    }
    respond_part(work, source, part, path->points[point].time, gains);
    if (point == path->point_count - 1 || time <= path->points[point].time) {
        return;
    }
    float *next = gains + work->channel_count; /* the second row that the caller leaves us */
    const SampleTime begin = path->points[point].time;
    const SampleTime end = path->points[point + 1].time;
    respond_part(work, source, part, end, next);
    const double position = (double)(time - begin) / (double)(end - begin);
    for (int channel = 0; channel < work->channel_count; channel++) {
        gains[channel] = (float)(gains[channel] + (next[channel] - gains[channel]) * position);
    }
}

void bus_work_gains(
    const BusWork *work, const Source *source, GainPart part, SampleTime time, float *gains) {
    if (source_is_lfe(source)) {
        respond_lfe(work, source, part, gains);
    } else if (work->stage->mix->has_standard_motion && source_moves(source)) {
        ramp_gains(work, source, part, time, gains);
    } else {
        respond_part(work, source, part, time, gains);
    }
}
