#ifndef RENDER_STAGES_MASTER_MEASURE_H
#define RENDER_STAGES_MASTER_MEASURE_H
/* What MASTER measures: the full mix in its stated rendering, and where the dialogue stem speaks.
 *
 *     TRY(master_measure_open(stage, deliverable, &measure, errors));
 *     master_measure_begin(&measure);
 *     TRY(master_measure_add(&measure, part, gains, errors));       ... from sample 0 to the end
 *     master_measure_finish(&measure, &levels);
 *     master_measure_close(&measure);
 *
 * Between finish and close it may begin again: what it gave before is gone then.
 */
#include "render/dsp/dialogue.h"
#include "render/dsp/meter.h"
#include "render/stages/bus_reader.h"
#include "render/stages/master_gain.h"

typedef struct MasterMeasure {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout; /* of the rendering */
    BusReader reader;
    Arena *arena;              /* of one measurement */
    const bool *is_dialogue;   /* [stem_count]; NULL: no stem has that role */
    double **full, **dialogue; /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double *weights;           /* of BS.1770 */
    Meter *meter, *dialogue_meter;
} MasterMeasure;

typedef struct MasterLevels {
    MeterResult meter;
    SlotEnergies mix, stem; /* stem: of the dialogue */
} MasterLevels;

Status master_measure_open(const Stage *stage,
                           const MixDeliverable *deliverable,
                           MasterMeasure *measure,
                           ErrorList *errors);
void master_measure_close(MasterMeasure *measure);
void master_measure_begin(MasterMeasure *measure);
/* part: at most STAGE_CHUNK_SAMPLES; gains: of its samples, NULL: 1. */
Status
master_measure_add(MasterMeasure *measure, Span part, const double *gains, ErrorList *errors);
void master_measure_finish(MasterMeasure *measure, MasterLevels *levels);

/* The dialogue behind a gain on top; speech: what was found, until it begins again. */
DialogueFacts master_measure_dialogue(const MasterMeasure *measure,
                                      const MasterLevels *levels,
                                      double gain,
                                      Speech *speech);

#endif
