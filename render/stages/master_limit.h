#ifndef RENDER_STAGES_MASTER_LIMIT_H
#define RENDER_STAGES_MASTER_LIMIT_H
/* The mix behind a gain and the limiter: estimated in no time, or measured.
 *
 *     MasterLimit *limit = master_limit_create(&limiting, scratch);
 *     TRY(master_limit_estimate(limit, gain, errors));                  ... limit->slots
 *     TRY(master_limit_measure(limit, gain, end_fade_samples, errors)); ... and the envelope
 *
 * The estimate takes the power of the envelope in every slot for what the limiter leaves of its
 * energy. It hears nothing of what happens inside of 10 ms: within 0.1 LU.
 */
#include "render/processors/limiter_walk.h"
#include "render/stages/master_envelope.h"
#include "render/stages/master_measure.h"

typedef struct Limiting {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const MeasuredSlots *measured; /* of the whole deliverable, in front of the gain */
    MasterMeasure *measure;
    BusReader *reader; /* of what is limited */
    MasterEnvelope *envelope;
    double ceiling_gain;
} Limiting;

typedef struct MasterLimit {
    Limiting of;
    LimiterWalk *walk;
    MeasuredSlots slots; /* behind gain and limiter */
    double gain;
    int64_t end_fade_samples;
    /* the envelope as it arrives */
    SampleTime arrived;   /* up to where */
    double *shares;       /* [slot_count] of the power that it leaves */
    int64_t slot;         /* that is being filled */
    double slot_power;    /* sum of squares of it */
    float *recent;        /* from the next cell's pre-roll on */
    int64_t recent_count; /* of them */
    int64_t cell;         /* that is measured next */
} MasterLimit;

MasterLimit *master_limit_create(const Limiting *limiting, Arena *arena);
Status master_limit_estimate(MasterLimit *limit, double gain, ErrorList *errors);
/* Leaves the envelope in a store object that is not committed yet. */
Status
master_limit_measure(MasterLimit *limit, double gain, int64_t end_fade_samples, ErrorList *errors);
/* The envelope of the stems of the set instead of that of the full mix; nothing is measured. */
Status master_limit_set(MasterLimit *limit, double gain, ErrorList *errors);

#endif
