/* What a layer goes through before its fader: filters in the order they are passed, shaping. */
#include "jobs/lower_processing.h"

#include "spatial/reference_level.h"

/* DECISIONS 7: where tilt turns. */
static const double tilt_frequency_hz = 1000.0;

static void add_filter(MixLayer *layer, MixFilter *filters, MixFilter filter) {
    filters[layer->filter_count++] = filter;
}

/* What moves stands for the written frequency. */
static void
add_cuts(const JobLayer *written, const LayerLanes *lanes, MixLayer *layer, MixFilter *filters) {
    enum { DEFAULT_SLOPE = 12 };
    static const LaneKind kinds[] = {LANE_HPF, LANE_LPF};
    const JobFilter *const cuts[] = {&written->hpf, &written->lpf};
    for (int kind = FILTER_HIGHPASS; kind <= FILTER_LOWPASS; kind++) {
        const Lane *lane = layer_lanes_find(lanes, kinds[kind]);
        const JobFilter *cut = cuts[kind];
        if (cut->is_set || lane) {
            add_filter(layer, filters,
                       (MixFilter){.kind = (FilterKind)kind,
                                   .frequency_hz = cut->frequency_hz,
                                   .slope_db_per_octave =
                                       cut->is_set ? cut->slope_db_per_octave : DEFAULT_SLOPE,
                                   .lane = lane});
        }
    }
}

static void add_bands(const JobLayer *written, MixLayer *layer, MixFilter *filters) {
    for (int band = 0; band < written->eq_count; band++) {
        const JobEqBand *eq = &written->eq[band];
        const FilterKind kind = (FilterKind)(FILTER_BELL + eq->type.index);
        if (kind == FILTER_NOTCH || eq->gain_db.value != 0.0) {
            add_filter(layer, filters,
                       (MixFilter){.kind = kind,
                                   .frequency_hz = eq->frequency_hz.value,
                                   .gain_db = eq->gain_db.value,
                                   .q = eq->q.value});
        }
    }
}

/* Lanes that are added come on top of what stands for the written one. */
static void
add_tilts(const JobLayer *written, const LayerLanes *lanes, MixLayer *layer, MixFilter *filters) {
    const MixFilter tilt = {.kind = FILTER_TILT, .frequency_hz = tilt_frequency_hz};
    if (written->tilt_db.value != 0.0 && !layer_lanes_find(lanes, LANE_TILT)) {
        add_filter(layer, filters, tilt);
        filters[layer->filter_count - 1].gain_db = written->tilt_db.value;
    }
    for (int lane = 0; lane < lanes->count; lane++) {
        if (lanes->lanes[lane].kind == LANE_TILT) {
            add_filter(layer, filters, tilt);
            filters[layer->filter_count - 1].lane = &lanes->lanes[lane];
        }
    }
}

void lower_filters(const JobLayer *written,
                   const LayerLanes *lanes,
                   Arena *arena,
                   MixLayer *layer) {
    enum { FIXED = 3 }; /* hpf, lpf, tilt */
    const size_t limit = (size_t)written->eq_count + (size_t)lanes->count + FIXED;
    MixFilter *filters = arena_array(arena, limit, sizeof *filters);
    add_cuts(written, lanes, layer, filters);
    add_bands(written, layer, filters);
    add_tilts(written, lanes, layer, filters);
    layer->filters = filters;
}

Status lower_shaping(const JobLayer *written, MixLayer *layer, ErrorList *errors) {
    const Place send = written->lfe_send_db.place;
    layer->attack_db = written->attack_db.value;
    layer->sustain_db = written->sustain_db.value;
    if (send.line == 0) {
        return DONE;
    }
    if (layer->layout->kind == LAYOUT_AMBISONIC) {
        return fail(errors, E208, send, "`lfe` is for layers of loudspeaker channels, `%s` is %s",
                    layer->id, layer->layout->name);
    }
    layer->lfe_gain = gain_from_db(written->lfe_send_db.value);
    layer->lfe_below_hz = written->lfe_below_hz.value;
    return DONE;
}

Status lower_reference(const JobLayer *written, Arena *arena, MixLayer *layer, ErrorList *errors) {
    const Layout *layout = layer->layout;
    if (written->reference.index != REFERENCE_FILM) {
        return DONE;
    }
    if (layout->kind != LAYOUT_SPEAKERS) {
        return fail(errors, E208, written->reference.place,
                    "`reference` is for loudspeaker channels, `%s` is %s", layer->id, layout->name);
    }
    if (reference_matters(layout)) {
        double *gains = arena_array(arena, (size_t)layout->channel_count, sizeof *gains);
        for (int channel = 0; channel < layout->channel_count; channel++) {
            gains[channel] = 1.0 / reference_film_gain(layout, channel);
        }
        layer->channel_gains = gains;
    }
    return DONE;
}
