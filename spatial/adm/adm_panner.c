/* Blocks as gains of a layout. */
#include "spatial/adm/adm_panner.h"

#include <math.h>
#include <string.h>

#include "spatial/adm/adm_screen.h"
#include "spatial/adm/adm_state.h"
#include "spatial/decoder_matrix.h"
#include "spatial/direct_speakers.h"
#include "spatial/harmonics.h"
#include "spatial/object_gains.h"
#include "spatial/point_source.h"

struct AdmPanner {
    const Layout *layout;
    ScreenEdges made_for;
    ObjectPanner *objects;
    DirectSpeakers *speakers;
};

Status adm_panner_create(const Layout *layout,
                         const AdmElement *programme,
                         Arena *arena,
                         AdmPanner **panner,
                         ErrorList *errors) {
    static const AdmScreen no_screen = {0};
    AdmPanner *const made = arena_alloc(arena, sizeof *made);
    made->layout = layout;
    made->made_for = adm_screen_edges(programme ? &programme->screen : &no_screen);
    TRY(object_panner_create(layout, arena, &made->objects, errors));
    TRY(direct_speakers_create(layout, arena, &made->speakers, errors));
    *panner = made;
    return DONE;
}

static void multiply(double *gains, double gain, int count) {
    for (int channel = 0; channel < count; ++channel) {
        gains[channel] *= gain;
    }
}

static void pan_object(const AdmPanner *panner,
                       const AdmItem *item,
                       const AdmBlock *block,
                       double *direct,
                       double *diffuse) {
    const ObjectState state = adm_state_of_object(item, block, &panner->made_for, panner->layout);
    object_panner_gains(panner->objects, &state, direct, diffuse);
}

static void
pan_speaker(const AdmPanner *panner, const AdmItem *item, const AdmBlock *block, double *direct) {
    const char *labels[ADM_BLOCK_LABELS];
    const DirectSpeaker speaker = adm_state_of_speaker(item, block, labels);
    direct_speakers_gains(panner->speakers, &speaker, direct);
}

void adm_panner_gains(const AdmPanner *panner,
                      const AdmItem *item,
                      const AdmBlock *block,
                      double *direct,
                      double *diffuse) {
    const int count = panner->layout->channel_count;
    const double gain = adm_state_gain(item, block);
    memset(diffuse, 0, sizeof *diffuse * (size_t)count);
    if (item->type == ADM_OBJECTS) {
        pan_object(panner, item, block, direct, diffuse);
    } else {
        pan_speaker(panner, item, block, direct);
    }
    multiply(direct, gain, count);
    multiply(diffuse, gain, count);
}

/* ---- HOA ---- */

/* N3D times this is the normalization. */
static double normalization_factor(AdmNormalization normalization, int order, int degree) {
    const double semi = 1.0 / sqrt(2.0 * order + 1.0);
    switch (normalization) {
    case ADM_N3D:
        return 1.0;
    case ADM_FUMA:
        return semi * harmonic_fuma_factor(order, degree);
    default:
        return semi;
    }
}

static Status check_orders(const AdmItem *item, int *order, ErrorList *errors) {
    *order = 0;
    for (int channel = 0; channel < item->channel_count; ++channel) {
        const AdmItemChannel *const of = &item->channels[channel];
        const int limit = item->normalization == ADM_FUMA ? 3 : HARMONIC_MAX_ORDER;
        if (of->order > limit) {
            return fail(errors, E443, NO_PLACE, "%s is of order %d: orders up to %d are rendered",
                        of->channel->id, of->order, limit);
        }
        *order = of->order > *order ? of->order : *order;
    }
    return DONE;
}

/* The decoder of BS.2127-1, 9.2 for the harmonics that are there: of unit power on the mean over
 * the sphere. */
Status adm_panner_decoder(
    const AdmPanner *panner, const AdmItem *item, Arena *arena, double *gains, ErrorList *errors) {
    const int count = panner->layout->channel_count;
    int order = 0;
    double power = 0.0;
    TRY(check_orders(item, &order, errors));
    const int harmonic_count = (order + 1) * (order + 1);
    double *const matrix =
        arena_array(arena, (size_t)count * (size_t)harmonic_count, sizeof *matrix);
    TRY(decoder_matrix(panner->layout, order, DECODER_REFERENCE, arena, matrix, errors));
    for (int cell = 0; cell < count * item->channel_count; ++cell) {
        const AdmItemChannel *const of = &item->channels[cell / count];
        const int acn = of->order * (of->order + 1) + of->degree;
        const double semi = 1.0 / sqrt(2.0 * of->order + 1.0); /* the matrix is for SN3D */
        gains[cell] = matrix[(cell % count) * harmonic_count + acn] * semi;
        power += gains[cell] * gains[cell];
    }
    const double object_gain = item->object ? item->object->gain : 1.0;
    for (int cell = 0; cell < count * item->channel_count; ++cell) {
        const AdmItemChannel *const of = &item->channels[cell / count];
        const double factor = normalization_factor(item->normalization, of->order, of->degree);
        gains[cell] *= object_gain * of->gain / (factor * sqrt(power));
    }
    return DONE;
}

Status adm_panner_check(const AdmModel *model, const AdmItem *item, ErrorList *errors) {
    const AdmElement *const object = item->object;
    if (object && object->has_offset && item->type != ADM_OBJECTS) {
        return fail(errors, E443, adm_place(model, object->line),
                    "%s has a positionOffset, which only Objects have", object->id);
    }
    return DONE;
}
