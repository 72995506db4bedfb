#ifndef RENDER_STAGES_BUS_REACH_H
#define RENDER_STAGES_BUS_REACH_H
/* Which samples of the rendered stems are heard in a part of a deliverable. */
#include "render/model/mix.h"

/* Whether it can be said from the part alone: the equalizer of headphones hears whole blocks of a
 * grid that its length decides. */
bool bus_reach_is_short(const MixDeliverable *deliverable);
/* part: of what is delivered. Returns samples of the job, inside of it; all where it is not
 * short. */
Span bus_reach(const Mix *mix, const MixDeliverable *deliverable, Span part);

#endif
