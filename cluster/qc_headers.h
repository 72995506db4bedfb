#ifndef CLUSTER_QC_HEADERS_H
#define CLUSTER_QC_HEADERS_H
/* What the headers, the metadata and the name of a programme's files say, held against what is in
 * them, against its manifest and its policy. */
#include "cluster/qc_set.h"

/* Of an open item, its layout known. */
void qc_headers_judge(QcItem *item);
/* Of a measured one: the loudness that bext says. */
void qc_headers_judge_loudness(QcItem *item);

#endif
