/* Chunks for people and workstations: iXML (specification 2.0, ixml.info), cue and
 * LIST adtl (Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft,
 * 1991).
 */
#include "render/files/wav_notes.h"

enum {
    CUE_COUNT_BYTES = 4,
    CUE_POINT_BYTES = 24,
    LIST_TYPE_BYTES = 4,
    LABEL_HEAD_BYTES = 4, /* the number of the cue point */
    ALIGNMENT_BYTES = 4   /* as some readers of ADM want it of every chunk */
};

static size_t aligned(size_t size_bytes) {
    return (size_bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
}

/* Positions have 32 bits: in a file that is longer the later ones cannot be named. */
static int cue_count(const SoundFormat *format) {
    int count = 0;
    while (count < format->cue_count && format->cues[count].at_frames <= (int64_t)UINT32_MAX) {
        count++;
    }
    return count;
}

static uint32_t cue_bytes(int count) {
    return CUE_COUNT_BYTES + CUE_POINT_BYTES * (uint32_t)count;
}

static size_t label_bytes(const SoundCue *cue) {
    return LABEL_HEAD_BYTES + strlen(cue->name) + 1;
}

static size_t list_bytes(const SoundFormat *format, int count) {
    size_t size_bytes = LIST_TYPE_BYTES;
    for (int cue = 0; cue < count; cue++) {
        size_bytes += CHUNK_HEADER_BYTES + aligned(label_bytes(&format->cues[cue]));
    }
    return size_bytes;
}

int64_t wav_notes_bytes(const SoundFormat *format) {
    const int count = cue_count(format);
    size_t size_bytes = format->ixml ? CHUNK_HEADER_BYTES + aligned(strlen(format->ixml)) : 0;
    if (count > 0) {
        size_bytes += CHUNK_HEADER_BYTES + cue_bytes(count);
        size_bytes += CHUNK_HEADER_BYTES + list_bytes(format, count);
    }
    return (int64_t)size_bytes;
}

/* Spaces behind the text: NULs would be no XML. */
static void put_ixml(const char *ixml, Bytes *bytes) {
    const size_t length = strlen(ixml);
    put_chunk(bytes, "iXML", (uint32_t)aligned(length));
    put_bytes(bytes, ixml, length);
    memset(bytes->next, ' ', aligned(length) - length);
    bytes->next += aligned(length) - length;
}

static void put_cues(const SoundFormat *format, int count, Bytes *bytes) {
    put_chunk(bytes, "cue ", cue_bytes(count));
    put_u32(bytes, (uint32_t)count);
    for (int cue = 0; cue < count; cue++) {
        const uint32_t at = (uint32_t)format->cues[cue].at_frames;
        put_u32(bytes, (uint32_t)cue + 1);
        put_u32(bytes, at);
        put_bytes(bytes, "data", 4);
        put_zeros(bytes, 8); /* neither chunk nor block: there is one data chunk, uncompressed */
        put_u32(bytes, at);
    }
}

/* The text ends at its first zero: readers take what follows for padding. */
static void put_labels(const SoundFormat *format, int count, Bytes *bytes) {
    put_chunk(bytes, "LIST", (uint32_t)list_bytes(format, count));
    put_bytes(bytes, "adtl", LIST_TYPE_BYTES);
    for (int cue = 0; cue < count; cue++) {
        const size_t size_bytes = label_bytes(&format->cues[cue]);
        put_chunk(bytes, "labl", (uint32_t)aligned(size_bytes));
        put_u32(bytes, (uint32_t)cue + 1);
        put_bytes(bytes, format->cues[cue].name, size_bytes - LABEL_HEAD_BYTES);
        put_zeros(bytes, aligned(size_bytes) - size_bytes);
    }
}

void wav_notes_put(const SoundFormat *format, Bytes *bytes) {
    const int count = cue_count(format);
    if (format->ixml) {
        put_ixml(format->ixml, bytes);
    }
    if (count > 0) {
        put_cues(format, count, bytes);
        put_labels(format, count, bytes);
    }
}
