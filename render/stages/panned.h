#ifndef RENDER_STAGES_PANNED_H
#define RENDER_STAGES_PANNED_H
/* Sources as gains: what loudspeaker and ambisonic buses are made of. */
#include "render/stages/bus_work.h"

/* Adds one part of a source to out: [channel_count][span length]; the span may begin before 0. */
void panned_add(
    const BusWork *work, const Source *source, GainPart part, Span span, double *const *out);

/* Adds all sources with both parts, the diffuse one through the decorrelators, to work->out. */
Status panned_add_all(const BusWork *work, ErrorList *errors);

#endif
