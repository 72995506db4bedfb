#ifndef RENDER_QC_SCORE_LEVELS_H
#define RENDER_QC_SCORE_LEVELS_H
/* A programme as slots of 100 ms, and what its job asks of them. Inside render/qc only. */
#include "render/qc/qc_brief.h"
#include "render/qc/qc_measure.h"

typedef struct ScoreLevels { /* mean squares, [slot_count] each */
    int slot_count, rate_hz;
    const double *full, *dialogue, *rest; /* K-weighted sums of stems; rest: full less dialogue */
    const double *const *stems;           /* [stem_count], K-weighted */
    const double *dialogue_band, *rest_band; /* 1 .. 4 kHz of the sum of the channels */
} ScoreLevels;

void score_judge(const ScoreLevels *levels, const QcScore *score, QcFindings *findings);
/* layer: K-weighted mean squares of slots first_slot .. first_slot + count - 1. */
void score_judge_layer(const ScoreLevels *levels,
                       const char *id,
                       const double *layer,
                       int first_slot,
                       int count,
                       QcFindings *findings);

#endif
