#ifndef RENDER_STAGES_MEASURED_SLOTS_H
#define RENDER_STAGES_MEASURED_SLOTS_H
/* What is measured of a deliverable, in slots of 10 ms and in cells.
 *
 * A cell is what is measured on its own: the slots that end in samples k MEASURE_CELL_SAMPLES + 1
 * .. (k + 1) MEASURE_CELL_SAMPLES of what is delivered, the last one up to the end. Its filters are
 * at rest 200 ms ahead of it: the poles of the K filter (38 Hz, Q 0.5) have forgotten by then what
 * was before, down to e^-48, -380 dB, where a double ends at -319 dB. So no cell depends on how the
 * timeline is cut.
 */
#include "render/dsp/loudness_blocks.h"
#include "render/dsp/meter.h"
#include "render/model/mix.h"

enum { MEASURE_CELL_SAMPLES = 131072, MEASURE_PRE_ROLLS_PER_SECOND = 5 };

typedef struct MeasureCell {
    int64_t first_slot, slot_count;
    Span samples;          /* of its slots; of the last cell: up to the end */
    SampleTime heard_from; /* pre-roll */
    bool is_last;
} MeasureCell;

/* One task measures so many cells; more where each task has to make a resampler first. */
enum { MEASURE_GROUP_CELLS = 4, MEASURE_GROUP_CELLS_RETIMED = 32 };

int64_t measure_cell_count(const MixDeliverable *deliverable);
MeasureCell measure_cell_at(const MixDeliverable *deliverable, int64_t cell);

int measure_group_count(const MixDeliverable *deliverable);
Span measure_group_cells(const MixDeliverable *deliverable, int group);
/* The samples that its cells hear, pre-roll included. */
Span measure_group_heard(const MixDeliverable *deliverable, int group);

typedef struct MeasuredSlots { /* of some cells in a row */
    int64_t first_slot, slot_count, first_cell, cell_count;
    int rate_hz;
    double *mix;      /* [slot_count] energies of the full mix */
    double *stem;     /* [slot_count] of the dialogue; NULL: no stem has that role */
    float *peaks;     /* [slot_count + 1] of the full mix as it is limited, the last: of the rest */
    float *set_peaks; /* the same of the stems of the set; NULL: the set is the full mix */
    double *true_peaks, *sample_peaks; /* [cell_count] of the full mix as it is measured */
} MeasuredSlots;

MeasuredSlots measured_slots_create(const MixDeliverable *deliverable,
                                    Span cells,
                                    bool has_dialogue,
                                    Arena *arena);

typedef struct MasterLevels {
    MeterResult meter;
    SlotEnergies mix, stem; /* views; stem: of the dialogue */
} MasterLevels;

/* slots: of the whole deliverable. */
void measured_slots_judge(const MeasuredSlots *slots, MasterLevels *levels);

#endif
