#ifndef SPATIAL_HRIR_PREPARE_H
#define SPATIAL_HRIR_PREPARE_H
/* Measured responses made ready for interpolation: at the job's rate, with one common onset. */
#include "spatial/sofa.h"

enum {
    HRIR_MAX_TAPS = 1024,
    HRIR_LEAD_SAMPLES = 16, /* kept in front of the onset: pre-ringing of the delay */
    HRIR_POLES = 2          /* room for synthetic points below and above */
};

typedef struct AlignedHrirs {
    double *samples;        /* [count + HRIR_POLES][EAR_COUNT][length_samples], poles zero */
    double *onsets_samples; /* [count + HRIR_POLES][EAR_COUNT] after the earliest onset */
    int length_samples;     /* the onset is at HRIR_LEAD_SAMPLES, the end is faded */
    int tap_count;          /* of the delayed response: a multiple of 16, <= HRIR_MAX_TAPS */
} AlignedHrirs;

/* E420 when the rate cannot be converted. */
Status hrirs_align(
    const HrirGrid *grid, int rate_hz, Arena *arena, AlignedHrirs *aligned, ErrorList *errors);

#endif
