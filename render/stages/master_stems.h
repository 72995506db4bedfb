#ifndef RENDER_STAGES_MASTER_STEMS_H
#define RENDER_STAGES_MASTER_STEMS_H
/* What the limiter takes from a stem on account of the others. */
#include "render/stages/bus_reader.h"
#include "render/stages/master_envelope.h"

typedef struct StemsQuestion {
    const MasterEnvelope *envelope;
    BusReader *reader; /* of the stems behind the envelope */
    const MixDeliverable *deliverable;
    double gain; /* static */
    double ceiling_gain;
} StemsQuestion;

/* stems: [stem_count], filled. Cost: the stems are read once more where the envelope acts. */
Status master_stems_ask(const StemsQuestion *question, StemLimiting *stems, ErrorList *errors);

#endif
