#ifndef CLUSTER_QC_SUMS_H
#define CLUSTER_QC_SUMS_H
/* A mix against the sum of its stems, as they lie in files: what is left, and which channel of the
 * mix is which of the sum.
 *
 *     const QcSum sum = {.mix = full, .stems = stems, .stem_count = 3};
 *     qc_sum_judge(&sum, arena);
 */
#include "cluster/qc_set.h"

typedef struct QcSum {
    QcItem *mix;    /* gets the findings */
    QcItem **stems; /* of as many channels, measured */
    int stem_count;
    double most_dbfs; /* what may be left, peak; silence_db: nothing is judged but the channels */
} QcSum;

/* stem_null for what is left, channel_identity for channels that are swapped or turned. What cannot
 * be read was told when it was measured. */
void qc_sum_judge(const QcSum *sum, Arena *arena);

#endif
