#ifndef RENDER_FILES_HEADER_BYTES_H
#define RENDER_FILES_HEADER_BYTES_H
/* A cursor in the header of a file that is being built. Its memory is zeroed, so that skipping
 * writes zeros. Private to this folder. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { CHUNK_HEADER_BYTES = 8 };

typedef struct Bytes {
    unsigned char *next;
} Bytes;

/* Little endian, as RIFF. */
static inline void put_u16(Bytes *bytes, uint32_t value) {
    *bytes->next++ = (unsigned char)(value & 0xFF);
    *bytes->next++ = (unsigned char)(value >> 8 & 0xFF);
}

static inline void put_u32(Bytes *bytes, uint32_t value) {
    put_u16(bytes, value & 0xFFFF);
    put_u16(bytes, value >> 16);
}

static inline void put_u64(Bytes *bytes, uint64_t value) {
    put_u32(bytes, (uint32_t)(value & 0xFFFFFFFF));
    put_u32(bytes, (uint32_t)(value >> 32));
}

static inline void put_bytes(Bytes *bytes, const void *source, size_t size_bytes) {
    memcpy(bytes->next, source, size_bytes);
    bytes->next += size_bytes;
}

/* What begins a chunk of RIFF. */
static inline void put_chunk(Bytes *bytes, const char *id, uint32_t size_bytes) {
    put_bytes(bytes, id, 4);
    put_u32(bytes, size_bytes);
}

static inline void put_zeros(Bytes *bytes, size_t size_bytes) {
    bytes->next += size_bytes;
}

#endif
