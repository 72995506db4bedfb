#ifndef RENDER_FILES_UNPACK_PCM_H
#define RENDER_FILES_UNPACK_PCM_H
/* Samples that lie open in a file, little endian, as floats. Private to this folder. */
#include <stdbool.h>
#include <stddef.h>

/* Bytes of one sample of an SF_FORMAT_* encoding, 0 where it needs a decoder (A-law, mu-law). */
size_t unpack_sample_bytes(int encoding);
/* Whole numbers: there is neither NaN nor Inf among them. */
bool unpack_is_pcm(int encoding);
/* Integers of b bits become value / 2^(b-1), rounded to float where b > 25; doubles are rounded. */
void unpack_pcm(int encoding, const unsigned char *bytes, size_t count, float *samples);
/* The same of one channel: its samples begin stride_bytes apart. No byte outside of them is read.
 */
void unpack_pcm_channel(
    int encoding, const unsigned char *bytes, size_t stride_bytes, size_t count, float *samples);

#endif
