#ifndef SPATIAL_ADM_ADM_RESOLVE_H
#define SPATIAL_ADM_ADM_RESOLVE_H
/* From ids to elements. */
#include "spatial/adm/adm_model.h"
#include "spatial/adm/adm_repairs.h"

/* Finds the target of every reference (common definitions are made) and the channel and pack of
 * every track UID. E441: nothing of that id, a circle, or tracks that lead nowhere or to two
 * channels. */
Status adm_resolve(AdmModel *model, AdmRepairs *repairs, ErrorList *errors);

#endif
