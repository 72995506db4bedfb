#ifndef SPATIAL_HARMONICS_H
#define SPATIAL_HARMONICS_H
/* Real spherical harmonics as AmbiX has them: ACN order, SN3D, no Condon-Shortley phase.
 *
 *     double values[16];
 *     harmonics_at(direction_of(30.0, 0.0), 3, values);   // encodes: b = values * sample
 */
#include "render/model/direction.h"

enum { HARMONIC_MAX_ORDER = 7 };

/* values: [(order + 1)^2]; W is 1 everywhere. order 0 .. 7. Nachbar et al. 2011 (AmbiX). */
void harmonics_at(Direction at, int order, double *values);
/* Degree n of an ACN channel: n^2 <= acn < (n + 1)^2. N3D is SN3D times sqrt(2n + 1). */
int harmonic_degree(int acn);
/* FuMa is SN3D times this, orders 0 .. 3. Malham 2003. */
double harmonic_fuma_factor(int order, int degree);

#endif
