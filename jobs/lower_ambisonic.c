/* How an ambisonic layer is read, turned and decoded. */
#include "jobs/lower_ambisonic.h"

#include <stddef.h>

#include "render/processors/two_band.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/harmonics.h"
#include "spatial/max_re.h"

enum { MAX_RE_NO, MAX_RE_YES, MAX_RE_TWO_BAND }; /* the words of layers.*.max_re */

static const double head_radius_m = 0.09;

typedef struct Written { /* a key of a scene, and where it stands */
    const char *key;
    Place place;
} Written;

static Status check_layer(const JobAmbisonic *scene, const MixLayer *layer, ErrorList *errors) {
    const Written keys[] = {
        {"rotate",        scene->yaw_deg.place      },
        {"rotate",        scene->pitch_deg.place    },
        {"rotate",        scene->roll_deg.place     },
        {"normalisation", scene->normalisation.place},
        {"decoder",       scene->decoder.place      },
        {"max_re",        scene->max_re.place       }
    };
    for (size_t key = 0; key < sizeof keys / sizeof *keys; key++) {
        if (keys[key].place.line > 0) {
            return fail(errors, E208, keys[key].place, "`%s` is for ambisonic layers, `%s` is %s",
                        keys[key].key, layer->id, layer->layout->name);
        }
    }
    return DONE;
}

/* The bands are split once for all deliverables. */
static Status check_bands(const JobSpec *job, const JobAmbisonic *scene, ErrorList *errors) {
    for (int index = 0; index < job->deliverable_count; index++) {
        const JobDeliverable *deliverable = &job->deliverables[index];
        if (deliverable->layout_table && deliverable->layout_table->kind != LAYOUT_SPEAKERS) {
            fail(errors, E208, scene->max_re.place, "two bands are for loudspeakers, `%s` is %s",
                 deliverable->id, deliverable->layout_table->name);
            error_mark(errors, deliverable->layout.place, "delivered here");
            error_help(errors, "write `max_re: yes`, or deliver that from another job");
            return E208;
        }
    }
    return DONE;
}

Status
lower_ambisonic(const JobSpec *job, const JobLayer *written, MixLayer *layer, ErrorList *errors) {
    const JobAmbisonic *scene = &written->ambisonic;
    if (layer->layout->kind != LAYOUT_AMBISONIC) {
        return check_layer(scene, layer, errors);
    }
    const int order = harmonic_degree(layer->layout->channel_count - 1);
    layer->ambisonic =
        (MixAmbisonic){.is_n3d = scene->normalisation.index == HARMONIC_N3D,
                       .yaw_deg = scene->yaw_deg.value,
                       .pitch_deg = scene->pitch_deg.value,
                       .roll_deg = scene->roll_deg.value,
                       .has_decoder = scene->decoder.index >= 0,
                       .decoder = scene->decoder.index >= 0 ? scene->decoder.index : 0,
                       .has_max_re = scene->max_re.index >= 0,
                       .max_re = scene->max_re.index == MAX_RE_YES};
    if (scene->max_re.index == MAX_RE_TWO_BAND) {
        TRY(check_bands(job, scene, errors));
        layer->ambisonic.crossover_hz = two_band_crossover_hz(order, head_radius_m);
        max_re_weights(order, MAX_RE_EXACT, MAX_RE_KEEPS_POWER, layer->ambisonic.high_weights);
    }
    return DONE;
}
