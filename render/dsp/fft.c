/* The door to the transforms: which engine, and what they have in common. */
#include "render/dsp/fft.h"

#include "render/dsp/fft_methods.h"

struct Fft {
    const RealMethods *methods;
    Arena *arena; /* of itself */
    void *self;
};

struct FftLanes {
    const LanesMethods *methods;
    Arena *arena; /* of itself; NULL: it lives in the caller's */
    void *self;
};

const char *fft_engine_name(FftEngine engine) {
    return engine == FFT_FFTW ? "fftw" : "lane";
}

/* Raise the number when the lane engine starts to give other bits. */
const char *fft_engine_version(FftEngine engine) {
    return engine == FFT_FFTW ? fft_library_version() : "lane 1";
}

Status fft_create_by(FftEngine engine, int size, Fft **fft, ErrorList *errors) {
    Arena *arena = arena_create();
    *fft = arena_alloc(arena, sizeof **fft);
    **fft = (Fft){.methods = engine == FFT_FFTW ? &fft_fftw_real : &fft_lane_real, .arena = arena};
    const Status status = (*fft)->methods->life.create(size, arena, &(*fft)->self, errors);
    if (status) {
        fft_destroy(fft);
    }
    return status;
}

Status fft_create(int size, Fft **fft, ErrorList *errors) {
    return fft_create_by(FFT_LANE, size, fft, errors);
}

static void release(const FftMethods *life, void *self, Arena *arena) {
    if (life->release && self) {
        life->release(self);
    }
    arena_destroy(&arena);
}

void fft_destroy(Fft **fft) {
    if (*fft) {
        release(&(*fft)->methods->life, (*fft)->self, (*fft)->arena);
        *fft = NULL;
    }
}

void fft_forward(const Fft *fft, const float *samples, float *spectrum) {
    fft->methods->forward(fft->self, samples, spectrum);
}

void fft_inverse(const Fft *fft, float *spectrum, float *samples) {
    fft->methods->inverse(fft->self, spectrum, samples);
}

Status
fft_lanes_create_in(FftEngine engine, int size, Arena *arena, FftLanes **fft, ErrorList *errors) {
    *fft = arena_alloc(arena, sizeof **fft);
    (*fft)->methods = engine == FFT_FFTW ? &fft_fftw_lanes : &fft_lane_lanes;
    const Status status = (*fft)->methods->life.create(size, arena, &(*fft)->self, errors);
    if (status) {
        fft_lanes_destroy(fft);
    }
    return status;
}

Status fft_lanes_create(FftEngine engine, int size, FftLanes **fft, ErrorList *errors) {
    Arena *arena = arena_create();
    const Status status = fft_lanes_create_in(engine, size, arena, fft, errors);
    if (status) {
        arena_destroy(&arena);
        return status;
    }
    (*fft)->arena = arena;
    return DONE;
}

void fft_lanes_destroy(FftLanes **fft) {
    if (*fft) {
        release(&(*fft)->methods->life, (*fft)->self, (*fft)->arena);
        *fft = NULL;
    }
}

void fft_lanes_forward(const FftLanes *fft, float *bins) {
    fft->methods->forward(fft->self, bins);
}

void fft_lanes_inverse(const FftLanes *fft, float *bins) {
    fft->methods->inverse(fft->self, bins);
}

FftLanesParts fft_lanes_parts(const FftLanes *fft) {
    return fft->methods->parts(fft->self);
}

void fft_lanes_inverse_portion(const FftLanes *fft, float *bins, int first) {
    fft->methods->inverse_portion(fft->self, bins, first);
}

void fft_lanes_inverse_half(
    const FftLanes *fft, const float *bins, int at, int count, float *tile) {
    fft->methods->inverse_half(fft->self, bins, at, count, tile);
}

void fft_lanes_positions(const FftLanes *fft, int *positions) {
    fft->methods->positions(fft->self, positions);
}

int fft_lanes_position(const FftLanes *fft, int bin) {
    return fft->methods->position(fft->self, bin);
}
