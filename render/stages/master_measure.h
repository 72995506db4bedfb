#ifndef RENDER_STAGES_MASTER_MEASURE_H
#define RENDER_STAGES_MASTER_MEASURE_H
/* Measures a deliverable cell by cell: the full mix in its stated rendering, the dialogue stem, and
 * the samples that the limiter may have to hold.
 *
 *     TRY(master_measure_open(stage, deliverable, &measure, errors));
 *     TRY(master_measure_cell(&measure, cell, NULL, &slots, errors));       ... in any order
 *     master_measure_close(&measure);
 */
#include "render/dsp/dialogue.h"
#include "render/stages/bus_reader.h"
#include "render/stages/master_gain.h"
#include "render/stages/measured_slots.h"

typedef struct MasterMeasure {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout; /* of the rendering */
    BusReader reader;
    BusReader limited_reader;  /* open where another bus than the rendering is limited */
    Arena *arena;              /* of what is known of the speech */
    const bool *is_dialogue;   /* [stem_count]; NULL: no stem has that role */
    double **full, **dialogue; /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double **limited;          /* [channel_count of what is limited][STAGE_CHUNK_SAMPLES] */
    double *gains;             /* [STAGE_CHUNK_SAMPLES] */
    Meter *meter, *dialogue_meter;
} MasterMeasure;

typedef struct MeasureGains { /* what the samples of a cell are measured behind */
    const float *envelope;    /* from the cell's heard_from on */
    double gain;
    int64_t end_fade_samples;
} MeasureGains;

Status master_measure_open(const Stage *stage,
                           const MixDeliverable *deliverable,
                           MasterMeasure *measure,
                           ErrorList *errors);
void master_measure_close(MasterMeasure *measure);
/* slots: its place is filled, peaks and set_peaks only without gains. gains: NULL: 1. */
Status master_measure_cell(MasterMeasure *measure,
                           int64_t cell,
                           const MeasureGains *gains,
                           MeasuredSlots *slots,
                           ErrorList *errors);

/* The dialogue behind a gain on top; speech: what was found, until it is asked again. */
DialogueFacts master_measure_dialogue(MasterMeasure *measure,
                                      const MasterLevels *levels,
                                      double gain,
                                      Speech *speech);

#endif
