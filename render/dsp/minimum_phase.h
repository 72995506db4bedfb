#ifndef RENDER_DSP_MINIMUM_PHASE_H
#define RENDER_DSP_MINIMUM_PHASE_H
/* The response with the least delay among all that have a given magnitude.
 *
 *     TRY(minimum_phase_create(arena, &phase, errors));
 *     minimum_phase_read(phase, response, 512, logs);     changes of logs[] equalize
 *     minimum_phase_write(phase, logs, response, 512);
 *     minimum_phase_destroy(&phase);
 *
 * By the real cepstrum (Oppenheim and Schafer, Discrete-Time Signal Processing, 3rd ed., 13.5):
 * what lies at negative quefrencies is folded to positive ones, and the exponential of the series
 * is taken in time, by its recursion. Spectra are known at 2049 even frequencies from 0 to half the
 * rate. Logarithms are natural: 1 is 8.69 dB.
 */
#include "render/base/arena.h"
#include "render/base/error.h"

enum { PHASE_SIZE = 4096, PHASE_BINS = PHASE_SIZE / 2 + 1 };

typedef struct MinimumPhase MinimumPhase;

Status minimum_phase_create(Arena *arena, MinimumPhase **phase, ErrorList *errors);
void minimum_phase_destroy(MinimumPhase **phase);

/* Logarithms of the magnitude, those more than 60 dB below the largest raised to it; silence is
 * -27 (-240 dB). count <= PHASE_SIZE. */
void minimum_phase_read(MinimumPhase *phase, const double *response, int count, float *logs);
/* Samples by which the response read last, whose logs are given, lies behind the minimum-phase
 * response of its magnitude: the lag from range[0] to range[1] at which both agree best between
 * the two frequencies of the band, fractions of the rate. 0 for silence. */
double
minimum_phase_lag(MinimumPhase *phase, const float *logs, const double band[2], const int range[2]);
/* By how much the phases of that response run ahead of its minimum phase after so many samples of
 * delay, at the first count bins; any multiple of 2 pi more. After minimum_phase_lag. */
void minimum_phase_excess(const MinimumPhase *phase, double lag, double *angles, int count);
/* Turns the phases of a response by angles: [PHASE_BINS]. What then comes ahead of its first sample
 * is kept in the lead samples before it; count + lead <= PHASE_SIZE. */
void minimum_phase_turn(
    MinimumPhase *phase, const double *angles, double *response, int count, int lead);
/* The first count samples of the minimum-phase response; logs: [PHASE_BINS]. */
void minimum_phase_write(MinimumPhase *phase, const float *logs, double *response, int count);

#endif
