/* Packs inside packs, as a list of channels with their ways. */
#include "spatial/adm/adm_pack_tree.h"

bool pack_tree_has_pack(const PackTree *tree, const AdmElement *pack) {
    const PackNode *node = tree->first_node;
    while (node && node->pack != pack) {
        node = node->next;
    }
    return node != NULL;
}

bool pack_tree_leads(const PackChannel *channel, const AdmElement *pack) {
    const PackNode *node = channel->node;
    while (node && node->pack != pack) {
        node = node->parent;
    }
    return node != NULL;
}

static bool has_channel(const PackTree *tree, const AdmElement *channel) {
    const PackChannel *entry = tree->first;
    while (entry && entry->channel != channel) {
        entry = entry->next;
    }
    return entry != NULL;
}

static Status fail_type(const AdmModel *model,
                        const AdmElement *pack,
                        const AdmReference *reference,
                        ErrorList *errors) {
    return fail(errors, E441, adm_place(model, reference->line),
                "%s is of type %s, but holds %s of type %s", pack->id, adm_type_name(pack->type),
                reference->id, adm_type_name(reference->target->type));
}

static Status fail_twice(const AdmModel *model,
                         const PackTree *tree,
                         const AdmReference *reference,
                         ErrorList *errors) {
    return fail(errors, E441, adm_place(model, reference->line), "%s is in %s more than once",
                reference->id, tree->first_node->pack->id);
}

static Status add_channel(const AdmModel *model,
                          const PackNode *node,
                          const AdmReference *reference,
                          PackTree *tree,
                          ErrorList *errors) {
    const AdmElement *const channel = reference->target;
    if (channel->type != node->pack->type) {
        return fail_type(model, node->pack, reference, errors);
    }
    if (has_channel(tree, channel)) {
        return fail_twice(model, tree, reference, errors);
    }
    if (channel->type != ADM_DIRECT_SPEAKERS &&
        (channel->low_pass_hz > 0.0 || channel->high_pass_hz > 0.0)) {
        return fail(errors, E443, adm_place(model, channel->line),
                    "%s of type %s has a frequency, which only loudspeakers have", channel->id,
                    adm_type_name(channel->type));
    }
    PackChannel *const entry = arena_alloc(model->arena, sizeof *entry);
    *entry = (PackChannel){.channel = channel, .node = node};
    *(tree->last ? &tree->last->next : &tree->first) = entry;
    tree->last = entry;
    tree->channel_count++;
    return DONE;
}

static void
add_node(const AdmModel *model, const AdmElement *pack, const PackNode *parent, PackTree *tree) {
    PackNode *const node = arena_alloc(model->arena, sizeof *node);
    *node = (PackNode){.pack = pack, .parent = parent};
    *(tree->last_node ? &tree->last_node->next : &tree->first_node) = node;
    tree->last_node = node;
}

static Status
open_node(const AdmModel *model, const PackNode *node, PackTree *tree, ErrorList *errors) {
    const AdmReference *reference = node->pack->references;
    for (; reference; reference = reference->next) {
        if (reference->role != ROLE_PART) {
            continue;
        }
        if (reference->kind == ADM_CHANNEL) {
            TRY(add_channel(model, node, reference, tree, errors));
            continue;
        }
        if (reference->target->type != node->pack->type) {
            return fail_type(model, node->pack, reference, errors);
        }
        if (pack_tree_has_pack(tree, reference->target)) {
            return fail_twice(model, tree, reference, errors);
        }
        add_node(model, reference->target, node, tree);
    }
    return DONE;
}

Status
pack_tree_make(const AdmModel *model, const AdmElement *pack, PackTree *tree, ErrorList *errors) {
    *tree = (PackTree){0};
    add_node(model, pack, NULL, tree);
    for (const PackNode *node = tree->first_node; node; node = node->next) {
        TRY(open_node(model, node, tree, errors));
    }
    return DONE;
}
