#ifndef SPATIAL_POWER_MATCH_H
#define SPATIAL_POWER_MATCH_H
/* A short filter that gives one set of responses the power spectrum of another.
 *
 *     power_add(&have, decoded, 512, 1.0);    power_add(&wanted, measured, 512, weight);
 *     power_match_taps(&have, &wanted, taps);
 *     power_match_apply(taps, decoded, 512);
 */

/* The spectrum is known at 65 even frequencies up to half the rate; the filter is symmetric, so it
 * moves nothing in time, and reaches 15 samples to each side. */
enum { POWER_GRID = 128, POWER_BINS = POWER_GRID / 2 + 1, MATCH_REACH = 15 };

typedef struct PowerSpectrum {
    double bins[POWER_BINS];
} PowerSpectrum;

/* Adds weight times the power of a response. */
void power_add(PowerSpectrum *spectrum, const double *response, int count, double weight);
/* taps[n] acts n samples before and behind. Amplification is limited to 12 dB either way; the
 * square root of the ratio is smoothed by a Hann window of the reach. */
void power_match_taps(const PowerSpectrum *have,
                      const PowerSpectrum *wanted,
                      double taps[MATCH_REACH + 1]);
/* In place; what rings beyond the ends is lost. count <= 1024. */
void power_match_apply(const double taps[MATCH_REACH + 1], double *response, int count);

#endif
