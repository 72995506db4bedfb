#ifndef SPATIAL_DECORRELATOR_H
#define SPATIAL_DECORRELATOR_H
/* The all-pass filters that make the diffuse bus of a layout diffuse. BS.2127-1, 7.4.
 *
 *     double taps[DECORRELATOR_TAPS];
 *     decorrelator_taps(layout_find("7.1.4"), channel, taps);
 *
 * Each loudspeaker has a filter of its own, of random phase; the direct bus waits
 * DECORRELATOR_DELAY_SAMPLES and both are then brought forward by as much, so that direct sound
 * keeps its time and the diffuse one straddles it.
 *
 * Law: the taps are a pure function of the labels of the layout.
 */
#include "render/model/layout.h"

enum { DECORRELATOR_TAPS = 512, DECORRELATOR_DELAY_SAMPLES = 255 };

/* taps: [DECORRELATOR_TAPS], sum of squares 1. The LFE has a filter too, which nothing uses. */
void decorrelator_taps(const Layout *layout, int channel, double *taps);

/* The seed of a channel's filter: its place among all labels of the layout in order of ASCII. */
int decorrelator_seed(const Layout *layout, int channel);

#endif
