#ifndef SPATIAL_HRIR_PREPARE_H
#define SPATIAL_HRIR_PREPARE_H
/* Measured responses made ready for interpolation: magnitude and delay, apart. */
#include "render/dsp/minimum_phase.h"
#include "spatial/sofa.h"

enum {
    HRIR_MAX_TAPS = 1024,
    HRIR_LEAD_SAMPLES = 16, /* kept in front of the onset: pre-ringing of the delay */
    HRIR_POLES = 2          /* room for synthetic points below and above */
};

typedef struct HrirSpectra {
    float *logs;            /* [count + HRIR_POLES][EAR_COUNT][PHASE_BINS], poles zero */
    double *onsets_samples; /* [count + HRIR_POLES][EAR_COUNT] after the earliest onset */
    int tap_count;          /* of a delayed response: a multiple of 16, <= HRIR_MAX_TAPS */
    int length_samples;     /* of a response without its delay, lead included */
} HrirSpectra;

/* Brings the responses to the job's rate and takes them apart. The onset is where the
 * minimum-phase response of the same magnitude agrees best with the measured one from 500 Hz to 8
 * kHz. Everything lives in the arena. E420 when the rate cannot be converted or the onsets lie too
 * far apart. */
Status hrirs_measure(
    const HrirGrid *grid, int rate_hz, Arena *arena, HrirSpectra *spectra, ErrorList *errors);
/* One response from its logarithms, minimum phase with its onset at HRIR_LEAD_SAMPLES and a faded
 * end. out: [length_samples] */
void hrir_write(const HrirSpectra *spectra, MinimumPhase *phase, const float *logs, double *out);

#endif
