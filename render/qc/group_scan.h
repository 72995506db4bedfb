#ifndef RENDER_QC_GROUP_SCAN_H
#define RENDER_QC_GROUP_SCAN_H
/* Groups of layers against the rest and against their windows (`dynamics`). Inside render/qc only.
 *
 * Of layers it is powers that add up: they are taken as sounds that share nothing, before rooms.
 */
#include "render/qc/score_levels.h"

typedef struct GroupScan GroupScan;

GroupScan *group_scan_create(const QcScore *score, int slot_count, Arena *arena);

typedef struct GroupLayer {
    int index;                  /* in the mix */
    const double *power, *band; /* [slot_count]: K-weighted; 500 Hz .. 4 kHz of the channels' sum */
    int first_slot, slot_count;
} GroupLayer;
void group_scan_add(GroupScan *scan, const GroupLayer *layer);

/* Returns the share of the primary range in percent; -1: none is asked for, or nothing sounds. */
double group_scan_judge(const GroupScan *scan, const ScoreLevels *levels, QcFindings *findings);

#endif
