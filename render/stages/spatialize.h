#ifndef RENDER_STAGES_SPATIALIZE_H
#define RENDER_STAGES_SPATIALIZE_H
/* Layers of a stem as SPATIALIZE renders them, for who wants to know how they sound. */
#include "render/stages/source.h"

typedef struct StemReceiver {
    const bool *is_wanted; /* [bus_count]: of the rendered ones */
    CeilingLanes ceilings; /* of all its layers, instead of those that were found */
    /* rows: [channels of the bus][count] from `begin` on, behind the gain of the stem. */
    void (*take)(void *context, int bus, SampleTime begin, float *const *rows, int64_t count);
    void *context;
} StemReceiver;

/* Renders the layers of stem `subject` of the stage's task whose prepare tasks it needs, over its
 * span; the kind and the outputs of the task are not looked at. */
Status spatialize_for(const Stage *stage, const StemReceiver *receiver, ErrorList *errors);

#endif
