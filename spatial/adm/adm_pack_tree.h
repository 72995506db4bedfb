#ifndef SPATIAL_ADM_ADM_PACK_TREE_H
#define SPATIAL_ADM_ADM_PACK_TREE_H
/* The channels of a pack and of the packs inside it. */
#include "spatial/adm/adm_model.h"

typedef struct PackNode { /* a pack and the way to it */
    const AdmElement *pack;
    const struct PackNode *parent;
    struct PackNode *next;
} PackNode;

typedef struct PackChannel {
    const AdmElement *channel;
    const PackNode *node; /* of the pack that names it */
    struct PackChannel *next;
} PackChannel;

typedef struct PackTree {
    PackNode *first_node, *last_node;
    PackChannel *first, *last;
    int channel_count;
} PackTree;

/* E441: a channel or pack is in it twice, or is of another type; E443: a channel format that is not
 * rendered. After adm_resolve. */
Status
pack_tree_make(const AdmModel *model, const AdmElement *pack, PackTree *tree, ErrorList *errors);

/* Whether the pack stands on the way to the channel. */
bool pack_tree_leads(const PackChannel *channel, const AdmElement *pack);
bool pack_tree_has_pack(const PackTree *tree, const AdmElement *pack);

#endif
