#ifndef CLUSTER_QC_REVIEW_H
#define CLUSTER_QC_REVIEW_H
/* All programmes of a set measured and checked, each alone and then against the others.
 *
 *     QcSet *set = qc_set_create(arena);
 *     TRY(qc_set_add(set, "out/FNGT_v1", NULL, errors));
 *     qc_review_run(&(QcReview){.set = set, .policy = &policy, .arena = arena, .errors = errors});
 *     set->first->findings->first ...
 */
#include "cluster/qc_set.h"

typedef struct QcReview {
    QcSet *set;             /* findings and numbers are filled in */
    const QcPolicy *policy; /* of all whose folder has none of its own */
    Arena *arena;
    ErrorList *errors;     /* E415: a layout of another size; what sound_open tells */
    const char *reference; /* file that their spectra are held against; NULL: none */
    bool (*goes_on)(void *context, const QcItem *item, int64_t done_frames); /* NULL: yes */
    void *context;
} QcReview;

/* What cannot be measured is told as an error and as a finding; the others are measured all the
 * same. Ends early at a signal. */
void qc_review_run(const QcReview *review);

#endif
