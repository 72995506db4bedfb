#ifndef CLUSTER_QC_RELATIONS_H
#define CLUSTER_QC_RELATIONS_H
/* What the deliverables of one job owe each other: sums, lengths, loudness. */
#include "cluster/qc_set.h"

/* Adds findings to the programmes of folders with a manifest, all of them measured. Files that
 * cannot be read were told before. */
void qc_relations_judge(QcSet *set, const QcPolicy *policy);

#endif
