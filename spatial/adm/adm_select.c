/* The way from the programme down to tracks. */
#include "spatial/adm/adm_select.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "spatial/adm/adm_allocate.h"
#include "spatial/adm/adm_block_store.h"

enum { MAX_DEPTH = 64 };

typedef struct Choice {
    AdmModel *model;
    AdmRepairs *repairs;
    AdmSelection *selection;
    bool *is_used; /* [track_count] */
    int track_count;
    ErrorList *errors;
} Choice;

/* ---- programme ---- */

static Status choose_programme(Choice *choice, const char *programme_id) {
    const AdmList *const list = &choice->model->lists[ADM_PROGRAMME];
    char id[ADM_ID_BYTES];
    const AdmElement *lowest = list->first;
    for (const AdmElement *programme = list->first; programme; programme = programme->next) {
        lowest = strcmp(programme->id, lowest->id) < 0 ? programme : lowest;
    }
    choice->selection->programme = lowest;
    if (programme_id) {
        const AdmElement *const programme =
            adm_id_spell(programme_id, id) ? adm_find(choice->model, ADM_PROGRAMME, id) : NULL;
        if (!programme) {
            fail(choice->errors, E441, NO_PLACE, "`%s` has no programme %s",
                 choice->model->shown_path, programme_id);
            for (const AdmElement *other = list->first; other; other = other->next) {
                error_note(choice->errors, "it has %s", other->id);
            }
            return E441;
        }
        choice->selection->programme = programme;
    } else if (lowest && list->count > 1) {
        adm_repair(choice->repairs, NOTE_PROGRAMME, lowest->id, lowest->line);
    }
    return DONE;
}

static void leave_out_complementary(Choice *choice) {
    for (AdmElement *object = choice->model->lists[ADM_OBJECT].first; object;
         object = object->next) {
        for (AdmReference *reference = object->references; reference; reference = reference->next) {
            if (reference->role == ROLE_COMPLEMENTARY) {
                reference->target->is_left_out = true;
                adm_repair(choice->repairs, NOTE_COMPLEMENTARY, reference->target->id,
                           reference->target->line);
            }
        }
    }
}

/* ---- items ---- */

static Status fail_type(const Choice *choice, const AdmElement *pack) {
    const Place place = adm_place(choice->model, pack->line);
    if (pack->type == ADM_BINAURAL) {
        fail(choice->errors, E443, place, "%s is binaural: loudspeakers cannot play it", pack->id);
        error_note(choice->errors, "it is meant for headphones and may not be mixed in silently");
        error_help(choice->errors, "a layer of a job plays it: in layouts `binaural` and `2.0`");
        return E443;
    }
    fail(choice->errors, E443, place, "%s is a matrix: not served", pack->id);
    error_help(choice->errors, "deliver what comes out of the matrix as its own type");
    return E443;
}

static void add_item(Choice *choice, const AdmItem *item) {
    AdmItem *const copy = arena_alloc(choice->model->arena, sizeof *copy);
    AdmSelection *const selection = choice->selection;
    *copy = *item;
    copy->next = NULL;
    *(selection->last ? &selection->last->next : &selection->first) = copy;
    selection->last = copy;
    selection->counts[item->type] += item->channel_count;
    for (int channel = 0; channel < item->channel_count; ++channel) {
        if (item->channels[channel].track >= 0) {
            choice->is_used[item->channels[channel].track] = true;
        }
    }
}

/* What a HOA channel says, and what the packs on the way to it say. */
static Status hoa_facts(const Choice *choice,
                        const PackChannel *channel,
                        AdmHoaFacts *facts,
                        AdmItemChannel *item) {
    BlockCursor *const cursor = arena_alloc(choice->model->arena, sizeof *cursor);
    AdmBlock *const block = arena_alloc(choice->model->arena, sizeof *block);
    const AdmElement *const format = channel->channel;
    bool is_there = false;
    if (format->blocks.count != 1) {
        return fail(choice->errors, E443, adm_place(choice->model, format->line),
                    "%s of type HOA has %lld blocks: one is served", format->id,
                    (long long)format->blocks.count);
    }
    block_cursor_open(choice->model->blocks, format->blocks, cursor);
    TRY(block_cursor_next(cursor, block, &is_there, choice->errors));
    item->order = block->facts.order;
    item->degree = block->facts.degree;
    item->gain = block->facts.gain;
    *facts = block->facts.hoa;
    for (const PackNode *node = channel->node; node; node = node->parent) {
        const AdmHoaFacts *const pack = &node->pack->hoa;
        if (facts->normalization && pack->normalization &&
            facts->normalization != pack->normalization) {
            return fail(choice->errors, E441, adm_place(choice->model, format->line),
                        "%s and %s have different normalizations", format->id, node->pack->id);
        }
        facts->normalization = facts->normalization ? facts->normalization : pack->normalization;
        if (pack->reference_distance_m > 0.0) {
            facts->reference_distance_m = pack->reference_distance_m;
        }
        facts->screen_reference = facts->screen_reference || pack->screen_reference;
    }
    facts->normalization = facts->normalization ? facts->normalization : ADM_SN3D;
    return DONE;
}

static Status check_hoa(const Choice *choice, const AdmItem *item, int newest) {
    const AdmItemChannel *const channel = &item->channels[newest];
    for (int other = 0; other < newest; ++other) {
        if (item->channels[other].order == channel->order &&
            item->channels[other].degree == channel->degree) {
            return fail(choice->errors, E441, adm_place(choice->model, channel->channel->line),
                        "%s and %s have the same order and degree", channel->channel->id,
                        item->channels[other].channel->id);
        }
    }
    return DONE;
}

static Status add_hoa(Choice *choice, AdmItem *item, const PackTree *tree) {
    int index = 0;
    for (const PackChannel *channel = tree->first; channel; channel = channel->next, ++index) {
        AdmHoaFacts facts = {0};
        TRY(hoa_facts(choice, channel, &facts, &item->channels[index]));
        if (index > 0 && facts.normalization != item->normalization) {
            return fail(choice->errors, E441, adm_place(choice->model, channel->channel->line),
                        "the channels of %s have different normalizations",
                        tree->first_node->pack->id);
        }
        if (facts.screen_reference) {
            return fail(choice->errors, E443, adm_place(choice->model, channel->channel->line),
                        "%s refers to the screen: not served for HOA", channel->channel->id);
        }
        if (facts.reference_distance_m > 0.0) {
            adm_repair(choice->repairs, NOTE_NEAR_FIELD, tree->first_node->pack->id,
                       tree->first_node->pack->line);
        }
        item->normalization = facts.normalization;
        TRY(check_hoa(choice, item, index));
    }
    add_item(choice, item);
    return DONE;
}

/* By its common definition or by its name: BS.2094-1, table 8. */
static bool is_right_ear(const AdmElement *channel) {
    return strcmp(channel->id, "AC_00050002") == 0 ||
           (channel->name && strncasecmp(channel->name, "right", strlen("right")) == 0);
}

/* The ears sound together, the left one first. */
static Status add_ears(Choice *choice, AdmItem *item, const AdmElement *pack) {
    enum { EARS = 2 };
    if (item->channel_count != EARS) {
        return fail(choice->errors, E443, adm_place(choice->model, pack->line),
                    "%s is binaural and has %d channels: a head has two ears", pack->id,
                    item->channel_count);
    }
    AdmItemChannel *const ears = item->channels;
    if (is_right_ear(ears[0].channel) && !is_right_ear(ears[1].channel)) {
        const AdmItemChannel right = ears[0];
        ears[0] = ears[1];
        ears[1] = right;
    }
    add_item(choice, item);
    return DONE;
}

static Status add_pack(Choice *choice, TrackOffer *offer, const AdmElement *pack) {
    PackTree tree;
    if (pack->type == ADM_MATRIX ||
        (pack->type == ADM_BINAURAL && !choice->model->takes_binaural)) {
        return fail_type(choice, pack);
    }
    TRY(pack_tree_make(choice->model, pack, &tree, choice->errors));
    const size_t count = (size_t)tree.channel_count;
    const AdmElement **const tracks =
        arena_array(offer->arena, count + 1, sizeof(void *)); /* pointers */
    TRY(adm_take_tracks(choice->model, offer, &tree, tracks, choice->errors));
    AdmItem item = {.type = pack->type, .object = offer->object};
    item.channels = arena_array(offer->arena, count + 1, sizeof *item.channels);
    int index = 0;
    for (const PackChannel *channel = tree.first; channel; channel = channel->next, ++index) {
        item.channels[index] =
            (AdmItemChannel){.channel = channel->channel,
                             .pack = channel->node->pack,
                             .track = tracks[index] ? tracks[index]->track_index - 1 : -1,
                             .gain = 1.0};
    }
    item.channel_count = tree.channel_count;
    if (pack->type == ADM_HOA) {
        return add_hoa(choice, &item, &tree);
    }
    if (pack->type == ADM_BINAURAL) {
        return add_ears(choice, &item, pack);
    }
    item.channel_count = 1;
    for (int channel = 0; channel < tree.channel_count; ++channel, ++item.channels) {
        add_item(choice, &item);
    }
    return DONE;
}

static Status add_offer(Choice *choice, TrackOffer *offer) {
    for (int pack = 0; pack < offer->pack_count; ++pack) {
        TRY(add_pack(choice, offer, offer->packs[pack]));
    }
    return adm_offer_check_empty(choice->model, offer, choice->errors);
}

/* ---- objects ---- */

static bool has_parts(const AdmElement *object) {
    const AdmReference *reference = object->references;
    while (reference && (reference->kind != ADM_OBJECT || reference->role != ROLE_PART)) {
        reference = reference->next;
    }
    return reference != NULL;
}

/* BS.2076-2 does not say how the times and gains of an object act on the objects inside it. */
static Status check_object(const Choice *choice, const AdmElement *object) {
    const bool says_something = object->start.numerator != 0 || object->has_duration ||
                                object->gain != 1.0 || object->is_muted || object->has_offset;
    if (has_parts(object) && says_something) {
        return fail(choice->errors, E443, adm_place(choice->model, object->line),
                    "%s has objects inside it and a start, duration, gain, mute or positionOffset",
                    object->id);
    }
    return DONE;
}

static Status add_object(Choice *choice, const AdmElement *object, bool *is_inside) {
    TrackOffer offer;
    *is_inside = !object->is_left_out;
    if (!*is_inside) {
        return DONE;
    }
    TRY(check_object(choice, object));
    TRY(adm_offer_of_object(choice->model, object, &offer, choice->repairs, choice->errors));
    if (object->is_muted) {
        adm_repair(choice->repairs, NOTE_MUTED, object->id, object->line);
    }
    return add_offer(choice, &offer);
}

static const AdmReference *next_object(const AdmReference *reference) {
    while (reference && (reference->kind != ADM_OBJECT || reference->role != ROLE_PART)) {
        reference = reference->next;
    }
    return reference;
}

/* The object and all inside it; adm_resolve has refused circles. */
static Status add_objects(Choice *choice, const AdmElement *root) {
    const AdmReference *way[MAX_DEPTH];
    int depth = 0;
    bool is_inside = false;
    TRY(add_object(choice, root, &is_inside));
    way[0] = is_inside ? next_object(root->references) : NULL;
    while (depth >= 0) {
        const AdmReference *const reference = way[depth];
        if (!reference) {
            --depth;
            continue;
        }
        way[depth] = next_object(reference->next);
        if (depth + 1 == MAX_DEPTH) {
            return fail(choice->errors, E443, adm_place(choice->model, reference->line),
                        "objects are nested more than %d deep", MAX_DEPTH);
        }
        TRY(add_object(choice, reference->target, &is_inside));
        way[++depth] = is_inside ? next_object(reference->target->references) : NULL;
    }
    return DONE;
}

static Status add_root(Choice *choice, AdmElement *object) {
    enum { TAKEN = 100 };
    if (object->mark == TAKEN) {
        adm_repair(choice->repairs, NOTE_REPEATED, object->id, object->line);
    }
    object->mark = TAKEN;
    return add_objects(choice, object);
}

static Status add_programme(Choice *choice) {
    const AdmReference *content = choice->selection->programme->references;
    for (; content; content = content->next) {
        const AdmReference *object = next_object(content->target->references);
        for (; object; object = next_object(object->next)) {
            TRY(add_root(choice, object->target));
        }
    }
    return DONE;
}

static Status add_all_objects(Choice *choice) {
    for (AdmElement *object = choice->model->lists[ADM_OBJECT].first; object;
         object = object->next) {
        if (!object->is_part) {
            TRY(add_root(choice, object));
        }
    }
    return DONE;
}

static Status add_file(Choice *choice) {
    TrackOffer offer;
    TRY(adm_offer_of_file(choice->model, &offer, choice->errors));
    return add_offer(choice, &offer);
}

static void note_unused(Choice *choice) {
    for (int track = 0; track < choice->track_count; ++track) {
        if (!choice->is_used[track]) {
            adm_repair(choice->repairs, NOTE_UNUSED,
                       arena_format(choice->model->arena, "track %d", track + 1), 0);
        }
    }
}

Status adm_select(AdmModel *model,
                  const char *programme_id,
                  int track_count,
                  AdmRepairs *repairs,
                  AdmSelection *selection,
                  ErrorList *errors) {
    Choice choice = {.model = model,
                     .repairs = repairs,
                     .selection = selection,
                     .track_count = track_count,
                     .errors = errors};
    choice.is_used = arena_array(model->arena, (size_t)track_count, sizeof *choice.is_used);
    *selection = (AdmSelection){0};
    TRY(choose_programme(&choice, programme_id));
    leave_out_complementary(&choice);
    if (selection->programme) {
        TRY(add_programme(&choice));
    } else if (model->lists[ADM_OBJECT].count > 0) {
        TRY(add_all_objects(&choice));
    } else {
        TRY(add_file(&choice));
    }
    if (!selection->first) {
        return fail(errors, E441, NO_PLACE, "`%s`: the programme plays no track",
                    model->shown_path);
    }
    note_unused(&choice);
    return DONE;
}
