#ifndef RENDER_QC_QC_BRIEF_H
#define RENDER_QC_QC_BRIEF_H
/* What a job asks of the QC of a deliverable: the policy, and what the job knows of its programme.
 */
#include "render/qc/qc_check.h"

typedef struct QcSpan { /* samples of the programme, end exclusive */
    const char *id;
    int64_t begin, end;
} QcSpan;

typedef struct QcStem {
    const char *id;
    bool is_dialogue, has_budget;
    double budget_lufs; /* the most it may have */
} QcStem;

typedef struct QcScore {
    const QcSpan *lines; /* of dialogue */
    int line_count;
    const QcSpan *scenes; /* in the order of their beginnings */
    int scene_count;
    const QcSpan *quiet; /* silence that is meant */
    int quiet_count;
    const QcStem *stems; /* in the order of the mix */
    int stem_count;
} QcScore;

typedef struct QcBrief {
    QcPolicy policy;
    const QcScore *score;
} QcBrief;

#endif
