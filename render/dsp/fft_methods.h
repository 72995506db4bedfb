#ifndef RENDER_DSP_FFT_METHODS_H
#define RENDER_DSP_FFT_METHODS_H
/* What an engine implements behind fft.h; only fft.c and the engines include this. */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/dsp/fft.h"

typedef struct FftMethods {
    /* self lives in the arena; what else it holds is given back by release, which is called once
     * whether or not create succeeded, unless self is NULL. */
    Status (*create)(int size, Arena *arena, void **self, ErrorList *errors);
    void (*release)(void *self); /* NULL: nothing to give back */
} FftMethods;

typedef struct RealMethods { /* as fft_forward and fft_inverse */
    FftMethods life;
    void (*forward)(const void *self, const float *samples, float *spectrum);
    void (*inverse)(const void *self, float *spectrum, float *samples);
} RealMethods;

typedef struct LanesMethods { /* as fft_lanes_forward ... */
    FftMethods life;
    void (*forward)(const void *self, float *bins);
    void (*inverse)(const void *self, float *bins);
    FftLanesParts (*parts)(const void *self);
    void (*inverse_portion)(const void *self, float *bins, int first);
    void (*inverse_half)(const void *self, const float *bins, int at, int count, float *tile);
    int (*position)(const void *self, int bin);
    void (*positions)(const void *self, int *positions);
} LanesMethods;

extern const RealMethods fft_lane_real, fft_fftw_real;
extern const LanesMethods fft_lane_lanes, fft_fftw_lanes;

#endif
