#ifndef SPATIAL_ENCODE_AMBISONICS_H
#define SPATIAL_ENCODE_AMBISONICS_H
/* A direction as ambisonic gains, and the Spatializer "ambisonic" of foa and hoa1 .. hoa7 buses.
 *
 *     double gains[16];
 *     encode_ambisonics((Position){.azimuth_deg = 30.0}, 3, HARMONIC_SN3D, gains);
 *
 * A point source has W = 1 (SN3D). A source with a spread is an even cap of that angle: degree n is
 * weighted by a_n = (P_n-1(c) - P_n+1(c)) / ((2n + 1) (1 - c)), c = cos(spread / 2), and all of
 * them by (N + 1) / sqrt(sum (2n + 1) a_n^2), so that a decoder gives it the mean power of a point:
 * at 360 degrees only W is left, with gain N + 1. Distance has no effect: what mixers author is the
 * level.
 *
 * Law: the gains are a pure function of order and position.
 */
#include "render/model/spatializer.h"

/* How the degrees of an ambisonic signal are scaled: N3D is SN3D times sqrt(2n + 1). */
typedef enum HarmonicNorm { HARMONIC_SN3D, HARMONIC_N3D } HarmonicNorm;

/* gains: [(order + 1)^2], ACN order. order 0 .. 7; spread_deg is held to 0 .. 360. Zotter and
 * Frank, Ambisonics (2019), 5.3 for caps. */
void encode_ambisonics(Position at, int order, HarmonicNorm norm, double *gains);

extern const Spatializer ambisonic; /* ACN, SN3D (AmbiX) */

#endif
