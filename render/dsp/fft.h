#ifndef RENDER_DSP_FFT_H
#define RENDER_DSP_FFT_H
/* Real Fourier transforms: FFTW in single precision behind one door.
 *
 *     Fft *fft = NULL;
 *     TRY(fft_create(2048, &fft, errors));
 *     fft_forward(fft, samples, spectrum);
 *     fft_destroy(&fft);
 *
 * Planned with FFTW_ESTIMATE on buffers aligned to 64 bytes, one thread, no wisdom from outside:
 * the same bits in every run. Every buffer given must be aligned to 64 bytes too (an arena's
 * blocks are).
 */
#include "render/base/error.h"

typedef struct Fft Fft;

/* Name and build of the library ("fftw-3.3.10-sse2-avx"): its bits depend on it, so it is in keys.
 */
const char *fft_library_version(void);

/* size: even, >= 2; best a power of two. E515 when the library has no memory left. */
Status fft_create(int size, Fft **fft, ErrorList *errors);
void fft_destroy(Fft **fft);

/* samples: [size], kept; spectrum: [size + 2], real and imaginary part of bins 0 .. size / 2. */
void fft_forward(const Fft *fft, const float *samples, float *spectrum);
/* Unnormalised: forward and inverse together multiply by size. spectrum: [size + 2], destroyed
 * (keeping it would cost up to 40 %); samples: [size]. */
void fft_inverse(const Fft *fft, float *spectrum, float *samples);

#endif
