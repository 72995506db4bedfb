#ifndef RENDER_DSP_CONVOLVER_H
#define RENDER_DSP_CONVOLVER_H
/* Long and moving filters, the same bits for every cut of the timeline.
 *
 *     FilterBank *bank = NULL;
 *     TRY(filter_bank_create(&impulse_responses, arena, &bank, errors));
 *     const ConvolverSource source = {.read = read_send, .context = &send, .bank = bank};
 *     TRY(convolver_run(&source, 1, span, out, task_arena, errors));
 *
 * Overlap-save with uniform partitions of S samples on the absolute grid kS. A source is
 * transformed once per block for all channels (several layouts may be concatenated as channels),
 * products are summed in the frequency domain over sources and partitions, and each channel takes
 * one inverse transform per block. Sample 0 of a response sounds at the source's own sample.
 */
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/base/units.h"
#include "render/model/audio.h"
#include "render/model/fft_engine.h"

enum { MOVING_BLOCK_SAMPLES = 1024 }; /* grid of moving filters, DECISIONS 17 */

/* S for a response of so many samples: half the power of two nearest 2 * samples / 6, which is
 * clamped to 4096 .. 65536. Depends on nothing else. */
int convolver_block_samples(int64_t response_samples);

/* Spectra of the responses of one source in all channels. */
typedef struct FilterBank FilterBank;

/* responses: [channel_count][sample_count], both >= 1; a NULL row is a channel without a response
 * (its row of `out` is not touched). Channels 2 i and 2 i + 1 share a transform, and rounding leaks
 * between them (-140 dB): channels of several layouts in one bank begin at even numbers, or the
 * bits of one layout depend on which others are there. The bank lives in the arena: channel_count *
 * partitions * (S + 1) * 8 bytes. By the lane engine. */
Status
filter_bank_create(const AudioBlock *responses, Arena *arena, FilterBank **bank, ErrorList *errors);
/* The same on a grid of block_samples (a power of two, 256 .. 65536), for banks that run together.
 */
Status filter_bank_create_sized(const AudioBlock *responses,
                                int block_samples,
                                Arena *arena,
                                FilterBank **bank,
                                ErrorList *errors);
Status filter_bank_create_by(FftEngine engine,
                             const AudioBlock *responses,
                             int block_samples,
                             Arena *arena,
                             FilterBank **bank,
                             ErrorList *errors);
int filter_bank_partition_count(const FilterBank *bank);
/* What the spectra of a bank with responses of so many samples take at most. */
int64_t filter_bank_bytes(int channel_count, int64_t response_samples);
/* How many channels (a multiple of 2) of such a bank fit into so many bytes; at least 2. */
int filter_bank_channels_within(int64_t response_samples, int64_t limit_bytes);

/* Samples begin .. begin + count - 1 of a source in absolute time, 0 outside its material. */
typedef void ConvolverRead(void *context, SampleTime begin, int64_t count, float *samples);

typedef struct ConvolverSource {
    ConvolverRead *read;
    void *context;
    const FilterBank *bank;
} ConvolverSource;

/* Adds all sources through their banks to out: [channel_count][span length].
 *
 * All banks have the same block size, engine and channel count; their lengths may differ. Reads
 * each source from up to (partitions + 1) * S samples before the span to the end of its last block.
 * Chunks and filters of nothing but zeros cost nothing. Scratch: 270 * S bytes, and for each source
 * (partitions + 15) * S * 8 bytes. */
Status convolver_run(const ConvolverSource *sources,
                     int source_count,
                     Span span,
                     double *const *out,
                     Arena *scratch,
                     ErrorList *errors);

/* A convolver for spans that follow one another: where one begins on the block grid at the end of
 * the last one, the spectra of the past are still there; elsewhere they are made anew. The samples
 * are the same. */
typedef struct Convolver Convolver;

Convolver *convolver_create(Arena *arena);
/* As convolver_run. The sources are those of the first call: the same number, read alike, with
 * banks of the same responses (which may have been made again). */
Status convolver_go_on(Convolver *convolver,
                       const ConvolverSource *sources,
                       int source_count,
                       Span span,
                       double *const *out,
                       ErrorList *errors);
/* The same of a convolver that nobody else adds to: what convolver_go_on would add to zeros,
 * rounded to float, takes the place of what stands in rows: [channel_count][span length]. A channel
 * without a response may be NULL, or it becomes silent. Spares a clean bus and most of its traffic.
 */
Status convolver_write_on(Convolver *convolver,
                          const ConvolverSource *sources,
                          int source_count,
                          Span span,
                          float *const *rows,
                          ErrorList *errors);
/* The next span may be of other sources, as many and with responses as long: made anew, in the
 * memory that is there (measured: twelve inputs of a room spent more in page faults than in sums).
 */
void convolver_forget(Convolver *convolver);
void convolver_close(Convolver *convolver); /* NULL is fine */

/* A source whose filter is a function of absolute time, known at the grid
 * grid_index * MOVING_BLOCK_SAMPLES. */
typedef struct MovingSource {
    ConvolverRead *read;
    void *context;
    /* Writes taps: [channel_count][tap_count]. Asked at most once per index, not in silence. */
    void (*filter_at)(void *context, int64_t grid_index, float *taps);
    /* Whether the filter at the index is, bit for bit, the one at the index before; NULL: it never
     * is known to be. Saves work, changes no bit. */
    bool (*stays_at)(void *context, int64_t grid_index);
} MovingSource;

typedef struct MovingShape {
    int channel_count;
    int tap_count; /* 1 .. MOVING_BLOCK_SAMPLES */
    Span span;
    FftEngine fft;
} MovingShape;

/* As convolver_run with filters that change: block k is heard through the response at its begin
 * and the one at its end, faded into each other over the block (cos^2 and sin^2 of the position;
 * their sum is 1). out: [channel_count][span length], added to. Many sources to two ears:
 * ear_convolver.h. */
Status convolver_run_moving(const MovingSource *sources,
                            int source_count,
                            const MovingShape *shape,
                            double *const *out,
                            Arena *scratch,
                            ErrorList *errors);

#endif
