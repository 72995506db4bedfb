#ifndef SPATIAL_BINAURAL_LFE_H
#define SPATIAL_BINAURAL_LFE_H
/* The response of an LFE channel at one ear. */
#include "render/base/arena.h"
#include "render/base/error.h"

/* A 4th-order Linkwitz-Riley low-pass at 120 Hz (-6 dB there) as a minimum-phase filter; +10 dB in
 * band, as an LFE is played back (BS.775, Dolby and SMPTE RP 200), and constant power between two
 * ears: 10 - 3 dB in each. out: [tap_count], tap_count at most PHASE_SIZE. */
Status binaural_lfe(int tap_count, int lead_samples, int rate_hz, float *out, ErrorList *errors);

#endif
