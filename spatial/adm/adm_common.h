#ifndef SPATIAL_ADM_ADM_COMMON_H
#define SPATIAL_ADM_ADM_COMMON_H
/* The common definitions of BS.2094-2: elements that files refer to without holding them. */
#include "spatial/adm/adm_model.h"

/* The element with this id: of the file, or made from the tables when the id is a common one (its
 * digits xxxx below 1000). NULL: neither. E50x. */
Status adm_find_or_make(
    AdmModel *model, AdmKind kind, const char *id, AdmElement **element, ErrorList *errors);

#endif
