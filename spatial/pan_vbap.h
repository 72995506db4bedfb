#ifndef SPATIAL_PAN_VBAP_H
#define SPATIAL_PAN_VBAP_H
/* Vector base amplitude panning on any loudspeaker layout (the Spatializer "vbap").
 *
 * A direction sounds from the three loudspeakers of the hull around it (Pulkki 1997), with power 1
 * wherever it is: where the layout is open (above, below, behind) virtual loudspeakers close the
 * hull and hand their gain to their real neighbours at 1/sqrt(n) each (BS.2127-1, 6.1.3.1). A quad
 * of the hull is panned as the sum of its two splits into triangles, so that left and right stay
 * mirror images. spread_deg: a ring of eight more directions at half the spread (Pulkki 1999).
 * 1.0 is gain 1; 2.0 is 5.0 brought down with up to 3 dB less from behind (BS.2127-1, 6.1.3.3).
 * The LFE gets nothing.
 *
 * Law: the gains are a pure function of layout and position.
 */
#include "render/model/spatializer.h"

extern const Spatializer pan_vbap;

#endif
