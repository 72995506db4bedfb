#ifndef RENDER_DSP_K_WEIGHTING_H
#define RENDER_DSP_K_WEIGHTING_H
/* The K filter of ITU-R BS.1770-5 annex 1 at any sample rate, four channels side by side. Inside
 * render/dsp only. */

enum { K_LANES = 4, K_STATES = 4 };

typedef struct KWeighting { /* both stages, a0 = 1; b of stage 2 is 1, -2, 1 */
    double b[3], shelf_a[2], pass_a[2];
} KWeighting;

typedef struct KState {
    double states[K_STATES][K_LANES];
} KState;

KWeighting k_weighting_design(int rate_hz);
/* Filters count samples of four channels and adds the squares to energies. */
void k_weighting_add(const KWeighting *filter,
                     KState *state,
                     const double *const samples[K_LANES],
                     int count,
                     double energies[K_LANES]);
/* Sets state that has decayed below -600 dB to 0 (denormals). */
void k_state_flush(KState *state);

#endif
