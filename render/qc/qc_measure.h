#ifndef RENDER_QC_QC_MEASURE_H
#define RENDER_QC_QC_MEASURE_H
/* One programme, measured and checked in one pass from sample 0.
 *
 *     QcMeasure *measure = NULL;
 *     TRY(qc_measure_create(&subject, findings, arena, &measure, errors));
 *     qc_measure_add(measure, planes, 4096);                 ... pieces of any size
 *     qc_measure_finish(measure, &numbers);
 *     qc_measure_destroy(&measure);
 *
 * State (sequential); the arena grows by 50 kB an hour, for the windows of the translation.
 */
#include "render/base/error.h"
#include "render/dsp/meter.h"
#include "render/dsp/weighted_level.h"
#include "render/model/layout.h"
#include "render/qc/qc_brief.h"
#include "render/qc/third_octaves.h"
#include "render/qc/translation.h"

typedef struct QcSubject {
    int channel_count, rate_hz;
    const Layout *layout; /* planes in its order; NULL: unknown, every weight is 1 */
    int integer_bits;     /* of the samples, 0: float */
    bool is_part;         /* a stem: may be silent, narrow or loud on its own */
    const QcScore *score; /* NULL: not known */
    /* Of ambisonics: the loudspeakers that its loudness is measured on, NULL: its own channels; and
     * how they are made of it, [heard channels][channel_count]. */
    const Layout *heard;
    const double *heard_gains;
    const ThirdOctaves *reference; /* that it is to be like; NULL: none */
} QcSubject;

typedef struct QcHeadroomNumbers { /* the greatest true peaks; silence_db: none */
    bool is_known;
    double normal_dbtp, climax_dbtp;
} QcHeadroomNumbers;

typedef struct QcNumbers {
    MeterResult meter;
    WeightedResult weighted; /* silent when there is no layout of loudspeakers */
    bool has_weighted;
    Translation translation;
    ThirdOctaves octaves; /* not of parts */
    QcHeadroomNumbers headroom;
} QcNumbers;

typedef struct QcMeasure QcMeasure;

/* E515: no memory for a transform. subject and findings must outlive it. */
Status qc_measure_create(const QcSubject *subject,
                         QcFindings *findings,
                         Arena *arena,
                         QcMeasure **measure,
                         ErrorList *errors);
/* planes: [channel_count][count]. NaN and Inf are told and count as 0 from then on. */
void qc_measure_add(QcMeasure *measure, float *const *planes, int64_t count);
void qc_measure_finish(QcMeasure *measure, QcNumbers *numbers);
void qc_measure_destroy(QcMeasure **measure); /* NULL is fine */

#endif
