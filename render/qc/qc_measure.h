#ifndef RENDER_QC_QC_MEASURE_H
#define RENDER_QC_QC_MEASURE_H
/* One programme, measured and checked in one pass from sample 0.
 *
 *     QcMeasure *measure = NULL;
 *     TRY(qc_measure_create(&subject, findings, arena, &measure, errors));
 *     float *const *planes = qc_measure_planes(measure);     fill up to qc_measure_chunk() frames
 *     qc_measure_add(measure, count);                        a short chunk is the last one
 *     qc_measure_finish(measure, &numbers);
 *     qc_measure_destroy(&measure);
 *
 * State (sequential); the arena grows by 16 bytes per 10 ms, for the gates of the loudness.
 */
#include "render/base/error.h"
#include "render/dsp/meter.h"
#include "render/dsp/weighted_level.h"
#include "render/model/layout.h"
#include "render/qc/qc_check.h"

typedef struct QcSubject {
    int channel_count, rate_hz;
    const Layout *layout; /* planes in its order; NULL: unknown, every weight is 1 */
    int integer_bits;     /* of the samples, 0: float */
    bool is_part;         /* a stem: may be silent, narrow or loud on its own */
} QcSubject;

typedef struct QcNumbers {
    MeterResult meter;
    WeightedResult weighted; /* silent when there is no layout of loudspeakers */
    bool has_weighted;
} QcNumbers;

typedef struct QcMeasure QcMeasure;

/* E515: no memory for a transform. subject and findings must outlive it. */
Status qc_measure_create(const QcSubject *subject,
                         QcFindings *findings,
                         Arena *arena,
                         QcMeasure **measure,
                         ErrorList *errors);
int64_t qc_measure_chunk(const QcMeasure *measure);
float *const *qc_measure_planes(const QcMeasure *measure); /* [channel_count][chunk] */
/* NaN and Inf are told and count as 0 from then on. */
void qc_measure_add(QcMeasure *measure, int64_t count);
void qc_measure_finish(QcMeasure *measure, QcNumbers *numbers);
void qc_measure_destroy(QcMeasure **measure); /* NULL is fine */

#endif
