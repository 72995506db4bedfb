/* Filters of a layer, in the order they are passed. */
#include "jobs/lower_processing.h"

/* DECISIONS 7: where tilt turns. */
static const double tilt_frequency_hz = 1000.0;

static void add_filter(MixLayer *layer, MixFilter *filters, MixFilter filter) {
    filters[layer->filter_count++] = filter;
}

static void add_cuts(const JobLayer *written, MixLayer *layer, MixFilter *filters) {
    const JobFilter *const cuts[] = {&written->hpf, &written->lpf};
    for (int kind = FILTER_HIGHPASS; kind <= FILTER_LOWPASS; kind++) {
        if (cuts[kind]->is_set) {
            add_filter(layer, filters,
                       (MixFilter){.kind = (FilterKind)kind,
                                   .frequency_hz = cuts[kind]->frequency_hz,
                                   .slope_db_per_octave = cuts[kind]->slope_db_per_octave});
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

void lower_filters(const JobLayer *written, Arena *arena, MixLayer *layer) {
    enum { FIXED = 3 }; /* hpf, lpf, tilt */
    MixFilter *filters = arena_array(arena, (size_t)written->eq_count + FIXED, sizeof *filters);
    add_cuts(written, layer, filters);
    add_bands(written, layer, filters);
    if (written->tilt_db.value != 0.0) {
        add_filter(layer, filters,
                   (MixFilter){.kind = FILTER_TILT,
                               .frequency_hz = tilt_frequency_hz,
                               .gain_db = written->tilt_db.value});
    }
    layer->filters = filters;
}
