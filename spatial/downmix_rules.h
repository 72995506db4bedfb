#ifndef SPATIAL_DOWNMIX_RULES_H
#define SPATIAL_DOWNMIX_RULES_H
/* The fold `bs2127`: every channel of one layout as DirectSpeakers in the other. */
#include "render/base/error.h"
#include "render/model/layout.h"

/* Loudspeakers on both sides, two of them or more, and not more than there were. */
bool downmix_rules_fit(const Layout *from, const Layout *to);

/* gains: [to->channel_count][from->channel_count], zero before. In this order: the same place; the
 * table of BS.2127-1, 8.4; the point source panner, of an LFE nothing. E213 as
 * point_source_create. */
Status downmix_by_rules(const Layout *from, const Layout *to, double *gains, ErrorList *errors);

#endif
