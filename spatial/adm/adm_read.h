#ifndef SPATIAL_ADM_ADM_READ_H
#define SPATIAL_ADM_ADM_READ_H
/* From the chunks axml and chna to a model. */
#include "render/files/sound_header.h"
#include "spatial/adm/adm_model.h"
#include "spatial/adm/adm_repairs.h"

/* Reads the XML piece by piece: memory grows with the elements, not with their blocks. Document
 * type declarations, and entities with them, are refused. E440: not well-formed, cut short, a value
 * that BS.2076 does not allow; E443: elements that nothing here knows; E411, E50x. */
Status adm_read_axml(const OpenFile *file,
                     SoundChunk chunk,
                     AdmModel *model,
                     AdmRepairs *repairs,
                     ErrorList *errors);

/* Adds track numbers to the track UIDs of the model, and those that axml does not name.
 * E444: damaged, or names tracks beyond channel_count; E441: contradicts axml. */
Status adm_read_chna(const OpenFile *file,
                     const SoundInfo *info,
                     AdmModel *model,
                     AdmRepairs *repairs,
                     ErrorList *errors);

#endif
