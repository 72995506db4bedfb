#ifndef RENDER_MODEL_FFT_ENGINE_H
#define RENDER_MODEL_FFT_ENGINE_H
/* Who transforms: see render/dsp/fft.h. */

typedef enum FftEngine { FFT_LANE, FFT_FFTW, FFT_ENGINE_COUNT } FftEngine; /* 0: the default */

#endif
