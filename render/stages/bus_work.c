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
            TRY(stage->mix->layer_responses(source->layer, mix_bus_at(stage->mix, work->bus),
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
    const MixBus *target = mix_bus_at(stage->mix, bus);
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

/* An LFE channel goes straight to the LFE of the bus, or is dropped; so does what a layer sends
 * there, to the first one of two. */
static void respond_lfe(const BusWork *work, const Source *source, GainPart part, float *gains) {
    const Layout *layout = source->layer->layout;
    const bool is_send = source_is_lfe_send(source);
    const char *label = is_send ? "LFE" : layout->channels[source->channel].label;
    const int lfe = layout_lfe_channel(work->layout, label);
    const float gain = is_send ? 1.0F : (float)layout_lfe_gain(layout, work->layout);
    for (int channel = 0; channel < work->channel_count; channel++) {
        gains[channel] = channel == lfe && part == DIRECT_PART ? gain : 0.0F;
    }
}

static void scale_response(float *response, size_t count, double gain) {
    for (size_t value = 0; gain != 1.0 && value < count; value++) {
        response[value] = (float)(response[value] * gain);
    }
}

/* layers.*.binaural: from where a head hears a layer, of its own distance. Twice as near is 6 dB
 * louder; its rooms stay. */
static const double head_distances[] = {
    [HEAD_MID] = 1.0, [HEAD_OFF] = 1.0, [HEAD_NEAR] = 0.5, [HEAD_FAR] = 2.0};

static double head_distance(const BusWork *work, const Source *source) {
    return work->layout->kind == LAYOUT_BINAURAL ? head_distances[source->layer->head_mode] : 1.0;
}

void bus_work_respond_at(const BusWork *work, const Source *source, Position at, float *response) {
    const int slot = bus_work_slot(work, source);
    const Spatializer *panner = work->panners[slot];
    if (panner->respond_flat && source->layer->head_mode == HEAD_OFF) {
        panner->respond_flat(work->selves[slot], at, response);
        return;
    }
    at.distance_m *= head_distance(work, source);
    panner->respond(work->selves[slot], at, response);
}

static void
respond_state(const BusWork *work, const Source *source, const ObjectState *state, float *out) {
    const float *placeless = work->placeless[source - work->list->sources];
    const int slot = bus_work_slot(work, source);
    const Spatializer *panner = work->panners[slot];
    const size_t taps = (size_t)(work->tap_count > 1 ? work->tap_count : 1);
    const size_t count = (size_t)work->channel_count * taps;
    if (placeless) {
        memcpy(out, placeless, count * sizeof *out);
    } else if (source->layer->is_object && panner->respond_object) {
        panner->respond_object(work->selves[slot], state, out, work->unused);
    } else {
        bus_work_respond_at(work, source, source_plain_place(source, state), out);
    }
    scale_response(out, count, source_direct_gain(source, state) / head_distance(work, source));
}

void bus_work_respond(const BusWork *work, const Source *source, SampleTime time, float *response) {
    const ObjectState state = source_object(source, time);
    respond_state(work, source, &state, response);
}

bool bus_work_takes_directions(const BusWork *work, const Source *source) {
    const MixLayer *layer = source->layer;
    const bool is_plain = layer->layout->channel_count == 1 && !layer->is_object &&
                          !source_is_lfe(source) && !source_has_lanes(source);
    return is_plain && !work->placeless[source - work->list->sources] &&
           work->panners[bus_work_slot(work, source)]->respond_towards;
}

void bus_work_gains_towards(const BusWork *work,
                            const Source *source,
                            const ObjectState *state,
                            Direction at,
                            float *gains) {
    const int slot = bus_work_slot(work, source);
    const Position place = source_plain_place(source, state);
    work->panners[slot]->respond_towards(work->selves[slot], at, place.spread_deg, gains);
    scale_response(gains, (size_t)work->channel_count, source_direct_gain(source, state));
}

static bool is_diffuse_somewhere(const Trajectory *path) {
    bool is_diffuse = false;
    for (int point = 0; point < path->point_count; point++) {
        is_diffuse = is_diffuse || path->points[point].state.diffuse > 0.0;
    }
    return is_diffuse;
}

bool bus_work_is_elsewhere(const BusWork *work, const Source *source) {
    const Mix *mix = work->stage->mix;
    const bool *is_object = mix_bus_at(mix, work->bus)->is_object;
    return is_object && is_object[source->layer - mix->layers];
}

bool bus_work_is_diffuse(const BusWork *work, const Source *source) {
    const Spatializer *panner = work->panners[bus_work_slot(work, source)];
    return source->layer->is_object && !bus_work_is_elsewhere(work, source) &&
           is_diffuse_somewhere(&source->layer->path) && panner->respond_object &&
           panner->decorrelator && !source_is_lfe(source);
}

void bus_work_gains(const BusWork *work,
                    const Source *source,
                    GainPart part,
                    const ObjectState *state,
                    float *gains) {
    const bool is_by_name = source->layer->direct_speaker && !source_is_lfe_send(source) &&
                            work->placeless[source - work->list->sources];
    if (source_is_lfe(source) && !is_by_name) {
        respond_lfe(work, source, part, gains);
        scale_response(gains, (size_t)work->channel_count, source_direct_gain(source, state));
    } else if (part == DIRECT_PART) {
        respond_state(work, source, state, gains);
    } else {
        const int slot = bus_work_slot(work, source);
        work->panners[slot]->respond_object(work->selves[slot], state, work->unused, gains);
        scale_response(gains, (size_t)work->channel_count, source_direct_gain(source, state));
    }
}
