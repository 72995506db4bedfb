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
    float *logs;              /* [count + HRIR_POLES][EAR_COUNT][PHASE_BINS], poles zero */
    double *onsets_samples;   /* [count + HRIR_POLES][EAR_COUNT] after the earliest onset */
    double *low_itds_samples; /* [count + HRIR_POLES] of the lows, beyond that of the onsets: right
                               * later; poles zero */
    int rate_hz;
    int tap_count;      /* of a delayed response: a multiple of 16, <= HRIR_MAX_TAPS */
    int length_samples; /* of a response without its delay, lead included */
} HrirSpectra;

/* Brings the responses to the job's rate and takes them apart. The onset is where the
 * minimum-phase response of the same magnitude agrees best with the measured one from 1 to 6 kHz.
 * Low frequencies run around a head more slowly (Kuhn 1977: 3/2 of the time between the ears),
 * which no delay of the whole response can tell; what they have more is fitted from 300 Hz to 1.5
 * kHz, to the phases between the ears. Everything lives in the arena. E420 when the rate cannot be
 * converted or the onsets lie too far apart. */
Status hrirs_measure(
    const HrirGrid *grid, int rate_hz, Arena *arena, HrirSpectra *spectra, ErrorList *errors);
/* One response, minimum phase with its onset at HRIR_LEAD_SAMPLES, half of the lows' own delay in
 * each ear, and a faded end. out: [length_samples] */
void hrir_write(const HrirSpectra *spectra, MinimumPhase *phase, int point, int ear, double *out);

#endif
