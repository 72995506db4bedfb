/* A block of ADM in the terms of the panners. */
#include "spatial/adm/adm_state.h"

#include <math.h>
#include <string.h>

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

static void place_object(const AdmItem *item, const AdmBlockFacts *facts, double place[3]) {
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
}

ObjectState adm_state_of_object(const AdmItem *item,
                                const AdmBlock *block,
                                const ScreenEdges *made_for,
                                const Layout *layout) {
    const AdmBlockFacts *const facts = &block->facts;
    double place[3];
    place_object(item, facts, place);
    adm_screen_move(facts, made_for, layout, place);
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
    return state;
}

DirectSpeaker adm_state_of_speaker(const AdmItem *item,
                                   const AdmBlock *block,
                                   const char *labels[ADM_BLOCK_LABELS]) {
    const AdmBlockFacts *const facts = &block->facts;
    const AdmItemChannel *const channel = &item->channels[0];
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
    return speaker;
}

double adm_state_gain(const AdmItem *item, const AdmBlock *block) {
    return block->facts.gain * (item->object ? item->object->gain : 1.0);
}

void adm_block_strip(AdmBlock *block) {
    AdmBlockFacts *const facts = &block->facts;
    facts->line = facts->number = 0;
    facts->rtime = facts->duration = facts->interpolation = (Rational){0, 1};
    facts->has_rtime = facts->has_duration = facts->jumps = facts->has_interpolation = false;
}

bool adm_block_is_same(const AdmBlock *a, const AdmBlock *b) {
    /* zeroed before they are filled; a padding that differs would only cost the time */
    // NOLINTBEGIN(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c)
    return memcmp(&a->facts, &b->facts, sizeof a->facts) == 0 &&
           memcmp(a->labels, b->labels, (size_t)a->facts.label_bytes) == 0 &&
           memcmp(a->zones, b->zones, (size_t)a->facts.zone_count * sizeof *a->zones) == 0;
    // NOLINTEND(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c)
}
