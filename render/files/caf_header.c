/* Everything of a CAF file that stands before its samples.
 *
 * Source: Apple Core Audio Format Specification 1.0. Numbers of the header are big endian, samples
 * little endian as in WAV.
 */
#include "render/files/caf_header.h"

#include <string.h>

#include "render/files/header_bytes.h"
#include "render/files/sound_sink.h"

enum {
    FILE_BYTES = 8,
    CHUNK_BYTES = 12,
    DESC_BYTES = 32,
    CHAN_BYTES = 12,
    EDIT_COUNT_BYTES = 4,
    FLAG_FLOAT = 1,
    FLAG_LITTLE_ENDIAN = 2,
    LAYOUT_TAG_BITMAP = 0x10000 /* loudspeakers by the bits of dwChannelMask */
};

static void put_big(Bytes *bytes, uint64_t value, int size_bytes) {
    for (int byte = size_bytes - 1; byte >= 0; byte--) {
        *bytes->next++ = (unsigned char)(value >> 8 * byte & 0xFF);
    }
}

static void put_head(Bytes *bytes, const char *id, int64_t size_bytes) {
    put_bytes(bytes, id, 4);
    put_big(bytes, (uint64_t)size_bytes, 8);
}

static bool has_loudspeakers(const SoundFormat *format) {
    return format->channel_mask != 0;
}

static int64_t data_bytes(const SoundFormat *format) {
    return format->frame_count * format->channel_count * sound_sample_bytes(format->format);
}

static size_t header_bytes(const SoundFormat *format) {
    const size_t chan = has_loudspeakers(format) ? CHUNK_BYTES + CHAN_BYTES : 0;
    return FILE_BYTES + CHUNK_BYTES + DESC_BYTES + chan + CHUNK_BYTES + EDIT_COUNT_BYTES;
}

int64_t caf_file_bytes(const SoundFormat *format) {
    return (int64_t)header_bytes(format) + data_bytes(format);
}

static void put_desc(Bytes *bytes, const SoundFormat *format) {
    const double rate_hz = format->rate_hz;
    const int sample_bytes = sound_sample_bytes(format->format);
    uint64_t rate_bits = 0;
    memcpy(&rate_bits, &rate_hz, sizeof rate_bits);
    put_head(bytes, "desc", DESC_BYTES);
    put_big(bytes, rate_bits, 8);
    put_bytes(bytes, "lpcm", 4);
    put_big(bytes, FLAG_LITTLE_ENDIAN | (sound_is_float(format->format) ? FLAG_FLOAT : 0), 4);
    put_big(bytes, (uint64_t)sample_bytes * (uint64_t)format->channel_count, 4);
    put_big(bytes, 1, 4); /* frames in a packet */
    put_big(bytes, (uint64_t)format->channel_count, 4);
    put_big(bytes, (uint64_t)sample_bytes * 8, 4);
}

void caf_header_build(const SoundFormat *format, Arena *arena, WavHeader *header) {
    *header = (WavHeader){.size_bytes = header_bytes(format), .data_bytes = data_bytes(format)};
    header->bytes = arena_alloc(arena, header->size_bytes);
    Bytes bytes = {.next = header->bytes};
    put_bytes(&bytes, "caff", 4);
    put_big(&bytes, 1, 2); /* version */
    put_big(&bytes, 0, 2);
    put_desc(&bytes, format);
    if (has_loudspeakers(format)) {
        put_head(&bytes, "chan", CHAN_BYTES);
        put_big(&bytes, LAYOUT_TAG_BITMAP, 4);
        put_big(&bytes, format->channel_mask, 4);
        put_big(&bytes, 0, 4); /* no descriptions */
    }
    put_head(&bytes, "data", EDIT_COUNT_BYTES + data_bytes(format));
    put_big(&bytes, 0, EDIT_COUNT_BYTES);
}
