#ifndef CLUSTER_QC_ANSWER_H
#define CLUSTER_QC_ANSWER_H
/* What the verb qc tells. */
#include "cluster/options.h"
#include "cluster/qc_set.h"

/* The files with their numbers and findings on stdout, with --json {"files": [...]}. */
void qc_answer_print(const Options *options, const QcSet *set);

#endif
