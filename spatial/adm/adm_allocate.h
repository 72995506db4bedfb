#ifndef SPATIAL_ADM_ADM_ALLOCATE_H
#define SPATIAL_ADM_ADM_ALLOCATE_H
/* Which track of an object plays which channel of its packs: BS.2127-1, 5.2.5. Inside spatial/adm
 * only. */
#include "spatial/adm/adm_pack_tree.h"
#include "spatial/adm/adm_select.h"

typedef struct TrackOffer {   /* what an object (or a file without objects) has to play */
    const AdmElement *object; /* NULL: the file */
    const char *owner;        /* its id, or "chna": for messages */
    int line;
    AdmElement **uids; /* taken ones become NULL */
    int uid_count;
    int silent_count;
    const AdmElement **packs;
    int pack_count;
    Arena *arena;
} TrackOffer;

/* The tracks and packs of an object; packs that it does not name are those of its tracks. */
Status adm_offer_of_object(const AdmModel *model,
                           const AdmElement *object,
                           TrackOffer *offer,
                           AdmRepairs *repairs,
                           ErrorList *errors);
/* All tracks of a file without objects. */
Status adm_offer_of_file(const AdmModel *model, TrackOffer *offer, ErrorList *errors);

/* tracks: [tree->channel_count], the track UID of each channel, NULL: silent. E441: none fits, or
 * more than one way. */
Status adm_take_tracks(const AdmModel *model,
                       TrackOffer *offer,
                       const PackTree *tree,
                       const AdmElement **tracks,
                       ErrorList *errors);
/* E441 when a track is left over. */
Status adm_offer_check_empty(const AdmModel *model, const TrackOffer *offer, ErrorList *errors);

#endif
