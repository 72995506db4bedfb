/* From the bytes of a table of samples to floats. */
#include "render/files/unpack_pcm.h"

#include <sndfile.h>
#include <stdint.h>
#include <string.h>

#include "render/dsp/planes.h"
#include "render/dsp/unpack_24.h"

/* As the CPU has them: little endian on every host that is supported. */
static uint32_t read_u32(const unsigned char *bytes) {
    uint32_t bits = 0;
    memcpy(&bits, bytes, sizeof bits);
    return bits;
}

size_t unpack_sample_bytes(int encoding) {
    static const struct {
        int encoding;
        size_t bytes;
    } rows[] = {
        {SF_FORMAT_PCM_U8, 1},
        {SF_FORMAT_PCM_16, 2},
        {SF_FORMAT_PCM_24, 3},
        {SF_FORMAT_PCM_32, 4},
        {SF_FORMAT_FLOAT,  4},
        {SF_FORMAT_DOUBLE, 8},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        if (rows[row].encoding == encoding) {
            return rows[row].bytes;
        }
    }
    return 0;
}

bool unpack_is_pcm(int encoding) {
    return encoding == SF_FORMAT_PCM_U8 || encoding == SF_FORMAT_PCM_16 ||
           encoding == SF_FORMAT_PCM_24 || encoding == SF_FORMAT_PCM_32;
}

static void unpack_8(const unsigned char *bytes, size_t count, float *samples) {
    for (size_t at = 0; at < count; at++) {
        samples[at] = (float)((int)bytes[at] - 128) * 0x1p-7F;
    }
}

static void unpack_32(const unsigned char *bytes, size_t count, float *samples) {
    for (size_t at = 0; at < count; at++) {
        samples[at] = (float)(int32_t)read_u32(bytes + 4 * at) * 0x1p-31F;
    }
}

static void unpack_float(const unsigned char *bytes, size_t count, float *samples) {
    for (size_t at = 0; at < count; at++) {
        const uint32_t bits = read_u32(bytes + 4 * at);
        memcpy(&samples[at], &bits, sizeof bits);
    }
}

static void unpack_double(const unsigned char *bytes, size_t count, float *samples) {
    for (size_t at = 0; at < count; at++) {
        const uint64_t bits =
            (uint64_t)read_u32(bytes + 8 * at) | (uint64_t)read_u32(bytes + 8 * at + 4) << 32;
        double value = 0;
        memcpy(&value, &bits, sizeof bits);
        samples[at] = (float)value;
    }
}

void unpack_pcm(int encoding, const unsigned char *bytes, size_t count, float *samples) {
    switch (encoding) {
    case SF_FORMAT_PCM_U8:
        unpack_8(bytes, count, samples);
        break;
    case SF_FORMAT_PCM_16:
        planes_from_16(bytes, (int64_t)count, samples);
        break;
    case SF_FORMAT_PCM_24:
        unpack_24(cpu_level_choose(), bytes, count, samples);
        break;
    case SF_FORMAT_PCM_32:
        unpack_32(bytes, count, samples);
        break;
    case SF_FORMAT_FLOAT:
        unpack_float(bytes, count, samples);
        break;
    default:
        unpack_double(bytes, count, samples);
    }
}

#define GATHER(bytes_of_sample)                                                                    \
    for (size_t at = 0; at < count; at++) {                                                        \
        memcpy(own + at * (bytes_of_sample), bytes + at * stride_bytes, bytes_of_sample);          \
    }

/* The bytes of one channel behind each other; sizes that the compiler knows are quicker. */
static void gather(const unsigned char *bytes,
                   size_t stride_bytes,
                   size_t sample_bytes,
                   size_t count,
                   unsigned char *own) {
    switch (sample_bytes) {
    case 2:
        GATHER(2)
        break;
    case 3:
        GATHER(3)
        break;
    case 4:
        GATHER(4)
        break;
    default:
        GATHER(sample_bytes)
    }
}

void unpack_pcm_channel(
    int encoding, const unsigned char *bytes, size_t stride_bytes, size_t count, float *samples) {
    enum { PIECE = 1024, MOST_SAMPLE_BYTES = 8 };
    const size_t sample_bytes = unpack_sample_bytes(encoding);
    if (stride_bytes == sample_bytes) {
        unpack_pcm(encoding, bytes, count, samples);
        return;
    }
    unsigned char own[PIECE * MOST_SAMPLE_BYTES];
    for (size_t done = 0; done < count; done += PIECE) {
        const size_t part = count - done < PIECE ? count - done : PIECE;
        gather(bytes + done * stride_bytes, stride_bytes, sample_bytes, part, own);
        unpack_pcm(encoding, own, part, samples + done);
    }
}
