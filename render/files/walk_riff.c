/* The chunks of WAV, RF64 and BW64: where the samples lie, and whether all of them are there.
 *
 * Sources: RIFF MCI specification 1.0; WAVEFORMATEXTENSIBLE (Microsoft); EBU Tech 3285 (bext); EBU
 * Tech 3306 (RF64); ITU-R BS.2088 (BW64).
 */
#include <sndfile.h>
#include <string.h>

#include "render/files/sound_text.h"
#include "render/files/sound_walk.h"

enum {
    RIFF_HEADER_BYTES = 12,
    CHUNK_HEADER_BYTES = 8,
    MAX_CHUNKS = 4096, /* a file of empty chunks must not keep us busy */
    FORMAT_MIN_BYTES = 16,
    FORMAT_EXTENSIBLE_BYTES = 40,
    DS64_MIN_BYTES = 28,
    DS64_ROW_BYTES = 12,
    BEXT_TIME_REFERENCE_OFFSET = 338,
    TAG_PCM = 1,
    TAG_FLOAT = 3,
    TAG_A_LAW = 6,
    TAG_MU_LAW = 7,
    TAG_EXTENSIBLE = 0xFFFE
};

static const uint32_t size_unknown = 0xFFFFFFFF; /* in ds64, or never filled in */

typedef struct Chunk {
    unsigned char id[4];
    uint32_t size_bytes;
    int64_t offset; /* of what it holds */
} Chunk;

typedef struct RiffParts {
    bool has_format, has_data, is_streamed;
    unsigned char format[FORMAT_EXTENSIBLE_BYTES];
    uint32_t format_bytes;
    uint64_t ds64_data_bytes; /* 0: none */
    int64_t ds64_table_offset;
    uint32_t ds64_table_count; /* rows of the sizes of other long chunks */
    int64_t data_offset;
    uint64_t promised_bytes;
    int64_t unread_bytes; /* behind the last chunk */
} RiffParts;

typedef struct FormatFields {
    int tag, channel_count, block_bytes, bits;
    int64_t rate_hz;
} FormatFields;

static uint32_t read_u16(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t read_u32(const unsigned char *bytes) {
    return read_u16(bytes) | read_u16(bytes + 2) << 16;
}

static uint64_t read_u64(const unsigned char *bytes) {
    return (uint64_t)read_u32(bytes) | (uint64_t)read_u32(bytes + 4) << 32;
}

static bool is_id(const unsigned char *bytes, const char *id) {
    return memcmp(bytes, id, 4) == 0;
}

static bool is_printable(const unsigned char *id) {
    for (int character = 0; character < 4; character++) {
        if (id[character] < 0x20 || id[character] > 0x7E) {
            return false;
        }
    }
    return true;
}

static Status
read_exactly(const SoundWalk *walk, int64_t offset, unsigned char *bytes, size_t size_bytes) {
    size_t got = 0;
    TRY(file_read_at(walk->file, offset, bytes, size_bytes, &got, walk->errors));
    return got == size_bytes ? DONE : walk_fail_malformed(walk, "ends inside its header");
}

/* false: no chunk begins there (is_there), or the file ends. */
static Status read_chunk(const SoundWalk *walk, int64_t position, Chunk *chunk, bool *is_there) {
    unsigned char bytes[CHUNK_HEADER_BYTES];
    *is_there = false;
    if (walk->file_bytes - position < CHUNK_HEADER_BYTES) {
        return DONE;
    }
    TRY(read_exactly(walk, position, bytes, sizeof bytes));
    memcpy(chunk->id, bytes, sizeof chunk->id);
    chunk->size_bytes = read_u32(bytes + 4);
    chunk->offset = position + CHUNK_HEADER_BYTES;
    *is_there = is_printable(bytes);
    return DONE;
}

static Status take_format(const SoundWalk *walk, const Chunk *chunk, RiffParts *parts) {
    if (parts->has_format) {
        return walk_fail_malformed(walk, "is malformed: it has two fmt chunks");
    }
    if (chunk->size_bytes < FORMAT_MIN_BYTES) {
        return walk_fail_malformed(walk, "is malformed: its fmt chunk is too short");
    }
    parts->has_format = true;
    parts->format_bytes =
        chunk->size_bytes < FORMAT_EXTENSIBLE_BYTES ? chunk->size_bytes : FORMAT_EXTENSIBLE_BYTES;
    return read_exactly(walk, chunk->offset, parts->format, parts->format_bytes);
}

static Status take_ds64(const SoundWalk *walk, const Chunk *chunk, RiffParts *parts) {
    unsigned char bytes[DS64_MIN_BYTES];
    if (chunk->size_bytes < DS64_MIN_BYTES) {
        return walk_fail_malformed(walk, "is malformed: its ds64 chunk is too short");
    }
    TRY(read_exactly(walk, chunk->offset, bytes, sizeof bytes));
    parts->ds64_data_bytes = read_u64(bytes + 8);
    parts->ds64_table_offset = chunk->offset + DS64_MIN_BYTES;
    const uint32_t room = (chunk->size_bytes - DS64_MIN_BYTES) / DS64_ROW_BYTES;
    const uint32_t rows = read_u32(bytes + 24);
    parts->ds64_table_count = rows < room ? rows : room;
    return DONE;
}

/* The size of a chunk that is not data; one longer than 4 GiB has it in the table of ds64. */
static Status
long_size(const SoundWalk *walk, const Chunk *chunk, const RiffParts *parts, uint64_t *size_bytes) {
    unsigned char row[DS64_ROW_BYTES];
    *size_bytes = chunk->size_bytes;
    for (uint32_t index = 0; chunk->size_bytes == size_unknown && index < parts->ds64_table_count;
         index++) {
        TRY(read_exactly(walk, parts->ds64_table_offset + (int64_t)index * DS64_ROW_BYTES, row,
                         sizeof row));
        if (memcmp(row, chunk->id, sizeof chunk->id) == 0) {
            *size_bytes = read_u64(row + 4);
            return DONE;
        }
    }
    return DONE;
}

static Status take_metadata(const SoundWalk *walk,
                            const Chunk *chunk,
                            const RiffParts *parts,
                            SoundChunk *place) {
    uint64_t size_bytes = 0;
    TRY(long_size(walk, chunk, parts, &size_bytes));
    if (place->size_bytes > 0) {
        return fail(walk->errors, E412, walk->file->place,
                    "`%s` is malformed: it has two %.4s chunks", walk->file->path,
                    (const char *)chunk->id);
    }
    if (size_bytes > (uint64_t)(walk->file_bytes - chunk->offset)) {
        return fail(walk->errors, E413, walk->file->place,
                    "`%s` is cut short: inside its %.4s chunk", walk->file->path,
                    (const char *)chunk->id);
    }
    *place = (SoundChunk){chunk->offset, (int64_t)size_bytes};
    return DONE;
}

static Status take_bext(const SoundWalk *walk, const Chunk *chunk) {
    unsigned char bytes[8];
    if (chunk->size_bytes < BEXT_TIME_REFERENCE_OFFSET + sizeof bytes) {
        return DONE; /* as much as no bext: the audio does not depend on it */
    }
    TRY(read_exactly(walk, chunk->offset + BEXT_TIME_REFERENCE_OFFSET, bytes, sizeof bytes));
    const uint64_t time_reference = read_u64(bytes);
    walk->info->has_time_reference = time_reference <= INT64_MAX;
    walk->info->time_reference = walk->info->has_time_reference ? (int64_t)time_reference : 0;
    return DONE;
}

/* A size of 0 is true when another chunk or nothing follows; else the writer never came back to
 * fill it in. */
static Status is_never_filled_in(const SoundWalk *walk, const Chunk *chunk, bool *is_streamed) {
    Chunk next;
    bool is_there = false;
    TRY(read_chunk(walk, chunk->offset, &next, &is_there));
    const bool is_chunk = is_there && next.size_bytes <= walk->file_bytes - next.offset;
    *is_streamed = !is_chunk && walk->file_bytes > chunk->offset;
    return DONE;
}

static Status take_data(const SoundWalk *walk, const Chunk *chunk, RiffParts *parts) {
    if (parts->has_data) {
        return walk_fail_malformed(walk, "is malformed: it has two data chunks");
    }
    parts->has_data = true;
    parts->data_offset = chunk->offset;
    parts->promised_bytes = chunk->size_bytes;
    if (chunk->size_bytes == size_unknown && parts->ds64_data_bytes > 0) {
        parts->promised_bytes = parts->ds64_data_bytes;
    } else if (chunk->size_bytes == size_unknown) {
        parts->is_streamed = true;
    } else if (chunk->size_bytes == 0) {
        TRY(is_never_filled_in(walk, chunk, &parts->is_streamed));
    }
    if (parts->is_streamed) {
        parts->promised_bytes = (uint64_t)(walk->file_bytes - chunk->offset);
    }
    return DONE;
}

/* Chunks that tell of the samples. */
static void note_chunk(const Chunk *chunk, SoundInfo *info) {
    const SoundChunk place = {chunk->offset, chunk->size_bytes};
    if (is_id(chunk->id, "bext")) {
        info->bext = place;
    } else if (is_id(chunk->id, "iXML")) {
        info->ixml = place;
    } else if (is_id(chunk->id, "cue ")) {
        info->cue = place;
    }
}

static Status take_chunk(const SoundWalk *walk, const Chunk *chunk, RiffParts *parts) {
    if (is_id(chunk->id, "fmt ")) {
        return take_format(walk, chunk, parts);
    }
    if (is_id(chunk->id, "data")) {
        return take_data(walk, chunk, parts);
    }
    if (is_id(chunk->id, "ds64") && walk->info->container != SOUND_WAV) {
        return take_ds64(walk, chunk, parts);
    }
    if (is_id(chunk->id, "chna") && walk->takes_metadata) {
        return take_metadata(walk, chunk, parts, &walk->info->chna);
    }
    if (is_id(chunk->id, "axml") && walk->takes_metadata) {
        return take_metadata(walk, chunk, parts, &walk->info->axml);
    }
    note_chunk(chunk, walk->info);
    return is_id(chunk->id, "bext") ? take_bext(walk, chunk) : DONE;
}

/* Chunks begin at even offsets, but some writers forget the pad byte: seen by a well-known id. */
static Status skip_padding(const SoundWalk *walk, int64_t *position) {
    static const char known[][5] = {"fmt ", "data", "LIST", "fact", "bext", "iXML",
                                    "axml", "chna", "cue ", "smpl", "PEAK", "JUNK"};
    unsigned char id[4];
    size_t got = 0;
    TRY(file_read_at(walk->file, *position, id, sizeof id, &got, walk->errors));
    for (size_t row = 0; got == sizeof id && row < sizeof known / sizeof *known; row++) {
        if (is_id(id, known[row])) {
            return DONE;
        }
    }
    *position += 1;
    return DONE;
}

/* Where the next chunk begins; INT64_MAX or less, always further on. */
static Status
find_chunk_end(const SoundWalk *walk, const Chunk *chunk, const RiffParts *parts, int64_t *end) {
    const bool is_data = is_id(chunk->id, "data");
    uint64_t size_bytes = parts->promised_bytes;
    if (!is_data) {
        TRY(long_size(walk, chunk, parts, &size_bytes));
    }
    const uint64_t rest_bytes = (uint64_t)(walk->file_bytes - chunk->offset);
    if (size_bytes >= rest_bytes) {
        *end = walk->file_bytes;
        return DONE;
    }
    *end = chunk->offset + (int64_t)size_bytes;
    return size_bytes % 2 == 1 ? skip_padding(walk, end) : DONE;
}

/* The chunk at position, which moves behind it; is_there: there was one. */
static Status
collect_chunk(const SoundWalk *walk, RiffParts *parts, int64_t *position, bool *is_there) {
    Chunk chunk;
    TRY(read_chunk(walk, *position, &chunk, is_there));
    if (!*is_there) {
        return DONE;
    }
    TRY(take_chunk(walk, &chunk, parts));
    return find_chunk_end(walk, &chunk, parts, position);
}

static Status collect_parts(const SoundWalk *walk, RiffParts *parts) {
    int64_t position = RIFF_HEADER_BYTES;
    bool is_there = true;
    for (int count = 0; is_there; count++) {
        if (count == MAX_CHUNKS) {
            return walk_fail_malformed(walk, "is malformed: it has too many chunks");
        }
        TRY(collect_chunk(walk, parts, &position, &is_there));
    }
    const int64_t rest_bytes = walk->file_bytes - position;
    parts->unread_bytes = rest_bytes > 0 ? rest_bytes : 0;
    return DONE;
}

/* WAVE_FORMAT_EXTENSIBLE keeps the tag in the first two bytes of a GUID with one of two ends. */
static bool read_extensible(const RiffParts *parts, FormatFields *fields, SoundInfo *info) {
    static const unsigned char microsoft[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                                0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    static const unsigned char ambisonic[14] = {0x00, 0x00, 0x21, 0x07, 0xD3, 0x11, 0x86,
                                                0x44, 0xC8, 0xC1, 0xCA, 0x00, 0x00, 0x00};
    if (parts->format_bytes < FORMAT_EXTENSIBLE_BYTES) {
        return false;
    }
    info->channel_mask = read_u32(parts->format + 20);
    fields->tag = (int)read_u16(parts->format + 24);
    const unsigned char *end = parts->format + 26;
    return memcmp(end, microsoft, sizeof microsoft) == 0 ||
           memcmp(end, ambisonic, sizeof ambisonic) == 0;
}

static Status read_format(const SoundWalk *walk, const RiffParts *parts, FormatFields *fields) {
    *fields = (FormatFields){.tag = (int)read_u16(parts->format),
                             .channel_count = (int)read_u16(parts->format + 2),
                             .rate_hz = read_u32(parts->format + 4),
                             .block_bytes = (int)read_u16(parts->format + 12),
                             .bits = (int)read_u16(parts->format + 14)};
    if (fields->tag == TAG_EXTENSIBLE && !read_extensible(parts, fields, walk->info)) {
        return walk_fail_malformed(walk, "is malformed: its fmt chunk has an unknown sub-format");
    }
    return walk_check_limits(walk, fields->channel_count, fields->rate_hz);
}

/* libsndfile's name of samples that lie open in the file, 0: they need its decoder. */
static int raw_encoding_of(const FormatFields *fields) {
    static const struct {
        int tag, sample_bytes, encoding;
    } rows[] = {
        {TAG_PCM,    1, SF_FORMAT_PCM_U8},
        {TAG_PCM,    2, SF_FORMAT_PCM_16},
        {TAG_PCM,    3, SF_FORMAT_PCM_24},
        {TAG_PCM,    4, SF_FORMAT_PCM_32},
        {TAG_FLOAT,  4, SF_FORMAT_FLOAT },
        {TAG_FLOAT,  8, SF_FORMAT_DOUBLE},
        {TAG_A_LAW,  1, SF_FORMAT_ALAW  },
        {TAG_MU_LAW, 1, SF_FORMAT_ULAW  },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        if (rows[row].tag == fields->tag && rows[row].sample_bytes == (fields->bits + 7) / 8) {
            return rows[row].encoding;
        }
    }
    return 0;
}

static void
tell_warnings(const SoundWalk *walk, const RiffParts *parts, const FormatFields *fields) {
    if (!walk->tells_warnings) {
        return;
    }
    const char *path = walk->file->path;
    const Place place = walk->file->place;
    if (parts->is_streamed) {
        warn(walk->errors, E414, place,
             "the header of `%s` does not say its length: length taken from the file size", path);
    }
    if (parts->unread_bytes > fields->block_bytes) {
        warn(walk->errors, E413, place, "`%s` has %s unread bytes after data", path,
             sound_count_text(parts->unread_bytes).text);
    }
    if (fields->tag == TAG_PCM && fields->bits % 8 != 0 && fields->bits != 20) {
        warn(walk->errors, E415, place, "`%s` holds %d-bit samples in %d bits", path, fields->bits,
             (fields->bits + 7) / 8 * 8);
    }
}

/* A part of a frame, or more than a frame behind the last chunk: padding is shorter. */
static SoundChunk find_left_over(const SoundWalk *walk, const RiffParts *parts, int block_bytes) {
    const int64_t part_bytes = (int64_t)(parts->promised_bytes % (uint64_t)block_bytes);
    if (part_bytes > 0) {
        const int64_t whole_bytes = (int64_t)parts->promised_bytes - part_bytes;
        return (SoundChunk){parts->data_offset + whole_bytes, part_bytes};
    }
    return parts->unread_bytes > block_bytes
               ? (SoundChunk){walk->file_bytes - parts->unread_bytes, parts->unread_bytes}
               : (SoundChunk){0, 0};
}

static Status
fail_cut_short(const SoundWalk *walk, uint64_t promised, uint64_t there, const char *unit) {
    const int64_t shown = promised > INT64_MAX ? INT64_MAX : (int64_t)promised;
    return fail(walk->errors, E413, walk->file->place,
                "`%s` is cut short: its header promises %s %s, the file has %s", walk->file->path,
                sound_count_text(shown).text, unit, sound_count_text((int64_t)there).text);
}

static Status fail_no_audio(const SoundWalk *walk) {
    return fail(walk->errors, E414, walk->file->place, "`%s` holds no audio: 0 frames",
                walk->file->path);
}

/* Samples that libsndfile must decode: only the length is checked here. */
static Status finish_coded(SoundWalk *walk, const RiffParts *parts, uint64_t rest_bytes) {
    if (parts->promised_bytes > rest_bytes) {
        return fail_cut_short(walk, parts->promised_bytes, rest_bytes, "bytes of audio");
    }
    const SoundInfo walked = *walk->info;
    TRY(walk_library(walk));
    walk->info->container = walked.container;
    walk->info->format_name = walked.format_name;
    walk->info->channel_mask = walked.channel_mask;
    walk->info->has_time_reference = walked.has_time_reference;
    walk->info->time_reference = walked.time_reference;
    return DONE;
}

static Status finish_raw(SoundWalk *walk, const RiffParts *parts, const FormatFields *fields) {
    const uint64_t rest_bytes = (uint64_t)(walk->file_bytes - parts->data_offset);
    const int encoding = raw_encoding_of(fields);
    if (encoding == 0) {
        return finish_coded(walk, parts, rest_bytes);
    }
    const int sample_bytes = (fields->bits + 7) / 8;
    if (fields->block_bytes != sample_bytes * fields->channel_count) {
        return walk_fail_malformed(walk, "is malformed: the block size in its fmt chunk is wrong");
    }
    const uint64_t block_bytes = (uint64_t)fields->block_bytes;
    const uint64_t there =
        (parts->promised_bytes < rest_bytes ? parts->promised_bytes : rest_bytes) / block_bytes;
    if (parts->promised_bytes / block_bytes > there) {
        return fail_cut_short(walk, parts->promised_bytes / block_bytes, there, "frames");
    }
    if (there == 0) {
        return fail_no_audio(walk);
    }
    SoundInfo *info = walk->info;
    info->channel_count = fields->channel_count;
    info->rate_hz = (int)fields->rate_hz;
    info->bits_per_sample = fields->bits;
    info->is_float = fields->tag == TAG_FLOAT;
    info->frame_count = (int64_t)there;
    info->data_offset = parts->data_offset;
    info->data_bytes = (int64_t)(there * block_bytes);
    info->raw_encoding = encoding;
    info->is_streamed = parts->is_streamed;
    info->left_over = find_left_over(walk, parts, fields->block_bytes);
    tell_warnings(walk, parts, fields);
    return DONE;
}

Status walk_riff(SoundWalk *walk) {
    RiffParts parts = {0};
    TRY(collect_parts(walk, &parts));
    if (!parts.has_format) {
        return walk_fail_malformed(walk, "is malformed or cut short: no fmt chunk");
    }
    FormatFields fields;
    TRY(read_format(walk, &parts, &fields));
    if (!parts.has_data) {
        return walk_fail_malformed(walk, "is malformed or cut short: no data chunk");
    }
    return finish_raw(walk, &parts, &fields);
}
