#ifndef RENDER_STAGES_OUTPUT_PARTS_H
#define RENDER_STAGES_OUTPUT_PARTS_H
/* Outputs that the full mix is the sum of: stems, and sets where their stems are not there. */
#include "render/model/mix.h"

/* [output_count]; NULL when some of the full mix is in no other output. */
const bool *output_parts_of_full(const Mix *mix, const MixDeliverable *deliverable, Arena *arena);

#endif
