#ifndef SPATIAL_ADM_ADM_COMMON_H
#define SPATIAL_ADM_ADM_COMMON_H
/* The common definitions of BS.2094-2: elements that files refer to without holding them. */
#include "render/model/layout.h"
#include "spatial/adm/adm_model.h"

/* The element with this id: of the file, or made from the tables when the id is a common one (its
 * digits xxxx below 1000). NULL: neither. E50x. */
Status adm_find_or_make(
    AdmModel *model, AdmKind kind, const char *id, AdmElement **element, ErrorList *errors);

enum { ADM_COMMON_CHANNELS = 64 };

typedef struct AdmCommonPack { /* the definitions that say what the channels of a layout are */
    AdmType type;
    int number;                        /* xxxx of the pack; 0: none holds just these channels */
    int channels[ADM_COMMON_CHANNELS]; /* xxxx of each channel of the layout; 0: none (ACN 49 ..) */
} AdmCommonPack;

/* normalization: of harmonics, SN3D or N3D.
 * false: a loudspeaker has no common definition. 7.1.2 is left without a pack: readers disagree
 * about the channels of AP_00010016. */
bool adm_common_pack_of(const Layout *layout, AdmNormalization normalization, AdmCommonPack *pack);

#endif
