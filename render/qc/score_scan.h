#ifndef RENDER_QC_SCORE_SCAN_H
#define RENDER_QC_SCORE_SCAN_H
/* The stems of a programme against what its job says of it: lines, scenes, budgets, layers.
 *
 *     ScoreScan *scan = score_scan_create(&subject, score, length_samples, findings, arena);
 *     score_scan_add(scan, stems, count);      ... from sample 0 to the end
 *     score_scan_finish(scan);
 *     const ScoreLayer layer = {"vln1", 0, 1, weights, begin};
 *     score_scan_begin_layer(scan, &layer, arena);
 *     score_scan_add_layer(scan, samples, count);
 *     score_scan_end_layer(scan);
 *     percent = score_scan_finish_layers(scan);
 *
 * State: from sample 0 only. The arena holds 64 bytes and 8 more a stem for every 100 ms.
 */
#include "render/qc/qc_brief.h"
#include "render/qc/qc_measure.h"

typedef struct ScoreScan ScoreScan;

/* subject, score and findings must outlive it; subject->layout is known. */
ScoreScan *score_scan_create(const QcSubject *subject,
                             const QcScore *score,
                             int64_t length_samples,
                             QcFindings *findings,
                             Arena *arena);
/* stems: [stem_count][channel_count][count] */
void score_scan_add(ScoreScan *scan, float *const *const *stems, int64_t count);
/* Judges all but layers. */
void score_scan_finish(ScoreScan *scan);

typedef struct ScoreLayer { /* as it goes to the panner, behind every gain */
    const char *id;
    int index; /* in the mix */
    int channel_count;
    const double *weights; /* [channel_count], 0: LFE */
    int64_t begin;         /* sample of the programme; before it the layer is silent */
} ScoreLayer;

/* One after the other, after finish. scratch: of this layer; ends with it. */
void score_scan_begin_layer(ScoreScan *scan, const ScoreLayer *layer, Arena *scratch);
/* samples: [channel_count][count], from layer->begin on */
void score_scan_add_layer(ScoreScan *scan, const double *const *samples, int64_t count);
void score_scan_end_layer(ScoreScan *scan);
typedef struct QcGap { /* a stem says nothing for more than 500 ms */
    int stem;
    double at_s, length_s; /* to 100 ms */
    bool is_meant;         /* a rule with `gain: -inf` says so of nine tenths of it */
} QcGap;

/* After finish: the first `room` of them in the order of stems and time. Returns their count. */
int score_scan_gaps(const ScoreScan *scan, QcGap *gaps, int room);

/* Judges groups of layers. Returns the share of the primary range in percent; -1: not known. */
double score_scan_finish_layers(ScoreScan *scan);

#endif
