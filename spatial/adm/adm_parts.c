/* What an ADM file holds, in parts that a job can play as layers. */
#include "spatial/adm/adm_parts.h"

#include <string.h>

#include "render/base/wildcard.h"
#include "spatial/adm/adm_block_store.h"
#include "spatial/adm/adm_path.h"
#include "spatial/adm/adm_state.h"
#include "spatial/cube_conversion.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"

enum { FUMA_MAX_ORDER = 3 };

typedef struct Parting {
    const AdmPartsOrder *order;
    const AdmFacts *facts;
    ScreenEdges made_for;
    Arena *arena;
    AdmParts *parts;
    ErrorList *errors;
} Parting;

static const AdmElement *format_of(const AdmItem *item, int channel) {
    return item->channels[channel].channel;
}

static Status
fail_part(const Parting *parting, const AdmItem *item, int channel, const char *what) {
    const AdmElement *const format = format_of(item, channel);
    fail(parting->errors, E443, adm_place(parting->facts->model, format->line),
         "%s %s: not served as a layer of a job", format->id, what);
    error_help(parting->errors, "`nocturne adm` renders it");
    return E443;
}

/* ---- states ---- */

static ObjectState object_state(const void *context, const AdmItem *item, const AdmBlock *block) {
    const Parting *const parting = context;
    /* the layout matters only to what check_blocks refuses */
    ObjectState state = adm_state_of_object(item, block, &parting->made_for, layout_find("2.0"));
    state.gain_db = db_from_gain(adm_state_gain(item, block));
    return state;
}

static Position place_of_speaker(const AdmBlockFacts *facts) {
    Position at = {facts->place[0].value, facts->place[1].value, facts->place[2].value, 0.0};
    if (facts->is_cartesian) {
        const double place[3] = {facts->place[0].value, facts->place[1].value,
                                 facts->place[2].value};
        cube_position_to_polar(place, &at.azimuth_deg, &at.elevation_deg, &at.distance_m);
    }
    return at;
}

/* Where buses that know no loudspeaker of that name hear it from. */
static ObjectState speaker_state(const void *context, const AdmItem *item, const AdmBlock *block) {
    (void)context;
    return (ObjectState){.position = place_of_speaker(&block->facts),
                         .gain_db = db_from_gain(adm_state_gain(item, block))};
}

static ObjectState scene_state(const void *context, const AdmItem *item, const AdmBlock *block) {
    (void)context;
    (void)block;
    return (ObjectState){.position = {.distance_m = 1.0},
                         .gain_db = db_from_gain(item->object ? item->object->gain : 1.0)};
}

/* ---- what layers cannot be ---- */

typedef struct BlockWalk {
    BlockCursor cursor;
    AdmBlock first, now;
    double gain; /* of now: it is stripped of it */
} BlockWalk;

/* The cube leans towards loudspeakers that only some layouts have (BS.2127-1, 7.3.3). */
static bool is_cube_on_screen(const AdmBlock *block) {
    const AdmBlockFacts *const facts = &block->facts;
    return facts->is_cartesian &&
           (facts->refers_to_screen || facts->horizontal_edge != NO_SCREEN_EDGE ||
            facts->vertical_edge != NO_SCREEN_EDGE);
}

static bool is_same_but_for_gain(const AdmBlock *first, AdmBlock *other) {
    adm_block_strip(other);
    other->facts.gain = first->facts.gain;
    return adm_block_is_same(first, other);
}

/* first: of the channel, stripped. */
static Status
check_blocks(const Parting *parting, const AdmItem *item, int channel, BlockWalk *walk) {
    bool is_there = true;
    block_cursor_open(parting->facts->model->blocks, format_of(item, channel)->blocks,
                      &walk->cursor);
    TRY(block_cursor_next(&walk->cursor, &walk->first, &is_there, parting->errors));
    adm_block_strip(&walk->first);
    walk->now = walk->first;
    while (is_there) {
        walk->gain = walk->now.facts.gain;
        if (item->type == ADM_OBJECTS && is_cube_on_screen(&walk->now)) {
            return fail_part(parting, item, channel, "is Cartesian and refers to the screen");
        }
        if (item->type != ADM_OBJECTS && !is_same_but_for_gain(&walk->first, &walk->now)) {
            return fail_part(parting, item, channel, "moves and is no object");
        }
        if (item->type == ADM_BINAURAL && walk->gain != walk->first.facts.gain) {
            return fail_part(parting, item, channel, "is binaural and changes its gain");
        }
        TRY(block_cursor_next(&walk->cursor, &walk->now, &is_there, parting->errors));
    }
    return DONE;
}

/* ---- parts ---- */

static Status make_path(const Parting *parting, const AdmItem *item, AdmPart *part) {
    const AdmPathOrder order = {
        .file = parting->order->file,
        .shift_s = parting->order->shift_s,
        .rate_hz = parting->order->rate_hz,
        .state_of = item->type == ADM_OBJECTS           ? object_state
                    : item->type == ADM_DIRECT_SPEAKERS ? speaker_state
                                                        : scene_state,
        .context = parting,
    };
    return adm_path_make(&order, item, 0, parting->arena, &part->path, parting->errors);
}

static void keep_track(const Parting *parting, int track, AdmPart *part) {
    int *const tracks = arena_array(parting->arena, 1, sizeof *tracks);
    *tracks = track;
    part->tracks = tracks;
}

static const DirectSpeaker *
keep_speaker(const Parting *parting, const AdmItem *item, const AdmBlock *block) {
    const char **const labels = arena_array(parting->arena, ADM_BLOCK_LABELS, sizeof(char *));
    DirectSpeaker *const speaker = arena_alloc(parting->arena, sizeof *speaker);
    *speaker = adm_state_of_speaker(item, block, labels);
    for (int label = 0; label < speaker->label_count; ++label) {
        labels[label] = arena_copy_text(parting->arena, labels[label]);
    }
    speaker->pack_id = speaker->pack_id ? arena_copy_text(parting->arena, speaker->pack_id) : NULL;
    return speaker;
}

/* A layout of that one loudspeaker. */
static const Layout *
layout_of(const Parting *parting, const DirectSpeaker *speaker, const Position *at) {
    const char *const label =
        speaker->label_count > 0 ? direct_speaker_label(speaker->labels[0]) : "";
    Channel *const channel = arena_alloc(parting->arena, sizeof *channel);
    Layout *const layout = arena_alloc(parting->arena, sizeof *layout);
    if (!layout_find_channel(label, channel)) {
        *channel = (Channel){.label = label, .position = *at, .loudness_weight = 1.0};
    }
    channel->role = direct_speaker_is_lfe(speaker) ? CHANNEL_LFE : CHANNEL_SPEAKER;
    *layout = (Layout){.name = arena_format(parting->arena, "loudspeaker %s", channel->label),
                       .kind = LAYOUT_SPEAKERS,
                       .channels = channel,
                       .channel_count = 1};
    return layout;
}

static Status part_of_channel(const Parting *parting, const AdmItem *item, AdmPart *part) {
    Arena *scratch = arena_create();
    BlockWalk *const walk = arena_alloc(scratch, sizeof *walk);
    const Status status = check_blocks(parting, item, 0, walk);
    part->layout = layout_find("1.0");
    part->is_object = item->type == ADM_OBJECTS;
    if (status == DONE && !part->is_object) {
        const Position at = place_of_speaker(&walk->first.facts);
        part->speaker = keep_speaker(parting, item, &walk->first);
        part->layout = layout_of(parting, part->speaker, &at);
    }
    arena_destroy(&scratch);
    TRY(status);
    keep_track(parting, item->channels[0].track, part);
    return make_path(parting, item, part);
}

/* The channels of a scene sound together. */
static Status check_scene_times(const Parting *parting, const AdmItem *item) {
    Arena *scratch = arena_create();
    BlockWalk *const walk = arena_alloc(scratch, sizeof *walk);
    Status status = DONE;
    for (int channel = 0; status == DONE && channel < item->channel_count; ++channel) {
        bool is_there = false;
        AdmBlock *const block = channel == 0 ? &walk->first : &walk->now;
        block_cursor_open(parting->facts->model->blocks, format_of(item, channel)->blocks,
                          &walk->cursor);
        status = block_cursor_next(&walk->cursor, block, &is_there, parting->errors);
        if (status == DONE &&
            (rational_compare(block->facts.rtime, walk->first.facts.rtime) != 0 ||
             block->facts.has_duration != walk->first.facts.has_duration ||
             rational_compare(block->facts.duration, walk->first.facts.duration) != 0)) {
            status = fail_part(parting, item, channel, "sounds at other times than its pack");
        }
    }
    arena_destroy(&scratch);
    return status;
}

static Status part_of_scene(const Parting *parting, const AdmItem *item, AdmPart *part) {
    const Layout *layout = NULL;
    TRY(check_scene_times(parting, item));
    for (int order = 1; order <= HARMONIC_MAX_ORDER; ++order) {
        const Layout *const of = layout_find(arena_format(parting->arena, "hoa%d", order));
        layout = of->channel_count == item->channel_count ? of : layout;
    }
    if (!layout) {
        return fail_part(parting, item, 0, "belongs to a pack that is no whole order");
    }
    int *const tracks = arena_array(parting->arena, (size_t)item->channel_count, sizeof *tracks);
    double *const gains = arena_array(parting->arena, (size_t)item->channel_count, sizeof *gains);
    for (int channel = 0; channel < item->channel_count; ++channel) {
        const AdmItemChannel *const of = &item->channels[channel];
        const int acn = of->order * (of->order + 1) + of->degree;
        if (acn >= item->channel_count) {
            return fail_part(parting, item, channel, "belongs to a pack that is no whole order");
        }
        if (item->normalization == ADM_FUMA && of->order > FUMA_MAX_ORDER) {
            return fail_part(parting, item, channel, "is FuMa above third order");
        }
        tracks[acn] = of->track;
        gains[acn] = of->gain;
        if (item->normalization == ADM_FUMA) {
            gains[acn] /= harmonic_fuma_factor(of->order, of->degree);
        }
    }
    part->layout = layout;
    part->tracks = tracks;
    part->gains = gains;
    part->is_n3d = item->normalization == ADM_N3D;
    return make_path(parting, item, part);
}

/* What reaches the ears does not move: one block each, or the same again and again. */
static Status check_ear(const Parting *parting, const AdmItem *item, int ear, double *gain) {
    Arena *scratch = arena_create();
    BlockWalk *const walk = arena_alloc(scratch, sizeof *walk);
    const Status status = check_blocks(parting, item, ear, walk);
    *gain = walk->first.facts.gain;
    arena_destroy(&scratch);
    return status;
}

static Status part_of_ears(const Parting *parting, const AdmItem *item, AdmPart *part) {
    int *const tracks = arena_array(parting->arena, (size_t)item->channel_count, sizeof *tracks);
    double *const gains = arena_array(parting->arena, (size_t)item->channel_count, sizeof *gains);
    TRY(check_scene_times(parting, item));
    for (int ear = 0; ear < item->channel_count; ++ear) {
        TRY(check_ear(parting, item, ear, &gains[ear]));
        tracks[ear] = item->channels[ear].track;
    }
    part->layout = layout_find("2.0");
    part->tracks = tracks;
    part->gains = gains;
    part->is_binaural = true;
    return make_path(parting, item, part);
}

static Status make_part(const Parting *parting, const AdmItem *item, AdmPart *part) {
    switch (item->type) {
    case ADM_HOA:
        return part_of_scene(parting, item, part);
    case ADM_BINAURAL:
        return part_of_ears(parting, item, part);
    default:
        return part_of_channel(parting, item, part);
    }
}

static bool is_heard(const AdmItem *item) {
    bool has_track = false;
    for (int channel = 0; channel < item->channel_count; ++channel) {
        has_track = has_track || item->channels[channel].track >= 0;
    }
    return has_track && !(item->object && item->object->is_muted);
}

static bool is_wanted(const AdmPartsOrder *order, const AdmItem *item) {
    return !order->object ||
           (item->object &&
            (wildcard_matches(order->object, item->object->id) ||
             (item->object->name && wildcard_matches(order->object, item->object->name))));
}

/* The items of an object stand one behind the other. */
static const char *name_part(const Parting *parting, const AdmItem *item, int *number) {
    const AdmItem *const next = item->next;
    if (!item->object) {
        return arena_copy_text(parting->arena, format_of(item, 0)->id);
    }
    const bool has_next = next && next->object == item->object;
    ++*number;
    const char *const id = *number == 1 && !has_next
                               ? arena_copy_text(parting->arena, item->object->id)
                               : arena_format(parting->arena, "%s_%d", item->object->id, *number);
    *number = has_next ? *number : 0;
    return id;
}

Status
adm_parts_list(const AdmPartsOrder *order, Arena *arena, AdmParts *parts, ErrorList *errors) {
    static const AdmScreen no_screen = {0};
    const AdmFacts *const facts = adm_facts(order->file);
    const AdmElement *const programme = facts->selection->programme;
    const Parting parting = {
        order, facts, adm_screen_edges(programme ? &programme->screen : &no_screen),
        arena, parts, errors};
    size_t capacity = 1;
    int number = 0;
    for (const AdmItem *item = facts->selection->first; item; item = item->next) {
        ++capacity;
    }
    *parts = (AdmParts){.parts = arena_array(arena, capacity, sizeof *parts->parts)};
    for (const AdmItem *item = facts->selection->first; item; item = item->next) {
        const char *const id = name_part(&parting, item, &number);
        AdmPart *const part = &parts->parts[parts->count];
        if (!is_wanted(order, item) || !is_heard(item)) {
            continue;
        }
        part->id = id;
        TRY(make_part(&parting, item, part));
        ++parts->count;
    }
    return DONE;
}
