#ifndef RENDER_DSP_NOISE_H
#define RENDER_DSP_NOISE_H
/* Noise as a hash of what it belongs to and of the sample index: no generator, no state.
 *
 *     const uint64_t stream = noise_stream(mix->seed, (const char *[]){"cinema", "me"}, 2,
 * channel); value += noise_tpdf(stream, sample) * step;
 */
#include <stdint.h>

/* One stream per seed, texts and channel. Order and borders of the texts count. */
uint64_t noise_stream(uint64_t seed, const char *const *names, int count, int channel);
/* 64 even bits. index: any, also negative. */
uint64_t noise_hash(uint64_t stream, int64_t index);
/* Even in [-1, 1), variance 1/3. */
double noise_uniform(uint64_t stream, int64_t index);
/* Triangular in (-1, 1), variance 1/6: TPDF dither in units of one LSB. */
double noise_tpdf(uint64_t stream, int64_t index);
/* Normal, mean 0, variance 1, |value| < 8.7. */
double noise_gaussian(uint64_t stream, int64_t index);

#endif
