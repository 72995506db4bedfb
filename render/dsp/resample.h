#ifndef RENDER_DSP_RESAMPLE_H
#define RENDER_DSP_RESAMPLE_H
/* Sample rate conversion: soxr VHQ, linear phase, one thread, streaming.
 *
 *     TRY(resampler_create(44100, 48000, channel_count, &resampler, errors));
 *     float *out = arena_array(arena, resampler_capacity(resampler, count) * channels, 4);
 *     TRY(resampler_push(resampler, in, count, out, &out_count, errors));   ... and so on
 *     TRY(resampler_flush(resampler, out, &out_count, errors));
 *
 * Audio is interleaved, one frame = one sample of every channel. Output sample 0 lies at the time
 * of input sample 0, and the whole output has round(frames * to / from) frames. The size of the
 * pieces changes no bit. Equal rates are copied. The program sets SOXR_USE_SIMD=0 at its start, so
 * that soxr takes the same code on every CPU.
 */
#include <stdint.h>

#include "render/base/error.h"

typedef struct Resampler Resampler;

const char *resampler_library_version(void); /* its bits depend on it */

/* round(frame_count * to_hz / from_hz), halves up: the length of a whole resampled file. Exact for
 * whole rates; from_hz may lie between them for a file that is played at another speed. */
int64_t resampled_frames(int64_t frame_count, double from_hz, int to_hz);

/* E515 when soxr cannot be set up. */
Status resampler_create(
    double from_hz, int to_hz, int channel_count, Resampler **resampler, ErrorList *errors);
void resampler_destroy(Resampler **resampler);

/* Most frames that a push of frame_count frames can give, at any time; 0: the flush. */
int64_t resampler_capacity(const Resampler *resampler, int64_t frame_count);
/* in: [frame_count][channel_count], out: [resampler_capacity()][channel_count], or what is left of
 * a buffer for the whole (resampled_frames). What comes out lags behind what went in by the length
 * of the filter. */
Status resampler_push(Resampler *resampler,
                      const float *in,
                      int64_t frame_count,
                      float *out,
                      int64_t *out_count,
                      ErrorList *errors);
/* The rest, once, after the last push. */
Status resampler_flush(Resampler *resampler, float *out, int64_t *out_count, ErrorList *errors);

#endif
