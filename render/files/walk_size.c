/* Whether AIFF, CAF, W64 and AU files hold the bytes that their headers promise: libsndfile takes a
 * file that was cut short for a shorter one.
 *
 * Sources: Apple, Audio Interchange File Format 1.3 and AIFF-C draft; Apple Core Audio Format
 * Specification 1.0; Sony Wave64 specification; Sun/NeXT audio(4).
 */
#include <string.h>

#include "render/files/sound_text.h"
#include "render/files/sound_walk.h"

enum {
    HEADER_BYTES = 24,
    FORM_HEADER_BYTES = 8,
    CAF_HEADER_BYTES = 8,
    CAF_CHUNK_HEADER_BYTES = 12,
    MAX_CHUNKS = 4096 /* a file of empty chunks must not keep us busy */
};

static uint64_t read_big(const unsigned char *bytes, int count) {
    uint64_t value = 0;
    for (int byte = 0; byte < count; byte++) {
        value = value << 8 | bytes[byte];
    }
    return value;
}

static uint64_t read_little(const unsigned char *bytes, int count) {
    uint64_t value = 0;
    for (int byte = count - 1; byte >= 0; byte--) {
        value = value << 8 | bytes[byte];
    }
    return value;
}

static Status check_size(const SoundWalk *walk, uint64_t promised_bytes) {
    if (promised_bytes <= (uint64_t)walk->file_bytes) {
        return DONE;
    }
    const int64_t shown = promised_bytes > INT64_MAX ? INT64_MAX : (int64_t)promised_bytes;
    return fail(walk->errors, E413, walk->file->place,
                "`%s` is cut short: its header promises %s bytes, the file has %s",
                walk->file->path, sound_count_text(shown).text,
                sound_count_text(walk->file_bytes).text);
}

/* Chunks of a type and a 64-bit size, -1 for data up to the end of the file. */
static Status check_caf(const SoundWalk *walk) {
    uint64_t position = CAF_HEADER_BYTES;
    for (int count = 0; count < MAX_CHUNKS; count++) {
        unsigned char chunk[CAF_CHUNK_HEADER_BYTES];
        size_t got = 0;
        TRY(file_read_at(walk->file, (int64_t)position, chunk, sizeof chunk, &got, walk->errors));
        const uint64_t size_bytes = read_big(chunk + 4, 8);
        if (got < sizeof chunk || size_bytes == UINT64_MAX) {
            return DONE;
        }
        position = size_bytes > INT64_MAX - position - sizeof chunk
                       ? INT64_MAX
                       : position + sizeof chunk + size_bytes;
        TRY(check_size(walk, position));
    }
    return walk_fail_malformed(walk, "is malformed: it has too many chunks");
}

/* Where the length was never filled in (0, all ones), libsndfile's word counts. */
static Status check_au(const SoundWalk *walk, const unsigned char *header) {
    const uint64_t size_bytes = read_big(header + 8, 4);
    return size_bytes == UINT32_MAX ? DONE : check_size(walk, read_big(header + 4, 4) + size_bytes);
}

Status walk_check_size(const SoundWalk *walk) {
    unsigned char header[HEADER_BYTES] = {0};
    size_t got = 0;
    TRY(file_read_at(walk->file, 0, header, sizeof header, &got, walk->errors));
    if (memcmp(header, "FORM", 4) == 0 && memcmp(header + 8, "AIF", 3) == 0) {
        return check_size(walk, read_big(header + 4, 4) + FORM_HEADER_BYTES);
    }
    if (memcmp(header, "caff", 4) == 0) {
        return check_caf(walk);
    }
    if (memcmp(header, "riff", 4) == 0) {
        return check_size(walk, read_little(header + 16, 8));
    }
    return memcmp(header, ".snd", 4) == 0 ? check_au(walk, header) : DONE;
}
