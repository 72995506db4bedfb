/* Real Fourier transforms by FFTW, planned so that every run gives the same bits. */
#include "render/dsp/fft.h"

#include <fftw3.h>
#include <stdlib.h>

enum { ALIGNMENT_BYTES = 64 };

struct Fft {
    fftwf_plan forward, inverse;
};

static float *aligned_floats(size_t count) {
    void *memory = NULL;
    return posix_memalign(&memory, ALIGNMENT_BYTES, count * sizeof(float)) == 0 ? memory : NULL;
}

/* Plans on buffers of its own: ESTIMATE looks at their alignment only. What earlier plans taught
 * FFTW is forgotten first: a plan follows from its size, not from what this rank did before. */
static void make_plans(Fft *fft, int size) {
    float *samples = aligned_floats((size_t)size);
    float *spectrum = aligned_floats((size_t)size + 2);
    if (samples && spectrum) {
        fftwf_forget_wisdom();
        fftwf_complex *bins = (fftwf_complex *)spectrum;
        fft->forward =
            fftwf_plan_dft_r2c_1d(size, samples, bins, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
        fft->inverse = fftwf_plan_dft_c2r_1d(size, bins, samples, FFTW_ESTIMATE);
    }
    free(spectrum);
    free(samples);
}

Status fft_create(int size, Fft **fft, ErrorList *errors) {
    *fft = calloc(1, sizeof **fft);
    if (*fft) {
        make_plans(*fft, size);
    }
    if (!*fft || !(*fft)->forward || !(*fft)->inverse) {
        fft_destroy(fft);
        return fail(errors, E515, NO_PLACE, "no memory for a transform of %d samples", size);
    }
    return DONE;
}

void fft_destroy(Fft **fft) {
    if (!*fft) {
        return;
    }
    if ((*fft)->forward) {
        fftwf_destroy_plan((*fft)->forward);
    }
    if ((*fft)->inverse) {
        fftwf_destroy_plan((*fft)->inverse);
    }
    free(*fft);
    *fft = NULL;
}

/* FFTW's interface lacks const; this plan keeps its input. */
void fft_forward(const Fft *fft, const float *samples, float *spectrum) {
    fftwf_execute_dft_r2c(fft->forward, (float *)samples, (fftwf_complex *)spectrum);
}

void fft_inverse(const Fft *fft, float *spectrum, float *samples) {
    fftwf_execute_dft_c2r(fft->inverse, (fftwf_complex *)spectrum, samples);
}

const char *fft_library_version(void) {
    return fftwf_version;
}
