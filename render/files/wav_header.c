/* Everything of a WAV or RF64 file that stands before its samples.
 *
 * Sources: WAVEFORMATEXTENSIBLE (Microsoft); EBU Tech 3285 v2 (bext); EBU Tech 3306 v1.1 (RF64, the
 * sizes in ds64); SMPTE ST 330 (UMID).
 */
#include "render/files/wav_header.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/files/header_bytes.h"
#include "render/files/sound_sink.h"
#include "render/files/wav_notes.h"

enum {
    TAG_PCM = 1,
    TAG_FLOAT = 3,
    TAG_EXTENSIBLE = 0xFFFE,
    FORMAT_PCM_BYTES = 16,
    FORMAT_FLOAT_BYTES = 18, /* with an empty extension, as the format asks for when not PCM */
    FORMAT_EXTENSIBLE_BYTES = 40,
    FACT_BYTES = 4,
    DS64_BYTES = 28,
    BEXT_BYTES = 602, /* without coding history */
    BEXT_DESCRIPTION_BYTES = 256,
    BEXT_ORIGINATOR_BYTES = 32,
    BEXT_REFERENCE_BYTES = 32,
    BEXT_TIME_BYTES = 10 + 8, /* date, time of day: empty */
    BEXT_VERSION = 2,
    BEXT_UMID_BYTES = 64,
    BEXT_UMID_BASIC_BYTES = 32,
    BEXT_LOUDNESS_COUNT = 5,
    BEXT_LOUDNESS_UNUSED = 0x7FFF,
    BEXT_LOUDNESS_OFFSET = 412,
    BEXT_RESERVED_BYTES = 180,
    RIFF_HEADER_BYTES = 12,
    MASK_MONO = 0x4, /* front centre */
    MASK_STEREO = 0x3
};

static const uint32_t size_in_ds64 = 0xFFFFFFFF;
static const int64_t wav_limit_bytes = 0xFFFF0000; /* 4 GiB less 64 KiB for readers that add up */

/* One `?` for each character that is not ASCII: its first byte becomes it, the others vanish. */
static size_t ascii_copy(unsigned char *target, const char *text, size_t room_bytes) {
    size_t length = 0;
    for (const char *from = text ? text : ""; *from && length < room_bytes; from++) {
        const unsigned char byte = (unsigned char)*from;
        if ((byte & 0xC0) != 0x80) {
            target[length++] = byte < 0x80 ? byte : '?';
        }
    }
    return length;
}

static void put_text(Bytes *bytes, const char *text, size_t field_bytes) {
    ascii_copy(bytes->next, text, field_bytes);
    bytes->next += field_bytes;
}

static bool is_extensible(const SoundFormat *format) {
    const uint32_t standard = format->channel_count == 1 ? MASK_MONO : MASK_STEREO;
    return format->channel_count > 2 || format->channel_mask != standard;
}

static uint32_t format_chunk_bytes(const SoundFormat *format) {
    if (is_extensible(format)) {
        return FORMAT_EXTENSIBLE_BYTES;
    }
    return sound_is_float(format->format) ? FORMAT_FLOAT_BYTES : FORMAT_PCM_BYTES;
}

/* Some readers of ADM want every chunk at a multiple of 4 bytes. */
static bool has_metadata(const SoundFormat *format) {
    return format->metadata.axml != NULL;
}

static uint32_t bext_chunk_bytes(const SoundFormat *format) {
    const size_t history_bytes = format->coding_history ? strlen(format->coding_history) : 0;
    const size_t alignment = has_metadata(format) ? 4 : 2;
    return (uint32_t)((BEXT_BYTES + history_bytes + alignment - 1) / alignment * alignment);
}

static int64_t metadata_bytes(const SoundFormat *format) {
    return has_metadata(format)
               ? (int64_t)2 * CHUNK_HEADER_BYTES + (int64_t)format->metadata.chna_bytes +
                     (int64_t)strlen(format->metadata.axml)
               : 0;
}

static int64_t data_bytes(const SoundFormat *format) {
    return format->frame_count * format->channel_count * sound_sample_bytes(format->format);
}

static int64_t header_bytes(const SoundFormat *format, bool is_rf64) {
    int64_t size_bytes = RIFF_HEADER_BYTES;
    size_bytes += is_rf64 ? CHUNK_HEADER_BYTES + DS64_BYTES : 0;
    size_bytes +=
        format->is_without_bext ? 0 : CHUNK_HEADER_BYTES + (int64_t)bext_chunk_bytes(format);
    size_bytes += CHUNK_HEADER_BYTES + (int64_t)format_chunk_bytes(format);
    size_bytes += sound_is_float(format->format) ? CHUNK_HEADER_BYTES + FACT_BYTES : 0;
    return size_bytes + metadata_bytes(format) + wav_notes_bytes(format) + CHUNK_HEADER_BYTES;
}

static int64_t wav_bytes(const SoundFormat *format, bool is_rf64) {
    const int64_t samples_bytes = data_bytes(format);
    return header_bytes(format, is_rf64) + samples_bytes + samples_bytes % 2;
}

bool sound_becomes_rf64(const SoundFormat *format) {
    return format->container == CONTAINER_RF64 || format->container == CONTAINER_BW64 ||
           (format->container == CONTAINER_WAV && wav_bytes(format, false) > wav_limit_bytes);
}

int64_t wav_file_bytes(const SoundFormat *format) {
    return wav_bytes(format, sound_becomes_rf64(format));
}

static void put_ds64(Bytes *bytes, const SoundFormat *format) {
    put_chunk(bytes, "ds64", DS64_BYTES);
    put_u64(bytes, (uint64_t)(wav_bytes(format, true) - CHUNK_HEADER_BYTES));
    put_u64(bytes, (uint64_t)data_bytes(format));
    put_u64(bytes, (uint64_t)format->frame_count);
    put_u32(bytes, 0); /* no other chunk is that long */
}

/* The basic UMID of a material number: of no stated kind of material, the number a UUID, the first
 * instance. Those of one job and program are the same. */
static void put_umid(Bytes *bytes, Key material) {
    static const unsigned char label[16] = {0x06, 0x0A, 0x2B, 0x34, 0x01, 0x01, 0x01, 0x05,
                                            0x01, 0x01, 0x0F, 0x20, 0x13, 0x00, 0x00, 0x00};
    unsigned char number[16];
    for (int byte = 0; byte < 8; byte++) {
        number[byte] = (unsigned char)(material.high >> (56 - 8 * byte) & 0xFF);
        number[byte + 8] = (unsigned char)(material.low >> (56 - 8 * byte) & 0xFF);
    }
    number[6] = (unsigned char)((number[6] & 0x0F) | 0x80); /* version 8 of RFC 9562: a hash */
    number[8] = (unsigned char)((number[8] & 0x3F) | 0x80); /* its variant */
    put_bytes(bytes, label, sizeof label);
    put_bytes(bytes, number, sizeof number);
    put_zeros(bytes, BEXT_UMID_BYTES - BEXT_UMID_BASIC_BYTES);
}

/* In hundredths. */
static uint32_t loudness_word(double value) {
    const double limit = 32766.0;
    const double hundredths = nearbyint(value * 100.0);
    return value <= silence_db || fabs(hundredths) > limit
               ? BEXT_LOUDNESS_UNUSED
               : (uint32_t)((int32_t)hundredths & 0xFFFF);
}

void wav_header_loudness(const SoundLoudness *loudness, unsigned char words[WAV_LOUDNESS_BYTES]) {
    Bytes bytes;
    bytes.next = words;
    put_u16(&bytes, loudness_word(loudness->integrated_lufs));
    put_u16(&bytes, loudness_word(loudness->loudness_range_lu));
    put_u16(&bytes, loudness_word(loudness->true_peak_dbtp));
    put_u16(&bytes, loudness_word(loudness->max_momentary_lufs));
    put_u16(&bytes, loudness_word(loudness->max_short_term_lufs));
}

/* Date and time of day stay empty: the same job gives the same file on every day. */
static void put_bext(Bytes *bytes, const SoundFormat *format) {
    put_chunk(bytes, "bext", bext_chunk_bytes(format));
    put_text(bytes, format->description, BEXT_DESCRIPTION_BYTES);
    put_text(bytes, format->originator, BEXT_ORIGINATOR_BYTES);
    put_text(bytes, format->originator_reference, BEXT_REFERENCE_BYTES);
    put_zeros(bytes, BEXT_TIME_BYTES);
    put_u64(bytes, (uint64_t)format->time_reference);
    put_u16(bytes, BEXT_VERSION);
    if (key_is_zero(format->material)) {
        put_zeros(bytes, BEXT_UMID_BYTES);
    } else {
        put_umid(bytes, format->material);
    }
    for (int value = 0; value < BEXT_LOUDNESS_COUNT; value++) {
        put_u16(bytes, BEXT_LOUDNESS_UNUSED);
    }
    put_zeros(bytes, BEXT_RESERVED_BYTES);
    const size_t history_bytes = bext_chunk_bytes(format) - BEXT_BYTES;
    put_text(bytes, format->coding_history, history_bytes);
}

static void put_format(Bytes *bytes, const SoundFormat *format) {
    static const unsigned char guid_end[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                               0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    const uint32_t tag = sound_is_float(format->format) ? TAG_FLOAT : TAG_PCM;
    const uint32_t sample_bytes = (uint32_t)sound_sample_bytes(format->format);
    const uint32_t block_bytes = sample_bytes * (uint32_t)format->channel_count;
    const uint32_t size_bytes = format_chunk_bytes(format);
    put_chunk(bytes, "fmt ", size_bytes);
    put_u16(bytes, size_bytes == FORMAT_EXTENSIBLE_BYTES ? TAG_EXTENSIBLE : tag);
    put_u16(bytes, (uint32_t)format->channel_count);
    put_u32(bytes, (uint32_t)format->rate_hz);
    put_u32(bytes, (uint32_t)format->rate_hz * block_bytes);
    put_u16(bytes, block_bytes);
    put_u16(bytes, sample_bytes * 8);
    if (size_bytes > FORMAT_PCM_BYTES) {
        put_u16(bytes, size_bytes - FORMAT_FLOAT_BYTES); /* the size of what follows */
    }
    if (size_bytes == FORMAT_EXTENSIBLE_BYTES) {
        put_u16(bytes, sample_bytes * 8); /* valid bits */
        put_u32(bytes, format->channel_mask);
        put_u16(bytes, tag);
        put_bytes(bytes, guid_end, sizeof guid_end);
    }
}

static void put_fact(Bytes *bytes, const SoundFormat *format) {
    put_chunk(bytes, "fact", FACT_BYTES);
    const bool fits = format->frame_count < (int64_t)size_in_ds64;
    put_u32(bytes, fits ? (uint32_t)format->frame_count : size_in_ds64);
}

/* What is in which track, before the samples, so that readers need not look for it. */
static void put_metadata(Bytes *bytes, const SoundMetadata *metadata) {
    const size_t axml_bytes = strlen(metadata->axml);
    put_chunk(bytes, "chna", (uint32_t)metadata->chna_bytes);
    put_bytes(bytes, metadata->chna, metadata->chna_bytes);
    put_chunk(bytes, "axml", (uint32_t)axml_bytes);
    put_bytes(bytes, metadata->axml, axml_bytes);
}

static const char *file_id(const SoundFormat *format) {
    const char *long_id = format->container == CONTAINER_BW64 ? "BW64" : "RF64";
    return sound_becomes_rf64(format) ? long_id : "RIFF";
}

void wav_header_build(const SoundFormat *format, Arena *arena, WavHeader *header) {
    const bool is_rf64 = sound_becomes_rf64(format);
    header->size_bytes = (size_t)header_bytes(format, is_rf64);
    header->bytes = arena_alloc(arena, header->size_bytes);
    header->data_bytes = data_bytes(format);
    header->padding_bytes = (int)(header->data_bytes % 2);
    Bytes bytes = {.next = header->bytes};
    const int64_t riff_bytes = wav_bytes(format, is_rf64) - CHUNK_HEADER_BYTES;
    put_chunk(&bytes, file_id(format), is_rf64 ? size_in_ds64 : (uint32_t)riff_bytes);
    put_bytes(&bytes, "WAVE", 4);
    if (is_rf64) {
        put_ds64(&bytes, format);
    }
    header->loudness_offset = 0;
    if (!format->is_without_bext) {
        header->loudness_offset =
            (size_t)(bytes.next - header->bytes) + CHUNK_HEADER_BYTES + BEXT_LOUDNESS_OFFSET;
        put_bext(&bytes, format);
    }
    put_format(&bytes, format);
    if (sound_is_float(format->format)) {
        put_fact(&bytes, format);
    }
    if (has_metadata(format)) {
        put_metadata(&bytes, &format->metadata);
    }
    wav_notes_put(format, &bytes);
    put_chunk(&bytes, "data", is_rf64 ? size_in_ds64 : (uint32_t)header->data_bytes);
}
