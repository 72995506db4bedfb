#ifndef RENDER_QC_SPECTRA_H
#define RENDER_QC_SPECTRA_H
/* Power spectra of a programme, of its folds and of its LFE, 4096 samples at a time. Inside
 * render/qc only.
 *
 * Hann windows side by side on an absolute grid, sixteen rows in a transform, two of them in a
 * lane.
 */
#include "render/qc/qc_chunk.h"

enum { SPECTRUM_SAMPLES = 4096, SPECTRUM_BINS = SPECTRUM_SAMPLES / 2 };

/* Powers of bins 0 .. SPECTRUM_BINS - 1; the sum of a sine of amplitude 1 is 1/2. */
typedef struct Spectrum {
    int64_t begin; /* sample of the programme */
    double bin_hz;
    double all[SPECTRUM_BINS];    /* channels without the LFE, added up */
    double heard[SPECTRUM_BINS];  /* the same with the weights of BS.1770 */
    double lfe[SPECTRUM_BINS];    /* LFE channels, added up */
    double stereo[SPECTRUM_BINS]; /* of L and R of the fold to 2.0, added up */
    double mono[SPECTRUM_BINS];   /* of the fold to 1.0 */
} Spectrum;

typedef struct Spectra Spectra;

/* E515: no memory for a transform. */
Status spectra_create(const QcSubject *subject, Arena *arena, Spectra **spectra, ErrorList *errors);
void spectra_destroy(Spectra **spectra); /* NULL is fine */
/* Takes samples of the chunk from *done on; true: a spectrum is ready, ask again. */
bool spectra_take(Spectra *spectra, const QcChunk *chunk, int64_t *done);
const Spectrum *spectra_last(const Spectra *spectra);

#endif
