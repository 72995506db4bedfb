/* What a layer does to its sound: defaults that depend on other keys, and conflicts. */
#include "jobs/job_processing.h"

/* DECISIONS 7; a notch is for one resonance. In the order of layers.*.eq[].type. */
static const double default_q[] = {1.0, 0.707, 0.707, 10.0};
enum { NOTCH = 3 };

static bool is_written(Place place) {
    return place.line > 0;
}

static void complete_band(JobEqBand *band, ErrorList *errors) {
    if (band->type.index < 0) {
        return;
    }
    const bool is_notch = band->type.index == NOTCH;
    if (is_notch && is_written(band->gain_db.place)) {
        fail(errors, E208, band->gain_db.place, "a notch has no `gain`: it takes out all");
        error_help(errors, "for less, use `type: bell` with a negative gain");
    }
    if (!is_written(band->q.place)) {
        band->q.value = default_q[band->type.index];
    }
}

void job_processing_complete(JobLayer *layer, ErrorList *errors) {
    for (int band = 0; band < layer->eq_count; band++) {
        complete_band(&layer->eq[band], errors);
    }
}
