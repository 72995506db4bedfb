#ifndef SPATIAL_PHASE_SHIFT_H
#define SPATIAL_PHASE_SHIFT_H
/* A phase of +90 degrees at all frequencies, for the surrounds of a matrix fold.
 *
 *     int tap_count = phase_shift_tap_count(48000);                  // 1287
 *     double *taps = arena_array(arena, (size_t)tap_count, sizeof *taps);
 *     phase_shift_taps(tap_count, taps);
 *
 * A linear-phase FIR: all that is not shifted has to wait phase_shift_delay_samples, and the
 * whole fold is brought forward by as much, so that stems still null.
 *
 * Law: the taps are a pure function of their number.
 */

/* Odd; enough for a magnitude of 1 within 0.05 dB from 60 Hz up to 60 Hz below the Nyquist
 * frequency. */
int phase_shift_tap_count(int rate_hz);
/* (tap_count - 1) / 2. */
int phase_shift_delay_samples(int tap_count);
/* taps: [tap_count], odd around the middle one, which is 0. The phase against the delayed input is
 * exactly +90 degrees below the Nyquist frequency; only the magnitude is approximate. Oppenheim,
 * Schafer, 12.5.1: Hilbert transformer by Kaiser window, sign turned. */
void phase_shift_taps(int tap_count, double *taps);

#endif
