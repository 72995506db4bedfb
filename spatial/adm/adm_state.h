#ifndef SPATIAL_ADM_ADM_STATE_H
#define SPATIAL_ADM_ADM_STATE_H
/* A block of ADM in the terms of the panners. Inside spatial/adm only. */
#include "spatial/adm/adm_block.h"
#include "spatial/adm/adm_screen.h"
#include "spatial/adm/adm_select.h"

/* Objects: with the offset of the object, on the screen; without gains. made_for: the screen of the
 * programme. Zones point into the block. */
ObjectState adm_state_of_object(const AdmItem *item,
                                const AdmBlock *block,
                                const ScreenEdges *made_for,
                                const Layout *layout);

/* DirectSpeakers: labels points into the block. */
DirectSpeaker adm_state_of_speaker(const AdmItem *item,
                                   const AdmBlock *block,
                                   const char *labels[ADM_BLOCK_LABELS]);

/* Of block and object, linear. */
double adm_state_gain(const AdmItem *item, const AdmBlock *block);

/* Without its times and its place in the file: what is left is where it is and what it is there. */
void adm_block_strip(AdmBlock *block);
/* Of two such blocks. */
bool adm_block_is_same(const AdmBlock *a, const AdmBlock *b);

#endif
