#ifndef SPATIAL_DOWNMIX_H
#define SPATIAL_DOWNMIX_H
/* Named folds of one layout into another: matrices with their source.
 *
 *     double gains[2 * 6];
 *     downmix_matrix(downmix_find("lo-ro"), layout_find("5.1"), layout_find("2.0"), gains);
 *
 * A matrix only adds: it neither limits nor scales. downmix_peak_gain tells what the loudest
 * signals can grow to, so that the caller can.
 */
#include "render/base/error.h"
#include "render/model/layout.h"

enum { DOWNMIX_TERMS_MAX = 8 };

typedef struct DownmixTerm {
    const char *input; /* channel label; NULL ends the row */
    double gain;
    bool is_shifted; /* this input passes a phase shift of +90 degrees first (phase_shift.h) */
} DownmixTerm;

typedef struct DownmixRow {
    const char *output; /* channel label; NULL ends the matrix */
    DownmixTerm terms[DOWNMIX_TERMS_MAX];
} DownmixRow;

typedef struct Downmix {
    const char *name, *summary, *source;
    const char *from, *to;  /* names of layouts; NULL: any */
    const DownmixRow *rows; /* up to a row without output; NULL: DirectSpeakers rules */
} Downmix;

/* NULL: no such matrix. */
const Downmix *downmix_find(const char *name);
/* All of them, in the order of a listing; NULL past the end. */
const Downmix *downmix_at(int index);

/* Whether the fold leads from one to the other: the layouts that it names or what varies them, or
 * others with the same labels, where nothing but an LFE stays unheard and every loudspeaker plays.
 * The fold `bs2127` leads from any two loudspeakers or more to any. */
bool downmix_fits(const Downmix *downmix, const Layout *from, const Layout *to);

/* gains: [to->channel_count][from->channel_count], what is not shifted. E208 when a label of the
 * matrix is missing in a layout (other layouts than those named are welcome if they have it). */
Status downmix_matrix(
    const Downmix *downmix, const Layout *from, const Layout *to, double *gains, ErrorList *errors);
/* The same for what is shifted by +90 degrees. All zero for most. */
Status downmix_shifted_matrix(
    const Downmix *downmix, const Layout *from, const Layout *to, double *gains, ErrorList *errors);

/* Whether the LFE of the layout that it starts from is heard nowhere. */
bool downmix_drops_lfe(const Downmix *downmix);

/* The largest gain from the peak of the inputs to the peak of an output: all inputs at full scale
 * and in phase. 2.414 (7.7 dB) for Lo/Ro. A shifted input can exceed it by its shift. 0 of
 * `bs2127`: it depends on the layouts. */
double downmix_peak_gain(const Downmix *downmix);

/* Adds the LFE to a fold that drops it: gain times the LFE, low-passed at 120 Hz, in each output.
 * An LFE is reproduced 10 dB louder than it is written (SMPTE RP 200): share is the part of that
 * loudness, at most 0.5. Returns share * 10^(10/20). */
double downmix_lfe_gain(double share);

#endif
