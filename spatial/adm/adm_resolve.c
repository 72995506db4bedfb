/* From ids to elements: targets, circles, and the channel of each track. */
#include "spatial/adm/adm_resolve.h"

#include "spatial/adm/adm_common.h"

/* ---- targets ---- */

static Status resolve_one(AdmModel *model,
                          const AdmElement *element,
                          AdmReference *reference,
                          ErrorList *errors) {
    if (reference->role == ROLE_MATRIX) {
        return DONE; /* matrices are refused as a whole */
    }
    TRY(adm_find_or_make(model, reference->kind, reference->id, &reference->target, errors));
    if (!reference->target) {
        return fail(errors, E441, adm_place(model, reference->line),
                    "%s refers to %s, which is not there", element->id, reference->id);
    }
    if (reference->kind == ADM_OBJECT && element->kind == ADM_OBJECT &&
        reference->role == ROLE_PART) {
        reference->target->is_part = true;
    }
    return DONE;
}

/* In this order, because common definitions are made on the way and refer to later kinds. */
static Status resolve_references(AdmModel *model, ErrorList *errors) {
    static const AdmKind order[] = {ADM_PROGRAMME, ADM_CONTENT, ADM_OBJECT, ADM_TRACK_UID,
                                    ADM_TRACK,     ADM_STREAM,  ADM_PACK,   ADM_CHANNEL};
    for (size_t kind = 0; kind < sizeof order / sizeof *order; ++kind) {
        AdmElement *element = model->lists[order[kind]].first;
        for (; element; element = element->next) {
            AdmReference *reference = element->references;
            for (; reference; reference = reference->next) {
                TRY(resolve_one(model, element, reference, errors));
            }
        }
    }
    return DONE;
}

/* ---- circles ---- */

enum { NOT_VISITED, ON_THE_WAY, VISITED };

static Status fail_circle(const AdmModel *model, const AdmElement *last, ErrorList *errors) {
    const AdmElement *const first = last->at->target;
    const char *path = first->id;
    for (const AdmElement *element = last; element && element != first; element = element->from) {
        path = arena_format(model->arena, "%s > %s", element->id, path);
    }
    return fail(errors, E441, adm_place(model, last->at->line), "%s refers to itself: %s > %s",
                first->id, first->id, path);
}

/* The next reference to an element of the same kind; NULL: no more. */
static const AdmReference *next_part(const AdmReference *reference, AdmKind kind) {
    while (reference && (reference->kind != kind || reference->role != ROLE_PART)) {
        reference = reference->next;
    }
    return reference;
}

static Status walk_from(const AdmModel *model, AdmElement *root, ErrorList *errors) {
    AdmElement *element = root;
    root->from = NULL;
    root->mark = ON_THE_WAY;
    root->at = next_part(root->references, root->kind);
    for (;;) {
        if (!element->at) {
            element->mark = VISITED;
            element = element->from;
            if (!element) {
                return DONE;
            }
            element->at = next_part(element->at->next, root->kind);
            continue;
        }
        AdmElement *const target = element->at->target;
        if (target->mark == ON_THE_WAY) {
            return fail_circle(model, element, errors);
        }
        if (target->mark == VISITED) {
            element->at = next_part(element->at->next, root->kind);
            continue;
        }
        target->from = element;
        target->mark = ON_THE_WAY;
        target->at = next_part(target->references, root->kind);
        element = target;
    }
}

static Status refuse_circles(const AdmModel *model, AdmKind kind, ErrorList *errors) {
    for (AdmElement *element = model->lists[kind].first; element; element = element->next) {
        if (element->mark == NOT_VISITED) {
            TRY(walk_from(model, element, errors));
        }
    }
    return DONE;
}

/* ---- tracks ---- */

static AdmElement *first_target(const AdmElement *element, AdmKind kind) {
    const AdmReference *reference = element->references;
    while (reference && (reference->kind != kind || reference->role != ROLE_PART)) {
        reference = reference->next;
    }
    return reference ? reference->target : NULL;
}

/* The stream format that refers to the track format. */
static AdmElement *stream_of(const AdmModel *model, const AdmElement *track) {
    for (AdmElement *stream = model->lists[ADM_STREAM].first; stream; stream = stream->next) {
        const AdmReference *reference = stream->references;
        for (; reference; reference = reference->next) {
            if (reference->target == track) {
                return stream;
            }
        }
    }
    return NULL;
}

static Status channel_of_track(const AdmModel *model,
                               const AdmElement *track,
                               AdmElement **channel,
                               AdmRepairs *repairs,
                               ErrorList *errors) {
    const AdmElement *stream = first_target(track, ADM_STREAM);
    if (!stream) {
        stream = stream_of(model, track);
        if (!stream) {
            return fail(errors, E441, adm_place(model, track->line),
                        "%s belongs to no audioStreamFormat", track->id);
        }
        adm_repair(repairs, REPAIR_STREAM_REFERENCE, track->id, track->line);
    }
    *channel = first_target(stream, ADM_CHANNEL);
    if (!*channel) {
        return fail(errors, E441, adm_place(model, stream->line),
                    "%s refers to no audioChannelFormat", stream->id);
    }
    return DONE;
}

static Status
resolve_track(const AdmModel *model, AdmElement *uid, AdmRepairs *repairs, ErrorList *errors) {
    const AdmElement *const track = first_target(uid, ADM_TRACK);
    AdmElement *by_track = NULL;
    uid->channel = first_target(uid, ADM_CHANNEL);
    uid->pack = first_target(uid, ADM_PACK);
    if (track) {
        TRY(channel_of_track(model, track, &by_track, repairs, errors));
    }
    if (by_track && uid->channel) {
        if (by_track != uid->channel) {
            return fail(errors, E441, adm_place(model, uid->line),
                        "%s refers to %s, and through %s to %s", uid->id, uid->channel->id,
                        track->id, by_track->id);
        }
        adm_repair(repairs, REPAIR_DUAL_REFERENCE, uid->id, uid->line);
    }
    uid->channel = uid->channel ? uid->channel : by_track;
    return DONE;
}

Status adm_resolve(AdmModel *model, AdmRepairs *repairs, ErrorList *errors) {
    TRY(resolve_references(model, errors));
    TRY(refuse_circles(model, ADM_OBJECT, errors));
    TRY(refuse_circles(model, ADM_PACK, errors));
    for (AdmElement *uid = model->lists[ADM_TRACK_UID].first; uid; uid = uid->next) {
        TRY(resolve_track(model, uid, repairs, errors));
    }
    return DONE;
}
