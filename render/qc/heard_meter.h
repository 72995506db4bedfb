#ifndef RENDER_QC_HEARD_METER_H
#define RENDER_QC_HEARD_METER_H
/* The loudness of a programme on loudspeakers that it is rendered to (BS.1770-5 annex 4). Inside
 * render/qc only. */
#include "render/qc/qc_measure.h"

typedef struct HeardMeter HeardMeter;

/* NULL: the subject is measured as it is. */
HeardMeter *heard_meter_create(const QcSubject *subject, int64_t chunk_samples, Arena *arena);
/* planes: [channel_count][count], at most chunk_samples. */
void heard_meter_add(HeardMeter *meter, const double *const *planes, int64_t count);
/* Puts what is heard in the place of the loudness in result; its peaks stay. */
void heard_meter_finish(HeardMeter *meter, MeterResult *result);

#endif
