#ifndef RENDER_DSP_EAR_CONVOLVER_H
#define RENDER_DSP_EAR_CONVOLVER_H
/* Many sources to two ears, each through its own pair of short filters, still or moving.
 *
 *     const EarSource source = {.slot = 3, .read = read_layer, .filter_at = filter_of, .context =
 * &it}; const EarShape shape = {.tap_count = 640, .is_moving = true, .span = span};
 *     TRY(ear_convolver_run(&source, 1, &shape, out, task_arena, errors));
 *
 * Overlap-save on the absolute grid. Sixteen sources share a lane transform: each lane carries two
 * as its real and imaginary part. Both ears are the real and imaginary part of one filter, so a
 * source costs one product a bin, and all sources together one inverse transform a block. Moving
 * filters take two sums, which are faded into each other after the inverse transform.
 *
 * Law: partner, lane and order of a source follow from its slot; a source that is silent in a
 * window counts as absent, so that it does not matter whether it is there.
 */
#include "render/base/arena.h"
#include "render/base/units.h"
#include "render/dsp/convolver.h"
#include "render/model/fft_engine.h"

enum { EARS = 2, EAR_TAPS_MAX = 1024 };

/* The grid of moving filters: what a transform of 2048 samples has free of wrap-around, in steps of
 * 64, at most 1408 (29 ms at 48 kHz). Depends on nothing else. tap_count: 1 .. EAR_TAPS_MAX */
int ear_grid_samples(int tap_count);

typedef struct EarSource {
    int slot; /* its place among all sources that this bus may ever have; no two alike */
    ConvolverRead *read;
    /* Writes taps: [EARS][tap_count], at sample grid_index * ear_grid_samples(); a still source
     * is asked for 0. Not asked in silence. */
    void (*filter_at)(void *context, int64_t grid_index, float *taps);
    void *context;
    /* Of a moving one: whether the filter at the index is, bit for bit, the one at the index
     * before; NULL: it never is known to be. Saves work, changes no bit. */
    bool (*stays_at)(void *context, int64_t grid_index);
} EarSource;

typedef struct EarShape {
    int tap_count; /* 1 .. EAR_TAPS_MAX */
    bool is_moving;
    Span span;
    FftEngine engine;
} EarShape;

/* Adds all sources to out: [EARS][span length]. Moving: block k is heard through the response at
 * its begin and the one at its end, faded into each other over the block (cos^2 and sin^2 of the
 * position; their sum is 1). Reads up to 4096 samples before the span. E515 when the transform's
 * library has no memory left. Scratch: 64 KiB a still, 48 KiB a moving source. */
Status ear_convolver_run(const EarSource *sources,
                         int source_count,
                         const EarShape *shape,
                         double *const *out,
                         Arena *scratch,
                         ErrorList *errors);

/* For spans that follow one another: tables, the filters of still sources and what windows overlap
 * in are kept. The sources are those of the first call (slots, filters and material; the array
 * itself lasts for the call alone), the shape differs in its span only. */
typedef struct EarConvolver EarConvolver;

EarConvolver *ear_convolver_create(Arena *arena);
/* As ear_convolver_run. */
Status ear_convolver_go_on(EarConvolver *convolver,
                           const EarSource *sources,
                           int source_count,
                           const EarShape *shape,
                           double *const *out,
                           ErrorList *errors);
void ear_convolver_close(EarConvolver *convolver); /* NULL is fine */

#endif
