/* Tracks find their channels: by the channel that each names, inside the packs of its object. */
#include "spatial/adm/adm_allocate.h"

static Status check_uid(const AdmModel *model, const AdmElement *uid, ErrorList *errors) {
    if (uid->track_index == 0) {
        return fail(errors, E441, adm_place(model, uid->line),
                    "%s is not in the chna chunk: no track belongs to it", uid->id);
    }
    if (!uid->channel) {
        return fail(errors, E441, adm_place(model, uid->line),
                    "%s refers to no channel or track format, neither in axml nor in chna",
                    uid->id);
    }
    return DONE;
}

static void add_pack(TrackOffer *offer, const AdmElement *pack) {
    offer->packs[offer->pack_count++] = pack;
}

static bool has_pack(const TrackOffer *offer, const AdmElement *pack) {
    for (int index = 0; index < offer->pack_count; ++index) {
        if (offer->packs[index] == pack) {
            return true;
        }
    }
    return false;
}

/* A pack inside another one that the tracks name is played as part of it. */
static Status drop_inner_packs(const AdmModel *model, TrackOffer *offer, ErrorList *errors) {
    bool *const is_inner = arena_array(offer->arena, (size_t)offer->pack_count, sizeof *is_inner);
    for (int outer = 0; outer < offer->pack_count; ++outer) {
        PackTree tree;
        TRY(pack_tree_make(model, offer->packs[outer], &tree, errors));
        for (int inner = 0; inner < offer->pack_count; ++inner) {
            is_inner[inner] = is_inner[inner] ||
                              (inner != outer && pack_tree_has_pack(&tree, offer->packs[inner]));
        }
    }
    int count = 0;
    for (int index = 0; index < offer->pack_count; ++index) {
        if (!is_inner[index]) {
            offer->packs[count++] = offer->packs[index];
        }
    }
    offer->pack_count = count;
    return DONE;
}

/* Of tracks whose owner names no pack. */
static Status derive_packs(const AdmModel *model, TrackOffer *offer, ErrorList *errors) {
    for (int index = 0; index < offer->uid_count; ++index) {
        const AdmElement *const pack = offer->uids[index]->pack;
        if (!pack) {
            return fail(errors, E441, adm_place(model, offer->uids[index]->line),
                        "%s refers to no pack, nor does %s", offer->uids[index]->id, offer->owner);
        }
        if (!has_pack(offer, pack)) {
            add_pack(offer, pack);
        }
    }
    return drop_inner_packs(model, offer, errors);
}

static void count_references(const AdmElement *object, int *uid_count, int *pack_count) {
    for (const AdmReference *reference = object->references; reference;
         reference = reference->next) {
        *uid_count += reference->kind == ADM_TRACK_UID;
        *pack_count += reference->kind == ADM_PACK;
    }
}

Status adm_offer_of_object(const AdmModel *model,
                           const AdmElement *object,
                           TrackOffer *offer,
                           AdmRepairs *repairs,
                           ErrorList *errors) {
    int uid_count = 0;
    int pack_count = 0;
    count_references(object, &uid_count, &pack_count);
    *offer = (TrackOffer){.object = object,
                          .owner = object->id,
                          .line = object->line,
                          .silent_count = object->silent_count,
                          .arena = model->arena};
    offer->uids = arena_array(model->arena, (size_t)uid_count + 1, sizeof(AdmElement *));
    offer->packs =
        arena_array(model->arena, (size_t)uid_count + (size_t)pack_count + 1, sizeof(AdmElement *));
    for (const AdmReference *reference = object->references; reference;
         reference = reference->next) {
        if (reference->kind == ADM_PACK) {
            add_pack(offer, reference->target);
        } else if (reference->kind == ADM_TRACK_UID) {
            TRY(check_uid(model, reference->target, errors));
            offer->uids[offer->uid_count++] = reference->target;
        }
    }
    if (uid_count > 0 && pack_count == 0) {
        adm_repair(repairs, REPAIR_PACK_REFERENCE, object->id, object->line);
        return derive_packs(model, offer, errors);
    }
    return DONE;
}

Status adm_offer_of_file(const AdmModel *model, TrackOffer *offer, ErrorList *errors) {
    const AdmList *const list = &model->lists[ADM_TRACK_UID];
    *offer = (TrackOffer){.owner = "the chna chunk", .arena = model->arena};
    offer->uids = arena_array(model->arena, (size_t)list->count + 1, sizeof(AdmElement *));
    offer->packs = arena_array(model->arena, (size_t)list->count + 1, sizeof(AdmElement *));
    for (AdmElement *uid = list->first; uid; uid = uid->next) {
        TRY(check_uid(model, uid, errors));
        offer->uids[offer->uid_count++] = uid;
    }
    return derive_packs(model, offer, errors);
}

static bool fits(const AdmElement *uid, const PackChannel *channel) {
    return uid && uid->channel == channel->channel &&
           (!uid->pack || pack_tree_leads(channel, uid->pack));
}

/* -1: none. is_only: there is no other one. */
static int find_uid(const TrackOffer *offer, const PackChannel *channel, bool *is_only) {
    int found = -1;
    *is_only = true;
    for (int index = 0; index < offer->uid_count; ++index) {
        if (fits(offer->uids[index], channel)) {
            *is_only = *is_only && found < 0;
            found = found < 0 ? index : found;
        }
    }
    return found;
}

Status adm_take_tracks(const AdmModel *model,
                       TrackOffer *offer,
                       const PackTree *tree,
                       const AdmElement **tracks,
                       ErrorList *errors) {
    int index = 0;
    for (const PackChannel *channel = tree->first; channel; channel = channel->next, ++index) {
        bool is_only = true;
        const int uid = find_uid(offer, channel, &is_only);
        const AdmElement *const pack = tree->first_node->pack;
        if (uid < 0 && offer->silent_count == 0) {
            return fail(errors, E441, adm_place(model, offer->line), "%s has no track for %s of %s",
                        offer->owner, channel->channel->id, pack->id);
        }
        if (!is_only && tree->channel_count > 1) {
            return fail(errors, E441, adm_place(model, offer->line),
                        "%s has several tracks for %s of %s: which belong together is not told",
                        offer->owner, channel->channel->id, pack->id);
        }
        tracks[index] = uid < 0 ? NULL : offer->uids[uid];
        offer->silent_count -= uid < 0;
        if (uid >= 0) {
            offer->uids[uid] = NULL;
        }
    }
    return DONE;
}

Status adm_offer_check_empty(const AdmModel *model, const TrackOffer *offer, ErrorList *errors) {
    for (int index = 0; index < offer->uid_count; ++index) {
        const AdmElement *const uid = offer->uids[index];
        if (uid) {
            return fail(errors, E441, adm_place(model, offer->line),
                        "%s of %s plays %s, which is in none of its packs", uid->id, offer->owner,
                        uid->channel->id);
        }
    }
    if (offer->silent_count > 0) {
        return fail(errors, E441, adm_place(model, offer->line),
                    "%s has %d silent tracks (ATU_00000000) too many", offer->owner,
                    offer->silent_count);
    }
    return DONE;
}
