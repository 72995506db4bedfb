/* Layers that are binaural already. */
#include "jobs/lower_ears.h"

#include <string.h>

#include "spatial/layout_table.h"

Status lower_ears(const JobLayer *written, MixLayer *layer, ErrorList *errors) {
    const Place width = written->width_percent.place;
    const Place pan = written->path_count > 0 ? written->path[0].time.place : written->pan.place;
    const Place place = pan.line > 0 ? pan : width;
    if (place.line > 0) {
        fail(errors, E208, place, "`%s` is binaural: it has no place", written->id);
        error_note(errors, "each of its channels is what one ear hears");
        return E208;
    }
    layer->layout = layout_find("2.0");
    layer->is_binaural = true;
    layer->head_mode = HEAD_OFF;
    return DONE;
}

static bool plays_ears(const JobDeliverable *written) {
    const Layout *layout = written->layout_table;
    return !layout || (!written->is_adm &&
                       (layout->kind == LAYOUT_BINAURAL || strcmp(layout->name, "2.0") == 0));
}

Status lower_ears_check(const JobDeliverable *written, const Mix *mix, ErrorList *errors) {
    for (int layer = 0; layer < mix->layer_count && !plays_ears(written); layer++) {
        if (mix->layers[layer].is_binaural) {
            const Place place =
                written->layout.place.line > 0 ? written->layout.place : written->id_place;
            fail(errors, E208, place, "`%s` is binaural: %s cannot play it", mix->layers[layer].id,
                 written->is_adm ? "an ADM master of loudspeakers" : written->layout_table->name);
            error_mark(errors, mix->layers[layer].place, "this one");
            error_note(errors, "it is meant for headphones: layouts `binaural` and `2.0` play it");
            return E208;
        }
    }
    return DONE;
}
