#ifndef SPATIAL_ADM_ADM_SELECT_H
#define SPATIAL_ADM_ADM_SELECT_H
/* What of a file is rendered, and which track plays it: BS.2127-1, 5.2 (rendering items). */
#include "spatial/adm/adm_model.h"
#include "spatial/adm/adm_repairs.h"

typedef struct AdmItemChannel {
    const AdmElement *channel;
    const AdmElement *pack; /* the innermost that holds the channel */
    int track;              /* from 0; -1: silent */
    int order, degree;      /* HOA */
    double gain;            /* HOA: of its block */
} AdmItemChannel;

/* One channel of Objects or DirectSpeakers, a whole HOA pack, or the two ears of a binaural one. */
typedef struct AdmItem {
    AdmType type;
    const AdmElement *object; /* NULL: the file has none */
    AdmItemChannel *channels;
    int channel_count;
    AdmNormalization normalization; /* HOA */
    struct AdmItem *next;
} AdmItem;

typedef struct AdmSelection {
    const AdmElement *programme; /* NULL: the file has none */
    AdmItem *first, *last;
    int counts[ADM_BINAURAL + 1]; /* channels of each type */
} AdmSelection;

/* programme_id: NULL for the only one, or that with the lowest id. track_count: of the file.
 * E441: no such programme, tracks and packs do not fit, a track that chna does not name; E443:
 * content that loudspeakers cannot play or that is not served. */
Status adm_select(AdmModel *model,
                  const char *programme_id,
                  int track_count,
                  AdmRepairs *repairs,
                  AdmSelection *selection,
                  ErrorList *errors);

#endif
