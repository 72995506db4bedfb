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

typedef struct QcRange {  /* dynamics.primary */
    const bool *is_stem;  /* [stem_count]: measured as a whole */
    const bool *is_layer; /* [layer_count]: of other stems, measured on its own */
    double least_lufs, most_lufs, share_percent;
} QcRange;

typedef struct QcHeadroom { /* dynamics.headroom */
    double normal_dbtp, climax_dbtp;
    const QcSpan *climaxes;
    int climax_count;
} QcHeadroom;

typedef struct QcLead { /* dynamics.leads */
    const char *id;
    const bool *is_layer; /* [layer_count] */
    bool has_window, is_mid_band;
    int64_t begin, end; /* of the window */
    double least_db;    /* above all other layers */
} QcLead;

typedef struct QcScore {
    const QcSpan *lines; /* of dialogue */
    int line_count;
    const QcSpan *scenes; /* in the order of their beginnings */
    int scene_count;
    const QcSpan *quiet; /* silence that is meant */
    int quiet_count;
    const QcStem *stems; /* in the order of the mix */
    int stem_count;
    const QcRange *range;       /* NULL: none is asked for */
    const QcHeadroom *headroom; /* NULL: none */
    const QcLead *leads;
    int lead_count;
} QcScore;

typedef struct QcBrief {
    QcPolicy policy;
    const QcScore *score;
} QcBrief;

#endif
