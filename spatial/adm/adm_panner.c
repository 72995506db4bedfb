/* Blocks as gains of a layout. */
#include "spatial/adm/adm_panner.h"

#include <math.h>
#include <string.h>

#include "spatial/adm/adm_screen.h"
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

/* Over a pole and on the other side down again; azimuth -180 .. 180. */
static void fold_polar(double place[3]) {
    place[1] = remainder(place[1], 360.0);
    if (fabs(place[1]) > 90.0) {
        place[0] += 180.0;
        place[1] = copysign(180.0, place[1]) - place[1];
    }
    if (fabs(place[0]) > 180.0) {
        place[0] = remainder(place[0], 360.0);
    }
    place[2] = fmax(place[2], 0.0);
}

static void place_object(const AdmPanner *panner,
                         const AdmItem *item,
                         const AdmBlockFacts *facts,
                         double place[3]) {
    for (int axis = 0; axis < 3; ++axis) {
        const double offset =
            item->object && item->object->has_offset ? item->object->offset[axis] : 0.0;
        place[axis] = facts->place[axis].value + offset;
        if (facts->is_cartesian) {
            place[axis] = fmin(fmax(place[axis], -1.0), 1.0);
        }
    }
    if (!facts->is_cartesian) {
        fold_polar(place);
    }
    adm_screen_move(facts, &panner->made_for, panner->layout, place);
}

static void pan_object(const AdmPanner *panner,
                       const AdmItem *item,
                       const AdmBlock *block,
                       double *direct,
                       double *diffuse) {
    const AdmBlockFacts *const facts = &block->facts;
    double place[3];
    place_object(panner, item, facts, place);
    ObjectState state = {
        .is_cartesian = facts->is_cartesian,
        .width = facts->width,
        /* ADM: depth goes along y, height along z (BS.2076-2, table 16) */
        .height = facts->is_cartesian ? facts->depth : facts->height,
        .depth = facts->is_cartesian ? facts->height : facts->depth,
        .divergence = facts->divergence,
        .divergence_range = facts->is_cartesian ? facts->position_range : facts->azimuth_range_deg,
        .is_locked = facts->is_locked,
        .has_lock_distance = facts->has_lock_distance,
        .lock_distance = facts->lock_distance,
        .diffuse = facts->diffuse,
        .zones = block->zones,
        .zone_count = facts->zone_count,
    };
    if (facts->is_cartesian) {
        state.x = place[0];
        state.y = place[1];
        state.z = place[2];
    } else {
        state.position = (Position){place[0], place[1], place[2], 0.0};
    }
    object_panner_gains(panner->objects, &state, direct, diffuse);
}

static void
pan_speaker(const AdmPanner *panner, const AdmItem *item, const AdmBlock *block, double *direct) {
    const AdmBlockFacts *const facts = &block->facts;
    const AdmItemChannel *const channel = &item->channels[0];
    const char *labels[ADM_BLOCK_LABELS];
    const char *text = block->labels;
    for (int label = 0; label < facts->label_count; ++label) {
        labels[label] = text;
        text += strlen(text) + 1;
    }
    DirectSpeaker speaker = {
        .labels = labels,
        .label_count = facts->label_count,
        .pack_id = channel->pack->id,
        .is_cartesian = facts->is_cartesian,
        .horizontal_edge = facts->horizontal_edge,
        .vertical_edge = facts->vertical_edge,
        .low_pass_hz = channel->channel->low_pass_hz,
        .high_pass_hz = channel->channel->high_pass_hz,
    };
    if (facts->is_cartesian) {
        speaker.x = facts->place[0];
        speaker.y = facts->place[1];
        speaker.z = facts->place[2];
    } else {
        speaker.azimuth = facts->place[0];
        speaker.elevation = facts->place[1];
        speaker.distance = facts->place[2];
    }
    direct_speakers_gains(panner->speakers, &speaker, direct);
}

void adm_panner_gains(const AdmPanner *panner,
                      const AdmItem *item,
                      const AdmBlock *block,
                      double *direct,
                      double *diffuse) {
    const int count = panner->layout->channel_count;
    const double gain = block->facts.gain * (item->object ? item->object->gain : 1.0);
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

/* N3D times this is the normalization. FuMa: Malham 2003 in the terms of SN3D. */
static double normalization_factor(AdmNormalization normalization, int order, int degree) {
    /* of degree 0 .. order of each order in turn */
    static const double fuma[10] = {0.70710678118654752,
                                    1.0,
                                    1.0,
                                    1.0,
                                    1.1547005383792515,
                                    1.1547005383792515,
                                    1.0,
                                    1.1858541225631423,
                                    1.3416407864998738,
                                    1.2649110640673518};
    const double semi = 1.0 / sqrt(2.0 * order + 1.0);
    switch (normalization) {
    case ADM_N3D:
        return 1.0;
    case ADM_FUMA:
        return semi * fuma[order * (order + 1) / 2 + (degree < 0 ? -degree : degree)];
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
