#ifndef RENDER_STAGES_LIMITER_FACTS_H
#define RENDER_STAGES_LIMITER_FACTS_H
/* What the limiter did, as a JSON object of INSPECT's facts:
 *
 *     {"link": "full" | "set", "max_reduction_db", "limited_percent",
 *      "stems": [{"stem", "by_others_db", "time_s" | null}]}
 */
#include <jansson.h>

#include "render/stages/master_gain.h"

/* The caller owns the result. */
json_t *limiter_facts_describe(const Mix *mix, int deliverable, const MasterGain *gain);

#endif
