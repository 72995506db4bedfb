#ifndef RENDER_DSP_UNPACK_24_H
#define RENDER_DSP_UNPACK_24_H
/* Samples of three bytes each, as most sound files hold them, as floats. */
#include <stddef.h>

#include "render/dsp/cpu_level.h"

/* Little endian, value / 2^23, which is exact. level: one that runs; changes no bit. bytes:
 * [3 * count], none beside them is touched. */
void unpack_24(CpuLevel level, const unsigned char *bytes, size_t count, float *samples);

#endif
