#ifndef SPATIAL_ADM_ADM_PANNER_H
#define SPATIAL_ADM_ADM_PANNER_H
/* Blocks as gains of a layout: BS.2127-1, 7 (Objects), 8 (DirectSpeakers), 9 (HOA). */
#include "spatial/adm/adm_block.h"
#include "spatial/adm/adm_select.h"

typedef struct AdmPanner AdmPanner;

/* programme: whose screen objects refer to; NULL: none. E213 as the panners. */
Status adm_panner_create(const Layout *layout,
                         const AdmElement *programme,
                         Arena *arena,
                         AdmPanner **panner,
                         ErrorList *errors);

/* direct, diffuse: [channel_count] of the layout, with the gains of block and object. item: of
 * Objects or DirectSpeakers. */
void adm_panner_gains(const AdmPanner *panner,
                      const AdmItem *item,
                      const AdmBlock *block,
                      double *direct,
                      double *diffuse);

/* How the channels of a HOA item are decoded. gains: [item channels][layout channels], with the
 * gains of blocks and object. E415 as decoder_matrix; E443: an order above 7. */
Status adm_panner_decoder(
    const AdmPanner *panner, const AdmItem *item, Arena *arena, double *gains, ErrorList *errors);

/* What BS.2127 leaves open for this item: E443. */
Status adm_panner_check(const AdmModel *model, const AdmItem *item, ErrorList *errors);

#endif
